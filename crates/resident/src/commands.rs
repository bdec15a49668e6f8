//! The commands that the window may call: each checks what came in, asks the vault, and answers.
//!
//! No rule is here, and no command but `reveal` and `reveal_made` answers with a value (U8). A refusal is the sentence
//! that a person reads.

mod activity;
mod changes;
mod choices;
mod credentials;
mod health;
mod locking;
mod several;
mod sign_ins;
mod starting;
mod surroundings;
mod workbench;

pub(crate) use self::sign_ins::sign_in_again;
use fobwatch_core::credential::{CredentialId, Environment};
use fobwatch_core::health::Rule;
use fobwatch_core::secret::Secret;
use fobwatch_core::sentence::sentence;
use fobwatch_core::{Error, Vault};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::host::Host;
use crate::input;

#[cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "what comes with commands is named in the list"))]
use fobwatch_core::view::*;
#[cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "every command is named in the list"))]
use {
    activity::*, changes::*, choices::*, credentials::*, health::*, locking::*, several::*, sign_ins::*, starting::*,
    surroundings::*, workbench::*,
};

include!("command_list.rs");

/// What a locked window may ask: whether it is locked, how it looks and in which language, to be unlocked, to end.
/// None of these tells anything of the vault.
const WHILE_LOCKED: [&str; 8] =
    ["platform", "settings", "lock_state", "listens", "unlock", "unlock_by_system", "stop_asking", "quit"];

/// Tells whether a locked window is refused this command, whatever comes with it.
fn is_refused(locked: bool, command: &str) -> bool {
    locked && !WHILE_LOCKED.contains(&command)
}

/// Answers a command of the window, with what comes with it as a JSON object.
///
/// # Errors
/// What a person reads of why it did not work. A locked window is refused here, before anything that it sent is read.
pub async fn answer(host: &Host, command: &str, arguments: &RawValue) -> Result<Box<RawValue>, Box<RawValue>> {
    let answered = if is_refused(host.is_locked(), command) {
        Err(Error::Locked.into())
    } else {
        dispatch(host.clone(), command, arguments).await
    };
    answered.map_err(|refusal| to_raw_value(&refusal).unwrap_or_else(|_| RawValue::NULL.to_owned()))
}

macro_rules! dispatcher {
    ($($name:ident($($argument:ident: $type:ty),* $(,)?)),* $(,)?) => {
        async fn dispatch(host: Host, command: &str, arguments: &RawValue) -> Answer<Box<RawValue>> {
            match command {
                $(stringify!($name) => {
                    #[derive(Deserialize)]
                    #[serde(rename_all = "camelCase")]
                    struct Arguments { $($argument: $type),* }
                    #[allow(unused_variables, reason = "some commands take nothing")]
                    let given: Arguments = read(arguments)?;
                    // On the heap: the largest of them all would be on the stack of each.
                    write(&Box::pin($name(host, $(given.$argument),*)).await?)
                })*
                _ => Err(Error::Invalid { field: "command", why: "there is no such command".to_owned() }.into()),
            }
        }
    };
}
command_list!(dispatcher);

pub(crate) fn read<T: DeserializeOwned>(arguments: &RawValue) -> Answer<T> {
    // What serde says may hold a piece of what came in, which may be a secret.
    serde_json::from_str(arguments.get()).map_err(|_| {
        Error::Invalid { field: "arguments", why: "they are not what this command takes".to_owned() }.into()
    })
}

pub(crate) fn write<T: Serialize>(answer: &T) -> Answer<Box<RawValue>> {
    to_raw_value(answer).map_err(|error| Error::Invalid { field: "answer", why: error.to_string() }.into())
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

/// Returns the vault whether it is locked or not: for the commands of [`WHILE_LOCKED`] and nothing else.
pub(crate) async fn vault_behind_lock(host: &Host) -> Answer<Vault> {
    Ok(host.vault().await?)
}

/// Returns the vault, or why there is none. This is where a vault that was opened just now, or that nobody used for
/// too long (the computer slept, say), turns out to be locked.
pub(crate) async fn vault(host: &Host) -> Answer<Vault> {
    let vault = vault_behind_lock(host).await?;
    vault.lock_if_idle().await?;
    if vault.is_locked() { Err(Error::Locked.into()) } else { Ok(vault) }
}

/// Returns the vault and the credential that a command is about.
pub(crate) async fn about(host: &Host, id: &str) -> Answer<(Vault, CredentialId)> {
    let id = input::id(id)?;
    Ok((vault(host).await?, id))
}

/// Turns the outcome of work on a credential into an answer that calls it by its name.
pub(crate) async fn named<T>(vault: &Vault, id: CredentialId, outcome: Result<T, Error>) -> Answer<T> {
    // Locked meanwhile: not even the name is told.
    if vault.is_locked() {
        return Err(Error::Locked.into());
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! names {
        ($($name:ident($($argument:ident: $type:ty),* $(,)?)),* $(,)?) => { [$(stringify!($name)),*] };
    }

    const SOURCES: [&str; 11] = [
        include_str!("commands/activity.rs"),
        include_str!("commands/changes.rs"),
        include_str!("commands/choices.rs"),
        include_str!("commands/credentials.rs"),
        include_str!("commands/health.rs"),
        include_str!("commands/locking.rs"),
        include_str!("commands/several.rs"),
        include_str!("commands/sign_ins.rs"),
        include_str!("commands/starting.rs"),
        include_str!("commands/surroundings.rs"),
        include_str!("commands/workbench.rs"),
    ];

    #[test]
    fn a_locked_window_is_refused_every_command_but_eight() {
        let names = command_list!(names);
        for name in names {
            assert_eq!(is_refused(true, name), !WHILE_LOCKED.contains(&name), "{name}");
            assert!(!is_refused(false, name), "{name}");
        }
        assert!(WHILE_LOCKED.iter().all(|name| names.contains(name)));
        assert!(is_refused(true, "no_such_command"));
    }

    /// The vault may turn out to be locked only when it is opened, so the handler's refusal is not enough.
    #[test]
    fn every_command_asks_for_the_vault_where_its_lock_is_looked_at() {
        for name in command_list!(names) {
            let start = format!("fn {name}(");
            let body = SOURCES.iter().find_map(|source| source.split_once(&start)).expect(name).1;
            let body = body.split("\n}\n").next().unwrap();
            let open = WHILE_LOCKED.contains(&name);
            assert_eq!(body.contains("vault(&host)") || body.contains("about(&host, "), !open, "{name}");
            assert!(open || !body.contains("behind_lock"), "{name}");
        }
    }
}
