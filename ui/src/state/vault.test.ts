import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { CredentialView, ListInput } from "../bindings";
import { standIn } from "../../dev/boundary";

// The first import compiles what the window is made of, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 60_000 });

const view = (ids: string[], input: Partial<ListInput> = {}, order = 1) => ({
  total: ids.length,
  matched: ids.length,
  shown: ids.length,
  order,
  from: input.from ?? 0,
  rows: ids.slice(input.from ?? 0, (input.from ?? 0) + (input.count ?? ids.length)).map((id) => ({ id, name: id, section: "rest" })),
  sections: [],
  selected_at: ids.indexOf(input.selected ?? "") < 0 ? null : ids.indexOf(input.selected ?? ""),
  selected_folded: false,
  problems: [],
  nearest: null,
  attention: 0,
});
const many = Array.from({ length: 5000 }, (_, index) => `id-${index}`);

async function freshVault() {
  vi.resetModules();
  return (await import("./vault.svelte")).vault;
}

/** As `over`, but the first answer in a new order waits until it is let go. */
function holding(ids: () => string[], order: () => number) {
  const held: { answer: (() => void) | null } = { answer: null };
  standIn({
    list: ({ input }) => {
      const now = view(ids(), input as ListInput, order());
      return held.answer === null && order() > 1 ? new Promise((resolve) => (held.answer = () => resolve(now))) : now;
    },
    credential: ({ id }) => ({ id }),
  });
  return held;
}

function over(ids: () => string[], order: () => number = () => 1) {
  const asked: ListInput[] = [];
  standIn({
    list: ({ input }) => {
      asked.push(input as ListInput);
      return view(ids(), input as ListInput, order());
    },
    listed: ({ from, to }) => ids().slice(Math.min(from as number, to as number), Math.max(from as number, to as number) + 1),
    credential: ({ id }) => ({ id }),
    several: ({ ids: chosen }) => ({ count: (chosen as string[]).length, rows: [] }),
  });
  return asked;
}

describe("the vault in the window", () => {
  beforeEach(() => void over(() => ["a", "b"]));

  it("selects_the_first_row_when_nothing_was_selected", async () => {
    const vault = await freshVault();
    await vault.load();
    await vault.opening;
    expect(vault.detail?.id).toBe("a");
    expect(vault.selectedAt).toBe(0);
  });

  it("opens_what_a_search_found_once_no_more_letters_come_or_at_once_where_it_is_wanted", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const vault = await freshVault();
    await vault.load();
    await vi.waitFor(() => expect(vault.detail?.id).toBe("a"));
    over(() => ["b"]);
    vault.filter({ query: "b" });
    await vi.advanceTimersByTimeAsync(110);
    expect(vault.selectedId).toBe("b");
    vault.filter({ query: "be" });
    await vi.advanceTimersByTimeAsync(120);
    expect(vault.detail?.id).toBe("a");
    await vi.advanceTimersByTimeAsync(120);
    expect(vault.detail?.id).toBe("b");

    over(() => ["c"]);
    vault.filter({ query: "c" });
    vault.hurry();
    await vi.advanceTimersByTimeAsync(110);
    expect(vault.detail?.id).toBe("c");
  });

  it("keeps_the_selection_through_a_reload", async () => {
    const vault = await freshVault();
    await vault.load();
    vault.select("b");
    await vault.load(true);
    expect(vault.selectedId).toBe("b");
  });

  it("an_answer_that_was_overtaken_does_not_count", async () => {
    const waiting: ((ids: string[]) => void)[] = [];
    standIn({
      list: () => new Promise((resolve) => waiting.push((ids) => resolve(view(ids)))),
      credential: ({ id }) => ({ id }),
    });
    const vault = await freshVault();
    const first = vault.load();
    const second = vault.load();
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]?.(["new"]);
    waiting[0]?.(["old"]);
    await Promise.all([first, second]);
    expect(vault.list?.rows.map((row) => row.id)).toEqual(["new"]);
  });

  it("combines_filters_and_sends_them", async () => {
    const asked = over(() => ["a"]);
    const vault = await freshVault();
    vault.filter({ kind: "oauth" });
    vault.filter({ environment: "production" });
    expect(asked.at(-1)).toMatchObject({ kind: "oauth", environment: "production", provider: null, keep: false });
    expect(vault.filtered).toBe(true);
    vault.clearFilters();
    expect(vault.filtered).toBe(false);
  });

  it("does_not_show_another_credential_under_the_one_that_failed_to_open", async () => {
    standIn({
      list: ({ input }) => view(["a", "b"], input as ListInput),
      credential: ({ id }) => {
        if (id === "b") throw { code: "not_found", message: "There is no such credential.", hint: "", provider_code: null };
        return { id } as CredentialView;
      },
    });
    const vault = await freshVault();
    await vault.load();
    await vault.opening;
    vault.select("b");
    await vault.opening;
    expect(vault.detail).toBeNull();
    expect(vault.detailError?.code).toBe("not_found");
  });
});

describe("a large vault", () => {
  it("is_asked_for_by_the_part_that_is_seen", async () => {
    const asked = over(() => many);
    const vault = await freshVault();
    await vault.load();
    vault.see(3000, 3020);
    await vi.waitFor(() => expect(vault.rows.get(3010)?.id).toBe("id-3010"));
    expect(asked.at(-1)).toMatchObject({ from: 2960, count: 101, keep: true });
    const questions = asked.length;
    vault.see(3001, 3021);
    expect(asked.length).toBe(questions);
    expect(vault.rows.size).toBeLessThan(400);
  });

  it("goes_to_a_row_that_is_not_at_hand", async () => {
    over(() => many);
    const vault = await freshVault();
    await vault.load();
    await vault.selectAt(99_999);
    expect([vault.selectedId, vault.selectedAt]).toEqual(["id-4999", 4999]);
  });

  it("keeps_its_order_while_somebody_is_busy_and_asks_for_a_new_one_after", async () => {
    const asked = over(() => many);
    const vault = await freshVault();
    await vault.load();
    vault.touch();
    await vault.load(true);
    expect(asked.at(-1)?.keep).toBe(true);
    vault.leave();
    await vi.waitFor(() => expect(asked.at(-1)?.keep).toBe(false));
  });

  it("does_not_move_under_a_pointer_that_came_while_the_answer_was_under_way", async () => {
    let ids = ["a", "b"];
    let order = 1;
    const held = holding(() => ids, () => order);
    const vault = await freshVault();
    await vault.load();
    ids = ["b", "a"];
    order = 2;
    const loading = vault.load(true);
    await vi.waitFor(() => expect(held.answer).not.toBeNull());
    vault.touch();
    held.answer?.();
    await loading;
    expect(vault.rows.get(0)?.id).toBe("a");
    vault.leave();
    await vi.waitFor(() => expect(vault.rows.get(0)?.id).toBe("b"));
  });

  it("an_answer_about_an_earlier_selection_does_not_move_the_present_one", async () => {
    let ids = ["a", "b", "c", "d"];
    let order = 1;
    const held = holding(() => ids, () => order);
    const vault = await freshVault();
    await vault.load();
    vault.select("b");
    ids = ["new", "a", "b", "c", "d"];
    order = 2;
    const loading = vault.load(true);
    await vi.waitFor(() => expect(held.answer).not.toBeNull());
    await vault.selectAt(2);
    expect(vault.selectedId).toBe("c");
    held.answer?.();
    await loading;
    expect([vault.selectedId, vault.selectedAt]).toEqual(["c", 3]);
  });

  it("forgets_the_rows_of_an_order_that_is_no_more", async () => {
    let order = 1;
    let ids = many;
    over(() => ids, () => order);
    const vault = await freshVault();
    await vault.load();
    vault.see(3000, 3020);
    await vi.waitFor(() => expect(vault.rows.has(3010)).toBe(true));
    ids = many.toReversed();
    order = 2;
    await vault.load();
    expect(vault.rows.get(3010)?.id).toBe("id-1989");
    expect(vault.rows.get(0)).toBeUndefined();
  });
});

describe("a search", () => {
  it("selects_the_best_match_for_the_key_that_comes_next", async () => {
    let ids = ["a", "b", "c"];
    over(() => ids);
    const vault = await freshVault();
    await vault.load();
    vault.select("b");
    ids = ["c", "b"];
    vault.filter({ query: "c" });
    expect(vault.searching).not.toBeNull();
    await vault.searching;
    expect([vault.selectedId, vault.selectedAt]).toEqual(["c", 0]);
    await vi.waitFor(() => expect(vault.searching).toBeNull());
  });

  it("has_found_when_a_search_settles_though_a_change_asked_again_meanwhile", async () => {
    const vault = await freshVault();
    await vault.load();
    const answers: (() => void)[] = [];
    standIn({
      list: ({ input }) =>
        new Promise((done) => answers.push(() => done(view(["found"], input as ListInput, 2)))),
      credential: ({ id }) => ({ id }),
    });
    vault.filter({ query: "found" });
    vault.changed([]);
    const seen = vi.fn();
    void vault.searching?.then(() => seen(vault.list?.order));
    await vi.waitFor(() => expect(answers.length).toBe(2));
    answers[0]?.();
    await new Promise((done) => setTimeout(done));
    expect(seen).not.toHaveBeenCalled();
    // Whoever presses a key meanwhile waits for the search, not for the change.
    vault.touch();
    answers[1]?.();
    await vi.waitFor(() => expect(seen).toHaveBeenCalledWith(2));
    expect(vault.selectedId).toBe("found");
  });

  it("leaves_the_selection_alone_when_only_the_order_changes", async () => {
    over(() => ["a", "b", "c"]);
    const vault = await freshVault();
    await vault.load();
    vault.select("b");
    vault.filter({ order: "name" });
    await vault.searching;
    expect(vault.selectedId).toBe("b");
  });
});

describe("several", () => {
  it("are_selected_by_a_range_that_needs_no_rows_at_hand", async () => {
    over(() => many);
    const vault = await freshVault();
    await vault.load();
    await vault.selectAt(10);
    await vault.extend(1000);
    expect(vault.several.ids.size).toBe(991);
    expect(vault.selectedId).toBe("id-1000");
    await vault.extend(8);
    expect([...vault.several.ids]).toEqual(["id-8", "id-9", "id-10"]);
    expect(vault.selectedId).toBe("id-8");
    await vault.all();
    expect(vault.several.ids.size).toBe(5000);
    vault.several.leave();
    expect(vault.several.on).toBe(false);
  });

  it("keep_their_beginning_when_the_second_key_is_quicker_than_the_first_answer", async () => {
    over(() => many);
    const vault = await freshVault();
    await vault.load();
    await vault.selectAt(10);
    void vault.extend(11);
    await vault.extend(12);
    expect([...vault.several.ids]).toEqual(["id-10", "id-11", "id-12"]);
  });

  it("one_left_over_is_an_ordinary_selection", async () => {
    over(() => many);
    const vault = await freshVault();
    await vault.load();
    await vault.toggle("id-3", 3);
    expect([...vault.several.ids]).toEqual(["id-0", "id-3"]);
    await vault.toggle("id-0", 0);
    expect(vault.several.on).toBe(false);
    expect(vault.selectedId).toBe("id-3");
  });

  it("end_with_another_search", async () => {
    over(() => many);
    const vault = await freshVault();
    await vault.load();
    await vault.extend(5);
    vault.filter({ query: "x" });
    expect(vault.several.on).toBe(false);
  });
});
