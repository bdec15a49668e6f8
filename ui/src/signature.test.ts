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
  it("offers_what_can_help_and_nothing_else", () => {
    const labels = (reason: string) => signatureWords(inspection(reason), fetched, now).acts.map((one) => one.label);
    expect(labels("alg_none")).toEqual([]);
    expect(labels("encrypted")).toEqual([]);
    expect(labels("needs_secret")).toEqual(["Enter secret…"]);
    expect(labels("no_keys")).toEqual(["Add keys…"]);
    expect(labels("unknown_key")).toEqual(["Other keys…", "Fetch again"]);
    expect(labels("ok")).toEqual(["Verify again"]);
  });
  it("keeps_the_words_of_a_token_out_of_its_own_sentence", () => {
    const hostile = signatureWords(inspection("unknown_key", "{{when}} $t(token.sig.verified)"), fetched, now);
    expect(hostile.pieces[0]).toEqual({ text: "{{when}} $t(token.sig.verified)", mono: true });
    expect(hostile.word).toBe("Unknown key");
  });
  it("does_not_invent_a_key_id", () => {
    const words = signatureWords(inspection("ok", null), fetched, now);
    expect(words.pieces.some((piece) => piece.mono)).toBe(false);
  });
});
