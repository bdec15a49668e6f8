import { describe, expect, it } from "vitest";
import type { Inspection } from "./bindings";
import { signatureWords } from "./signature";

const now = Date.UTC(2025, 9, 16, 13, 17);
const fetched = now - 9 * 60_000;
const inspection = (reason: string, key_id: string | null = "nw-2025-09"): Inspection => ({
  header: { alg: "RS256" },
  claims: {},
  signature: { status: "not_checked", reason, key_id, source: "https://id.northwind.example/jwks.json" },
  times: { issued_at: null, not_before: null, expires_at: null },
  findings: [],
  rows: [],
});
const sentence = (reason: string) => {
  const words = signatureWords(inspection(reason), fetched, now);
  return `${words.word}: ${words.pieces.map((piece) => piece.text).join("")}`.replaceAll("\u00a0", " ");
};

describe("a signature", () => {
  it("says_how_it_was_verified", () => {
    expect(sentence("ok")).toBe("Signature verified: RS256 · key nw-2025-09 · issuer JWKS, fetched 9 min ago");
  });
  it("says_which_key_is_unknown", () => {
    expect(sentence("unknown_key")).toBe("Unknown key: nw-2025-09 is not in the issuer’s JWKS, fetched 9 min ago");
  });
  it("is_green_for_a_verified_one_only", () => {
    const reasons = "mismatch alg_none unknown_key needs_secret no_keys keys_unavailable encrypted unsupported_alg key_alg_mismatch not_asked bad_key crit something_new";
    expect(signatureWords(inspection("ok"), fetched, now).shield).toBe("ok");
    for (const reason of reasons.split(" ")) {
      expect(signatureWords(inspection(reason), fetched, now).shield, reason).not.toBe("ok");
    }
  });
  it("offers_no_second_check_where_it_cannot_help", () => {
    expect(signatureWords(inspection("alg_none"), fetched, now).again).toBe("");
    expect(signatureWords(inspection("needs_secret"), fetched, now).again).toBe("");
    expect(signatureWords(inspection("unknown_key"), fetched, now).again).toBe("Fetch again");
  });
  it("does_not_invent_a_key_id", () => {
    const words = signatureWords(inspection("ok", null), fetched, now);
    expect(words.pieces.some((piece) => piece.mono)).toBe(false);
  });
});
