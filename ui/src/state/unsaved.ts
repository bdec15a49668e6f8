// What is half-filled: each form says so for as long as it is there. What was typed stays in the form.
import { onMount } from "svelte";
import type { Attachment } from "svelte/attachments";

const forms = new Set<() => boolean>();

/** Tells whether something was typed that is nowhere else. */
export const somethingTyped = () => [...forms].some((says) => says());

/** While the component is there, it says whether it holds something that is not saved. */
export function unsaved(says: () => boolean) {
  onMount(() => add(says));
}

function add(says: () => boolean) {
  forms.add(says);
  return () => void forms.delete(says);
}

type Typable = HTMLInputElement | HTMLTextAreaElement;
const isTypable = (target: EventTarget | null): target is Typable =>
  target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !["checkbox", "radio", "search"].includes(target.type));

/** A form whose fields were typed into, and are not as they were before. */
export const typedInto: Attachment<HTMLElement> = (form) => {
  const before = new Map<Typable, string>();
  const remember = (event: Event) => {
    if (isTypable(event.target) && !before.has(event.target)) before.set(event.target, event.target.value);
  };
  // Before the value changes, by key or by paste.
  form.addEventListener("beforeinput", remember);
  const stop = add(() => [...before].some(([field, value]) => field.isConnected && field.value !== value));
  return () => {
    form.removeEventListener("beforeinput", remember);
    stop();
  };
};
