// A value that the person asked to see. It lives in one component and is dropped after its time, when the window
// is hidden, when another credential is opened, and when the component goes away.
import type { ErrorView } from "../bindings";
import * as ipc from "../ipc";
import { time } from "./time.svelte";
import { win } from "./window.svelte";
import { t } from "../language/index.svelte";

export class Reveal {
  value = $state.raw<string | null>(null);
  error = $state.raw<ErrorView | null>(null);
  busy = $state(false);
  #until = $state(0);
  #seconds = $state(0);
  #question = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Seconds for which the value stays. */
  get left(): number {
    // The shared timer may be up to a second behind.
    return Math.max(0, Math.min(this.#seconds, Math.ceil((this.#until - time.now) / 1000)));
  }

  async show(id: string) {
    const question = ++this.#question;
    this.busy = true;
    this.error = null;
    try {
      const shown = await ipc.reveal(id);
      if (question !== this.#question) return;
      this.value = shown.value;
      this.#seconds = shown.for_seconds;
      this.#until = Date.now() + shown.for_seconds * 1000;
      this.#timer = setTimeout(() => this.drop(), shown.for_seconds * 1000);
      win.say(t("words.revealedFor", { count: shown.for_seconds }));
    } catch (thrown) {
      if (question === this.#question) this.error = ipc.asError(thrown);
    } finally {
      if (question === this.#question) this.busy = false;
    }
  }

  drop() {
    this.#question++;
    clearTimeout(this.#timer);
    this.busy = false;
    this.value = null;
  }

  toggle(id: string) {
    if (this.value !== null || this.busy) this.drop();
    else void this.show(id);
  }
}

/** Makes a reveal for the credential that `id` names; call it while a component is set up. */
export function useReveal(id: () => string): Reveal {
  const reveal = new Reveal();
  // The detail is read anew after each change (revealing is one itself): only another id is another credential.
  const current = $derived(id());
  $effect(() => {
    void current;
    const hide = () => document.hidden && reveal.drop();
    document.addEventListener("visibilitychange", hide);
    return () => {
      document.removeEventListener("visibilitychange", hide);
      reveal.drop();
      reveal.error = null;
    };
  });
  $effect(() => {
    if (!win.holding) return;
    void reveal.show(current);
    return () => reveal.drop();
  });
  return reveal;
}
