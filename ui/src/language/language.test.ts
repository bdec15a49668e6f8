import { describe, expect, it } from "vitest";
import de from "./de";
import en from "./en";
import { pick, speakIn, t } from "./index.svelte";
import { accented, turned } from "./pseudo";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, one]) =>
    typeof one === "string" ? [[`${path}${key}`, one] as [string, string]] : flat(one, `${path}${key}.`),
  );
}
const filled = (words: string) => [...words.matchAll(/{{(.*?)}}/g)].map((one) => one[1]).sort();

describe("the words", () => {
  it("have the same keys, and the same gaps to fill, in every language", () => {
    const german = new Map(flat(de));
    const english = flat(en);
    expect([...german.keys()].sort()).toEqual(english.map(([key]) => key).sort());
    for (const [key, words] of english) expect(filled(german.get(key) ?? ""), key).toEqual(filled(words));
  });

  it("are not empty, and have every plural form", () => {
    for (const [key, words] of [...flat(en), ...flat(de)]) expect(words.trim(), key).not.toBe("");
    const keys = flat(en).map(([key]) => key);
    for (const key of keys.filter((one) => one.endsWith("_one"))) expect(keys).toContain(key.replace(/_one$/, "_other"));
  });

  it("of the pseudo-locale keep what is filled in", () => {
    expect(accented("Copy {{name}}")).toBe("[Çöþý {{name}} one t]");
    expect(accented("See <code>{{name}}</code>")).toMatch(/^\[Šéé <code>{{name}}<\/code> /);
    expect(turned("Copy {{name}}")).toBe("\u200f\u202eCopy\u202c\u200f {{name}}");
  });

  it("are told with their numbers as the language writes them, and in the right plural", async () => {
    await speakIn("de");
    expect(t("words.hidden", { count: 1184 })).toMatch(/^verborgen, 1.?184 Zeichen$/);
    expect(t("remove.keyAndOldLeave", { keyring: t("words.keyring"), count: 1 })).toContain("1 alte Fassung verlässt");
    await speakIn("ar-XB");
    for (const count of [0, 1, 2, 3, 16, 100]) expect(t("words.hidden", { count }), String(count)).toContain("\u202e");
    await speakIn("en");
    expect(t("words.hidden", { count: 1 })).toBe("hidden, 1 character");
  });

  it("keep a name that runs the other way whole, where the window runs from right to left", async () => {
    await speakIn("ar-XB");
    expect(t("remove.label", { name: "Payments" })).toContain("\u2068Payments\u2069");
    await speakIn("en");
    expect(t("remove.label", { name: "Payments" })).toBe("Delete Payments");
  });
});

describe("the language of the window", () => {
  it("follows the system as far as it is translated", () => {
    expect(pick("system", ["fr-FR", "de-AT", "en"])).toBe("de");
    expect(pick("system", ["fr-FR"])).toBe("en");
    expect(pick("de", ["en-US"])).toBe("de");
    expect(pick("en-XA", ["de"])).toBe("en-XA");
    expect(pick("zz", ["de"])).toBe("en");
  });
});
