import { describe, expect, it, vi } from "vitest";
import type { CredentialView } from "../bindings";
import { offerPane, openTab, tabsOf } from "./window.svelte";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const { formatsOf, primaryAction } = await import("./actions.svelte");

describe("the tabs of a credential", () => {
  it("begin_with_the_token_where_the_token_is_what_matters", () => {
    expect(tabsOf("jwt")[0]).toBe("token");
    expect(tabsOf("oauth")[0]).toBe("overview");
    expect(openTab("jwt", null)).toBe("token");
  });
  it("leave_out_the_token_of_a_key", () => {
    expect(tabsOf("api_key")).not.toContain("token");
    expect(openTab("api_key", "token")).toBe("overview");
    expect(openTab("api_key", "setup")).toBe("setup");
  });
});

describe("what the primary button does", () => {
  const of = (more: Partial<CredentialView>) => primaryAction({ status: "fresh", renews: true, ...more } as CredentialView);
  it("is_never_to_copy_a_pasted_token_that_has_ended", () => {
    expect(of({ kind: "jwt" })).toBe("copy");
    expect(of({ kind: "jwt", status: "expired" })).toBe("replace");
    expect(of({ kind: "oauth", status: "expired", renews: false })).toBe("sign-in");
  });
});

describe("the formats", () => {
  it("are_numbered_with_those_of_the_person_after_the_three_of_everybody", () => {
    const templates = [{ name: "npm", text: "{}" }];
    expect(formatsOf({ templates })).toEqual(["header", "curl", "env", "template-0"]);
  });
});

describe("a pane that opens by itself", () => {
  const body = {};
  const offered = (activeElement: object | null) => {
    const focus = vi.fn();
    vi.stubGlobal("document", { body, activeElement, querySelector: () => ({ focus }) });
    offerPane("list");
    return focus.mock.calls.length;
  };
  it("has_the_keyboard_when_nobody_else_has_it", () => {
    expect([offered(body), offered(null)]).toEqual([1, 1]);
  });
  it("takes_it_from_nobody", () => {
    expect(offered({})).toBe(0);
  });
});
