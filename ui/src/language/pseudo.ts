// Words that look foreign and are longer, or run from right to left, so that what was forgotten, cut or left behind is seen.

const accents: Record<string, string> = {
  a: "á", b: "ƀ", c: "ç", d: "ð", e: "é", f: "ƒ", g: "ĝ", h: "ĥ", i: "î", j: "ĵ", k: "ķ", l: "ļ", m: "ɱ", n: "ñ",
  o: "ö", p: "þ", q: "ǫ", r: "ŕ", s: "š", t: "ţ", u: "û", v: "ṽ", w: "ŵ", x: "ẋ", y: "ý", z: "ž",
  A: "Å", B: "Ɓ", C: "Ç", D: "Ð", E: "É", F: "Ƒ", G: "Ĝ", H: "Ĥ", I: "Î", J: "Ĵ", K: "Ķ", L: "Ļ", M: "Ṁ", N: "Ñ",
  O: "Ö", P: "Þ", Q: "Ǫ", R: "Ŕ", S: "Š", T: "Ţ", U: "Û", V: "Ṽ", W: "Ŵ", X: "Ẋ", Y: "Ý", Z: "Ž",
};

/** Every letter with an accent. */
export function accent(text: string): string {
  return [...text].map((one) => accents[one] ?? one).join("");
}

/** "Copy" becomes "[Çöþý on]": accented, and two fifths longer, as a translation may be. What is filled in stays,
 *  and so does what marks a part: "<code>". */
export function accented(text: string): string {
  if (text === "") return "";
  const parts = text.split(/(\{\{.*?\}\}|<\/?\w+>)/);
  const foreign = parts.map((part) =>
    /^(\{\{|<\/?\w)/.test(part) ? part : accent(part),
  );
  const more = " one two three four five six seven eight nine ten".slice(0, Math.ceil(text.length * 0.4));
  return `[${foreign.join("")}${more.trimEnd()}]`;
}

/** The same English from right to left: each word between RLO and PDF, with marks around that make it strong. */
export function turned(text: string): string {
  const parts = text.split(/(\{\{.*?\}\}|<\/?\w+>|\s+)/);
  return parts.map((part) => (/^(\{\{|<\/?\w|\s|$)/.test(part) ? part : `\u200f\u202e${part}\u202c\u200f`)).join("");
}

/** A whole tree of words, each changed. */
export function pseudo<T>(words: T, change: (text: string) => string = accented): T {
  if (typeof words === "string") return change(words) as T;
  return Object.fromEntries(Object.entries(words as object).map(([key, one]) => [key, pseudo(one, change)])) as T;
}

/** Arabic has six plural forms where English has two: the others take the last one. */
export function withForms<T>(words: T): T {
  if (typeof words === "string") return words;
  const all = Object.entries(words as object).flatMap(([key, one]) => {
    const forms = key.endsWith("_other") ? ["zero", "two", "few", "many", "other"].map((form) => key.replace(/other$/, form)) : [key];
    return forms.map((form) => [form, withForms<unknown>(one)]);
  });
  return Object.fromEntries(all) as T;
}
