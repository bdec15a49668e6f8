// One timer for the window. It stops while nobody can see it and reads the clock anew when it wakes.

let now = $state(Date.now());

/** The present, in milliseconds; reading it in a component keeps that component current. */
export const time = {
  get now(): number {
    return now;
  },
};

/** Starts the timer and returns what stops it. */
export function startTimer(): () => void {
  let timer: ReturnType<typeof setInterval> | null = null;
  const stop = () => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  const follow = () => {
    stop();
    if (document.hidden) return;
    now = Date.now();
    timer = setInterval(() => (now = Date.now()), 1000);
  };
  document.addEventListener("visibilitychange", follow);
  follow();
  return () => {
    stop();
    document.removeEventListener("visibilitychange", follow);
  };
}
