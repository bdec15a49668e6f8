// What the person can do to the open credential: one function per action, whoever asks (button, key, menu).
import type { CredentialView, Environment } from "../bindings";
import type { BannerWords } from "../banner";
import * as ipc from "../ipc";
import { t } from "../language/index.svelte";
import { goneWords, revokedWords } from "../words";
import { login } from "./login.svelte";
import { system } from "./system.svelte";
import { together } from "./together.svelte";
import { vault } from "./vault.svelte";
import { focusPane, win } from "./window.svelte";

const COPIED_FOR = 1200;
const PATIENCE = 150;

type Copying = { id: string; format: ipc.CopyFormat; phase: "asking" | "busy" | "done" };

class Actions {
  copying = $state.raw<Copying | null>(null);
  refreshing = $state<string | null>(null);
  opening = $state(false);
  /** What (no secret) was just copied, for the check mark beside it: the text, or the id of the sign-in. */
  copiedText = $state<string | null>(null);
  #shown: ReturnType<typeof setTimeout> | undefined;

  /** Copies a value, fresh; for one paste if asked so. Unlocks first when the keychain is locked. */
  async copy(id: string, format: ipc.CopyFormat, once = false) {
    if (this.copying !== null && this.copying.phase !== "done") return;
    clearTimeout(this.#shown);
    vault.detailError = null;
    this.copying = { id, format, phase: "asking" };
    // A fresh value is there at once; only a wait that can be felt is shown as one.
    const slow = setTimeout(() => (this.copying = { id, format, phase: "busy" }), PATIENCE);
    try {
      if (system.locked && !(await system.unlock())) {
        this.copying = null;
        return;
      }
      system.clipboard = await (once ? ipc.copyOnce(id, format) : ipc.copy(id, format));
      this.copying = { id, format, phase: "done" };
      win.say(t("common.copied"));
      this.#shown = setTimeout(() => (this.copying = null), COPIED_FOR);
    } catch (thrown) {
      this.copying = null;
      vault.detailError = ipc.asError(thrown);
    } finally {
      clearTimeout(slow);
    }
  }

  copyText(text: string) {
    return this.#copied(text, () => ipc.copyText(text));
  }

  /** Copies what happened in a sign-in that ended. */
  copyReport(login: string) {
    return this.#copied(login, () => ipc.copyLoginReport(login));
  }

  async #copied(what: string, copy: () => Promise<null>) {
    try {
      await copy();
      this.copiedText = what;
      win.say(t("common.copied"));
      setTimeout(() => (this.copiedText = null), COPIED_FOR);
    } catch (thrown) {
      win.fail(ipc.asError(thrown));
    }
  }

  async refresh(id: string) {
    if (this.refreshing !== null) return;
    this.refreshing = id;
    vault.detailError = null;
    try {
      vault.take(await ipc.refresh(id));
      win.say(t("happened.refreshed"));
      void vault.load(true);
    } catch (thrown) {
      vault.detailError = ipc.asError(thrown);
      void vault.loadDetail().then(() => vault.load(true));
    } finally {
      this.refreshing = null;
    }
  }

  /** Renews what a person wants renewed. What came with a vault from another computer is asked about first. */
  renew(view: CredentialView) {
    if (isCopied(view)) win.sheet = { kind: "take-over", credential: view };
    else void this.refresh(view.id);
  }

  async signInAgain(id: string) {
    if (this.opening) return;
    this.opening = true;
    vault.detailError = null;
    try {
      await login.again(id);
    } catch (thrown) {
      vault.detailError = ipc.asError(thrown);
    } finally {
      this.opening = false;
    }
  }

  /** Does something that changes the open credential; what goes wrong is said above it. */
  async #change(work: () => Promise<unknown>, said: string) {
    vault.detailError = null;
    try {
      await work();
      win.say(said);
    } catch (thrown) {
      vault.detailError = ipc.asError(thrown);
    }
    await vault.loadDetail();
    void vault.load(true);
  }

  pin(view: CredentialView) {
    const said = t(view.pinned ? "detail.unpinned" : "detail.pinned", { name: view.name });
    return this.#change(() => ipc.pin(view.id, !view.pinned), said);
  }

  pause(view: CredentialView, on: boolean) {
    return this.#change(() => ipc.pauseRefreshing([view.id], on), t(on ? "detail.paused" : "detail.resumed"));
  }

  letExpire(view: CredentialView, on: boolean) {
    return this.#change(() => ipc.letExpire(view.id, on), t(on ? "detail.lets" : "detail.watched"));
  }

  moveTo(view: CredentialView, environment: Environment) {
    const said = t("detail.moved", { name: view.name, where: t(`detail.environment.${environment}`) });
    return this.#change(() => ipc.moveTo([view.id], environment), said);
  }

  /** Opens the form of this kind, filled in; a secret is asked for anew. */
  duplicate(credential: CredentialView, environment: Environment) {
    win.openAdd({ like: { credential, environment } });
  }

  /** Copies everything that is known of a credential, which never includes its value. */
  copyDetails(view: CredentialView) {
    return this.copyText(JSON.stringify(view, null, 2));
  }

  async openPage(id: string) {
    await ipc.openPage(id).catch((thrown) => (vault.detailError = ipc.asError(thrown)));
  }

  async openSignOut(id: string) {
    await ipc.openSignOut(id).catch((thrown) => (vault.detailError = ipc.asError(thrown)));
  }

  async unlock() {
    await system.unlock().catch((thrown) => win.fail(ipc.asError(thrown)));
  }

  /** Does what the banner offers. */
  async banner({ act }: BannerWords) {
    switch (act.kind) {
      case "unlock":
        return this.unlock();
      case "resume":
        return ipc.resumeAll().catch((thrown) => win.fail(ipc.asError(thrown)));
      case "check-clocks":
        return system.checkClocks().catch((thrown) => win.fail(ipc.asError(thrown)));
      case "show":
        vault.clearFilters();
        vault.filter({ attention_only: true, provider: act.provider });
        if (win.single) win.pane = "list";
        focusPane("list");
    }
  }

  async clearClipboard() {
    try {
      await ipc.clearClipboard();
      const there = goneWords(system.clipboard) === null;
      system.clipboard = null;
      if (there) win.say(t("clipboard.cleared"));
    } catch (thrown) {
      win.fail(ipc.asError(thrown));
    }
  }

  /** Exchanges the token for a narrower one and copies that. */
  async copyNarrower(id: string, wanted: ipc.Narrower) {
    if (system.locked && !(await system.unlock())) return false;
    system.clipboard = await ipc.copyNarrower(id, wanted);
    win.say(t("common.copied"));
    return true;
  }

  /** Takes the tokens back at the provider, and says what became of that. */
  async revoke(credential: CredentialView) {
    const revoked = await ipc.revoke(credential.id);
    await vault.loadDetail();
    void vault.load(true);
    return revokedWords(revoked, credential.provider_name || t("words.theProvider"));
  }

  /** What goes before a deletion: takes back the tokens, and the client if Fobwatch registered it. Answers with what
   *  the provider did not confirm; empty when it confirmed everything. */
  async revokeFirst(credential: CredentialView): Promise<string> {
    const words = await this.revoke(credential);
    if (!words.confirmed) return words.text;
    const removed = await ipc.unregister(credential.id);
    return removed === false ? t("remove.clientNotRemoved") : "";
  }

  /** Deletes; the toast offers to undo. */
  async remove(credential: CredentialView) {
    const at = vault.selectedAt;
    const removed = await ipc.remove(credential.id);
    win.closeSheet();
    win.toast = { kind: "deleted", id: removed.id, name: removed.name, seconds: removed.undo_seconds };
    win.say(t("remove.deleted", { name: removed.name }));
    await vault.load();
    // The neighbour is next, not the top of the list.
    if (at >= 0) await vault.selectAt(at);
  }

  async undo() {
    const toast = win.toast;
    if (toast?.kind !== "deleted") return;
    if (toast.ids !== undefined) return together.undo(toast.ids, toast.seconds);
    try {
      const view = await ipc.undoRemove(toast.id);
      if (win.toast === toast) win.toast = null;
      await vault.open(view.id);
      win.say(t("remove.isBack", { name: toast.name }));
    } catch (thrown) {
      win.undoFailed(toast, ipc.asError(thrown));
    }
  }
}

export const actions = new Actions();

/** Whether a login came with a vault from another computer and was not taken over yet. */
export function isCopied(view: CredentialView): boolean {
  return view.last_error?.code === "other_device";
}

/** The dresses in which a credential is copied, in the order of their keys. */
export function formatsOf(view: Pick<CredentialView, "templates">): ipc.CopyFormat[] {
  return ["header", "curl", "env", ...view.templates.map((_, place) => `template-${place}` as const)];
}

/** The words of a dress. */
export function formatWords(view: Pick<CredentialView, "templates">, format: ipc.CopyFormat): string {
  if (format === "header" || format === "curl" || format === "env") return t(`copy.${format}`);
  return view.templates[Number(format.slice("template-".length))]?.name ?? "";
}

/** What copying is called for a credential. */
export function copyWords(view: Pick<CredentialView, "kind">): string {
  return t(system.locked ? "copy.unlockAndCopy" : view.kind === "api_key" ? "copy.key" : "copy.token");
}

/** What renewing is called for a credential. */
export function renewWords(view: CredentialView): string {
  if (view.kind === "client_credentials") return t("credential.getToken");
  if (primaryAction(view) === "copy") return t("credential.refreshNow");
  return t(isCopied(view) ? "credential.takeOver" : "credential.tryRefresh");
}

/** What the primary button does for a credential: the shortest way to a working token. */
export function primaryAction(view: CredentialView): "copy" | "sign-in" | "replace" {
  if (view.kind === "jwt") return view.status === "expired" ? "replace" : "copy";
  if (view.kind !== "oauth") return "copy";
  if (view.status === "sign_in_needed" || view.status === "misconfigured" || view.status === "frozen") return "sign-in";
  return view.status === "expired" && !view.renews ? "sign-in" : "copy";
}
