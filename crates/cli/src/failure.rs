//! Why a command did not do what it was asked, with the exit code that scripts branch on.
//!
//! The sentences of the vault's errors come from the core; here are only those of the command itself.

use std::io;

use fobwatch_core::Error;
use fobwatch_core::error::StorageError;
use fobwatch_core::jwt::{NotAJwt, visible};
use fobwatch_core::sentence::sentence;
use fobwatch_core::view::ErrorView;
use fobwatch_platform::paths::PathError;
use serde_json::json;

use crate::output::{escaped, say};

/// The exit code of wrong use and bad input.
pub(crate) const WRONG_USE: u8 = 2;
/// The exit code of a failed check or a refusal.
pub(crate) const REFUSED: u8 = 7;
/// The network or the provider could not do it just now.
pub(crate) const TRY_AGAIN: u8 = 6;
/// The provider does not allow or offer it.
pub(crate) const PROVIDER_REFUSED: u8 = 8;
/// The exit code of Ctrl+C.
pub(crate) const INTERRUPTED: u8 = 130;

/// A failed command.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What the process exits with.
    pub(crate) exit: u8,
    /// What to say; nothing when everything was said, or nobody listens.
    pub(crate) said: Option<ErrorView>,
}

impl Failure {
    /// A failure with its own words.
    pub(crate) fn new(exit: u8, code: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let (code, message, hint) = (code.to_owned(), message.into(), hint.into());
        Self { exit, said: Some(ErrorView { code, message, hint, provider_code: None }) }
    }

    /// A fault of ours, or of the disk.
    pub(crate) fn ours(message: impl Into<String>) -> Self {
        Self::new(1, "failed", message, "")
    }

    /// Wrong use or bad input.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(WRONG_USE, "usage", message, hint)
    }

    /// A failure that needs no words.
    pub(crate) fn silent(exit: u8) -> Self {
        Self { exit, said: None }
    }

    /// An error of the vault about the credential that the person called `name`, if it is about one.
    pub(crate) fn about(error: &Error, name: Option<&str>) -> Self {
        let mut said = sentence(error, name);
        if matches!(error, Error::DuplicateValue { .. }) {
            // The id of the twin is a link for the window; here it would look like an error code.
            said.provider_code = None;
            "Use that one, or store it twice with --allow-twin.".clone_into(&mut said.hint);
        }
        Self { exit: error.exit_code(), said: Some(said) }
    }

    /// Puts a better hint in, where there is one.
    pub(crate) fn advised(mut self, advice: Option<String>) -> Self {
        if let (Some(said), Some(advice)) = (&mut self.said, advice) {
            said.hint = advice;
        }
        self
    }

    /// Says it on standard error: one JSON object, or sentences.
    pub(crate) fn tell(&self, as_json: bool) {
        let Some(said) = &self.said else { return };
        if as_json {
            let mut error = json!({ "code": said.code, "message": said.message, "hint": said.hint });
            if let Some(code) = &said.provider_code {
                error["provider_code"] = json!(code);
            }
            return say(&escaped(json!({ "error": error }).to_string()));
        }
        let code = said.provider_code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        // Sentences repeat what was typed and what providers say.
        say(&visible(&format!("fob: {}{code}", said.message)));
        if !said.hint.is_empty() {
            say(&visible(&format!("     {}", said.hint)));
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::about(&error, None)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Error::Storage(error).into()
    }
}

impl From<NotAJwt> for Failure {
    fn from(error: NotAJwt) -> Self {
        Self::new(WRONG_USE, "not_a_jwt", error.to_string(), "")
    }
}

impl From<PathError> for Failure {
    fn from(error: PathError) -> Self {
        StorageError::from(error).into()
    }
}

/// From reading standard input or writing standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // Whoever read the answer had enough of it.
            io::ErrorKind::BrokenPipe => Self::silent(0),
            io::ErrorKind::Interrupted => Self::silent(INTERRUPTED),
            _ => Self::ours(format!("Input or output failed: {error}.")),
        }
    }
}
