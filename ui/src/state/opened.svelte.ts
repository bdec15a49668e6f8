// The credential that is open in the detail pane. Answers may arrive out of order: only the latest counts.
import type { CredentialView, ErrorView } from "../bindings";
import * as ipc from "../ipc";
import { Pause } from "./pause";

export class Opened {
  view = $state.raw<CredentialView | null>(null);
  error = $state.raw<ErrorView | null>(null);
  /** Grows with every answer, so that what depends on a credential's value asks again. */
  revision = $state(0);
  /** Settles when what was asked for last is open (or could not be opened). */
  opening: Promise<void> = Promise.resolve();
  /** Who types looks at the list, and the pane beside it takes longer to draw than the rows. */
  typing = new Pause();
  #question = 0;

  /** Opens a credential, once what is to be seen before has been painted. */
  open(id: string, painted: Promise<void>): Promise<void> {
    this.opening = this.#open(id, painted);
    return this.opening;
  }

  async #open(id: string, painted: Promise<void>) {
    const question = ++this.#question;
    try {
      const view = await ipc.credential(id);
      await painted;
      await this.typing.over();
      if (question === this.#question) this.#show(view);
    } catch (thrown) {
      if (question !== this.#question) return;
      this.error = ipc.asError(thrown);
      if (this.view?.id !== id) this.view = null;
    }
  }

  /** Takes what a command returned, before any answer that is under way. */
  take(view: CredentialView) {
    this.#question++;
    this.#show(view);
  }

  #show(view: CredentialView) {
    this.view = view;
    this.revision++;
  }

  /** Shows none; answers under way come too late. */
  close() {
    this.#question++;
    this.view = null;
  }
}
