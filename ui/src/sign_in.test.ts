import { describe, expect, it } from "vitest";
import type { LoginStep, LoginView } from "./bindings";
import { anyPort, sinceFirst, steps } from "./sign_in";

const now = Date.UTC(2025, 9, 16, 13, 17);
const view = (step: LoginStep, failed_at: LoginStep | null = null): LoginView => ({
  id: "1",
  name: "Northwind API",
  host: "id.northwind.example",
  monogram: { code: "A0", tint: "h2" },
  step,
  failed_at,
  listening: "127.0.0.1:53817",
  redirect: "http://127.0.0.1:53817/callback",
  device: null,
  browser_opened: true,
  started_at: new Date(now - 24_000).toISOString(),
  deadline: new Date(now + 276_000).toISOString(),
  credential: null,
  error: null,
  provider_text: null,
  notes: [],
});
const states = (login: LoginView) => steps(login, now, "keyring").map((step) => step.state);

describe("the steps of a sign-in", () => {
  it("wait_for_approval_after_the_browser_opened", () => {
    expect(states(view("waiting"))).toEqual(["done", "now", "later", "later"]);
    expect(steps(view("waiting"), now, "keyring")[1]?.detail).toBe("Listening on 127.0.0.1:53817, only for this sign-in");
  });
  it("are_all_done_at_the_end", () => {
    expect(states(view("done"))).toEqual(["done", "done", "done", "done"]);
  });
  it("stop_at_the_one_that_failed_and_reach_no_further", () => {
    expect(states(view("failed", "waiting"))).toEqual(["done", "failed", "skipped", "skipped"]);
    expect(steps(view("failed", "waiting"), now, "keyring")[3]?.detail).toBe("nothing was saved");
    expect(states(view("failed", "storing"))).toEqual(["done", "done", "done", "failed"]);
  });
  it("say_at_the_failed_one_what_happened", () => {
    const error = { code: "login_denied", message: "Approval was denied.", hint: "", provider_code: "access_denied" };
    for (const at of ["preparing", "waiting", "exchanging", "storing"] as const) {
      const failed = steps({ ...view("failed", at), error }, now, "keyring").find((step) => step.state === "failed");
      expect(failed?.detail, at).toBe("Approval was denied.");
    }
  });
  it("say_who_ended_it", () => {
    const title = (code: string, provider_code: string | null) => {
      const error = { code, message: "", hint: "", provider_code };
      return steps({ ...view("failed", "waiting"), error }, now, "keyring")[1]?.title;
    };
    expect(title("refused", "access_denied")).toBe("The server refused");
    expect(title("timed_out", null)).toBe("No answer in time");
    expect(title("issuer_mismatch", null)).toBe("The sign-in ended here");
  });
  it("speak_of_a_code_and_of_no_browser_on_another_device", () => {
    const device = {
      user_code: "WDJB-MJHT",
      verification_uri: "https://id.northwind.example/device",
      host: "id.northwind.example",
      verification_uri_complete: null,
      qr: null,
      expires_at: new Date(now + 276_000).toISOString(),
    };
    const login = { ...view("waiting"), device, listening: null, browser_opened: false };
    expect(states(login)).toEqual(["done", "now", "later", "later"]);
    const error = { code: "code_expired", message: "The code ran out before it was entered.", hint: "", provider_code: null };
    const over = steps({ ...login, step: "failed", failed_at: "waiting", error }, now, "keyring");
    expect(over[1]).toMatchObject({ state: "failed", title: "The code ran out" });
    const words = [...steps(login, now, "keyring"), ...over].map((step) => `${step.title} ${step.detail}`).join(" ");
    expect(words).not.toMatch(/browser|PKCE/i);
  });
  it("do_not_claim_that_a_browser_opened_when_it_did_not", () => {
    const shown = steps({ ...view("waiting"), browser_opened: false }, now, "keyring");
    expect(shown[0]).toMatchObject({ state: "skipped", title: "The browser did not open" });
  });
});

describe("the notes of a sign-in", () => {
  it("are_told_in_seconds_since_the_first", () => {
    const at = (offset: number) => ({ at: new Date(now + offset).toISOString(), text: "", tone: "fine" as const });
    const notes = [at(0), at(123), at(61_500)];
    expect(notes.map((note) => sinceFirst(notes, note))).toEqual(["0.000", "0.123", "61.500"]);
  });
});

describe("a redirect address", () => {
  it("stands_for_any_port_without_its_own", () => {
    expect(anyPort("http://127.0.0.1:53817/callback")).toBe("http://127.0.0.1/callback");
    expect(anyPort("http://[::1]:53817/a:1")).toBe("http://[::1]/a:1");
    expect(anyPort("http://localhost/callback")).toBe("http://localhost/callback");
  });
});
