// Recognises a finished sentence by its English pattern, "{host} refused: {code}.", and says it in another language. Pure.

/** Parts that are words of the core themselves, and so are translated; all others are names and values. */
const WORDS = new Set(["why", "what", "field"]);
/** A gap that holds one of a few words, and no other text. */
const NARROW: Record<string, string> = {
  field:
    "((?:Account|Audience|Dpop|Fields|Header|Issuer|Key|Language|Name|Note|Prompt|Provider|Resource|Scopes|Settings|Tags|Timeout)|(?:Calendar|Client|Redirect|Rotate|Token) [a-z ]+)",
};

type Pattern = { shape: RegExp; names: string[]; to: string; weight: number };
/** Keeps the direction of what is filled in. */
type Isolate = (value: string) => string;
export type Catalogue = { whole: Map<string, string>; patterns: Pattern[]; told: Map<string, string> };

/** The store has another name on Linux. */
const escaped = (text: string) =>
  text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replace(/keychain|keyring/g, "(?:keychain|keyring)");

/** A pattern of the core as what recognises it. `{{since}}` is a gap that the core leaves open itself. */
function compile(english: string, to: string): Pattern {
  const names: string[] = [];
  const parts = english.split(/(\{\{\w+\}\}|\{\w+\})/).map((part) => {
    if (part.startsWith("{{")) return escaped(part.slice(1, -1));
    if (!part.startsWith("{")) return escaped(part);
    names.push(part.slice(1, -1));
    return NARROW[part.slice(1, -1)] ?? "(.+?)";
  });
  const weight = english.replace(/\{\w+\}/g, "").length;
  return { shape: new RegExp(`^${parts.join("")}$`, "su"), names, to: to.replace(/\{\{(\w+)\}\}/g, "{$1}"), weight };
}

/** Prepares the sentences of a language. */
export function catalogue(words: Record<string, string>): Catalogue {
  const whole = new Map<string, string>();
  const patterns: Pattern[] = [];
  for (const [english, to] of Object.entries(words)) {
    if (/\{|keychain|keyring/.test(english)) patterns.push(compile(english, to));
    else whole.set(english, to);
  }
  patterns.sort((a, b) => b.weight - a.weight);
  return { whole, patterns, told: new Map() };
}

/** Says a text of one sentence or several; what is not known stays as it came. */
export function translate(text: string, known: Catalogue, isolated: Isolate): string {
  const told = known.told.get(text);
  if (told !== undefined) return told;
  const translated = sentences(text, known, isolated);
  // Texts hold names and times: what is remembered must not grow for ever.
  if (known.told.size > 2000) known.told.clear();
  known.told.set(text, translated);
  return translated;
}

function sentences(text: string, known: Catalogue, isolated: Isolate): string {
  const whole = one(text, known, isolated);
  if (whole !== null) return whole;
  // Several sentences: the longest beginning that is known, then the rest.
  const ends = [...text.matchAll(/[.:!?](?= )/g)].map((match) => match.index + 1);
  for (const end of [...ends].reverse()) {
    const head = one(text.slice(0, end), known, isolated);
    if (head !== null) return `${head} ${sentences(text.slice(end + 1), known, isolated)}`;
  }
  const first = ends[0];
  return first === undefined ? text : `${text.slice(0, first)} ${sentences(text.slice(first + 1), known, isolated)}`;
}

function one(text: string, known: Catalogue, isolated: Isolate): string | null {
  const whole = known.whole.get(text);
  if (whole !== undefined) return whole;
  for (const { shape, names, to } of known.patterns) {
    const match = shape.exec(text);
    if (match === null) continue;
    const filled = new Map(names.map((name, index) => [name, match[index + 1] ?? ""]));
    return to.replace(/\{(\w+)\}/g, (gap, name: string) => {
      const value = filled.get(name);
      if (value === undefined) return gap;
      return WORDS.has(name) ? (one(value, known, isolated) ?? isolated(value)) : isolated(value);
    });
  }
  return null;
}
