import { describe, expect, it } from "vitest";

const sources = {
  ...import.meta.glob("./**/*.svelte", { query: "?raw", import: "default", eager: true }),
  ...import.meta.glob("./*.css", { query: "?raw", import: "default", eager: true }),
} as Record<string, string>;

const styles = (source: string, path: string) => (path.endsWith(".css") ? source : (/<style>([^]*)<\/style>/.exec(source)?.[1] ?? ""));
/** Four values go round: the second is the right side, the fourth the left. */
const onesided = (line: string) => {
  const sides = /^\s*(?:padding|margin|inset|border-width): (\S+) (\S+) (\S+) (\S+);/.exec(line);
  return sides !== null && sides[2] !== sides[4];
};
const physical = (line: string) => /^\s*(?:(?:margin|padding|border|inset)-)?(?:left|right)[a-z-]*:/.test(line);

describe("styles", () => {
  it("name_no_left_or_right_so_that_a_window_from_right_to_left_is_turned_whole", () => {
    expect(Object.keys(sources).length).toBeGreaterThan(100);
    const found = Object.entries(sources).flatMap(([path, source]) =>
      styles(source, path)
        .split("\n")
        .filter((line) => onesided(line) || physical(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  it("that_look_is_not_blind", () => {
    expect(["  padding: 4px 8px 0 16px;", "margin: 1px 2px 3px 4px;"].every(onesided)).toBe(true);
    expect(["padding: 4px 8px 0 8px;", "padding: 4px 8px;"].some(onesided)).toBe(false);
    expect(["  left: 0;", "padding-right: 4px;", "border-left: 1px solid;"].every(physical)).toBe(true);
    expect(physical("  padding-inline-start: 4px;")).toBe(false);
  });
});
