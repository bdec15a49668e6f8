// Recognises what was pasted or typed into the add field. Pure, and it keeps nothing: the answer holds no part of
// a secret but its length, so that it may be shown and announced.
import type { Environment } from "./bindings";
import { t, type Key } from "./language/index.svelte";

/** What a text is. `provider` is the id of a preset, where the text gives it away; `jwt` says it can be looked into. */
export type Recognised =
  | { what: "nothing" }
  | { what: "issuer"; url: string }
  | {
      what: "secret";
      words: string;
      provider: string | null;
      environment: Environment | null;
      length: number;
      jwt: boolean;
    };

type Sort = "token" | "api_key" | "access_token" | "refresh_token" | "secret" | "key_id";
type Shape = { pattern: RegExp; sort: Sort; name: string; provider: string; environment?: Environment };

const shape = (pattern: RegExp, sort: Sort, name: string, provider: string, environment?: Environment): Shape =>
  environment === undefined ? { pattern, sort, name, provider } : { pattern, sort, name, provider, environment };

// The prefixes are the published ones of each provider; the first that fits wins, so longer ones stand first. Live and
// test say where a key belongs; what only says "test" may be staging or development, and development does less harm.
const shapes: Shape[] = [
  shape(/^(ghp|gho|ghu|ghs)_[A-Za-z0-9]{10,}$/, "token", "GitHub", "github"),
  shape(/^ghr_[A-Za-z0-9]{10,}$/, "refresh_token", "GitHub", "github"),
  shape(/^github_pat_\w{10,}$/, "token", "GitHub", "github"),
  shape(/^gl(pat|dt|rt|cbt|ptt|ft|soat|imt|agent)-[\w.-]{10,}$/, "token", "GitLab", "gitlab"),
  shape(/^[sr]k_live_\w{8,}$/, "api_key", "Stripe", "stripe", "production"),
  shape(/^[sr]k_test_\w{8,}$/, "api_key", "Stripe", "stripe", "development"),
  shape(/^whsec_\w{8,}$/, "secret", "Stripe webhook", "stripe"),
  shape(/^xox[abeprs]-[\w-]{8,}$/, "token", "Slack", "slack"),
  shape(/^xapp-[\w-]{8,}$/, "token", "Slack app", "slack"),
  shape(/^AIza[\w-]{20,}$/, "api_key", "Google API", "google"),
  shape(/^ya29\.[\w-]{10,}$/, "access_token", "Google", "google"),
  shape(/^1\/\/[\w-]{20,}$/, "refresh_token", "Google", "google"),
  shape(/^GOCSPX-[\w-]{10,}$/, "secret", "Google client", "google"),
  shape(/^(AKIA|ASIA)[A-Z0-9]{12,}$/, "key_id", "AWS", "aws"),
  shape(/^sk-ant-[\w-]{10,}$/, "api_key", "Anthropic", "anthropic"),
  shape(/^sk-[\w-]{16,}$/, "api_key", "OpenAI", "openai"),
  shape(/^SG\.[\w-]{8,}\.[\w-]{8,}$/, "api_key", "SendGrid", "sendgrid"),
  shape(/^sntry[su]_[\w=+/-]{10,}$/, "token", "Sentry", "sentry"),
  shape(/^npm_[A-Za-z0-9]{10,}$/, "token", "npm", "npm"),
  shape(/^do[opr]_v1_[a-f0-9]{10,}$/, "token", "DigitalOcean", "digitalocean"),
  shape(/^hf_[A-Za-z0-9]{10,}$/, "token", "Hugging Face", "huggingface"),
  shape(/^lin_api_[A-Za-z0-9]{10,}$/, "api_key", "Linear", "linear"),
  shape(/^lin_oauth_[A-Za-z0-9]{10,}$/, "access_token", "Linear", "linear"),
  shape(/^pypi-[\w-]{16,}$/, "token", "PyPI", "pypi"),
  shape(/^shp(at|ca|pa|ss)_[a-fA-F0-9]{10,}$/, "token", "Shopify", "shopify"),
  shape(/^hvs\.[\w-]{16,}$/, "token", "Vault", "vault"),
  shape(/^(secret|ntn)_[A-Za-z0-9]{20,}$/, "token", "Notion", "notion"),
  shape(/^figd_[\w-]{16,}$/, "token", "Figma", "figma"),
  shape(/^live_[A-Za-z0-9]{20,}$/, "api_key", "Mollie", "mollie", "production"),
  shape(/^test_[A-Za-z0-9]{20,}$/, "api_key", "Mollie", "mollie", "development"),
  shape(/^re_[A-Za-z0-9]{6,}_[A-Za-z0-9]{10,}$/, "api_key", "Resend", "resend"),
  shape(/^ATATT3[\w=-]{20,}$/, "token", "Atlassian", "atlassian"),
  shape(/^dapi[a-f0-9]{30,}$/, "token", "Databricks", "databricks"),
  shape(/^phc_[A-Za-z0-9]{20,}$/, "api_key", "PostHog", "posthog"),
];

/** The compact form of JWS and JWE. */
const JWT = /^e[wy][\w-]*\.[\w-]*\.[\w-]*(\.[\w-]*\.[\w-]*)?$/;

/** Says what a text is, without keeping any of it. */
export function recognise(text: string): Recognised {
  const trimmed = text.trim();
  if (trimmed === "") return { what: "nothing" };
  if (/^https?:\/\/\S+$/i.test(trimmed)) return { what: "issuer", url: trimmed };
  if (/^-----BEGIN [A-Z0-9 ]+-----/.test(trimmed)) {
    return secret(t(/PRIVATE KEY-----/.test(trimmed) ? "workbench.kind.private_key" : "workbench.kind.pem"), trimmed);
  }
  for (const one of shapes) {
    if (one.pattern.test(trimmed)) return secret(words(one), trimmed, one.provider, one.environment ?? null);
  }
  if (JWT.test(trimmed)) return { ...secret(t("workbench.kind.jwt"), trimmed), jwt: true };
  if (!looksRandom(trimmed)) return { what: "nothing" };
  return secret(t("workbench.kind.key"), trimmed, null, worded(trimmed));
}

/** English has two articles. */
function words({ sort, name }: Shape): string {
  const key = `workbench.kind.${sort}${/^([AEIOU]|npm|SG)/.test(name) ? "_an" : ""}` as Key;
  return t(key, { provider: name });
}

/** What was recognised, with its length: "A GitHub token, 40 characters". */
export function withLength(words: string, length: number): string {
  return t("workbench.kindLength", { words, count: length });
}

/** Whether a text has the form of a JWT. */
export function isJwt(text: string): boolean {
  const found = recognise(text);
  return found.what === "secret" && found.jwt;
}

function secret(
  words: string,
  text: string,
  provider: string | null = null,
  environment: Environment | null = null,
): Extract<Recognised, { what: "secret" }> {
  return { what: "secret", words, provider, environment, length: [...text].length, jwt: false };
}

/** Many providers put live or test into a prefix of their own: `acme_live_…`, `key-test-…`. */
function worded(text: string): Environment | null {
  const prefix = /^[a-z]{2,12}[_-](live|prod|production|test|sandbox|dev|development|staging|stg)[_-]/i.exec(text);
  switch (prefix?.[1]?.toLowerCase()) {
    case "live":
    case "prod":
    case "production":
      return "production";
    case "staging":
    case "stg":
      return "staging";
    case undefined:
      return null;
    default:
      return "development";
  }
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
    return t("add.noAddress");
  }
  if (url.protocol === "https:") return "";
  if (url.protocol === "http:" && isLocalHost(url.hostname)) return "";
  return t("add.useHttps");
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
