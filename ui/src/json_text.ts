// JSON as text, set out in lines without being read: a reader would round 2^53+1 and turn 1e400 into nothing.

/** Puts each member on a line of its own. What is no JSON comes back with odd line breaks, never with other words. */
export function indent(text: string): string {
  let out = "";
  let depth = 0;
  let quoted = false;
  const line = () => `\n${"  ".repeat(depth)}`;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (quoted) {
      out += char;
      if (char === "\\") out += text[++at] ?? "";
      else if (char === '"') quoted = false;
    } else if (char === "{" || char === "[") {
      const empty = text[at + 1] === "}" || text[at + 1] === "]";
      out += empty ? char + (text[++at] ?? "") : char;
      if (!empty) {
        depth++;
        out += line();
      }
    } else if (char === "}" || char === "]") {
      depth = Math.max(0, depth - 1);
      out += line() + char;
    } else if (char === ",") out += char + line();
    else if (char === ":") out += ": ";
    else {
      if (char === '"') quoted = true;
      out += char;
    }
  }
  return out;
}
