/* eslint-disable svelte/prefer-svelte-reactivity -- sets and maps are replaced as a whole, never changed in place */
// Several selected credentials: which, and what they are together. Values are never here.
import type { ErrorView, SeveralView } from "../bindings";
import * as ipc from "../ipc";

export class Several {
  ids = $state.raw<ReadonlySet<string>>(new Set());
  /** The place that a range starts from. */
  anchor = $state(0);
  view = $state.raw<SeveralView | null>(null);
  error = $state.raw<ErrorView | null>(null);
  #viewOf = $state.raw<ReadonlySet<string> | null>(null);
  #question = 0;

  /** Whether several are selected; one alone is an ordinary selection. */
  get on(): boolean {
    return this.ids.size > 1;
  }

  /** What exactly the present selection is; null until that is known. Nothing is decided by an older answer. */
  get current(): SeveralView | null {
    return this.#viewOf === this.ids ? this.view : null;
  }

  start(ids: string[], anchor: number) {
    this.anchor = anchor;
    this.#set(new Set(ids));
  }

  toggle(id: string, at: number) {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.anchor = at;
    this.#set(ids);
  }

  leave() {
    if (this.ids.size > 0) this.#set(new Set());
  }

  #set(ids: ReadonlySet<string>) {
    this.ids = ids;
    this.error = null;
    if (this.on) void this.look();
    else this.view = null;
  }

  /** Asks what they are together. */
  async look() {
    const question = ++this.#question;
    const ids = this.ids;
    try {
      const view = await ipc.several([...ids]);
      if (question !== this.#question || !this.on) return;
      this.view = view;
      this.#viewOf = ids;
    } catch (thrown) {
      if (question === this.#question) this.error = ipc.asError(thrown);
    }
  }
}
