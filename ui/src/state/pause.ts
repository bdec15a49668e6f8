// The moment after a key in which the next one is expected.

/** Longer than between two letters of who types fast, shorter than a look from the list to the pane beside it. */
const EXPECTED_MS = 150;

export class Pause {
  #end: Promise<void> = Promise.resolve();
  #finish: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Begins, or begins once more. */
  begin() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.cut(), EXPECTED_MS);
    if (this.#finish === null) this.#end = new Promise((done) => (this.#finish = done));
  }

  /** Ends it now: what waits for it is wanted. */
  cut() {
    clearTimeout(this.#timer);
    this.#finish?.();
    this.#finish = null;
  }

  /** Settles when it is over; at once where there is none. */
  over(): Promise<void> {
    return this.#end;
  }
}
