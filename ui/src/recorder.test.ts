import { describe, expect, it } from "vitest";
import { recorded, type Pressed } from "./recorder";

const pressed = (keys: Partial<Pressed>): Pressed => ({ code: "", key: "", ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...keys });

describe("keys that are recorded", () => {
  it("are written in one order, whatever they would type", () => {
    expect(recorded(pressed({ key: "k", code: "KeyK", ctrlKey: true, altKey: true }))).toBe("Ctrl+Alt+K");
    expect(recorded(pressed({ key: "˚", code: "KeyK", altKey: true, metaKey: true, shiftKey: true }))).toBe("Alt+Shift+Super+K");
    expect(recorded(pressed({ key: "!", code: "Digit1", ctrlKey: true, shiftKey: true }))).toBe("Ctrl+Shift+1");
    expect(recorded(pressed({ key: " ", code: "Space", metaKey: true }))).toBe("Super+Space");
    expect(recorded(pressed({ key: "F9", code: "F9" }))).toBe("F9");
    // On another layout the letter on the key counts, not its place.
    expect(recorded(pressed({ key: "z", code: "KeyY", ctrlKey: true }))).toBe("Ctrl+Z");
  });

  it("are none while something is missing", () => {
    for (const keys of [{ key: "k", code: "KeyK" }, { key: "K", code: "KeyK", shiftKey: true }, { key: "Control", code: "ControlLeft", ctrlKey: true }, { key: "é", code: "", ctrlKey: true }]) {
      expect(recorded(pressed(keys))).toBeNull();
    }
  });
});
