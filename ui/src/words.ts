// What the window says about a credential's state (DESIGN section 5). Pure but for the language of the window.
import type { ClipboardView, CredentialView, Environment, Kind, Line, RevokedView, RowView, Why } from "./bindings";
import { clock, dayCount, days, ms, past, remaining, sameDay, shortDate, weekday } from "./format";
import { fromCore } from "./language/core.svelte";
import { language, t, type Key } from "./language/index.svelte";

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
  if (sameDay(at, now)) return t("status.rotateToday");
  if (at > now) return t("status.rotateIn", { span: remaining(at, now) });
  return t("status.rotateLate", { span: dayCount(Math.max(1, days(now - at))) });
}

/** The status text of a row, in full and in one word for narrow lists. */
export function statusWords(row: Pick<RowView, "line" | "ends_at">, now: number): StatusWords {
  const glyph = glyphs[row.line];
  const end = ms(row.ends_at);
  const left = end === null ? "" : remaining(end, now);
  const none = { text: t("status.noExpiry"), short: t("status.none"), glyph };
  switch (row.line) {
    case "refresh_failing":
      return { text: t("status.refreshFailing"), short: t("status.failing"), glyph };
    case "expired": {
      const text = end === null ? t("status.expired") : t("status.expiredAgo", { ago: past(end, now) });
      return { text, short: t("status.expired"), glyph };
    }
    case "retrying": {
      const retrying = t("status.retrying");
      return { text: left === "" ? retrying : t("status.retryingLeft", { left }), short: left || retrying, glyph };
    }
    case "sign_in_by": {
      if (end === null) return { text: t("status.signIn"), short: t("status.signIn"), glyph };
      const today = sameDay(end, now);
      const day = today ? t("time.today") : end - now < 7 * DAY ? weekday(end) : shortDate(end);
      return { text: today ? t("status.signInToday") : t("status.signInBy", { day }), short: day, glyph };
    }
    case "rotate": {
      if (end === null) return { text: t("status.rotate"), short: t("status.rotate"), glyph };
      return { text: rotateWords(end, now), short: end > now ? left : t("status.late"), glyph };
    }
    case "paused":
      return { text: t("detail.status.paused"), short: t("detail.status.paused"), glyph };
    case "no_expiry":
      return none;
    default:
      return left === "" ? none : { text: left, short: left, glyph };
  }
}

/** The same for a screen reader: no abbreviations, no glyph. */
export function spokenStatus(row: Pick<RowView, "line" | "ends_at">, now: number): string {
  const { text } = statusWords(row, now);
  const spoken = speak(text);
  switch (row.line) {
    case "renews":
      return t("status.spokenRenews", { span: spoken });
    case "far":
    case "ends_now":
    case "ends_soon":
      return t("status.spokenLeft", { span: spoken });
    default:
      return spoken;
  }
}

const units: { short: Key; long: Key; after: Key }[] = [
  { short: "time.s", long: "time.spokenSecond", after: "time.spokenSecondAfter" },
  { short: "time.min", long: "time.spokenMinute", after: "time.spokenMinuteAfter" },
  { short: "time.h", long: "time.spokenHour", after: "time.spokenHourAfter" },
  { short: "time.d", long: "time.spokenDay", after: "time.spokenDayAfter" },
];

/** How a language writes spans: what finds each unit's number, and what stands before a number in a sentence. */
type Spans = { units: { found: RegExp; long: Key; after: Key }[]; prepositions: string[] };
const known = new Map<string, Spans>();

/** Put together once for each language: every row of a list is spoken. */
function spans(): Spans {
  const before = known.get(language());
  if (before !== undefined) return before;
  const start = (key: Key) => t(key, { span: "#" }).split("#")[0]?.toLowerCase() ?? "";
  const made = {
    units: units.map(({ short, long, after }) => {
      const shape = t(short, { n: "#" }).replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace("#", "(\\d+)");
      return { found: new RegExp(`${shape}(?![\\p{L}])`, "gu"), long, after };
    }),
    prepositions: [start("time.ago"), start("time.in")].filter((words) => words.trim() !== ""),
  };
  known.set(language(), made);
  return made;
}

/** Writes out the units of a span: "42 min" becomes "42 minutes". After a preposition a language may want another
 *  form: German has "3 Tage", but "in 3 Tagen". */
export function speak(text: string): string {
  if (!/\d/.test(text)) return text;
  const { units, prepositions } = spans();
  return units.reduce(
    (spoken, { found, long, after }) =>
      spoken.replace(found, (_, number: string, offset: number) => {
        const follows = prepositions.some((words) => spoken.slice(0, offset).toLowerCase().endsWith(words));
        return t(follows ? after : long, { count: Number(number) });
      }),
    text,
  );
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

export const kindWord: Readonly<Record<Kind, string>> = {
  get api_key() {
    return t("kind.apiKey");
  },
  get oauth() {
    return t("kind.oauth");
  },
  get client_credentials() {
    return t("kind.client");
  },
  get jwt() {
    return t("kind.jwt");
  },
};

/** The short word of an environment, in lists and chips. */
export const environmentWord: Readonly<Record<Environment, string>> = {
  get production() {
    return t("environment.prod");
  },
  get staging() {
    return t("environment.staging");
  },
  get development() {
    return t("environment.dev");
  },
};

/** The whole word of an environment, in sentences and for screen readers. */
export function environmentName(environment: Environment): string {
  const keys = { production: "environment.production", staging: "environment.staging", development: "environment.development" } as const;
  return t(keys[environment]);
}

/** The accessible name of a row. */
export function rowName(row: RowView, now: number): string {
  return [row.name, environmentName(row.environment), row.provider_name, row.account, kindWord[row.kind], spokenStatus(row, now)]
    .filter((part) => part !== "")
    .join(", ");
}

/** The sentence on the trailing side of the status group. */
export function renewalWords(view: CredentialView, now: number): { lead: string; span: string } | null {
  const next = ms(view.next_refresh_at);
  const says = (key: Key, span = "") => ({ lead: t(key), span });
  if (view.status === "sign_in_needed" || view.status === "misconfigured") return says("renewal.stopped");
  if (view.status === "frozen") return says("renewal.waits");
  if (view.status === "waiting") {
    return next !== null && next > now ? says("renewal.triesIn", remaining(next, now)) : says("renewal.trying");
  }
  const client = view.kind === "client_credentials";
  if (view.status === "refreshing") return says(client ? "renewal.clientAsking" : "renewal.refreshing");
  if (view.kind === "jwt") return null;
  if (!view.renews) return says("renewal.cannot");
  if (view.paused) return { lead: t("detail.renewalPaused"), span: "" };
  if (next === null) return says(client ? "renewal.client" : "renewal.itself");
  if (next > now) return says(client ? "renewal.clientIn" : "renewal.itselfIn", remaining(next, now));
  return says(client ? "renewal.clientDue" : "renewal.due");
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

const reasons: Record<Why, Key> = {
  signed_in: "reason.signedIn",
  due: "reason.due",
  wanted: "reason.wanted",
  asked: "reason.asked",
  taken_over: "reason.takenOver",
  recovered: "reason.recovered",
};

/** Why a refresh token took the place of the one before. */
export function generationWord(why: Why): string {
  return t(reasons[why]);
}

/** A provider's clock against this computer's, in whole minutes where it is that much. */
export function clockWords(ahead: number): string {
  const span = remaining(Math.abs(ahead) * 1000, 0);
  return t(ahead > 0 ? "words.clockAhead" : "words.clockBehind", { span });
}

/** What became of a revocation. Only a provider's yes is a yes: without it the tokens count as alive (RFC 7009). */
export function revokedWords(revoked: RevokedView, provider: string): { confirmed: boolean; text: string } {
  switch (revoked.outcome) {
    case "confirmed": {
      const end = ms(revoked.access_ends_at);
      if (!revoked.access_lives) return { confirmed: true, text: t("revoked.confirmed", { provider }) };
      const text = end === null ? t("revoked.butLives", { provider }) : t("revoked.butUntil", { provider, clock: clock(end) });
      return { confirmed: true, text };
    }
    case "not_confirmed":
      return { confirmed: false, text: t("revoked.notConfirmed", { provider, why: fromCore(revoked.why) }) };
    case "not_offered":
      return { confirmed: false, text: t("revoked.notOffered", { provider }) };
  }
}

/** "hidden, 1,184 characters" */
export function hiddenWords(length: number): string {
  return t("words.hidden", { count: length });
}

/** "1,184 characters, hidden" */
export function charactersHidden(length: number): string {
  return t("words.charactersHidden", { count: length });
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
  if (view.status === "frozen") return t("status.onHold");
  if (view.status === "misconfigured") return t("status.clientRefused");
  switch (view.line) {
    case "refresh_failing":
      return t("status.refreshFailing");
    case "expired":
      return t("status.expired");
    case "retrying":
      return t("status.retrying");
    case "ends_now":
    case "ends_soon":
      return t("status.endsSoon");
    case "sign_in_by":
      return rowText;
    case "no_expiry":
      return t("status.noEnd");
    case "paused":
      return t("detail.status.pausedWord");
    default:
      return t("status.fresh");
  }
}

/** A hint without what it says for the terminal: for each of these the window has a button or a field. */
export function windowHint(hint: string): string {
  return fromCore(hint.replace(/:? fob (login|refresh|rotate) .*$/, ".").replace(/, with --redirect-uri\.$/, "."));
}

/** How a value that was there for one paste left the clipboard; null while a value is there. */
export function goneWords(view: ClipboardView | null): string | null {
  if (view?.state === "replaced") return t("clipboard.replaced");
  if (view?.state !== "pasted") return null;
  return view.by === null ? t("clipboard.pasted") : t("clipboard.pastedBy", { program: view.by });
}
