// What the settings show, as data: sections, groups, rows. Each row names the words it is found by.
import type { Settings } from "../../bindings";
import { shortcuts } from "../../command_table";
import { written } from "../../intl";
import type { Platform, Program } from "../../ipc";
import { languages, locale, t, type Key } from "../../language/index.svelte";

/** One value of a setting, and its words. */
export type Option = { value: string | number; label: string };
type Named = { label: Key; hint?: Key };
export type Setting = Named & { kind: "setting"; key: keyof Settings; control: "select" | "segmented" | "switch"; options?: () => Option[]; words?: (value: number) => string; locks?: true; when?: keyof Settings };
export type Row =
  | Setting
  | (Named & { kind: "passphrase" })
  | (Named & { kind: "recorder" })
  | (Named & { kind: "autostart" })
  | (Named & { kind: "keys"; keys: string })
  | (Named & { kind: "place"; of: (program: Program) => string | null; when?: keyof Settings })
  | (Named & { kind: "code"; code: string })
  | (Named & { kind: "fact"; of?: (program: Program) => string });
/** A group that names a system is shown there alone. */
export type Group = { label: Key; rows: Row[]; note?: Key; os?: "linux" };
export const ids = ["general", "security", "refresh", "health", "activity", "notifications", "shortcuts", "command", "about"] as const;
export type Id = (typeof ids)[number];
export type Section = { id: Id; label: Key; groups: Group[] };

const words = (...values: [string, Key][]) => () => values.map(([value, key]) => ({ value, label: t(key) }));
/** The plural forms of a number and its unit. */
type Counted = "settings.days" | "settings.daysBefore" | "settings.seconds" | "settings.hours" | "settings.minutesIdle" | "settings.bytes";
const numbers = (unit: Counted, values: number[], never?: Key) => () => [
  ...values.map((value) => ({ value, label: t(unit, { count: value }) })),
  ...(never === undefined ? [] : [{ value: 0, label: t(never) }]),
];

/** The words of a value that none of the options has: it came from elsewhere. */
export function labelOf(row: Setting, value: string | number): string {
  return row.options?.().find((one) => one.value === value)?.label ?? (typeof value === "number" ? row.words?.(value) : undefined) ?? String(value);
}

const general: Section = {
  id: "general",
  label: "settings.general",
  groups: [
    {
      label: "settings.appearance",
      rows: [
        { kind: "setting", key: "theme", control: "segmented", label: "settings.theme", options: words(["system", "settings.system"], ["light", "settings.light"], ["dark", "settings.dark"]) },
        { kind: "setting", key: "row_height", control: "segmented", label: "settings.rowHeight", hint: "settings.rowHeightHint", options: words(["comfortable", "settings.comfortable"], ["compact", "settings.compact"]) },
        {
          kind: "setting",
          key: "language",
          control: "select",
          label: "settings.language",
          options: () => [{ value: "system", label: t("settings.languageSystem") }, ...languages.map(({ code, name }) => ({ value: code, label: name }))],
        },
      ],
    },
    { label: "settings.starting", rows: [{ kind: "autostart", label: "settings.autostart", hint: "settings.autostartHint" }] },
    {
      label: "settings.list",
      rows: [
        {
          kind: "setting",
          key: "order",
          control: "select",
          label: "settings.sort",
          options: words(["attention", "settings.sortAttention"], ["soonest", "settings.sortSoonest"], ["name", "settings.sortName"], ["used", "settings.sortUsed"], ["added", "settings.sortAdded"]),
        },
        { kind: "setting", key: "attention_days", control: "select", label: "settings.attention", hint: "settings.attentionHint", options: numbers("settings.daysBefore", [1, 3, 7, 14, 30]) },
      ],
    },
  ],
};

/** A time of the day, in minutes after midnight. */
const timeOfDay = (minutes: number) => written(Date.UTC(2000, 0, 1, 0, minutes), locale(), { hour: "numeric", minute: "2-digit", timeZone: "UTC" });
const hours = () => Array.from({ length: 24 }, (_, hour) => ({ value: hour * 60, label: timeOfDay(hour * 60) }));

const notifications: Section = {
  id: "notifications",
  label: "settings.notifications",
  groups: [
    {
      label: "settings.tell",
      note: "settings.tellNote",
      os: "linux",
      rows: [
        { kind: "setting", key: "notify_sign_in", control: "switch", label: "settings.tellSignIn", hint: "settings.tellSignInHint" },
        { kind: "setting", key: "notify_rotation", control: "switch", label: "settings.tellRotation", hint: "settings.tellRotationHint" },
        { kind: "setting", key: "notify_provider_down", control: "switch", label: "settings.tellDown", hint: "settings.tellDownHint" },
        { kind: "setting", key: "notify_unsaved", control: "switch", label: "settings.tellUnsaved", hint: "settings.tellUnsavedHint" },
      ],
    },
    {
      label: "settings.quiet",
      os: "linux",
      rows: [
        { kind: "setting", key: "quiet_hours", control: "switch", label: "settings.quietHours", hint: "settings.quietHoursHint" },
        { kind: "setting", key: "quiet_from", control: "select", when: "quiet_hours", label: "settings.quietFrom", options: hours, words: timeOfDay },
        { kind: "setting", key: "quiet_until", control: "select", when: "quiet_hours", label: "settings.quietUntil", options: hours, words: timeOfDay },
      ],
    },
    {
      label: "settings.calendar",
      rows: [
        { kind: "setting", key: "calendar_feed", control: "switch", label: "settings.calendarFeed", hint: "settings.calendarFeedHint" },
        { kind: "place", when: "calendar_feed", label: "settings.calendarFile", hint: "settings.calendarFileHint", of: (program) => program.calendar },
      ],
    },
  ],
};

const security: Section = {
  id: "security",
  label: "settings.security",
  groups: [
    {
      label: "settings.appLock",
      note: "settings.lockNote",
      rows: [
        { kind: "passphrase", label: "settings.passphrase" },
        { kind: "setting", key: "lock_after_minutes", control: "select", locks: true, label: "settings.lockAfter", options: numbers("settings.minutesIdle", [1, 2, 5, 15, 30, 60, 240], "settings.onlyAsked") },
        { kind: "setting", key: "lock_on_sleep", control: "switch", locks: true, label: "settings.lockOnSleep" },
        { kind: "setting", key: "lock_on_screen_lock", control: "switch", locks: true, label: "settings.lockOnScreenLock" },
        { kind: "setting", key: "unlock_by_system", control: "switch", locks: true, label: "settings.unlockBySystem", hint: "settings.unlockBySystemHint" },
        { kind: "setting", key: "refresh_while_locked", control: "switch", locks: true, label: "settings.keepRefreshing", hint: "settings.keepRefreshingHint" },
      ],
    },
    {
      label: "settings.clipboard",
      rows: [{ kind: "setting", key: "clear_clipboard_seconds", control: "select", label: "settings.clearAfter", hint: "settings.clearAfterHint", options: numbers("settings.seconds", [5, 10, 15, 30, 45, 60, 120], "settings.never") }],
    },
    {
      label: "settings.showing",
      rows: [{ kind: "setting", key: "reveal_seconds", control: "select", label: "settings.hidesAfter", options: numbers("settings.seconds", [5, 10, 15, 30, 60, 120]) }],
    },
  ],
};

const refresh: Section = {
  id: "refresh",
  label: "settings.refresh",
  groups: [
    {
      label: "settings.byItself",
      rows: [
        { kind: "fact", label: "settings.lead", hint: "settings.leadHint" },
        { kind: "fact", label: "settings.copyFresh", hint: "settings.copyFreshHint" },
        { kind: "fact", label: "settings.retries", hint: "settings.retriesHint" },
      ],
    },
  ],
};

const health: Section = {
  id: "health",
  label: "settings.health",
  groups: [
    {
      label: "settings.thresholds",
      rows: [
        { kind: "setting", key: "key_age_days", control: "select", label: "settings.keyAge", hint: "settings.keyAgeHint", options: numbers("settings.days", [30, 60, 90, 180, 365]) },
        { kind: "setting", key: "token_hours", control: "select", label: "settings.tokenHours", hint: "settings.tokenHoursHint", options: numbers("settings.hours", [1, 8, 24, 168]) },
        { kind: "setting", key: "unused_days", control: "select", label: "settings.unused", options: numbers("settings.days", [30, 60, 90, 180, 365]) },
        { kind: "setting", key: "secret_bytes", control: "select", label: "settings.secretBytes", hint: "settings.secretBytesHint", options: numbers("settings.bytes", [32, 48, 64]) },
      ],
    },
  ],
};

const activity: Section = {
  id: "activity",
  label: "settings.activity",
  groups: [
    {
      label: "settings.log",
      rows: [{ kind: "setting", key: "keep_log_days", control: "select", label: "settings.keepLog", hint: "settings.keepLogHint", options: numbers("settings.days", [30, 180, 365]) }],
    },
  ],
};

const shortcutKeys: Section = {
  id: "shortcuts",
  label: "settings.shortcuts",
  groups: [
    { label: "settings.fromAnywhere", rows: [{ kind: "recorder", label: "settings.quickCopy", hint: "settings.quickCopyHint" }] },
    {
      label: "settings.inWindow",
      note: "settings.shortcutsNote",
      rows: [
        ...shortcuts().map((line): Row => ({ kind: "keys", ...line })),
        { kind: "keys", label: "settings.keyReveal", keys: "Space" },
      ],
    },
  ],
};

const command: Section = {
  id: "command",
  label: "settings.command",
  groups: [
    { label: "settings.where", rows: [{ kind: "place", label: "settings.fob", hint: "settings.fobHint", of: (program) => program.fob }] },
    {
      label: "settings.howTo",
      note: "settings.commandNote",
      rows: [
        { kind: "code", label: "settings.fobList", code: "fob list" },
        { kind: "code", label: "settings.fobToken", code: "fob token NAME" },
        { kind: "code", label: "settings.fobHeader", code: 'curl -H "$(fob token NAME --as header)" https://…' },
        { kind: "code", label: "settings.fobHelp", code: "fob --help" },
      ],
    },
  ],
};

const about: Section = {
  id: "about",
  label: "settings.about",
  groups: [
    {
      label: "settings.program",
      rows: [
        { kind: "fact", label: "settings.version", of: (program) => program.version },
        { kind: "fact", label: "settings.licence", hint: "settings.licenceHint", of: () => "MIT OR Apache-2.0" },
      ],
    },
    {
      label: "settings.places",
      rows: [
        { kind: "place", label: "settings.vault", hint: "settings.vaultHint", of: (program) => program.home },
        { kind: "place", label: "settings.logFile", hint: "settings.logFileHint", of: (program) => program.log },
      ],
    },
  ],
};

export const sections: Section[] = [general, security, refresh, health, activity, notifications, shortcutKeys, command, about];

/** The sections as they are on this system. */
export function sectionsOf(os: Platform["os"]): Section[] {
  return sections.map((one) => ({ ...one, groups: one.groups.filter((group) => group.os === undefined || group.os === os) }));
}

/** What of a section is found by these words; null when nothing is. */
export function found(section: Section, query: string): Section | null {
  const wanted = query.trim().toLocaleLowerCase();
  const has = (key: Key | undefined) => key !== undefined && t(key).toLocaleLowerCase().includes(wanted);
  if (has(section.label)) return section;
  const groups = section.groups.flatMap((group) => {
    const rows = has(group.label) ? group.rows : group.rows.filter((row) => has(row.label) || has(row.hint));
    return rows.length > 0 ? [{ ...group, rows }] : [];
  });
  return groups.length > 0 ? { ...section, groups } : null;
}
