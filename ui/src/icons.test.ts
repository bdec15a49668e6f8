import { existsSync, readFileSync, readdirSync } from "node:fs";
import { compile } from "svelte/compiler";
import { describe, expect, it } from "vitest";
import { drawn, icons } from "../icons.plugin";

const folder = new URL("../node_modules/@lucide/svelte/dist/icons/", import.meta.url);
const sources = import.meta.glob("./**/*.svelte", { query: "?raw", import: "default", eager: true });

describe("icons", () => {
  it("every_icon_of_the_window_becomes_plain_markup", () => {
    const used = new Set(
      Object.values(sources).flatMap((source) => [...String(source).matchAll(/@lucide\/svelte\/icons\/([a-z0-9-]+)/g)].map((found) => found[1] ?? "")),
    );
    expect(used.size).toBeGreaterThan(50);
    const plugin = icons();
    const transform = plugin.transform as (code: string, id: string) => { code: string } | null;
    for (const name of used) {
      // Some go by another name as well: a file that leads to the icon.
      const other = new URL(`${name}.js`, folder);
      const led = existsSync(other) ? /"\.\/(.+\.svelte)"/.exec(readFileSync(other, "utf8"))?.[1] : undefined;
      const code = readFileSync(new URL(led ?? `${name}.svelte`, folder), "utf8");
      const made = transform.call({} as never, code, `/x/node_modules/@lucide/svelte/dist/icons/${name}.svelte`);
      expect(compile(made?.code ?? "", {}).js.code, name).toContain("<svg");
      expect(made?.code, name).not.toContain("svelte:element");
    }
  });

  it("what_is_no_icon_stays_as_it_is", () => {
    const transform = icons().transform as (code: string, id: string) => unknown;
    expect(transform.call({} as never, "<p></p>", "/x/src/App.svelte")).toBeNull();
    expect(readdirSync(folder).length).toBeGreaterThan(1000);
  });

  it("keeps_each_mark_and_attribute", () => {
    const made = drawn('{"name":"copy","size":24,"node":[["rect",{"x":"8","rx":"2"}],["path",{"d":"M4 16"}]]}');
    expect(made).toContain('<rect x="8" rx="2" /><path d="M4 16" />');
    expect(made).toContain("lucide lucide-copy");
  });
});
