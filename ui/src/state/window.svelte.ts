// What the window itself shows: sheets, toast, panes, tabs, and what a screen reader is told.
import type { AffectedView, CredentialView, ErrorView, Environment, Kind, Rule, Settings } from "../bindings";

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

/** A credential whose form is to be filled in for another environment. */
export type Like = { credential: CredentialView; environment: Environment };

/** What commands about the selection mean: one credential, or several. */
export type Subject = { kind: "one"; view: CredentialView } | { kind: "several"; ids: ReadonlySet<string> };

export type Sheet =
  /** `subject` is what was selected when it opened; a promise while the selection is still on its way. */
  | { kind: "commands"; subject: Subject | null | Promise<Subject | null> }
  | { kind: "add"; start: "choose" | "key"; pasted: Pasted | null; provider: string | null; issuer: string | null; like: Like | null }
  | { kind: "sign-in" }
  | { kind: "rotate"; credential: CredentialView }
  | { kind: "rotate-by"; credential: CredentialView }
  | { kind: "revoke"; credential: CredentialView }
  | { kind: "narrower"; credential: CredentialView }
  | { kind: "take-over"; credential: CredentialView }
  | { kind: "delete"; credential: CredentialView }
  | { kind: "passphrase"; purpose: "set" | "change" | "remove" }
  /** What loosens security is asked about before it is done. */
  | { kind: "passphrase"; purpose: "confirm"; change: Partial<Settings> }
  | { kind: "several-delete" }
  /** `others`: how many of the selection it is not about. */
  | { kind: "several-rotate"; ids: string[]; others: number }
  | { kind: "health"; what: "accept" | "rotate-by" | "revoked"; rule: Rule; credentials: AffectedView[] };

export type Toast =
  | { kind: "deleted"; id: string; ids?: string[]; name: string; seconds: number; error?: ErrorView }
  | { kind: "done"; text: string }
  | { kind: "error"; error: ErrorView };

export type Tab = "overview" | "token" | "access" | "history" | "setup";

/** The tabs of a credential, in their order: a key has no token, and of a pasted one the token is what matters. */
export function tabsOf(kind: Kind): Tab[] {
  if (kind === "api_key") return ["overview", "access", "history", "setup"];
  if (kind === "jwt") return ["token", "overview", "access", "history", "setup"];
  return ["overview", "token", "access", "history", "setup"];
}

/** The tab that is open: the wanted one, or the first where there is no such tab. */
export function openTab(kind: Kind, wanted: Tab | null): Tab {
  const tabs = tabsOf(kind);
  return tabs.find((tab) => tab === wanted) ?? tabs[0] ?? "overview";
}
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
  /** The tab that was chosen last; none shows each credential's first. */
  tab = $state<Tab | null>(null);
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
    this.sheet = { kind: "add", start: "choose", pasted: null, provider: null, issuer: null, like: null, ...from };
  }

  /** Drops all that stands over the panes and what a screen reader was told: the window is locked. */
  forget() {
    this.sheet = null;
    this.toast = null;
    this.copyMenuOpen = false;
    this.holding = false;
    this.polite = "";
    this.assertive = "";
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

  /** Undo did not work: the core keeps the value for another try, so the button stays. Too late is the end. */
  undoFailed(toast: Extract<Toast, { kind: "deleted" }>, error: ErrorView) {
    if (error.code === "not_found") return this.fail(error);
    this.toast = { ...toast, error };
    this.assertive = error.message;
  }
}

export const win = new WindowState();

/** Moves the keyboard to a pane. */
export function focusPane(pane: Pane) {
  const target = document.querySelector<HTMLElement>(`[data-pane="${pane}"] [data-pane-focus]`);
  target?.focus();
}

/** Puts the keyboard into a pane that opened by itself, unless somebody is elsewhere with it already. */
export function offerPane(pane: Pane) {
  if ((document.activeElement ?? document.body) === document.body) focusPane(pane);
}
