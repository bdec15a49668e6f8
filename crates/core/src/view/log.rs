//! The activity log of the whole vault, page by page.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ActivityView, MonogramView};

/// One entry of the log of all credentials, or of several that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogEntryView {
    /// Its number in the log.
    #[cfg_attr(test, ts(type = "number"))]
    pub number: i64,
    /// The credential's id, which may be gone by now; empty when it is about the vault.
    pub credential: String,
    /// Its name at that time.
    pub name: String,
    /// Whether the credential is gone.
    pub gone: bool,
    /// The provider's tile, when it is about a credential.
    pub monogram: Option<MonogramView>,
    /// The local date when it was written: `2025-10-16`.
    pub day: String,
    /// How many entries of that day this one stands for, itself included.
    pub times: u32,
    /// What happened.
    #[serde(flatten)]
    pub entry: ActivityView,
}

/// A page of the log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogPageView {
    /// The entries.
    pub entries: Vec<LogEntryView>,
    /// Whether there are older ones.
    pub more: bool,
    /// How many entries there are in all with these filters; only on the first page.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub total: Option<u64>,
}

/// Which entries are wanted. All conditions hold at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct LogInput {
    /// `all`, `copies`, `refreshes`, `sign_ins`, `rotations`, `programs`.
    pub group: String,
    /// Only failures.
    pub failures: bool,
    /// Words in the credential's name, the program's name or the code of a failure.
    pub query: String,
    /// Only the last so many days, today included; none for all.
    pub days: Option<u16>,
    /// Only entries from this moment on.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub since: Option<Timestamp>,
    /// Only entries older than this one.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub before: Option<i64>,
    /// One entry for identical background renewals of a day.
    pub folded: bool,
    /// Only the entries that this one stands for.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub fold_of: Option<i64>,
    /// Only of this credential.
    pub credential: Option<String>,
    /// How many at the most.
    pub most: Option<u32>,
}

/// What is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogWrong {
    /// `changed`, `swapped`, `foreign`, `removed`, `end_removed`, `no_head`, `cut`, `rewritten`, `broken`,
    /// `forged`.
    pub code: String,
    /// The first entry that it is about.
    #[cfg_attr(test, ts(type = "number"))]
    pub from: i64,
    /// The last one.
    #[cfg_attr(test, ts(type = "number"))]
    pub to: i64,
}

/// What a look at the whole log found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogCheckView {
    /// How many entries there are.
    #[cfg_attr(test, ts(type = "number"))]
    pub entries: u64,
    /// When the oldest was written.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub since: Option<Timestamp>,
    /// What is wrong, if anything is.
    pub wrong: Option<LogWrong>,
    /// Up to which entry the log is sealed with the key in the keychain.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub sealed_to: Option<i64>,
    /// Whether the keychain gave the key to check that.
    pub seal_checked: bool,
}
