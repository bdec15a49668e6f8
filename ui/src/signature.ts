// What the window says about a signature (picture 02b). Pure: one sentence for each reason that the core gives.
import type { Inspection } from "./bindings";
import { past } from "./format";
import { locale, t, type Key } from "./language/index.svelte";

export type Shield = "ok" | "unknown" | "warn" | "bad" | "none";

/** Part of a sentence; `mono` for what the token itself says. */
export type Piece = { text: string; mono: boolean };

/** What can be done about it: ask once more, or give keys or a secret. */
export type Act = "again" | "keys" | "secret";

export type SignatureWords = {
  shield: Shield;
  word: string;
  pieces: Piece[];
  /** Empty when a check cannot change anything. */
  acts: { act: Act; label: string }[];
};

/** Fills a sentence in and keeps apart what the token says, so that it gets its own type. */
function pieces(key: Key, token: Record<string, string>, filled: Record<string, string> = {}): Piece[] {
  const marked = Object.fromEntries(Object.entries(token).map(([name, text]) => [name, `\u0001${text}\u0001`]));
  const parts = t(key, { ...filled, ...marked }).split("\u0001");
  return parts.map((text, index) => ({ text, mono: index % 2 === 1 })).filter((one) => one.text !== "");
}

const say = (text: string): Piece[] => [{ text, mono: false }];

/** The issuer's JWKS is said in words; another source stands for itself. */
function sourceWords(source: string | null, fetchedAt: number | null, now: number): string {
  if (source === null) return "";
  if (source === "shared secret") return t("token.sig.sharedSecret");
  if (source === "key") return t("token.sig.givenKey");
  if (!/^https?:/.test(source)) return source;
  return fetchedAt === null ? t("token.sig.jwks") : t("token.sig.jwksFetched", { when: past(fetchedAt, now, locale()) });
}

/** Says what became of a signature, and how that is known. */
export function signatureWords(inspection: Inspection, fetchedAt: number | null, now: number): SignatureWords {
  const { signature, header } = inspection;
  const alg = typeof header["alg"] === "string" ? header["alg"].slice(0, 40) : "";
  const kid = signature.key_id === null ? null : signature.key_id.slice(0, 120);
  const act = (act: Act, label: Key) => ({ act, label: t(label) });
  const again = act("again", "token.sig.again");
  const fetchAgain = act("again", "token.sig.fetchAgain");
  const other = act("keys", "token.sig.otherKeys");
  switch (signature.reason) {
    case "ok": {
      const known = kid === null ? say(alg) : pieces("token.sig.withKey", { key: kid }, { alg });
      const source = sourceWords(signature.source, fetchedAt, now);
      if (source !== "") known.push(...say(` · ${source}`));
      return { shield: "ok", word: t("token.sig.verified"), pieces: known, acts: [again] };
    }
    case "mismatch":
      return bad("token.sig.mismatch", signature.source === "shared secret" ? "token.sig.mismatchSecret" : "token.sig.mismatchMore", [again]);
    case "alg_none":
      return { ...bad("token.sig.none", "token.sig.noneMore", []), shield: "none" };
    case "unknown_key": {
      const key: Record<string, string> = kid === null ? {} : { key: kid };
      const unnamed: Record<string, string> = kid === null ? { key: t("token.sig.itsKey") } : {};
      const found =
        fetchedAt === null
          ? pieces("token.sig.unknownMore", key, unnamed)
          : pieces("token.sig.unknownFetched", key, { ...unnamed, when: past(fetchedAt, now, locale()) });
      return { shield: "warn", word: t("token.sig.unknown"), pieces: found, acts: [other, fetchAgain] };
    }
    case "needs_secret":
      return unknown("token.sig.needsSecret", t("token.sig.needsSecretMore", { alg: alg || "HS256" }), [act("secret", "token.sig.enterSecret")]);
    case "no_keys":
      return unknown("token.sig.notChecked", t("token.sig.noKeys"), [act("keys", "token.sig.addKeys")]);
    case "keys_unavailable":
      return unknown("token.sig.notChecked", t("token.sig.keysUnavailable"), [other, fetchAgain]);
    case "encrypted":
      return unknown("token.sig.encrypted", t("token.sig.encryptedMore"), []);
    case "unsupported_alg":
      return unknown("token.sig.notChecked", t("token.sig.unsupported", { alg: alg || t("token.sig.thisAlg") }), []);
    case "key_alg_mismatch": {
      const more = kid === null ? say(t("token.sig.wrongKeyMore", { alg })) : pieces("token.sig.wrongKeyNamed", { key: kid }, { alg });
      return { shield: "bad", word: t("token.sig.wrongKey"), pieces: more, acts: [other, fetchAgain] };
    }
    case "bad_key":
      return unknown("token.sig.notChecked", t("token.sig.badKey"), [other, fetchAgain]);
    case "crit":
      return unknown("token.sig.notChecked", t("token.sig.crit"), []);
    case "not_asked":
      return unknown("token.sig.notChecked", t("token.sig.notAsked"), [act("keys", "token.sig.addKeys")]);
    default:
      return unknown("token.sig.notChecked", signature.reason.replaceAll("_", " "), [again]);
  }
}

function bad(word: Key, text: Key, acts: SignatureWords["acts"]): SignatureWords {
  return { shield: "bad", word: t(word), pieces: say(t(text)), acts };
}

function unknown(word: Key, text: string, acts: SignatureWords["acts"]): SignatureWords {
  return { shield: "unknown", word: t(word), pieces: say(text), acts };
}
