// The window's first picture, drawn from what this computer remembers of the last time. It is small on purpose: all of it
// runs before the first frame.
import { paintTheme, rememberedTheme } from "./theme";
import { rememberedWidths } from "./widths";

/** Whether something was open when the window was last: then there will be panes. */
export const SELECTED = "fobwatch.selected";
/** Whether the window asks for a passphrase first. */
export const LOCKS = "fobwatch.locks";

/** Gives the shell the theme and the panes of the last time; none where the first view will have none. */
export function colourShell() {
  paintTheme(rememberedTheme());
  const { side, list } = rememberedWidths();
  const root = document.documentElement;
  root.style.setProperty("--shell-side", `${side}px`);
  root.style.setProperty("--shell-list", `${list}px`);
  const panes = localStorage.getItem(SELECTED) !== null && localStorage.getItem(LOCKS) === null;
  document.querySelector(".shell")?.classList.toggle("panes", panes);
}
