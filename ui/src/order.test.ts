import { describe, expect, it } from "vitest";
import type { RowView } from "./bindings";
import { countWords, keepOrder, layOut, typeAhead } from "./order";

const row = (id: string, section = "rest"): RowView => ({
  id,
  name: id,
  kind: "oauth",
  monogram: { code: "A", tint: "neutral" },
  provider_name: "",
  account: "",
  environment: "production",
  line: "renews",
  tone: "neutral",
  starts_at: null,
  ends_at: null,
  pinned: false,
  section,
});
const ids = (rows: RowView[]) => rows.map((one) => one.id);
const five = ["a", "b", "c", "d"].map((id) => row(id, "attention")).concat(row("e", "recent"));

describe("the sections", () => {
  it("show_three_that_need_attention_and_offer_all", () => {
    const items = layOut(five, false);
    expect(items.map((item) => item.key)).toEqual(["#attention", "a", "b", "c", "#recent", "e"]);
    expect(items[0]).toMatchObject({ action: "show-all" });
    expect(items.at(-1)).toMatchObject({ position: 4 });
  });
  it("show_all_when_asked", () => {
    const items = layOut(five, true);
    expect(items.map((item) => item.key)).toEqual(["#attention", "a", "b", "c", "d", "#recent", "e"]);
    expect(items[0]).toMatchObject({ action: "show-fewer" });
  });
  it("disappear_with_a_search", () => {
    expect(layOut([row("a", "all"), row("b", "all")], false).map((item) => item.kind)).toEqual(["row", "row"]);
  });
});

describe("rows under the pointer", () => {
  it("keep_their_place_and_take_the_new_contents", () => {
    const after = [{ ...row("b"), name: "renamed" }, row("a")];
    const kept = keepOrder([row("a"), row("b")], after);
    expect(ids(kept)).toEqual(["a", "b"]);
    expect(kept[1]?.name).toBe("renamed");
  });
  it("lose_what_is_gone_and_get_what_is_new_at_the_end", () => {
    expect(ids(keepOrder([row("a"), row("b")], [row("new"), row("b")]))).toEqual(["b", "new"]);
  });
});

describe("type-ahead", () => {
  const rows = ["Billing", "Deploy", "Docs", "Northwind"].map((id) => row(id));
  it("moves_on_with_the_same_letter_and_wraps", () => {
    expect(typeAhead(rows, "d", 0)).toBe(1);
    expect(typeAhead(rows, "d", 1)).toBe(2);
    expect(typeAhead(rows, "d", 2)).toBe(1);
  });
  it("stays_on_a_row_that_still_fits_a_longer_word", () => {
    expect(typeAhead(rows, "do", 2)).toBe(2);
    expect(typeAhead(rows, "x", 0)).toBe(-1);
  });
});

it("the_count_says_how_many_of_how_many", () => {
  expect(countWords({ rows: [row("a")], total: 1 }, false)).toBe("1 credential");
  expect(countWords({ rows: [row("a")], total: 128 }, true)).toBe("1 of 128");
});
