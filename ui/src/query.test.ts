import { describe, expect, it } from "vitest";
import { joinQuery, splitQuery, withoutFilter, withoutTag } from "./query";

describe("the search field", () => {
  it("makes_a_tag_of_a_filter_once_something_follows_it", () => {
    expect(splitQuery("env:prod")).toEqual({ tags: [], typed: "env:prod" });
    expect(splitQuery("env:prod ")).toEqual({ tags: ["env:prod"], typed: "" });
    expect(splitQuery("stripe env:prod kind:jwt eu")).toEqual({ tags: ["env:prod", "kind:jwt"], typed: "stripe eu" });
  });
  it("keeps_a_quoted_value_together", () => {
    expect(splitQuery('provider:"microsoft entra" x').tags).toEqual(['provider:"microsoft entra"']);
    expect(splitQuery('provider:"microsoft en').tags).toEqual([]);
  });
  it("leaves_scopes_addresses_and_spaces_as_they_are_typed", () => {
    for (const text of ["orders:read x", "https://id.example x", "a  b ", " a"]) {
      expect(splitQuery(text)).toEqual({ tags: [], typed: text });
    }
  });
  it("says_the_same_after_a_round", () => {
    for (const text of ["env:prod stripe ", "env:prod ", "is:failing kind:jwt x"]) {
      const { tags, typed } = splitQuery(text);
      expect(joinQuery(tags, typed)).toBe(text);
      expect(splitQuery(joinQuery(tags, typed))).toEqual({ tags, typed });
    }
  });
  it("loses_the_tag_that_is_taken_out", () => {
    expect(withoutTag("env:prod kind:jwt x", 0)).toBe("kind:jwt x");
    expect(withoutTag("env:prod ", 0)).toBe("");
    expect(withoutFilter("strpie env:prod", "environment")).toBe("strpie");
  });
});
