// How rows stand in the list: places among headings, and what is counted. Pure; the order itself is the backend's.
import type { ListView, SectionView } from "./bindings";

/** Lines of the virtual list: a row by its place, a heading as -1, -2, … */
export function layOut(shown: number, sections: SectionView[]): number[] {
  const lines: number[] = [];
  let next = 0;
  for (let at = 0; at <= shown; at++) {
    while (next < sections.length && sections[next]?.from === at) lines.push(-++next);
    if (at < shown) lines.push(at);
  }
  return lines;
}

/** The line of the row at a place. */
export function lineOf(at: number, sections: SectionView[]): number {
  return at + sections.filter((section) => section.from <= at).length;
}

/** The part of the list that is asked for: what is seen, and as much again around it. */
export function around(first: number, last: number): { from: number; count: number } {
  const from = Math.max(0, first - 40);
  return { from, count: Math.min(400, last - from + 41) };
}

/** How many of the first section are folded away. */
export function folded(view: Pick<ListView, "matched" | "shown">): number {
  return view.matched - view.shown;
}

/** The rows of an answer, each as the object that is known already where nothing about it changed: what is drawn of that
 *  need not be drawn again. */
export function unchanged<T extends { id: string }>(known: Iterable<T>, rows: readonly T[]): T[] {
  const before = new Map<string, T>();
  for (const row of known) before.set(row.id, row);
  return rows.map((row) => {
    const old = before.get(row.id);
    return old !== undefined && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
}
