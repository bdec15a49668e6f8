// Every word of the window, by key: `t("list.search")`, `t("list.results", { count })`. Words live in `en/` and `de/`,
// one file for each area, and nowhere else. i18next chooses plural forms (Intl.PluralRules) and fills in.
//
// Besides real languages there are the two pseudo-locales of the trade: `en-XA` makes every word longer and accented,
// so that cut text and words that escaped translation are seen; `ar-XB` runs from right to left.
import i18next, { type ParseKeys } from "i18next";
import { loadCore } from "./core.svelte";
import { grouped } from "../intl";
import { between } from "./bidi";
import en from "./en";

/** The same keys with any words: what a language must have, or it does not compile. */
type Worded<T> = { [K in keyof T]: T[K] extends string ? string : Worded<T[K]> };
export type Words = Worded<typeof en>;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

/** What can be chosen: real languages by their own names. */
export const languages = [
  { code: "en", name: "English" },
  { code: "de", name: "Deutsch" },
] as const;

const others: Record<string, () => Promise<{ default: Words }>> = {
  de: () => import("./de"),
  "en-XA": () => import("./pseudo").then(({ pseudo }) => ({ default: pseudo<Words>(en) })),
  "ar-XB": () => import("./pseudo").then(({ pseudo, turned, withForms }) => ({ default: withForms(pseudo<Words>(en, turned)) })),
};
const REMEMBERED = "fobwatch.language";
let current = $state("en");
/** Whether the person chose it, rather than the system. */
let chosen = $state(false);

void i18next.init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
});

/** A key of the words; one with plural forms (`results_one`, `results_other`) is named without them. */
export type Key = ParseKeys;

/** Words without names in them, as they were said before: a key of the search asks for hundreds, and i18next takes its
 *  time. What has names is made anew, so that a locked window keeps none. */
// eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn of it that does not read the language
const known = new Map<string, string>();
const MOST_KNOWN = 2000;

/** The words of a key in the language of the window. Reading it in a component keeps that component current.
 *  `count` chooses the plural; every number that is filled in is written as the language writes numbers. */
export function t(key: Key, filled: Record<string, string | number> = {}): string {
  void current;
  if (Object.values(filled).some((one) => typeof one === "string")) return said(key, filled);
  const asked = `${key} ${JSON.stringify(filled)}`;
  let words = known.get(asked);
  if (words === undefined) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(asked, (words = said(key, filled)));
  }
  return words;
}

function said(key: Key, filled: Record<string, string | number>): string {
  const written = Object.entries(filled).map(([name, one]) => [
    name,
    typeof one === "number" ? grouped(one, locale()) : isolated(one),
  ]);
  const { count } = filled;
  const options = { replace: Object.fromEntries(written) as Record<string, string> };
  return i18next.t(key, typeof count === "number" ? { ...options, count } : options);
}

/** Whether the window runs from right to left. */
const rightToLeft = () => direction(current) === "rtl";
const direction = (tag: string) => i18next.dir(tag === "ar-XB" ? "ar" : tag);

/** A name or an address in a sentence that runs from right to left keeps its own direction. */
export function isolated(text: string): string {
  return rightToLeft() && text !== "" ? between(text) : text;
}

/** What Intl formats for: the chosen language, otherwise whatever the system says. */
export function locale(): string | undefined {
  if (!chosen) return undefined;
  return current === "en-XA" ? "en" : current === "ar-XB" ? "ar-EG-u-nu-latn" : current;
}

/** The language of the window, as an IETF tag. */
export function language(): string {
  return current;
}

/** The language for a wish of the settings: `system` or a tag. What nobody translated is English. */
export function pick(wish: string, system: readonly string[]): string {
  if (wish in others) return wish;
  const wanted = wish === "system" ? system : [wish];
  const known = wanted.map((tag) => tag.split("-")[0] ?? "").find((tag) => tag === "en" || tag in others);
  return known ?? "en";
}

/** Speaks a language that is known; settles when its words are there. */
export async function speakIn(tag: string): Promise<void> {
  const load = others[tag];
  if (load !== undefined && !i18next.hasResourceBundle(tag, "translation")) {
    i18next.addResourceBundle(tag, "translation", (await load()).default);
  }
  await loadCore(tag);
  await i18next.changeLanguage(tag);
  known.clear();
  current = tag;
}

/** Changes the language of the window; settles when its words are there. */
export async function setLanguage(wish: string): Promise<void> {
  const tag = pick(wish, navigator.languages);
  chosen = wish !== "system";
  await speakIn(tag);
  document.documentElement.lang = tag;
  document.documentElement.dir = direction(tag);
  localStorage.setItem(REMEMBERED, wish);
}

/** What was chosen when the window was open last, so that its first frame speaks the right language. */
export function remembered(): string {
  return localStorage.getItem(REMEMBERED) ?? "system";
}
