// The changes of the fixture: what a person does to a credential. They last until the page is loaded again.
import type { AddJwtInput, ChangeInput, CredentialView, Environment, UserView } from "../../src/bindings";
import { at, DAY, detail, HOUR, MIN, seeds, type Seed } from "./data";
import { emit } from "./event";

type Arguments = Record<string, unknown>;
const changes = new Map<string, Partial<CredentialView>>();
const find = (id: unknown) => seeds.find((one) => one.id === id);
const touch = (ids: string[]) => emit("vault-changed", { ids });

function put(id: string, change: Partial<CredentialView>) {
  changes.set(id, { ...changes.get(id), ...change });
}

/** A detail with what was changed since. */
export function changed(one: Seed): CredentialView {
  return { ...detail(one), ...changes.get(one.id) };
}

const refused = (message: string, hint = "") => ({ code: "invalid", message, hint, provider_code: null });

function change(id: string, what: ChangeInput): CredentialView {
  const one = find(id);
  if (one === undefined) throw refused("There is no such credential.");
  if (what.name === "") throw refused("Name: give it a name.");
  if (what.name === "Deploy bot" && one.name !== what.name) {
    throw refused("There is a credential called “Deploy bot” already.", "Choose another name, or another account.");
  }
  if (what.header !== undefined && !what.header.includes("{}")) throw refused("Header: write it as a header with {} for the key: X-API-Key: {}.");
  const { lead_seconds, env_name, ...rest } = what;
  put(id, rest as Partial<CredentialView>);
  if (lead_seconds !== undefined) put(id, { lead_seconds: lead_seconds || null });
  if (env_name !== undefined) put(id, { env_name: env_name || "STRIPE_SECRET_KEY", env_name_chosen: env_name !== "" });
  if (what.name !== undefined) one.name = what.name;
  touch([id]);
  return changed(one);
}

const users: UserView[] = [
  { from: "window", program: null, copied: 41, handed_out: 0, revealed: 2, first_at: at(-80 * DAY), last_at: at(-12 * MIN) },
  { from: "command_line", program: "orders-cli", copied: 3, handed_out: 1204, revealed: 0, first_at: at(-31 * DAY), last_at: at(-55 * MIN) },
  { from: "tray", program: null, copied: 6, handed_out: 0, revealed: 0, first_at: at(-9 * DAY), last_at: at(-3 * HOUR) },
];

export const commands: Record<string, (args: Arguments) => unknown> = {
  uses: ({ id }) => (id === "search" ? [] : users.slice(0, id === "payments" ? 3 : 2)),
  change: ({ id, change: what }) => change(id as string, what as ChangeInput),
  pin: ({ id, on }) => (put(id as string, { pinned: on as boolean }), null),
  let_expire: ({ id, on }) => {
    const one = find(id);
    if (one) [one.section, one.tone] = on ? ["rest", "neutral"] : ["attention", "warn"];
    put(id as string, { let_expire: on as boolean, tone: on ? "neutral" : "warn" });
    return null;
  },
  move_to: ({ ids, environment }) => {
    for (const id of ids as string[]) {
      const one = find(id);
      if (one) one.env = environment as Environment;
    }
    return null;
  },
  set_rotate_by: ({ ids, by }) => {
    const days = /^(\d+)d$/.exec((by as string | null) ?? "")?.[1];
    for (const id of ids as string[]) put(id, { rotate_by: days ? at(Number(days) * DAY) : null, rotate_every_days: days ? Number(days) : null });
    return null;
  },
  pause_refreshing: ({ ids, on }) => {
    for (const id of ids as string[]) {
      const one = find(id);
      if (one) one.line = on ? "paused" : "renews";
      put(id, { paused: on as boolean });
    }
    touch(ids as string[]);
    return null;
  },
  resume_all: () => null,
  add_jwt: ({ input }) => {
    const given = input as AddJwtInput;
    const one: Seed = { ...(find("ci-token") as Seed), id: `jwt-${Date.now()}`, name: given.name, env: given.environment, section: "rest" };
    seeds.push(one);
    return changed(one);
  },
};
