// An invented past: a day as in the design, then as much as one likes (?activity=100000).
import type { ActivityView, LogCheckView, LogEntryView, LogInput, LogPageView } from "../../src/bindings";
import { act, DAY, HOUR, make, MIN, now, seeds, type Seed } from "./data";

const scene = new URLSearchParams(location.search);
const day = (at: number) => {
  const local = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`;
};
let last = Number(scene.get("activity") ?? 2318);

function entry(seed: Seed | null, what: string, ago: number, change: Partial<ActivityView> = {}, more: Partial<LogEntryView> = {}): LogEntryView {
  const kind = seed?.kind ?? null;
  const base = act(what, ago, { kind, environment: seed?.env ?? null, ...change });
  const monogram = seed === null ? null : { code: seed.tile[0], tint: seed.tile[1] };
  const about = { credential: seed?.id ?? "", name: seed?.name ?? "", gone: false, monogram };
  return { number: last--, day: day(now - ago), times: 1, ...about, ...base, ...more };
}
const of = (name: string) => seeds.find((seed) => seed.name === name) ?? null;
const background = { by: "background" as const };
const key = { kind: "api_key" as const };

const story = (): LogEntryView[] => [
  entry(of("Northwind API"), "copied", 12 * MIN, { by: "palette" }),
  entry(of("Warehouse sync"), "refresh_failed", 13 * MIN, { ...background, detail: "invalid_grant", facts: { remark: "sign_in_ended" } }),
  entry(of("Northwind API"), "rotated", 18 * MIN, { ...background, facts: { rotation: 18, valid_seconds: 3600 } }, { times: 14 }),
  entry(of("Northwind API"), "handed_out", 55 * MIN, { by: "command", process: make, facts: { shape: "header" } }),
  entry(of("Payments gateway"), "copied", 89 * MIN, { facts: { shape: "env" } }),
  entry(of("Deploy bot"), "handed_out", 106 * MIN, { by: "command", process: { ...make, program: "gh", pid: 811, path: "/usr/bin/gh" }, facts: { shape: "raw" } }),
  entry(of("Release signer"), "expired", 2 * HOUR, background),
  entry(of("Wiki"), "signed_in", 157 * MIN, { facts: { host: "id.atlassian.example", scopes: 4 } }),
  entry(of("Northwind API"), "copied", 3 * HOUR, { by: "tray", facts: { shape: "curl" } }),
  entry(of("Payments gateway"), "revealed", 3 * HOUR + 19 * MIN),
  entry(null, "settings_changed", 5 * HOUR, { facts: { names: ["clear_clipboard_seconds", "theme"] } }),
  entry(of("Mail relay"), "rotated", DAY - 3 * HOUR, { facts: { version: 2, old_revoked: true } }),
  entry(of("Billing worker"), "handed_out", DAY - 2 * HOUR, { by: "command", process: { ...make, program: "billing-cli", pid: 811 } }),
  entry(of("Container registry"), "added", DAY, {}),
  entry(of("Mail relay"), "removed", DAY + 10 * MIN, key, { name: "Old metrics key", gone: true, credential: "old", monogram: { code: "Dd", tint: "h3" } }),
  entry(of("Graph mail reader"), "refreshed", DAY + 4 * HOUR, { ...background, facts: { rotation: 204, valid_seconds: 4500 } }, { times: 9 }),
  entry(null, "pruned", 2 * DAY, { ...background, facts: { entries: 41, up_to: 9120 } }),
];

let made: LogEntryView[] | null = null;
function all(): LogEntryView[] {
  if (made !== null) return made;
  const entries = scene.has("empty") ? [] : story();
  const some = ["copied", "handed_out", "refreshed", "copied", "revealed"];
  while (!scene.has("empty") && last > 0) {
    const seed = seeds[last % seeds.length] ?? null;
    const what = some[last % some.length] ?? "copied";
    const by = what === "handed_out" ? { by: "command" as const, process: make } : what === "refreshed" ? background : {};
    entries.push(entry(seed, what, 2 * DAY + (2400 - (last % 2400)) * MIN * 30, by));
  }
  made = entries.sort((a, b) => b.number - a.number);
  return made;
}

const groups: Record<string, (one: LogEntryView) => boolean> = {
  all: () => true,
  copies: (one) => ["copied", "revealed"].includes(one.what),
  refreshes: (one) => ["refreshed", "refresh_failed", "expired"].includes(one.what) || (one.what === "rotated" && one.kind !== "api_key"),
  sign_ins: (one) => ["signed_in", "revoked"].includes(one.what),
  rotations: (one) => one.what === "rotated" && one.kind === "api_key",
  programs: (one) => one.by === "command",
};

function page(input: LogInput): LogPageView {
  if (input.fold_of !== null) {
    const one = all().find((other) => other.number === input.fold_of);
    const entries = Array.from({ length: one?.times ?? 0 }, (_, index) => ({
      ...(one as LogEntryView),
      number: input.fold_of === null ? 0 : input.fold_of - index * 0.01,
      times: 1,
      at: new Date(Date.parse(one?.at ?? "") - index * 55 * MIN).toISOString(),
    }));
    return { entries, more: false, total: entries.length };
  }
  const words = input.query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const found = all().filter(
    (one) =>
      (groups[input.group]?.(one) ?? true) &&
      (!input.failures || one.failed) &&
      words.every((word) => `${one.name} ${one.detail} ${one.process?.program ?? ""}`.toLowerCase().includes(word)),
  );
  const rest = found.filter((one) => input.before === null || one.number < input.before);
  return { entries: rest.slice(0, 200), more: rest.length > 200, total: input.before === null ? found.length : null };
}

const check = (): LogCheckView => ({
  entries: all().length,
  since: all().at(-1)?.at ?? null,
  wrong: scene.has("broken") ? { code: "removed", from: 1204, to: 1207 } : null,
  sealed_to: all()[0]?.number ?? null,
  seal_checked: true,
});

export const commands: Record<string, (args: Record<string, unknown>) => unknown> = {
  activity: ({ input }) => page(input as LogInput),
  check_activity: check,
  export_activity: ({ input, format }) => ({
    path: `/home/octavia/Downloads/fobwatch-activity-2025-10-16.${format as string}`,
    entries: page(input as LogInput).total,
  }),
};
