import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { standIn } from "../../dev/boundary";
import type { LockView, Settings } from "../bindings";

standIn({});
const { LOCKS } = await import("../shell");
const { lock } = await import("./lock.svelte");
const { chosen } = await import("./settings.svelte");
const { vault } = await import("./vault.svelte");
const { win } = await import("./window.svelte");

const view = (change: Partial<LockView> = {}): LockView => ({
  locked: false,
  since: null,
  reason: null,
  passphrase_set_at: "2025-02-03T09:00:00Z",
  wait_seconds: 0,
  ...change,
});

describe("the app lock in the window", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    chosen.all = { lock_after_minutes: 15 } as Settings;
    lock.take(view());
  });
  afterEach(() => void vi.useRealTimers());

  it("drops_everything_that_was_shown", () => {
    vault.list = { rows: [] } as unknown as typeof vault.list;
    vault.filter({ query: "payments" });
    win.toast = { kind: "deleted", id: "a", name: "Payments", seconds: 10 };
    win.say("Deleted Payments");
    win.sheet = { kind: "sign-in" };
    lock.take(view({ locked: true }));
    expect(vault.list).toBeNull();
    expect(vault.input.query).toBe("");
    expect([win.toast, win.sheet, win.polite]).toEqual([null, null, ""]);
  });

  it("remembers_for_the_first_picture_that_a_passphrase_is_asked_for", () => {
    expect(localStorage.getItem(LOCKS)).not.toBeNull();
    lock.take(view({ passphrase_set_at: null }));
    expect(localStorage.getItem(LOCKS)).toBeNull();
  });

  it("does_not_take_an_answer_that_comes_after_it_locked", async () => {
    let answer: (list: unknown) => void = () => undefined;
    standIn({ list: () => new Promise((resolve) => (answer = resolve)) });
    const loading = vault.load();
    lock.take(view({ locked: true }));
    answer({ rows: [], total: 1 });
    await loading;
    expect(vault.list).toBeNull();
  });

  it("tells_that_somebody_is_there_every_five_seconds_at_most", () => {
    let told = 0;
    standIn({ used: () => (told += 1) });
    vi.advanceTimersByTime(60_000);
    const before = lock.locksAt ?? 0;
    for (let times = 0; times < 100; times += 1) lock.used();
    expect(told).toBe(1);
    expect((lock.locksAt ?? 0) - before).toBe(60_000);
    vi.advanceTimersByTime(5000);
    lock.used();
    expect(told).toBe(2);
  });

  it("offers_a_passphrase_where_there_is_none", async () => {
    lock.take(view({ passphrase_set_at: null }));
    await lock.now();
    expect(win.sheet).toEqual({ kind: "passphrase", purpose: "set" });
    expect(lock.locksAt).toBeNull();
  });
});
