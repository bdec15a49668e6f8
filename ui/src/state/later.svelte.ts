// The parts of the window that its first picture does without: loaded right after it, and then there for good.
import type { Component } from "svelte";

class Later {
  detail = $state.raw<Component | null>(null);
  sheets = $state.raw<Component | null>(null);

  /** Settles when everything is there. Asking again costs nothing. */
  async load(): Promise<void> {
    const [detail, sheets] = await Promise.all([import("../screens/Detail.svelte"), import("../screens/Sheets.svelte")]);
    this.detail = detail.default;
    this.sheets = sheets.default;
  }
}

export const later = new Later();
