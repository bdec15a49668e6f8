// The invented settings of the fixture.
import type { Settings } from "../../src/bindings";
import { emit } from "./event";

let settings: Settings = {
  theme: "system",
  row_height: "comfortable",
  language: new URLSearchParams(location.search).get("language") ?? "system",
  attention_days: 7,
  lock_after_minutes: 0,
  clear_clipboard_seconds: 30,
  reveal_seconds: 15,
  refresh_while_locked: true,
  keep_log_days: 180,
  key_age_days: 180,
  token_hours: 24,
  unused_days: 90,
  secret_bytes: 32,
};

export const commands: Record<string, (args: Record<string, unknown>) => unknown> = {
  settings: () => settings,
  change_settings: ({ change }) => {
    settings = { ...settings, ...(change as Partial<Settings>) };
    emit("settings-changed", settings);
    return settings;
  },
};
