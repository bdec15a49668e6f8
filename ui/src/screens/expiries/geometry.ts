// Where things stand on the time line. Pure: time and sizes come in, places go out.
//
// Places are fractions of the plot from its start, in reading direction: as logical insets they mirror by themselves
// where text runs from right to left, and `fractionAt` mirrors on the way back from the pointer.
import { timeDay, timeHour, timeMinute, timeMonday, timeMonth, timeSunday, type TimeInterval } from "d3-time";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const presets = [HOUR, DAY, 90 * DAY] as const;
/** The shortest and the longest span that can be seen at once. */
export const LEAST = 10 * MINUTE;
export const MOST = 400 * DAY;
/** Up to this span what renews itself has a lane each. */
const EACH = 3 * DAY;

/** A part of time. */
export type Range = { from: number; until: number };

/** The place of a moment: 0 is the start of the plot, 1 its end. */
export function fraction(at: number, range: Range): number {
  return (at - range.from) / (range.until - range.from);
}

/** A place that stays in the plot. */
export function inside(place: number): number {
  return Math.min(1, Math.max(0, place));
}

/** A place as CSS takes it. */
export function percent(place: number): string {
  return `${(place * 100).toFixed(3)}%`;
}

/** The moment at a place. */
export function timeAt(place: number, range: Range): number {
  return range.from + place * (range.until - range.from);
}

/** The place of the pointer, seen from the start of the plot. */
export function fractionAt(x: number, box: { left: number; width: number }, rtl: boolean): number {
  const place = (x - box.left) / Math.max(1, box.width);
  return rtl ? 1 - place : place;
}

/** Whether what renews itself has a lane each. */
export function hasLanesEach(span: number): boolean {
  return span <= EACH;
}

/** The present, in steps too small to be seen, so that nothing is drawn anew that would look the same. */
export function steady(now: number, span: number): number {
  const step = Math.max(1000, span / 2000);
  return Math.floor(now / step) * step;
}

/** A span that can be seen. */
export function fitting(span: number): number {
  return Math.min(MOST, Math.max(LEAST, span));
}

/** Makes the span `factor` times as long; the moment `anchor` keeps its place. */
export function zoomed(range: Range, factor: number, anchor: number): Range {
  const before = range.until - range.from;
  const span = fitting(before * factor);
  const from = anchor - ((anchor - range.from) * span) / before;
  return { from, until: from + span };
}

/** Keeps a range near the present: a little of the past can be seen, and three years ahead. */
export function within(range: Range, now: number): Range {
  const span = range.until - range.from;
  const from = Math.min(now + 3 * 365 * DAY, Math.max(now - 0.9 * span, range.from));
  return { from, until: from + span };
}

/** What one bar of the density stands for. */
export type Unit = "minute" | "hour" | "day" | "week";

const intervals: Record<Unit, TimeInterval> = { minute: timeMinute, hour: timeHour, day: timeDay, week: timeMonday };

export function unitOf(span: number): Unit {
  if (span <= 3 * HOUR) return "minute";
  if (span <= 4 * DAY) return "hour";
  return span <= 180 * DAY ? "day" : "week";
}

/** Where the bars begin and end, in local time: a day with a change of the clock is one bar like the others. */
export function edges(range: Range): number[] {
  const unit = intervals[unitOf(range.until - range.from)];
  const last = unit.offset(unit.ceil(new Date(range.until)), 1);
  return unit.range(unit.floor(new Date(range.from)), last).map(Number);
}

/** How high a bar is: each end counts alike until the bars would leave their strip. */
export function barHeight(count: number, most: number, room: number): number {
  return count * Math.min(room / 4, room / Math.max(1, most));
}

const steps: [number, TimeInterval | null][] = [
  [MINUTE, timeMinute],
  [5 * MINUTE, timeMinute.every(5)],
  [15 * MINUTE, timeMinute.every(15)],
  [30 * MINUTE, timeMinute.every(30)],
  [HOUR, timeHour],
  [3 * HOUR, timeHour.every(3)],
  [6 * HOUR, timeHour.every(6)],
  [12 * HOUR, timeHour.every(12)],
  [DAY, timeDay],
  [7 * DAY, timeMonday],
  [14 * DAY, timeMonday.every(2)],
  [31 * DAY, timeMonth],
  [92 * DAY, timeMonth.every(3)],
];

/** A label of the axis: how it is written depends on what it begins. */
export type Tick = { at: number; look: "clock" | "date" | "day" };

/** Round moments of the local time, at least `apart` pixels from each other. */
export function ticks(range: Range, width: number, apart = 52): Tick[] {
  const span = range.until - range.from;
  const room = Math.max(1, Math.floor(width / apart));
  const [length, step] = steps.find(([long]) => span / long <= room) ?? steps[steps.length - 1] ?? [DAY, timeDay];
  const all = (step ?? timeDay).range(new Date(range.from), new Date(range.until));
  let month = -1;
  return all.map((date) => {
    const midnight = date.getHours() === 0 && date.getMinutes() === 0;
    const look = length < DAY && !midnight ? "clock" : month === date.getMonth() ? "day" : "date";
    month = date.getMonth();
    return { at: Number(date), look: look === "day" && length < DAY ? "date" : look };
  });
}

/** What is shaded: weekends among days, 22 to 7 h among hours. */
export function bands(range: Range): Range[] {
  const span = range.until - range.from;
  if (span < 3 * HOUR || span > 180 * DAY) return [];
  const night = span <= EACH;
  const start = night ? timeDay.offset(timeDay.floor(new Date(range.from)), -1) : timeSunday.floor(new Date(range.from));
  const days = (night ? timeDay : timeSunday).range(start, timeDay.offset(new Date(range.until), 7));
  const found = days.map((day) =>
    night
      ? { from: Number(timeHour.offset(timeDay.offset(day, 1), -2)), until: Number(timeHour.offset(timeDay.offset(day, 1), 7)) }
      : { from: Number(timeDay.offset(day, -1)), until: Number(timeDay.offset(day, 1)) },
  );
  return found
    .map((band) => ({ from: Math.max(band.from, range.from), until: Math.min(band.until, range.until) }))
    .filter((band) => band.from < band.until);
}

/** Whether words of this length at a place have room behind it, or stand before it. */
export function flips(place: number, width: number, words: string): boolean {
  return (1 - place) * width < 20 + words.length * 6.4;
}

/** Where a card stands, seen from the start and the top of the time line, and the line that joins it to its lane. */
export type CardPlace = { x: number; y: number; leader: { x: number; y: number; width: number; height: number } };

/** Sizes in pixels. `mark` is where the end is drawn, `drawn` where its lane's drawing and words end. */
export type CardRoom = {
  mark: number;
  drawn: number;
  lane: { top: number; height: number };
  width: number;
  height: number;
  card: { width: number; height: number };
};

/** Puts the card beside what is drawn in the lane, and where it has no room there, below the lane or above it. */
export function placeCard({ mark, drawn, lane, width, height, card }: CardRoom): CardPlace {
  const middle = lane.top + lane.height / 2;
  const free = width - drawn;
  if (free >= card.width + 56) {
    const x = width - card.width - Math.min(48, (free - card.width) / 2);
    const y = Math.max(0, Math.min(middle - 42, height - card.height));
    return { x, y, leader: { x: drawn + 8, y: middle, width: x - drawn - 8, height: 1 } };
  }
  const x = Math.max(8, Math.min(mark - card.width / 2, width - card.width - 8));
  const bottom = lane.top + lane.height;
  const below = bottom + 12 + card.height <= height || lane.top < card.height + 12;
  const y = below ? bottom + 12 : lane.top - 12 - card.height;
  const top = below ? middle + 8 : y + card.height;
  const at = Math.max(x + 8, Math.min(mark, x + card.width - 8));
  return { x, y, leader: { x: at, y: top, width: 1, height: below ? y - top : middle - 8 - top } };
}
