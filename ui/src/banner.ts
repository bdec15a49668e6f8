// What the banner says and offers. Pure; at most one banner, and the keychain goes first: without it nothing works.
import type { KeychainView, NoticeKind, NoticeView } from "./bindings";
import { ms, plural, tick } from "./format";
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
  const said = view.error.message;
  const end = said.indexOf(". ") + 1;
  const overdue = view.overdue > 0 ? `${plural(view.overdue, "refresh is", "refreshes are")} overdue.` : "";
  const rest = [end === 0 ? "" : said.slice(end + 1), view.error.hint, overdue].filter((part) => part !== "").join(" ");
  return {
    // Nothing is locked where nothing runs.
    icon: view.state === "locked" ? "lock" : "alert",
    tone: view.state === "not_persistent" ? "warn" : "bad",
    lead: end === 0 ? said : said.slice(0, end),
    rest,
    code: view.error.provider_code,
    action: view.state === "locked" ? `Unlock ${keyring}…` : view.state === "not_persistent" ? "" : "Try again",
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
    other_device: ["Show them", { kind: "show", provider: null }],
    refused: ["Sign in again, one by one…", { kind: "show", provider: view.provider }],
    provider_down: ["Show them", { kind: "show", provider: view.provider }],
    clock: ["Check again", { kind: "check-clocks" }],
    offline: ["", { kind: "show", provider: null }],
    paused: [t("detail.resume"), { kind: "resume" }],
  };
  const [action, act] = actions[view.kind];
  const paused = view.kind === "paused";
  return {
    icon: icons[view.kind],
    tone: view.tone,
    lead: paused ? t("detail.bannerPaused", { count: view.count }) : view.lead.replace("{since}", since === null ? "a while" : tick(since, now)),
    rest: paused ? t("detail.bannerPausedRest") : view.rest,
    code: view.code,
    action,
    act,
  };
}
