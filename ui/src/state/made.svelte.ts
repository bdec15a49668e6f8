// A value that was made on the workbench: shown once, copied without being shown.
import type { ErrorView, MadeWhat } from "../bindings";
import * as ipc from "../ipc";
import { t } from "../language/index.svelte";
import { system } from "./system.svelte";
import { time } from "./time.svelte";
import { win } from "./window.svelte";

export class Made {
  value = $state.raw<string | null>(null);
  /** It was shown: a second time there is none. */
  shown = $state(false);
  copied = $state(false);
  error = $state.raw<ErrorView | null>(null);
  #until = $state(0);
  #seconds = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #question = 0;

  constructor(readonly what: MadeWhat) {}

  get left(): number {
    // The shared timer may be up to a second behind.
    return Math.max(0, Math.min(this.#seconds, Math.ceil((this.#until - time.now) / 1000)));
  }

  async reveal() {
    if (this.shown) return;
    this.error = null;
    this.shown = true;
    const question = ++this.#question;
    try {
      const revealed = await ipc.revealMade(this.what);
      // Dropped meanwhile: the window is hidden or locked, or its tool was left.
      if (question !== this.#question) return;
      this.value = revealed.value;
      this.#seconds = revealed.for_seconds;
      this.#until = Date.now() + revealed.for_seconds * 1000;
      this.#timer = setTimeout(() => this.drop(), revealed.for_seconds * 1000);
    } catch (thrown) {
      this.error = ipc.asError(thrown);
    }
  }

  /** Takes the value out of the window. */
  drop() {
    this.#question++;
    clearTimeout(this.#timer);
    this.value = null;
  }

  /** Begins anew, with another value of the same kind. */
  renew() {
    this.drop();
    this.shown = this.copied = false;
    this.error = null;
  }

  async copy() {
    this.error = null;
    try {
      system.clipboard = await ipc.copyMade(this.what);
      this.copied = true;
      win.say(t("workbench.copied"));
      setTimeout(() => (this.copied = false), 1200);
    } catch (thrown) {
      this.error = ipc.asError(thrown);
    }
  }
}

/** Makes the state of a made value; it goes away with the component and while the window is hidden. */
export function useMade(what: MadeWhat): Made {
  const made = new Made(what);
  $effect(() => {
    const hide = () => document.hidden && made.drop();
    document.addEventListener("visibilitychange", hide);
    return () => {
      document.removeEventListener("visibilitychange", hide);
      made.drop();
    };
  });
  return made;
}
