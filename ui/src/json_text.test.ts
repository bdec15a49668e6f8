import { describe, expect, it } from "vitest";
import { indent } from "./json_text";

describe("JSON set out in lines", () => {
  it("is_what_a_printer_would_make_of_it", () => {
    for (const value of [{ a: [1, { b: "x,{y}:\"z\"" }], c: {}, d: [] }, [], [[[]]], { e: "\\" }]) {
      expect(indent(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
    }
  });
  it("keeps_every_digit", () => {
    expect(indent('{"a":9007199254740993,"b":1e+400,"c":-0}')).toBe('{\n  "a": 9007199254740993,\n  "b": 1e+400,\n  "c": -0\n}');
  });
});
