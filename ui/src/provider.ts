// What a provider's addresses become with what the person fills in. Pure.
import type { ProviderFieldView, ProviderView } from "./bindings";

/** A provider of which nothing is known: whoever needs one says what is. */
export function blankProvider(known: Partial<ProviderView> & Pick<ProviderView, "id" | "name">): ProviderView {
  return {
    monogram: { code: "", tint: "neutral" },
    hint: "",
    issuer: null,
    pattern: null,
    scopes: [],
    needs_secret: false,
    clients_page: null,
    oauth: false,
    api_keys: false,
    offers: [],
    origin: "built-in",
    fields: [],
    known_scopes: [],
    redirect: null,
    revoke_page: null,
    facts: [],
    ...known,
  };
}

/** What was typed for a field, without what people paste along: the scheme, and slashes at the end. */
export function tidied(text: string): string {
  return text.trim().replace(/^https:\/\//i, "").replace(/\/+$/, "");
}

/** The field that still needs something, if there is one. */
export function missing(fields: ProviderFieldView[], values: Record<string, string>): ProviderFieldView | undefined {
  return fields.find((field) => field.default === null && tidied(values[field.name] ?? "") === "");
}

/** The issuer that is to be asked, once all its places are filled; empty before, and when nobody is asked. */
export function issuerOf(provider: ProviderView, values: Record<string, string>): string {
  if (provider.pattern === null || missing(provider.fields, values)) return "";
  return provider.fields.reduce(
    (address, field) => address.replaceAll(`{${field.name}}`, () => tidied(values[field.name] ?? "") || (field.default ?? "")),
    provider.pattern,
  );
}

/** What was filled in, without what is empty. */
export function given(fields: ProviderFieldView[], values: Record<string, string>): Record<string, string> {
  const filled = fields.map((field) => [field.name, tidied(values[field.name] ?? "")] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== ""));
}
