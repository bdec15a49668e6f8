// Whether a person is busy with the list, and what waits until it has been left alone: nothing moves under a pointer.
const CALM = 2000;

export class Calm {
  #touchedAt = 0;
  /** Whether rows have been held back that moved, so that what comes after them moves as well. */
  #behind = false;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  readonly #then: () => void;

  /** `then` is what waits. */
  constructor(then: () => void) {
    this.#then = then;
  }

  /** Whether the list was touched in the last 2 s. */
  get busy(): boolean {
    return Date.now() - this.#touchedAt <= CALM;
  }

  touch() {
    this.#touchedAt = Date.now();
  }

  /** Whether an answer whose rows moved comes too late, since somebody is busy now; then it is asked for again. In one that
   *  was asked to keep the order only new rows are new. */
  late(kept: boolean): boolean {
    this.#behind = this.busy && (this.#behind || !kept);
    if (this.#behind) this.later();
    return this.#behind;
  }

  /** Looks again in 2 s. */
  later() {
    this.#waiting ??= setTimeout(() => {
      this.done();
      this.#then();
    }, CALM);
  }

  /** Nothing waits any more. */
  done() {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
  }

  /** The person is busy elsewhere: what waited happens now. */
  leave() {
    this.#touchedAt = 0;
    if (this.#waiting === undefined) return;
    this.done();
    this.#then();
  }
}
