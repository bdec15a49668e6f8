// From a pasted text to what the add sheet does with it. The value is handed on, never shown.
import { NBSP, plural } from "../format";
import { recognise } from "../paste";
import type { Pasted } from "./window.svelte";

/** Takes the value out, once: the form has it from then on, and nobody else. */
export function takeValue(pasted: Pasted | null): string {
  if (pasted === null) return "";
  const { value } = pasted;
  pasted.value = "";
  return value;
}

/** What was pasted: an issuer to discover, or a secret to store; none when it is neither. */
export function fromText(text: string): { issuer: string } | { pasted: Pasted; announcement: string } | null {
  const found = recognise(text);
  if (found.what === "issuer") return { issuer: found.url };
  if (found.what !== "secret") return null;
  const words = `${found.words}, ${plural(found.length, "character", "characters").replace(" ", NBSP)}`;
  const pasted = { words, provider: found.provider, environment: found.environment, value: text.trim() };
  return { pasted, announcement: `Recognised: ${words}` };
}
