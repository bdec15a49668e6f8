// Stands in for @tauri-apps/api/core: an invented backend, so that every screen can be seen and used.
//
// The address sets the scene: ?empty, ?locked, ?notice=clock, ?fail=denied, ?copy=slow, ?copy=fail, ?many.
import type {
  AddApiKeyInput,
  ClipboardView,
  DiscoveryView,
  ErrorView,
  KeychainView,
  LoginInput,
  LoginView,
  Note,
} from "../../src/bindings";
import { commands as activity } from "./activity";
import { at, detail, MIN, providers, seeds } from "./data";
import { emit } from "./event";
import { changed, commands as details } from "./detail";
import { commands as expiries } from "./expiries";
import { commands as health } from "./health";
import { overAll } from "./list";
import { commands as settings } from "./settings";
import { commands as workbench } from "./workbench";
import { history, notice } from "./story";
import { token, tokenValue } from "./token";

const scene = new URLSearchParams(location.search);
let all = scene.has("empty") ? [] : seeds;
let locked = scene.has("locked");
let removed: { one: (typeof seeds)[number]; index: number } | null = null;
let clipboard: ClipboardView | null = null;
let login: LoginView | null = null;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const error = (code: string, message: string, hint = "", provider_code: string | null = null): ErrorView => ({ code, message, hint, provider_code });
const find = (id: unknown) => {
  const one = all.find((seed) => seed.id === id);
  if (one === undefined) throw error("not_found", "There is no such credential.");
  return one;
};

function keychain(): KeychainView {
  return {
    state: locked ? "locked" : "ready",
    name: "Login keyring",
    error: locked ? error("keychain_locked", "The login keyring is locked.", "Copying and refreshing wait.") : null,
    overdue: locked ? 2 : 0,
  };
}

async function discover(issuer: string): Promise<DiscoveryView> {
  await pause(250);
  if (issuer.includes("missing")) {
    throw error("issuer_not_found", "The server answered 404: nothing about sign-in is published there.", "Compare the address with the provider’s documentation.");
  }
  const device = scene.has("device");
  return {
    issuer,
    suggested_name: "Northwind API",
    monogram: { code: "Nw", tint: "h2" },
    local: issuer.startsWith("http:"),
    took_ms: 182,
    offline_access: true,
    scopes: ["openid", "profile", "offline_access"],
    found: [
      { label: "Authorise", value: "/authorize", mark: "yes" },
      { label: "Token", value: "/oauth/token", mark: "yes" },
      { label: "Signing keys", value: "/jwks.json, 2 keys", mark: "yes" },
      issuer.includes("old")
        ? { label: "PKCE", value: "S256 not announced", mark: "warn" }
        : { label: "PKCE", value: "S256 supported", mark: "yes" },
      { label: "Refresh", value: "offline_access offered", mark: "yes" },
      { label: "Sign out", value: "/oauth/revoke", mark: "yes" },
      device ? { label: "Device code", value: "/device/auth", mark: "yes" } : { label: "Device code", value: "Not offered", mark: "no" },
    ],
    offers: [...(device ? ["device"] : []), ...(issuer.includes("registers") ? ["registration"] : [])],
  };
}

function step(change: Partial<LoginView>) {
  if (login === null) return;
  login = { ...login, ...change };
  emit("login-changed", login);
}

async function play(id: string) {
  await pause(Number(scene.get("wait") ?? 4000));
  if (login?.id !== id) return;
  if (scene.has("fail")) {
    step({
      step: "failed",
      failed_at: "waiting",
      error: error("login_denied", "Approval was denied, or this account may not use the client.", "Ask an administrator to assign you to the client, or sign in with another account.", "access_denied"),
      notes,
      provider_text: "User is not assigned to the client application.",
    });
    return;
  }
  step({ step: "exchanging" });
  await pause(300);
  step({ step: "storing" });
  await pause(300);
  const view = detail(find("northwind"));
  step({ step: "done", credential: { ...view, scopes: view.scopes.filter((scope) => scope !== "orders:write") } });
}

const notes: Note[] = [
  [0, "fine", "id.northwind.example published its endpoints and offers PKCE, its name in the answer."],
  [4, "fine", "The client names itself and has no secret. The server lists none."],
  [6, "fine", "Listening at http://127.0.0.1:53817/callback."],
  [31, "odd", "This computer's clock is 95 s behind the server's."],
  [58, "fine", "The browser was asked to open."],
  [24_310, "wrong", "id.northwind.example refused: access_denied."],
].map(([after, tone, text]) => ({ at: at(Number(after)), tone: tone as Note["tone"], text: String(text) }));

const code = {
  user_code: "WDJB-MJHT",
  verification_uri: "https://id.northwind.example/device",
  host: "id.northwind.example",
  verification_uri_complete: "https://id.northwind.example/device?user_code=WDJB-MJHT",
  // No real code: only the finder patterns and a pattern to look at.
  qr: {
    rows: Array.from({ length: 33 }, (_, y) =>
      Array.from({ length: 33 }, (_, x) => {
        const [u, v] = [x > 16 && y < 16 ? 32 - x : x, y > 16 && x < 16 ? 32 - y : y];
        const ring = Math.max(Math.abs(u - 3), Math.abs(v - 3));
        if (u < 8 && v < 8) return ring === 2 || ring > 3 ? "0" : "1";
        return (x * 7 + y * 13 + ((x * y) % 5)) % 3 === 0 ? "1" : "0";
      }).join(""),
    ),
  },
  expires_at: at(9 * MIN),
};

function begin(name: string, device = false): LoginView {
  const id = `login-${Date.now()}`;
  login = {
    id,
    name,
    host: "id.northwind.example",
    monogram: { code: "A0", tint: "h2" },
    step: "waiting",
    failed_at: null,
    listening: device ? null : "127.0.0.1:53817",
    redirect: device ? null : "http://127.0.0.1:53817/callback",
    device: device ? code : null,
    browser_opened: !device,
    started_at: new Date(Date.now() - 24_000).toISOString(),
    deadline: new Date(Date.now() + 276_000).toISOString(),
    credential: null,
    error: null,
    provider_text: null,
    notes: [],
  };
  void play(id);
  return login;
}

function add(input: AddApiKeyInput) {
  if (input.value.includes("duplicate") && !input.allow_twin) {
    throw error("duplicate_value", "This key is already stored as “Payments gateway”, production.", "", "payments");
  }
  const one = { ...(seeds[14] as (typeof seeds)[number]), id: `key-${Date.now()}`, name: input.name, env: input.environment, section: "rest" };
  all = [...all, one];
  return detail(one);
}

function addClient(input: LoginInput) {
  const one = { ...find("billing"), id: `client-${Date.now()}`, name: input.name, env: input.environment, section: "rest" };
  all = [...all, one];
  return detail(one);
}

async function copy(): Promise<ClipboardView> {
  if (scene.get("copy") === "slow") await pause(1500);
  if (scene.get("copy") === "fail") {
    throw error("provider_refused", "Auth0 answered 400. The sign-in itself ended, so Fobwatch stopped trying.", "Sign in once more to get a new refresh token.", "invalid_grant");
  }
  clipboard = { state: "there", by: null, clears_at: scene.get("copy") === "stays" ? null : new Date(Date.now() + 45_000).toISOString(), for_seconds: 45 };
  emit("clipboard-changed", clipboard);
  return clipboard;
}

function remove(id: unknown) {
  const one = find(id);
  removed = { one, index: all.indexOf(one) };
  all = all.filter((other) => other !== one);
  return { id: one.id, name: one.name, undo_seconds: 10 };
}

type Arguments = Record<string, unknown>;
const commands: Record<string, (args: Arguments) => unknown> = {
  ...activity,
  ...details,
  ...expiries,
  ...health,
  ...settings,
  ...workbench,
  credential: ({ id }) => changed(find(id)),
  history: ({ id }) => history(find(id)),
  token: async ({ recheck }) => {
    if (recheck) await pause(600);
    return token();
  },
  copy,
  copy_text: () => null,
  clipboard: () => clipboard,
  clear_clipboard: () => {
    clipboard = null;
    emit("clipboard-changed", null);
    return null;
  },
  reveal: ({ id }) => ({
    value: find(id).kind === "api_key" ? "sk_live_00FAKE00notakey00000000fake" : tokenValue(),
    for_seconds: 15,
  }),
  refresh: async ({ id }) => {
    await pause(900);
    return detail(find(id));
  },
  add_api_key: ({ input }) => add(input as AddApiKeyInput),
  rotate_api_key: ({ id }) => detail(find(id)),
  providers: () => providers,
  discover: ({ issuer }) => discover(issuer as string),
  start_login: ({ input, device }) => begin((input as LoginInput).name, device as boolean),
  add_client: ({ input }) => addClient(input as LoginInput),
  copy_narrower: async () => {
    await pause(300);
    if (!scene.has("narrower")) throw error("exchange_refused", "The server refused.", "unsupported grant_type requested", "unsupported_grant_type");
    return copy();
  },
  revoke: async () => {
    await pause(300);
    if (scene.has("unsure")) return { outcome: "not_confirmed", why: "it is busy just now", access_lives: false, access_ends_at: null, page: null };
    return { outcome: "confirmed", why: "", access_lives: false, access_ends_at: null, page: null };
  },
  unregister: () => null,
  open_sign_out: () => null,
  sign_in_again: ({ id }) => begin(find(id).name),
  cancel_login: () => ((login = null), null),
  open_login_again: () => null,
  copy_login_link: () => null,
  copy_login_report: () => null,
  ...overAll(() => all, remove, copy),
  remove: ({ id }) => remove(id),
  undo_remove: () => {
    if (removed === null) throw error("too_late", "The deletion is final.");
    all = all.toSpliced(removed.index, 0, removed.one);
    return detail(removed.one);
  },
  keychain,
  unlock_keychain: async () => {
    await pause(400);
    locked = false;
    emit("keychain-changed", keychain());
    return keychain();
  },
  notice: () => notice(scene.get("notice")),
  check_clocks: () => null,
  open_page: () => null,
  open_clients_page: () => null,
  platform: () => ({ os: scene.get("os") ?? "linux", keychain: "Login keyring" }),
};

export async function invoke(name: string, args: Arguments = {}): Promise<unknown> {
  await pause(10);
  const command = commands[name];
  if (command === undefined) throw error("unknown_command", `The fixture has no ${name}.`);
  return command(args);
}

