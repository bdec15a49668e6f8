//! What an entry of the activity log says beyond "this happened": who asked, through which program, and numbers.
//!
//! Nothing here can hold a value: words are from fixed lists, codes are those of errors, and of a program only its
//! name, path, process number and working folder are noted. Sentences are made where they are read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who asked for something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// It was not noted who.
    #[default]
    Unknown,
    /// The person; it was not noted where.
    You,
    /// The person, in the window.
    Window,
    /// The person, in the tray's menu.
    Tray,
    /// The person, in the quick palette.
    Palette,
    /// Somebody who called the command `fob`.
    Command,
    /// Nobody: it was time.
    Background,
}

impl By {
    /// The stable word, as it is stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::You => "you",
            Self::Window => "window",
            Self::Tray => "tray",
            Self::Palette => "palette",
            Self::Command => "command",
            Self::Background => "background",
        }
    }

    /// From its stable word; a word of a newer version is [`Self::Unknown`].
    pub(crate) fn of_word(word: &str) -> Self {
        let known = [Self::You, Self::Window, Self::Tray, Self::Palette, Self::Command, Self::Background];
        known.into_iter().find(|one| one.word() == word).unwrap_or_default()
    }
}

/// The program that called `fob`, as far as the system tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Process {
    /// Its name: `make`.
    pub program: String,
    /// Its process number.
    pub pid: u32,
    /// Where its file lies.
    #[serde(default)]
    pub path: Option<String>,
    /// The name of the program that started it.
    #[serde(default)]
    pub parent: Option<String>,
    /// The process number of that one.
    #[serde(default)]
    pub parent_pid: Option<u32>,
    /// The folder that `fob` was called in.
    #[serde(default)]
    pub folder: Option<String>,
}

/// Numbers and codes of an entry; what does not apply is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Facts {
    /// In which shape a value went out: `raw`, `header`, `env`, `curl`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub shape: Option<String>,
    /// Whether it was a narrower token, got in exchange.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(as = "Option<bool>", optional))]
    pub narrower: bool,
    /// How many times the provider has given a new refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub rotation: Option<u64>,
    /// For how many seconds the new token is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub valid_seconds: Option<i64>,
    /// What else there is to say: `longer_wanted`, `was_cut_off`, `token_kept`, `sign_in_ended`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub remark: Option<String>,
    /// The host that was signed in at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub host: Option<String>,
    /// How many scopes were granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub scopes: Option<u64>,
    /// The version of a key that took the place of the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub version: Option<u64>,
    /// Whether the person said that the key before it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub old_revoked: Option<bool>,
    /// The settings that changed, by their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(as = "Option<Vec<String>>", optional))]
    pub names: Vec<String>,
    /// What it is from now on: an environment's word, a date, `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub to: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "string"))]
    pub ended_at: Option<Timestamp>,
    /// How many entries were written to a file, or cut from the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub entries: Option<u64>,
    /// The last entry that was cut from the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub up_to: Option<i64>,
    /// The hash of that entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub hash: Option<String>,
}
