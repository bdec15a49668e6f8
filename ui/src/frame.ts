// When what was changed is on the screen.

/** Beyond it nobody looks: a hidden window paints nothing, and what waits for a picture must not wait for that. */
const HIDDEN = 100;

/** Settles once what was changed last has been painted. */
export function painted(): Promise<void> {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, HIDDEN);
  });
}
