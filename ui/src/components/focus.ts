// Puts the keyboard where a sheet begins. The browser's own autofocus stays out once something has the focus.
import type { Attachment } from "svelte/attachments";

const focus: Attachment<HTMLElement> = (node) => node.focus();
const nothing: Attachment<HTMLElement> = () => undefined;

/** Focuses the element when it appears, if it is the one. */
export function focusFirst(first = true): Attachment<HTMLElement> {
  return first ? focus : nothing;
}
