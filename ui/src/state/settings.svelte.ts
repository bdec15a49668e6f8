// What the person chose, as the vault keeps it; and what follows from it for the page: theme and language.
import type { Settings } from "../bindings";
import * as ipc from "../ipc";
import { setLanguage } from "../language/index.svelte";

class Chosen {
  all = $state.raw<Settings | null>(null);

  /** Asks once; changes come as events. */
  async ask() {
    this.take(await ipc.settings());
  }

  take(settings: Settings) {
    const before = this.all;
    this.all = settings;
    document.documentElement.dataset["theme"] = settings.theme;
    if (before?.language !== settings.language) void setLanguage(settings.language);
  }

  /** Changes what is named, at once; throws what a person can read when it was refused. */
  async change(change: Partial<Settings>) {
    this.take(await ipc.changeSettings(change));
  }
}

export const chosen = new Chosen();
