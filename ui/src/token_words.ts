// From the codes of the core to the words of the window, for everything that a token can be told about.
import type { ClaimRow, Finding, TokenProblemView } from "./bindings";
import { count } from "./format";
import { fromCore } from "./language/core.svelte";
import en from "./language/en";
import { locale, t, type Key } from "./language/index.svelte";

const words = en.token;

/** A name that the token itself chose is a key only if the words really have it: `constructor` is none. */
function known(group: "claim" | "header" | "note" | "warn" | "finding" | "problem", code: string): Key | null {
  return Object.hasOwn(words[group], code) ? (`token.${group}.${code}` as Key) : null;
}

const filled = (counts: number[]) => ({
  first: count(counts[0] ?? 0, locale()),
  second: count(counts[1] ?? 0, locale()),
});

/** A weak secret is too short, or so well known that its length does not matter. */
function weakness(code: string, counts: number[]): string {
  return code === "weak_secret" && counts.length === 0 ? "known_secret" : code;
}

/** What a claim is. */
export function meaning(row: ClaimRow): string {
  if (row.meaning === "") return "";
  if (row.meaning === "not a set of claims") return t("token.notClaims");
  const key = known(row.part === "header" ? "header" : "claim", row.name);
  if (key !== null) return t(key);
  return t(row.part === "header" ? "token.customHeader" : "token.custom");
}

/** More about this very value; empty when there is nothing to say. */
export function note(row: ClaimRow): string {
  const key = known("note", row.note_code);
  return key === null ? fromCore(row.note) : t(key, filled(row.counts));
}

/** The warning of a line; empty for none. */
export function warning(row: ClaimRow): string {
  const key = known("warn", weakness(row.warning_code, row.counts));
  return key === null ? fromCore(row.warning) : t(key, filled(row.counts));
}

/** A finding as a sentence. The name of a claim is the token's own text and stays isolated from the words around it. */
export function finding(one: Finding): string {
  const key = known("finding", weakness(one.code, one.counts));
  const claim = one.claim === null ? "" : `\u2068${one.claim.slice(0, 60)}\u2069`;
  return key === null ? fromCore(one.message) : t(key, { ...filled(one.counts), claim });
}

/** Why a text is no JWT. */
export function problem(one: TokenProblemView): string {
  const key = known("problem", one.code) ?? "token.problem.opaque";
  const part = one.part === "header" || one.part === "payload" || one.part === "signature" ? t(`token.part.${one.part}`) : "";
  return t(key, { number: count(one.number, locale()), part });
}
