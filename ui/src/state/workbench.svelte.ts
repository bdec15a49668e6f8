// A token on its way from a paste elsewhere to the workbench. Taken once, by the tool that decodes it.
import { show } from "./commands";
import { win } from "./window.svelte";

class Handed {
  #token = "";
  /** Changes when something was handed over, so that an open workbench notices. */
  count = $state(0);

  /** Opens the workbench with a token that is not to be stored. */
  decode(token: string) {
    this.#token = token;
    this.count++;
    win.closeSheet();
    show("workbench");
  }

  /** Takes the token out: from then on nobody else has it. */
  take(): string {
    const token = this.#token;
    this.#token = "";
    return token;
  }

  /** Drops it: the window is locked. */
  forget() {
    this.#token = "";
  }
}

export const handed = new Handed();
