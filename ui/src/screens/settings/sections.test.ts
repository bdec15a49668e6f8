import { describe, expect, it } from "vitest";
import { shortcuts } from "../../command_table";
import { found, labelOf, sections, sectionsOf, type Setting } from "./sections";

describe("the settings", () => {
  it("list the keys of every command, each line once", () => {
    const rows = sections.flatMap((one) => one.groups.flatMap((group) => group.rows.filter((row) => row.kind === "keys")));
    const listed = rows.map((row) => row.label);
    expect(listed).toEqual(expect.arrayContaining(shortcuts().map((line) => line.label)));
    expect(listed).toContain("commands.title");
    expect(new Set(listed).size).toBe(listed.length);
  });

  it("show each setting once", () => {
    const shown = sections.flatMap((one) => one.groups.flatMap((group) => group.rows.flatMap((row) => (row.kind === "setting" ? [row.key] : []))));
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown.length).toBe(25);
  });

  it("tell of notifications where the program makes any", () => {
    const groups = (os: "linux" | "macos") => sectionsOf(os).flatMap((one) => one.groups.map((group) => group.label));
    expect(groups("linux")).toEqual(expect.arrayContaining(["settings.tell", "settings.quiet", "settings.calendar"]));
    expect(groups("macos")).toContain("settings.calendar");
    expect(groups("macos")).not.toContain("settings.tell");
  });

  it("say a time of the day that no option has", () => {
    const row = sections.flatMap((one) => one.groups.flatMap((group) => group.rows)).find((one): one is Setting => one.kind === "setting" && one.key === "quiet_from");
    expect(row && labelOf(row, 1350)).toMatch(/10:30|22:30/);
    expect(row?.options?.().length).toBe(24);
  });

  it("are found by their words, whatever the case", () => {
    const names = (query: string) => sections.flatMap((one) => found(one, query)?.groups.flatMap((group) => group.rows.map((row) => row.label)) ?? []);
    expect(names("LOCK AFTER")).toEqual(["settings.lockAfter"]);
    expect(names("rfc 7518")).toEqual(["settings.secretBytes"]);
    expect(names("nothing like this")).toEqual([]);
  });
});
