import { describe, expect, it } from "vitest";
import type { LogEntryView } from "../../bindings";
import { layOut, renew } from "./rows";

const entry = (number: number, day = "2025-10-16", change: Partial<LogEntryView> = {}) =>
  ({ number, day, credential: "a", name: "A", what: "copied", by: "window", times: 1, ...change }) as LogEntryView;
const renewal = (number: number, times: number) => entry(number, "2025-10-16", { what: "refreshed", by: "background", times });

describe("the log", () => {
  it("has a heading for each day, and what is unfolded below its entry", () => {
    const items = layOut([entry(5), entry(4), entry(3, "2025-10-15")], { 4: [entry(4), entry(2)] });
    const told = items.map((item) => (item.kind === "day" ? item.day : `${item.entry.number}${item.inside ? " inside" : ""}`));
    expect(told).toEqual(["2025-10-16", "5", "4", "4 inside", "2 inside", "2025-10-15", "3"]);
    expect(new Set(items.map((item) => item.key)).size).toBe(items.length);
  });
  it("keeps the pages that are here when something new happens", () => {
    const { entries, joined } = renew([entry(9), entry(8), entry(7)], [entry(8), entry(7), entry(6), entry(5)]);
    expect([entries.map((one) => one.number), joined]).toEqual([[9, 8, 7, 6, 5], true]);
  });
  it("shows a folded entry once, where its newest is", () => {
    const { entries } = renew([renewal(9, 3), entry(8)], [entry(8), renewal(4, 2), entry(3)]);
    expect(entries.map((one) => one.number)).toEqual([9, 8, 3]);
  });
  it("leaves no gap when more happened than a page holds", () => {
    expect(renew([entry(90), entry(80)], [entry(8)])).toEqual({ entries: [entry(90), entry(80)], joined: false });
  });
});
