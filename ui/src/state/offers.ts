// What the command palette offers: of all commands those that can do something now, with the words they have now.
//
// The invariant: what concerns a credential concerns the one that was selected when the palette opened, whatever
// another program or the tray has selected since.
import { computeCommandScore } from "bits-ui";
import type { CredentialView } from "../bindings";
import { commands, formatKeys, places, table, type Place } from "../command_table";
import * as ipc from "../ipc";
import type { Command } from "../keymap";
import { t } from "../language/index.svelte";
import { actions, copyWords, formatsOf, formatWords, primaryAction, renewWords } from "./actions.svelte";
import { act, forSeveral, run } from "./commands";
import { vault } from "./vault.svelte";
import { openTab, tabsOf, views, win, type Subject } from "./window.svelte";

export type Offer = {
  id: string;
  command: Command | "copy-format";
  name: string;
  keys: string;
  place: Place;
  run: () => unknown;
};

/** Offers of one place, the best first. */
export type Found = { place: Place; offers: Offer[] };

/** Everything that can be done now, in the order of the table. */
export function offers(subject: Subject | null): Offer[] {
  const about = subject === null ? [] : subject.kind === "several" ? forAll(subject.ids) : forOne(latest(subject.view));
  const others = commands.filter((command) => table[command].place !== "credential" && possible(command));
  const rest = others.map((command) => offer(command, t(nameOf(command)), () => run(command)));
  return [...about, ...rest];
}

/** What fits the words typed so far: the best first, in its place, and the place that has the best first. */
export function found(all: Offer[], typed: string): Found[] {
  const wanted = typed.trim();
  const scored = all.map((one) => ({ one, score: wanted === "" ? 1 : score(one, wanted) })).filter(({ score }) => score > 0);
  scored.sort((a, b) => b.score - a.score);
  const inOrder = wanted === "" ? places : [...new Set(scored.map(({ one }) => one.place))];
  return inOrder
    .map((place) => ({ place, offers: scored.filter(({ one }) => one.place === place).map(({ one }) => one) }))
    .filter((group) => group.offers.length > 0);
}

/** A command is found by the name that it has now and by the one that it has in the settings. */
function score(one: Offer, wanted: string): number {
  const names = one.command === "copy-format" ? [one.name] : [one.name, t(table[one.command].name)];
  return Math.max(...names.map((name) => computeCommandScore(name, wanted, [])));
}

function offer(command: Command, name: string, run: () => unknown): Offer {
  return { id: command, command, name, keys: table[command].keys, place: table[command].place, run };
}

/** The credential as it is now, as far as the window knows. */
function latest(view: CredentialView): CredentialView {
  return vault.detail?.id === view.id ? vault.detail : view;
}

function forOne(view: CredentialView): Offer[] {
  const one = (command: Command, name: string) => offer(command, name, () => onCredential(view, (now) => act(command, now)));
  const all: Offer[] = [];
  if (primaryAction(view) === "copy") {
    all.push(one("copy", copyWords(view)), one("copy-menu", t(table["copy-menu"].name)), ...formatOffers(view), onceOffer(view));
  }
  if (view.renews && actions.refreshing === null) all.push(one("refresh", renewWords(view)));
  if (view.kind === "oauth" && !actions.opening) all.push(one("sign-in", t(table["sign-in"].name)));
  const tabs = tabsOf(view.kind);
  const at = tabs.indexOf(openTab(view.kind, win.tab));
  if (at < tabs.length - 1) all.push(one("next-tab", t(table["next-tab"].name)));
  if (at > 0) all.push(one("previous-tab", t(table["previous-tab"].name)));
  all.push(one("delete", t(table.delete.name)));
  return all;
}

/** Each format, also those that came after the nine that have keys. */
function formatOffers(view: CredentialView): Offer[] {
  return formatsOf(view).map((format, place) => ({
    id: format,
    command: "copy-format",
    name: t("copy.asWhat", { label: formatWords(view, format) }),
    keys: formatKeys(place),
    place: "credential",
    run: () => onCredential(view, (now) => actions.copy(now.id, format)),
  }));
}

function onceOffer(view: CredentialView): Offer {
  const run = () => onCredential(view, (now) => actions.copy(now.id, "raw", true));
  return { id: "copy-once", command: "copy-format", name: t("copy.once"), keys: "", place: "credential", run };
}

/** Does something to the credential that was meant; what was selected instead meanwhile gives way. */
async function onCredential(meant: CredentialView, work: (view: CredentialView) => unknown) {
  if (vault.selectedId === meant.id) return work(latest(meant));
  try {
    const view = await ipc.credential(meant.id);
    await vault.open(meant.id);
    return work(view);
  } catch (thrown) {
    win.fail(ipc.asError(thrown));
  }
}

function forAll(ids: ReadonlySet<string>): Offer[] {
  const all = (command: Command, name: string) =>
    offer(command, name, () => {
      if (vault.several.ids !== ids) vault.several.start([...ids], vault.several.anchor);
      forSeveral(command);
    });
  const known = vault.several.current;
  const tooMany = known !== null && ids.size > known.copies_at_most;
  return [...(tooMany ? [] : [all("copy", t("list.several.copy"))]), all("delete", t("list.several.remove"))];
}

/** Whether a command about the window or the vault would do something. */
function possible(command: Command): boolean {
  if (vault.list?.total === 0 && win.listed && table[command].unstored !== true) return false;
  switch (command) {
    case "commands":
      // They are open.
      return false;
    case "undo":
      return win.toast?.kind === "deleted";
    case "settings":
      return win.view !== "settings";
    case "back":
      return win.listed;
    case "view-1":
      return win.view !== "credentials" || vault.filtered || vault.several.on;
    default:
      return !command.startsWith("view-") || views[Number(command.slice(5)) - 1] !== win.view;
  }
}

/** Going back does what is next on the way. */
function nameOf(command: Command) {
  if (command !== "back") return table[command].name;
  if (win.single && win.pane === "detail") return table.back.name;
  if (vault.several.on) return "commands.clearSelection";
  return vault.input.query === "" ? table.back.name : "list.clear";
}
