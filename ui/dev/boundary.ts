// For tests only: a backend in place of Tauri's, at the boundary where the window calls it.

type Answer = (args: Record<string, unknown>) => unknown;

/** Puts named answers where `invoke` looks, a storage where the window keeps its choices, and a screen that is painted at once. */
export function standIn(answers: Record<string, Answer>) {
  const kept = new Map<string, string>();
  Object.assign(globalThis, {
    requestAnimationFrame: (then: () => void) => setTimeout(then),
    localStorage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, to: string) => kept.set(key, to),
      removeItem: (key: string) => kept.delete(key),
    },
    window: {
      __TAURI_INTERNALS__: {
        invoke: async (name: string, args: Record<string, unknown>) => {
          const answer = answers[name];
          if (answer === undefined) throw { code: "unknown", message: `no answer for ${name}`, hint: "", provider_code: null };
          return answer(args);
        },
      },
    },
  });
}
