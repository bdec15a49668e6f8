// From a pasted text to what the add sheet does with it. The value is handed on, never shown.
import { t } from "../language/index.svelte";
import { recognise } from "../paste";
import { pastedWords } from "../words";
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
  const words = pastedWords(found.words, found.length);
  const pasted = { words, provider: found.provider, environment: found.environment, value: text.trim() };
  return { pasted, announcement: t("add.recognised", { words }) };
}
