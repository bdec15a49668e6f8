// What the window itself shows: sheets, toast, panes, tabs, and what a screen reader is told.
import type { CredentialView, ErrorView, Environment } from "../bindings";

/** A secret on its way from a paste to the form that stores it. Dropped when the sheet closes. */
export type Pasted = {
  words: string;
  provider: string | null;
  environment: Environment | null;
  value: string;
  /** It is a JWT, which can be looked into without being stored. */
  jwt?: boolean;
  /** It was made on the workbench and is not here: this is its length. */
  made?: number;
};

export type Sheet =
  | { kind: "add"; start: "choose" | "key"; pasted: Pasted | null; provider: string | null; issuer: string | null }
  | { kind: "sign-in" }
  | { kind: "rotate"; credential: CredentialView }
  | { kind: "revoke"; credential: CredentialView }
  | { kind: "narrower"; credential: CredentialView }
  | { kind: "take-over"; credential: CredentialView }
  | { kind: "delete"; credential: CredentialView };

export type Toast =
  | { kind: "deleted"; id: string; name: string; seconds: number }
  | { kind: "done"; text: string }
  | { kind: "error"; error: ErrorView };

/** The tabs of the detail, in their order. */
export const tabs = ["overview", "token", "history"] as const;
export type Tab = (typeof tabs)[number];
/** The panes that a narrow window shows one at a time. */
export type Pane = "nav" | "list" | "detail";

/** What the window shows beside the sidebar; the number is its key. */
export const views = ["credentials", "attention", "expiries", "health", "activity", "workbench", "settings"] as const;
export type View = (typeof views)[number];

class WindowState {
  /** `attention` is the list as well, of what needs it. */
  view = $state<View>("credentials");
  sheet = $state.raw<Sheet | null>(null);
  toast = $state.raw<Toast | null>(null);
  tab = $state<Tab>("overview");
  pane = $state<Pane>("list");
  copyMenuOpen = $state(false);
  /** Space is held in the list: show the value as long as it is. */
  holding = $state(false);
  /** The inner width of the window, in CSS pixels: zoom makes it smaller. */
  width = $state(1240);
  polite = $state("");
  assertive = $state("");

  /** Three panes, a rail in place of the sidebar, or one pane at a time. */
  get mode(): "wide" | "rail" | "single" {
    if (this.width >= 1040) return "wide";
    return this.width >= 700 ? "rail" : "single";
  }

  get single(): boolean {
    return this.mode === "single";
  }

  /** Whether list and detail are shown, rather than a view of its own. */
  get listed(): boolean {
    return this.view === "credentials" || this.view === "attention";
  }

  openAdd(from: Partial<Extract<Sheet, { kind: "add" }>> = {}) {
    this.sheet = { kind: "add", start: "choose", pasted: null, provider: null, issuer: null, ...from };
  }

  closeSheet() {
    this.sheet = null;
  }

  /** Tells a screen reader something that the eye has seen. */
  say(text: string) {
    // The same words twice must be a change, or they are said once only.
    this.polite = this.polite === text ? `${text}\u00a0` : text;
  }

  /** Shows that something happened elsewhere. */
  tell(text: string) {
    this.toast = { kind: "done", text };
    this.say(text);
  }

  fail(error: ErrorView) {
    this.toast = { kind: "error", error };
  }
}

export const win = new WindowState();

/** Moves the keyboard to a pane. */
export function focusPane(pane: Pane) {
  const target = document.querySelector<HTMLElement>(`[data-pane="${pane}"] [data-pane-focus]`);
  target?.focus();
}
