// What the core says, in the language of the window. The core makes its sentences once, in English, for the window, the
// tray and `fob`; another language has them by their English patterns, as gettext has them: "{host} refused: {code}."
//
// Nothing here decides anything by a sentence, and one that has no translation stays as it came. A test reads the
// core's sources and finds what is missing.
import { language } from "./index.svelte";
import { catalogue, translate, type Catalogue } from "./patterns";
import { accent } from "./pseudo";

const loaders: Record<string, () => Promise<Record<string, string>>> = {
  de: () => import("./de/core").then((one) => one.default),
  "en-XA": () =>
    import("./de/core").then((one) =>
      Object.fromEntries(Object.keys(one.default).map((english) => [english, foreign(english)])),
    ),
};
let catalogues = $state.raw<Record<string, Catalogue>>({});

/** The pseudo-locale of a pattern: what is filled in stays. */
function foreign(english: string): string {
  const parts = english.split(/(\{\{?\w+\}?\})/);
  return `[${parts.map((part) => (part.startsWith("{") ? part : accent(part))).join("")}]`;
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
  return translate(text, known);
}
