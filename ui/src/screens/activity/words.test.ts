import { describe, expect, it } from "vitest";
import type { LogEntryView } from "../../bindings";
import { byWords, detailWords, rowWords, whatWords } from "./words";

const entry = (change: Partial<LogEntryView>): LogEntryView => ({
  number: 1,
  credential: "a",
  name: "Northwind API",
  gone: false,
  monogram: null,
  day: "2025-10-16",
  times: 1,
  at: "2025-10-16T13:05:00Z",
  what: "copied",
  detail: "",
  kind: "oauth",
  environment: "production",
  by: "window",
  process: null,
  facts: {},
  failed: false,
  ...change,
});

describe("an entry of the log", () => {
  it("says what was changed in words and not in codes", () => {
    expect(whatWords(entry({ what: "moved", kind: "api_key" }))).toBe("Moved to");
    expect(detailWords(entry({ what: "moved", facts: { to: "production" } }))).toBe("production");
    expect(detailWords(entry({ what: "changed", facts: { names: ["name", "env_name"] } }))).toBe("Name, .env variable");
    expect(detailWords(entry({ what: "rotate_by_set", facts: { to: "none" } }))).toBe("none");
  });
  it("says what happened in the words of a person", () => {
    expect(whatWords(entry({ facts: { shape: "curl" } }))).toBe("Copied as curl");
    expect(whatWords(entry({ facts: { shape: "raw" } }))).toBe("Copied");
    expect(whatWords(entry({ what: "rotated" }))).toBe("Refreshed");
    expect(whatWords(entry({ what: "refreshed" }), 14)).toBe("Refreshed 14 times");
    expect(whatWords(entry({ what: "rotated", kind: "api_key", facts: { version: 2 } }))).toBe("Rotated, v1 to v2");
    expect(whatWords(entry({ what: "unlocked", credential: "", name: "", kind: null }))).toBe("Fobwatch unlocked");
    expect(whatWords(entry({ what: "from_a_newer_one" }))).toBe("from a newer one");
  });
  it("says who asked, and through which program", () => {
    expect(byWords(entry({ by: "tray" }))).toEqual({ who: "You", where: "tray" });
    const process = { program: "make", pid: 4182, path: null, parent: null, parent_pid: null, folder: null };
    expect(byWords(entry({ by: "command", process }))).toEqual({ who: "make, pid 4182", where: "CLI" });
    expect(byWords(entry({ by: "command" }))).toEqual({ who: "fob", where: "CLI" });
    expect(byWords(entry({ by: "unknown" }))).toEqual({ who: "", where: "" });
  });
  it("says its numbers and codes one after the other", () => {
    expect(detailWords(entry({ what: "rotated", facts: { rotation: 18, valid_seconds: 3540 } }))).toBe("rotation 18, valid 59\u00a0min");
    const failed = entry({ what: "refresh_failed", detail: "invalid_grant", facts: { remark: "sign_in_ended" } });
    expect(detailWords(failed)).toBe("invalid_grant, sign-in ended");
    expect(detailWords(entry({ what: "settings_changed", facts: { names: ["theme", "language"] } }))).toBe("theme, language");
  });
  it("is one sentence to a screen reader, which hears that a credential is gone", () => {
    expect(rowWords(entry({ gone: true }))).toMatch(/Copied, Northwind API, deleted, production, You, main window$/);
  });
});
