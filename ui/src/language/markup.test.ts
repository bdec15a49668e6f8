// Words stand in the languages' files only: a text, a name or a label written into a component would never be translated.
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "svelte/compiler";
import { describe, expect, it } from "vitest";

const source = new URL("../", import.meta.url).pathname;
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".svelte"));

/** What a person or a screen reader is told by an attribute or a property. */
const TELLING = new Set(["aria-label", "title", "placeholder", "label", "alt", "lead", "under", "hint", "word", "text", "name", "done", "busy"]);
/** What is called the same everywhere: the product, keys of the keyboard, names of formats, the beginning of an address. */
const SAME = /^(Fobwatch|Esc|Enter|JWT|PKCE|SHA-\d+|curl|dev\.fobwatch( ·)?|tenant\.example|https?:\/\/\S*|v|-----BEGIN PRIVATE KEY-----)$/;

type Node = { type: string; [key: string]: unknown };

const isWords = (text: string) => {
  const words = text.trim();
  return /\p{L}{2}/u.test(words) && !SAME.test(words) && !/^[^\p{L}]*\p{L}[^\p{L}]*$/u.test(words);
};

/** Literal words that are drawn, in the order of the file. */
function written(markup: Node): string[] {
  const found: string[] = [];
  /** A value that becomes text: a literal, or one of two of them. */
  const drawn = (value: Node | null | undefined) => {
    if (!value) return;
    if (value.type === "Literal" && typeof value["value"] === "string" && isWords(value["value"])) found.push(value["value"]);
    if (value.type === "TemplateLiteral") {
      const text = (value["quasis"] as { value: { cooked: string } }[]).map((one) => one.value.cooked).join(" ");
      if (isWords(text.replace(/ (· )?/g, " ").trim())) found.push(text);
    }
    if (value.type === "ConditionalExpression") [value["consequent"], value["alternate"]].forEach((one) => drawn(one as Node));
    if (value.type === "LogicalExpression") [value["left"], value["right"]].forEach((one) => drawn(one as Node));
  };
  const visit = (value: unknown, inside: boolean) => {
    if (Array.isArray(value)) for (const one of value) visit(one, inside);
    else if (typeof value === "object" && value !== null) {
      const node = value as Node;
      if (node.type === "Attribute") {
        const parts = (Array.isArray(node["value"]) ? node["value"] : [node["value"]]) as Node[];
        if (!TELLING.has(String(node["name"]))) return parts.forEach((one) => visit(one?.["expression"], false));
        for (const part of parts) {
          if (part?.type === "Text" && isWords(String(part["data"]))) found.push(String(part["data"]));
          if (part?.type === "ExpressionTag") drawn(part["expression"] as Node);
        }
        return;
      }
      if (["Comment", "StyleDirective", "StyleSheet"].includes(node.type)) return;
      if (node.type === "Text" && inside && isWords(String(node["data"]))) found.push(String(node["data"]).trim());
      if (node.type === "ExpressionTag" && inside) drawn(node["expression"] as Node);
      for (const [key, one] of Object.entries(node)) if (key !== "metadata" && key !== "parent") visit(one, inside);
    }
  };
  visit(markup, true);
  return found;
}

describe("the markup of the window", () => {
  it.each(files)("%s has no words of its own", (file) => {
    const { fragment } = parse(readFileSync(`${source}${file}`, "utf8"), { modern: true });
    expect(written(fragment as unknown as Node)).toEqual([]);
  });

  it("is read well enough to find them", () => {
    const bad = `<p title="Two words" class="no words">Hello there {yes ? "Copy it" : t("copy.token")}</p><i>{a} · {b}</i><Kbd keys="Esc" />`;
    const { fragment } = parse(bad, { modern: true });
    expect(written(fragment as unknown as Node)).toEqual(["Two words", "Hello there", "Copy it"]);
  });
});
