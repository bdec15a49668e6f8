// The window itself. What it is about to need is asked for before it is drawn.
import { mount } from "svelte";
import App from "./App.svelte";
import { remembered, setLanguage } from "./language/index.svelte";
import { lock } from "./state/lock.svelte";
import { chosen } from "./state/settings.svelte";

/** Asks for what must be known, then draws the window in the place of what is in `target`. */
export async function start(target: Element): Promise<void> {
  // Without settings the window is as the system says.
  void chosen.ask().catch(() => undefined);
  await Promise.allSettled([
    // Words that can't be loaded are no reason for an empty window: then it is English.
    setLanguage(remembered()),
    // Nothing of the vault may be drawn before it is known that nothing is locked. A vault that can't say so can't show
    // anything else either; its list says why.
    lock.ask(),
  ]);
  target.replaceChildren();
  mount(App, { target });
}
