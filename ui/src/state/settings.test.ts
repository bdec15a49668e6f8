import { describe, expect, it, vi } from "vitest";
import type { Settings } from "../bindings";
import { standIn } from "../../dev/boundary";

// The first import compiles what the window is made of, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 60_000 });

const settings = (theme: string) => ({ theme, language: "en", order: "attention" }) as unknown as Settings;

function paper() {
  const dataset: Record<string, string> = {};
  Object.assign(globalThis, { document: { documentElement: { dataset, lang: "", dir: "" } }, navigator: { languages: ["en"] } });
  return dataset;
}

async function freshChosen() {
  vi.resetModules();
  return (await import("./settings.svelte")).chosen;
}

describe("the settings in the window", () => {
  it("are_changed_one_after_the_other_so_that_the_last_choice_holds", async () => {
    const dataset = paper();
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    standIn({
      change_settings: ({ change }) => {
        const { theme } = change as Settings;
        asked.push(theme);
        return new Promise((done) => answers.push(() => done(settings(theme))));
      },
    });
    const chosen = await freshChosen();
    const both = [chosen.change({ theme: "light" } as Partial<Settings>), chosen.change({ theme: "dark" } as Partial<Settings>)];
    await vi.waitFor(() => expect(asked).toEqual(["light"]));
    answers[0]?.();
    await vi.waitFor(() => expect(asked).toEqual(["light", "dark"]));
    answers[1]?.();
    await Promise.all(both);
    expect([chosen.all?.theme, dataset["theme"]]).toEqual(["dark", "dark"]);
  });

  it("keep_what_a_later_question_was_answered", async () => {
    paper();
    const answers: ((theme: string) => void)[] = [];
    standIn({ settings: () => new Promise((done) => answers.push((theme) => done(settings(theme)))) });
    const chosen = await freshChosen();
    const both = [chosen.ask(), chosen.ask()];
    await vi.waitFor(() => expect(answers.length).toBe(2));
    answers[1]?.("dark");
    answers[0]?.("light");
    await Promise.all(both);
    expect(chosen.all?.theme).toBe("dark");
  });

  it("can_be_changed_after_a_change_that_was_refused", async () => {
    paper();
    let refuse = true;
    standIn({
      change_settings: ({ change }) => {
        if (refuse) throw { code: "invalid", message: "no", hint: "", provider_code: null };
        return settings((change as Settings).theme);
      },
    });
    const chosen = await freshChosen();
    await expect(chosen.change({ theme: "light" } as Partial<Settings>)).rejects.toMatchObject({ code: "invalid" });
    refuse = false;
    await chosen.change({ theme: "dark" } as Partial<Settings>);
    expect(chosen.all?.theme).toBe("dark");
  });
});
