// Puts the keyboard where a sheet begins, and back to where it was. The browser's own autofocus stays out once something
// has the focus.
import type { Attachment } from "svelte/attachments";

const focus: Attachment<HTMLElement> = (node) => node.focus();
const nothing: Attachment<HTMLElement> = () => undefined;

/** Focuses the element when it appears, if it is the one. */
export function focusFirst(first = true): Attachment<HTMLElement> {
  return first ? focus : nothing;
}

/** Gives the keyboard back to where it was before a sheet or menu; where that is gone, whoever closes it decides. */
export function giveBack(event: Event, before: Element | null) {
  if (!(before instanceof HTMLElement) || before === document.body || !before.isConnected) return;
  event.preventDefault();
  before.focus({ preventScroll: true });
}
