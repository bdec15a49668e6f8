// Times and numbers as a person reads them (DESIGN section 5). Pure: "now" is an argument, never asked for here.
//
// Spans round down, always: the window must never promise more time than there is. Number and unit are joined by
// a no-break space. Dates, clocks and numbers are written for the language of the window, unless another is named.
import { grouped, twelveHours, written } from "./intl";
import { locale as here, t } from "./language/index.svelte";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What joins a number and its unit. */
export const NBSP = "\u00a0";

/** A time as it comes from the core, or in milliseconds. */
export type When = string | number | null | undefined;

/** Milliseconds since the epoch, or null when there is no (readable) time. */
export function ms(when: When): number | null {
  if (when === null || when === undefined) return null;
  const value = typeof when === "number" ? when : Date.parse(when);
  return Number.isFinite(value) ? value : null;
}

/** "15 s" */
export function seconds(n: number): string {
  return t("time.s", { n });
}

/** "90 d" */
export function dayCount(n: number): string {
  return t("time.d", { n });
}

function units(span: number): string | null {
  if (span < MINUTE) return seconds(Math.max(0, Math.floor(span / SECOND)));
  if (span < HOUR) return t("time.min", { n: Math.floor(span / MINUTE) });
  if (span < 48 * HOUR) return t("time.h", { n: Math.floor(span / HOUR) });
  if (span < 100 * DAY) return dayCount(Math.floor(span / DAY));
  return null;
}

/** "42 min", "6 h", "58 d"; a date beyond 100 days. */
export function remaining(at: number, now: number, locale = here()): string {
  return units(Math.max(0, at - now)) ?? date(at, locale);
}

/** "just now", "18 min ago", "3 h ago"; a date beyond 100 days. */
export function past(at: number, now: number, locale = here()): string {
  const span = Math.max(0, now - at);
  if (span < MINUTE) return t("time.justNow");
  const text = units(span);
  return text === null ? date(at, locale) : t("time.ago", { span: text });
}

/** "in 42 min" or "18 min ago", whichever side of now it is; beyond 100 days "on 3 Mar 2026". */
export function relative(at: number, now: number, locale = here()): string {
  if (at <= now) return past(at, now, locale);
  const text = units(at - now);
  return text === null ? t("time.on", { date: date(at, locale) }) : t("time.in", { span: text });
}

/** Whole days in a span, rounded down. */
export function days(span: number): number {
  return Math.floor(span / DAY);
}

/** "3 Mar 2026" */
export function date(at: number, locale = here()): string {
  return written(at, locale, { day: "numeric", month: "short", year: "numeric" });
}

/** "19 Oct", without the year, where the year is plain. */
export function shortDate(at: number, locale = here()): string {
  return written(at, locale, { day: "numeric", month: "short" });
}

/** 24 hours are written 04:07, twelve are written 4:07 AM. */
function hourDigits(locale = here()): "2-digit" | "numeric" {
  return twelveHours(locale) ? "numeric" : "2-digit";
}

/** "14:59", or "2:59 PM" where the system says so. */
export function clock(at: number, locale = here()): string {
  return written(at, locale, { hour: hourDigits(locale), minute: "2-digit" });
}

/** "Fri" */
export function weekday(at: number, locale = here()): string {
  return written(at, locale, { weekday: "short" });
}

/** Whether two instants fall on the same local day. */
export function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** A tick label: the clock on the same day, else weekday and clock within 7 days, else the date. */
export function tick(at: number, now: number, locale = here()): string {
  if (sameDay(at, now)) return clock(at, locale);
  if (Math.abs(at - now) < 7 * DAY) return t("time.weekdayClock", { weekday: weekday(at, locale), clock: clock(at, locale) });
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? shortDate(at, locale) : date(at, locale);
}

/** A day in a sentence: "today", "tomorrow", "Fri 17 Oct" within 7 days, else a date. */
export function day(at: number, now: number, locale = here()): string {
  if (sameDay(at, now)) return t("time.today");
  if (sameDay(at, now + DAY)) return t("time.tomorrow");
  if (Math.abs(at - now) < 7 * DAY) return t("time.weekdayDate", { weekday: weekday(at, locale), date: shortDate(at, locale) });
  return date(at, locale);
}

/** The whole truth about a time: "Thu 16 Oct 2025, 14:59:00 UTC+1 · 1760623140 · in 42 min". */
export function full(at: number, now: number, locale = here()): string {
  return `${dayAndClock(at, locale)} ${zone(at)} · ${Math.floor(at / SECOND)} · ${relative(at, now, locale)}`;
}

/** "Thu 16 Oct 2025, 14:59:00" */
function dayAndClock(at: number, locale = here()): string {
  const time = written(at, locale, { hour: hourDigits(locale), minute: "2-digit", second: "2-digit" });
  return t("time.whole", { weekday: weekday(at, locale), date: date(at, locale), clock: time });
}

/** The same without the year while it is this one: "Thu 16 Oct, 13:59:00". */
export function moment(at: number, now: number, locale = here()): string {
  if (new Date(at).getFullYear() !== new Date(now).getFullYear()) return dayAndClock(at, locale);
  const time = written(at, locale, { hour: hourDigits(locale), minute: "2-digit", second: "2-digit" });
  return t("time.whole", { weekday: weekday(at, locale), date: shortDate(at, locale), clock: time });
}

/** The local offset: "UTC+1", "UTC−3:30", "UTC". */
export function zone(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? "" : `:${String(size % 60).padStart(2, "0")}`;
  return `UTC${minutes < 0 ? "\u2212" : "+"}${Math.floor(size / 60)}${rest}`;
}

/** What a click on a time copies. */
export function iso(at: number): string {
  return new Date(at).toISOString().replace(/\.000Z$/, "Z");
}

/** "4:36" */
export function countdown(span: number): string {
  const seconds = Math.max(0, Math.floor(span / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** How much of a span is left, 0 to 1. */
export function fractionLeft(start: number, end: number, now: number): number {
  if (end <= start) return now < end ? 1 : 0;
  return Math.min(1, Math.max(0, (end - now) / (end - start)));
}

/** "Sunday. Last working day before it: tomorrow", for a weekend within 7 days; empty otherwise. */
export function weekendWarning(at: number, now: number, locale = here()): string {
  const weekdayOf = new Date(at).getDay();
  if ((weekdayOf !== 0 && weekdayOf !== 6) || at <= now || at - now > 7 * DAY) return "";
  const friday = at - (weekdayOf === 6 ? DAY : 2 * DAY);
  const name = written(at, locale, { weekday: "long" });
  if (friday < now && !sameDay(friday, now)) return t("time.weekend", { weekday: name });
  return t("time.weekendAfter", { weekday: name, day: day(friday, now, locale) });
}

/** "1,184" */
export function count(value: number, locale = here()): string {
  return grouped(value, locale);
}

/** Cuts an account in the middle, where both ends matter: "octavia@nor…example". */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}

/** "16", the day of the month alone, where the month is plain. */
export function dayOfMonth(at: number, locale?: string): string {
  return written(at, locale, { day: "numeric" });
}
