// How the width of the time line is shared out between names and plot. Pure.

/** All in pixels, from the start of the view. */
export type Room = { pad: number; label: number; gutter: number; start: number; width: number; narrow: boolean; tiny: boolean };

/** The gutter is where the ends of the past stand, left of now. */
export function roomOf(full: number): Room {
  const [pad, label, gutter] = full >= 900 ? [24, 224, 40] : full >= 600 ? [16, 176, 36] : full >= 420 ? [12, 124, 28] : [12, 84, 24];
  const start = pad + label + gutter;
  const end = full >= 900 ? 24 : 20;
  return { pad, label, gutter, start, width: Math.max(40, full - start - end), narrow: full < 600, tiny: full < 420 };
}
