import { describe, expect, it } from "vitest";
import { draw, spread } from "./lifeline";

describe("a lifeline", () => {
  it("is_solid_from_now_to_the_end", () => {
    const drawing = draw(0, 100, 30);
    expect(drawing.solid).toEqual({ from: 0.3, to: 1 });
    expect(drawing.hatched).toBeNull();
  });
  it("is_hatched_from_the_end_to_now_when_it_is_over", () => {
    const drawing = draw(0, 100, 200);
    expect(drawing.solid).toBeNull();
    expect(drawing.hatched?.from).toBeCloseTo(100 / 206);
    expect(drawing.hatched?.to).toBeCloseTo(200 / 206);
  });
  it("begins_at_now_when_the_token_is_not_valid_yet", () => {
    const drawing = draw(50, 100, 0);
    expect(drawing.place(0)).toBe(0);
    expect(drawing.solid).toEqual({ from: 0.5, to: 1 });
  });
  it("never_places_anything_outside", () => {
    expect(draw(0, 100, 30).place(-50)).toBe(0);
    expect(draw(0, 100, 30).place(500)).toBe(1);
  });
});

describe("labels", () => {
  it("stay_inside_the_line", () => {
    expect(spread([{ text: "now", centre: 0, width: 20 }], 100)).toEqual([0]);
    expect(spread([{ text: "exp", centre: 1, width: 20 }], 100)).toEqual([80]);
  });
  it("do_not_cover_each_other", () => {
    const [now = 0, refresh = 0] = spread(
      [
        { text: "now", centre: 0.9, width: 20 },
        { text: "refresh", centre: 0.92, width: 40 },
      ],
      200,
    );
    expect(now + 20).toBeLessThanOrEqual(refresh - 8);
  });
  it("do_not_cover_each_other_at_the_beginning_either", () => {
    const both = [
      { text: "issued", centre: 0, width: 60 },
      { text: "refused", centre: 0, width: 60 },
    ];
    expect(spread(both, 200)).toEqual([0, 68]);
  });
});
