// What the person chose, as the vault keeps it; and what follows from it for the page: theme and language.
import type { Settings } from "../bindings";
import * as ipc from "../ipc";
import { setLanguage } from "../language/index.svelte";
import { vault } from "./vault.svelte";

const THEME = "fobwatch.theme";

function paint(theme: string) {
  document.documentElement.dataset["theme"] = theme;
  localStorage.setItem(THEME, theme);
}

/** Colours the first frame as the window was last, before the vault can be asked. */
export function paintRemembered() {
  paint(localStorage.getItem(THEME) ?? "system");
}

class Chosen {
  all = $state.raw<Settings | null>(null);

  /** Asks once; changes come as events. */
  async ask() {
    this.take(await ipc.settings());
  }

  take(settings: Settings) {
    const before = this.all;
    this.all = settings;
    paint(settings.theme);
    if (before?.order !== settings.order) vault.begin(settings.order);
    if (before?.language !== settings.language) void setLanguage(settings.language);
  }

  /** Changes what is named, at once; throws what a person can read when it was refused. */
  async change(change: Partial<Settings>, passphrase: string | null = null) {
    this.take(await ipc.changeSettings(change, passphrase));
  }
}

export const chosen = new Chosen();
