/* eslint-disable svelte/prefer-svelte-reactivity -- sets and maps are replaced as a whole, never changed in place */
// The list, the selection and the open detail. Everything here can be asked for again; it holds no secret.
//
// The order of rows is the backend's: here is the part of it that is seen. Answers may arrive out of order, so each
// question has a number and only the latest answer counts.
import type { CredentialView, ErrorView, ListInput, ListView, RowView } from "../bindings";
import { painted } from "../frame";
import * as ipc from "../ipc";
import { around, unchanged } from "../order";
import { SELECTED } from "../shell";
import { Calm } from "./calm";
import { Opened } from "./opened.svelte";
import { Several } from "./several.svelte";

/** What narrows and orders the list. */
export type Filters = Pick<ListInput, "query" | "attention_only" | "kind" | "environment" | "provider" | "order">;

const everything: Filters = {
  query: "",
  attention_only: false,
  kind: null,
  environment: null,
  provider: null,
  order: "attention",
};
/** Rows that are kept at hand around what is seen. */
const KEPT = 400;
/** How often a place is asked for again while one order takes the place of another. */
const TRIES = 5;

class Vault {
  input = $state<Filters>({ ...everything });
  /** The latest answer; its rows are a part of all. */
  list = $state.raw<ListView | null>(null);
  /** The rows at hand, by their places. */
  rows = $state.raw<ReadonlyMap<number, RowView>>(new Map());
  listError = $state.raw<ErrorView | null>(null);
  selectedId = $state<string | null>(localStorage.getItem(SELECTED));
  /** The place of the selected row; -1 where it is not shown. */
  selectedAt = $state(-1);
  allAttention = $state(false);
  /** Grows when the list is another one, which is looked at from its top. */
  anew = $state(0);
  several = new Several();
  #opened = new Opened();

  /** Settles when what was last asked for by a search or filter is there; null while nothing is awaited. */
  searching = $state.raw<Promise<void> | null>(null);
  /** Settles when the selection has arrived where a key sent it; null while it is on no way. */
  moving = $state.raw<Promise<unknown> | null>(null);
  /** Settles when the latest answer has been painted. */
  #painted: Promise<void> = Promise.resolve();
  #listQuestion = 0;
  #asking: Promise<void> = Promise.resolve();
  #waiting = 0;
  #calm = new Calm(() => void this.load(true));
  /** Whether the best match is to be selected, as the next Enter or Ctrl+C will mean it. */
  #best = false;
  /** The place that the selection is on its way to, while its id is asked for. */
  #heading: number | null = null;
  /** Where a range began whose ids are on their way: a second key extends it, though nothing is selected yet. */
  #began: number | null = null;
  #seen = { first: 0, last: 20 };
  /** Whether another list is awaited. What is asked meanwhile is about that one: not to be put off, no order to keep. */
  #wanted = false;

  get detail(): CredentialView | null {
    return this.#opened.view;
  }
  get detailError(): ErrorView | null {
    return this.#opened.error;
  }
  set detailError(error: ErrorView | null) {
    this.#opened.error = error;
  }
  get revision(): number {
    return this.#opened.revision;
  }

  /** Settles when the selected credential is open (or could not be opened). */
  get opening(): Promise<void> {
    return this.#opened.opening;
  }

  /** The selected credential is wanted now, whether or not another letter may come. */
  hurry() {
    this.#opened.typing.cut();
  }

  /** Whether a search or filter is on. */
  get filtered(): boolean {
    const { query, attention_only, kind, environment, provider } = this.input;
    return query.trim() !== "" || attention_only || kind !== null || environment !== null || provider !== null;
  }

  /** Remembers that the person is busy with the list: rows must not move now. */
  touch() {
    this.#calm.touch();
  }

  /** The person is busy elsewhere: what waited to move moves now. */
  leave() {
    this.#calm.leave();
  }

  /** Asks for the list. In the background the order waits until the list has been left alone. */
  async load(background = false) {
    if (!background) this.#wanted = true;
    const busy = background && this.#calm.busy;
    this.#calm.done();
    if (busy) this.#calm.later();
    await this.#ask(busy, background);
  }

  /** Asks for the rows that are seen, in the order that they have; and no more than one such question at a time. */
  see(first: number, last: number) {
    this.#seen = { first, last };
    if (this.#waiting === 0 && this.list !== null && this.#misses()) void this.#ask(true);
  }

  #misses(): boolean {
    const last = Math.min(this.#seen.last, (this.list?.shown ?? 0) - 1);
    for (let at = Math.max(0, this.#seen.first); at <= last; at++) if (!this.rows.has(at)) return true;
    return false;
  }

  /** Settles when the answer is there: where other questions came after this one, the latest of them. */
  #ask(keep: boolean, background = false): Promise<void> {
    this.#asking = this.#askOnce(keep, background);
    return this.#asking;
  }

  async #askOnce(keeping: boolean, unasked: boolean): Promise<void> {
    const keep = keeping && !this.#wanted;
    const background = unasked && !this.#wanted;
    const question = ++this.#listQuestion;
    const part = around(this.#seen.first, this.#seen.last);
    const input = { ...$state.snapshot(this.input), ...part, all_attention: this.allAttention, keep, selected: this.selectedId };
    this.#waiting++;
    try {
      const view = await ipc.list(input);
      // A pointer that came meanwhile is about to click on what it sees.
      const moves = background && this.list !== null && view.order !== this.list.order;
      if (question === this.#listQuestion && !(moves && this.#calm.late(keep))) this.#take(view, input.selected);
    } catch (thrown) {
      if (question === this.#listQuestion) this.listError = ipc.asError(thrown);
    } finally {
      this.#waiting--;
    }
    if (question !== this.#listQuestion) return this.#asking;
    if (this.listError !== null) return;
    // The person may have scrolled on meanwhile.
    if (this.#misses() && this.list?.rows.length !== 0) await this.#ask(true);
  }

  #take(view: ListView, asked: string | null) {
    this.#wanted = false;
    const same = view.order === this.list?.order;
    const rows = new Map<number, RowView>();
    const near = (at: number) => at === view.selected_at || (at > this.#seen.first - KEPT && at < this.#seen.last + KEPT);
    if (same) for (const [at, row] of this.rows) if (near(at)) rows.set(at, row);
    unchanged(this.rows.values(), view.rows).forEach((row, index) => rows.set(view.from + index, row));
    this.rows = rows;
    this.listError = null;
    this.list = view;
    this.#painted = painted();
    const moved = asked !== this.selectedId || this.#heading !== null;
    if (moved && !this.#best) this.#follow(same);
    else this.#keepSelection(view);
  }

  /** The selection moved on while the answer was under way, which therefore says nothing about its place. */
  #follow(same: boolean) {
    // In the same order it stands where it was put.
    if (same) return;
    const at = this.#placeOf(this.selectedId);
    if (at >= 0) this.selectedAt = at;
    else void this.#ask(true);
  }

  #keepSelection(view: ListView): void {
    this.selectedAt = view.selected_at ?? -1;
    const best = this.#best ? this.rows.get(0) : undefined;
    this.#best = false;
    if (best !== undefined && best.id !== this.selectedId) return this.select(best.id, 0);
    // Folded away it is still there.
    if (this.selectedId !== null && (view.selected_at !== null || view.selected_folded)) {
      if (this.detail?.id !== this.selectedId) this.select(this.selectedId, this.selectedAt);
      return;
    }
    const first = this.rows.get(0);
    if (view.shown === 0 || first !== undefined) this.select(first?.id ?? null, first === undefined ? -1 : 0);
    else void this.selectAt(0);
  }

  /** Opens a credential in the detail pane. */
  select(id: string | null, at = this.#placeOf(id)) {
    if (id !== this.selectedId) this.detailError = null;
    this.selectedId = id;
    this.selectedAt = at;
    this.#heading = this.#began = null;
    if (id === null) {
      this.#opened.close();
      return;
    }
    localStorage.setItem(SELECTED, id);
    void this.loadDetail();
  }

  #placeOf(id: string | null): number {
    for (const [at, row] of this.rows) if (row.id === id) return at;
    return -1;
  }

  async #idAt(place: number): Promise<string | undefined> {
    const last = Math.min(place, (this.list?.shown ?? 0) - 1);
    return this.rows.get(last)?.id ?? (await ipc.listed(this.list?.order ?? 0, last, last))[0];
  }

  /** Keeps a way of the selection, so that a key that comes meanwhile waits for its end. */
  async move<T>(way: Promise<T>): Promise<T> {
    this.moving = way;
    try {
      return await way;
    } finally {
      if (this.moving === way) this.moving = null;
    }
  }

  /** Selects the row at a place, or the last one. */
  selectAt(at: number): Promise<void> {
    return this.move(this.#selectAt(at));
  }

  async #selectAt(at: number): Promise<void> {
    const list = this.list;
    if (list === null || list.shown === 0) return;
    const place = Math.max(0, Math.min(list.shown - 1, at));
    // Where it is going to be, so that the next key goes on from there.
    this.selectedAt = place;
    this.#heading = place;
    this.#began = null;
    try {
      let id = await this.#idAt(place);
      for (let tries = 0; tries < TRIES && id === undefined && this.#heading === place; tries++) {
        // Another order has taken the place of the one that was asked about, and yet another may meanwhile.
        await this.#ask(true);
        id = await this.#idAt(place);
      }
      if (id !== undefined && this.#heading === place) this.select(id, place);
    } finally {
      if (this.#heading === place) this.#heading = null;
    }
  }

  async loadDetail(): Promise<void> {
    if (this.selectedId !== null) await this.#opened.open(this.selectedId, this.#painted);
  }

  /** Takes a detail that a command returned, if it is the open one. */
  take(view: CredentialView) {
    if (view.id === this.selectedId) this.#opened.take(view);
  }

  /** Narrows the list; what is left out stays as it is. */
  filter(change: Partial<Filters>) {
    this.#start({ ...this.input, ...change });
    this.#best = (change.query ?? "").trim() !== "";
    if (this.#best) this.#opened.typing.begin();
    this.#search();
  }

  /** Takes the order that the person chose. */
  begin(order: string) {
    if (this.input.order === order) return;
    this.input = { ...this.input, order };
    if (this.list !== null) void this.load();
  }

  /** Drops everything that was shown: the window is locked. Answers under way come too late. */
  forget() {
    this.#listQuestion++;
    this.#asking = Promise.resolve();
    this.#calm.done();
    this.#start({ ...everything, order: this.input.order });
    this.#wanted = false;
    this.searching = null;
    this.list = null;
    this.rows = new Map();
    this.listError = null;
    this.#opened.close();
    this.detailError = null;
    this.allAttention = false;
  }

  clearFilters() {
    this.#start({ ...everything, order: this.input.order });
    this.#search();
  }

  #search() {
    const search = this.load();
    this.searching = search;
    void search.then(() => {
      if (this.searching === search) this.searching = null;
    });
  }

  #start(input: Filters) {
    this.input = input;
    this.#best = false;
    this.allAttention = false;
    this.several.leave();
    this.#seen = { first: 0, last: this.#seen.last - this.#seen.first };
    this.anew++;
  }

  /** Shows all that needs attention, or the first of it. */
  fold(all: boolean) {
    this.allAttention = all;
    void this.load();
  }

  /** Shows a credential whatever the filter: after adding, undoing, or "Open it". */
  async open(id: string) {
    this.#start({ ...everything, order: this.input.order });
    this.select(id, -1);
    await this.load();
    if (this.list?.selected_folded !== true || this.selectedId !== id) return;
    this.allAttention = true;
    await this.load();
  }

  /** Something changed in the vault. */
  changed(ids: string[]) {
    void this.load(true);
    if (this.several.on && (ids.length === 0 || ids.some((id) => this.several.ids.has(id)))) void this.several.look();
    if (this.selectedId !== null && (ids.length === 0 || ids.includes(this.selectedId))) void this.loadDetail();
  }

  /** Adds the row to the selection, or takes it out (Ctrl and a click). */
  async toggle(id: string, at: number) {
    if (!this.several.on && this.selectedId !== null) this.several.start([this.selectedId], this.selectedAt);
    this.several.toggle(id, at);
    const [only] = this.several.ids;
    if (this.several.ids.size === 1 && only !== undefined) this.select(only);
    else this.select(id, at);
  }

  /** Selects everything from where the selection began to a place (Shift). */
  extend(at: number): Promise<void> {
    return this.move(this.#extend(at));
  }

  async #extend(at: number) {
    const list = this.list;
    if (list === null || list.shown === 0) return;
    const place = Math.max(0, Math.min(list.shown - 1, at));
    const from = this.several.on ? this.several.anchor : (this.#began ?? Math.max(0, this.selectedAt));
    this.selectedAt = place;
    this.#heading = place;
    this.#began = from;
    try {
      const ids = await this.#ids(from, place);
      if (this.#heading !== place || ids.length === 0) return;
      this.several.start(ids, from);
      this.select((place < from ? ids[0] : ids.at(-1)) ?? null, place);
    } finally {
      if (this.#heading === place) this.#heading = this.#began = null;
    }
  }

  /** The ids at these places; asked for again where another order has taken the place of the one that was asked about. */
  async #ids(from: number, to: number): Promise<string[]> {
    for (let tries = 0; tries < TRIES; tries++) {
      const ids = await ipc.listed(this.list?.order ?? 0, from, to);
      if (ids.length > 0) return ids;
      await this.#ask(true);
    }
    return [];
  }

  /** Selects everything that is listed (Ctrl+A). */
  all(): Promise<void> {
    return this.move(this.#all());
  }

  async #all() {
    const list = this.list;
    if (list === null || list.shown < 2) return;
    const anew = this.anew;
    const ids = await this.#ids(0, list.shown - 1);
    // Another search or filter meanwhile has another "everything".
    if (anew === this.anew && ids.length > 0) this.several.start(ids, Math.max(0, this.selectedAt));
  }
}

export const vault = new Vault();
