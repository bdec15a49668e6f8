import { describe, expect, it } from "vitest";
import { blankProvider, given, issuerOf, missing } from "./provider";

const okta = blankProvider({
  id: "okta",
  name: "Okta",
  pattern: "https://{domain}/oauth2/{server}",
  fields: [
    { name: "domain", label: "Okta domain", example: "acme.okta.com", default: null },
    { name: "server", label: "Authorization server", example: "default", default: "default" },
  ],
});

describe("a provider's addresses", () => {
  it("the_issuer_is_known_once_everything_is_filled_in", () => {
    expect(issuerOf(okta, {})).toBe("");
    expect(issuerOf(okta, { domain: " https://acme.okta.com/ " })).toBe("https://acme.okta.com/oauth2/default");
    expect(issuerOf(okta, { domain: "a.test", server: "main" })).toBe("https://a.test/oauth2/main");
    expect(issuerOf({ ...okta, pattern: null }, { domain: "a.test" })).toBe("");
  });
  it("a_field_without_a_default_is_missing_until_something_stands_in_it", () => {
    expect(missing(okta.fields, { domain: " / " })?.name).toBe("domain");
    expect(missing(okta.fields, { domain: "a.test" })).toBeUndefined();
  });
  it("what_is_empty_is_not_sent_and_what_is_not_a_field_neither", () => {
    expect(given(okta.fields, { domain: "a.test/", server: " ", other: "x" })).toEqual({ domain: "a.test" });
  });
});
