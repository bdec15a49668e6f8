// An invented token; its segments say fake when they are decoded.
import type { ClaimRow, TokenView } from "../../src/bindings";
import { at, MIN } from "./data";

const encode = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");
const seconds = (offset: number) => Math.floor((Date.now() + offset) / 1000);

const header = { alg: "RS256", typ: "JWT", kid: "nw-2025-09" };
const claims = {
  iss: "https://id.northwind.example/",
  sub: "auth0|00fake00user00",
  aud: "https://api.northwind.example",
  iat: seconds(-18 * MIN),
  nbf: seconds(-18 * MIN),
  exp: seconds(42 * MIN),
  scope: "openid profile offline_access orders:read orders:write admin:*",
};

const line = (
  part: string,
  name: string,
  value: string,
  note_code = "",
  when: string | null = null,
  warning_code = "",
  counts: number[] = [],
): ClaimRow => ({ part, name, value, meaning: "-", note: "", at: when, warning: warning_code, note_code, warning_code, counts, cut: false });

/** `?signature=mismatch` in the address shows another verdict; `?token=opaque` one that is no JWT. */
export function token(): TokenView {
  if (new URLSearchParams(location.search).get("token") === "opaque") return opaque("opaque");
  return laidOpen();
}

export function opaque(code: string): TokenView {
  return { ...laidOpen(), format: "opaque", problem: { code, part: "", number: 0 }, inspection: null };
}

function laidOpen(): TokenView {
  const none = new URLSearchParams(location.search).get("signature") === "alg_none";
  const reason = new URLSearchParams(location.search).get("signature") ?? "ok";
  const status = reason === "ok" ? "verified" : ["mismatch", "alg_none"].includes(reason) ? "invalid" : "not_checked";
  return {
    format: "jwt",
    header_segment: encode(header),
    payload_segment: encode(claims),
    segments_cut: false,
    problem: null,
    signature_len: none ? 0 : 342,
    keys_fetched_at: at(-9 * MIN),
    next_refresh_at: at(37 * MIN),
    inspection: {
      header,
      claims,
      signature: { status, reason, key_id: "nw-2025-09", source: "https://id.northwind.example/jwks.json" },
      times: { issued_at: at(-18 * MIN), not_before: at(-18 * MIN), expires_at: at(42 * MIN) },
      findings: [
        ...(none ? [{ code: "alg_none", severity: "critical" as const, message: "", claim: "alg", counts: [] }] : []),
        { code: "broad_scope", severity: "warning", message: "", claim: "scope", counts: [6, 1] },
        { code: "personal_data", severity: "note", message: "", claim: "email", counts: [] },
      ],
      rows: [
        line("header", "alg", none ? "none" : "RS256", "asymmetric", null, none ? "alg_none" : ""),
        line("header", "kid", "nw-2025-09", "signing_key"),
        line("payload", "iss", claims.iss, "same_issuer"),
        line("payload", "sub", claims.sub),
        line("payload", "aud", claims.aud, "audience"),
        line("payload", "azp", "kQ2fakeClientId9", "own_client"),
        line("payload", "iat", String(claims.iat), "", at(-18 * MIN)),
        line("payload", "nbf", String(claims.nbf), "same_as_issued", at(-18 * MIN)),
        line("payload", "exp", String(claims.exp), "", at(42 * MIN)),
        line("payload", "scope", claims.scope, "", null, "broad_scope", [6, 1]),
        line("payload", "email", "octavia@northwind.example", "", null, "personal_data"),
        line("payload", "https://northwind.example/roles", '{"team":"orders","roles":["reader","writer"]}'),
      ],
    },
  };
}

export const tokenValue = () => `${encode(header)}.${encode(claims)}.fake-signature-that-verifies-nothing`;
