// What surrounds the vault: platform, keychain, clipboard, and what concerns several credentials at once.
import type { ClipboardView, KeychainView, NoticeView } from "../bindings";
import * as ipc from "../ipc";
import { t } from "../language/index.svelte";

class System {
  platform = $state.raw<ipc.Platform>({ os: "linux", keychain: "keyring" });
  keychain = $state.raw<KeychainView | null>(null);
  clipboard = $state.raw<ClipboardView | null>(null);
  notice = $state.raw<NoticeView | null>(null);
  unlocking = $state(false);
  checking = $state(false);
  #question = 0;

  /** What people call the place for secrets here. */
  get keyringWord(): string {
    return t(this.platform.os === "linux" ? "words.keyring" : "words.keychain");
  }

  get locked(): boolean {
    return this.keychain?.state === "locked";
  }

  /** The keys of a shortcut by their names in KeyboardEvent, in the order of this platform. */
  #pressed(keys: string): string[] {
    if (this.platform.os !== "macos") return keys.split("+").map((part) => (part === "Mod" ? "Control" : part));
    // What is one key elsewhere goes with Command there: see keymap.ts.
    const there = keys.replace("Delete", "Mod+Backspace").replace("Alt+", "Alt+Mod+");
    const parts = there.split("+").sort((a, b) => Number(b === "Shift") - Number(a === "Shift"));
    return parts.map((part) => (part === "Mod" ? "Meta" : part));
  }

  /** The keys of a shortcut one by one, as this platform writes them: "Ctrl", "Shift", "C" or "⇧", "⌘", "C". */
  caps(keys: string): string[] {
    const mac: Record<string, string> = { Meta: "⌘", Shift: "⇧", Alt: "⌥", Enter: "↵", Backspace: "⌫", Escape: "Esc" };
    const others: Record<string, string> = { Control: "Ctrl", Escape: "Esc" };
    const glyphs = this.platform.os === "macos" ? mac : others;
    return this.#pressed(keys).map((part) => glyphs[part] ?? part);
  }

  /** The way this platform writes a shortcut: "Ctrl+Shift+C" or "⇧⌘C". */
  hint(keys: string): string {
    return this.caps(keys).join(this.platform.os === "macos" ? "" : "+");
  }

  /** The same for `aria-keyshortcuts`. */
  spoken(keys: string): string {
    return this.#pressed(keys).join("+");
  }

  async ask() {
    const [platform, keychain, clipboard] = await Promise.allSettled([ipc.platform(), ipc.keychain(), ipc.clipboard()]);
    if (platform.status === "fulfilled") this.platform = platform.value;
    if (keychain.status === "fulfilled") this.keychain = keychain.value;
    if (clipboard.status === "fulfilled") this.clipboard = clipboard.value;
    await this.askForNotice();
  }

  /** Asks what goes wrong for several credentials at once; one that can't be told is none. */
  async askForNotice() {
    const question = ++this.#question;
    const notice = await ipc.notice().catch(() => null);
    if (question === this.#question) this.notice = notice;
  }

  /** Asks the providers for the time once more. */
  async checkClocks() {
    if (this.checking) return;
    this.checking = true;
    try {
      await ipc.checkClocks();
      await this.askForNotice();
    } finally {
      this.checking = false;
    }
  }

  /** Asks the system to unlock; true when the keychain is ready after it. */
  async unlock(): Promise<boolean> {
    if (this.unlocking) return false;
    this.unlocking = true;
    try {
      this.keychain = await ipc.unlockKeychain();
      return this.keychain.state === "ready";
    } finally {
      this.unlocking = false;
    }
  }
}

export const system = new System();
