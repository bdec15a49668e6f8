import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { completeIssuer, issuerProblem, recognise, withLength } from "./paste";

describe("what was pasted", () => {
  it("a_github_token_is_recognised_by_its_prefix_and_counted", () => {
    const token = `ghp_${"0FAKE".repeat(7)}0`;
    expect(recognise(token)).toEqual({
      what: "secret",
      words: "A GitHub token",
      provider: "github",
      environment: null,
      length: 40,
      jwt: false,
    });
  });
  it("the_answer_holds_no_part_of_the_secret", () => {
    const secrets = ["ghp_0FAKE0FAKE0FAKE0", "sk_live_00FAKE00notakey", "eyJhbGciOiJub25lIn0.eyJmYWtlIjoxfQ.", "Zk3fake9QmN2fakeX7aa81"];
    for (const secret of secrets) {
      const answer = JSON.stringify(recognise(secret));
      for (let start = 0; start + 6 <= secret.length; start++) expect(answer).not.toContain(secret.slice(start, start + 6));
    }
  });
  it("a_stripe_prefix_gives_the_environment_away", () => {
    expect(recognise("sk_live_00FAKE00")).toMatchObject({ provider: "stripe", environment: "production" });
    expect(recognise("sk_test_00FAKE00")).toMatchObject({ provider: "stripe", environment: "development" });
  });
  it("an_anthropic_key_is_not_taken_for_an_openai_one", () => {
    expect(recognise("sk-ant-fake00000000000")).toMatchObject({ provider: "anthropic" });
    expect(recognise("sk-proj-fake00000000000")).toMatchObject({ provider: "openai" });
  });
  it("every_prefix_that_the_provider_data_knows_is_recognised", () => {
    const data = readFileSync(new URL("../../crates/core/providers.toml", import.meta.url), "utf8");
    let provider = "";
    let seen = 0;
    for (const line of data.split("\n")) {
      provider = /^id = "(.*)"/.exec(line)?.[1] ?? provider;
      for (const [, prefix] of /^key_prefixes = (.*)/.exec(line)?.[1]?.matchAll(/"(.*?)"/g) ?? []) {
        seen++;
        expect(recognise(`${prefix}00FAKE00notakey0.00FAKE00notakey0`.replace(prefix === "SG." ? "" : ".", "")), prefix).toMatchObject({ provider });
      }
    }
    expect(seen).toBeGreaterThan(10);
  });
  it("a_key_of_nobody_in_particular_still_says_where_it_belongs", () => {
    expect(recognise("acme_live_00FAKE00notakey00")).toMatchObject({ environment: "production", provider: null });
    expect(recognise("acme_test_00FAKE00notakey00")).toMatchObject({ environment: "development" });
    expect(recognise("acme-staging-00FAKE00notakey00")).toMatchObject({ environment: "staging" });
    expect(recognise("latest_00FAKE00notakey0000")).toMatchObject({ environment: null });
  });
  it("a_jwt_can_be_looked_into_and_a_key_cannot", () => {
    expect(recognise("eyJhbGciOiJub25lIn0.eyJmYWtlIjoxfQ.")).toMatchObject({ words: "A JWT", jwt: true });
    expect(recognise("ghp_0FAKE0FAKE0FAKE0")).toMatchObject({ jwt: false });
  });
  it("has_the_right_article", () => {
    expect(recognise("npm_0FAKE0FAKE0FAKE0")).toMatchObject({ words: "An npm token" });
    expect(recognise("AKIA0FAKE0FAKE0FAKE0")).toMatchObject({ words: "An AWS access key id" });
    expect(withLength("A GitHub token", 1184)).toBe("A GitHub token, 1,184 characters");
  });
  it("white_space_around_it_does_not_matter", () => {
    expect(recognise("  glpat-fake00000000\n")).toMatchObject({ provider: "gitlab", length: 18 });
  });
  it("a_pem_block_and_an_unknown_key_are_secrets_too", () => {
    expect(recognise("-----BEGIN PRIVATE KEY-----\nfake\n-----END PRIVATE KEY-----")).toMatchObject({ words: "A private key (PEM)" });
    expect(recognise("Zk3fake9QmN2fakeX7aa81")).toMatchObject({ what: "secret", words: "A key" });
  });
  it("an_address_leads_to_the_sign_in_form", () => {
    expect(recognise("https://id.northwind.example")).toEqual({ what: "issuer", url: "https://id.northwind.example" });
  });
  it("a_search_stays_a_search", () => {
    for (const typed of ["", "git", "Microsoft Entra", "id.northwind2.example.com.and.more"]) {
      expect(recognise(typed).what, typed).toBe("nothing");
    }
  });
});

describe("an issuer's address", () => {
  it("is_https_or_this_computer", () => {
    expect(issuerProblem("https://id.northwind.example")).toBe("");
    expect(issuerProblem("http://127.0.0.1:8080")).toBe("");
    expect(issuerProblem("http://localhost:8080/realms/a")).toBe("");
    expect(issuerProblem("http://[::1]:8080")).toBe("");
    expect(issuerProblem("http://id.northwind.example")).toBe("Use https, or 127.0.0.1");
    expect(issuerProblem("http://127.0.0.1.evil.example")).toBe("Use https, or 127.0.0.1");
    expect(issuerProblem("not an address")).not.toBe("");
  });
  it("is_completed_from_a_bare_domain", () => {
    expect(completeIssuer(" acme.auth.example ")).toBe("https://acme.auth.example");
    expect(completeIssuer("http://127.0.0.1:1")).toBe("http://127.0.0.1:1");
    expect(completeIssuer("acme")).toBe("acme");
  });
});
