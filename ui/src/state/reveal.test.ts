import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { standIn } from "../../dev/boundary";
import { Reveal } from "./reveal.svelte";

describe("a revealed value", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is_dropped_after_its_time", async () => {
    standIn({ reveal: () => ({ value: "fake", for_seconds: 15 }) });
    const reveal = new Reveal();
    await reveal.show("a");
    expect(reveal.value).toBe("fake");
    vi.advanceTimersByTime(14_999);
    expect(reveal.value).toBe("fake");
    vi.advanceTimersByTime(1);
    expect(reveal.value).toBeNull();
  });

  it("is_dropped_when_asked", async () => {
    standIn({ reveal: () => ({ value: "fake", for_seconds: 15 }) });
    const reveal = new Reveal();
    await reveal.show("a");
    reveal.toggle("a");
    expect(reveal.value).toBeNull();
  });

  it("does_not_appear_when_it_arrives_too_late", async () => {
    let answer: (shown: unknown) => void = () => undefined;
    standIn({ reveal: () => new Promise((resolve) => (answer = resolve)) });
    const reveal = new Reveal();
    const asked = reveal.show("a");
    reveal.drop();
    answer({ value: "fake", for_seconds: 15 });
    await asked;
    expect(reveal.value).toBeNull();
  });

  it("says_why_it_was_refused", async () => {
    standIn({});
    const reveal = new Reveal();
    await reveal.show("a");
    expect(reveal.value).toBeNull();
    expect(reveal.error?.message).toBe("no answer for reveal");
    expect(reveal.busy).toBe(false);
  });
});
