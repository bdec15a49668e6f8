// A QR code as one path of a drawing. Pure.
import type { QrView } from "./bindings";

/** The light border that a camera needs around the code, in modules. */
export const QUIET = 4;

/** The dark modules, each run of a row as one rectangle; the code begins at `QUIET`, `QUIET`. */
export function qrPath(qr: QrView): string {
  const runs = qr.rows.flatMap((row, y) =>
    [...row.matchAll(/1+/g)].map(({ index, 0: run }) => `M${index + QUIET} ${y + QUIET}h${run.length}v1h-${run.length}z`),
  );
  return runs.join("");
}
