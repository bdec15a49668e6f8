// Recognises what was pasted or typed into the add field. Pure, and it keeps nothing: the answer holds no part of
// a secret but its length, so that it may be shown and announced.
import type { Environment } from "./bindings";

/** What a text is. `provider` is the id of a preset, where the text gives it away. */
export type Recognised =
  | { what: "nothing" }
  | { what: "issuer"; url: string }
  | { what: "secret"; words: string; provider: string | null; environment: Environment | null; length: number };

type Shape = { pattern: RegExp; words: string; provider: string | null; environment?: Environment };

// The prefixes are the published ones of each provider; the first that fits wins, so longer ones stand first.
const shapes: Shape[] = [
  { pattern: /^(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{10,}$/, words: "A GitHub token", provider: "github" },
  { pattern: /^github_pat_\w{10,}$/, words: "A GitHub token", provider: "github" },
  { pattern: /^gl(pat|dt|rt|cbt|ptt|ft|soat)-[\w.-]{10,}$/, words: "A GitLab token", provider: "gitlab" },
  { pattern: /^[sr]k_live_\w{8,}$/, words: "A Stripe key", provider: "stripe", environment: "production" },
  { pattern: /^[sr]k_test_\w{8,}$/, words: "A Stripe key", provider: "stripe", environment: "development" },
  { pattern: /^whsec_\w{8,}$/, words: "A Stripe webhook secret", provider: "stripe" },
  { pattern: /^x(ox[abeprs]|app)-[\w-]{8,}$/, words: "A Slack token", provider: "slack" },
  { pattern: /^AIza[\w-]{20,}$/, words: "A Google API key", provider: "google" },
  { pattern: /^ya29\.[\w-]{10,}$/, words: "A Google access token", provider: "google" },
  { pattern: /^(AKIA|ASIA)[A-Z0-9]{12,}$/, words: "An AWS access key id", provider: "aws" },
  { pattern: /^sk-ant-[\w-]{10,}$/, words: "An Anthropic key", provider: "anthropic" },
  { pattern: /^sk-[\w-]{16,}$/, words: "An OpenAI key", provider: "openai" },
  { pattern: /^SG\.[\w-]{8,}\.[\w-]{8,}$/, words: "A SendGrid key", provider: "sendgrid" },
  { pattern: /^sntry[su]_[\w=+/-]{10,}$/, words: "A Sentry token", provider: "sentry" },
  { pattern: /^npm_[A-Za-z0-9]{10,}$/, words: "An npm token", provider: "npm" },
  { pattern: /^do[opr]_v1_[a-f0-9]{10,}$/, words: "A DigitalOcean token", provider: "digitalocean" },
  { pattern: /^eyJ[\w-]*\.[\w-]*\.[\w-]*(\.[\w-]*\.[\w-]*)?$/, words: "A JWT", provider: null },
];

/** Says what a text is, without keeping any of it. */
export function recognise(text: string): Recognised {
  const trimmed = text.trim();
  if (trimmed === "") return { what: "nothing" };
  if (/^https?:\/\/\S+$/i.test(trimmed)) return { what: "issuer", url: trimmed };
  if (/^-----BEGIN [A-Z0-9 ]+-----/.test(trimmed)) return secret("A PEM block", null, null, trimmed);
  for (const shape of shapes) {
    if (shape.pattern.test(trimmed)) {
      return secret(shape.words, shape.provider, shape.environment ?? null, trimmed);
    }
  }
  return looksRandom(trimmed) ? secret("A key", null, null, trimmed) : { what: "nothing" };
}

/** Whether a text has the form of a JWT. */
export function isJwt(text: string): boolean {
  const found = recognise(text);
  return found.what === "secret" && found.words === "A JWT";
}

function secret(words: string, provider: string | null, environment: Environment | null, text: string): Recognised {
  return { what: "secret", words, provider, environment, length: [...text].length };
}

/** Long, one word, letters and digits mixed: nobody searches for a provider like that. */
function looksRandom(text: string): boolean {
  if (text.length < 20 || /\s/.test(text)) return false;
  return /[0-9]/.test(text) && /[A-Za-z]/.test(text) && !/^[\w-]+(\.[\w-]+)+$/.test(text);
}

/** What is wrong with an issuer's address, before anyone is asked; empty when nothing is. */
export function issuerProblem(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "This is not an address. It starts with https://";
  }
  if (url.protocol === "https:") return "";
  if (url.protocol === "http:" && isLocalHost(url.hostname)) return "";
  return "Use https, or 127.0.0.1";
}

/** Whether a host is this computer. */
function isLocalHost(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Completes a bare domain to an issuer: "acme.example" becomes "https://acme.example". */
export function completeIssuer(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "" || /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) return trimmed;
  return /^[\w-]+(\.[\w-]+)+(:\d+)?(\/\S*)?$/.test(trimmed) ? `https://${trimmed}` : trimmed;
}
