// Whether a person is busy with the list, and what waits until it has been left alone: nothing moves under a pointer.
const CALM = 2000;

export class Calm {
  #touchedAt = 0;
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
