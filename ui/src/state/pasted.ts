// From a pasted text to what the add sheet does with it. The value is handed on, never shown.
import { t } from "../language/index.svelte";
import { recognise, withLength } from "../paste";
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
  const words = withLength(found.words, found.length);
  const { provider, environment, jwt } = found;
  const pasted = { words, provider, environment, value: text.trim(), jwt };
  return { pasted, announcement: t("add.recognised", { words }) };
}
