// Generated from crates/core/src/view by `FOB_WRITE_BINDINGS=1 cargo test -p fobwatch-core bindings`. Do not edit.

export type Kind = "api_key" | "oauth" | "client_credentials" | "jwt";

export type Environment = "development" | "staging" | "production";

export type Status = "fresh" | "refreshing" | "expiring" | "expired" | "sign_in_needed" | "misconfigured" | "waiting" | "frozen" | "no_expiry";

export type Line = "refresh_failing" | "expired" | "retrying" | "ends_now" | "sign_in_by" | "rotate" | "ends_soon" | "paused" | "renews" | "far" | "no_expiry";

export type Tone = "neutral" | "warn" | "bad";

export type SignatureStatus = "verified" | "invalid" | "not_checked" | "unsupported";

export type Signature = { 
/**
 * The verdict.
 */
status: SignatureStatus, 
/**
 * A stable word for why: `ok`, `mismatch`, `alg_none`, `unknown_key`, `needs_secret`, `no_keys`, `keys_unavailable`,
 * `encrypted`, `unsupported_alg`, `key_alg_mismatch`, `not_asked`, `bad_key`, `crit`.
 */
reason: string, 
/**
 * The key that was used or asked for.
 */
key_id: string | null, 
/**
 * Where the key came from: a JWKS URL, "key file", "shared secret".
 */
source: string | null, };

export type Times = { 
/**
 * `iat`.
 */
issued_at: string | null, 
/**
 * `nbf`.
 */
not_before: string | null, 
/**
 * `exp`.
 */
expires_at: string | null, };

export type Severity = "note" | "warning" | "critical";

export type Finding = { 
/**
 * A stable code: `alg_none`, `no_expiry`, `long_lifetime`, `weak_secret`, `personal_data`, `looks_like_secret`, …
 */
code: string, 
/**
 * How grave.
 */
severity: Severity, 
/**
 * A plain sentence. It holds no value of the token.
 */
message: string, 
/**
 * The claim or header member it is about, if one.
 */
claim: string | null, 
/**
 * The numbers of the sentence, in its order.
 */
counts: number[], };

export type ClaimRow = { 
/**
 * `header` or `payload`.
 */
part: string, 
/**
 * The name as it stands in the token.
 */
name: string, 
/**
 * The value as text: strings without quotes, everything else as compact JSON, digits kept as sent.
 */
value: string, 
/**
 * What the claim is: "Issuer", "Expires", "custom claim".
 */
meaning: string, 
/**
 * More about this very value: "the API that may accept it"; empty when there is nothing to say.
 */
note: string, 
/**
 * A time, when the value is one; the window says it in human words.
 */
at: string | null, 
/**
 * A warning that belongs to this line; empty for none.
 */
warning: string, 
/**
 * A stable word for the note; empty for none.
 */
note_code: string, 
/**
 * The code of the finding that the warning is about; empty for none.
 */
warning_code: string, 
/**
 * The numbers of note or warning, in their order.
 */
counts: number[], 
/**
 * Whether the value is longer than what stands here.
 */
cut: boolean, };

export type Inspection = { 
/**
 * The JOSE header.
 */
header: Record<string, unknown>, 
/**
 * The claims; empty for an encrypted token.
 */
claims: Record<string, unknown>, 
/**
 * The verdict on the signature.
 */
signature: Signature, 
/**
 * The times.
 */
times: Times, 
/**
 * What is worth knowing, gravest first.
 */
findings: Array<Finding>, 
/**
 * The table: header first, then registered claims, then unknown ones.
 */
rows: Array<ClaimRow>, };

export type Change = "added" | "removed" | "changed";

export type Difference = { 
/**
 * `header` or `payload`.
 */
part: string, 
/**
 * The name, made visible.
 */
name: string, 
/**
 * What became of it.
 */
change: Change, 
/**
 * The value in the first token, as the table shows it.
 */
before: string | null, 
/**
 * The value in the second.
 */
after: string | null, 
/**
 * The time that the first value is.
 */
before_at: string | null, 
/**
 * The time that the second value is.
 */
after_at: string | null, 
/**
 * Words of a list (scopes, audiences) that only the second has.
 */
gained: Array<string>, 
/**
 * Words of a list that only the first has.
 */
lost: Array<string>, };

export type Differences = { 
/**
 * The lines: header first, then registered claims, then the others.
 */
lines: Array<Difference>, 
/**
 * How many claims are the same.
 */
same: number, 
/**
 * How many lines more there are.
 */
more: number, };

export type ErrorView = { 
/**
 * A stable code that scripts and the window branch on.
 */
code: string, 
/**
 * What happened and what it means.
 */
message: string, 
/**
 * What to do next; empty when there is nothing to do.
 */
hint: string, 
/**
 * The provider's own code (`invalid_grant`), shown in mono below the sentence.
 */
provider_code: string | null, };

export type MonogramView = { 
/**
 * One or two letters.
 */
code: string, 
/**
 * `neutral`, `h1`, `h2`, `h3` or `h4`.
 */
tint: string, };

export type RowView = { 
/**
 * The credential's id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: Kind, 
/**
 * The provider's tile.
 */
monogram: MonogramView, 
/**
 * The provider's name, for screen readers.
 */
provider_name: string, 
/**
 * The account, or what stands for it; may be empty.
 */
account: string, 
/**
 * Its environment.
 */
environment: Environment, 
/**
 * The status line that it is on now.
 */
line: Line, 
/**
 * How grave that is.
 */
tone: Tone, 
/**
 * When the drawn lifetime began.
 */
starts_at: string | null, 
/**
 * When the drawn lifetime ends; for [`Line::Rotate`] the rotate-by date.
 */
ends_at: string | null, 
/**
 * Whether the person wants it among the first.
 */
pinned: boolean, 
/**
 * The section of the default order: `attention`, `recent`, `rest`, or `all` with a search or filter.
 */
section: string, };

export type CountView = { 
/**
 * The filter's value: `oauth`, `production`, `github`.
 */
value: string, 
/**
 * What the sidebar shows: "OAuth logins", "Production", "GitHub".
 */
label: string, 
/**
 * The tile, for providers.
 */
monogram: MonogramView | null, 
/**
 * How many.
 */
count: number, 
/**
 * Whether it is chosen, here or by a filter that was typed.
 */
chosen: boolean, };

export type ListView = { 
/**
 * Credentials in the vault, whatever the filter. 0 is the first run.
 */
total: number, 
/**
 * How many fit search and filters.
 */
matched: number, 
/**
 * How many rows there are to scroll through: those that fit, less what is folded away.
 */
shown: number, 
/**
 * The number of this order of rows: two answers with the same one agree on every place.
 */
order: number, 
/**
 * The place of the first row here.
 */
from: number, 
/**
 * The rows that were wanted, in order.
 */
rows: Array<RowView>, 
/**
 * The sections of the default order; none with a search or filter, or in another order.
 */
sections: Array<SectionView>, 
/**
 * The place of the selected credential, if it is shown.
 */
selected_at: number | null, 
/**
 * Whether it fits and is folded away.
 */
selected_folded: boolean, 
/**
 * Filters that say nothing, and why. With one of them nothing fits, unless it is only unfinished.
 */
problems: Array<ProblemView>, 
/**
 * What was meant, perhaps, when nothing was found.
 */
nearest: NearestView | null, 
/**
 * How many need attention, and how grave the gravest is.
 */
attention: number, 
/**
 * The gravest tone among them.
 */
attention_tone: Tone, 
/**
 * Counts per kind; kinds with none are left out.
 */
kinds: Array<CountView>, 
/**
 * Counts per environment, in the order production, staging, development.
 */
environments: Array<CountView>, 
/**
 * Counts per provider, most first.
 */
providers: Array<CountView>, 
/**
 * When a row will move to another line by time alone.
 */
next_change_at: string | null, };

export type ListInput = { 
/**
 * What was typed, words and filters (`env:prod expires:<7d`); fuzzy, never matched against values.
 */
query: string, 
/**
 * Only what needs attention.
 */
attention_only: boolean, 
/**
 * Only this kind.
 */
kind: Kind | null, 
/**
 * Only this environment.
 */
environment: Environment | null, 
/**
 * Only this provider (its id).
 */
provider: string | null, 
/**
 * `attention` (the default), `soonest`, `name`, `used`, `added`.
 */
order: string, 
/**
 * All that needs attention, rather than the first three of it.
 */
all_attention: boolean, 
/**
 * The first row that is wanted.
 */
from: number, 
/**
 * How many rows are wanted; none for all, with nothing folded away.
 */
count: number | null, 
/**
 * Rows stay where the last answer to the same question had them; new ones follow at the end.
 */
keep: boolean, 
/**
 * The selected credential, whose place is wanted.
 */
selected: string | null, };

export type SectionView = { 
/**
 * `attention`, `recent` or `rest`.
 */
name: string, 
/**
 * The place of its first row.
 */
from: number, 
/**
 * How many belong to it, shown or folded away.
 */
count: number, };

export type ProblemCode = "unfinished" | "unknown_value" | "no_time";

export type ProblemView = { 
/**
 * The filter as it was typed: `env:prdo`.
 */
filter: string, 
/**
 * Its name: `env`.
 */
name: string, 
/**
 * What is wrong.
 */
code: ProblemCode, 
/**
 * What it takes: `production`, `staging`, `development`.
 */
choices: Array<string>, };

export type NearestView = { 
/**
 * The words to search for instead.
 */
words: string, 
/**
 * How many that finds.
 */
count: number, };

export type FoundRowView = { 
/**
 * Its credential.
 */
id: string, 
/**
 * Its place.
 */
at: number, };

export type VariableView = { 
/**
 * The variable.
 */
name: string, 
/**
 * What may be shown of the value's start.
 */
shown_start: string, 
/**
 * What may be shown of its end.
 */
shown_end: string, };

export type SeveralView = { 
/**
 * How many.
 */
count: number, 
/**
 * How many of them are in production.
 */
production: number, 
/**
 * How many of each kind.
 */
kinds: Array<CountView>, 
/**
 * The names of their providers, most first.
 */
providers: Array<string>, 
/**
 * Their environments, production first.
 */
environments: Array<Environment>, 
/**
 * The ids of those that are rotated by hand: keys, and clients with their secrets.
 */
rotatable: Array<string>, 
/**
 * The ids of those that are refreshed, and so can be paused.
 */
pausable: Array<string>, 
/**
 * How many of these are paused.
 */
paused: number, 
/**
 * The first hundred of them, in the order of the list.
 */
rows: Array<RowView>, 
/**
 * The lines of the `.env` block of those.
 */
variables: Array<VariableView>, 
/**
 * The most that can be copied at once.
 */
copies_at_most: number, };

export type By = "unknown" | "you" | "window" | "tray" | "palette" | "command" | "background";

export type Process = { 
/**
 * Its name: `make`.
 */
program: string, 
/**
 * Its process number.
 */
pid: number, 
/**
 * Where its file lies.
 */
path: string | null, 
/**
 * The name of the program that started it.
 */
parent: string | null, 
/**
 * The process number of that one.
 */
parent_pid: number | null, 
/**
 * The folder that `fob` was called in.
 */
folder: string | null, };

export type Facts = { 
/**
 * In which shape a value went out: `raw`, `header`, `env`, `curl`.
 */
shape?: string, 
/**
 * Whether it was a narrower token, got in exchange.
 */
narrower?: boolean, 
/**
 * How many times the provider has given a new refresh token.
 */
rotation?: number, 
/**
 * For how many seconds the new token is good.
 */
valid_seconds?: number, 
/**
 * What else there is to say: `longer_wanted`, `was_cut_off`, `token_kept`, `sign_in_ended`.
 */
remark?: string, 
/**
 * The host that was signed in at.
 */
host?: string, 
/**
 * How many scopes were granted.
 */
scopes?: number, 
/**
 * The version of a key that took the place of the one before.
 */
version?: number, 
/**
 * Whether the person said that the key before it is revoked.
 */
old_revoked?: boolean, 
/**
 * The settings that changed, by their names.
 */
names?: Array<string>, 
/**
 * What it is from now on: an environment's word, a date, `none`.
 */
to?: string, 
/**
 * When it ended.
 */
ended_at?: string, 
/**
 * How many entries were written to a file, or cut from the log.
 */
entries?: number, 
/**
 * The last entry that was cut from the log.
 */
up_to?: number, 
/**
 * The hash of that entry.
 */
hash?: string, };

export type ActivityView = { 
/**
 * When.
 */
at: string, 
/**
 * `added`, `copied`, `handed_out`, `refreshed`, `rotated`, `refresh_failed`, `expired`, `signed_in`, `revealed`,
 * `revoked`, `removed`, `restored`, `settings_changed`, `exported`, `pruned`, `locked`,
 * `unlocked`.
 */
what: string, 
/**
 * The code of a failure; of entries from before 0.2, words.
 */
detail: string, 
/**
 * The credential's kind.
 */
kind: Kind | null, 
/**
 * Its environment at that time, if it is known.
 */
environment: Environment | null, 
/**
 * Who asked.
 */
by: By, 
/**
 * The program that called `fob`.
 */
process: Process | null, 
/**
 * Numbers and codes.
 */
facts: Facts, 
/**
 * Whether it is a failure.
 */
failed: boolean, };

export type LogEntryView = { 
/**
 * Its number in the log.
 */
number: number, 
/**
 * The credential's id, which may be gone by now; empty when it is about the vault.
 */
credential: string, 
/**
 * Its name at that time.
 */
name: string, 
/**
 * Whether the credential is gone.
 */
gone: boolean, 
/**
 * The provider's tile, when it is about a credential.
 */
monogram: MonogramView | null, 
/**
 * The local date when it was written: `2025-10-16`.
 */
day: string, 
/**
 * How many entries of that day this one stands for, itself included.
 */
times: number, 
/**
 * When.
 */
at: string, 
/**
 * `added`, `copied`, `handed_out`, `refreshed`, `rotated`, `refresh_failed`, `expired`, `signed_in`, `revealed`,
 * `revoked`, `removed`, `restored`, `settings_changed`, `exported`, `pruned`, `locked`,
 * `unlocked`.
 */
what: string, 
/**
 * The code of a failure; of entries from before 0.2, words.
 */
detail: string, 
/**
 * The credential's kind.
 */
kind: Kind | null, 
/**
 * Its environment at that time, if it is known.
 */
environment: Environment | null, 
/**
 * Who asked.
 */
by: By, 
/**
 * The program that called `fob`.
 */
process: Process | null, 
/**
 * Numbers and codes.
 */
facts: Facts, 
/**
 * Whether it is a failure.
 */
failed: boolean, };

export type LogPageView = { 
/**
 * The entries.
 */
entries: Array<LogEntryView>, 
/**
 * Whether there are older ones.
 */
more: boolean, 
/**
 * How many entries there are in all with these filters; only on the first page.
 */
total: number | null, };

export type LogInput = { 
/**
 * `all`, `copies`, `refreshes`, `sign_ins`, `rotations`, `programs`.
 */
group: string, 
/**
 * Only failures.
 */
failures: boolean, 
/**
 * Words in the credential's name, the program's name or the code of a failure.
 */
query: string, 
/**
 * Only the last so many days, today included; none for all.
 */
days: number | null, 
/**
 * Only entries from this moment on.
 */
since: string | null, 
/**
 * Only entries older than this one.
 */
before: number | null, 
/**
 * One entry for identical background renewals of a day.
 */
folded: boolean, 
/**
 * Only the entries that this one stands for.
 */
fold_of: number | null, 
/**
 * Only of this credential.
 */
credential: string | null, 
/**
 * How many at the most.
 */
most: number | null, };

export type LogWrong = { 
/**
 * `changed`, `swapped`, `foreign`, `removed`, `end_removed`, `no_head`, `cut`, `rewritten`, `broken`,
 * `forged`.
 */
code: string, 
/**
 * The first entry that it is about.
 */
from: number, 
/**
 * The last one.
 */
to: number, };

export type LogCheckView = { 
/**
 * How many entries there are.
 */
entries: number, 
/**
 * When the oldest was written.
 */
since: string | null, 
/**
 * What is wrong, if anything is.
 */
wrong: LogWrong | null, 
/**
 * Up to which entry the log is sealed with the key in the keychain.
 */
sealed_to: number | null, 
/**
 * Whether the keychain gave the key to check that.
 */
seal_checked: boolean, };

export type KeyVersionView = { 
/**
 * 1, 2, 3 …
 */
version: number, 
/**
 * Since when.
 */
from: string, 
/**
 * Until when; none for the current one.
 */
until: string | null, 
/**
 * The first two groups of its fingerprint.
 */
fingerprint: string, 
/**
 * Whether the person said that the provider revoked it; none for the current one.
 */
revoked: boolean | null, };

export type Why = "signed_in" | "due" | "wanted" | "asked" | "taken_over" | "recovered";

export type GenerationView = { 
/**
 * Its number; 0 is that of the first sign-in.
 */
generation: number, 
/**
 * When it was committed.
 */
at: string, 
/**
 * Why it took the place of the one before.
 */
why: Why, 
/**
 * The first groups of its keyed fingerprint.
 */
fingerprint: string, 
/**
 * The scopes that came with it.
 */
scopes: Array<string>, 
/**
 * Scopes that the one before did not have.
 */
gained: Array<string>, 
/**
 * Scopes that the one before had.
 */
lost: Array<string>, };

export type HistoryView = { 
/**
 * Its refresh tokens, newest first, as far as they are remembered.
 */
generations: Array<GenerationView>, 
/**
 * Its uses, newest first.
 */
entries: Array<ActivityView>, };

export type NoticeKind = "other_device" | "refused" | "provider_down" | "clock" | "offline" | "paused";

export type NoticeView = { 
/**
 * What it is about.
 */
kind: NoticeKind, 
/**
 * How grave it is.
 */
tone: Tone, 
/**
 * What happened; `{since}` stands for the moment in `since`.
 */
lead: string, 
/**
 * What it means and what to do.
 */
rest: string, 
/**
 * Since when.
 */
since: string | null, 
/**
 * When it goes away by itself, if that is known.
 */
until: string | null, 
/**
 * The provider that it is about, as the list filters by it.
 */
provider: string | null, 
/**
 * How many credentials it concerns.
 */
count: number, 
/**
 * The provider's own code.
 */
code: string | null, };

export type TwinView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its environment.
 */
environment: Environment, };

export type OutlookView = { 
/**
 * Whether that end is what is usual at the provider, rather than what it said.
 */
sign_in_end_usual: boolean, 
/**
 * After how many days without use the refresh token dies there; Fobwatch uses it before that.
 */
idle_days: number | null, 
/**
 * Since when renewing fails.
 */
failing_since: string | null, 
/**
 * How many seconds the provider's clock is ahead of this computer's, where it matters.
 */
provider_clock_ahead: number | null, };

export type TemplateView = { 
/**
 * What the menu calls it.
 */
name: string, 
/**
 * Its text, with `{}` for the value.
 */
text: string, };

export type ChosenView = { 
/**
 * Whether it stands among the first.
 */
pinned: boolean, 
/**
 * Whether the scheduler leaves it alone; who asks for a token still gets one.
 */
paused: boolean, 
/**
 * Whether the end that it is on its way to may come.
 */
let_expire: boolean, 
/**
 * Whether there is an end to let come, as its line is now.
 */
can_let_expire: boolean, 
/**
 * How many seconds before its end its access token is renewed, where that is not the rule.
 */
lead_seconds: number | null, 
/**
 * Whether the name of the `.env` variable was chosen, rather than made of the credential's.
 */
env_name_chosen: boolean, 
/**
 * Further shapes in which it is copied.
 */
templates: Array<TemplateView>, 
/**
 * From when on a pasted token is valid, where it says so.
 */
not_before: string | null, 
/**
 * Where the keys of a pasted token are, if that was said.
 */
jwks: string | null, };

export type ChangeInput = { 
/**
 * Its name.
 */
name?: string, 
/**
 * Its account; empty for none.
 */
account?: string, 
/**
 * Its tags.
 */
tags?: Array<string>, 
/**
 * The note.
 */
note?: string, 
/**
 * How it is sent, with `{}` for the value.
 */
header?: string, 
/**
 * The name of the `.env` variable; empty for the one made of its name.
 */
env_name?: string, 
/**
 * How many seconds before its end its access token is renewed; 0 for the rule.
 */
lead_seconds?: number, 
/**
 * Further shapes in which it is copied.
 */
templates?: Array<TemplateView>, };

export type AddJwtInput = { 
/**
 * What to call it.
 */
name: string, 
/**
 * The account.
 */
account: string | null, 
/**
 * Where it is used.
 */
environment: Environment, 
/**
 * Tags.
 */
tags: Array<string>, 
/**
 * A note.
 */
note: string, 
/**
 * How it is sent; `Authorization: Bearer {}` when absent.
 */
header: string | null, 
/**
 * Who must have issued it, and whose published keys it is checked with.
 */
issuer: string | null, 
/**
 * Where the keys are that it is checked with, if not with the issuer's.
 */
jwks: string | null, 
/**
 * The token.
 */
value: string, 
/**
 * The secret that its signature is checked with (HS256).
 */
shared_secret: string | null, 
/**
 * Store it although it is stored under another name.
 */
allow_twin: boolean, };

export type UserView = { 
/**
 * From where: `window`, `tray`, `palette`, `command_line`, `you`, or the words of an old log.
 */
from: string, 
/**
 * The program that called the command, where it is known.
 */
program: string | null, 
/**
 * How often it was copied.
 */
copied: number, 
/**
 * How often it was handed out to a program.
 */
handed_out: number, 
/**
 * How often it was shown.
 */
revealed: number, 
/**
 * When first, as far as the log goes back.
 */
first_at: string, 
/**
 * When last.
 */
last_at: string, };

export type CredentialView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: Kind, 
/**
 * The provider's id (a preset's id, or the host of a custom one).
 */
provider: string | null, 
/**
 * The provider's name.
 */
provider_name: string, 
/**
 * The provider's tile.
 */
monogram: MonogramView, 
/**
 * The issuer, for logins.
 */
issuer: string | null, 
/**
 * Whether the issuer is on this computer.
 */
local: boolean, 
/**
 * The account.
 */
account: string | null, 
/**
 * Its environment.
 */
environment: Environment, 
/**
 * Its state for scripts.
 */
status: Status, 
/**
 * The design's status line.
 */
line: Line, 
/**
 * How grave that is.
 */
tone: Tone, 
/**
 * The scopes that were granted.
 */
scopes: Array<string>, 
/**
 * The scopes that were asked for.
 */
requested_scopes: Array<string>, 
/**
 * The audience that was asked for.
 */
audience: string | null, 
/**
 * The client id.
 */
client_id: string | null, 
/**
 * The pinned token endpoint.
 */
token_endpoint: string | null, 
/**
 * When the access token was issued.
 */
access_token_issued_at: string | null, 
/**
 * When the access token ends; none when unknown.
 */
access_token_expires_at: string | null, 
/**
 * Whether the access token is a JWT, and its algorithm.
 */
access_token_alg: string | null, 
/**
 * What may be shown of the access token or key: `eyJhbGciOiJSUzI1NiIs`, `sk_live_`; the rest are dots.
 */
shown_start: string, 
/**
 * The last four characters where they may be shown.
 */
shown_end: string, 
/**
 * The length of the value, in characters.
 */
value_len: number, 
/**
 * When it is refreshed next.
 */
next_refresh_at: string | null, 
/**
 * How many times a new value was committed.
 */
refresh_generation: number, 
/**
 * How many times the provider gave a new refresh token; 0 means it has not rotated yet.
 */
rotations: number, 
/**
 * When it was refreshed last.
 */
last_refresh_at: string | null, 
/**
 * When the sign-in itself ends, where the provider says so or it is known of the provider.
 */
sign_in_ends_at: string | null, 
/**
 * Whether it renews itself.
 */
renews: boolean, 
/**
 * How its token is sent: `Bearer`, or `DPoP` for one that is bound to a key (RFC 9449).
 */
token_type: string, 
/**
 * What the provider offers beyond tokens: `revoke`, `introspect`, `userinfo`, `sign_out`.
 */
offers: Array<string>, 
/**
 * A renewed token is sealed but not in the keychain yet.
 */
unsaved: boolean, 
/**
 * What went wrong last, if it still matters.
 */
last_error: ErrorView | null, 
/**
 * Tags.
 */
tags: Array<string>, 
/**
 * The owner's note.
 */
note: string, 
/**
 * How it is sent: `Authorization: Bearer {}`.
 */
header: string, 
/**
 * The name of the `.env` variable.
 */
env_name: string, 
/**
 * When it was added.
 */
created_at: string, 
/**
 * When the present value was stored.
 */
value_since: string, 
/**
 * When the key is to be rotated.
 */
rotate_by: string | null, 
/**
 * The rotation policy in days, if it was given as a span.
 */
rotate_every_days: number | null, 
/**
 * When it was last copied or handed out.
 */
last_used_at: string | null, 
/**
 * The keyed fingerprint of an API key: hexadecimal in groups of four.
 */
fingerprint: string | null, 
/**
 * Other credentials with the same value.
 */
also_in: Array<TwinView>, 
/**
 * The versions of an API key, newest first.
 */
versions: Array<KeyVersionView>, 
/**
 * Where the value rests: "Login keyring".
 */
keychain: string, 
/**
 * The account part of the keychain item.
 */
keychain_item: string, 
/**
 * Where keys are made and revoked at the provider.
 */
provider_page: string | null, 
/**
 * The latest uses, newest first.
 */
recent: Array<ActivityView>, 
/**
 * Whether that end is what is usual at the provider, rather than what it said.
 */
sign_in_end_usual: boolean, 
/**
 * After how many days without use the refresh token dies there; Fobwatch uses it before that.
 */
idle_days: number | null, 
/**
 * Since when renewing fails.
 */
failing_since: string | null, 
/**
 * How many seconds the provider's clock is ahead of this computer's, where it matters.
 */
provider_clock_ahead: number | null, 
/**
 * Whether it stands among the first.
 */
pinned: boolean, 
/**
 * Whether the scheduler leaves it alone; who asks for a token still gets one.
 */
paused: boolean, 
/**
 * Whether the end that it is on its way to may come.
 */
let_expire: boolean, 
/**
 * Whether there is an end to let come, as its line is now.
 */
can_let_expire: boolean, 
/**
 * How many seconds before its end its access token is renewed, where that is not the rule.
 */
lead_seconds: number | null, 
/**
 * Whether the name of the `.env` variable was chosen, rather than made of the credential's.
 */
env_name_chosen: boolean, 
/**
 * Further shapes in which it is copied.
 */
templates: Array<TemplateView>, 
/**
 * From when on a pasted token is valid, where it says so.
 */
not_before: string | null, 
/**
 * Where the keys of a pasted token are, if that was said.
 */
jwks: string | null, };

export type RevealedSecret = { 
/**
 * The value in clear.
 */
value: string, 
/**
 * For how many seconds it may be shown.
 */
for_seconds: number, };

export type TokenProblemView = { 
/**
 * A stable word: `opaque`, `characters`, `not_json`, …
 */
code: string, 
/**
 * `header`, `payload` or `signature`; empty when it is about the whole.
 */
part: string, 
/**
 * The number of its sentence.
 */
number: number, };

export type TokenView = { 
/**
 * `jwt`, `opaque` or `none` (no access token at hand).
 */
format: string, 
/**
 * The first two segments of the JWT in clear (useless without the third).
 */
header_segment: string, 
/**
 * The payload segment.
 */
payload_segment: string, 
/**
 * Whether the segments are longer than what stands here.
 */
segments_cut: boolean, 
/**
 * Why it is not laid open, when it is no JWT; or why its payload is no set of claims.
 */
problem: TokenProblemView | null, 
/**
 * The length of the hidden signature segment, in characters.
 */
signature_len: number, 
/**
 * What is inside and what was checked.
 */
inspection: Inspection | null, 
/**
 * When the signing keys were fetched.
 */
keys_fetched_at: string | null, 
/**
 * When it is refreshed next, for the lifeline.
 */
next_refresh_at: string | null, };

export type KeysInput = { "with": "nothing" } | { "with": "issuer", 
/**
 * Its address.
 */
url: string, } | { "with": "jwks", 
/**
 * The address.
 */
url: string, } | { "with": "key", 
/**
 * The text.
 */
text: string, } | { "with": "secret", 
/**
 * The secret.
 */
text: string, };

export type TokenSource = { "from": "text", 
/**
 * The token.
 */
text: string, } | { "from": "login", 
/**
 * Its id.
 */
id: string, };

export type ComparisonView = { 
/**
 * Why the first can't be read.
 */
first_problem: TokenProblemView | null, 
/**
 * Why the second can't be read.
 */
second_problem: TokenProblemView | null, 
/**
 * What differs, when both can.
 */
differences: Differences | null, };

export type IntrospectedView = { 
/**
 * Whether it is alive.
 */
active: boolean, 
/**
 * What else it says.
 */
rows: Array<ClaimRow>, };

export type MadeWhat = "key" | "token" | "secret";

export type KeyFormat = "base64url" | "hex";

export type GenerateInput = { 
/**
 * What it begins with.
 */
prefix: string, 
/**
 * Its random bits.
 */
bits: number, 
/**
 * How they are written.
 */
format: KeyFormat, };

export type MadeKeyView = { 
/**
 * Its length, in characters.
 */
length: number, 
/**
 * Its random bits.
 */
bits: number, 
/**
 * The SHA-256 that a server stores.
 */
sha256: string, };

export type SignInput = { 
/**
 * One of `ES256`, `RS256`, `EdDSA`, `HS256`.
 */
alg: string, 
/**
 * The claims, a JSON object as text.
 */
claims: string, 
/**
 * A private key (PEM) or shared secret; none for one that is made for it.
 */
key: string | null, };

export type SignedView = { 
/**
 * Why nothing was signed: a stable word; empty when it was.
 */
problem: string, 
/**
 * Where in the claims, from 1; 0 for nowhere.
 */
line: number, 
/**
 * The column there.
 */
column: number, 
/**
 * The header segment, in clear.
 */
header_segment: string, 
/**
 * The payload segment, in clear.
 */
payload_segment: string, 
/**
 * The length of the signature segment.
 */
signature_len: number, 
/**
 * The public key as a JWK, in lines.
 */
public_jwk: string | null, 
/**
 * The length of the shared secret that was made for it.
 */
secret_len: number | null, };

export type ProviderFieldView = { 
/**
 * Its name: `domain`.
 */
name: string, 
/**
 * What it is, for people: "Okta domain".
 */
label: string, 
/**
 * What it looks like: `acme.okta.com`.
 */
example: string, 
/**
 * What it is when nothing is filled in.
 */
default: string | null, };

export type ProviderScopeView = { 
/**
 * The scope as it is sent.
 */
scope: string, 
/**
 * What it allows.
 */
words: string, 
/**
 * Whether it is asked for when nothing is said.
 */
usual: boolean, };

export type ProviderView = { 
/**
 * Its id: `github`; `custom` for an issuer typed by hand.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its tile.
 */
monogram: MonogramView, 
/**
 * What the person must add: "+ domain"; empty for none.
 */
hint: string, 
/**
 * The issuer to ask, if it is always the same.
 */
issuer: string | null, 
/**
 * The issuer to ask, with its places: `https://{domain}`. None when its endpoints are known.
 */
pattern: string | null, 
/**
 * The scopes to start with.
 */
scopes: Array<string>, 
/**
 * Whether a client secret is needed although PKCE is used.
 */
needs_secret: boolean, 
/**
 * Where to register a client.
 */
clients_page: string | null, 
/**
 * Whether it offers an OAuth login here.
 */
oauth: boolean, 
/**
 * Whether it issues API keys.
 */
api_keys: boolean, 
/**
 * What its known endpoints offer besides: `device` (RFC 8628). An issuer that is asked says so itself.
 */
offers: Array<string>, 
/**
 * `built-in`, or the name of the file that it comes from.
 */
origin: string, 
/**
 * What the person has to fill in before the addresses are known.
 */
fields: Array<ProviderFieldView>, 
/**
 * Scopes that are known here, in words.
 */
known_scopes: Array<ProviderScopeView>, 
/**
 * The redirect address to register; one without a port stands for any port.
 */
redirect: string | null, 
/**
 * Where a sign-in is ended by hand.
 */
revoke_page: string | null, 
/**
 * What is known of its tokens, in sentences.
 */
facts: Array<string>, };

export type FoundView = { 
/**
 * `Authorise`, `Token`, `Signing keys`, `PKCE`, `Refresh`, `Sign out`, `Device code`.
 */
label: string, 
/**
 * `/authorize`, "S256 supported", "Not offered".
 */
value: string, 
/**
 * `yes`, `no` or `warn`.
 */
mark: string, };

export type DiscoveryView = { 
/**
 * The issuer.
 */
issuer: string, 
/**
 * A name to start with: "Northwind".
 */
suggested_name: string, 
/**
 * The tile.
 */
monogram: MonogramView, 
/**
 * Whether it is on this computer.
 */
local: boolean, 
/**
 * What was found.
 */
found: Array<FoundView>, 
/**
 * How long it took, in milliseconds.
 */
took_ms: number, 
/**
 * Whether `offline_access` is offered.
 */
offline_access: boolean, 
/**
 * The scopes that it lists.
 */
scopes: Array<string>, 
/**
 * What else it offers: `device` (RFC 8628), `registration` (RFC 7591).
 */
offers: Array<string>, };

export type AddApiKeyInput = { 
/**
 * Its name.
 */
name: string, 
/**
 * The provider's id or name.
 */
provider: string | null, 
/**
 * The account.
 */
account: string | null, 
/**
 * Its environment.
 */
environment: Environment, 
/**
 * Tags.
 */
tags: Array<string>, 
/**
 * How it is sent; `Authorization: Bearer {}` when none.
 */
header: string | null, 
/**
 * `90d`, `2026-03-01`, or `none`; 90 days when absent.
 */
rotate_by: string | null, 
/**
 * The owner's note.
 */
note: string, 
/**
 * The key.
 */
value: string, 
/**
 * Store it although the same value is already there.
 */
allow_twin: boolean, };

export type LoginInput = { 
/**
 * The credential's name.
 */
name: string, 
/**
 * A preset's id.
 */
provider: string | null, 
/**
 * The issuer, for one that is typed by hand.
 */
issuer: string | null, 
/**
 * What was filled into the provider's addresses, by the names of its fields.
 */
fields: { [key in string]: string }, 
/**
 * The client id.
 */
client_id: string | null, 
/**
 * The client secret of a confidential client, or its private key as PEM (`private_key_jwt`).
 */
client_secret: string | null, 
/**
 * The scopes to ask for; the preset's when empty.
 */
scopes: Array<string>, 
/**
 * The audience to ask for (Auth0 and others).
 */
audience: string | null, 
/**
 * The account to offer (`login_hint`).
 */
account: string | null, 
/**
 * Its environment.
 */
environment: Environment, 
/**
 * A fixed redirect address for servers that compare all of it.
 */
redirect_uri: string | null, 
/**
 * `prompt` of OpenID Connect: `login`, `consent`, `select_account`.
 */
prompt: string | null, 
/**
 * How long to wait for the person, in seconds; 300 when absent.
 */
timeout_seconds: number | null, 
/**
 * The token endpoint, for a client of a server that publishes nothing of itself.
 */
token_endpoint: string | null, 
/**
 * The services that the token is for, by address (RFC 8707).
 */
resources: Array<string>, 
/**
 * The name under which the provider knows the client's public key.
 */
client_key_id: string | null, 
/**
 * Bind the tokens to a key of their own (RFC 9449): whoever steals one can't use it.
 */
dpop: boolean, 
/**
 * Without a client id: register a client with the issuer (RFC 7591).
 */
register: boolean, };

export type LoginStep = "preparing" | "waiting" | "exchanging" | "storing" | "done" | "failed";

export type QrView = { 
/**
 * Its rows from top to bottom: `1` for dark, `0` for light.
 */
rows: Array<string>, };

export type DeviceView = { 
/**
 * The code, as the server writes it: "WDJB-MJHT".
 */
user_code: string, 
/**
 * Where it is entered.
 */
verification_uri: string, 
/**
 * The host of that address, in its ASCII form, so that a look-alike can be told.
 */
host: string, 
/**
 * The same with the code in it, where the server gives one.
 */
verification_uri_complete: string | null, 
/**
 * The address as a QR code.
 */
qr: QrView | null, 
/**
 * When the code runs out.
 */
expires_at: string, };

export type NoteTone = "fine" | "odd" | "wrong";

export type Note = { 
/**
 * When.
 */
at: string, 
/**
 * What happened, as a sentence. It holds no secret.
 */
text: string, 
/**
 * How it is meant.
 */
tone: NoteTone, };

export type LoginView = { 
/**
 * The sign-in's id (not the credential's).
 */
id: string, 
/**
 * The credential's name.
 */
name: string, 
/**
 * The issuer's host.
 */
host: string, 
/**
 * The tile.
 */
monogram: MonogramView, 
/**
 * Where it is.
 */
step: LoginStep, 
/**
 * The step that failed, when `step` is `failed`.
 */
failed_at: LoginStep | null, 
/**
 * `127.0.0.1:53817`.
 */
listening: string | null, 
/**
 * Where the browser comes back to: what the server compares with the registered addresses.
 */
redirect: string | null, 
/**
 * The code for another device, when it is signed in there.
 */
device: DeviceView | null, 
/**
 * Whether the browser opened.
 */
browser_opened: boolean, 
/**
 * When it began.
 */
started_at: string, 
/**
 * When it gives up.
 */
deadline: string, 
/**
 * The outcome.
 */
credential: CredentialView | null, 
/**
 * Why it failed.
 */
error: ErrorView | null, 
/**
 * What the provider itself said, verbatim but made harmless.
 */
provider_text: string | null, 
/**
 * What happened until now, for "Details". It holds no secret.
 */
notes: Array<Note>, };

export type KeychainView = { 
/**
 * `ready`, `locked`, `unavailable`, `denied`, `not_persistent`.
 */
state: string, 
/**
 * "Login keyring", "macOS keychain".
 */
name: string, 
/**
 * What happened and what to do, when not ready.
 */
error: ErrorView | null, 
/**
 * Refreshes that wait for it.
 */
overdue: number, };

export type OnClipboardState = "there" | "once" | "pasted" | "replaced";

export type ClipboardView = { 
/**
 * What became of it.
 */
state: OnClipboardState, 
/**
 * The program that read it, where the desktop tells.
 */
by: string | null, 
/**
 * When it is cleared; never by itself without it.
 */
clears_at: string | null, 
/**
 * For how many seconds it stays in all; 0 without an end.
 */
for_seconds: number, };

export type HotKeyState = "none" | "set" | "asked" | "taken" | "unavailable";

export type LockReason = "start" | "asked" | "idle" | "sleep" | "screen";

export type LockView = { 
/**
 * Whether window and tray are locked.
 */
locked: boolean, 
/**
 * Since when.
 */
since: string | null, 
/**
 * Why.
 */
reason: LockReason | null, 
/**
 * When the passphrase was set; without one nothing locks.
 */
passphrase_set_at: string | null, 
/**
 * How long the next try has to wait after a wrong passphrase, in seconds.
 */
wait_seconds: number, };

export type RemovedView = { 
/**
 * The id that undo takes.
 */
id: string, 
/**
 * The name, for the toast.
 */
name: string, 
/**
 * For how many seconds it can be undone.
 */
undo_seconds: number, };

export type Revoked = "confirmed" | "not_confirmed" | "not_offered";

export type RevokedView = { 
/**
 * What became of it.
 */
outcome: Revoked, 
/**
 * Why it is not confirmed; empty otherwise.
 */
why: string, 
/**
 * Whether the access token works all the same: some providers can't take that back.
 */
access_lives: boolean, 
/**
 * Until when it does, if that is known.
 */
access_ends_at: string | null, 
/**
 * Where it can be revoked by hand, when the provider has no endpoint for it.
 */
page: string | null, };

export type Rule = "alg_none" | "secret_in_payload" | "refresh_failing" | "signature_mismatch" | "shared_key" | "old_key" | "long_lifetime" | "broad_scopes" | "ends_soon" | "short_secret" | "no_pkce" | "no_rotate_by" | "unused" | "refresh_not_rotated" | "old_key_not_revoked";

export type Fix = "open" | "rotate" | "sign_in" | "refresh" | "set_rotate_by" | "confirm_revoked" | "delete";

export type AffectedView = { 
/**
 * The credential's id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: Kind, 
/**
 * The provider's name.
 */
provider_name: string, 
/**
 * The provider's tile.
 */
monogram: MonogramView, 
/**
 * The account, or what stands for it; may be empty.
 */
account: string, 
/**
 * Its environment.
 */
environment: Environment, 
/**
 * When it was used last.
 */
last_used_at: string | null, 
/**
 * When this was found of it first.
 */
found_at: string, 
/**
 * Days, seconds, bytes or how many, as the rule counts.
 */
number: number | null, 
/**
 * The end that the rule is about.
 */
ends_at: string | null, 
/**
 * The broad scopes, where the rule is about them.
 */
scopes: Array<string>, 
/**
 * The first groups of the key's fingerprint, where several have one key: those with the same belong together.
 */
fingerprint: string | null, 
/**
 * What can be done here.
 */
fix: Fix, };

export type HealthFindingView = { 
/**
 * The rule.
 */
rule: Rule, 
/**
 * How grave it is.
 */
severity: Severity, 
/**
 * When the first of these was found.
 */
found_at: string, 
/**
 * How many: keys where several credentials have one, else credentials.
 */
count: number, 
/**
 * The setting that it was judged by.
 */
limit: number | null, 
/**
 * What to do first.
 */
fix: Fix, 
/**
 * What it is about.
 */
credentials: Array<AffectedView>, };

export type AcceptedRiskView = { 
/**
 * The rule.
 */
rule: Rule, 
/**
 * How grave it is.
 */
severity: Severity, 
/**
 * Why, in the person's words.
 */
reason: string, 
/**
 * When that was said.
 */
accepted_at: string, 
/**
 * When it comes back.
 */
until: string, 
/**
 * Of which credential.
 */
credential: AffectedView, };

export type HealthView = { 
/**
 * The gravest first.
 */
findings: Array<HealthFindingView>, 
/**
 * What is found and accepted.
 */
accepted: Array<AcceptedRiskView>, 
/**
 * How many credentials nothing is found of that is not accepted.
 */
clear: number, 
/**
 * How many credentials were looked at.
 */
checked: number, 
/**
 * When.
 */
checked_at: string, };

export type AcceptRiskInput = { 
/**
 * The rule.
 */
rule: Rule, 
/**
 * The credentials, by id.
 */
credentials: Array<string>, 
/**
 * Why.
 */
reason: string, 
/**
 * Until when: a span like `90d`, or a date. A year at the most.
 */
until: string, };

export type Ending = "rotate" | "token" | "sign_in" | "renewal";

export type ExpiriesInput = { 
/**
 * The first moment.
 */
from: string, 
/**
 * The last moment.
 */
until: string, 
/**
 * Where the bars of the density begin and end, in order: the window knows its days and their time zone.
 */
edges: string[], 
/**
 * What renews itself has a lane each, with its next refresh; otherwise one per provider, with the ends of sign-ins.
 */
each: boolean, 
/**
 * Only this environment.
 */
environment: Environment | null, };

export type LaneView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: Kind, 
/**
 * Its environment.
 */
environment: Environment, 
/**
 * The provider's name.
 */
provider_name: string, 
/**
 * The provider's tile.
 */
monogram: MonogramView, 
/**
 * What ends.
 */
ending: Ending, 
/**
 * Its state for scripts.
 */
status: Status, 
/**
 * The status line that it is on now.
 */
line: Line, 
/**
 * How grave it is.
 */
tone: Tone, 
/**
 * When it ends, or ended; none when that is not known.
 */
ends_at: string | null, 
/**
 * When it is renewed next.
 */
refresh_at: string | null, };

export type MarkView = { 
/**
 * When; the first of several.
 */
at: string, 
/**
 * How many.
 */
count: number, 
/**
 * How grave the gravest is.
 */
tone: Tone, 
/**
 * The credential, if it is one.
 */
id: string | null, 
/**
 * Its name.
 */
name: string | null, 
/**
 * Its environment.
 */
environment: Environment | null, };

export type GroupView = { 
/**
 * The provider's id; none for credentials that name no provider.
 */
provider: string | null, 
/**
 * The provider's name; empty for credentials that name no provider.
 */
name: string, 
/**
 * The provider's tile; none for credentials that name no provider.
 */
monogram: MonogramView | null, 
/**
 * How many credentials it has.
 */
count: number, 
/**
 * How many of them end after the range.
 */
later: number, 
/**
 * Its ends in the range, in order; those that lie close together are one.
 */
marks: Array<MarkView>, };

export type ExpirySectionView = { 
/**
 * How many credentials it has within the range; with one lane per provider, how many it has at all.
 */
total: number, 
/**
 * How many lie before the range.
 */
earlier: number, 
/**
 * How many lie after the range.
 */
later: number, 
/**
 * One credential each.
 */
lanes: Array<LaneView>, 
/**
 * One provider each.
 */
groups: Array<GroupView>, };

export type BinView = { 
/**
 * How many.
 */
count: number, 
/**
 * How grave the gravest is.
 */
tone: Tone, };

export type NextView = { 
/**
 * The credential.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * When.
 */
at: string, };

export type ExpiriesView = { 
/**
 * What somebody must do something about, soonest first.
 */
needs_you: ExpirySectionView, 
/**
 * What renews itself.
 */
renews: ExpirySectionView, 
/**
 * How many ends (and refreshes, with a lane each) fall between two edges.
 */
density: Array<BinView>, 
/**
 * How many have no end that could be drawn.
 */
undated: number, 
/**
 * The soonest after the range that somebody must do something about.
 */
next: NextView | null, };

export type Theme = "system" | "light" | "dark";

export type RowHeight = "comfortable" | "compact";

export type Order = "attention" | "soonest" | "name" | "used" | "added";

export type Settings = { 
/**
 * How the window is coloured.
 */
theme: Theme, 
/**
 * How high the rows of the list are.
 */
row_height: RowHeight, 
/**
 * The order in which the list begins.
 */
order: Order, 
/**
 * The language of the window: `system`, or an IETF tag.
 */
language: string, 
/**
 * The keys that bring the quick palette up from anywhere, as [`crate::hot_key::Keys`] reads them; empty for none.
 */
palette_keys: string, 
/**
 * From how many days before its end something needs attention.
 */
attention_days: number, 
/**
 * After how many minutes without use the window locks; 0 for never.
 */
lock_after_minutes: number, 
/**
 * Whether the computer's going to sleep locks the window.
 */
lock_on_sleep: boolean, 
/**
 * Whether a screen that locks locks the window.
 */
lock_on_screen_lock: boolean, 
/**
 * Whether the system's own authentication unlocks as the passphrase does.
 */
unlock_by_system: boolean, 
/**
 * After how many seconds a copied value leaves the clipboard; 0 for never.
 */
clear_clipboard_seconds: number, 
/**
 * For how many seconds a revealed value is shown.
 */
reveal_seconds: number, 
/**
 * Whether logins are renewed while the window is locked.
 */
refresh_while_locked: boolean, 
/**
 * For how many days the activity log is kept.
 */
keep_log_days: number, 
/**
 * Whether all ends are kept as a file for calendar programs.
 */
calendar_feed: boolean, 
/**
 * Whether the desktop says that a sign-in has ended.
 */
notify_sign_in: boolean, 
/**
 * Whether the desktop says that a date to rotate by is near, or over.
 */
notify_rotation: boolean, 
/**
 * Whether the desktop says that a provider has not worked for long.
 */
notify_provider_down: boolean, 
/**
 * Whether the desktop says that a renewed token is not saved.
 */
notify_unsaved: boolean, 
/**
 * Whether there are hours in which the desktop says nothing.
 */
quiet_hours: boolean, 
/**
 * When they begin, in minutes after midnight.
 */
quiet_from: number, 
/**
 * When they end, in minutes after midnight.
 */
quiet_until: number, 
/**
 * Health: the age in days from which a key is old.
 */
key_age_days: number, 
/**
 * Health: the longest lifetime of a token in hours.
 */
token_hours: number, 
/**
 * Health: the days after which what was not used counts as unused.
 */
unused_days: number, 
/**
 * Health: the shortest shared secret of HS256 in bytes (RFC 7518 §3.2).
 */
secret_bytes: number, };
