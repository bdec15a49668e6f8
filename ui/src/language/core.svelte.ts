// What the core says, in the language of the window. The core makes its sentences once, in English, for the window, the
// tray and `fob`; another language has them by their English patterns, as gettext has them: "{host} refused: {code}."
//
// Nothing here decides anything by a sentence, and one that has no translation stays as it came. A test reads the
// core's sources and finds what is missing.
import { isolated, language } from "./index.svelte";
import { catalogue, translate, type Catalogue } from "./patterns";

const loaders: Record<string, () => Promise<Record<string, string>>> = {
  de: () => import("./de/core").then((one) => one.default),
  "en-XA": () => pseudo(({ accent }) => (english) => `[${besideGaps(english, accent)}]`),
  "ar-XB": () => pseudo(({ turned }) => (english) => besideGaps(english, turned)),
};
let catalogues = $state.raw<Record<string, Catalogue>>({});

/** The patterns themselves, changed as a pseudo-locale changes words. */
async function pseudo(how: (module: typeof import("./pseudo")) => (english: string) => string) {
  const [{ default: words }, module] = await Promise.all([import("./de/core"), import("./pseudo")]);
  const change = how(module);
  return Object.fromEntries(Object.keys(words).map((english) => [english, change(english)]));
}

/** Changes the words of a pattern; what is filled in stays. */
function besideGaps(english: string, change: (text: string) => string): string {
  const parts = english.split(/(\{\{?\w+\}?\})/);
  return parts.map((part) => (part.startsWith("{") ? part : change(part))).join("");
}

/** Loads what the core says in a language; settles when it is there. */
export async function loadCore(tag: string): Promise<void> {
  const load = loaders[tag];
  if (load === undefined || catalogues[tag] !== undefined) return;
  const words = await load();
  catalogues = { ...catalogues, [tag]: catalogue(words) };
}

/** A text of the core in the language of the window. */
export function fromCore(text: string): string {
  const known = catalogues[language()];
  if (known === undefined || text === "") return text;
  return translate(text, known, isolated);
}
