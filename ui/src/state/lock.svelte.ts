// The app lock as the window sees it. The rules and the deadline are in the backend; here is when to say that somebody
// is there, and what to drop when it locks.
import type { LockView } from "../bindings";
import * as ipc from "../ipc";
import { LOCKS } from "../shell";
import { actions } from "./actions.svelte";
import { health } from "./health.svelte";
import { leaving } from "./leaving.svelte";
import { login } from "./login.svelte";
import { chosen } from "./settings.svelte";
import { system } from "./system.svelte";
import { time } from "./time.svelte";
import { users } from "./users.svelte";
import { vault } from "./vault.svelte";
import { win } from "./window.svelte";
import { handed } from "./workbench.svelte";

/** That somebody is there is told this often at most, in milliseconds. */
const APART = 5000;
const DISMISSED = "fobwatch.passphrase-later";

class Lock {
  view = $state.raw<LockView | null>(null);
  /** When the next try with a passphrase may be made. */
  waitsUntil = $state(0);
  later = $state(localStorage.getItem(DISMISSED) !== null);
  #usedAt = $state(Date.now());
  #toldAt = Date.now();

  /** How many seconds the next try has to wait. */
  get wait(): number {
    // The shared timer may be up to a second behind.
    return Math.max(0, Math.min(this.view?.wait_seconds ?? 0, Math.ceil((this.waitsUntil - time.now) / 1000)));
  }

  get locked(): boolean {
    return this.view?.locked ?? false;
  }

  get hasPassphrase(): boolean {
    return this.view !== null && this.view.passphrase_set_at !== null;
  }

  /** When the window locks if nobody uses it any more; null when it does not. */
  get locksAt(): number | null {
    const minutes = chosen.all?.lock_after_minutes ?? 0;
    return this.hasPassphrase && minutes > 0 ? this.#usedAt + minutes * 60_000 : null;
  }

  async ask() {
    this.take(await ipc.lockState());
  }

  take(view: LockView) {
    const before = this.locked;
    this.view = view;
    if (view.passphrase_set_at === null) localStorage.removeItem(LOCKS);
    else localStorage.setItem(LOCKS, "1");
    this.waitsUntil = view.wait_seconds > 0 ? Date.now() + view.wait_seconds * 1000 : 0;
    if (view.locked && !before) forget();
    if (!view.locked && before) this.#usedAt = this.#toldAt = Date.now();
  }

  /** Locks; without a passphrase, offers to set one. */
  async now() {
    if (!this.hasPassphrase) {
      win.sheet = { kind: "passphrase", purpose: "set" };
      return;
    }
    try {
      this.take(await ipc.lockNow());
    } catch (thrown) {
      win.fail(ipc.asError(thrown));
    }
  }

  /** Throws when it was refused; how long to wait is known then. */
  async unlock(passphrase: string) {
    try {
      this.take(await ipc.unlock(passphrase));
    } catch (thrown) {
      await this.ask().catch(() => undefined);
      throw thrown;
    }
  }

  /** Throws what a person can read when the system did not say yes. */
  async unlockBySystem() {
    this.take(await ipc.unlockBySystem());
  }

  /** Takes the system's question back. */
  stopAsking() {
    void ipc.stopAsking().catch(() => undefined);
  }

  /** Somebody pressed a key or moved the pointer. */
  used() {
    if (this.locksAt === null || this.locked) return;
    const now = Date.now();
    if (now - this.#toldAt < APART) return;
    this.#usedAt = this.#toldAt = now;
    // A lock that came in between is told by an event.
    void ipc.used().catch(() => undefined);
  }

  /** Keeps the suggestion to set a passphrase away. */
  notNow() {
    this.later = true;
    localStorage.setItem(DISMISSED, "1");
  }
}

/** Drops everything of the vault. The page has none of it from here on. */
function forget() {
  win.forget();
  leaving.stay();
  vault.forget();
  login.forget();
  handed.forget();
  health.forget();
  users.ask(null);
  system.clipboard = null;
  system.notice = null;
  actions.copying = null;
  actions.copiedText = null;
}

export const lock = new Lock();
