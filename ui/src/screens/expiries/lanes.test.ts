import { describe, expect, it } from "vitest";
import type { ExpiriesView, LaneView, ExpirySectionView } from "../../bindings";
import { DAY, HOUR } from "./geometry";
import { clustered, closest, endOf, inTime, layOut, neighbour, SHOWN, type Mark } from "./lanes";

const now = Date.parse("2025-10-16T13:17:00Z");
const at = (after: number) => new Date(now + after).toISOString();

function lane(id: string, after: number | null, more: Partial<LaneView> = {}): LaneView {
  return {
    id,
    name: id,
    kind: "api_key",
    environment: "production",
    provider_name: "Stripe",
    monogram: { code: "St", tint: "h3" },
    ending: "rotate",
    status: "fresh",
    line: "far",
    tone: "neutral",
    ends_at: after === null ? null : at(after),
    refresh_at: null,
    ...more,
  };
}
const section = (lanes: LaneView[] = [], more: Partial<ExpirySectionView> = {}): ExpirySectionView => ({ total: lanes.length, earlier: 0, later: 0, lanes, groups: [], ...more });
const view = (needs_you: ExpirySectionView, renews = section()): ExpiriesView => ({ needs_you, renews, density: [], undated: 0, next: null });
const mark = (key: string, after: number, count = 1): Mark => ({ lane: key, at: now + after, count, tone: "neutral", id: key, name: key, environment: null });

describe("the lanes", () => {
  it("stand under their headings; where nothing ends, that is said", () => {
    const items = layOut(view(section([lane("a", DAY)]), section([lane("b", HOUR, { ending: "renewal" })])), now, false);
    expect(items.map(({ kind }) => kind)).toEqual(["heading", "lane", "heading", "lane"]);
    expect(layOut(view(section()), now, false).map(({ kind }) => kind)).toEqual(["heading", "empty"]);
  });

  it("of what renews itself are the first thirteen until all are asked for", () => {
    const many = section(Array.from({ length: 40 }, (_, index) => lane(`r${index}`, HOUR, { ending: "renewal", refresh_at: at(index * 1000) })));
    const few = layOut(view(section(), many), now, false);
    expect(few.filter(({ kind }) => kind === "lane")).toHaveLength(SHOWN);
    expect(layOut(view(section(), many), now, true).filter(({ kind }) => kind === "lane")).toHaveLength(40);
  });

  it("draw a refused sign-in in the past although its last token goes on", () => {
    expect(endOf(lane("a", 5 * DAY, { line: "refresh_failing", ending: "sign_in" }), now)).toBe(now);
    expect(endOf(lane("a", -HOUR, { line: "expired", ending: "token" }), now)).toBe(now - HOUR);
    expect(endOf(lane("a", 5 * DAY), now)).toBe(now + 5 * DAY);
  });
});

describe("jumping", () => {
  const items = layOut(view(section([lane("late", -DAY), lane("soon", DAY)]), section([lane("between", 2 * HOUR, { ending: "renewal", refresh_at: at(HOUR) })])), now, false);
  const marks = inTime(items);

  it("goes through all lanes in the order of time", () => {
    expect(marks.map(({ name }) => name)).toEqual(["late", "between", "soon"]);
    const first = neighbour(marks, null, 1);
    expect(first?.name).toBe("late");
    expect(neighbour(marks, first, 1)?.name).toBe("between");
    expect(neighbour(marks, marks[1] ?? null, -1)?.name).toBe("late");
    expect(neighbour(marks, marks[2] ?? null, 1)).toBeNull();
    expect(neighbour(marks, null, -1)?.name).toBe("soon");
  });

  it("goes on from where an end was that is no longer there", () => {
    const gone = { lane: "needs-gone", at: now + 2 * HOUR };
    expect(neighbour(marks, gone, 1)?.name).toBe("soon");
    expect(neighbour(marks, gone, -1)?.name).toBe("between");
  });

  it("to another lane takes the end that lies closest", () => {
    expect(closest([mark("a", 0), mark("b", DAY)], now + 0.9 * DAY)?.name).toBe("b");
    expect(closest([], now)).toBeNull();
  });
});

describe("marks that lie close", () => {
  const range = { from: now, until: now + 100 * DAY };

  it("are one, as grave as the gravest", () => {
    const found = clustered([mark("a", 0), { ...mark("b", HOUR), tone: "bad" }, mark("c", 50 * DAY)], range, 700);
    expect(found.map(({ count, tone }) => [count, tone])).toEqual([[2, "bad"], [1, "neutral"]]);
    expect(found[0]?.id).toBeNull();
  });

  it("stay apart where each can be seen", () => {
    expect(clustered([mark("a", 0), mark("b", 2 * DAY)], range, 700)).toHaveLength(2);
  });

  it("leave room for their numbers, and lose none", () => {
    const many = Array.from({ length: 48 }, (_, index) => mark(`m${index}`, index * 2 * DAY, 10));
    const found = clustered(many, range, 700);
    expect(found.length).toBeLessThanOrEqual(25);
    expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(480);
  });
});
