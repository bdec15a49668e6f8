import { describe, expect, it } from "vitest";
import { system } from "./system.svelte";

const on = (os: string) => {
  system.platform = { os, keychain: "" } as typeof system.platform;
  return (keys: string) => system.hint(keys);
};

describe("the hint of a key", () => {
  it("is written as the platform writes it, and names what is pressed there", () => {
    const mac = on("macos");
    expect(["Mod+C", "Mod+Shift+C", "Delete", "Alt+3", "F6", "Shift+F6", "Escape", "Mod+Enter"].map(mac)).toEqual([
      "⌘C", "⇧⌘C", "⌘⌫", "⌥⌘3", "F6", "⇧F6", "Esc", "⌘↵",
    ]);
    const linux = on("linux");
    expect(["Mod+C", "Mod+Shift+C", "Delete", "Alt+3", "Mod+,", "Escape"].map(linux)).toEqual([
      "Ctrl+C", "Ctrl+Shift+C", "Delete", "Alt+3", "Ctrl+,", "Esc",
    ]);
  });

  it("is told to a screen reader by the names of the keys", () => {
    on("macos");
    expect([system.spoken("Mod+Shift+C"), system.spoken("Delete")]).toEqual(["Shift+Meta+C", "Meta+Backspace"]);
    on("linux");
    expect([system.spoken("Mod+K"), system.spoken("Alt+1")]).toEqual(["Control+K", "Alt+1"]);
  });
});
