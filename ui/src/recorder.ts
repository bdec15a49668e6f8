// What keys a person pressed for a shortcut that works in every program, as the core writes them: `Ctrl+Alt+K`.

export type Pressed = Pick<KeyboardEvent, "code" | "key" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey">;

/** The keys; null while they make none: something to hold is missing, or the key is none that can be taken. */
export function recorded(event: Pressed): string | null {
  const key = named(event);
  const held = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", event.metaKey && "Super"].filter(Boolean);
  if (key === null || (!/^F\d/.test(key) && !event.ctrlKey && !event.altKey && !event.metaKey)) return null;
  return [...held, key].join("+");
}

/** With Alt or Shift held a key writes another letter than its own, so a digit is known by its place. */
function named({ code, key }: Pressed): string | null {
  if (key === " " || code === "Space") return "Space";
  if (/^F([1-9]|1\d|2[0-4])$/.test(key)) return key;
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return digit;
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  return /^Key([A-Z])$/.exec(code)?.[1] ?? null;
}
