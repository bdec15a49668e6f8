// What Health says of its findings. Pure but for the words, which are those of the window's language.
import type { AffectedView, HealthFindingView, HealthView, Rule } from "./bindings";
import { date, ms, NBSP, remaining } from "./format";
import { locale, t } from "./language/index.svelte";

const DAY = 86_400_000;

/** What the list of rules holds: a finding, or what was accepted of a rule. */
export type HealthEntry = { key: string; rule: Rule; kind: "finding" | "accepted" };

/** "12 min ago", in the language of the window. */
export function ago(at: string | number | null, now: number): string {
  const then = ms(at) ?? now;
  if (now - then < 60_000) return t("health.justNow");
  if (now - then >= 100 * DAY) return t("health.before", { date: date(then, locale()) });
  return t("health.ago", { span: remaining(now, then, locale()) });
}

/** "in 6 d", or "2 d ago". */
function around(at: number, now: number): string {
  if (at <= now) return ago(at, now);
  if (at - now >= 100 * DAY) return t("health.before", { date: date(at, locale()) });
  return t("health.inSpan", { span: remaining(at, now, locale()) });
}

/** A lifetime: "30 d", "36 h". It is exact, so it never becomes a date. */
export function span(seconds: number): string {
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)}${NBSP}h` : `${Math.floor(seconds / 86_400)}${NBSP}d`;
}

/** The gaps of a rule's words. */
export function gaps(rule: Rule, limit: number | null): Record<string, string | number> {
  return { limit: limit ?? "", rule };
}

export function title(rule: Rule, limit: number | null): string {
  return t(`health.rules.${rule}.title`, gaps(rule, limit));
}

/** The second line of a rule: the gravest of its cases, or what it means. */
export function sub(finding: HealthFindingView, now: number): string {
  const { rule } = finding;
  const first = finding.credentials[0];
  const number = Math.max(0, ...finding.credentials.map((one) => one.number ?? 0));
  switch (rule) {
    case "old_key":
      return t("health.rules.old_key.sub", { number });
    case "long_lifetime":
      return t("health.rules.long_lifetime.sub", { number: span(number) });
    case "short_secret": {
      const least = Math.min(...finding.credentials.map((one) => one.number ?? Infinity));
      return t("health.rules.short_secret.sub", { number: t("health.bytes", { count: least }) });
    }
    case "broad_scopes": {
      const names = [...new Set(finding.credentials.flatMap((one) => one.scopes))];
      const [one, other] = names;
      if (one === undefined) return first?.name ?? "";
      return t("health.rules.broad_scopes.sub", { scopes: other === undefined ? one : t("health.and", { one, other }) });
    }
    case "refresh_failing":
    case "ends_soon": {
      const detail = first === undefined ? "" : endWords(first, now);
      return first === undefined ? t(`health.rules.${rule}.sub`) : [first.name, detail].filter((part) => part !== "").join(", ");
    }
    default:
      return t(`health.rules.${rule}.sub`);
  }
}

function endWords(one: AffectedView, now: number): string {
  const end = ms(one.ends_at);
  if (end === null) return "";
  return t(end <= now ? "health.ended" : "health.ends", { when: around(end, now) });
}

/** What stands at the end of a credential's line, besides when it was used. */
export function detailWords(rule: Rule, one: AffectedView, now: number): string {
  const number = one.number ?? 0;
  switch (rule) {
    case "old_key":
      return t("health.daysOld", { count: number });
    case "long_lifetime":
      return t("health.forSpan", { span: span(number) });
    case "short_secret":
      return t("health.bytes", { count: number });
    case "broad_scopes":
      return one.scopes.length > 0 ? "" : t("health.broad", { count: number });
    case "refresh_failing":
    case "ends_soon":
      return endWords(one, now);
    default:
      return "";
  }
}

/** How many are found in all: what the sidebar counts. */
export function total(view: HealthView): number {
  return view.findings.reduce((sum, one) => sum + one.count, 0);
}

/** How many there are of a severity. */
export function of(view: HealthView, severity: HealthFindingView["severity"]): number {
  return view.findings.reduce((sum, one) => sum + (one.severity === severity ? one.count : 0), 0);
}

/** The entries of the list, in its order. */
export function entries(view: HealthView): HealthEntry[] {
  const found = view.findings.map((one): HealthEntry => ({ key: one.rule, rule: one.rule, kind: "finding" }));
  const rules = [...new Set(view.accepted.map((one) => one.rule))];
  return [...found, ...rules.map((rule): HealthEntry => ({ key: `accepted:${rule}`, rule, kind: "accepted" }))];
}

/** Credentials that belong together: those with one key, else all. */
export function groups(finding: HealthFindingView): { fingerprint: string | null; credentials: AffectedView[] }[] {
  const out: { fingerprint: string | null; credentials: AffectedView[] }[] = [];
  for (const one of finding.credentials) {
    const known = out.find((group) => group.fingerprint === one.fingerprint);
    if (known) known.credentials.push(one);
    else out.push({ fingerprint: one.fingerprint, credentials: [one] });
  }
  return out;
}

/** The one that the primary button is about: the first that something can be done about here. */
export function firstOf(finding: HealthFindingView): AffectedView | undefined {
  return finding.credentials.find((one) => one.fix === finding.fix) ?? finding.credentials[0];
}
