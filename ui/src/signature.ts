// What the window says about a signature (picture 02b). Pure: one sentence for each reason that the core gives.
import type { Inspection } from "./bindings";
import { past } from "./format";

export type Shield = "ok" | "unknown" | "warn" | "bad" | "none";

/** Part of a sentence; `mono` for what the token itself says. */
export type Piece = { text: string; mono: boolean };

export type SignatureWords = {
  shield: Shield;
  word: string;
  pieces: Piece[];
  /** The label of the button that checks once more; empty when that cannot change anything. */
  again: string;
};

const say = (text: string): Piece => ({ text, mono: false });
const code = (text: string): Piece => ({ text, mono: true });

/** The issuer's JWKS is said in words; another source stands for itself. */
function sourceWords(source: string | null, fetchedAt: number | null, now: number): string {
  if (source === null) return "";
  const fetched = fetchedAt === null ? "" : `, fetched ${past(fetchedAt, now)}`;
  return /^https?:/.test(source) ? `issuer JWKS${fetched}` : source;
}

/** Says what became of a signature, and how that is known. */
export function signatureWords(inspection: Inspection, fetchedAt: number | null, now: number): SignatureWords {
  const { signature, header } = inspection;
  const alg = typeof header["alg"] === "string" ? header["alg"] : "";
  const kid = signature.key_id;
  const source = sourceWords(signature.source, fetchedAt, now);
  switch (signature.reason) {
    case "ok": {
      const pieces = [say(alg)];
      if (kid !== null) pieces.push(say(" · key "), code(kid));
      if (source !== "") pieces.push(say(` · ${source}`));
      return { shield: "ok", word: "Signature verified", pieces, again: "Verify again" };
    }
    case "mismatch":
      return bad("Signature does not match", "changed after signing, or not from this issuer", "Verify again");
    case "alg_none":
      return { ...bad("Not signed", "alg is “none”: anyone can forge it", ""), shield: "none" };
    case "unknown_key": {
      const when = fetchedAt === null ? "" : `, fetched ${past(fetchedAt, now)}`;
      const pieces = kid === null ? [say("its key")] : [code(kid)];
      pieces.push(say(` is not in the issuer’s JWKS${when}`));
      return { shield: "warn", word: "Unknown key", pieces, again: "Fetch again" };
    }
    case "needs_secret":
      return unknown("Needs the shared secret", `${alg || "HS256"} can only be checked with it`, "");
    case "no_keys":
      return unknown("Not checked", "no signing keys known for this issuer", "");
    case "keys_unavailable":
      return unknown("Not checked", "the issuer’s signing keys could not be fetched", "Fetch again");
    case "encrypted":
      return unknown("Encrypted", "only its receiver can read it; the header is shown", "");
    case "unsupported_alg":
      return unknown("Not checked", `${alg || "this algorithm"} cannot be checked here`, "");
    case "key_alg_mismatch":
      return bad("Wrong kind of key", `the key${kid === null ? "" : ` ${kid}`} is not for ${alg}`, "Fetch again");
    case "bad_key":
      return unknown("Not checked", "the key could not be read", "Fetch again");
    case "crit":
      return unknown("Not checked", "it demands an extension that is not known here", "");
    case "not_asked":
      return unknown("Not checked", "nobody asked yet", "Verify");
    default:
      return unknown("Not checked", signature.reason.replaceAll("_", " "), "Verify again");
  }
}

function bad(word: string, text: string, again: string): SignatureWords {
  return { shield: "bad", word, pieces: [say(text)], again };
}

function unknown(word: string, text: string, again: string): SignatureWords {
  return { shield: "unknown", word, pieces: [say(text)], again };
}
