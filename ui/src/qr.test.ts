import { describe, expect, it } from "vitest";
import { qrPath, QUIET } from "./qr";

/** Reads the drawing back into modules, as a camera would see them. */
function seen(path: string, size: number): string[] {
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => "0"));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let at = 0; at < Number(width); at++) (rows[Number(y)] as string[])[Number(x) + at] = "1";
  }
  return rows.map((row) => row.join(""));
}

describe("a QR code", () => {
  it("is_drawn_module_by_module_with_a_quiet_zone_on_every_side", () => {
    const rows = ["1101", "0000", "1010", "1111"];
    const size = rows.length + 2 * QUIET;
    const drawn = seen(qrPath({ rows }), size);
    expect(drawn.slice(QUIET, -QUIET).map((row) => row.slice(QUIET, -QUIET))).toEqual(rows);
    const light = "0".repeat(size);
    expect([...drawn.slice(0, QUIET), ...drawn.slice(-QUIET)]).toEqual(Array.from({ length: 2 * QUIET }, () => light));
    expect(drawn.every((row) => row.startsWith("0".repeat(QUIET)) && row.endsWith("0".repeat(QUIET)))).toBe(true);
  });
});
