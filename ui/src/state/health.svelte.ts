// What Health found, and which of it is looked at. Everything here can be asked for again; it holds no secret.
import type { AffectedView, ErrorView, Fix, HealthFindingView, HealthView, Rule } from "../bindings";
import { entries, total, type HealthEntry } from "../health";
import * as ipc from "../ipc";
import { login } from "./login.svelte";
import { chosen } from "./settings.svelte";
import { vault } from "./vault.svelte";
import { focusPane, win } from "./window.svelte";

const CALM = 500;
/** The least time between two looks that only the number in the sidebar needs: with thousands a look takes a while. */
const SELDOM = 60_000;
const DAY = 24 * 60 * 60 * 1000;
/** Rules about a token: it is opened where the token is laid open. */
const ABOUT_THE_TOKEN: Rule[] = ["alg_none", "secret_in_payload", "signature_mismatch", "long_lifetime", "short_secret"];

class Health {
  view = $state.raw<HealthView | null>(null);
  error = $state.raw<ErrorView | null>(null);
  checking = $state(false);
  chosen = $state<string | null>(null);
  #question = 0;
  #settle: ReturnType<typeof setTimeout> | undefined;

  /** How much was found at the latest look. */
  #counted = $state<number | null>(null);
  #countedAt = 0;

  /** What the sidebar counts; nothing where there is nothing. */
  get count(): number | null {
    return this.#counted || null;
  }

  get entries(): HealthEntry[] {
    return this.view === null ? [] : entries(this.view);
  }

  /** The entry that is looked at: the chosen one, or the first. */
  get entry(): HealthEntry | null {
    return this.entries.find((one) => one.key === this.chosen) ?? this.entries[0] ?? null;
  }

  get finding(): HealthFindingView | null {
    const entry = this.entry;
    if (entry?.kind !== "finding") return null;
    return this.view?.findings.find((one) => one.rule === entry.rule) ?? null;
  }

  /** The setting that a rule is judged by. */
  limit(rule: Rule): number | null {
    const settings = chosen.all;
    switch (rule) {
      case "old_key":
        return settings?.key_age_days ?? 180;
      case "long_lifetime":
        return settings?.token_hours ?? 24;
      case "ends_soon":
        return settings?.attention_days ?? 7;
      case "short_secret":
        return settings?.secret_bytes ?? 32;
      case "unused":
        return settings?.unused_days ?? 90;
      default:
        return null;
    }
  }

  /** Asks after every change that is over, and once a day. */
  async follow(): Promise<() => void> {
    const later = () => {
      clearTimeout(this.#settle);
      this.#settle = setTimeout(() => void this.ask(), CALM);
    };
    const daily = setInterval(later, DAY);
    const stops = await Promise.all([ipc.onVaultChanged(later), ipc.onSettingsChanged(later)]);
    return () => {
      clearInterval(daily);
      clearTimeout(this.#settle);
      for (const stop of stops) stop();
    };
  }

  /** Asks for all that Health shows; what looks in passing from elsewhere asks for the number alone, and seldom. */
  async ask() {
    if (win.view === "health") return this.#take(() => ipc.health());
    const wait = this.#countedAt + SELDOM - Date.now();
    if (wait > 0) {
      clearTimeout(this.#settle);
      this.#settle = setTimeout(() => void this.ask(), wait);
      return;
    }
    const number = ++this.#question;
    const counted = await ipc.healthCount().catch(() => null);
    if (number !== this.#question || counted === null) return;
    this.#countedAt = Date.now();
    this.#counted = counted;
  }

  /** As a person asks: with a word about it. */
  async check(done: string) {
    if (this.checking) return;
    this.checking = true;
    await this.#take(() => ipc.health());
    this.checking = false;
    if (this.error === null) win.say(done);
  }

  async #take(question: () => Promise<HealthView>) {
    const number = ++this.#question;
    try {
      const view = await question();
      if (number !== this.#question) return;
      this.#show(view);
    } catch (thrown) {
      if (number === this.#question) this.error = ipc.asError(thrown);
    }
  }

  /** Takes what a command answered. */
  take(view: HealthView) {
    this.#question++;
    this.#show(view);
  }

  #show(view: HealthView) {
    this.view = view;
    this.#counted = total(view);
    this.error = null;
  }

  /** Drops everything: the window is locked. */
  forget() {
    this.#question++;
    clearTimeout(this.#settle);
    this.view = this.error = this.chosen = this.#counted = null;
    this.#countedAt = 0;
  }

  async takeBack(rule: Rule, ids: string[]) {
    this.take(await ipc.takeBackRisk(rule, ids));
  }

  /** Does what is offered for a credential. */
  async fix(rule: Rule, fix: Fix, one: AffectedView) {
    switch (fix) {
      case "open":
        return this.open(rule, one.id);
      case "set_rotate_by":
        win.sheet = { kind: "health", what: "rotate-by", rule, credentials: [one] };
        return;
      case "confirm_revoked":
        win.sheet = { kind: "health", what: "revoked", rule, credentials: [one] };
        return;
      case "sign_in":
        return login.again(one.id);
      case "refresh":
        await ipc.refresh(one.id);
        return this.ask();
      case "rotate":
        win.sheet = { kind: "rotate", credential: await ipc.credential(one.id) };
        return;
      case "delete":
        win.sheet = { kind: "delete", credential: await ipc.credential(one.id) };
    }
  }

  async open(rule: Rule, id: string) {
    win.view = "credentials";
    if (win.single) win.pane = "detail";
    await vault.open(id);
    await vault.opening;
    win.tab = ABOUT_THE_TOKEN.includes(rule) && vault.detail?.kind !== "api_key" ? "token" : "overview";
    setTimeout(() => focusPane(win.single ? "detail" : "list"));
  }
}

export const health = new Health();
