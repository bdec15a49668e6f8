import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CredentialView, ListInput } from "../bindings";
import { standIn } from "../../dev/boundary";
import type { Subject } from "./window.svelte";

// The first import compiles what the window is made of, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 60_000 });

const credential = (id: string, more: Partial<CredentialView> = {}) =>
  ({ id, name: id, kind: "api_key", status: "fresh", renews: false, templates: [], last_error: null, ...more }) as CredentialView;
const kept: Record<string, CredentialView> = {
  key: credential("key", { templates: Array.from({ length: 8 }, (_, at) => ({ name: `shape ${at}`, text: "{}" })) }),
  login: credential("login", { kind: "oauth", renews: true }),
  ended: credential("ended", { kind: "jwt", status: "expired" }),
};
let asked: [string, unknown][] = [];
/** What another program has deleted. */
let gone: string | null = null;

async function window(ids = Object.keys(kept)) {
  vi.resetModules();
  asked = [];
  gone = null;
  const note = (name: string) => (args: Record<string, unknown>) => void asked.push([name, args]);
  standIn({
    list: ({ input }) => {
      const { selected } = input as ListInput;
      const rows = ids.map((id) => ({ id, name: id, section: "rest" }));
      const at = ids.indexOf(selected ?? "");
      return { total: ids.length, matched: ids.length, shown: ids.length, order: 1, from: 0, rows, sections: [], selected_at: at < 0 ? null : at, selected_folded: false, problems: [] };
    },
    listed: () => ids,
    credential: ({ id }) => {
      const view = ids.includes(id as string) && id !== gone ? kept[id as string] : undefined;
      if (view === undefined) throw { code: "not_found", message: "There is no such credential.", hint: "", provider_code: null };
      return view;
    },
    several: ({ ids: chosen }) => ({ count: (chosen as string[]).length, rows: [], copies_at_most: 2 }),
    copy: note("copy"),
    copy_env_block: note("copy_env_block"),
  });
  const [{ vault }, { win }, { run }, all] = await Promise.all([
    import("./vault.svelte"), import("./window.svelte"), import("./commands"), import("./offers"),
  ]);
  await vault.load();
  await vault.opening;
  /** Opens the palette and says what it is about. */
  const open = async (): Promise<Subject | null> => {
    run("commands");
    if (win.sheet?.kind !== "commands") throw new Error("it did not open");
    const subject = await win.sheet.subject;
    win.closeSheet();
    return subject;
  };
  const idsOf = (subject: Subject | null) => all.offers(subject).map((offer) => offer.id);
  const offer = (subject: Subject | null, id: string) => {
    const found = all.offers(subject).find((one) => one.id === id);
    if (found === undefined) throw new Error(`${id} is not offered`);
    return found;
  };
  return { vault, win, open, offer, ids: idsOf, ...all };
}

describe("what the palette offers", () => {
  it("is about the selected credential, with its words, and every format", async () => {
    const { open, offers, vault } = await window();
    vault.select("key");
    await vault.opening;
    const about = offers(await open()).filter((one) => one.place === "credential");
    expect(about.map((one) => one.name)).toEqual([
      "Copy key", "Copy as…", "Copy as Header", "Copy as curl command", "Copy as .env line",
      ...Array.from({ length: 8 }, (_, at) => `Copy as shape ${at}`), "Copy for one paste", "Next tab", "Delete…",
    ]);
    expect(about.map((one) => one.keys).slice(2, 13)).toEqual([...Array.from({ length: 9 }, (_, at) => `Mod+${at + 1}`), "", ""]);
  });

  it("leaves out what would do nothing", async () => {
    const { open, ids, vault, win } = await window();
    vault.select("key");
    await vault.opening;
    for (const absent of ["refresh", "sign-in", "undo", "view-1", "previous-tab", "commands"]) expect(ids(await open())).not.toContain(absent);
    vault.select("login");
    await vault.opening;
    expect(ids(await open())).toEqual(expect.arrayContaining(["copy", "refresh", "sign-in", "delete"]));
    vault.select("ended");
    await vault.opening;
    for (const absent of ["copy", "copy-menu", "header", "refresh"]) expect(ids(await open())).not.toContain(absent);
    win.toast = { kind: "deleted", id: "x", name: "x", seconds: 10 };
    win.tab = "setup";
    win.view = "attention";
    const offered = ids(await open());
    expect(offered).toEqual(expect.arrayContaining(["undo", "previous-tab", "view-1"]));
    for (const absent of ["next-tab", "view-2"]) expect(offered).not.toContain(absent);
  });

  it("is about no credential where none is to be seen", async () => {
    const { open, win, offers } = await window();
    win.view = "activity";
    const subject = await open();
    expect(subject).toBeNull();
    expect(offers(subject).some((one) => one.place === "credential")).toBe(false);
  });

  it("is what makes sense at the first run", async () => {
    const { open, ids } = await window([]);
    expect(ids(await open())).toEqual(["add", "view-6", "settings", "lock", "quit"]);
  });

  it("has every command in one situation or another", async () => {
    const { open, offers, vault, win } = await window();
    const { commands, table } = await import("../command_table");
    const seen = new Set<string>();
    const look = async () => offers(await open()).forEach((one) => seen.add(one.keys));
    win.tab = "access";
    for (const id of ["key", "login"]) {
      vault.select(id);
      await vault.opening;
      await look();
    }
    win.toast = { kind: "deleted", id: "x", name: "x", seconds: 10 };
    win.view = "health";
    await look();
    expect(commands.filter((command) => !seen.has(table[command].keys))).toEqual(["commands"]);
  });
});

describe("a command of the palette", () => {
  let all: Awaited<ReturnType<typeof window>>;
  beforeEach(async () => {
    all = await window();
    all.vault.select("key");
    await all.vault.opening;
  });

  it("is done to the credential that was selected when it opened", async () => {
    const { open, offer, vault, win } = all;
    const copy = offer(await open(), "copy");
    const remove = offer(await open(), "delete");
    // The tray shows another one meanwhile.
    await vault.open("login");
    await vault.opening;
    await copy.run();
    await vi.waitFor(() => expect(asked).toContainEqual(["copy", { id: "key", format: "raw" }]));
    expect(vault.selectedId).toBe("key");
    await vault.open("login");
    await remove.run();
    expect(win.sheet).toMatchObject({ kind: "delete", credential: { id: "key" } });
  });

  it("is done to no other one when that is gone", async () => {
    const { open, offer, vault, win } = all;
    const copy = offer(await open(), "copy");
    vault.select("login");
    await vault.opening;
    gone = "key";
    await copy.run();
    expect(asked).toEqual([]);
    expect(vault.selectedId).toBe("login");
    expect(win.toast).toMatchObject({ kind: "error", error: { code: "not_found" } });
  });

  it("means what a key was on its way to", async () => {
    const { open, vault } = all;
    vault.select("login");
    expect(vault.detail?.id).toBe("key");
    expect(await open()).toMatchObject({ kind: "one", view: { id: "login" } });
    void vault.selectAt(0);
    expect(await open()).toMatchObject({ kind: "one", view: { id: "key" } });
  });

  it("is done to all that were selected", async () => {
    const { open, offer, ids, vault, win } = all;
    await vault.toggle("login", 1);
    const subject = await open();
    expect(subject).toMatchObject({ kind: "several" });
    expect(ids(subject).slice(0, 2)).toEqual(["copy", "delete"]);
    const copy = offer(subject, "copy");
    vault.several.leave();
    await copy.run();
    await vi.waitFor(() => expect(asked).toContainEqual(["copy_env_block", { ids: ["key", "login"] }]));
    offer(subject, "delete").run();
    expect(win.sheet).toEqual({ kind: "several-delete" });
    // More than can be copied at once.
    await vault.toggle("ended", 2);
    await vi.waitFor(() => expect(vault.several.current).not.toBeNull());
    expect(ids(await open())).not.toContain("copy");
  });
});

describe("the words that are typed", () => {
  it("find the best first, in its place, and nothing where nothing fits", async () => {
    const { found, offers, open, vault } = await window();
    vault.select("key");
    await vault.opening;
    const everything = offers(await open());
    const names = (typed: string) => found(everything, typed).flatMap((group) => group.offers.map((one) => one.name));
    expect(names("")).toHaveLength(everything.length);
    expect(found(everything, " ").map((group) => group.place)).toEqual(["credential", "go", "vault"]);
    expect(names("act")[0]).toBe("Activity");
    expect(names("copy")[0]).toBe("Copy key");
    expect(names("wkb")[0]).toBe("Workbench");
    expect(names("env")[0]).toBe("Copy as .env line");
    expect(names("xyzzy")).toEqual([]);
  });

  it("find a command by its general name as well", async () => {
    const { found, offers, open, vault } = await window();
    const { speakIn } = await import("../language/index.svelte");
    vault.select("key");
    await vault.opening;
    await speakIn("de");
    // "Kopieren als…" begins with it too, and is not what is meant.
    expect(found(offers(await open()), "kopieren")[0]?.offers[0]?.name).toBe("Schlüssel kopieren");
    await speakIn("en");
  });
});
