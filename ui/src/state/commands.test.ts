import { beforeEach, describe, expect, it, vi } from "vitest";
import { standIn } from "../../dev/boundary";

// The first import compiles what the window is made of, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 60_000 });

/** What the page was asked to focus. */
let focused: string[] = [];
/** The credentials whose details are on their way, and what lets them arrive. */
let coming: Record<string, () => void> = {};

async function window() {
  vi.resetModules();
  standIn({
    credential: ({ id }) =>
      new Promise((arrive) => {
        coming[id as string] = () => arrive({ id, kind: "api_key", templates: [] });
      }),
  });
  const [{ vault }, { enterDetail }] = await Promise.all([import("./vault.svelte"), import("./commands")]);
  return { vault, enterDetail };
}

/** A page with the keyboard in this pane. */
function keyboardIn(pane: string) {
  const focus = (selector: string) => ({ focus: () => focused.push(selector) });
  vi.stubGlobal("document", { activeElement: { closest: () => ({ dataset: { pane } }) }, querySelector: focus });
}

const later = () => new Promise((done) => setTimeout(done));

describe("the way into the detail", () => {
  beforeEach(() => {
    [focused, coming] = [[], {}];
    keyboardIn("list");
  });

  it("waits_for_what_is_selected_to_be_open", async () => {
    const { vault, enterDetail } = await window();
    vault.select("a");
    const way = enterDetail();
    await later();
    expect(focused).toEqual([]);
    coming["a"]?.();
    await way;
    await later();
    expect(focused).toEqual(['[data-pane="detail"] [data-pane-focus]']);
  });

  it("ends_where_something_else_is_selected_meanwhile", async () => {
    const { vault, enterDetail } = await window();
    vault.select("a");
    const way = enterDetail();
    vault.select("b");
    coming["a"]?.();
    coming["b"]?.();
    await way;
    await later();
    expect(focused).toEqual([]);
  });

  it("leaves_the_keyboard_where_the_person_took_it_meanwhile", async () => {
    const { vault, enterDetail } = await window();
    vault.select("a");
    const way = enterDetail();
    keyboardIn("nav");
    coming["a"]?.();
    await way;
    await later();
    expect(focused).toEqual([]);
  });
});
