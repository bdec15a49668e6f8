// Invented credentials, like those in the design's pictures. Every host ends in .example and every value says fake.
import type {
  ActivityView,
  CredentialView,
  Environment,
  Kind,
  Line,
  ProviderView,
  RowView,
  Status,
  Tone,
} from "../../src/bindings";
import { blankProvider } from "../../src/provider";

export const MIN = 60_000;
export const HOUR = 60 * MIN;
export const DAY = 24 * HOUR;
export const now = Date.now();
export const at = (offset: number) => new Date(now + offset).toISOString();

export type Seed = {
  id: string;
  name: string;
  kind: Kind;
  tile: [string, string];
  provider: string;
  account: string;
  env: Environment;
  line: Line;
  tone: Tone;
  from: number | null;
  to: number | null;
  section: string;
  status: Status;
};

const seed = (
  id: string,
  name: string,
  kind: Kind,
  tile: [string, string],
  provider: string,
  account: string,
  env: Environment,
  line: Line,
  tone: Tone,
  from: number | null,
  to: number | null,
  section: string,
  status: Status = "fresh",
): Seed => ({ id, name, kind, tile, provider, account, env, line, tone, from, to, section, status });

const P = "production";
const S = "staging";
const D = "development";
const octavia = "octavia@northwind.example";

export const seeds: Seed[] = [
  seed("warehouse", "Warehouse sync", "oauth", ["G", "h1"], "Google", "sync@warehouse.example", P, "refresh_failing", "bad", -68 * MIN, -8 * MIN, "attention", "sign_in_needed"),
  seed("signer", "Release signer", "oauth", ["Nw", "h2"], "Northwind", "ci@northwind.example", S, "expired", "bad", -3 * HOUR, -2 * HOUR - 5 * MIN, "attention", "expired"),
  seed("payments", "Payments gateway", "api_key", ["St", "h3"], "Stripe", "acct_northwind_eu", P, "rotate", "warn", -87 * DAY, 3 * DAY + HOUR, "attention"),
  seed("crm", "Customer sync", "oauth", ["Sf", "neutral"], "Salesforce", octavia, P, "retrying", "warn", -48 * MIN, 12 * MIN + 9_000, "attention", "waiting"),
  seed("mail", "Mail relay", "api_key", ["Sg", "h4"], "SendGrid", "northwind-mail", S, "rotate", "warn", -92 * DAY, -2 * DAY - HOUR, "attention"),
  seed("wiki", "Wiki", "oauth", ["At", "neutral"], "Atlassian", octavia, P, "sign_in_by", "warn", -80 * DAY, 2 * DAY, "attention"),
  seed("northwind", "Northwind API", "oauth", ["A0", "h2"], "Auth0", octavia, P, "renews", "neutral", -18 * MIN, 42 * MIN + 20_000, "recent"),
  seed("northwind-staging", "Northwind API", "oauth", ["A0", "h2"], "Auth0", octavia, S, "renews", "neutral", -42 * MIN, 18 * MIN + 30_000, "recent"),
  seed("deploy", "Deploy bot", "oauth", ["GH", "neutral"], "GitHub", "nw-deploy-bot", P, "renews", "neutral", -2 * HOUR, 6 * HOUR + 60_000, "recent"),
  seed("graph", "Graph mail reader", "oauth", ["Me", "h3"], "Microsoft Entra", octavia, D, "renews", "neutral", -24 * MIN, 51 * MIN + 3000, "recent"),
  seed("registry", "Container registry", "api_key", ["GL", "h4"], "GitLab", "octavia", P, "far", "neutral", -32 * DAY, 58 * DAY + HOUR, "recent"),
  seed("billing", "Billing worker", "client_credentials", ["Ok", "h1"], "Okta", "0oa-fake-billing", P, "renews", "neutral", -37 * MIN, 23 * MIN + 9000, "rest"),
  seed("search", "Search cluster", "api_key", ["El", "h2"], "Elastic", "nw-search-eu-west", D, "no_expiry", "neutral", null, null, "rest", "no_expiry"),
  seed("slack", "Alerts to #ops", "oauth", ["Sl", "h4"], "Slack", "northwind.slack.example", P, "renews", "neutral", -1 * HOUR, 11 * HOUR + 60_000, "rest"),
  seed("ci-token", "Build token", "jwt", ["Bt", "h2"], "", "ci@northwind.example", S, "ends_soon", "warn", -3 * DAY, 4 * DAY + HOUR, "attention", "expiring"),
  seed("handout", "Workshop pass", "jwt", ["Wp", "h1"], "", "", D, "expired", "bad", -5 * DAY, -2 * DAY - HOUR, "attention", "expired"),
  seed("legacy", "Legacy sync", "oauth", ["Lg", "neutral"], "Okta", octavia, D, "paused", "neutral", -40 * MIN, 20 * MIN, "rest"),
  seed("docs", "Docs assistant", "api_key", ["OA", "neutral"], "OpenAI", "proj_docs_fake", D, "far", "neutral", -49 * DAY, 41 * DAY + HOUR, "rest"),
  seed("dns", "DNS edit", "api_key", ["Cf", "neutral"], "Cloudflare", "northwind.example", P, "far", "neutral", -8 * DAY, 82 * DAY + HOUR, "rest"),
];

// ?many in the address: a large vault, to try the virtual list.
if (typeof location !== "undefined" && location.search.includes("many")) {
  for (let index = 0; index < 4800; index++) {
    seeds.push(seed(`many-${index}`, `Worker ${index}`, index % 3 === 0 ? "api_key" : "oauth", ["Wk", "h1"], "Okta", `worker-${index}`, D, index % 3 === 0 ? "far" : "renews", "neutral", -10 * MIN, (index % 60) * MIN + 90_000, "rest"));
  }
}

export const row = (one: Seed, sections: boolean): RowView => ({
  id: one.id,
  name: one.name,
  kind: one.kind,
  monogram: { code: one.tile[0], tint: one.tile[1] },
  provider_name: one.provider,
  account: one.account,
  environment: one.env,
  line: one.line,
  tone: one.tone,
  starts_at: one.from === null ? null : at(one.from),
  ends_at: one.to === null ? null : at(one.to),
  pinned: one.id === "northwind",
  section: sections ? one.section : "all",
});

const act = (what: string, detail: string, ago: number): ActivityView => ({ at: at(-ago), what, detail });

export function detail(one: Seed): CredentialView {
  const key = one.kind === "api_key";
  const pasted = one.kind === "jwt";
  const failing = one.status === "sign_in_needed";
  const days = one.to === null || one.from === null ? null : Math.round((one.to - one.from) / DAY);
  return {
    id: one.id,
    name: one.name,
    kind: one.kind,
    provider: one.provider.toLowerCase(),
    provider_name: one.provider,
    monogram: { code: one.tile[0], tint: one.tile[1] },
    issuer: key || one.id === "handout" ? null : "https://id.northwind.example",
    local: false,
    account: one.account,
    environment: one.env,
    status: one.status,
    line: one.line,
    tone: one.tone,
    scopes: key || pasted ? [] : failing ? ["drive.readonly", "bigquery"] : ["openid", "profile", "offline_access", "orders:read", "orders:write", "admin:*"],
    requested_scopes: key || pasted ? [] : failing ? ["drive.readonly", "bigquery"] : ["openid", "profile", "offline_access", "orders:read", "orders:write", "admin:*"],
    audience: key || pasted || failing ? null : "https://api.northwind.example",
    client_id: key || pasted ? null : "kQ2fakeClientId9",
    token_endpoint: key || pasted ? null : failing ? "https://oauth.google.example/token" : "https://id.northwind.example/oauth/token",
    access_token_issued_at: key || one.from === null ? null : at(one.line === "sign_in_by" ? -20 * MIN : one.from),
    access_token_expires_at: key || one.to === null ? null : at(one.line === "sign_in_by" ? 40 * MIN : one.to),
    access_token_alg: key || one.provider === "Slack" ? null : "RS256",
    shown_start: key ? "sk_live_" : one.provider === "Slack" ? "xoxe." : "eyJhbGciOiJSUzI1NiIs",
    shown_end: key ? "fake" : "",
    value_len: key ? 32 : 1184,
    next_refresh_at: key || pasted || failing || one.to === null ? null : at(one.line === "retrying" ? 2 * MIN : one.line === "sign_in_by" ? 35 * MIN : one.to - 5 * MIN),
    refresh_generation: key ? 4 : 19,
    rotations: failing ? 211 : 18,
    last_refresh_at: key ? null : at(one.from ?? 0),
    sign_in_ends_at: key || pasted || failing ? null : at(one.line === "sign_in_by" ? (one.to ?? 0) : 79 * DAY),
    sign_in_end_usual: one.provider === "Auth0",
    idle_days: one.provider === "Auth0" || one.id === "legacy" ? 30 : null,
    failing_since: failing ? at(-13 * MIN) : null,
    provider_clock_ahead: null,
    pinned: one.id === "northwind",
    paused: one.line === "paused",
    let_expire: false,
    can_let_expire: one.tone !== "neutral",
    lead_seconds: null,
    env_name_chosen: key,
    templates: key ? [{ name: "npm", text: "//registry.example/:_authToken={}" }] : [],
    not_before: null,
    jwks: null,
    renews: !key && !pasted && one.status !== "expired",
    token_type: "Bearer",
    offers: key || pasted ? [] : one.kind === "oauth" ? ["revoke", "introspect", "userinfo", "sign_out"] : ["revoke", "introspect"],
    unsaved: false,
    last_error: failing
      ? {
          code: "sign_in_needed",
          message: "Google answered 400. The sign-in itself ended, so Fobwatch stopped trying.",
          hint: "Sign in once more to get a new refresh token.",
          provider_code: "invalid_grant",
        }
      : one.line === "retrying"
        ? { code: "unreachable", message: "Salesforce did not answer. The token is still valid.", hint: "It is tried again by itself.", provider_code: null }
        : null,
    tags: [],
    note: "",
    header: "Authorization: Bearer {}",
    env_name: "STRIPE_SECRET_KEY",
    created_at: at(-400 * DAY),
    value_since: at(one.from ?? -100 * DAY),
    rotate_by: key && one.to !== null ? at(one.to) : null,
    rotate_every_days: key && days !== null ? days : null,
    last_used_at: at(-12 * MIN),
    fingerprint: key ? "9f3a 1c7e 40b2 d815 77aa 0b1c 9e2d 4f50 9f3a 1c7e 40b2 d815 77aa 0b1c 9e2d 4f50" : null,
    also_in: one.id === "payments" ? [{ id: "mail", name: "Payments gateway", environment: "staging" }] : [],
    versions:
      one.id === "payments"
        ? [
            { version: 4, from: at(-87 * DAY), until: null, fingerprint: "9f3a 1c7e", revoked: null },
            { version: 3, from: at(-177 * DAY), until: at(-87 * DAY), fingerprint: "c04d 88e1", revoked: true },
            { version: 2, from: at(-280 * DAY), until: at(-177 * DAY), fingerprint: "5be7 02fa", revoked: false },
            { version: 1, from: at(-408 * DAY), until: at(-280 * DAY), fingerprint: "a177 30cd", revoked: true },
          ]
        : key
          ? [{ version: 1, from: at(one.from ?? -100 * DAY), until: null, fingerprint: "9f3a 1c7e", revoked: null }]
          : [],
    keychain: "Login keyring",
    keychain_item: key ? "stripe/payments/prod" : "auth0/northwind-api/prod",
    provider_page: key ? "https://dashboard.example/keys" : null,
    recent: key
      ? [act("copied", "by you, from the window", 12 * MIN)]
      : failing
        ? [act("refresh_failed", "invalid_grant", 13 * MIN), act("rotated", "in the background", 68 * MIN)]
        : [
            act("copied", "by you, from the window", 12 * MIN),
            act("rotated", "in the background", 18 * MIN),
            act("handed_out", "to code-assistant, by the command line", 55 * MIN),
            act("copied", "as a curl header, by you, from the window", 3 * HOUR),
          ],
  };
}

const preset = (id: string, name: string, code: string, tint: string, hint = "", more: Partial<ProviderView> = {}): ProviderView =>
  blankProvider({ id, name, monogram: { code, tint }, hint, oauth: true, api_keys: true, ...more });

const oidc = ["openid", "profile", "offline_access"];
export const providers: ProviderView[] = [
  preset("github", "GitHub", "GH", "neutral", "", { needs_secret: true, offers: ["device"], scopes: ["read:user"], clients_page: "https://github.example/apps" }),
  preset("google", "Google", "G", "h1", "", { issuer: "https://accounts.google.example", scopes: ["openid", "email"], clients_page: "https://console.google.example" }),
  preset("entra", "Microsoft Entra", "Me", "h3", "", { issuer: "https://login.entra.example", scopes: oidc }),
  preset("gitlab", "GitLab", "GL", "h4", "", { issuer: "https://gitlab.example", scopes: ["read_api"] }),
  preset("okta", "Okta", "Ok", "h1", "+ domain", {
    scopes: oidc,
    pattern: "https://{domain}",
    fields: [{ name: "domain", label: "Okta domain", example: "acme.okta.example", default: null }],
    redirect: "http://127.0.0.1:8400/callback",
    facts: ["A refresh token takes the scope offline_access."],
  }),
  preset("auth0", "Auth0", "A0", "h2", "+ domain", {
    scopes: oidc,
    pattern: "https://{domain}/",
    fields: [{ name: "domain", label: "Auth0 domain", example: "acme.auth0.example", default: null }],
  }),
  preset("slack", "Slack", "Sl", "h4"),
  preset("atlassian", "Atlassian", "At", "neutral"),
  preset("sentry", "Sentry", "Se", "h4"),
  preset("cloudflare", "Cloudflare", "Cf", "neutral"),
  preset("keycloak", "Keycloak", "Kc", "neutral", "+ host, realm", {
    scopes: oidc,
    api_keys: false,
    pattern: "https://{host}/realms/{realm}",
    fields: [
      { name: "host", label: "Keycloak host", example: "id.example.com", default: null },
      { name: "realm", label: "Realm", example: "main", default: null },
    ],
  }),
  preset("stripe", "Stripe", "St", "h3", "", { oauth: false }),
  preset("openai", "OpenAI", "OA", "neutral", "", { oauth: false }),
  preset("custom", "Custom OIDC issuer", "ID", "neutral", "+ issuer URL", { scopes: [...oidc, "orders:read"], api_keys: false }),
];
