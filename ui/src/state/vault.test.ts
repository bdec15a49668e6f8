import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CredentialView, ListInput } from "../bindings";
import { standIn } from "../../dev/boundary";

const rows = (...ids: string[]) => ids.map((id) => ({ id, name: id, section: "rest" }));
const view = (ids: string[]) => ({ total: ids.length, rows: rows(...ids), attention: 0 });

async function freshVault() {
  vi.resetModules();
  return (await import("./vault.svelte")).vault;
}

describe("the vault in the window", () => {
  beforeEach(() => standIn({ list: () => view(["a", "b"]), credential: ({ id }) => ({ id }) }));

  it("selects_the_first_row_when_nothing_was_selected", async () => {
    const vault = await freshVault();
    await vault.load();
    await vault.opening;
    expect(vault.detail?.id).toBe("a");
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
    const asked: ListInput[] = [];
    standIn({
      list: ({ input }) => {
        asked.push(input as ListInput);
        return view(["a"]);
      },
      credential: ({ id }) => ({ id }),
    });
    const vault = await freshVault();
    vault.filter({ kind: "oauth" });
    vault.filter({ environment: "production" });
    expect(asked.at(-1)).toMatchObject({ kind: "oauth", environment: "production", provider: null });
    expect(vault.filtered).toBe(true);
    vault.clearFilters();
    expect(vault.filtered).toBe(false);
  });

  it("does_not_show_another_credential_under_the_one_that_failed_to_open", async () => {
    standIn({
      list: () => view(["a", "b"]),
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
