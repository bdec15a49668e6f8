// What the window says about a credential's state (DESIGN section 5). Pure; one place for each word.
import type { ActivityView, CredentialView, Environment, Kind, Line, RevokedView, RowView, Why } from "./bindings";
import { t, type Key } from "./language/index.svelte";
import { clock, date, days, ms, past, plural, NBSP, remaining, sameDay, shortDate, weekday } from "./format";

/** The glyph before a status. */
export type Glyph = "none" | "triangle" | "cross" | "refresh" | "sign-in" | "rotate" | "lock" | "pause";

/** A status as it stands in a row. */
export type StatusWords = { text: string; short: string; glyph: Glyph };

const DAY = 86_400_000;

const glyphs: Record<Line, Glyph> = {
  refresh_failing: "triangle",
  expired: "cross",
  retrying: "refresh",
  ends_now: "triangle",
  sign_in_by: "sign-in",
  rotate: "rotate",
  ends_soon: "triangle",
  paused: "pause",
  renews: "refresh",
  far: "none",
  no_expiry: "none",
};

/** "Rotate in 3 d", "Rotate today", "Rotate, 2 d late". */
export function rotateWords(at: number, now: number): string {
  if (sameDay(at, now)) return "Rotate today";
  if (at > now) return `Rotate in ${remaining(at, now)}`;
  return `Rotate, ${Math.max(1, days(now - at))}${NBSP}d late`;
}

/** The status text of a row, in full and in one word for narrow lists. */
export function statusWords(row: Pick<RowView, "line" | "ends_at">, now: number): StatusWords {
  const glyph = glyphs[row.line];
  const end = ms(row.ends_at);
  const left = end === null ? "" : remaining(end, now);
  switch (row.line) {
    case "refresh_failing":
      return { text: "Refresh failing", short: "Failing", glyph };
    case "expired":
      return { text: end === null ? "Expired" : `Expired ${past(end, now)}`, short: "Expired", glyph };
    case "retrying":
      return { text: left === "" ? "Retrying" : `Retrying, ${left}`, short: left || "Retrying", glyph };
    case "sign_in_by": {
      if (end === null) return { text: "Sign in", short: "Sign in", glyph };
      const by = sameDay(end, now) ? "today" : end - now < 7 * DAY ? weekday(end) : shortDate(end);
      return { text: `Sign in by ${by}`, short: by, glyph };
    }
    case "rotate": {
      if (end === null) return { text: "Rotate", short: "Rotate", glyph };
      return { text: rotateWords(end, now), short: end > now ? left : "Late", glyph };
    }
    case "paused":
      return { text: t("detail.status.paused"), short: t("detail.status.paused"), glyph };
    case "no_expiry":
      return { text: "no expiry", short: "none", glyph };
    default:
      return { text: left || "no expiry", short: left || "none", glyph };
  }
}

/** The same for a screen reader: no abbreviations, no glyph. */
export function spokenStatus(row: Pick<RowView, "line" | "ends_at">, now: number): string {
  const { text } = statusWords(row, now);
  const spoken = speak(text);
  switch (row.line) {
    case "renews":
      return `renews itself, ${spoken} left`;
    case "far":
    case "ends_now":
    case "ends_soon":
      return `${spoken} left`;
    default:
      return spoken;
  }
}

/** Writes out the units of a span: "42 min" becomes "42 minutes". */
export function speak(text: string): string {
  const words: Record<string, string> = { s: "second", min: "minute", h: "hour", d: "day" };
  return text.replace(/(\d+)\u00a0(s|min|h|d)\b/g, (_, number: string, unit: string) => {
    return `${number} ${words[unit] ?? unit}${number === "1" ? "" : "s"}`;
  });
}

/** How the meter of a row is drawn. */
export type MeterLook = "neutral" | "warn" | "bad" | "expired" | "none";

export function meterLook(row: Pick<RowView, "line" | "tone" | "ends_at">, now: number): MeterLook {
  if (row.line === "no_expiry" || row.ends_at === null) return row.tone === "bad" ? "expired" : "none";
  if (row.line === "expired" || row.line === "refresh_failing") return "expired";
  const end = ms(row.ends_at);
  if (end !== null && end <= now) return row.tone === "bad" || row.line === "paused" ? "expired" : row.tone;
  return row.tone;
}

export const kindWord: Record<Kind, string> = {
  api_key: "API key",
  oauth: "OAuth login",
  client_credentials: "Client credentials",
  jwt: "JWT",
};

/** The short word of an environment, in lists and chips. */
export const environmentWord: Record<Environment, string> = {
  production: "prod",
  staging: "staging",
  development: "dev",
};

/** The accessible name of a row. */
export function rowName(row: RowView, now: number): string {
  return [row.name, row.environment, row.provider_name, row.account, kindWord[row.kind], spokenStatus(row, now)]
    .filter((part) => part !== "")
    .join(", ");
}

/** The sentence on the trailing side of the status group. */
export function renewalWords(view: CredentialView, now: number): { lead: string; span: string } | null {
  const next = ms(view.next_refresh_at);
  if (view.status === "sign_in_needed" || view.status === "misconfigured") {
    return { lead: "stopped: the answer is final", span: "" };
  }
  if (view.status === "frozen") return { lead: "waits for you", span: "" };
  if (view.status === "waiting") {
    return next !== null && next > now ? { lead: "tries again in", span: remaining(next, now) } : { lead: "trying again", span: "" };
  }
  const client = view.kind === "client_credentials";
  if (view.status === "refreshing") return { lead: client ? "asking for a new token" : "refreshing", span: "" };
  if (view.kind === "jwt") return null;
  if (!view.renews) return { lead: "cannot renew itself", span: "" };
  if (view.paused) return { lead: t("detail.renewalPaused"), span: "" };
  const renews = client ? "asks for a new token" : "refreshes itself";
  if (next === null) return { lead: renews, span: "" };
  if (next > now) return { lead: `${renews} in`, span: remaining(next, now) };
  return { lead: client ? "a new token is due" : "refresh is due", span: "" };
}

/** Whether a scope allows far more than one task needs. The rule is the core's (`scopes.rs`); here for what is still
 *  being typed. */
export function isBroad(scope: string): boolean {
  // Of an address only the last part counts: the host is not a right.
  const name = scope.slice(scope.lastIndexOf("/") + 1);
  return (
    /(^|[^a-z])(admin|root|sudo|owner|superuser)([^a-z]|$)/i.test(name) ||
    /(^|[:.])(full_access|cloud-platform)([:.]|$)/i.test(name) ||
    /(^|[:.])\*$/.test(name) ||
    name.startsWith("*:") ||
    name.endsWith(".All") ||
    name === "repo" ||
    name === "api"
  );
}

const happened: Record<string, string> = {
  added: "Added",
  copied: "Copied",
  handed_out: "Handed out",
  refreshed: "Refreshed",
  rotated: "Rotated",
  refresh_failed: "Refresh failed",
  signed_in: "Signed in",
  revealed: "Revealed",
  revoked: "Revoked at the provider",
};

/** What was changed, by the words of the log that are not in the table above. */
const changed: Record<string, Key> = {
  moved: "detail.log.moved",
  rotate_by_set: "detail.log.rotateBySet",
  paused: "detail.log.paused",
  resumed: "detail.log.resumed",
  let_expire: "detail.log.letExpire",
  watched: "detail.log.watched",
  pinned: "detail.log.pinned",
  unpinned: "detail.log.unpinned",
  changed: "detail.log.changed",
};

const fields: Record<string, Key> = {
  name: "detail.setup.name",
  account: "detail.setup.account",
  tags: "detail.setup.tags",
  note: "detail.setup.note",
  header: "detail.setup.header",
  env_name: "detail.setup.variable",
  lead_seconds: "detail.setup.lead",
  templates: "detail.log.shapes",
};

/** The words after it: of a change, what the log's code stands for. */
export function activityDetail(entry: Pick<ActivityView, "what" | "detail">): string {
  switch (entry.what) {
    case "moved":
      return entry.detail in environmentWord ? t(`detail.environment.${entry.detail as Environment}`) : entry.detail;
    case "rotate_by_set": {
      const by = Date.parse(entry.detail);
      return Number.isNaN(by) ? t("detail.none") : date(by);
    }
    case "let_expire":
    case "watched":
      return "";
    case "changed":
      return entry.detail
        .split(" ")
        .map((name) => (fields[name] === undefined ? name : t(fields[name])))
        .join(", ");
    default:
      return entry.detail;
  }
}

/** What an entry of the activity log says first. */
export function activityWord(what: string, kind: Kind): string {
  if (what === "rotated" && kind === "oauth") return "Refreshed, refresh token rotated";
  const key = changed[what];
  if (key !== undefined) return t(key);
  return happened[what] ?? what.replaceAll("_", " ");
}

const reasons: Record<Why, string> = {
  signed_in: "Signed in",
  due: "In the background",
  wanted: "A longer one was asked for",
  asked: "By you",
  taken_over: "Taken over from another computer",
  recovered: "After it had been cut off",
};

/** Why a refresh token took the place of the one before. */
export function generationWord(why: Why): string {
  return reasons[why];
}

/** A provider's clock against this computer's, in whole minutes where it is that much. */
export function clockWords(ahead: number): string {
  const size = remaining(Math.abs(ahead) * 1000, 0);
  return `the provider's is ${size} ${ahead > 0 ? "ahead" : "behind"}`;
}

/** What became of a revocation. Only a provider's yes is a yes: without it the tokens count as alive (RFC 7009). */
export function revokedWords(revoked: RevokedView, provider: string): { confirmed: boolean; text: string } {
  switch (revoked.outcome) {
    case "confirmed": {
      const end = ms(revoked.access_ends_at);
      const until = end === null ? "may still work for a while" : `works until ${clock(end)}`;
      const but = revoked.access_lives ? `; the access token ${until}` : "";
      return { confirmed: true, text: `Revoked at ${provider}${but}` };
    }
    case "not_confirmed":
      return { confirmed: false, text: `${provider} did not confirm it (${revoked.why}), so the tokens may still work.` };
    case "not_offered":
      return { confirmed: false, text: `${provider} offers no revocation, so the tokens work until they end.` };
  }
}

/** "hidden, 1,184 characters" */
export function hiddenWords(length: number): string {
  return `hidden, ${plural(length, "character", "characters")}`;
}

/** The environment that a name gives away, or none when it does not say. */
export function guessEnvironment(text: string): Environment | null {
  const words = text.toLowerCase().split(/[^a-z0-9]+/);
  const has = (...any: string[]) => any.some((word) => words.includes(word));
  const found: Environment[] = [];
  if (has("prod", "production", "live")) found.push("production");
  if (has("staging", "stage", "stg", "preprod", "uat")) found.push("staging");
  if (has("dev", "development", "test", "local", "localhost", "sandbox", "127")) found.push("development");
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Whose a credential is, in one line: "Stripe · payments". */
export function accountWords(view: Pick<CredentialView, "provider_name" | "account">): string {
  return view.account ? `${view.provider_name} · ${view.account}` : view.provider_name;
}

/** The one word (or few) over the status group of a login. */
export function loginWord(view: Pick<CredentialView, "line" | "status" | "renews">, rowText: string): string {
  if (view.status === "frozen") return "On hold";
  if (view.status === "misconfigured") return "Client refused";
  switch (view.line) {
    case "refresh_failing":
      return "Refresh failing";
    case "expired":
      return "Expired";
    case "retrying":
      return "Retrying";
    case "ends_now":
    case "ends_soon":
      return "Ends soon";
    case "sign_in_by":
      return rowText;
    case "no_expiry":
      return "No end known";
    case "paused":
      return t("detail.status.pausedWord");
    default:
      return "Fresh";
  }
}

/** A hint without what it says for the terminal: for each of these the window has a button or a field. */
export function windowHint(hint: string): string {
  return hint.replace(/:? fob (login|refresh|rotate) .*$/, ".").replace(/, with --redirect-uri\.$/, ".");
}
