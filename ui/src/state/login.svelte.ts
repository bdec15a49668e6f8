// The sign-in that the sheet shows. A client secret goes to the core and is not kept here.
import type { LoginInput, LoginView } from "../bindings";
import * as ipc from "../ipc";
import { vault } from "./vault.svelte";
import { win } from "./window.svelte";
import { fromCore } from "../language/core.svelte";
import { t } from "../language/index.svelte";

/** How the sign-in began: what "Try again" repeats. */
type Origin = { kind: "new"; input: LoginInput; device: boolean; hadSecret: boolean } | { kind: "again"; id: string };

class Login {
  view = $state.raw<LoginView | null>(null);
  origin = $state.raw<Origin | null>(null);
  /** Sign-ins that were put away: what they still say is for nobody. */
  #left = new Set<string>();

  /** Whether trying again needs nothing more from the person. */
  get repeatable(): boolean {
    return this.origin !== null && (this.origin.kind === "again" || !this.origin.hadSecret);
  }

  async start(input: LoginInput, device: boolean) {
    const view = await ipc.startLogin(input, device);
    this.origin = { kind: "new", input: { ...input, client_secret: null }, device, hadSecret: input.client_secret !== null };
    this.#show(view);
  }

  /** Whether the person can take endpoints that moved, which ended the sign-in. */
  get moved(): boolean {
    return this.origin?.kind === "again" && this.view?.error?.code === "endpoints_changed";
  }

  async again(id: string, acceptNewEndpoints = false) {
    const view = await ipc.signInAgain(id, acceptNewEndpoints);
    this.origin = { kind: "again", id };
    this.#show(view);
  }

  async repeat(prompt: string | null) {
    const origin = this.origin;
    if (origin?.kind === "again") await this.again(origin.id);
    else if (origin?.kind === "new") {
      await this.start({ ...origin.input, prompt: prompt ?? origin.input.prompt }, origin.device);
    }
  }

  /** Signs in at the endpoints that moved. What is confirmed holds for this one time. */
  async goThere() {
    if (this.origin?.kind === "again") await this.again(this.origin.id, true);
  }

  #show(view: LoginView) {
    // An event may have overtaken the answer of the command.
    if (this.view?.id !== view.id) this.view = view;
    win.sheet = { kind: "sign-in" };
  }

  changed(view: LoginView) {
    if (this.#left.has(view.id)) return;
    if (this.view !== null && this.view.id !== view.id && win.sheet?.kind === "sign-in") return;
    if (view.device !== null && this.view?.device == null) {
      win.say(t("signIn.enterCode", { code: view.device.user_code, host: view.device.host }));
    }
    this.view = view;
    if (view.step === "failed") win.assertive = t("signIn.failedSaying", { message: fromCore(view.error?.message ?? "") });
    if (view.step === "done" && view.credential !== null) {
      win.say(t("signIn.done"));
      void vault.open(view.credential.id);
    }
  }

  /** Drops what was shown of a sign-in; one under way goes on in the backend. */
  forget() {
    if (this.view !== null) this.#left.add(this.view.id);
    this.view = null;
    this.origin = null;
  }

  /** Closes the sheet; a sign-in under way ends with it, and its listener with that. */
  async leave() {
    const view = this.view;
    this.view = null;
    this.origin = null;
    win.closeSheet();
    if (view !== null) this.#left.add(view.id);
    if (view !== null && view.step !== "done" && view.step !== "failed") {
      await ipc.cancelLogin(view.id).catch((thrown) => win.fail(ipc.asError(thrown)));
    }
  }
}

export const login = new Login();
