// The person wants to close the window or quit. What would be lost is asked about once.
import * as ipc from "../ipc";
import { somethingTyped } from "./unsaved";
import { win } from "./window.svelte";

class Leaving {
  asked = $state.raw<{ quits: boolean; lost: boolean; typed: boolean } | null>(null);

  /** Answers at once; the person's own answer comes later. */
  hear({ wish, lost }: ipc.Leaving) {
    const typed = somethingTyped();
    const holds = typed || lost > 0;
    this.asked = holds ? { quits: wish === "quit", lost: lost > 0, typed } : null;
    void ipc.mayLeave(holds).catch(() => undefined);
  }

  stay() {
    this.asked = null;
  }

  go() {
    const quits = this.asked?.quits ?? false;
    this.asked = null;
    // Where the page outlives its window, what was typed does not.
    win.closeSheet();
    void ipc.leave(quits).catch((thrown) => win.fail(ipc.asError(thrown)));
  }
}

export const leaving = new Leaving();
