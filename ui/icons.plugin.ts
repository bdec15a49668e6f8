// Makes Lucide's icons plain markup.
//
// Lucide's own components put their elements together from a table, attribute by attribute, each time that one is shown.
// That takes half a millisecond, and a screen has dozens: half of what a scrolled row costs. Here each icon becomes,
// when the window is built, the markup that its table stands for, which is copied in one piece.
import type { Plugin } from "vite";

type Table = { name: string; node: [tag: string, attributes: Record<string, string>][] };

/** The source of a component that shows one icon. All icons of the window are decoration beside words. */
export function drawn(table: string): string {
  const { name, node } = JSON.parse(table) as Table;
  const marks = node.map(([tag, attributes]) => {
    const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
    return `<${tag}${written.join("")} />`;
  });
  return `<script lang="ts">
  let { size = 24, strokeWidth = 2, fill = "none" } = $props();
</script>

<svg
  class="lucide lucide-${name}"
  xmlns="http://www.w3.org/2000/svg"
  width={size}
  height={size}
  viewBox="0 0 24 24"
  {fill}
  stroke="currentColor"
  stroke-width={strokeWidth}
  stroke-linecap="round"
  stroke-linejoin="round"
  aria-hidden="true">${marks.join("")}</svg
>`;
}

/** The plugin; before that of Svelte. */
export const icons = (): Plugin => ({
  name: "icons",
  enforce: "pre",
  transform(code, id) {
    if (!/@lucide[\\/]svelte[\\/]dist[\\/]icons[\\/][^\\/]+\.svelte$/.test(id)) return null;
    const table = /const iconData = (\{.*\});/.exec(code)?.[1];
    if (table === undefined) this.error(`there is no icon in ${id}`);
    return { code: drawn(table), map: null };
  },
});
