import { afterEach, describe, expect, it, vi } from "vitest";
import { grouped, twelveHours, written } from "./intl";

describe("what Intl writes", () => {
  afterEach(() => vi.restoreAllMocks());

  const noon = Date.UTC(2026, 6, 1, 12);
  const hour: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };

  it("is_in_the_language_and_shape_that_was_asked_for_each_time", () => {
    const day: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
    for (let again = 0; again < 2; again++) {
      expect(written(noon, "en-GB", day)).toBe("1 Jul");
      expect(written(noon, "de", day)).toBe("1. Juli");
      expect(written(noon, "de", { month: "long" })).toBe("Juli");
      expect([grouped(1184, "en"), grouped(1184, "de")]).toEqual(["1,184", "1.184"]);
      expect([twelveHours("en-US"), twelveHours("de")]).toEqual([true, false]);
    }
  });

  it("follows_the_computer_to_another_time_zone", () => {
    const before = process.env["TZ"];
    try {
      process.env["TZ"] = "UTC";
      expect(written(noon, "en-GB", hour)).toBe("12:00");
      process.env["TZ"] = "Asia/Tokyo";
      expect(written(noon, "en-GB", hour)).toBe("21:00");
    } finally {
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    }
  });

  it("makes_each_formatter_once", () => {
    written(noon, "fr", hour);
    const made = vi.spyOn(Intl, "DateTimeFormat");
    for (let row = 0; row < 20; row++) written(noon + row * 60_000, "fr", hour);
    expect(made).not.toHaveBeenCalled();
  });
});
