import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import german from "./de/core";
import { fromCore } from "./core.svelte";
import { speakIn } from "./index.svelte";

/** Where the core makes sentences that a person reads in the window. */
const SOURCES = [
  "discover_view.rs",
  "explain.rs",
  "jwt/findings.rs",
  "jwt/parse.rs",
  "jwt/table.rs",
  "notice.rs",
  "sentence.rs",
  "sentence/sign_in.rs",
];
/** What stands in quotes there and is no sentence for a window. */
const OTHERS = [
  /^-----/,
  // Joins parts that are translated by themselves, or as one sentence.
  /^[{} ]*$/,
  /^\{name\} \{why\}$/,
  // The units of a span: numbers and units are the same in every language.
  /^\{(large|head)\}/,
  // A report for whoever is asked for help stays English.
  /^\{:>8/,
];

const core = new URL("../../../crates/core/", import.meta.url).pathname;

/** The string literals of a source, without its tests and comments. */
function literals(file: string): string[] {
  const source = readFileSync(`${core}src/${file}`, "utf8")
    .replace(/#\[cfg\(test\)\]\nmod \w+ \{[\s\S]*$/, "")
    .replace(/^\s*\/\/.*$/gm, "");
  const quoted = [...source.matchAll(/(\w*)"((?:[^"\\]|\\[\s\S])*)"/g)].filter((match) => match[1] === "");
  return quoted.map((match) => (match[2] ?? "").replace(/\\\n\s*/g, "").replaceAll('\\"', '"').replaceAll("\\u{a0}", "\u00a0"));
}

/** Whether there is German for it: alone, as part of a longer sentence, or sentence by sentence. */
function known(literal: string): boolean {
  const text = literal
    .replace(/:? fob (login|refresh) .*$/, ".")
    .replace(/, with --redirect-uri\.$/, ".")
    .replace(/^\{\w*\} /, "")
    .trim();
  const parts = text.split(/(?<=[.!?]) /).filter((part) => !/^\{\w*\}$/.test(part));
  return stands(text) || (parts.length > 1 ? parts.every(stands) : parts[0] !== undefined && stands(parts[0]));
}

/** Whether a pattern of the German words holds this text; what is filled in may have another name there. */
function stands(text: string): boolean {
  const escaped = (part: string) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const shape = text.split(/\{\{?\w*\}?\}/).map(escaped).join(".*");
  return Object.keys(german).some((english) => new RegExp(shape, "u").test(english));
}

const sentences = (all: string[]) =>
  all.filter((text) => /[A-Za-z]{2,}\W.*[a-z]{2,}/.test(text) && text.includes(" ") && !OTHERS.some((one) => one.test(text)));

describe("what the core says", () => {
  beforeAll(() => speakIn("de"));
  afterAll(() => speakIn("en"));

  it("has a German sentence for each of its own", () => {
    const missing = SOURCES.flatMap((file) => sentences(literals(file)).filter((text) => !known(text)).map((text) => `${file}: ${text}`));
    expect(missing).toEqual([]);
  });

  it("has a German word for every field, scope and fact of the providers", () => {
    const list = readFileSync(`${core}providers.toml`, "utf8");
    const words = [...list.matchAll(/(?:label|words|needs|note) = "((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? "");
    expect(words.length).toBeGreaterThan(100);
    expect(words.filter((one) => !(one in german))).toEqual([]);
  });

  it("fills the same gaps in German", () => {
    const gaps = (text: string) => [...text.matchAll(/\{\{?\w+\}?\}/g)].map((gap) => gap[0]).sort();
    for (const [english, words] of Object.entries(german)) {
      if (english.includes("{since}")) continue;
      expect(gaps(words), english).toEqual(gaps(english));
    }
  });

  it("is told with what was filled in, sentence by sentence", () => {
    expect(fromCore("id.northwind.example refused: invalid_grant.")).toBe("id.northwind.example hat abgelehnt: invalid_grant.");
    expect(fromCore("The server refused the sign-in. Nothing was saved.")).toBe(
      "Der Server hat die Anmeldung abgelehnt. Nichts wurde gespeichert.",
    );
    expect(fromCore("The keyring is locked. Copying and refreshing wait; nothing is lost.")).toMatch(/^Der Schlüsselbund ist gesperrt\./);
    expect(fromCore("Redirect uri: it takes no port.")).toBe("Rückadresse: ein Port ist nicht erlaubt.");
    expect(fromCore("Calendar feed: others may look into the vault's folder.")).toBe("Kalenderdatei: andere können in den Tresor-Ordner sehen.");
    expect(fromCore("Calendar feed: calendar.ics in the vault's folder was not made by Fobwatch.")).toBe(
      "Kalenderdatei: calendar.ics im Tresor-Ordner stammt nicht von Fobwatch.",
    );
    expect(fromCore("Google refuses 4 logins since {since}.")).toBe("Google lehnt 4 Anmeldungen ab, seit {since}.");
  });

  it("stays as it came when nobody has translated it", () => {
    expect(fromCore("Zq xw vv. Nothing was saved.")).toBe("Zq xw vv. Nichts wurde gespeichert.");
    expect(fromCore("")).toBe("");
  });

  it("looks foreign in the pseudo-locale, without what was filled in", async () => {
    await speakIn("en-XA");
    expect(fromCore("id.example refused: invalid_grant.")).toBe("[id.example ŕéƒûšéð: invalid_grant.]");
    await speakIn("de");
  });
});
