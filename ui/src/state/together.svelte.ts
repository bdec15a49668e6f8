// What the person can do to several credentials at once, whoever asks (button, key, menu).
import type { Environment, ErrorView } from "../bindings";
import * as ipc from "../ipc";
import { count } from "../format";
import { t } from "../language/index.svelte";
import { system } from "./system.svelte";
import { vault } from "./vault.svelte";
import { win } from "./window.svelte";

const COPIED_FOR = 1200;
const PATIENCE = 150;

class Together {
  copying = $state.raw<"asking" | "busy" | "done" | null>(null);
  #shown: ReturnType<typeof setTimeout> | undefined;

  get ids(): string[] {
    return [...vault.several.ids];
  }

  /** Copies a .env block, each value fresh; it never comes here. */
  async copy() {
    if (this.copying === "asking" || this.copying === "busy") return;
    clearTimeout(this.#shown);
    vault.several.error = null;
    this.copying = "asking";
    const slow = setTimeout(() => (this.copying = "busy"), PATIENCE);
    try {
      if (system.locked && !(await system.unlock())) {
        this.copying = null;
        return;
      }
      system.clipboard = await ipc.copyEnvBlock(this.ids);
      this.copying = "done";
      win.say(t("list.several.copied"));
      this.#shown = setTimeout(() => (this.copying = null), COPIED_FOR);
    } catch (thrown) {
      this.copying = null;
      vault.several.error = ipc.asError(thrown);
    } finally {
      clearTimeout(slow);
    }
  }

  async moveTo(environment: Environment) {
    const ids = this.ids;
    await this.#do(() => ipc.moveTo(ids, environment));
    const words = { count: ids.length, formatted: count(ids.length), environment: t(`list.environmentsOf.${environment}`) };
    if (vault.several.error === null) win.tell(t("list.several.moved", words));
  }

  async pause(ids: string[], on: boolean) {
    await this.#do(() => ipc.pauseRefreshing(ids, on));
    if (vault.several.error === null) win.tell(t(on ? "list.several.paused" : "list.several.resumed"));
  }

  async #do(work: () => Promise<unknown>) {
    vault.several.error = null;
    try {
      await work();
      void vault.load(true);
      await vault.several.look();
    } catch (thrown) {
      vault.several.error = ipc.asError(thrown);
    }
  }

  /** Sets when keys are to be rotated; throws why not. */
  async rotateBy(ids: string[], by: string) {
    await ipc.setRotateBy(ids, by === "none" ? null : by);
    win.closeSheet();
    win.tell(t("list.several.rotateSet", { count: ids.length, formatted: count(ids.length) }));
    void vault.load(true);
    await vault.several.look();
  }

  /** Deletes; the toast offers to undo. What could not be deleted is told and still there. */
  async remove() {
    const at = vault.selectedAt;
    const { removed, failed } = await ipc.removeSeveral(this.ids);
    win.closeSheet();
    vault.several.leave();
    const first = removed[0];
    const why = failed[0];
    const partly = () => {
      const message = t("list.several.partly", { count: failed.length, formatted: count(failed.length) });
      return why === undefined ? undefined : { ...why, message: `${message} ${why.message}` };
    };
    if (first !== undefined) {
      const name = t("list.several.deleted", { count: removed.length, formatted: count(removed.length) });
      win.toast = { kind: "deleted", id: first.id, ids: removed.map((one) => one.id), name, seconds: first.undo_seconds, error: partly() };
      if (why !== undefined) win.assertive = partly()?.message ?? "";
    } else if (why !== undefined) {
      win.fail(partly() ?? why);
    }
    await vault.load();
    await vault.selectAt(at);
  }

  /** Brings back what was deleted together; what did not come back can be tried again. */
  async undo(ids: string[], seconds: number) {
    const left: string[] = [];
    const errors: ErrorView[] = [];
    for (const id of ids) {
      try {
        await ipc.undoRemove(id);
      } catch (thrown) {
        const error = ipc.asError(thrown);
        errors.push(error);
        if (error.code !== "not_found") left.push(id);
      }
    }
    const error = errors.at(-1);
    const [first] = left;
    if (error === undefined) {
      win.toast = null;
      win.say(t("list.several.back", { count: ids.length, formatted: count(ids.length) }));
    } else if (first === undefined) {
      win.fail(error);
    } else {
      const name = t("list.several.deleted", { count: left.length, formatted: count(left.length) });
      win.undoFailed({ kind: "deleted", id: first, ids: left, name, seconds }, error);
    }
    await vault.load();
  }
}

export const together = new Together();
