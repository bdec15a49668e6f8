// One thing that a form asks for: under way, done, or refused with a reason that stays until it is tried again.
import type { ErrorView } from "../bindings";
import * as ipc from "../ipc";

/** What a form shows while it waits, and afterwards. */
export class Attempt {
  busy = $state(false);
  error = $state.raw<ErrorView | null>(null);

  /** Runs the action; what it throws becomes the error. */
  async run(action: () => Promise<void>) {
    this.busy = true;
    this.error = null;
    try {
      await action();
    } catch (thrown) {
      this.error = ipc.asError(thrown);
    } finally {
      this.busy = false;
    }
  }
}
