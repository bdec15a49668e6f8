//! What is told of the past, and of what goes wrong for several credentials at once.

use jiff::Timestamp;
use serde::Serialize;

use super::ActivityView;
use crate::catalog::Why;
use crate::credential::Tone;

/// What is known of a login beyond its token of the moment; part of [`super::CredentialView`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OutlookView {
    /// Whether that end is what is usual at the provider, rather than what it said.
    pub sign_in_end_usual: bool,
    /// After how many days without use the refresh token dies there; Fobwatch uses it before that.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub idle_days: Option<i64>,
    /// Since when renewing fails.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub failing_since: Option<Timestamp>,
    /// How many seconds the provider's clock is ahead of this computer's, where it matters.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub provider_clock_ahead: Option<i64>,
}

/// What happened to one credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HistoryView {
    /// Its refresh tokens, newest first, as far as they are remembered.
    pub generations: Vec<GenerationView>,
    /// Its uses, newest first.
    pub entries: Vec<ActivityView>,
}

/// One refresh token of a login's family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GenerationView {
    /// Its number; 0 is that of the first sign-in.
    #[cfg_attr(test, ts(type = "number"))]
    pub generation: u64,
    /// When it was committed.
    #[cfg_attr(test, ts(type = "string"))]
    pub at: Timestamp,
    /// Why it took the place of the one before.
    pub why: Why,
    /// The first groups of its keyed fingerprint.
    pub fingerprint: String,
    /// The scopes that came with it.
    pub scopes: Vec<String>,
    /// Scopes that the one before did not have.
    pub gained: Vec<String>,
    /// Scopes that the one before had.
    pub lost: Vec<String>,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Logins were stored by a copy of the vault on another computer.
    OtherDevice,
    /// One provider refuses several logins.
    Refused,
    /// One provider does not answer as it should, for several logins.
    ProviderDown,
    /// This computer's clock is wrong.
    Clock,
    /// No provider can be reached.
    Offline,
    /// The person paused the renewal of several logins.
    Paused,
}

/// The one line above list and detail: what goes wrong for several credentials at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NoticeView {
    /// What it is about.
    pub kind: NoticeKind,
    /// How grave it is.
    pub tone: Tone,
    /// What happened; `{since}` stands for the moment in `since`.
    pub lead: String,
    /// What it means and what to do.
    pub rest: String,
    /// Since when.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub since: Option<Timestamp>,
    /// When it goes away by itself, if that is known.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub until: Option<Timestamp>,
    /// The provider that it is about, as the list filters by it.
    pub provider: Option<String>,
    /// How many credentials it concerns.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: usize,
    /// The provider's own code.
    pub code: Option<String>,
}
