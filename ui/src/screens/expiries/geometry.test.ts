import { describe, expect, it } from "vitest";
import {
  bands,
  barHeight,
  DAY,
  edges,
  flips,
  fraction,
  fractionAt,
  HOUR,
  LEAST,
  MINUTE,
  MOST,
  placeCard,
  steady,
  ticks,
  timeAt,
  unitOf,
  within,
  zoomed,
} from "./geometry";
import { roomOf } from "./room";

const now = new Date(2025, 9, 16, 14, 17).getTime();
const quarter = { from: now, until: now + 90 * DAY };
const hour = { from: now, until: now + HOUR };
const local = (at: number) => new Date(at);

describe("places", () => {
  it("are fractions in reading direction, and lead back to the moment", () => {
    expect(fraction(now + 45 * DAY, quarter)).toBe(0.5);
    expect(timeAt(0.5, quarter)).toBe(now + 45 * DAY);
  });

  it("mirror under the pointer where text runs from right to left", () => {
    const box = { left: 100, width: 400 };
    expect(fractionAt(200, box, false)).toBe(0.25);
    expect(fractionAt(200, box, true)).toBe(0.75);
  });

  it("go on with time in steps that nobody sees", () => {
    const step = steady(now, HOUR);
    expect(steady(step + 999, HOUR)).toBe(step);
    expect(steady(now + DAY, 90 * DAY)).not.toBe(steady(now, 90 * DAY));
    expect(steady(now, 90 * DAY)).toBeLessThanOrEqual(now);
  });
});

describe("zooming", () => {
  it("keeps the moment under the pointer where it is", () => {
    const anchor = now + 30 * DAY;
    const near = zoomed(quarter, 0.5, anchor);
    expect(near.until - near.from).toBe(45 * DAY);
    expect(fraction(anchor, near)).toBeCloseTo(fraction(anchor, quarter));
  });

  it("ends at ten minutes and at four hundred days", () => {
    expect(zoomed(hour, 0.001, now)).toEqual({ from: now, until: now + LEAST });
    expect(zoomed(quarter, 1000, now)).toEqual({ from: now, until: now + MOST });
  });

  it("and panning stay near the present", () => {
    expect(within({ from: now - 900 * DAY, until: now - 810 * DAY }, now).from).toBe(now - 81 * DAY);
    expect(within({ from: now + 4000 * DAY, until: now + 4090 * DAY }, now).from).toBe(now + 1095 * DAY);
    expect(within(quarter, now)).toEqual(quarter);
  });
});

describe("the density", () => {
  it("has one bar for each minute, hour, day or week", () => {
    expect([HOUR, DAY, 90 * DAY, 400 * DAY].map(unitOf)).toEqual(["minute", "hour", "day", "week"]);
  });

  it("has edges of the local time around the whole range", () => {
    const days = edges(quarter);
    expect(days[0]).toBe(new Date(2025, 9, 16).getTime());
    expect(days.every((edge) => local(edge).getHours() === 0)).toBe(true);
    expect(days.at(-1)).toBeGreaterThanOrEqual(quarter.until);
    expect(days).toHaveLength(92);
    expect(edges(hour)).toHaveLength(61);
  });

  it("gives each end the same height until the bars would leave their strip", () => {
    expect(barHeight(1, 3, 40)).toBe(10);
    expect(barHeight(80, 80, 40)).toBe(40);
  });
});

describe("the axis", () => {
  it("counts Mondays in a quarter and names the month where it begins", () => {
    const found = ticks(quarter, 720);
    expect(found).toHaveLength(13);
    expect(found.every(({ at }) => local(at).getDay() === 1)).toBe(true);
    expect(found.map(({ look }) => look).slice(0, 4)).toEqual(["date", "day", "date", "day"]);
  });

  it("counts five minutes in an hour, and hours in a day with its midnight as a date", () => {
    expect(ticks(hour, 720).map(({ at }) => local(at).getMinutes()).slice(0, 3)).toEqual([20, 25, 30]);
    const day = ticks({ from: now, until: now + DAY }, 720);
    expect(day.filter(({ look }) => look === "date").map(({ at }) => local(at).getHours())).toEqual([0]);
    expect(day[0]?.look).toBe("clock");
  });

  it("has fewer labels where there is less room", () => {
    expect(ticks(quarter, 200).length).toBeLessThan(5);
    expect(ticks({ from: now, until: now + LEAST }, 200).length).toBeGreaterThan(0);
  });
});

describe("shading", () => {
  it("is for weekends among days", () => {
    const [first, second] = bands(quarter);
    expect(first && [local(first.from).getDay(), (first.until - first.from) / DAY]).toEqual([6, 2]);
    expect(second && local(second.from).getDate()).toBe(25);
    expect(bands(quarter)).toHaveLength(13);
  });

  it("is for 22 to 7 h among hours, cut to what is seen, and absent in an hour", () => {
    const nights = bands({ from: now, until: now + DAY });
    expect(nights.map(({ from, until }) => [local(from).getHours(), local(until).getHours()])).toEqual([[22, 7]]);
    const late = new Date(2025, 9, 17, 3).getTime();
    expect(bands({ from: late, until: late + DAY })[0]).toEqual({ from: late, until: late + 4 * HOUR });
    expect(bands(hour)).toEqual([]);
  });
});

describe("words and card", () => {
  it("stand before the end where there is no room behind it", () => {
    expect(flips(0.5, 700, "33 d")).toBe(false);
    expect(flips(0.98, 700, "82 d")).toBe(true);
    expect(flips(0.87, 700, "52 min, cannot renew")).toBe(true);
  });

  const room = { mark: 520, drawn: 560, lane: { top: 180, height: 28 }, width: 1030, height: 700, card: { width: 320, height: 110 } };

  it("stands beside what is drawn, joined by a level line", () => {
    const { x, y, leader } = placeCard(room);
    expect(x).toBeGreaterThan(room.drawn);
    expect(x + 320).toBeLessThanOrEqual(1030);
    expect(leader).toMatchObject({ x: 568, y: 194, width: x - 568 });
    expect(y).toBeLessThan(194);
  });

  it("never covers its lane where there is no room beside it", () => {
    for (const top of [0, 180, 560, 660]) {
      const { y } = placeCard({ ...room, mark: 950, drawn: 1000, lane: { top, height: 28 } });
      expect(y >= top + 28 || y + 110 <= top, `at ${top}`).toBe(true);
      expect(y + 110, `at ${top}`).toBeLessThanOrEqual(700);
    }
  });

  it("stays in the window", () => {
    const { x } = placeCard({ ...room, mark: 1020, drawn: 1020 });
    expect(x + 320).toBeLessThanOrEqual(1030);
  });

  it("leaves room for the plot at every width", () => {
    for (const full of [320, 480, 704, 1032, 2000]) {
      const { start, width } = roomOf(full);
      expect(width).toBeGreaterThan(full * 0.45);
      expect(start + width).toBeLessThan(full);
    }
    expect(unitOf(5 * MINUTE)).toBe("minute");
  });
});
