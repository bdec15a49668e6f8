//! What leaves the core: to the window, to `fob --json`, to the tray.
//!
//! `…View` goes out, `…Input` comes in. Nothing here can hold a secret but [`RevealedSecret`], which exists for
//! the one command that shows a value to the person who asked, and the `Secret` fields of inputs, which are
//! never serialisable.

mod adding;
mod asked;
mod change;
mod expiries;
mod health;
mod hot_key;
mod listed;
mod locked;
mod log;
mod story;
mod workbench;

use jiff::Timestamp;
use serde::Serialize;

use crate::activity::{By, Facts, Process};
use crate::credential::{Environment, Kind, Line, Status, Tone};
use crate::jwt::Inspection;

pub use self::adding::{
    AddApiKeyInput, DeviceView, DiscoveryView, FoundView, LoginInput, LoginStep, LoginView, ProviderFieldView,
    ProviderScopeView, ProviderView, QrView,
};
pub use self::asked::{IntrospectionView, Revoked, RevokedView};
pub use self::change::{AddJwtInput, ChangeInput, ChosenView, PausesView, SetInput, TemplateView, UserView};
pub use self::expiries::{
    BinView, CalendarFeedView, Ending, ExpiriesInput, ExpiriesView, ExpirySectionView, GroupView, LaneView, MarkView,
    NextView,
};
pub use self::health::{AcceptRiskInput, AcceptedRiskView, AffectedView, HealthFindingView, HealthView};
pub use self::hot_key::HotKeyState;
pub use self::listed::{
    FoundRowView, ListInput, ListView, NearestView, ProblemCode, ProblemView, SectionView, SeveralView, VariableView,
};
pub use self::locked::{LockReason, LockView};
pub use self::log::{LogCheckView, LogEntryView, LogInput, LogPageView, LogWrong};
pub use self::story::{GenerationView, HistoryView, NoticeKind, NoticeView, OutlookView};
pub use self::workbench::{
    ComparisonView, GenerateInput, IntrospectedView, KeysInput, MadeKeyView, MadeWhat, SignInput, SignedView,
    TokenProblemView, TokenSource,
};
pub use crate::catalog::Why;

/// A failure as a person reads it: what happened, what it means, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ErrorView {
    /// A stable code that scripts and the window branch on.
    pub code: String,
    /// What happened and what it means.
    pub message: String,
    /// What to do next; empty when there is nothing to do.
    pub hint: String,
    /// The provider's own code (`invalid_grant`), shown in mono below the sentence.
    pub provider_code: Option<String>,
}

/// The two letters and the tint that stand for a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MonogramView {
    /// One or two letters.
    pub code: String,
    /// `neutral`, `h1`, `h2`, `h3` or `h4`.
    pub tint: String,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RowView {
    /// The credential's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// The provider's tile.
    pub monogram: MonogramView,
    /// The provider's name, for screen readers.
    pub provider_name: String,
    /// The account, or what stands for it; may be empty.
    pub account: String,
    /// Its environment.
    pub environment: Environment,
    /// The status line that it is on now.
    pub line: Line,
    /// How grave that is.
    pub tone: Tone,
    /// When the drawn lifetime began.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub starts_at: Option<Timestamp>,
    /// When the drawn lifetime ends; for [`Line::Rotate`] the rotate-by date.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub ends_at: Option<Timestamp>,
    /// Whether the person wants it among the first.
    pub pinned: bool,
    /// The section of the default order: `attention`, `recent`, `rest`, or `all` with a search or filter.
    pub section: String,
}

/// How many credentials a filter would leave, given the other filters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CountView {
    /// The filter's value: `oauth`, `production`, `github`.
    pub value: String,
    /// What the sidebar shows: "OAuth logins", "Production", "GitHub".
    pub label: String,
    /// The tile, for providers.
    pub monogram: Option<MonogramView>,
    /// How many.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: usize,
    /// Whether it is chosen, here or by a filter that was typed.
    pub chosen: bool,
}

/// One entry of the log of uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ActivityView {
    /// When.
    #[cfg_attr(test, ts(type = "string"))]
    pub at: Timestamp,
    /// `added`, `copied`, `handed_out`, `refreshed`, `rotated`, `refresh_failed`, `expired`, `signed_in`, `revealed`,
    /// `revoked`, `removed`, `restored`, `settings_changed`, `exported`, `pruned`, `locked`,
    /// `unlocked`.
    pub what: String,
    /// The code of a failure; of entries from before 0.2, words.
    pub detail: String,
    /// The credential's kind.
    pub kind: Option<Kind>,
    /// Its environment at that time, if it is known.
    pub environment: Option<Environment>,
    /// Who asked.
    pub by: By,
    /// The program that called `fob`.
    pub process: Option<Process>,
    /// Numbers and codes.
    pub facts: Facts,
    /// Whether it is a failure.
    pub failed: bool,
}

/// One version of an API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct KeyVersionView {
    /// 1, 2, 3 …
    #[cfg_attr(test, ts(type = "number"))]
    pub version: u64,
    /// Since when.
    #[cfg_attr(test, ts(type = "string"))]
    pub from: Timestamp,
    /// Until when; none for the current one.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub until: Option<Timestamp>,
    /// The first two groups of its fingerprint.
    pub fingerprint: String,
    /// Whether the person said that the provider revoked it; none for the current one.
    pub revoked: Option<bool>,
}

/// Another credential that holds the same value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TwinView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its environment.
    pub environment: Environment,
}

/// One credential, without its secrets: what `fob show --json` prints and the detail pane shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CredentialView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// The provider's id (a preset's id, or the host of a custom one).
    pub provider: Option<String>,
    /// The provider's name.
    pub provider_name: String,
    /// The provider's tile.
    pub monogram: MonogramView,
    /// The issuer, for logins.
    pub issuer: Option<String>,
    /// Whether the issuer is on this computer.
    pub local: bool,
    /// The account.
    pub account: Option<String>,
    /// Its environment.
    pub environment: Environment,
    /// Its state for scripts.
    pub status: Status,
    /// The design's status line.
    pub line: Line,
    /// How grave that is.
    pub tone: Tone,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// The scopes that were asked for.
    pub requested_scopes: Vec<String>,
    /// The audience that was asked for.
    pub audience: Option<String>,
    /// The client id.
    pub client_id: Option<String>,
    /// The pinned token endpoint.
    pub token_endpoint: Option<String>,
    /// When the access token was issued.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub access_token_issued_at: Option<Timestamp>,
    /// When the access token ends; none when unknown.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub access_token_expires_at: Option<Timestamp>,
    /// Whether the access token is a JWT, and its algorithm.
    pub access_token_alg: Option<String>,
    /// What may be shown of the access token or key: `eyJhbGciOiJSUzI1NiIs`, `sk_live_`; the rest are dots.
    pub shown_start: String,
    /// The last four characters where they may be shown.
    pub shown_end: String,
    /// The length of the value, in characters.
    #[cfg_attr(test, ts(type = "number"))]
    pub value_len: u64,
    /// When it is refreshed next.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub next_refresh_at: Option<Timestamp>,
    /// How many times a new value was committed.
    #[cfg_attr(test, ts(type = "number"))]
    pub refresh_generation: u64,
    /// How many times the provider gave a new refresh token; 0 means it has not rotated yet.
    #[cfg_attr(test, ts(type = "number"))]
    pub rotations: u64,
    /// When it was refreshed last.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub last_refresh_at: Option<Timestamp>,
    /// When the sign-in itself ends, where the provider says so or it is known of the provider.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub sign_in_ends_at: Option<Timestamp>,
    /// What is known beyond that.
    #[serde(flatten)]
    pub outlook: OutlookView,
    /// What the person decided about it.
    #[serde(flatten)]
    pub chosen: ChosenView,
    /// Whether it renews itself.
    pub renews: bool,
    /// How its token is sent: `Bearer`, or `DPoP` for one that is bound to a key (RFC 9449).
    pub token_type: String,
    /// What the provider offers beyond tokens: `revoke`, `introspect`, `userinfo`, `sign_out`.
    pub offers: Vec<String>,
    /// A renewed token is sealed but not in the keychain yet.
    pub unsaved: bool,
    /// What went wrong last, if it still matters.
    pub last_error: Option<ErrorView>,
    /// Tags.
    pub tags: Vec<String>,
    /// The owner's note.
    pub note: String,
    /// How it is sent: `Authorization: Bearer {}`.
    pub header: String,
    /// The name of the `.env` variable.
    pub env_name: String,
    /// When it was added.
    #[cfg_attr(test, ts(type = "string"))]
    pub created_at: Timestamp,
    /// When the present value was stored.
    #[cfg_attr(test, ts(type = "string"))]
    pub value_since: Timestamp,
    /// When the key is to be rotated.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub rotate_by: Option<Timestamp>,
    /// The rotation policy in days, if it was given as a span.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub rotate_every_days: Option<i64>,
    /// When it was last copied or handed out.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub last_used_at: Option<Timestamp>,
    /// The keyed fingerprint of an API key: hexadecimal in groups of four.
    pub fingerprint: Option<String>,
    /// Other credentials with the same value.
    pub also_in: Vec<TwinView>,
    /// The versions of an API key, newest first.
    pub versions: Vec<KeyVersionView>,
    /// Where the value rests: "Login keyring".
    pub keychain: String,
    /// The account part of the keychain item.
    pub keychain_item: String,
    /// Where keys are made and revoked at the provider.
    pub provider_page: Option<String>,
    /// The latest uses, newest first.
    pub recent: Vec<ActivityView>,
}

/// A value that the person asked to see. The only way out for a secret.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RevealedSecret {
    /// The value in clear.
    pub value: String,
    /// For how many seconds it may be shown.
    pub for_seconds: u32,
}

/// The token inspector.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TokenView {
    /// `jwt`, `opaque` or `none` (no access token at hand).
    pub format: String,
    /// The first two segments of the JWT in clear (useless without the third).
    pub header_segment: String,
    /// The payload segment.
    pub payload_segment: String,
    /// Whether the segments are longer than what stands here.
    pub segments_cut: bool,
    /// Why it is not laid open, when it is no JWT; or why its payload is no set of claims.
    pub problem: Option<TokenProblemView>,
    /// The length of the hidden signature segment, in characters.
    #[cfg_attr(test, ts(type = "number"))]
    pub signature_len: usize,
    /// What is inside and what was checked.
    pub inspection: Option<Inspection>,
    /// When the signing keys were fetched.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub keys_fetched_at: Option<Timestamp>,
    /// When it is refreshed next, for the lifeline.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub next_refresh_at: Option<Timestamp>,
}

/// The state of the keychain for the banner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct KeychainView {
    /// `ready`, `locked`, `unavailable`, `denied`, `not_persistent`.
    pub state: String,
    /// "Login keyring", "macOS keychain".
    pub name: String,
    /// What happened and what to do, when not ready.
    pub error: Option<ErrorView>,
    /// Refreshes that wait for it.
    #[cfg_attr(test, ts(type = "number"))]
    pub overdue: usize,
}

/// What became of a copied value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OnClipboardState {
    /// It can be pasted until it is cleared.
    There,
    /// It can be pasted once.
    Once,
    /// It was there for one paste, and a program has read it.
    Pasted,
    /// It was there for one paste, and something else was copied before anybody read it.
    Replaced,
}

/// A copied value, and whether it is on the clipboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ClipboardView {
    /// What became of it.
    pub state: OnClipboardState,
    /// The program that read it, where the desktop tells.
    pub by: Option<String>,
    /// When it is cleared; never by itself without it.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub clears_at: Option<Timestamp>,
    /// For how many seconds it stays in all; 0 without an end.
    pub for_seconds: u32,
}

/// What deleting would mean, as the sheet says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RemovedView {
    /// The id that undo takes.
    pub id: String,
    /// The name, for the toast.
    pub name: String,
    /// For how many seconds it can be undone.
    pub undo_seconds: u32,
}
