//! What a person may change of a credential once it is stored, and what was changed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::credential::Environment;
use crate::secret::Secret;

/// A further shape in which a credential is copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TemplateView {
    /// What the menu calls it.
    pub name: String,
    /// Its text, with `{}` for the value.
    pub text: String,
}

/// What a person decided about a credential; part of [`super::CredentialView`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[expect(clippy::struct_excessive_bools, reason = "each was decided by itself")]
pub struct ChosenView {
    /// Whether it stands among the first.
    pub pinned: bool,
    /// Whether the scheduler leaves it alone; who asks for a token still gets one.
    pub paused: bool,
    /// Whether the end that it is on its way to may come.
    pub let_expire: bool,
    /// Whether there is an end to let come, as its line is now.
    pub can_let_expire: bool,
    /// How many seconds before its end its access token is renewed, where that is not the rule.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub lead_seconds: Option<u32>,
    /// Whether the name of the `.env` variable was chosen, rather than made of the credential's.
    pub env_name_chosen: bool,
    /// Further shapes in which it is copied.
    pub templates: Vec<TemplateView>,
    /// From when on a pasted token is valid, where it says so.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub not_before: Option<Timestamp>,
    /// Where the keys of a pasted token are, if that was said.
    pub jwks: Option<String>,
}

/// The logins that the scheduler leaves alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PausesView {
    /// How many are paused.
    pub paused: usize,
    /// How many are not.
    pub others: usize,
    /// When the scheduler looks after the last of them again; none if one is paused until the person says otherwise.
    pub until: Option<Timestamp>,
}

/// What is to be another from now on; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[serde(default, deny_unknown_fields)]
pub struct ChangeInput {
    /// Its name.
    pub name: Option<String>,
    /// Its account; empty for none.
    pub account: Option<String>,
    /// Its tags.
    pub tags: Option<Vec<String>>,
    /// The note.
    pub note: Option<String>,
    /// How it is sent, with `{}` for the value.
    pub header: Option<String>,
    /// The name of the `.env` variable; empty for the one made of its name.
    pub env_name: Option<String>,
    /// How many seconds before its end its access token is renewed; 0 for the rule.
    pub lead_seconds: Option<u32>,
    /// Further shapes in which it is copied.
    pub templates: Option<Vec<TemplateView>>,
}

/// Several changes that hold together or not at all; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetInput {
    /// What it is called and how it is sent.
    pub words: ChangeInput,
    /// When to rotate it: `90d`, a date, or `none`.
    pub rotate_by: Option<String>,
    /// Whether the scheduler leaves it alone.
    pub paused: Option<bool>,
    /// Where it is used.
    pub environment: Option<Environment>,
    /// Whether the end that it is on its way to may come.
    pub let_expire: Option<bool>,
    /// Whether it stands among the first.
    pub pinned: Option<bool>,
}

/// A token that was pasted. Its value comes beside it.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct AddJwtInput {
    /// What to call it.
    pub name: String,
    /// The account.
    pub account: Option<String>,
    /// Where it is used.
    pub environment: Environment,
    /// Tags.
    pub tags: Vec<String>,
    /// A note.
    pub note: String,
    /// How it is sent; `Authorization: Bearer {}` when absent.
    pub header: Option<String>,
    /// Who must have issued it, and whose published keys it is checked with.
    pub issuer: Option<String>,
    /// Where the keys are that it is checked with, if not with the issuer's.
    pub jwks: Option<String>,
    /// The token.
    #[cfg_attr(test, ts(type = "string"))]
    pub value: Secret,
    /// The secret that its signature is checked with (HS256).
    #[cfg_attr(test, ts(type = "string | null"))]
    pub shared_secret: Option<Secret>,
    /// Store it although it is stored under another name.
    pub allow_twin: bool,
}

impl Default for AddJwtInput {
    fn default() -> Self {
        Self {
            name: String::new(),
            account: None,
            environment: Environment::default(),
            tags: Vec::new(),
            note: String::new(),
            header: None,
            issuer: None,
            jwks: None,
            value: Secret::new(""),
            shared_secret: None,
            allow_twin: false,
        }
    }
}

/// One who used a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UserView {
    /// From where: `window`, `tray`, `palette`, `command_line`, `you`, or the words of an old log.
    pub from: String,
    /// The program that called the command, where it is known.
    pub program: Option<String>,
    /// How often it was copied.
    #[cfg_attr(test, ts(type = "number"))]
    pub copied: u64,
    /// How often it was handed out to a program.
    #[cfg_attr(test, ts(type = "number"))]
    pub handed_out: u64,
    /// How often it was shown.
    #[cfg_attr(test, ts(type = "number"))]
    pub revealed: u64,
    /// When first, as far as the log goes back.
    #[cfg_attr(test, ts(type = "string"))]
    pub first_at: Timestamp,
    /// When last.
    #[cfg_attr(test, ts(type = "string"))]
    pub last_at: Timestamp,
}

impl UserView {
    /// One who did nothing yet.
    pub(crate) fn new(first_at: Timestamp, last_at: Timestamp) -> Self {
        Self { from: String::new(), program: None, copied: 0, handed_out: 0, revealed: 0, first_at, last_at }
    }
}
