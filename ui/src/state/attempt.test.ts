import { describe, expect, it } from "vitest";
import { Attempt } from "./attempt.svelte";

const refused = { code: "offline", message: "No answer.", hint: "", provider_code: null };

describe("an attempt", () => {
  it("is_busy_until_its_answer_is_there", async () => {
    const attempt = new Attempt();
    let answer = () => {};
    const running = attempt.run(() => new Promise<void>((resolve) => (answer = resolve)));
    expect(attempt.busy).toBe(true);
    answer();
    await running;
    expect(attempt.busy).toBe(false);
    expect(attempt.error).toBeNull();
  });
  it("keeps_a_refusal_until_the_next_try", async () => {
    const attempt = new Attempt();
    await attempt.run(() => Promise.reject(refused));
    expect(attempt.busy).toBe(false);
    expect(attempt.error).toEqual(refused);
    const again = attempt.run(() => Promise.resolve());
    expect(attempt.error).toBeNull();
    await again;
  });
});
