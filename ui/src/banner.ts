// What the banner says and offers. Pure; at most one banner, and the keychain goes first: without it nothing works.
import type { KeychainView, NoticeKind, NoticeView } from "./bindings";
import { ms, tick } from "./format";
import { fromCore } from "./language/core.svelte";
import { t } from "./language/index.svelte";

/** What a click on the banner's button does. */
export type BannerAct =
  | { kind: "unlock" }
  | { kind: "show"; provider: string | null }
  | { kind: "check-clocks" }
  | { kind: "resume" };

export type BannerWords = {
  icon: "lock" | "device" | "triangle" | "clock" | "offline" | "alert" | "paused";
  tone: "bad" | "warn" | "neutral";
  lead: string;
  rest: string;
  code: string | null;
  action: string;
  act: BannerAct;
};

/** The keychain's banner, unless it is ready. */
export function keychainBanner(view: KeychainView, keyring: string): BannerWords | null {
  if (view.state === "ready" || view.error === null) return null;
  // The first sentence is what happened; the others say what it means.
  const said = fromCore(view.error.message);
  const end = said.indexOf(". ") + 1;
  const overdue = view.overdue > 0 ? t("banner.overdue", { count: view.overdue }) : "";
  const rest = [end === 0 ? "" : said.slice(end + 1), fromCore(view.error.hint), overdue].filter((part) => part !== "").join(" ");
  return {
    // Nothing is locked where nothing runs.
    icon: view.state === "locked" ? "lock" : "alert",
    tone: view.state === "not_persistent" ? "warn" : "bad",
    lead: end === 0 ? said : said.slice(0, end),
    rest,
    code: view.error.provider_code,
    action: view.state === "locked" ? t("banner.unlock", { keyring }) : view.state === "not_persistent" ? "" : t("common.tryAgain"),
    act: { kind: "unlock" },
  };
}

const icons: Record<NoticeKind, BannerWords["icon"]> = {
  other_device: "device",
  refused: "triangle",
  provider_down: "triangle",
  clock: "clock",
  offline: "offline",
  paused: "paused",
};

/** The banner of what goes wrong for several credentials at once. */
export function noticeBanner(view: NoticeView, now: number): BannerWords {
  const since = ms(view.since);
  const actions: Record<NoticeKind, [string, BannerAct]> = {
    other_device: [t("banner.show"), { kind: "show", provider: null }],
    refused: [t("banner.oneByOne"), { kind: "show", provider: view.provider }],
    provider_down: [t("banner.show"), { kind: "show", provider: view.provider }],
    clock: [t("banner.checkAgain"), { kind: "check-clocks" }],
    offline: ["", { kind: "show", provider: null }],
    paused: [t("detail.resume"), { kind: "resume" }],
  };
  const [action, act] = actions[view.kind];
  const paused = view.kind === "paused";
  return {
    icon: icons[view.kind],
    tone: view.tone,
    lead: paused
      ? t("detail.bannerPaused", { count: view.count })
      : fromCore(view.lead).replace("{since}", since === null ? t("banner.aWhile") : tick(since, now)),
    rest: paused ? pausedRest(ms(view.until), now) : fromCore(view.rest),
    code: view.code,
    action,
    act,
  };
}

function pausedRest(until: number | null, now: number): string {
  const rest = t("detail.bannerPausedRest");
  return until === null ? rest : `${t("detail.bannerPausedUntil", { when: tick(until, now) })} ${rest}`;
}
