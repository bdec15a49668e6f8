import { describe, expect, it } from "vitest";
import type { LaneView } from "../../bindings";
import { DAY, HOUR, MINUTE } from "./geometry";
import { cardWords, laneWords, reachWords, spanWords, twoUnits } from "./words";

// A Thursday; the Sunday after it is the 19th.
const now = new Date(2025, 9, 16, 14, 17).getTime();
const sunday = new Date(2025, 9, 19, 23, 59).getTime();
const plain = (text: string) => text.replaceAll("\u00a0", " ");

function lane(end: number | null, more: Partial<LaneView> = {}): LaneView {
  return {
    id: "a",
    name: "Payments gateway",
    kind: "api_key",
    environment: "production",
    provider_name: "Stripe",
    monogram: { code: "St", tint: "h3" },
    ending: "rotate",
    status: "fresh",
    line: "rotate",
    tone: "warn",
    ends_at: end === null ? null : new Date(end).toISOString(),
    refresh_at: null,
    ...more,
  };
}
const words = (one: LaneView, long = false) => plain(laneWords(one, now, long));

describe("what stands beside an end", () => {
  it("is what is left, rounded down, and what it means where there is room", () => {
    expect(words(lane(now + 4 * DAY - 1))).toBe("3 d");
    expect(words(lane(now + 35 * MINUTE - 1, { ending: "token" }), true)).toBe("34 min, cannot renew");
  });

  it("says of the past how long ago it was", () => {
    expect(words(lane(now - 2 * HOUR, { ending: "token", line: "expired" }))).toBe("expired 2 h ago");
    expect(words(lane(now - 2 * DAY))).toBe("rotate, 2 d late");
    const failing = lane(new Date(2025, 9, 16, 14, 9).getTime(), { ending: "sign_in", line: "refresh_failing", status: "sign_in_needed" });
    expect(words(failing)).toBe("refresh failing, sign in again");
    expect(words(failing, true)).toMatch(/^expired .*9.*, refresh failing, sign in again$/);
  });

  it("makes a token that ended since the answer no promise", () => {
    expect(words(lane(now - 1000, { ending: "token", line: "ends_soon" }))).toBe("expired 1 s ago");
  });
});

describe("the card", () => {
  it("names a weekend and the last working day before it", () => {
    const [said, day] = cardWords(lane(sunday), now);
    expect(said).toMatch(/^Rotate by Sun .*, a weekend\.$/);
    expect(day).toMatch(/^The last working day before it is tomorrow, Fri .*17.*\.$/);
  });

  it("names no working day that is over, and no weekend that is far", () => {
    const saturday = new Date(2025, 9, 18, 9).getTime();
    expect(cardWords(lane(sunday), saturday)).toHaveLength(1);
    expect(cardWords(lane(sunday + 14 * DAY), now)[0]).not.toContain("weekend");
  });

  it("has two units of what is left", () => {
    expect(plain(twoUnits(now + 3 * DAY + 9.7 * HOUR, now))).toBe("3 d 9 h");
    expect(plain(twoUnits(now + 5 * HOUR + 90_000, now))).toBe("5 h 1 min");
    expect(plain(twoUnits(now + 42 * MINUTE, now))).toBe("42 min");
  });
});

describe("the span", () => {
  it("is called by what was chosen, and by its ends once it was moved", () => {
    const hour = { from: now, until: now + HOUR };
    expect(spanWords(hour, true, now)).toBe("in the next hour");
    expect(spanWords(hour, false, now)).toMatch(/^between /);
    expect(plain(reachWords({ from: now, until: now + 90 * DAY }, true, now))).toBe("90 d");
  });
});
