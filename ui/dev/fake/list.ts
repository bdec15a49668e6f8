// The invented list of the fixture: search, filters, parts of the rows, several at once.
import type { CountView, ListInput, ListView, ProblemView, RowView, SectionView, SeveralView } from "../../src/bindings";
import { splitQuery } from "../../src/query";
import { at, MIN, row, type Seed } from "./data";

type Commands = Record<string, (args: Record<string, unknown>) => unknown>;

const kindWords: Record<string, string> = { oauth: "oauth", api_key: "key", jwt: "jwt", client_credentials: "client" };
let shown: RowView[] = [];
let number = 1;
let asked = "";

function counts(values: [string, CountView["monogram"]][], chosen: (value: string) => boolean): CountView[] {
  const found = new Map<string, CountView>();
  for (const [value, monogram] of values) {
    const one = found.get(value) ?? { value, label: value, monogram, count: 0, chosen: chosen(value) };
    found.set(value, { ...one, count: one.count + 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

function fits(one: Seed, tag: string): boolean {
  const [name, value = ""] = tag.toLowerCase().split(":");
  if (name === "env") return one.env.startsWith(value);
  if (name === "kind") return (kindWords[one.kind] ?? one.kind).startsWith(value);
  if (name === "provider") return one.provider.toLowerCase().includes(value);
  if (name === "is") return value.startsWith("fail") ? one.line === "refresh_failing" : one.section === "attention";
  return true;
}

function problem(tag: string): ProblemView | null {
  const [name = "", value = ""] = tag.split(":");
  const places = ["production", "staging", "development"];
  if (name === "env" && value === "") return { filter: tag, name, code: "unfinished", choices: places };
  if (name === "env" && !places.some((one) => one.startsWith(value))) return { filter: tag, name, code: "unknown_value", choices: places };
  if (name === "expires" && !/^[<>]?\d+[mhdwy]$/.test(value)) return { filter: tag, name, code: "no_time", choices: ["<7d", ">90d", "never", "past"] };
  return null;
}

function list(all: Seed[], input: ListInput): ListView {
  const unfinished = /(^|\s)env:$/.test(input.query);
  const { tags, typed } = splitQuery(unfinished ? input.query.replace(/env:$/, "") : `${input.query} `);
  const problems = [...tags, ...(unfinished ? ["env:"] : [])].flatMap((tag) => problem(tag) ?? []);
  const words = typed.trim().toLowerCase();
  const plain = input.query.trim() === "" && !input.attention_only && !input.kind && !input.environment && !input.provider;
  const matched = problems.some((one) => one.code !== "unfinished") ? [] : all.filter(
    (one) =>
      (words === "" || `${one.name} ${one.account} ${one.provider}`.toLowerCase().includes(words)) &&
      tags.every((tag) => fits(one, tag)) &&
      (!input.attention_only || one.section === "attention") &&
      (!input.kind || one.kind === input.kind) &&
      (!input.environment || one.env === input.environment) &&
      (!input.provider || one.provider === input.provider),
  );
  const sectioned = plain && input.order === "attention";
  const urgent = matched.filter((one) => one.section === "attention").length;
  const folds = sectioned && !input.all_attention && urgent > 3;
  let seen = 0;
  const rows = matched
    .filter((one) => !(folds && one.section === "attention" && ++seen > 3))
    .map((one) => row(one, sectioned));
  const sections: SectionView[] = [];
  if (sectioned) {
    rows.forEach((one, from) => {
      if (sections.at(-1)?.name === one.section) return;
      sections.push({ name: one.section, from, count: matched.filter((other) => other.section === one.section).length });
    });
  }
  const key = JSON.stringify([rows.map((one) => one.id)]);
  if (key !== asked) number++;
  asked = key;
  shown = rows;
  const place = rows.findIndex((one) => one.id === input.selected);
  const order = ["production", "staging", "development"];
  const chosen = (name: string, value: string, own: string | null) => own === value || tags.some((tag) => tag.startsWith(name) && value.toLowerCase().startsWith(tag.slice(name.length)));
  return {
    total: all.length,
    matched: matched.length,
    shown: rows.length,
    order: number,
    from: Math.min(input.from, rows.length),
    rows: rows.slice(input.from, input.count === null ? undefined : input.from + input.count),
    sections,
    selected_at: place < 0 ? null : place,
    selected_folded: place < 0 && matched.some((one) => one.id === input.selected),
    problems,
    nearest: matched.length === 0 && words === "strpie" ? { words: "stripe", count: 8 } : null,
    attention: all.filter((one) => one.section === "attention").length,
    attention_tone: "bad",
    kinds: counts(all.map((one) => [one.kind, null]), (value) => input.kind === value),
    environments: counts(all.map((one) => [one.env, null]), (value) => chosen("env:", value, input.environment)).sort(
      (a, b) => order.indexOf(a.value) - order.indexOf(b.value),
    ),
    providers: counts(all.map((one) => [one.provider, { code: one.tile[0], tint: one.tile[1] }]), (value) => chosen("provider:", value, input.provider)),
    next_change_at: at(37 * MIN),
  };
}

function several(all: Seed[], ids: string[]): SeveralView {
  const chosen = ids.flatMap((id) => all.find((one) => one.id === id) ?? []);
  const rows = chosen.map((one) => row(one, false));
  const some = (kinds: string[]) => chosen.filter((one) => kinds.includes(one.kind)).map((one) => one.id);
  return {
    count: rows.length,
    production: chosen.filter((one) => one.env === "production").length,
    kinds: counts(chosen.map((one) => [one.kind, null]), () => false),
    providers: [...new Set(chosen.map((one) => one.provider))],
    environments: (["production", "staging", "development"] as const).filter((env) => chosen.some((one) => one.env === env)),
    rotatable: some(["api_key", "client_credentials"]),
    pausable: some(["oauth", "client_credentials"]),
    paused: 0,
    rows: rows.slice(0, 100),
    variables: rows.slice(0, 100).map((one) => ({
      name: `${one.name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_${one.kind === "api_key" ? "KEY" : "TOKEN"}`,
      shown_start: one.kind === "api_key" ? "sk_live_" : "eyJhbGci",
      shown_end: one.kind === "api_key" ? "fake" : "",
    })),
    copies_at_most: 100,
  };
}

/** The commands over the fixture's credentials; `remove` takes some out, `copy` pretends to copy. */
export const overAll = (all: () => Seed[], remove: (id: string) => unknown, copy: () => unknown): Commands => ({
  list: ({ input }) => list(all(), input as ListInput),
  listed: ({ from, to }) => {
    const [one, other] = [from as number, to as number];
    return shown.slice(Math.min(one, other), Math.max(one, other) + 1).map((row) => row.id);
  },
  next_named: ({ typed, after }) => {
    const start = (after as number) + ((typed as string).length === 1 ? 1 : 0);
    for (let step = 0; step < shown.length; step++) {
      const place = (start + step) % shown.length;
      const found = shown[place];
      if (found?.name.toLowerCase().startsWith((typed as string).toLowerCase())) return { id: found.id, at: place };
    }
    return null;
  },
  several: ({ ids }) => several(all(), ids as string[]),
  copy_env_block: () => copy(),
  remove_several: ({ ids }) => ({ removed: (ids as string[]).map(remove), failed: [] }),
  move_to: () => null,
  set_rotate_by: () => null,
  pause_refreshing: () => null,
});
