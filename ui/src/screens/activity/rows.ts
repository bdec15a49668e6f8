// How the log is laid out: a heading for each day, entries below it, and what was folded below its entry. Pure.
import type { LogEntryView } from "../../bindings";

export type Item =
  | { kind: "day"; key: string; day: string }
  | { kind: "entry"; key: string; entry: LogEntryView; inside: boolean; opened: boolean };

/** What each opened entry stands for, by its number. */
export type Unfolded = Readonly<Record<number, readonly LogEntryView[]>>;

export function layOut(entries: readonly LogEntryView[], unfolded: Unfolded): Item[] {
  const items: Item[] = [];
  let day = "";
  for (const entry of entries) {
    if (entry.day !== day) {
      day = entry.day;
      items.push({ kind: "day", key: `day-${day}-${entry.number}`, day });
    }
    const inside = unfolded[entry.number];
    items.push({ kind: "entry", key: `entry-${entry.number}`, entry, inside: false, opened: inside !== undefined });
    for (const one of inside ?? []) {
      items.push({ kind: "entry", key: `entry-${entry.number}-${one.number}`, entry: one, inside: true, opened: false });
    }
  }
  return items;
}

/** What is folded into one entry has one name; the newest of them stands for all. */
function fold(entry: LogEntryView): string {
  const folds = entry.by === "background" && (entry.what === "refreshed" || entry.what === "rotated");
  return folds ? `${entry.credential} ${entry.day} ${entry.what} ${entry.name}` : `${entry.number}`;
}

/** A newer first page before the pages that are here already. Without an overlap the old ones would leave a gap. */
export function renew(fresh: readonly LogEntryView[], known: readonly LogEntryView[]): { entries: LogEntryView[]; joined: boolean } {
  const last = fresh.at(-1)?.number ?? 0;
  const newest = known[0]?.number ?? 0;
  if (fresh.length === 0 || known.length === 0 || last > newest) return { entries: [...fresh], joined: false };
  const have = new Set(fresh.map(fold));
  return { entries: [...fresh, ...known.filter((one) => one.number < last && !have.has(fold(one)))], joined: true };
}
