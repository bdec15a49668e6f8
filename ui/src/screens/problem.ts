// What is wrong with a filter, in words.
import type { ProblemView } from "../bindings";
import { t } from "../language/index.svelte";

/** "It takes production, staging, development." */
export function problemWords(problem: ProblemView): string {
  const choices = problem.choices.join(", ");
  if (problem.code === "no_time") return t("list.takesTime", { choices });
  return choices === "" ? t("list.takesText", { name: `${problem.name}:` }) : t("list.takes", { name: `${problem.name}:`, choices });
}
