import { describe, expect, it } from "vitest";
import { commandFor, type Key } from "./keymap";

const key = (name: string, change: Partial<Key> = {}): Key => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...change,
});
const ctrl = (name: string, change: Partial<Key> = {}) => key(name, { ctrlKey: true, ...change });

describe("the keyboard", () => {
  it("copies_the_credential_unless_text_is_selected_or_typed", () => {
    expect(commandFor(ctrl("c"), false, false, false)).toBe("copy");
    expect(commandFor(ctrl("c"), false, false, true)).toBeNull();
    expect(commandFor(ctrl("c"), false, true, false)).toBeNull();
  });
  it("opens_the_copy_menu_with_shift", () => {
    expect(commandFor(ctrl("C", { shiftKey: true }), false, false, false)).toBe("copy-menu");
  });
  it("does_not_delete_or_undo_while_someone_types", () => {
    expect(commandFor(key("Delete"), false, false, false)).toBe("delete");
    expect(commandFor(key("Delete"), false, true, false)).toBeNull();
    expect(commandFor(ctrl("z"), false, true, false)).toBeNull();
  });
  it("searches_adds_and_lists_the_commands_from_anywhere", () => {
    expect(commandFor(ctrl("f"), false, true, false)).toBe("search");
    expect(commandFor(ctrl("n"), false, true, false)).toBe("add");
    expect(commandFor(ctrl("k"), false, true, true)).toBe("commands");
    expect(commandFor(key("k", { metaKey: true }), true, true, false)).toBe("commands");
    expect(commandFor(ctrl("k"), true, false, false)).toBeNull();
  });
  it("quits_from_anywhere", () => {
    expect(commandFor(ctrl("q"), false, true, true)).toBe("quit");
    expect(commandFor(key("q", { metaKey: true }), true, true, false)).toBe("quit");
    expect(commandFor(ctrl("q", { shiftKey: true }), false, false, false)).toBeNull();
  });
  it("moves_between_panes_and_tabs", () => {
    expect(commandFor(key("F6"), false, true, false)).toBe("next-pane");
    expect(commandFor(key("F6", { shiftKey: true }), false, false, false)).toBe("previous-pane");
    expect(commandFor(key("]"), false, false, false)).toBe("next-tab");
    expect(commandFor(key("]"), false, true, false)).toBeNull();
  });
  it("uses_command_on_a_mac_and_leaves_control_alone", () => {
    expect(commandFor(key("c", { metaKey: true }), true, false, false)).toBe("copy");
    expect(commandFor(ctrl("c"), true, false, false)).toBeNull();
    expect(commandFor(key("Backspace", { metaKey: true }), true, false, false)).toBe("delete");
    expect(commandFor(ctrl("Backspace"), false, false, false)).toBeNull();
  });
});
