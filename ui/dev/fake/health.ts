// The invented health of the fixture. ?healthy: nothing is found.
import type { AffectedView, AcceptedRiskView, Environment, Fix, HealthFindingView, HealthView, Kind, Rule, Severity } from "../../src/bindings";
import { at, DAY, HOUR, MIN } from "./data";
import { emit } from "./event";

const P = "production";
const S = "staging";
const D = "development";

type More = { used?: number | null; number?: number; ends?: number; scopes?: string[]; fingerprint?: string; kind?: Kind };

function one(id: string, name: string, tile: [string, string], provider: string, account: string, environment: Environment, fix: Fix, more: More = {}): AffectedView {
  return {
    id,
    name,
    kind: more.kind ?? "api_key",
    provider_name: provider,
    monogram: { code: tile[0], tint: tile[1] },
    account,
    environment,
    last_used_at: more.used === null ? null : at(-(more.used ?? 12 * MIN)),
    found_at: at(-3 * DAY),
    number: more.number ?? null,
    ends_at: more.ends === undefined ? null : at(more.ends),
    scopes: more.scopes ?? [],
    fingerprint: more.fingerprint ?? null,
    fix,
  };
}

const limits: Partial<Record<Rule, number>> = { old_key: 180, long_lifetime: 24, ends_soon: 7, short_secret: 32, unused: 90 };

function finding(rule: Rule, severity: Severity, credentials: AffectedView[], count = credentials.length): HealthFindingView {
  const fix = credentials.find((it) => it.fix !== "open")?.fix ?? "open";
  return { rule, severity, found_at: at(-3 * DAY - HOUR), count, limit: limits[rule] ?? null, fix, credentials };
}

const keys = (count: number, fix: Fix, number: (index: number) => number) =>
  Array.from({ length: count }, (_, index) =>
    one(["registry", "docs", "dns", "mail", "payments", "search"][index % 6] ?? "dns", ["Container registry", "Docs assistant", "DNS edit", "Mail relay", "Payments gateway", "Search cluster"][index % 6] ?? "", [["GL", "h4"], ["OA", "neutral"], ["Cf", "neutral"], ["Sg", "h4"], ["St", "h3"], ["El", "h2"]][index % 6] as [string, string], "GitLab", "octavia", [P, D, S][index % 3] as Environment, fix, { number: number(index), used: (index + 1) * DAY }),
  );

let findings: HealthFindingView[] = [
  finding("alg_none", "critical", [one("signer", "Release signer", ["Nw", "h2"], "Northwind", "ci@northwind.example", S, "open", { kind: "oauth" })]),
  finding("secret_in_payload", "critical", [one("graph", "Graph mail reader", ["Me", "h3"], "Microsoft Entra", "octavia@northwind.example", D, "open", { kind: "oauth", number: 1 })]),
  finding("refresh_failing", "critical", [one("warehouse", "Warehouse sync", ["G", "h1"], "Google", "sync@warehouse.example", P, "sign_in", { kind: "oauth", ends: -8 * MIN })]),
  finding("shared_key", "warning", [
    one("payments", "Payments gateway", ["St", "h3"], "Stripe", "acct_northwind_eu", P, "open", { fingerprint: "9f3a 1c7e 40b2 d815" }),
    one("docs", "Payments gateway", ["St", "h3"], "Stripe", "acct_northwind_eu", S, "rotate", { fingerprint: "9f3a 1c7e 40b2 d815", used: 6 * DAY }),
    one("dns", "Map tiles", ["Mt", "h2"], "MapTiler", "tiles-northwind", P, "open", { fingerprint: "c7d0 55aa 19e4 7b31", used: 2 * HOUR }),
    one("search", "Map tiles", ["Mt", "h2"], "MapTiler", "tiles-northwind", D, "rotate", { fingerprint: "c7d0 55aa 19e4 7b31", used: DAY + HOUR }),
  ], 2),
  finding("old_key", "warning", keys(5, "rotate", (index) => 412 - index * 40)),
  finding("long_lifetime", "warning", [
    one("slack", "Alerts to #ops", ["Sl", "h4"], "Slack", "northwind.slack.example", P, "open", { kind: "oauth", number: 30 * 86_400 }),
    one("billing", "Billing worker", ["Ok", "h1"], "Okta", "0oa-fake-billing", P, "open", { kind: "client_credentials", number: 2 * 86_400 }),
  ]),
  finding("broad_scopes", "warning", [
    one("deploy", "Deploy bot", ["GH", "neutral"], "GitHub", "nw-deploy-bot", P, "open", { kind: "oauth", scopes: ["admin:*", "repo"], number: 2 }),
    one("northwind", "Northwind API", ["A0", "h2"], "Auth0", "octavia@northwind.example", P, "open", { kind: "oauth", scopes: ["admin:org"], number: 1 }),
  ]),
  finding("ends_soon", "warning", [one("payments", "Push notification key", ["Ap", "neutral"], "Apple", "nw-push", P, "rotate", { ends: 6 * DAY + HOUR })]),
  finding("no_rotate_by", "note", keys(6, "set_rotate_by", () => 0)),
  finding("unused", "note", keys(4, "delete", (index) => 200 - index * 20)),
  finding("refresh_not_rotated", "note", [
    one("crm", "Customer sync", ["Sf", "neutral"], "Salesforce", "octavia@northwind.example", P, "open", { kind: "oauth", number: 9 }),
    one("wiki", "Wiki", ["At", "neutral"], "Atlassian", "octavia@northwind.example", P, "open", { kind: "oauth", number: 4 }),
  ]),
];
let accepted: AcceptedRiskView[] = [
  {
    rule: "no_pkce",
    severity: "warning",
    reason: "The vendor switches it on in spring; ticket OPS-412.",
    accepted_at: at(-9 * DAY),
    until: at(81 * DAY),
    credential: one("crm", "Customer sync", ["Sf", "neutral"], "Salesforce", "octavia@northwind.example", P, "open", { kind: "oauth" }),
  },
];
const checkedAt = at(-2 * MIN - 5000);
let asked = false;
if (typeof location !== "undefined" && location.search.includes("healthy")) {
  findings = [];
  accepted = [];
}

function health(): HealthView {
  const view = { findings, accepted, clear: 128 - new Set(findings.flatMap((it) => it.credentials.map((c) => c.id + c.name))).size, checked: 128, checked_at: asked ? at(0) : checkedAt };
  return view;
}

export const commands: Record<string, (args: Record<string, unknown>) => unknown> = {
  health_count: () => health().findings.reduce((sum, one) => sum + one.count, 0),
  health: () => {
    const view = health();
    setTimeout(() => (asked = true), 3000);
    return view;
  },
  accept_risk: ({ input }) => {
    const { rule, credentials, reason } = input as { rule: Rule; credentials: string[]; reason: string };
    const known = findings.find((it) => it.rule === rule);
    if (known) {
      const taken = known.credentials.filter((it) => credentials.includes(it.id));
      const rest = known.credentials.filter((it) => !credentials.includes(it.id));
      accepted = [...accepted, ...taken.map((credential) => ({ rule, severity: known.severity, reason, accepted_at: at(0), until: at(90 * DAY), credential }))];
      findings = findings.flatMap((it) => (it.rule !== rule ? [it] : rest.length > 0 ? [{ ...it, credentials: rest, count: rest.length }] : []));
    }
    emit("vault-changed", { ids: [] });
    return health();
  },
  take_back_risk: ({ rule, credentials }) => {
    const taken = accepted.filter((it) => it.rule === rule && (credentials as string[]).includes(it.credential.id));
    accepted = accepted.filter((it) => !taken.includes(it));
    findings = [...findings, ...taken.map((it) => finding(it.rule, it.severity, [it.credential]))];
    return health();
  },
  confirm_revoked: () => health(),
  set_rotate_by: ({ ids }) => {
    findings = findings.flatMap((it) => {
      const rest = it.credentials.filter((c) => it.rule !== "no_rotate_by" || !(ids as string[]).includes(c.id));
      return rest.length > 0 ? [{ ...it, credentials: rest, count: it.rule === "shared_key" ? it.count : rest.length }] : [];
    });
    emit("vault-changed", { ids: [] });
    return null;
  },
};
