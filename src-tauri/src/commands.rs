//! The commands that the window may call: each checks what came in, asks the vault, and answers.
//!
//! No rule is here, and no command but `reveal` and `reveal_made` answers with a value (U8). A refusal is the sentence
//! that a person reads.

mod choices;
mod credentials;
mod sign_ins;
mod surroundings;
mod workbench;

use fobwatch_core::credential::CredentialId;
use fobwatch_core::sentence::sentence;
use fobwatch_core::view::ErrorView;
use fobwatch_core::{Error, Vault};
use serde::Serialize;
use tauri::ipc::Invoke;
use tauri::{AppHandle, Manager as _, Wry};

use crate::desktop::Desktop;
use crate::input;

#[cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "each command has items that Tauri made beside it")
)]
use {choices::*, credentials::*, sign_ins::*, surroundings::*, workbench::*};

include!("command_list.rs");

/// Returns what answers the window.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    command_list!(tauri::generate_handler)
}

/// What the window gets when a command did not work.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Refusal(ErrorView);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(sentence(&error, None))
    }
}

/// The answer of a command.
pub(crate) type Answer<T> = Result<T, Refusal>;

/// Returns the vault, or why there is none.
async fn vault(app: &AppHandle) -> Answer<Vault> {
    Ok(app.state::<Desktop>().vault(app).await?)
}

/// Returns the vault and the credential that a command is about.
async fn about(app: &AppHandle, id: &str) -> Answer<(Vault, CredentialId)> {
    let id = input::id(id)?;
    Ok((vault(app).await?, id))
}

/// Turns the outcome of work on a credential into an answer that calls it by its name.
async fn named<T>(vault: &Vault, id: CredentialId, outcome: Result<T, Error>) -> Answer<T> {
    match outcome {
        Ok(value) => Ok(value),
        Err(error) => Err(Refusal(say(vault, id, &error).await)),
    }
}

/// Says what went wrong with a credential.
pub(crate) async fn say(vault: &Vault, id: CredentialId, error: &Error) -> ErrorView {
    match vault.show(id).await {
        Ok(shown) => sentence(error, Some(&shown.name)),
        Err(_) => sentence(error, None),
    }
}
