// The invented expiries of the fixture: those of the design's pictures. ?many makes lanes into groups, ?calm leaves
// nothing within the range.
import type { Ending, Environment, ExpiriesInput, ExpiriesView, GroupView, LaneView, Line, MarkView, ExpirySectionView, Tone } from "../../src/bindings";
import { at, DAY, HOUR, MIN, now } from "./data";

const scene = new URLSearchParams(typeof location === "undefined" ? "" : location.search);
const P = "production";
const S = "staging";
const D = "development";

type Invented = LaneView & { end: number; refresh: number | null; provider: string };
let number = 0;
function invent(name: string, tile: [string, string], provider_name: string, environment: Environment, ending: Ending, end: number, more: Partial<Invented> = {}): Invented {
  const kind = ending === "rotate" ? "api_key" : "oauth";
  const left = end;
  const tone: Tone = left < 0 ? "bad" : ending !== "renewal" && left < 7 * DAY ? "warn" : "neutral";
  const line: Line = ending === "rotate" ? "rotate" : ending === "renewal" ? "renews" : left < 0 ? "expired" : "ends_soon";
  const provider = provider_name.toLowerCase();
  return { id: `expiry-${number++}`, name, kind, environment, provider_name, provider, monogram: { code: tile[0], tint: tile[1] }, ending, status: "fresh", line, tone, ends_at: at(end), refresh_at: null, end, refresh: null, ...more };
}
const day = (count: number) => count * DAY + 9 * HOUR;
const needs: Invented[] = [
  invent("Warehouse sync", ["G", "h1"], "Google", P, "sign_in", -8 * MIN, { id: "warehouse", line: "refresh_failing", status: "sign_in_needed" }),
  invent("Release signer", ["Nw", "h2"], "Northwind", S, "token", -2 * HOUR - 5 * MIN, { id: "signer", status: "expired" }),
  invent("Smoke test JWT", ["Nw", "h2"], "Northwind", D, "token", 34 * MIN + 20_000, { kind: "jwt" }),
  invent("Partner demo JWT", ["Nw", "h2"], "Northwind", S, "token", 52 * MIN + 20_000, { kind: "jwt" }),
  invent("Payments gateway", ["St", "h3"], "Stripe", P, "rotate", day(3), { id: "payments" }),
  invent("Push notification key", ["Ap", "neutral"], "Apple", P, "rotate", day(6) - HOUR),
  invent("Partner feed secret", ["Ok", "h1"], "Okta", P, "rotate", day(9)),
  invent("Package publish", ["np", "h4"], "npm", P, "rotate", day(21)),
  invent("Map tiles", ["Mt", "h2"], "MapTiler", P, "rotate", day(33)),
  invent("Docs assistant", ["OA", "neutral"], "OpenAI", D, "rotate", day(41), { id: "docs" }),
  invent("Graph app secret", ["Me", "h3"], "Microsoft Entra", S, "rotate", day(47)),
  invent("Container registry", ["GL", "h4"], "GitLab", P, "rotate", day(58), { id: "registry" }),
  invent("Analytics export", ["G", "h1"], "Google", P, "rotate", day(66)),
  invent("Release uploads", ["Se", "h4"], "Sentry", P, "rotate", day(74)),
  invent("DNS edit", ["Cf", "h1"], "Cloudflare", P, "rotate", day(82), { id: "dns" }),
  ...Array.from({ length: 31 }, (_, index) => invent(`Later ${index}`, ["GH", "neutral"], "GitHub", P, "rotate", day(100 + index * 9))),
];
const faces: [string, [string, string], number][] = [
  ["Auth0", ["A0", "h2"], 11],
  ["GitHub", ["GH", "neutral"], 13],
  ["Google", ["G", "h1"], 11],
  ["Microsoft Entra", ["Me", "h3"], 9],
  ["Okta", ["Ok", "h1"], 7],
];
const names = ["Ledger export", "Northwind API", "Docs preview", "Billing worker", "Calendar sync", "Storage audit", "Admin console", "Directory reader", "Graph mail reader", "Ads report", "Pipeline trigger", "HR import"];
const renews: (Invented & { signIn: number })[] = faces.flatMap(([name, tile, count], face) =>
  Array.from({ length: count }, (_, index) => {
    const end = ((face * 13 + index * 17) % 84) * MIN + 5 * MIN + 10_000;
    const environment = ([P, S, D] as const)[(face + index) % 3] ?? P;
    const one = invent(names[(face * 5 + index) % names.length] ?? "", tile, name, environment, "renewal", end);
    return { ...one, refresh: end - 4 * MIN, refresh_at: at(end - 4 * MIN), signIn: day(8 + ((face * 29 + index * 13) % 120)) };
  }),
);

function lane(one: Invented): LaneView {
  const { id, name, kind, environment, provider_name, monogram, ending, status, line, tone, ends_at, refresh_at } = one;
  return { id, name, kind, environment, provider_name, monogram, ending, status, line, tone, ends_at, refresh_at };
}

function group(provider_name: string, all: Invented[], due: (one: Invented) => number, from: number, until: number): GroupView {
  const inside = all.filter((one) => due(one) >= from && due(one) <= until).sort((a, b) => due(a) - due(b));
  const marks = inside.map((one): MarkView => ({ at: at(due(one)), count: 1, tone: one.tone, id: one.id, name: one.name, environment: one.environment }));
  const monogram = all[0]?.monogram ?? null;
  return { provider: provider_name.toLowerCase(), name: provider_name, monogram, count: all.length, later: all.filter((one) => due(one) > until).length, marks };
}

function section(all: Invented[], due: (one: Invented) => number, from: number, until: number): ExpirySectionView {
  const inside = all.filter((one) => Math.max(one.end, due(one)) >= from && due(one) <= until).sort((a, b) => due(a) - due(b));
  const providers = [...new Set(inside.map((one) => one.provider_name))].sort();
  return {
    total: inside.length,
    earlier: all.filter((one) => Math.max(one.end, due(one)) < from).length,
    later: all.filter((one) => due(one) > until).length,
    lanes: inside.length > 200 ? [] : inside.map(lane),
    groups: inside.length > 200 ? providers.map((name) => group(name, inside.filter((one) => one.provider_name === name), due, from, until)) : [],
  };
}

function expiries(input: ExpiriesInput): ExpiriesView {
  const [from, until] = [Date.parse(input.from) - now, Date.parse(input.until) - now];
  const present = Date.now() - now;
  const fits = (one: Invented) => input.environment === null || one.environment === input.environment;
  const many = scene.has("many")
    ? Array.from({ length: 3000 }, (_, index) => invent(`Worker ${index}`, ["Wk", "h1"], ["Okta", "Auth0", "Slack", "Stripe"][index % 4] ?? "", P, "rotate", (((index * 37) % 400) * DAY) / 3))
    : [];
  const mine = [...(scene.has("calm") ? needs.filter((one) => one.end > 99 * DAY) : needs), ...many].filter(fits);
  const others = (scene.has("calm") ? [] : renews).filter(fits);
  const due = (one: Invented) => Math.max(present, one.refresh ?? one.end);
  const signIn = (one: Invented) => ("signIn" in one ? Number(one.signIn) : one.end);
  const grouped = faces.map(([name]) => group(name, others.filter((one) => one.provider_name === name), signIn, from, until)).filter((one) => one.count > 0);
  const next = mine.filter((one) => due(one) > until).sort((a, b) => a.end - b.end)[0];
  const all = [...mine.map((one) => ({ one, when: due(one) })), ...others.map((one) => ({ one, when: input.each ? due(one) : signIn(one) }))];
  const density = input.edges.slice(1).map((edge, index) => {
    const [start, end] = [Date.parse(input.edges[index] ?? ""), Date.parse(edge)];
    const here = all.filter(({ when }) => when + now >= start && when + now < end);
    const tones = here.map(({ one }) => one.tone);
    const tone: Tone = tones.includes("bad") ? "bad" : tones.includes("warn") ? "warn" : "neutral";
    return { count: here.length, tone };
  });
  return {
    needs_you: section(mine, due, from, until),
    renews: input.each ? section(others, due, from, until) : { total: others.length, earlier: 0, later: 0, lanes: [], groups: grouped },
    density,
    undated: scene.has("calm") ? 0 : 33,
    next: next === undefined ? null : { id: next.id, name: next.name, at: at(next.end) },
  };
}

export const commands: Record<string, (args: Record<string, unknown>) => unknown> = {
  expiries: ({ input }) => expiries(input as ExpiriesInput),
};
