import { describe, expect, it } from "vitest";
import {
  clock,
  count,
  countdown,
  cutMiddle,
  date,
  fractionLeft,
  full,
  iso,
  moment,
  ms,
  past,
  relative,
  remaining,
  tick,
  weekendWarning,
  zone,
} from "./format";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GB = "en-GB";
// The pictures' "now": Thu 16 Oct 2025, 14:17, in the time zone of whoever runs the tests.
const now = new Date(2025, 9, 16, 14, 17, 0).getTime();

describe("what is left", () => {
  it("is_rounded_down_never_up", () => {
    expect(remaining(now + 42 * MINUTE + 59_999, now)).toBe("42\u00a0min");
    expect(remaining(now + 59_999, now)).toBe("59\u00a0s");
    expect(remaining(now + 60 * MINUTE - 1, now)).toBe("59\u00a0min");
  });
  it("changes_its_unit_at_60_s_60_min_and_48_h", () => {
    expect(remaining(now + 60 * SECOND, now)).toBe("1\u00a0min");
    expect(remaining(now + 60 * MINUTE, now)).toBe("1\u00a0h");
    expect(remaining(now + 48 * HOUR - 1, now)).toBe("47\u00a0h");
    expect(remaining(now + 48 * HOUR, now)).toBe("2\u00a0d");
    expect(remaining(now + 100 * DAY - 1, now)).toBe("99\u00a0d");
  });
  it("is_a_date_from_100_days_on", () => {
    expect(remaining(new Date(2026, 2, 3, 12).getTime(), now, GB)).toBe("3 Mar 2026");
  });
  it("is_never_negative", () => {
    expect(remaining(now - DAY, now)).toBe("0\u00a0s");
  });
});

describe("what is past", () => {
  it("is_just_now_within_the_minute", () => {
    expect(past(now - 59_999, now)).toBe("just now");
    expect(past(now + 5 * SECOND, now)).toBe("just now");
  });
  it("counts_minutes_hours_and_days", () => {
    expect(past(now - 18 * MINUTE, now)).toBe("18\u00a0min ago");
    expect(past(now - 3 * HOUR, now)).toBe("3\u00a0h ago");
    expect(past(now - 6 * DAY, now)).toBe("6\u00a0d ago");
  });
  it("is_a_date_from_100_days_on", () => {
    expect(past(new Date(2025, 0, 9).getTime(), now, GB)).toBe("9 Jan 2025");
  });
});

describe("a moment", () => {
  it("says_on_which_side_of_now_it_is", () => {
    expect(relative(now + 42 * MINUTE, now)).toBe("in 42\u00a0min");
    expect(relative(now - 2 * HOUR, now)).toBe("2\u00a0h ago");
    expect(relative(now + 200 * DAY, now, GB)).toBe(`on ${date(now + 200 * DAY, GB)}`);
  });
  it("is_a_clock_today_a_weekday_this_week_and_else_a_date", () => {
    expect(tick(now + 42 * MINUTE, now, GB)).toBe("14:59");
    expect(tick(now + DAY, now, GB)).toBe("Fri 14:17");
    expect(tick(now + 20 * DAY, now, GB)).toBe("5 Nov");
    expect(tick(now + 120 * DAY, now, GB)).toBe("13 Feb 2026");
  });
  it("is_told_in_full_with_zone_epoch_and_distance", () => {
    const at = now + 42 * MINUTE;
    expect(full(at, now, GB)).toBe(`Thu 16 Oct 2025, 14:59:00 ${zone(at)} · ${at / 1000} · in 42\u00a0min`);
  });
  it("leaves_the_year_out_while_it_is_this_one", () => {
    expect(moment(now, now, GB)).toBe("Thu 16 Oct, 14:17:00");
    expect(moment(new Date(2026, 0, 2, 3, 4, 5).getTime(), now, GB)).toBe("Fri 2 Jan 2026, 03:04:05");
  });
  it("follows_the_system_for_12_and_24_hours", () => {
    expect(clock(now, GB)).toBe("14:17");
    expect(clock(now - 10 * HOUR, GB)).toBe("04:17");
    expect(clock(now, "en-US")).toMatch(/^2:17\sPM$/);
  });
  it("is_copied_as_iso_8601", () => {
    expect(iso(Date.UTC(2025, 9, 16, 13, 59))).toBe("2025-10-16T13:59:00Z");
  });
  it("is_none_when_it_cannot_be_read", () => {
    expect(ms(null)).toBeNull();
    expect(ms("not a time")).toBeNull();
    expect(ms("2025-10-16T13:59:00Z")).toBe(Date.UTC(2025, 9, 16, 13, 59));
  });
});

describe("a weekend", () => {
  const sunday = new Date(2025, 9, 19, 9).getTime();
  it("is_named_with_the_last_working_day_before_it", () => {
    expect(weekendWarning(sunday, now, GB)).toBe("Sunday. Last working day before it: tomorrow");
    expect(weekendWarning(sunday - DAY, now, GB)).toBe("Saturday. Last working day before it: tomorrow");
  });
  it("has_no_working_day_before_it_when_friday_is_over", () => {
    expect(weekendWarning(sunday, sunday - 12 * HOUR, GB)).toBe("Sunday.");
  });
  it("is_not_named_on_a_working_day_nor_far_away", () => {
    expect(weekendWarning(sunday + DAY, now, GB)).toBe("");
    expect(weekendWarning(sunday + 7 * DAY, now, GB)).toBe("");
  });
});

describe("spans and numbers", () => {
  it("a_countdown_has_two_digits_of_seconds", () => {
    expect(countdown(4 * MINUTE + 36_900)).toBe("4:36");
    expect(countdown(5_000)).toBe("0:05");
    expect(countdown(-1)).toBe("0:00");
  });
  it("the_fraction_left_stays_between_nothing_and_all", () => {
    expect(fractionLeft(0, 100, 25)).toBe(0.75);
    expect(fractionLeft(0, 100, 500)).toBe(0);
    expect(fractionLeft(50, 100, 0)).toBe(1);
    expect(fractionLeft(100, 100, 50)).toBe(1);
  });
  it("numbers_are_grouped", () => {
    expect(count(1184, "en")).toBe("1,184");
  });
  it("an_account_is_cut_in_the_middle", () => {
    expect(cutMiddle("octavia@northwind.example", 13)).toBe("octavi…xample");
    expect(cutMiddle("short", 13)).toBe("short");
  });
});
