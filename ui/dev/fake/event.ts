// Stands in for @tauri-apps/api/event: events are sent by the invented backend.
type Handler = (event: { payload: unknown }) => void;
const handlers = new Map<string, Set<Handler>>();

export function listen(name: string, handler: Handler): Promise<() => void> {
  const set = handlers.get(name) ?? new Set<Handler>();
  set.add(handler);
  handlers.set(name, set);
  return Promise.resolve(() => set.delete(handler));
}

export function emit(name: string, payload: unknown) {
  for (const handler of handlers.get(name) ?? []) handler({ payload });
}
