// The invented settings and app lock of the fixture. `?passphrase` has one set, `?applocked` begins locked; the
// passphrase is "open sesame".
import type { LockView, Settings } from "../../src/bindings";
import { emit } from "./event";

const scene = new URLSearchParams(location.search);
const right = "open sesame";
let settings: Settings = {
  theme: "system",
  palette_keys: "Ctrl+Alt+K",
  row_height: scene.has("compact") ? "compact" : "comfortable",
  order: "attention",
  language: scene.get("language") ?? "system",
  attention_days: 7,
  lock_after_minutes: scene.has("passphrase") || scene.has("applocked") ? 15 : 0,
  lock_on_sleep: true,
  lock_on_screen_lock: true,
  unlock_by_system: false,
  clear_clipboard_seconds: 30,
  reveal_seconds: 15,
  refresh_while_locked: true,
  keep_log_days: 180,
  calendar_feed: false,
  notify_sign_in: true,
  notify_rotation: true,
  notify_provider_down: true,
  notify_unsaved: true,
  quiet_hours: false,
  quiet_from: 1320,
  quiet_until: 420,
  key_age_days: 180,
  token_hours: 24,
  unused_days: 90,
  secret_bytes: 32,
};
let lock: LockView = {
  locked: scene.has("applocked"),
  since: scene.has("applocked") ? new Date(Date.now() - 900_000).toISOString() : null,
  reason: scene.has("applocked") ? "idle" : null,
  passphrase_set_at: scene.has("passphrase") || scene.has("applocked") ? "2025-02-03T09:00:00Z" : null,
  wait_seconds: 0,
};
let failures = 0;
let starts = false;

const refused = (code: string, message: string) => ({ code, message, hint: "", provider_code: null });

function check(passphrase: unknown) {
  if (passphrase === right) {
    failures = 0;
    lock = { ...lock, wait_seconds: 0 };
    return;
  }
  failures += 1;
  lock = { ...lock, wait_seconds: 2 ** (failures - 1) };
  throw refused("wrong_passphrase", "That is not the passphrase.");
}

function become(change: Partial<LockView>): LockView {
  lock = { ...lock, ...change };
  emit("lock-changed", lock);
  return lock;
}

export const commands: Record<string, (args: Record<string, unknown>) => unknown> = {
  settings: () => settings,
  change_settings: ({ change, passphrase }) => {
    const next = { ...settings, ...(change as Partial<Settings>) };
    const longer = (now: number, before: number) => before !== 0 && (now === 0 || now > before);
    if (passphrase !== null) check(passphrase);
    else if (lock.passphrase_set_at !== null && (longer(next.lock_after_minutes, settings.lock_after_minutes) || longer(next.reveal_seconds, settings.reveal_seconds) || longer(next.clear_clipboard_seconds, settings.clear_clipboard_seconds)))
      throw refused("passphrase_needed", "This makes Fobwatch less secure.");
    if (scene.has("refuse")) throw { ...refused("disk_full", "There is no space left on the disk, so Fobwatch sends and changes nothing."), hint: "Free some space; nothing is lost." };
    settings = next;
    emit("settings-changed", settings);
    return settings;
  },
  program: () => ({
    version: "0.1.0",
    home: "/home/octavia/.local/share/fobwatch",
    calendar: "/home/octavia/.local/share/fobwatch/calendar.ics",
    log: "/home/octavia/.local/state/fobwatch",
    fob: "/usr/bin/fob",
    on_path: true,
    tray: true,
  }),
  autostart: () => ({ available: true, on: starts }),
  set_autostart: ({ on }) => {
    if (scene.has("refuse")) throw refused("invalid", "Open at login: the autostart folder can't be written.");
    starts = on === true;
    return { available: true, on: starts };
  },
  lock_state: () => lock,
  lock_now: () => become({ locked: true, since: new Date().toISOString(), reason: "asked" }),
  unlock: ({ passphrase }) => {
    check(passphrase);
    return become({ locked: false, since: null, reason: null });
  },
  used: () => null,
  set_passphrase: ({ before }) => {
    if (before !== null) check(before);
    if (settings.lock_after_minutes === 0) settings = { ...settings, lock_after_minutes: 15 };
    emit("settings-changed", settings);
    return become({ passphrase_set_at: new Date().toISOString() });
  },
  remove_passphrase: ({ before }) => {
    check(before);
    return become({ passphrase_set_at: null });
  },
};
