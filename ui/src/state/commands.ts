// Does what a key asked for. Commands about the open credential do nothing while none is open.
import type { CredentialView, Kind } from "../bindings";
import * as ipc from "../ipc";
import type { Command } from "../keymap";
import { actions, formatsOf, primaryAction } from "./actions.svelte";
import { lock } from "./lock.svelte";
import { together } from "./together.svelte";
import { vault } from "./vault.svelte";
import { focusPane, openTab, tabsOf, views, win, type Pane, type Subject, type Tab, type View } from "./window.svelte";

const all: Pane[] = ["nav", "list", "detail"];

/** True when the command was for this window and is done. */
export function run(command: Command): boolean {
  switch (command) {
    case "search":
      search();
      return true;
    case "commands":
      win.sheet = { kind: "commands", subject: subject() };
      return true;
    case "add":
      win.openAdd();
      return true;
    case "settings":
      show("settings");
      return true;
    case "view-1":
    case "view-2":
    case "view-3":
    case "view-4":
    case "view-5":
    case "view-6":
      show(views[Number(command.slice(5)) - 1] ?? "credentials");
      return true;
    case "lock":
      void lock.now();
      return true;
    case "quit":
      void ipc.quit().catch((thrown) => win.fail(ipc.asError(thrown)));
      return true;
    case "undo":
      if (win.toast?.kind !== "deleted") return false;
      void actions.undo();
      return true;
    case "next-pane":
    case "previous-pane":
      cycle(command === "next-pane" ? 1 : -1);
      return true;
    case "back":
      back();
      return true;
    default:
      return forCredential(command);
  }
}

function forCredential(command: Command): boolean {
  if (!win.listed) return false;
  if (vault.searching !== null) {
    // The key was quicker than the search: it means what will be found, not what was selected before.
    void vault.searching.then(() => forCredential(command));
    return true;
  }
  if (vault.moving !== null) {
    // The key was quicker than the selection: it means where that is going, not where it was.
    void vault.moving.catch(() => undefined).then(() => forCredential(command));
    return true;
  }
  if (vault.several.on) return forSeveral(command);
  const view = vault.detail;
  const wanted = vault.selectedId;
  if (wanted === null) return false;
  if (view?.id === wanted) return act(command, view);
  // The key was quicker than the detail: it means what is selected, not what is still shown.
  void whenOpen(wanted).then((opened) => {
    if (opened !== null) act(command, opened);
  });
  return true;
}

/** What is selected now; a promise where that is not known yet, as the keys are quicker than a search or the detail. */
function subject(): Subject | null | Promise<Subject | null> {
  if (!win.listed) return null;
  const way = vault.searching ?? vault.moving;
  if (way !== null) return way.then(() => undefined, () => undefined).then(subject);
  if (vault.several.on) return { kind: "several", ids: vault.several.ids };
  const wanted = vault.selectedId;
  if (wanted === null) return null;
  if (vault.detail?.id === wanted) return { kind: "one", view: vault.detail };
  return whenOpen(wanted).then((view) => (view === null ? null : { kind: "one", view }));
}

/** The selected credential once it is open; null when another was selected meanwhile, or it could not be opened. */
async function whenOpen(wanted: string): Promise<CredentialView | null> {
  vault.hurry();
  for (;;) {
    const opening = vault.opening;
    await opening;
    if (vault.selectedId !== wanted) return null;
    if (vault.detail?.id === wanted) return vault.detail;
    // A change came in between and opened it once more: that is the answer to wait for.
    if (vault.opening === opening) return null;
  }
}

/** What a key means for several: nothing that is about one alone. */
export function forSeveral(command: Command): boolean {
  if (command === "copy" || command === "copy-3") void together.copy();
  else if (command === "delete") win.sheet = { kind: "several-delete" };
  return true;
}

/** Does it to this credential. */
export function act(command: Command, view: CredentialView): boolean {
  switch (command) {
    case "copy":
      if (primaryAction(view) === "copy") void actions.copy(view.id, "raw");
      return true;
    case "copy-menu":
      if (win.single) win.pane = "detail";
      win.copyMenuOpen = primaryAction(view) === "copy";
      return true;
    case "copy-1":
    case "copy-2":
    case "copy-3":
    case "copy-4":
    case "copy-5":
    case "copy-6":
    case "copy-7":
    case "copy-8":
    case "copy-9": {
      const format = formatsOf(view)[Number(command.slice(5)) - 1];
      if (format === undefined) return false;
      if (primaryAction(view) === "copy") void actions.copy(view.id, format);
      return true;
    }
    case "refresh":
      if (view.renews) actions.renew(view);
      return true;
    case "sign-in":
      if (view.kind === "oauth") void actions.signInAgain(view.id);
      return true;
    case "delete":
      win.sheet = { kind: "delete", credential: view };
      return true;
    case "previous-tab":
    case "next-tab":
      win.tab = neighbour(view.kind, command === "next-tab" ? 1 : -1);
      return true;
    default:
      return false;
  }
}

/** The tab beside the open one; the last stays the last. */
function neighbour(kind: Kind, step: number): Tab {
  const tabs = tabsOf(kind);
  const index = Math.min(Math.max(tabs.indexOf(openTab(kind, win.tab)) + step, 0), tabs.length - 1);
  return tabs[index] ?? "overview";
}

/** Opens a view of the sidebar. */
export function show(view: View) {
  win.view = view;
  if (win.single) win.pane = "list";
  if (view === "credentials") vault.clearFilters();
  else if (view === "attention") vault.filter({ attention_only: true });
  setTimeout(() => focusPane("list"));
}

function search() {
  // A view with a search of its own keeps it.
  if (!win.listed && document.querySelector("[data-search]") === null) win.view = "credentials";
  if (win.single) win.pane = "list";
  setTimeout(() => {
    const field = document.querySelector<HTMLInputElement>("[data-search]");
    field?.focus();
    field?.select();
  });
}

function cycle(step: number) {
  const panes = all.filter((pane) => win.single || document.querySelector(`[data-pane="${pane}"]`) !== null);
  const here = document.activeElement?.closest<HTMLElement>("[data-pane]")?.dataset["pane"] ?? "list";
  const index = panes.findIndex((pane) => pane === here);
  const next = panes[(index + step + panes.length) % panes.length] ?? "list";
  if (win.single) win.pane = next;
  setTimeout(() => focusPane(next));
}

/** Moves the keyboard into the detail of what is selected: a key that was quicker than it waits for it. */
export async function enterDetail() {
  if (win.single) win.pane = "detail";
  if (vault.moving !== null) await vault.moving.catch(() => undefined);
  const wanted = vault.selectedId;
  if (!vault.several.on && wanted !== null && vault.detail?.id !== wanted && (await whenOpen(wanted)) === null) return;
  setTimeout(() => {
    // Whoever went elsewhere meanwhile stays there.
    const pane = document.activeElement?.closest<HTMLElement>("[data-pane]")?.dataset["pane"] ?? "list";
    if (pane === "list") focusPane("detail");
  });
}

function back() {
  if (win.single && win.pane === "detail") win.pane = "list";
  else if (vault.several.on) vault.several.leave();
  else if (vault.input.query !== "") vault.filter({ query: "" });
  setTimeout(() => focusPane("list"));
}
