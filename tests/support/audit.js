// Collects what of the page can be measured on its picture: each visible text and each icon with its box and colour.
// What is disabled, hidden from everybody or behind a dialog is left out (DESIGN section 11).
const dialog = [...document.querySelectorAll('[role=dialog], [role=alertdialog], dialog[open]')].at(-1);
const inFront = (element) => {
  if (element.closest(':disabled, [aria-disabled=true], [inert]')) return false;
  if (dialog && !dialog.contains(element) && !element.closest('[data-bits-floating-content-wrapper]')) return false;
  return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
};
/** Whether the middle of a box shows this element, rather than something that lies over it. */
const onTop = (element, box) => {
  const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return there !== null && (element.contains(there) || there.contains(element));
};
const within = (box) =>
  box.width >= 3 && box.height >= 6 && box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
const found = [];
const add = (kind, element, box, colour, text) => {
  if (within(box) && onTop(element, box)) {
    const [x, y] = [Math.floor(box.left), Math.floor(box.top)];
    found.push({ kind, colour, text, x, y, width: Math.ceil(box.right) - x, height: Math.ceil(box.bottom) - y });
  }
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode;
  const text = node.data.trim();
  if (!/[\p{L}\p{N}]/u.test(text) || !inFront(node.parentElement)) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  const style = getComputedStyle(node.parentElement);
  if (style.clipPath !== 'none') continue;
  for (const box of range.getClientRects()) add('text', node.parentElement, box, style.color, text.slice(0, 40));
}
for (const icon of document.querySelectorAll('svg')) {
  if (!inFront(icon)) continue;
  add('icon', icon, icon.getBoundingClientRect(), getComputedStyle(icon).color, icon.getAttribute('class') ?? 'svg');
}
return found;
