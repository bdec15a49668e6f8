// What part of time is looked at, what is there, and which end is chosen. It holds no secret.
//
// Answers may arrive out of order: only that to the latest question counts. An answer that nobody asked for (the vault
// changed, time went on) waits while the pointer is at work, so that no lane moves away under it.
import type { Environment, ErrorView, ExpiriesView } from "../../bindings";
import { iso } from "../../format";
import * as ipc from "../../ipc";
import { time } from "../../state/time.svelte";
import { edges, fitting, hasLanesEach, presets, steady, within, zoomed, type Range } from "./geometry";
import type { Mark } from "./lanes";

const CALM = 2000;

export class Timeline {
  span = $state<number>(presets[2]);
  /** The first moment; null while the time line goes on with the present. */
  start = $state<number | null>(null);
  environment = $state<Environment | null>(null);
  table = $state(false);
  /** Also the late ones of what renews itself. */
  all = $state(false);
  view = $state.raw<ExpiriesView | null>(null);
  /** The edges of the bars that `view` has. */
  barEdges = $state.raw<number[]>([]);
  error = $state.raw<ErrorView | null>(null);
  chosen = $state.raw<{ lane: string; at: number } | null>(null);
  /** Whether the card of the chosen end is open. */
  open = $state(false);
  /** The last span that was chosen rather than zoomed to. */
  preset = $state<number>(presets[2]);

  readonly now = $derived(steady(time.now, this.span));
  readonly range = $derived<Range>(
    this.start === null ? { from: this.now, until: this.now + this.span } : { from: this.start, until: this.start + this.span },
  );
  readonly edges = $derived(edges(this.range));
  readonly each = $derived(hasLanesEach(this.span));

  #question = 0;
  #askedAt = 0;
  #busyAt = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;

  /** Asks what is there. In the background the answer waits until the pointer rests. */
  async ask(background = false) {
    const question = ++this.#question;
    this.#askedAt = Date.now();
    clearTimeout(this.#waiting);
    const { from, until } = this.range;
    const bars = this.edges;
    const input = { from: iso(from), until: iso(until), edges: bars.map(iso), each: this.each, environment: this.environment };
    try {
      const view = await ipc.expiries(input);
      if (question === this.#question) this.#take(view, bars, background);
    } catch (thrown) {
      if (question === this.#question) this.error = ipc.asError(thrown);
    }
  }

  #take(view: ExpiriesView, bars: number[], background: boolean) {
    const rest = CALM - (Date.now() - this.#busyAt);
    if (background && this.view !== null && rest > 0) {
      this.#waiting = setTimeout(() => this.#take(view, bars, true), rest);
      return;
    }
    this.error = null;
    this.view = view;
    this.barEdges = bars;
  }

  /** Asks once the movement rests. */
  askSoon(background = false) {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.ask(background), 80);
  }

  /** Asks again when so much time went by that something may have moved. */
  tick(now: number) {
    const often = Math.min(60_000, Math.max(15_000, this.span / 240));
    if (this.#askedAt > 0 && now - this.#askedAt > often) void this.ask(true);
  }

  /** The pointer is at work. */
  touch() {
    this.#busyAt = Date.now();
  }

  leave() {
    this.#busyAt = 0;
  }

  stop() {
    clearTimeout(this.#soon);
    clearTimeout(this.#waiting);
    this.#question++;
  }

  choose(mark: Mark | null, open: boolean) {
    this.chosen = mark === null ? null : { lane: mark.lane, at: mark.at };
    this.open = open && mark !== null;
  }

  show(span: number) {
    this.preset = span;
    this.#go(span, null);
  }

  reset() {
    this.#go(this.preset, null);
  }

  /** Goes on with the present. */
  toNow() {
    this.#go(this.span, null);
  }

  /** While the time line goes on with the present, the present keeps its place. */
  zoom(factor: number, anchor: number) {
    if (this.start === null) {
      this.#go(fitting(this.span * factor), null);
      return;
    }
    const range = within(zoomed(this.range, factor, anchor), time.now);
    this.#go(range.until - range.from, range.from);
  }

  /** Moves by a share of the span. */
  pan(share: number) {
    if (share === 0) return;
    const from = this.range.from + share * this.span;
    this.#go(this.span, within({ from, until: from + this.span }, time.now).from);
  }

  /** Brings a moment into sight that lies beyond it. */
  reach(at: number) {
    this.pan((at - this.range.from) / this.span - 0.5);
  }

  filter(environment: Environment | null) {
    this.environment = environment;
    void this.ask();
  }

  #go(span: number, start: number | null) {
    this.open = false;
    this.span = span;
    this.start = start;
    this.askSoon();
  }
}
