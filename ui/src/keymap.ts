// Which key means which command (DESIGN 6.1). Pure: it looks at a key and says a name; App does it.

export type Command =
  | "copy"
  | "copy-menu"
  | `copy-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | "refresh"
  | "sign-in"
  | "search"
  | "commands"
  | "add"
  | "delete"
  | "undo"
  | "previous-tab"
  | "next-tab"
  | "next-pane"
  | "previous-pane"
  | "back"
  | "settings"
  | "lock"
  | `view-${1 | 2 | 3 | 4 | 5 | 6}`
  | "quit";

/** The part of a keyboard event that decides. */
export type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

const withMod: Record<string, Command> = {
  c: "copy",
  r: "refresh",
  i: "sign-in",
  f: "search",
  k: "commands",
  n: "add",
  z: "undo",
  q: "quit",
  ",": "settings",
  backspace: "delete",
};

/** Says what a key means. `typing`: the focus is in a field. `selection`: some text is selected. */
export function commandFor(key: Key, mac: boolean, typing: boolean, selection: boolean): Command | null {
  const view = /^[1-6]$/.exec(key.key)?.[0];
  if (key.altKey && view !== undefined && !key.shiftKey && key.metaKey === mac && !key.ctrlKey) {
    return `view-${view}` as Command;
  }
  if (key.altKey) return null;
  if (key.key === "F6") return key.shiftKey ? "previous-pane" : "next-pane";
  const mod = mac ? key.metaKey : key.ctrlKey;
  const name = key.key.toLowerCase();
  if (mod && key.shiftKey) return name === "c" ? "copy-menu" : name === "l" ? "lock" : null;
  if (mod) {
    const place = /^[1-9]$/.exec(name)?.[0];
    if (place !== undefined) return `copy-${place}` as Command;
    const command = withMod[name] ?? null;
    if (command === "delete" && (!mac || typing)) return null;
    if (command === "undo" && typing) return null;
    if (command === "copy" && (typing || selection)) return null;
    return command;
  }
  if (key.ctrlKey || key.metaKey || typing) return null;
  if (key.key === "Delete") return "delete";
  if (key.key === "Escape") return "back";
  if (key.key === "[") return "previous-tab";
  if (key.key === "]") return "next-tab";
  return null;
}
