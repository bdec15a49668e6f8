// What the sheets of Health share.
import type { AffectedView } from "../../bindings";
import { t } from "../../language/index.svelte";

/** Whom a sheet concerns: one by name and account, several by their number. */
export function under(credentials: AffectedView[]): string {
  const one = credentials[0];
  if (credentials.length !== 1 || one === undefined) return t("health.several", { count: credentials.length });
  return one.account === "" ? one.name : `${one.name} · ${one.account}`;
}
