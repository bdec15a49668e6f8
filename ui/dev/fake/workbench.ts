// The invented workbench of the fixture.
import type { ClaimRow, ComparisonView, Difference, KeysInput, SignInput, TokenView } from "../../src/bindings";
import { at, MIN } from "./data";
import { opaque, token, tokenValue } from "./token";

const difference = (name: string, change: Difference["change"], before: string | null, after: string | null, more: Partial<Difference> = {}): Difference => ({
  part: "payload",
  name,
  change,
  before,
  after,
  before_at: null,
  after_at: null,
  gained: [],
  lost: [],
  ...more,
});

const compared: ComparisonView = {
  first_problem: null,
  second_problem: null,
  differences: {
    lines: [
      difference("kid", "changed", "nw-2025-03", "nw-2025-09", { part: "header" }),
      difference("exp", "changed", "1760619540", "1760623140", { before_at: at(-18 * MIN), after_at: at(42 * MIN) }),
      difference("scope", "changed", "openid orders:read orders:write", "openid orders:read admin:*", { gained: ["admin:*"], lost: ["orders:write"] }),
      difference("email", "added", null, "octavia@northwind.example"),
      difference("https://northwind.example/roles", "removed", '{"team":"orders"}', null),
    ],
    same: 7,
    more: 0,
  },
};

function decoded(text: string, keys: KeysInput): TokenView {
  if (!text.includes(".")) return opaque("opaque");
  const view = token();
  if (view.inspection === null) return view;
  const signature = { status: "not_checked" as const, reason: "not_asked", key_id: "nw-2025-09", source: null };
  const inspection = keys.with === "nothing" ? { ...view.inspection, signature } : view.inspection;
  const rows: ClaimRow[] = inspection.rows.map((row) => (row.name === "kid" ? { ...row, note_code: "" } : row));
  return { ...view, next_refresh_at: null, keys_fetched_at: keys.with === "nothing" ? null : at(0), inspection: { ...inspection, rows } };
}

const jwk = { kty: "EC", crv: "P-256", use: "sig", alg: "ES256", kid: "fobwatch-test-f4k3f4k3", x: "fake".repeat(10), y: "fake".repeat(10) };

function sign({ alg, claims, key }: SignInput) {
  const [header_segment = "", payload_segment = ""] = tokenValue().split(".");
  const view = { problem: "", line: 0, column: 0, header_segment, payload_segment, signature_len: 86, public_jwk: null as string | null, secret_len: null as number | null };
  try {
    JSON.parse(claims);
  } catch {
    return { ...view, problem: "not_json", line: 3, column: 1 };
  }
  if (alg === "HS256") view.secret_len = key === null ? 43 : null;
  else view.public_jwk = JSON.stringify({ ...jwk, alg }, null, 2);
  return view;
}

export const commands: Record<string, (args: Record<string, unknown>) => unknown> = {
  decode_jwt: ({ token, keys }) => decoded(token as string, keys as KeysInput),
  check_token: () => token(),
  introspect: () => ({ active: true, rows: token().inspection?.rows.slice(2) ?? introspected }),
  compare_tokens: () => compared,
  generate_key: ({ input }) => ({ length: 51, bits: (input as { bits: number }).bits, sha256: "9f3a1c7e40b2d815".repeat(4) }),
  verify_key: ({ hash }) => (hash as string).startsWith("9f3a"),
  sign_test_jwt: ({ input }) => sign(input as SignInput),
  reveal_made: () => ({ value: "acme_test_00FAKE00notakey00000000fake", for_seconds: 15 }),
  copy_made: () => ({ state: "there", by: null, clears_at: new Date(Date.now() + 30_000).toISOString(), for_seconds: 30 }),
  forget_made: () => null,
};

const introspected: ClaimRow[] = [
  ["sub", "auth0|00fake00user00"],
  ["client_id", "kQ2fakeClientId9"],
  ["scope", "openid orders:read"],
].map(([name, value]) => ({ part: "payload", name: name ?? "", value: value ?? "", meaning: "-", note: "", at: null, warning: "", note_code: "", warning_code: "", counts: [], cut: false }));
