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

const line = (part: string, name: string, value: string, meaning: string, note = "", when: string | null = null, warning = ""): ClaimRow => ({
  part,
  name,
  value,
  meaning,
  note,
  at: when,
  warning,
});

/** `?signature=mismatch` in the address shows another verdict. */
export function token(): TokenView {
  const reason = new URLSearchParams(location.search).get("signature") ?? "ok";
  const status = reason === "ok" ? "verified" : ["mismatch", "alg_none"].includes(reason) ? "invalid" : "not_checked";
  return {
    format: "jwt",
    header_segment: encode(header),
    payload_segment: encode(claims),
    signature_len: 342,
    keys_fetched_at: at(-9 * MIN),
    next_refresh_at: at(37 * MIN),
    inspection: {
      header,
      claims,
      signature: { status, reason, key_id: "nw-2025-09", source: "https://id.northwind.example/jwks.json" },
      times: { issued_at: at(-18 * MIN), not_before: at(-18 * MIN), expires_at: at(42 * MIN) },
      findings: [
        { code: "broad_scope", severity: "warning", message: "Scope admin:* is broader than most tasks need.", claim: "scope" },
        { code: "personal_data", severity: "note", message: "The payload holds an e-mail address: anyone with the token can read it.", claim: "email" },
      ],
      rows: [
        line("header", "alg", "RS256", "Algorithm", "asymmetric"),
        line("header", "kid", "nw-2025-09", "Key id", "found in JWKS"),
        line("payload", "iss", claims.iss, "Issuer", "same as this login"),
        line("payload", "sub", claims.sub, "Subject"),
        line("payload", "aud", claims.aud, "Audience", "the API that may accept it"),
        line("payload", "azp", "kQ2fakeClientId9", "Authorised party", "this login’s client"),
        line("payload", "iat", String(claims.iat), "Issued at", "", at(-18 * MIN)),
        line("payload", "nbf", String(claims.nbf), "Not before", "", at(-18 * MIN)),
        line("payload", "exp", String(claims.exp), "Expires", "", at(42 * MIN)),
        line("payload", "scope", claims.scope, "Scopes", "", null, "6 granted, 1 broad"),
        line("payload", "email", "octavia@northwind.example", "E-mail", "", null, "readable by whoever holds the token"),
        line("payload", "https://northwind.example/roles", '{"team":"orders","roles":["reader","writer"]}', "custom claim"),
      ],
    },
  };
}

export const tokenValue = () => `${encode(header)}.${encode(claims)}.fake-signature-that-verifies-nothing`;
