// Every command of the window: what it is called, its keys, and where it stands among the commands (Ctrl+K). The settings
// list the keys from here and the palette takes its words from here, so that no name is written twice.
import type { Command } from "./keymap";
import type { Key } from "./language/index.svelte";

/** Whom a command concerns: the selected credential, the way through the window, the vault. In the order of the palette. */
export const places = ["credential", "go", "vault"] as const;
export type Place = (typeof places)[number];

type Row = {
  name: Key;
  /** As `system.hint` reads them. */
  keys: string;
  place: Place;
  /** The words of the one line that stands for all of its kind in the settings. */
  together?: Key;
  /** Whether it makes sense while nothing is stored. */
  unstored?: true;
};

const format = (place: number): Row => ({
  name: "copy.as",
  keys: `Mod+${place}`,
  place: "credential",
  together: "commands.formats",
});
const view = (place: number, name: Key): Row => ({ name, keys: `Alt+${place}`, place: "go", together: "commands.views" });

export const table: Record<Command, Row> = {
  copy: { name: "common.copy", keys: "Mod+C", place: "credential" },
  "copy-menu": { name: "copy.asMore", keys: "Mod+Shift+C", place: "credential" },
  "copy-1": format(1),
  "copy-2": format(2),
  "copy-3": format(3),
  "copy-4": format(4),
  "copy-5": format(5),
  "copy-6": format(6),
  "copy-7": format(7),
  "copy-8": format(8),
  "copy-9": format(9),
  refresh: { name: "credential.refreshNow", keys: "Mod+R", place: "credential" },
  "sign-in": { name: "credential.signInAgain", keys: "Mod+I", place: "credential" },
  "next-tab": { name: "commands.nextTab", keys: "]", place: "credential" },
  "previous-tab": { name: "commands.previousTab", keys: "[", place: "credential" },
  delete: { name: "credential.delete", keys: "Delete", place: "credential" },
  search: { name: "list.search", keys: "Mod+F", place: "vault" },
  commands: { name: "commands.title", keys: "Mod+K", place: "vault", unstored: true },
  add: { name: "list.add", keys: "Mod+N", place: "vault", unstored: true },
  undo: { name: "commands.undo", keys: "Mod+Z", place: "vault", unstored: true },
  "view-1": view(1, "shell.all"),
  "view-2": view(2, "shell.attention"),
  "view-3": view(3, "expiries.title"),
  "view-4": view(4, "health.title"),
  "view-5": view(5, "activity.title"),
  "view-6": { ...view(6, "workbench.title"), unstored: true },
  settings: { name: "settings.title", keys: "Mod+,", place: "go", unstored: true },
  "next-pane": { name: "commands.nextPane", keys: "F6", place: "go" },
  "previous-pane": { name: "commands.previousPane", keys: "Shift+F6", place: "go" },
  back: { name: "commands.back", keys: "Escape", place: "go" },
  lock: { name: "shell.lockNow", keys: "Mod+Shift+L", place: "vault", unstored: true },
  quit: { name: "commands.quit", keys: "Mod+Q", place: "vault", unstored: true },
};

export const commands = Object.keys(table) as Command[];

/** The keys that copy in the format at this place; only nine have some. */
export function formatKeys(place: number): string {
  return commands.includes(`copy-${place + 1}` as Command) ? `Mod+${place + 1}` : "";
}

/** The keys of the window for the settings: each line once, with the first keys of those that share it. */
export function shortcuts(): { label: Key; keys: string }[] {
  const lines = commands.map((command) => ({ label: table[command].together ?? table[command].name, keys: table[command].keys }));
  return lines.filter((line, at) => lines.findIndex((other) => other.label === line.label) === at);
}
