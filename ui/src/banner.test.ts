import { describe, expect, it } from "vitest";
import { keychainBanner, noticeBanner } from "./banner";
import type { KeychainView, NoticeView } from "./bindings";
import { tick } from "./format";

const NOW = Date.parse("2025-10-16T14:17:00Z");
const notice: NoticeView = {
  kind: "refused",
  tone: "bad",
  lead: "Google refuses 4 logins since {since}.",
  rest: "It ended the sign-ins themselves.",
  since: "2025-10-16T14:04:00Z",
  until: null,
  provider: "google",
  count: 4,
  code: "invalid_grant",
};

describe("the banner", () => {
  it("names the moment in the person's own time, and filters by the provider", () => {
    const words = noticeBanner(notice, NOW);
    expect(words.lead).toMatch(/^Google refuses 4 logins since \d{1,2}:04( [AP]M)?\.$/u);
    expect(words.act).toEqual({ kind: "show", provider: "google" });
    expect(words.code).toBe("invalid_grant");
  });

  it("offers nothing where nothing is to be done", () => {
    const words = noticeBanner({ ...notice, kind: "offline", tone: "neutral", lead: "Offline since {since}." }, NOW);
    expect(words.action).toBe("");
    expect(words.tone).toBe("neutral");
  });

  it("tells the keychain's state in its first sentence and says how much is overdue", () => {
    const error = { code: "keychain_locked", message: "The keyring is locked. Copying waits.", hint: "Unlock it.", provider_code: null };
    const view: KeychainView = { state: "locked", name: "Login keyring", error, overdue: 2 };
    const words = keychainBanner(view, "keyring");
    expect(words?.lead).toBe("The keyring is locked.");
    expect(words?.rest).toBe("Copying waits. Unlock it. 2 refreshes are overdue.");
    expect(words?.action).toBe("Unlock keyring…");
    expect(keychainBanner({ ...view, state: "ready", error: null, overdue: 0 }, "keyring")).toBeNull();
  });

  it("offers to resume what several logins were paused for, and asks for no attention", () => {
    const words = noticeBanner({ ...notice, kind: "paused", tone: "neutral", count: 3, code: null }, NOW);
    expect(words.lead).toBe("Refreshing of 3 logins is paused.");
    expect(words.act).toEqual({ kind: "resume" });
    expect(words.tone).toBe("neutral");
    expect(words.rest).toBe("Copying still gets a fresh token.");
  });

  it("says when a pause ends by itself", () => {
    const until = new Date(NOW + 3_600_000).toISOString();
    const words = noticeBanner({ ...notice, kind: "paused", tone: "neutral", count: 3, code: null, until }, NOW);
    expect(words.rest).toBe(`It goes on at ${tick(NOW + 3_600_000, NOW)}. Copying still gets a fresh token.`);
  });
});
