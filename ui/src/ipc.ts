// The only door to Tauri: one typed function per command, one per event.
//
// A command that fails rejects with an `ErrorView`; `asError` makes one of anything else, so that no caller has
// to know what a broken pipe looks like.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type {
  AcceptRiskInput,
  AddApiKeyInput,
  AddJwtInput,
  ChangeInput,
  ClipboardView,
  ComparisonView,
  CredentialView,
  DiscoveryView,
  Environment,
  ErrorView,
  FoundRowView,
  HealthView,
  ExpiriesInput,
  ExpiriesView,
  GenerateInput,
  HistoryView,
  HotKeyState,
  IntrospectedView,
  KeychainView,
  KeysInput,
  ListInput,
  ListView,
  LockView,
  LogCheckView,
  LogInput,
  LoginInput,
  LoginView,
  LogPageView,
  MadeKeyView,
  MadeWhat,
  NoticeView,
  ProviderView,
  RemovedView,
  RevealedSecret,
  RevokedView,
  Rule,
  Settings,
  SeveralView,
  SignedView,
  SignInput,
  TokenSource,
  TokenView,
  UserView,
} from "./bindings";

/** In which dress a value is copied. */
export type CopyFormat = "raw" | "header" | "curl" | "env" | `template-${number}`;

/** Where the window runs, and what the person calls the place for secrets there. */
export type Platform = { os: "linux" | "macos" | "windows"; keychain: string };

/** Where things are. */
export type Program = {
  version: string;
  home: string | null;
  /** Where the calendar's feed is, or would be. */
  calendar: string;
  log: string | null;
  fob: string | null;
  on_path: boolean;
  tray: boolean;
};

/** Whether the session starts the program, and whether that can be switched here. */
export type Autostart = { available: boolean; on: boolean };

/** Turns whatever was thrown into what a person can read. */
export function asError(thrown: unknown): ErrorView {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    const { code, message, hint, provider_code } = thrown as Partial<ErrorView>;
    return { code: code ?? "unknown", message: message ?? "", hint: hint ?? "", provider_code: provider_code ?? null };
  }
  return {
    code: "unreachable",
    message: "The window lost touch with the rest of Fobwatch.",
    hint: "Close the window and open it again.",
    provider_code: null,
  };
}

export const list = (input: ListInput) => invoke<ListView>("list", { input });
/** The ids at the places `from` to `to` of an order that an answer of `list` named. */
export const listed = (order: number, from: number, to: number) => invoke<string[]>("listed", { order, from, to });
/** The next row after a place whose name begins with what was typed. */
export const nextNamed = (order: number, typed: string, after: number) =>
  invoke<FoundRowView | null>("next_named", { order, typed, after });
/** What several credentials are together. */
export const several = (ids: string[]) => invoke<SeveralView>("several", { ids });
/** Copies a .env block in the backend, each value fresh; none of them comes here. */
export const copyEnvBlock = (ids: string[]) => invoke<ClipboardView>("copy_env_block", { ids });
/** Deletes several; what could not be deleted is still there, with the reasons. */
export const removeSeveral = (ids: string[]) =>
  invoke<{ removed: RemovedView[]; failed: ErrorView[] }>("remove_several", { ids });
export const credential = (id: string) => invoke<CredentialView>("credential", { id });
export const history = (id: string) => invoke<HistoryView>("history", { id });
/** What ends when, within a range of time. */
export const expiries = (input: ExpiriesInput) => invoke<ExpiriesView>("expiries", { input });
export const token = (id: string, recheck: boolean) => invoke<TokenView>("token", { id, recheck });
/** Checks the token of a login with keys that the person gives. */
export const checkToken = (id: string, keys: KeysInput) => invoke<TokenView>("check_token", { id, keys });
/** Asks the provider whether the token of a login is alive. */
export const introspect = (id: string) => invoke<IntrospectedView>("introspect", { id });
/** Lays a pasted token open; only an address in `keys` is asked for keys. */
export const decodeJwt = (token: string, keys: KeysInput) => invoke<TokenView>("decode_jwt", { token, keys });
export const compareTokens = (first: TokenSource, second: TokenSource) =>
  invoke<ComparisonView>("compare_tokens", { first, second });
/** Makes a key; its value stays in the backend. */
export const generateKey = (input: GenerateInput) => invoke<MadeKeyView>("generate_key", { input });
export const verifyKey = (key: string, hash: string) => invoke<boolean>("verify_key", { key, hash });
/** Signs a test token; it stays in the backend. */
export const signTestJwt = (input: SignInput) => invoke<SignedView>("sign_test_jwt", { input });
/** Brings a value that was just made into the window, once. */
export const revealMade = (what: MadeWhat) => invoke<RevealedSecret>("reveal_made", { what });
export const copyMade = (what: MadeWhat) => invoke<ClipboardView>("copy_made", { what });
/** Stores the key that was made; `input.value` is not used. */
export const storeMadeKey = (input: AddApiKeyInput) => invoke<CredentialView>("store_made_key", { input });
export const forgetMade = () => invoke<null>("forget_made", {});
/** Copies in the backend, fresh: it may take as long as a refresh. The value never comes here. */
export const copyOnce = (id: string, format: CopyFormat) => invoke<ClipboardView>("copy_once", { id, format });
export const copy = (id: string, format: CopyFormat) => invoke<ClipboardView>("copy", { id, format });
/** What a narrower token is to be good for. */
export type Narrower = { audience: string | null; resource: string | null; scopes: string[] };

/** As `copy`, of a token that the provider gives in exchange for the login's own. */
export const copyNarrower = (id: string, wanted: Narrower) =>
  invoke<ClipboardView>("copy_narrower", { id, ...wanted });
/** For text that is no secret: an address, a fingerprint, a claim. */
export const copyText = (text: string) => invoke<null>("copy_text", { text });
export const clipboard = () => invoke<ClipboardView | null>("clipboard", {});
export const clearClipboard = () => invoke<null>("clear_clipboard", {});
/** The one command that brings a stored value into the window. */
export const reveal = (id: string) => invoke<RevealedSecret>("reveal", { id });
export const refresh = (id: string) => invoke<CredentialView>("refresh", { id });
export const addApiKey = (input: AddApiKeyInput) => invoke<CredentialView>("add_api_key", { input });
export const rotateApiKey = (id: string, value: string, revoked: boolean) =>
  invoke<CredentialView>("rotate_api_key", { id, value, revoked });
/** Changes one or several credentials: all of them, or none. */
export const moveTo = (ids: string[], environment: Environment) => invoke<null>("move_to", { ids, environment });
/** `by` is a span from now on (`90d`), a date (`2026-03-01`), or null for none. API keys and clients only. */
export const setRotateBy = (ids: string[], by: string | null) => invoke<null>("set_rotate_by", { ids, by });
/** Leaves logins alone until they are resumed; copying still gets a fresh token. */
export const pauseRefreshing = (ids: string[], on: boolean) => invoke<null>("pause_refreshing", { ids, on });
/** Takes it out of what needs attention until it has another end. */
export const letExpire = (id: string, on = true) => invoke<null>("let_expire", { id, on });
export const pin = (id: string, on: boolean) => invoke<null>("pin", { id, on });
/** Changes what is named; the rest stays. */
export const change = (id: string, change: ChangeInput) => invoke<CredentialView>("change", { id, change });
/** Looks after all paused logins again. */
export const resumeAll = () => invoke<null>("resume_all", {});
export const addJwt = (input: AddJwtInput) => invoke<CredentialView>("add_jwt", { input });
/** Who used a credential, as the log knows it. */
export const uses = (id: string) => invoke<UserView[]>("uses", { id });
export const providers = () => invoke<ProviderView[]>("providers", {});
export const discover = (issuer: string) => invoke<DiscoveryView>("discover", { issuer });
/** On `device`, the person enters a code on another one; otherwise the browser opens here. */
export const startLogin = (input: LoginInput, device: boolean) => invoke<LoginView>("start_login", { input, device });
/** With `acceptNewEndpoints` also where the issuer has moved its endpoints since the last sign-in. */
export const signInAgain = (id: string, acceptNewEndpoints: boolean) =>
  invoke<LoginView>("sign_in_again", { id, acceptNewEndpoints });
export const cancelLogin = (id: string) => invoke<null>("cancel_login", { id });
export const openLoginAgain = (id: string) => invoke<null>("open_login_again", { id });
export const copyLoginLink = (id: string) => invoke<null>("copy_login_link", { id });
/** Copies what happened in a sign-in that ended; the backend writes the text from its own notes. */
export const copyLoginReport = (id: string) => invoke<null>("copy_login_report", { id });
/** Stores a client that gets tokens for itself, once it has got its first. */
export const addClient = (input: LoginInput) => invoke<CredentialView>("add_client", { input });
/** Takes the tokens back at the provider; that it did not confirm is no failure of the command. */
export const revoke = (id: string) => invoke<RevokedView>("revoke", { id });
/** Removes the client that Fobwatch registered for a login; null when it registered none. */
export const unregister = (id: string) => invoke<boolean | null>("unregister", { id });
export const remove = (id: string) => invoke<RemovedView>("remove", { id });
export const undoRemove = (id: string) => invoke<CredentialView>("undo_remove", { id });
export const keychain = () => invoke<KeychainView>("keychain", {});
export const unlockKeychain = () => invoke<KeychainView>("unlock_keychain", {});
/** What goes wrong for several credentials at once, if anything does. */
export const notice = () => invoke<NoticeView | null>("notice", {});
/** Asks providers whose clock differs once more what time it is. */
export const checkClocks = () => invoke<null>("check_clocks", {});
/** Opens the provider's page of a credential in the browser. */
export const openPage = (id: string) => invoke<null>("open_page", { id });
/** Opens the page that ends the session at the provider; the tokens stay. */
export const openSignOut = (id: string) => invoke<null>("open_sign_out", { id });
/** Opens the page where a client is registered. */
export const openClientsPage = (provider: string) => invoke<null>("open_clients_page", { provider });
export const platform = () => invoke<Platform>("platform", {});
/** How the keys of the quick palette stand. */
export const hotKey = () => invoke<HotKeyState>("hot_key", {});
/** What the rules find now. */
/** How many findings there are, without them. */
export const healthCount = () => invoke<number>("health_count", {});
export const health = () => invoke<HealthView>("health", {});
export const acceptRisk = (input: AcceptRiskInput) => invoke<HealthView>("accept_risk", { input });
export const takeBackRisk = (rule: Rule, credentials: string[]) =>
  invoke<HealthView>("take_back_risk", { rule, credentials });
/** Stores that the old values of these keys are revoked, as the person says. */
export const confirmRevoked = (credentials: string[]) => invoke<HealthView>("confirm_revoked", { credentials });
/** A page of the activity log. */
export const activity = (input: LogInput) => invoke<LogPageView>("activity", { input });
/** Looks at the whole log: whether it is what was written. */
export const checkActivity = () => invoke<LogCheckView>("check_activity", {});
/** Where entries of the log were written to, and how many. */
export type Written = { path: string; entries: number };
/** Writes what is wanted into a new file in the person's folder for downloads. */
export const exportActivity = (input: LogInput, format: "csv" | "json") =>
  invoke<Written>("export_activity", { input, format });
export const settings = () => invoke<Settings>("settings", {});
/** Changes what is named; the rest stays. */
export const changeSettings = (change: Partial<Settings>, passphrase: string | null) =>
  invoke<Settings>("change_settings", { change, passphrase });
/** Where things are: the vault, the log, the command. */
export const autostart = () => invoke<Autostart>("autostart", {});
export const setAutostart = (on: boolean) => invoke<Autostart>("set_autostart", { on });
export const program = () => invoke<Program>("program", {});
export const lockState = () => invoke<LockView>("lock_state", {});
export const lockNow = () => invoke<LockView>("lock_now", {});
export const unlock = (passphrase: string) => invoke<LockView>("unlock", { passphrase });
/** Asks the system whether its person is here; answers when that person has. */
export const unlockBySystem = () => invoke<LockView>("unlock_by_system", {});
export const stopAsking = () => invoke<null>("stop_asking", {});
/** Why the system can't be asked; null where it can. */
export const systemAuthentication = () => invoke<ErrorView | null>("system_authentication", {});
/** Somebody is there: the time without use starts over. */
export const used = () => invoke<null>("used", {});
export const setPassphrase = (fresh: string, before: string | null) =>
  invoke<LockView>("set_passphrase", { new: fresh, before });
export const removePassphrase = (before: string) => invoke<LockView>("remove_passphrase", { before });
/** Ends the program: the clipboard is cleared and what is under way lands first. */
/** Says that the page hears from now on what it is told. */
export const listens = () => invoke<null>("listens", {});
/** Whether the page holds the person back with a question. */
export const mayLeave = (holds: boolean) => invoke<null>("may_leave", { holds });
/** Closes the window, or ends the program, whatever was typed. */
export const leave = (quits: boolean) => invoke<null>("leave", { quits });
export const quit = () => invoke<null>("quit", {});

export const onVaultChanged = (then: (ids: string[]) => void) =>
  listen<{ ids: string[] }>("vault-changed", (event) => then(event.payload.ids));
export const onKeychainChanged = (then: (view: KeychainView) => void) =>
  listen<KeychainView>("keychain-changed", (event) => then(event.payload));
export const onClipboardChanged = (then: (view: ClipboardView | null) => void) =>
  listen<ClipboardView | null>("clipboard-changed", (event) => then(event.payload));
export const onSettingsChanged = (then: (settings: Settings) => void) =>
  listen<Settings>("settings-changed", (event) => then(event.payload));
export const onHotKeyChanged = (then: (state: HotKeyState) => void) =>
  listen<HotKeyState>("hot-key-changed", (event) => then(event.payload));
export const onLockChanged = (then: (view: LockView) => void) =>
  listen<LockView>("lock-changed", (event) => then(event.payload));
export const onLoginChanged = (then: (view: LoginView) => void) =>
  listen<LoginView>("login-changed", (event) => then(event.payload));
/** The person wants to close the window or quit; `lost`: how many renewed tokens would go with it. */
export type Leaving = { wish: "close" | "quit"; lost: number };
export const onLeaving = (then: (leaving: Leaving) => void) =>
  listen<Leaving>("leaving", (event) => then(event.payload));
/** The tray asks to see a credential. */
export const onShowCredential = (then: (id: string) => void) =>
  listen<{ id: string }>("show-credential", (event) => then(event.payload.id));
/** The tray asks to see the settings. */
export const onShowSettings = (then: () => void) => listen("show-settings", then);
/** Copying from the tray did not work. */
export const onCopyFailed = (then: (error: ErrorView) => void) =>
  listen<{ id: string; error: ErrorView }>("copy-failed", (event) => then(event.payload.error));
