import { describe, expect, it } from "vitest";
import { commands, shortcuts, table } from "./command_table";
import { commandFor, type Key } from "./keymap";

/** What someone who reads these keys presses. */
function pressed(written: string, mac: boolean): Key {
  const parts = written.split("+");
  const last = parts.at(-1) ?? "";
  const [deletes, view] = [mac && last === "Delete", mac && parts.includes("Alt")];
  return {
    key: deletes ? "Backspace" : last.length === 1 ? last.toLowerCase() : last,
    ctrlKey: !mac && parts.includes("Mod"),
    metaKey: mac && (deletes || view || parts.includes("Mod")),
    shiftKey: parts.includes("Shift"),
    altKey: parts.includes("Alt"),
  };
}

describe("the table of the commands", () => {
  it.each([false, true])("has for every command the keys that mean it (on a Mac: %s)", (mac) => {
    for (const command of commands) expect(commandFor(pressed(table[command].keys, mac), mac, false, false), command).toBe(command);
  });

  it("has every command that a key can mean", () => {
    const names = [..."abcdefghijklmnopqrstuvwxyz0123456789,.-[]", "Delete", "Escape", "F6", "Enter", " ", "ArrowUp"];
    const ways = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({ ctrlKey: (bits & 1) > 0, shiftKey: (bits & 2) > 0, altKey: (bits & 4) > 0, metaKey: false }));
    const meant = names.flatMap((key) => ways.map((way) => commandFor({ key, ...way }, false, false, false)));
    for (const command of new Set(meant)) if (command !== null) expect(commands).toContain(command);
    expect(new Set(meant.filter((one) => one !== null)).size).toBe(commands.length);
  });

  it("gives the settings one line for the six views, and one for the formats", () => {
    const lines = shortcuts();
    expect(lines.filter((line) => line.keys.startsWith("Alt+"))).toEqual([{ label: "commands.views", keys: "Alt+1" }]);
    expect(lines.filter((line) => line.label === "commands.formats")).toEqual([{ label: "commands.formats", keys: "Mod+1" }]);
  });
});
