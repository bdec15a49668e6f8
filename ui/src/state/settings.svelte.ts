// What the person chose, as the vault keeps it; and what follows from it for the page: theme and language.
import type { Settings } from "../bindings";
import * as ipc from "../ipc";
import { setLanguage } from "../language/index.svelte";
import { paintTheme } from "../theme";
import { vault } from "./vault.svelte";

class Chosen {
  all = $state.raw<Settings | null>(null);
  /** Settles when the changes so far are made. */
  #changing: Promise<unknown> = Promise.resolve();
  #question = 0;
  #answered = 0;

  /** Asks once; changes come as events. */
  ask(): Promise<void> {
    return this.#latest(ipc.settings);
  }

  /** Takes an answer, unless that to a later question was quicker. */
  async #latest(asks: () => Promise<Settings>) {
    const question = ++this.#question;
    const settings = await asks();
    if (question < this.#answered) return;
    this.#answered = question;
    this.take(settings);
  }

  take(settings: Settings) {
    const before = this.all;
    this.all = settings;
    paintTheme(settings.theme);
    if (before?.order !== settings.order) vault.begin(settings.order);
    if (before?.language !== settings.language) void setLanguage(settings.language);
  }

  /**
   * Changes what is named, at once; throws what a person can read when it was refused. One change after the other, so
   * that of two quick ones the last is what holds.
   */
  change(change: Partial<Settings>, passphrase: string | null = null): Promise<void> {
    const made = this.#changing.then(() => this.#latest(() => ipc.changeSettings(change, passphrase)));
    this.#changing = made.catch(() => undefined);
    return made;
  }
}

export const chosen = new Chosen();
