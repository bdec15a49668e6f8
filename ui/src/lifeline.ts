// Where things stand on a lifeline, as fractions of its length. Pure; the component only draws.
//
// Time runs in reading direction, the solid part is what is left, the end of the solid part is the expiry.

/** A point in time on the line. */
export type Mark = { kind: "now" | "refresh" | "expired" | "not-before" | "refused"; at: number; label: string };

/** What is drawn: fractions from 0 to 1. */
export type Drawing = {
  solid: { from: number; to: number } | null;
  hatched: { from: number; to: number } | null;
  /** How a moment is turned into a place. */
  place: (at: number) => number;
};

/** Lays a lifetime out. When it is over, the scale goes on to a little after now. */
export function draw(start: number, end: number, now: number): Drawing {
  const over = now > end;
  const last = over ? now + (now - start) * 0.03 : end;
  const first = Math.min(start, now);
  const span = Math.max(1, last - first);
  const place = (at: number) => Math.min(1, Math.max(0, (at - first) / span));
  return {
    solid: over ? null : { from: place(Math.max(now, start)), to: 1 },
    hatched: over ? { from: place(end), to: place(now) } : null,
    place,
  };
}

/** A label that must not leave the line or cover another one. */
export type Label = { text: string; centre: number; width: number };

/**
 * Places labels over a line of `width` pixels: centred on their mark, pushed inwards at the ends, and apart from
 * each other, the earlier one giving way where there is room. Returns the start of each label in pixels, in the order given.
 */
export function spread(labels: Label[], width: number, gap = 8): number[] {
  const order = labels.map((label, index) => ({ label, index })).sort((a, b) => a.label.centre - b.label.centre);
  const starts = new Array<number>(labels.length).fill(0);
  let limit = width;
  for (const { label, index } of [...order].reverse()) {
    const wanted = label.centre * width - label.width / 2;
    const start = Math.max(0, Math.min(wanted, limit - label.width));
    starts[index] = start;
    limit = start - gap;
  }
  // What was pushed against the beginning pushes on.
  let least = 0;
  for (const { label, index } of order) {
    const start = Math.max(least, starts[index] ?? 0);
    starts[index] = start;
    least = start + label.width + gap;
  }
  return starts;
}
