// The log as the window has it: filters, the pages that were asked for, what is unfolded, what is selected.
//
// Rust filters, searches and folds; here is only what was answered. Answers may arrive out of order: only the latest
// question counts.
import type { ErrorView, LogEntryView, LogInput } from "../../bindings";
import * as ipc from "../../ipc";
import { layOut, renew, type Item, type Unfolded } from "./rows";

export const groups = ["all", "copies", "refreshes", "sign_ins", "rotations", "programs"] as const;
export type Group = (typeof groups)[number];
/** How many days back; none for as long as entries are kept. */
export const ranges = [1, 7, 30, 90, null] as const;

const everything = { group: "all" as Group, failures: false, query: "", days: 30 as number | null };

export class Log {
  filter = $state({ ...everything });
  entries = $state.raw<LogEntryView[]>([]);
  total = $state<number | null>(null);
  more = $state(false);
  error = $state.raw<ErrorView | null>(null);
  unfolded = $state.raw<Unfolded>({});
  /** The key of the selected row. */
  selected = $state<string | null>(null);
  /** The entry that the side panel tells of. */
  open = $state.raw<LogEntryView | null>(null);
  readonly items: Item[] = $derived(layOut(this.entries, this.unfolded));
  /** Where the entries were written to. */
  written = $state.raw<ipc.Written | null>(null);
  #question = 0;
  #asking = false;

  /** Whether anything but the time narrows what is shown. */
  get filtered(): boolean {
    return this.filter.group !== "all" || this.filter.failures || this.filter.query.trim() !== "";
  }

  input(more: Partial<LogInput> = {}): LogInput {
    const { group, failures, query, days } = this.filter;
    return { group, failures, query, days, since: null, before: null, folded: true, fold_of: null, credential: null, most: null, ...more };
  }

  /** Asks for the first page; after something happened, the pages that are here stay. */
  async load(keep = false) {
    const question = ++this.#question;
    try {
      const page = await ipc.activity(this.input());
      if (question !== this.#question) return;
      const { entries, joined } = keep ? renew(page.entries, this.entries) : { entries: page.entries, joined: false };
      this.entries = entries;
      if (!joined) this.more = page.more;
      this.total = page.total;
      this.error = null;
      const here = entries.flatMap((one) => {
        const inside = this.unfolded[one.number];
        return inside === undefined ? [] : [[one.number, inside] as const];
      });
      this.unfolded = keep ? Object.fromEntries(here) : {};
    } catch (thrown) {
      if (question === this.#question) this.error = ipc.asError(thrown);
    }
  }

  /** Asks for the next page, when the end of what is here comes into sight. */
  async next() {
    const before = this.entries.at(-1)?.number;
    if (!this.more || this.#asking || before === undefined) return;
    const question = this.#question;
    this.#asking = true;
    try {
      const page = await ipc.activity(this.input({ before }));
      if (question !== this.#question) return;
      this.entries = [...this.entries, ...page.entries];
      this.more = page.more;
    } catch (thrown) {
      if (question === this.#question) this.error = ipc.asError(thrown);
    } finally {
      this.#asking = false;
    }
  }

  narrow(change: Partial<typeof everything>) {
    this.filter = { ...this.filter, ...change };
    this.selected = null;
    void this.load();
  }

  showEverything() {
    this.narrow({ ...everything, days: null });
  }

  /** Shows each of the entries that one stands for, or the one again. */
  async toggle(entry: LogEntryView) {
    const { [entry.number]: opened, ...others } = this.unfolded;
    if (opened !== undefined) {
      this.unfolded = others;
      return;
    }
    if (entry.times < 2) return;
    try {
      const page = await ipc.activity(this.input({ fold_of: entry.number, folded: false }));
      this.unfolded = { ...this.unfolded, [entry.number]: page.entries };
    } catch (thrown) {
      this.error = ipc.asError(thrown);
    }
  }
}
