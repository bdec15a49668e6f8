import { describe, expect, it } from "vitest";
import { commandFor, type Key } from "../../keymap";
import { found, keys, sections } from "./sections";

function key(written: string): Key {
  const parts = written.split("+");
  const name = parts.at(-1) ?? "";
  return {
    key: name.length === 1 ? name.toLowerCase() : name,
    ctrlKey: parts.includes("Mod"),
    metaKey: false,
    shiftKey: parts.includes("Shift"),
    altKey: parts.includes("Alt"),
  };
}

describe("the settings", () => {
  it("list only keys that do something, each another thing", () => {
    const commands = keys.map(([, written]) => commandFor(key(written), false, false, false));
    expect(commands).not.toContain(null);
    expect(new Set(commands).size).toBe(keys.length);
  });

  it("show each setting once", () => {
    const shown = sections.flatMap((one) => one.groups.flatMap((group) => group.rows.flatMap((row) => (row.kind === "setting" ? [row.key] : []))));
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown.length).toBe(14);
  });

  it("are found by their words, whatever the case", () => {
    const names = (query: string) => sections.flatMap((one) => found(one, query)?.groups.flatMap((group) => group.rows.map((row) => row.label)) ?? []);
    expect(names("LOCK AFTER")).toEqual(["settings.lockAfter"]);
    expect(names("rfc 7518")).toEqual(["settings.secretBytes"]);
    expect(names("nothing like this")).toEqual([]);
  });
});
