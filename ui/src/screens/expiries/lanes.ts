// What stands in which lane, and which end comes next. Pure.
import type { Environment, ExpiriesView, GroupView, LaneView, ExpirySectionView, Tone } from "../../bindings";
import { ms } from "../../format";
import { fraction, type Range } from "./geometry";

export type Section = "needs" | "renews";

/** One end in a lane, or several that are drawn as one. */
export type Mark = {
  lane: string;
  at: number;
  count: number;
  tone: Tone;
  id: string | null;
  name: string | null;
  environment: Environment | null;
};

export type LaneItem = { kind: "lane"; key: string; section: Section; lane: LaneView; marks: Mark[] };
export type GroupItem = { kind: "group"; key: string; section: Section; group: GroupView; marks: Mark[] };
/** One line of the time line. */
export type Item =
  | { kind: "heading"; key: string; section: Section; of: ExpirySectionView; shown: number }
  | { kind: "empty"; key: string; section: Section }
  | LaneItem
  | GroupItem;

/** So many lanes of what renews itself are shown at first. */
export const SHOWN = 13;

/** Whether a lane is of something that does not work now. */
export function failed(lane: LaneView, now: number): boolean {
  const end = ms(lane.ends_at);
  return lane.line === "refresh_failing" || lane.line === "expired" || (lane.ending === "token" && end !== null && end <= now);
}

/** When a lane ends, as it is drawn: what does not work now does not lie ahead. */
export function endOf(lane: LaneView, now: number): number {
  const end = ms(lane.ends_at) ?? now;
  return failed(lane, now) ? Math.min(end, now) : end;
}

function marksOf(key: string, lane: LaneView, now: number): Mark[] {
  const at = lane.ending === "renewal" ? (ms(lane.refresh_at) ?? endOf(lane, now)) : endOf(lane, now);
  return [{ lane: key, at, count: 1, tone: lane.tone, id: lane.id, name: lane.name, environment: lane.environment }];
}

/** Marks that would be drawn over each other are one; many of them stand so far apart that their numbers can be read. */
export function clustered(marks: Mark[], range: Range, width: number): Mark[] {
  const apart = marks.length * 12 > width || marks.some((mark) => mark.count > 1) ? 28 : 7;
  const found: Mark[] = [];
  for (const mark of marks) {
    const last = found.at(-1);
    if (last && (fraction(mark.at, range) - fraction(last.at, range)) * width < apart) {
      const tone = [last.tone, mark.tone].includes("bad") ? "bad" : [last.tone, mark.tone].includes("warn") ? "warn" : "neutral";
      found[found.length - 1] = { ...last, count: last.count + mark.count, tone, id: null, name: null, environment: null };
    } else found.push(mark);
  }
  return found;
}

function linesOf(section: Section, of: ExpirySectionView, now: number, all: boolean): (LaneItem | GroupItem)[] {
  const lanes = of.lanes.slice(0, all || section === "needs" ? undefined : SHOWN).map((lane): LaneItem => {
    const key = `${section}-${lane.id}`;
    return { kind: "lane", key, section, lane, marks: marksOf(key, lane, now) };
  });
  const groups = of.groups.map((group): GroupItem => {
    const key = `${section}-of-${group.provider ?? ""}`;
    const marks = group.marks.map((mark) => ({ ...mark, lane: key, at: ms(mark.at) ?? now }));
    return { kind: "group", key, section, group, marks };
  });
  return [...lanes, ...groups];
}

/** All lines from top to bottom. `all`: also what renews itself late. */
export function layOut(view: ExpiriesView, now: number, all: boolean): Item[] {
  const needs = linesOf("needs", view.needs_you, now, all);
  const renews = linesOf("renews", view.renews, now, all);
  const items: Item[] = [{ kind: "heading", key: "needs", section: "needs", of: view.needs_you, shown: needs.length }];
  if (needs.length === 0) items.push({ kind: "empty", key: "empty", section: "needs" });
  items.push(...needs);
  if (renews.length > 0 || view.renews.later > 0) {
    items.push({ kind: "heading", key: "renews", section: "renews", of: view.renews, shown: renews.length }, ...renews);
  }
  return items;
}

/** How high a line is. */
export function heightOf(item: Item): number {
  if (item.kind === "heading") return item.section === "needs" ? 24 : 36;
  return item.kind === "empty" ? 44 : 28;
}

/** All ends in the order of time; those of one moment from top to bottom. */
export function inTime(items: Item[]): Mark[] {
  const marks = items.flatMap((item) => (item.kind === "lane" || item.kind === "group" ? item.marks : []));
  return marks.sort((a, b) => a.at - b.at);
}

/** The next end, or the one before; without a choice the first, or the last. Null at the end of them. */
export function neighbour(marks: Mark[], chosen: { lane: string; at: number } | null, step: 1 | -1): Mark | null {
  if (chosen === null) return marks.at(step === 1 ? 0 : -1) ?? null;
  const here = marks.findIndex((mark) => mark.lane === chosen.lane && mark.at === chosen.at);
  if (here >= 0) return marks[here + step] ?? null;
  return (step === 1 ? marks.find((mark) => mark.at > chosen.at) : marks.findLast((mark) => mark.at < chosen.at)) ?? null;
}

/** The end of a lane that lies closest to a moment. */
export function closest(marks: Mark[], at: number): Mark | null {
  const [first, ...rest] = marks;
  if (first === undefined) return null;
  return rest.reduce((best, mark) => (Math.abs(mark.at - at) < Math.abs(best.at - at) ? mark : best), first);
}
