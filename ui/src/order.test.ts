import { describe, expect, it } from "vitest";
import { around, folded, layOut, lineOf, unchanged } from "./order";

const sections = [
  { name: "attention", from: 0, count: 4 },
  { name: "recent", from: 3, count: 1 },
  { name: "rest", from: 4, count: 2 },
];

describe("the sections", () => {
  it("have_their_headings_between_the_rows", () => {
    expect(layOut(6, sections)).toEqual([-1, 0, 1, 2, -2, 3, -3, 4, 5]);
    expect([0, 2, 3, 4, 5].map((at) => lineOf(at, sections))).toEqual([1, 3, 5, 7, 8]);
  });
  it("are_absent_with_a_search", () => {
    expect(layOut(2, [])).toEqual([0, 1]);
    expect(lineOf(1, [])).toBe(1);
  });
  it("may_have_all_their_rows_folded_away", () => {
    expect(layOut(1, [{ name: "attention", from: 0, count: 2 }, { name: "rest", from: 0, count: 1 }])).toEqual([-1, -2, 0]);
  });
  it("say_how_many_are_folded_away", () => {
    expect(folded({ matched: 128, shown: 125 })).toBe(3);
  });
});

it("what_is_asked_for_is_more_than_what_is_seen_and_never_everything", () => {
  expect(around(0, 20)).toEqual({ from: 0, count: 61 });
  expect(around(100, 120)).toEqual({ from: 60, count: 101 });
  expect(around(0, 9999).count).toBe(400);
});

it("a_row_that_is_as_before_is_the_same_object_wherever_it_stands", () => {
  const [mail, payments] = [
    { id: "a", name: "Mail", monogram: { letters: "Ma" } },
    { id: "b", name: "Payments", monogram: { letters: "Pa" } },
  ];
  const rows = unchanged([mail, payments], [
    { id: "b", name: "Payments", monogram: { letters: "Pa" } },
    { id: "a", name: "Mail", monogram: { letters: "Mx" } },
    { id: "c", name: "New", monogram: { letters: "Ne" } },
  ]);
  expect(rows[0]).toBe(payments);
  expect(rows[1]).not.toBe(mail);
  expect(rows.map((row) => row.monogram.letters)).toEqual(["Pa", "Mx", "Ne"]);
});
