// The invented past of a login, and what goes wrong for several at once: ?notice=refused, provider_down, clock, …
import type { GenerationView, HistoryView, NoticeKind, NoticeView, Why } from "../../src/bindings";
import { at, detail, MIN, type Seed } from "./data";

const prints = ["9f3a 1c7e 40b2 d815", "c04d 88e1 77aa 0b1c", "5be7 02fa 9e2d 4f50", "11d0 73c9 2b6e a001"];

export function history(one: Seed): HistoryView {
  const view = detail(one);
  const generation = (number: number, why: Why, ago: number, lost: string[] = [], gained: string[] = []): GenerationView => ({
    generation: number,
    at: at(-ago),
    why,
    fingerprint: prints[number % prints.length] ?? "",
    scopes: view.scopes,
    gained,
    lost,
  });
  const generations = [
    generation(18, "due", 18 * MIN),
    generation(17, "asked", 55 * MIN),
    generation(16, "wanted", 70 * MIN, [], ["admin:*"]),
    generation(15, "recovered", 130 * MIN, ["orders:delete"]),
    ...Array.from({ length: 14 }, (_, index) => generation(14 - index, "due", (200 + index * 60) * MIN)),
    generation(0, "signed_in", 3000 * MIN),
  ];
  return { generations: view.kind === "oauth" ? generations : [], entries: view.recent };
}

const notices: Record<NoticeKind, Omit<NoticeView, "kind">> = {
  refused: { tone: "bad", lead: "Google refuses 4 logins since {since}.", rest: "It ended the sign-ins themselves: a password or a policy was changed, perhaps.", since: at(-13 * MIN), until: null, provider: "google", count: 4, code: "invalid_grant" },
  provider_down: { tone: "warn", lead: "Auth0 can't be reached since {since}.", rest: "16 logins wait and resume by themselves. Tokens that are still fresh can be copied.", since: at(-6 * MIN), until: null, provider: "auth0", count: 16, code: "no_connection" },
  paused: { tone: "neutral", lead: "", rest: "", since: null, until: null, provider: null, count: 3, code: null },
  offline: { tone: "neutral", lead: "Offline since {since}.", rest: "3 logins wait and resume by themselves. Tokens that are still fresh can be copied.", since: at(-6 * MIN), until: null, provider: null, count: 3, code: null },
  clock: { tone: "warn", lead: "This computer's clock is 4 min 10 s behind.", rest: "Tokens are judged by the providers' time until it is corrected.", since: null, until: null, provider: null, count: 0, code: null },
  other_device: { tone: "bad", lead: "This vault comes from another computer.", rest: "2 sign-ins are not renewed here: two computers that share one sign each other out. Sign in here, or take it over.", since: null, until: null, provider: null, count: 2, code: null },
};

export function notice(kind: string | null): NoticeView | null {
  if (kind === null || !(kind in notices)) return null;
  return { kind: kind as NoticeKind, ...notices[kind as NoticeKind] };
}
