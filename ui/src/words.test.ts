import scopes from "../../crates/core/src/scopes.json";
import { describe, expect, it } from "vitest";
import type { CredentialView, Line, RowView } from "./bindings";
import { speakIn } from "./language/index.svelte";
import {
  accountWords,
  guessEnvironment,
  isBroad,
  loginWord,
  meterLook,
  renewalWords,
  revokedWords,
  rotateWords,
  rowName,
  speak,
  spokenStatus,
  statusWords,
  windowHint,
} from "./words";

const MINUTE = 60_000;
const DAY = 86_400_000;
const now = new Date(2025, 9, 16, 14, 17).getTime();
const at = (offset: number) => new Date(now + offset).toISOString();
const text = (line: Line, offset: number | null) =>
  statusWords({ line, ends_at: offset === null ? null : at(offset) }, now).text.replaceAll("\u00a0", " ");

describe("the status of a row", () => {
  it("is_paused_in_one_word_however_narrow", () => {
    expect(statusWords({ line: "paused", ends_at: at(MINUTE) }, now)).toEqual({ text: "Paused", short: "Paused", glyph: "pause" });
  });
  it("says_what_the_design_says_for_each_line", () => {
    expect(text("refresh_failing", -8 * MINUTE)).toBe("Refresh failing");
    expect(text("expired", -125 * MINUTE)).toBe("Expired 2 h ago");
    expect(text("retrying", 12 * MINUTE)).toBe("Retrying, 12 min");
    expect(text("ends_now", 4 * MINUTE)).toBe("4 min");
    expect(text("ends_soon", 6 * DAY)).toBe("6 d");
    expect(text("renews", 42 * MINUTE)).toBe("42 min");
    expect(text("far", 58 * DAY)).toBe("58 d");
    expect(text("no_expiry", null)).toBe("no expiry");
  });
  it("names_the_day_by_which_to_sign_in", () => {
    expect(text("sign_in_by", DAY)).toMatch(/^Sign in by Fri/);
    expect(text("sign_in_by", 10 * MINUTE)).toBe("Sign in by today");
  });
  it("says_how_late_a_rotation_is", () => {
    expect(rotateWords(now + 3 * DAY + MINUTE, now)).toBe("Rotate in 3\u00a0d");
    expect(rotateWords(now + MINUTE, now)).toBe("Rotate today");
    expect(rotateWords(now - 2 * DAY - MINUTE, now)).toBe("Rotate, 2\u00a0d late");
  });
  it("is_one_word_in_a_narrow_list", () => {
    expect(statusWords({ line: "refresh_failing", ends_at: null }, now).short).toBe("Failing");
    expect(statusWords({ line: "rotate", ends_at: at(3 * DAY + MINUTE) }, now).short).toBe("3\u00a0d");
  });
});

describe("the meter", () => {
  it("is_an_empty_red_outline_when_nothing_works", () => {
    expect(meterLook({ line: "refresh_failing", tone: "bad", ends_at: at(-MINUTE) }, now)).toBe("expired");
    expect(meterLook({ line: "expired", tone: "bad", ends_at: at(-MINUTE) }, now)).toBe("expired");
  });
  it("is_dotted_without_an_end", () => {
    expect(meterLook({ line: "no_expiry", tone: "neutral", ends_at: null }, now)).toBe("none");
  });
  it("is_grey_for_what_renews_itself_however_soon_it_ends", () => {
    expect(meterLook({ line: "renews", tone: "neutral", ends_at: at(MINUTE) }, now)).toBe("neutral");
  });
});

describe("what a screen reader hears", () => {
  const row: RowView = {
    id: "1",
    name: "Northwind API",
    kind: "oauth",
    monogram: { code: "A0", tint: "h2" },
    provider_name: "Auth0",
    account: "octavia@northwind.example",
    environment: "production",
    line: "renews",
    tone: "neutral",
    starts_at: at(-18 * MINUTE),
    ends_at: at(42 * MINUTE),
    pinned: false,
    section: "recent",
  };
  it("is_the_whole_row_in_words", () => {
    expect(rowName(row, now)).toBe(
      "Northwind API, production, Auth0, octavia@northwind.example, OAuth login, renews itself, 42 minutes left",
    );
  });
  it("leaves_out_an_account_that_is_not_there", () => {
    expect(rowName({ ...row, account: "" }, now)).not.toContain(", ,");
  });
  it("is_grammatical_in_german_as_well", async () => {
    await speakIn("de");
    expect(statusWords({ line: "rotate", ends_at: at(3 * DAY + MINUTE) }, now).text).toBe("Wechseln in 3\u00a0Tg.");
    expect(spokenStatus({ line: "rotate", ends_at: at(3 * DAY + MINUTE) }, now)).toBe("Wechseln in 3 Tagen");
    expect(spokenStatus({ line: "far", ends_at: at(58 * DAY) }, now)).toBe("noch 58 Tage");
    expect(spokenStatus({ line: "expired", ends_at: at(-3 * DAY) }, now)).toBe("Abgelaufen vor 3 Tagen");
    expect(spokenStatus({ line: "renews", ends_at: at(60 * MINUTE) }, now)).toBe("erneuert sich, noch 1 Stunde");
    await speakIn("en");
  });
  it("has_units_written_out", () => {
    expect(speak("Expired 1\u00a0h ago")).toBe("Expired 1 hour ago");
    expect(spokenStatus({ line: "far", ends_at: at(58 * DAY) }, now)).toBe("58 days left");
  });
});

describe("a login", () => {
  const base = { status: "fresh", renews: true, next_refresh_at: at(37 * MINUTE) } as CredentialView;
  it("says_when_it_refreshes_itself", () => {
    expect(renewalWords(base, now)).toEqual({ lead: "refreshes itself in", span: "37\u00a0min" });
  });
  it("says_that_it_stopped_when_the_answer_is_final", () => {
    expect(renewalWords({ ...base, status: "sign_in_needed" }, now)?.lead).toBe("stopped: the answer is final");
  });
  it("does_not_promise_a_refresh_without_a_refresh_token", () => {
    expect(renewalWords({ ...base, renews: false }, now)?.lead).toBe("cannot renew itself");
  });
  it("of_a_client_asks_for_a_new_token_instead_of_refreshing", () => {
    const client = { ...base, kind: "client_credentials" } as CredentialView;
    expect(renewalWords(client, now)).toEqual({ lead: "asks for a new token in", span: "37\u00a0min" });
    expect(renewalWords({ ...client, next_refresh_at: at(-MINUTE) }, now)?.lead).toBe("a new token is due");
  });
  it("is_on_hold_when_frozen_whatever_its_line", () => {
    expect(loginWord({ line: "renews", status: "frozen", renews: true }, "")).toBe("On hold");
  });
});

describe("a revocation", () => {
  const revoked = { outcome: "confirmed", why: "", access_lives: false, access_ends_at: null, page: null } as const;
  it("is_done_only_when_the_provider_said_so", () => {
    expect(revokedWords(revoked, "Auth0")).toEqual({ confirmed: true, text: "Revoked at Auth0" });
    const unsure = revokedWords({ ...revoked, outcome: "not_confirmed", why: "it is busy just now" }, "Auth0");
    expect(unsure).toEqual({
      confirmed: false,
      text: "Auth0 did not confirm it (it is busy just now), so the tokens may still work.",
    });
    expect(revokedWords({ ...revoked, outcome: "not_offered" }, "Auth0").confirmed).toBe(false);
  });
  it("says_when_the_access_token_outlives_it", () => {
    const outlives = { ...revoked, access_lives: true };
    expect(revokedWords({ ...outlives, access_ends_at: at(42 * MINUTE) }, "Auth0").text).toMatch(/works until \d/);
    expect(revokedWords(outlives, "Auth0").text).toMatch(/may still work/);
  });
});

describe("whose a credential is", () => {
  it("names_the_account_only_where_there_is_one", () => {
    expect(accountWords({ provider_name: "Stripe", account: "acct_eu" })).toBe("Stripe · acct_eu");
    expect(accountWords({ provider_name: "Stripe", account: null })).toBe("Stripe");
  });
});

describe("guesses", () => {
  it("take_the_environment_from_a_clear_name_only", () => {
    expect(guessEnvironment("Payments live")).toBe("production");
    expect(guessEnvironment("orders-staging")).toBe("staging");
    expect(guessEnvironment("Northwind API")).toBeNull();
    expect(guessEnvironment("live test")).toBeNull();
    expect(guessEnvironment("delivery")).toBeNull();
  });
  it("flag_broad_scopes_and_no_others", () => {
    // The same examples as the core's own rule.
    for (const scope of scopes.broad) expect(isBroad(scope), scope).toBe(true);
    for (const scope of scopes.fine) expect(isBroad(scope), scope).toBe(false);
  });
});

describe("a hint in the window", () => {
  it("names_no_command_where_there_is_a_button", () => {
    const again = "Sign in once more to get a new refresh token";
    expect(windowHint(`${again}: fob login 'Northwind API'`)).toBe(`${again}.`);
    const moved = "If its operator has announced this, confirm it";
    expect(windowHint(`${moved}: fob login NAME --accept-new-endpoints`)).toBe(`${moved}.`);
    const take = "Sign in on this computer, or take it over";
    expect(windowHint(`${take}: fob refresh api --force`)).toBe(`${take}.`);
    const register = "Register http://127.0.0.1/callback (any port)";
    expect(windowHint(`${register}, with --redirect-uri.`)).toBe(`${register}.`);
  });
  it("is_kept_where_it_names_no_command", () => {
    expect(windowHint("Check the network and the address.")).toBe("Check the network and the address.");
  });
});
