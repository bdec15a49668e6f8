// Asks an issuer about itself while its address is typed: 400 ms after the last key, and only the last answer counts.
import type { DiscoveryView, ErrorView } from "../bindings";
import * as ipc from "../ipc";
import { t } from "../language/index.svelte";
import { completeIssuer, issuerProblem } from "../paste";
import { win } from "./window.svelte";

const QUIET = 400;

export type DiscoveryState =
  | { kind: "idle" }
  | { kind: "refused"; problem: string }
  | { kind: "looking"; issuer: string }
  | { kind: "found"; view: DiscoveryView }
  | { kind: "failed"; issuer: string; error: ErrorView };

export class Discovery {
  state = $state.raw<DiscoveryState>({ kind: "idle" });
  /** A test by hand succeeded a moment ago. */
  tested = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #question = 0;

  complete(typed: string): string {
    return completeIssuer(typed);
  }

  /** The address changed. */
  follow(typed: string) {
    this.stop();
    this.state = { kind: "idle" };
    if (typed.trim() === "") return;
    this.#timer = setTimeout(() => void this.#ask(this.complete(typed)), QUIET);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#question++;
  }

  /** Asks once more, now. */
  async test(typed: string) {
    this.stop();
    if (typed.trim() === "" || !(await this.#ask(this.complete(typed)))) return;
    this.tested = true;
    setTimeout(() => (this.tested = false), 1200);
  }

  async #ask(issuer: string): Promise<boolean> {
    const problem = issuerProblem(issuer);
    if (problem !== "") {
      this.state = { kind: "refused", problem };
      return false;
    }
    const question = ++this.#question;
    this.state = { kind: "looking", issuer };
    try {
      const view = await ipc.discover(issuer);
      if (question !== this.#question) return false;
      this.state = { kind: "found", view };
      win.say(t("add.foundIssuer"));
      return true;
    } catch (thrown) {
      if (question === this.#question) this.state = { kind: "failed", issuer, error: ipc.asError(thrown) };
      return false;
    }
  }
}
