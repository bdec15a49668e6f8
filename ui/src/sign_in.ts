// What a sign-in is asked with, and its steps in words. Pure.
import type { Environment, LoginInput, LoginStep, LoginView, Note } from "./bindings";
import { ms, past } from "./format";
import { fromCore } from "./language/core.svelte";
import { t } from "./language/index.svelte";

export type Step = { title: string; detail: string; state: "done" | "now" | "later" | "failed" | "skipped" };

/** A login that asks for nothing yet: the form adds what was typed. */
export function emptyLogin(name: string, environment: Environment): LoginInput {
  return {
    name,
    environment,
    provider: null,
    issuer: null,
    fields: {},
    token_endpoint: null,
    client_id: null,
    client_secret: null,
    client_key_id: null,
    scopes: [],
    audience: null,
    resources: [],
    account: null,
    redirect_uri: null,
    prompt: null,
    timeout_seconds: null,
    dpop: false,
    register: false,
  };
}

const order: LoginStep[] = ["preparing", "waiting", "exchanging", "storing"];

/** The steps that the sheet shows for where a sign-in is. */
export function steps(view: LoginView, now: number, keyring: string): Step[] {
  const failed = view.step === "failed";
  const reached = failed ? (view.failed_at ?? "preparing") : view.step;
  const at = view.step === "done" ? order.length : order.indexOf(reached);
  const state = (index: number): Step["state"] => {
    if (index < at) return "done";
    if (index > at) return failed ? "skipped" : "later";
    return failed ? "failed" : "now";
  };
  return [opened(view, state(0), now), approved(view, state(1)), exchanged(view, state(2)), stored(view, state(3), keyring)];
}

function opened(view: LoginView, state: Step["state"], now: number): Step {
  if (state === "now") return { title: t("signIn.asking"), detail: view.host, state };
  if (state === "failed") return { title: t("signIn.notBegun"), detail: fromCore(view.error?.message ?? ""), state };
  if (view.device !== null) return { title: t("signIn.gotCode"), detail: t("signIn.from", { host: view.host }), state };
  if (!view.browser_opened) {
    return { title: t("signIn.notOpened"), detail: t("signIn.openYourself"), state: "skipped" };
  }
  const since = ms(view.started_at);
  const detail = view.step === "waiting" && since !== null ? past(since, now) : "";
  return { title: t("signIn.opened"), detail, state };
}

function approved(view: LoginView, state: Step["state"]): Step {
  if (state === "done") {
    const account = view.credential?.account;
    return { title: t("signIn.approved"), detail: account ? t("signIn.by", { account }) : "", state };
  }
  if (state === "failed") return { title: refusal(view), detail: fromCore(view.error?.message ?? ""), state };
  if (state === "now") {
    const listening = view.listening === null ? "" : t("signIn.listening", { address: view.listening });
    const detail = view.device === null ? listening : t("signIn.polls");
    return { title: t("signIn.waiting"), detail, state };
  }
  return { title: t("signIn.approval"), detail: state === "skipped" ? t("signIn.notReached") : "", state };
}

function refusal(view: LoginView): string {
  const code = view.error?.code ?? "";
  if (code === "code_expired") return t("signIn.ranOut");
  if (view.error?.provider_code != null) return t("signIn.refused");
  return code === "timed_out" ? t("signIn.tooLate") : t("signIn.ended");
}

function exchanged(view: LoginView, state: Step["state"]): Step {
  if (view.device !== null) return received(view, state);
  if (state === "done") return { title: t("signIn.exchanged"), detail: t("signIn.matched"), state };
  if (state === "failed") return { title: t("signIn.notExchanged"), detail: fromCore(view.error?.message ?? ""), state };
  const detail = state === "skipped" ? t("signIn.notReached") : t("signIn.checks");
  return { title: state === "now" ? t("signIn.exchanging") : t("signIn.exchange"), detail, state };
}

function received(view: LoginView, state: Step["state"]): Step {
  if (state === "done") return { title: t("signIn.received"), detail: "", state };
  if (state === "failed") return { title: t("signIn.notReceived"), detail: fromCore(view.error?.message ?? ""), state };
  const detail = state === "skipped" ? t("signIn.notReached") : "";
  return { title: state === "now" ? t("signIn.receiving") : t("signIn.receive"), detail, state };
}

function stored(view: LoginView, state: Step["state"], keyring: string): Step {
  if (state === "done") {
    return { title: t("signIn.stored", { keyring }), detail: `${fromCore(view.credential?.keychain ?? "")} › dev.fobwatch`, state };
  }
  if (state === "failed") return { title: t("signIn.notStored", { keyring }), detail: fromCore(view.error?.message ?? ""), state };
  const detail = state === "skipped" ? t("signIn.nothingSaved") : "";
  return { title: state === "now" ? t("signIn.storing", { keyring }) : t("signIn.store", { keyring }), detail, state };
}

/** The redirect address as a server knows it that leaves the port out (RFC 8252, section 7.3). */
export function anyPort(redirect: string): string {
  return redirect.replace(/^(http:\/\/(?:\[[^\]]*\]|[^/:]*)):\d+/, "$1");
}

/** Seconds from the first note of a sign-in to this one, as the report writes them. */
export function sinceFirst(notes: Note[], note: Note): string {
  const first = ms(notes[0]?.at) ?? 0;
  return (((ms(note.at) ?? first) - first) / 1000).toFixed(3);
}
