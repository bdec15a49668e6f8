// What the time line says about an end. Pure, but for the language of the window.
import type { Environment, LaneView } from "../../bindings";
import { clock, date, dayOfMonth, ms, NBSP, remaining, sameDay, shortDate, tick, weekday } from "../../format";
import { locale, t } from "../../language/index.svelte";
import { DAY, HOUR, MINUTE, presets, type Range, type Tick } from "./geometry";
import { endOf, failed, type GroupItem, type LaneItem, type Mark } from "./lanes";

/** "Thu 16 Oct, 14:17"; with the year where it is another one. */
export function dayAndClock(at: number, now: number): string {
  const other = new Date(at).getFullYear() !== new Date(now).getFullYear();
  const day = other ? date(at, locale()) : shortDate(at, locale());
  return t("expiries.moment", { weekday: weekday(at, locale()), date: day, time: clock(at, locale()) });
}

/** "tomorrow, Fri 17 Oct" */
function dayWords(at: number, now: number): string {
  const day = t("expiries.day", { weekday: weekday(at, locale()), date: shortDate(at, locale()) });
  if (sameDay(at, now)) return t("expiries.today", { day });
  return sameDay(at, now + DAY) ? t("expiries.tomorrow", { day }) : day;
}

/** "2 h", how long ago; a date beyond 100 days. */
function since(at: number, now: number): string {
  return now - at < 100 * DAY ? remaining(2 * now - at, now, locale()) : date(at, locale());
}

/** "3 d 9 h": two units, rounded down. */
export function twoUnits(at: number, now: number): string {
  const span = Math.max(0, at - now);
  if (span >= 100 * DAY) return date(at, locale());
  const parts = (large: number, big: string, small: string, size: number) =>
    `${Math.floor(span / large)}${NBSP}${big} ${Math.floor((span % large) / size)}${NBSP}${small}`;
  if (span >= DAY) return parts(DAY, "d", "h", HOUR);
  return span >= HOUR ? parts(HOUR, "h", "min", MINUTE) : remaining(at, now, locale());
}

/** What stands beside the end of a lane. `long`: with what it means, where there is room for it. */
export function laneWords(lane: LaneView, now: number, long: boolean): string {
  const end = ms(lane.ends_at);
  const refresh = ms(lane.refresh_at);
  if (lane.ending === "renewal") return remaining(refresh ?? end ?? now, now, locale());
  if (lane.line === "refresh_failing") {
    const why =
      lane.status === "sign_in_needed" ? t("expiries.failingSignIn") : lane.status === "waiting" ? t("expiries.failingWaits") : t("expiries.failing");
    return long && end !== null && end <= now ? t("expiries.expiredFailing", { time: clock(end, locale()), why }) : why;
  }
  if (end === null) return t("expiries.expired");
  if (failed(lane, now)) return t("expiries.expiredAgo", { span: since(end, now) });
  if (end <= now) return lane.ending === "rotate" ? t("expiries.rotateLate", { span: since(end, now) }) : t("expiries.signInNow");
  const left = remaining(end, now, locale());
  if (!long) return left;
  const key = lane.ending === "token" ? "endsToken" : lane.ending === "rotate" ? "endsRotate" : "endsSignIn";
  return t(`expiries.${key}`, { left });
}

/** What happens, for the table and for whoever hears rather than sees. */
export function whatWords(lane: LaneView, now: number): string {
  if (lane.line === "refresh_failing") return laneWords(lane, now, false);
  if (failed(lane, now)) return t("expiries.whatExpired");
  const key = { rotate: "whatRotate", token: "whatToken", sign_in: "whatSignIn", renewal: "whatRenewal" } as const;
  return t(`expiries.${key[lane.ending]}`);
}

export function environmentName(environment: Environment): string {
  return t(`expiries.${environment}`);
}

/** The accessible name of a lane. */
export function laneName({ lane }: LaneItem, now: number): string {
  const at = lane.ending === "renewal" ? (ms(lane.refresh_at) ?? endOf(lane, now)) : endOf(lane, now);
  const parts = [lane.name, environmentName(lane.environment), lane.provider_name, whatWords(lane, now), dayAndClock(at, now)];
  const left = at > now ? t("expiries.left", { span: remaining(at, now, locale()) }) : "";
  return [...parts, left].filter((part) => part !== "").join(", ");
}

export function providerName({ group }: GroupItem): string {
  return group.name === "" ? t("expiries.noProvider") : group.name;
}

/** The accessible name of a provider's lane, with its chosen end. */
export function groupName(item: GroupItem, chosen: Mark | null, each: boolean, now: number): string {
  const size = t("expiries.credentials", { count: item.group.count });
  return [providerName(item), size, ...(chosen === null ? [] : [markWords(item, chosen, each, now)])].join(", ");
}

/** What happens at an end of a provider's lane. */
export function markKind(item: GroupItem, each: boolean): string {
  return item.section === "needs" ? t("expiries.whatEnds") : each ? t("expiries.whatRenewal") : t("expiries.whatSignIn");
}

/** One end of a provider's lane in a sentence. */
export function markWords(item: GroupItem, mark: Mark, each: boolean, now: number): string {
  const when = dayAndClock(mark.at, now);
  const key = item.section === "needs" ? "needsMark" : each ? "refreshMark" : "signInMark";
  return mark.name !== null ? t(`expiries.${key}Of`, { name: mark.name, when }) : t(`expiries.${key}`, { count: mark.count, when });
}

/** A Saturday or Sunday within 7 days is said, with the last working day before it. */
function weekend(at: number, now: number): { last: number | null } | null {
  const day = new Date(at).getDay();
  if ((day !== 0 && day !== 6) || at <= now || at - now > 7 * DAY) return null;
  const friday = new Date(at);
  friday.setDate(friday.getDate() - (day === 6 ? 1 : 2));
  return { last: Number(friday) > now || sameDay(Number(friday), now) ? Number(friday) : null };
}

/** What the card says of a lane, in sentences. */
export function cardWords(lane: LaneView, now: number): string[] {
  const end = ms(lane.ends_at);
  const when = end === null ? "" : dayAndClock(end, now);
  if (lane.line === "refresh_failing") {
    const why = lane.status === "sign_in_needed" ? t("expiries.cardSignIn") : lane.status === "waiting" ? t("expiries.cardWaits") : t("expiries.cardFailing");
    return [...(end !== null && end <= now ? [t("expiries.cardExpired", { when })] : []), why];
  }
  if (lane.ending === "renewal") {
    const refresh = ms(lane.refresh_at);
    const next = refresh === null ? [] : [t("expiries.cardRefresh", { when: dayAndClock(refresh, now) })];
    return [...next, ...(end === null ? [] : [t("expiries.cardOtherwise", { when })])];
  }
  if (failed(lane, now)) return [t("expiries.cardExpired", { when }), t("expiries.cardNoRenewal")];
  if (end === null) return [];
  const off = weekend(end, now);
  const moment = off === null ? when : t("expiries.weekendMoment", { when });
  const lead = { rotate: "cardRotate", token: "cardToken", sign_in: "cardSignInEnds", renewal: "cardRefresh" } as const;
  const said = end <= now && lane.ending === "rotate" ? t("expiries.cardRotateLate", { when }) : t(`expiries.${lead[lane.ending]}`, { when: moment });
  const working = off === null || off.last === null ? [] : [t("expiries.workingDay", { day: dayWords(off.last, now) })];
  return [said, ...working, ...(lane.ending === "token" ? [t("expiries.cardNoRenewal")] : [])];
}

/** The part of time that is seen, in words: "the next hour". */
export function spanWords(range: Range, follows: boolean, now: number): string {
  const span = range.until - range.from;
  const index = follows ? presets.findIndex((one) => one === span) : -1;
  const key = (["nextHour", "nextDay", "nextQuarter"] as const)[index];
  if (key !== undefined) return t(`expiries.${key}`);
  return t("expiries.between", { from: dayAndClock(range.from, now), until: dayAndClock(range.until, now) });
}

/** How far the time line reaches, in few letters: "90 d". */
export function reachWords(range: Range, follows: boolean, now: number): string {
  return follows ? remaining(range.until, range.from, locale()) : tick(range.until, now, locale());
}

/** A label of the axis. */
export function tickWords({ at, look }: Tick): string {
  if (look === "clock") return clock(at, locale());
  return look === "date" ? shortDate(at, locale()) : dayOfMonth(at, locale());
}
