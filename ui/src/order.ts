// How rows stand in the list: headings, folding, and keeping still while the person is busy with them. Pure.
import type { ListView, RowView } from "./bindings";

/** One line of the virtual list. */
export type Item =
  | { kind: "heading"; key: string; text: string; action: "show-all" | "show-fewer" | null }
  | { kind: "row"; key: string; row: RowView; position: number };

const SHOWN = 3;
const headings: Record<string, string> = { attention: "Needs attention", recent: "Recently used", rest: "Everything else" };

/** Lays out rows under their section headings. Without sections (a search, another order) there are none. */
export function layOut(rows: RowView[], allAttention: boolean): Item[] {
  const items: Item[] = [];
  const urgent = rows.filter((row) => row.section === "attention").length;
  let section = "";
  let inSection = 0;
  let position = 0;
  for (const row of rows) {
    if (row.section !== section) {
      section = row.section;
      inSection = 0;
      const text = headings[section];
      if (text !== undefined) {
        const folds = section === "attention" && urgent > SHOWN;
        const action = folds ? (allAttention ? "show-fewer" : "show-all") : null;
        items.push({ kind: "heading", key: `#${section}`, text, action });
      }
    }
    inSection += 1;
    if (section === "attention" && inSection > SHOWN && !allAttention) continue;
    position += 1;
    items.push({ kind: "row", key: row.id, row, position });
  }
  return items;
}

/** New contents in the old order: known rows stay where they are, new ones follow at the end. */
export function keepOrder(before: RowView[], after: RowView[]): RowView[] {
  const fresh = new Map(after.map((row) => [row.id, row]));
  const kept: RowView[] = [];
  for (const old of before) {
    const row = fresh.get(old.id);
    if (row === undefined) continue;
    kept.push({ ...row, section: old.section });
    fresh.delete(old.id);
  }
  const last = kept.at(-1)?.section;
  return [...kept, ...[...fresh.values()].map((row) => ({ ...row, section: last ?? row.section }))];
}

/** "128 credentials", "3 of 128". */
export function countWords(view: Pick<ListView, "rows" | "total">, filtered: boolean): string {
  if (filtered) return `${view.rows.length.toLocaleString()} of ${view.total.toLocaleString()}`;
  return `${view.total.toLocaleString()} ${view.total === 1 ? "credential" : "credentials"}`;
}

/** The index of the next row whose name starts with what was typed, after the present one. */
export function typeAhead(rows: RowView[], typed: string, from: number): number {
  const wanted = typed.toLowerCase();
  // A growing word may stay on its row, a single letter moves on.
  const start = typed.length > 1 ? from : from + 1;
  for (let step = 0; step < rows.length; step++) {
    const index = (Math.max(0, start) + step) % rows.length;
    if (rows[index]?.name.toLowerCase().startsWith(wanted)) return index;
  }
  return -1;
}
