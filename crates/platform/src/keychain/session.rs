//! The store, as its thread sees it: opened late, reopened once, asked only when it is safe to ask.
//!
//! On Linux every call first asks the service over D-Bus whether the keyring is there and unlocked, because the
//! store itself would raise a prompt for a locked keyring and report a missing item in it as missing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use fobwatch_core::ports::{ItemName, KeychainError};
use fobwatch_core::secret::SecretBytes;
use keyring::api::CredentialPersistence;
use keyring::{CredentialStore, Entry};

use super::failure::Failure;
#[cfg(target_os = "linux")]
use super::secret_service::Gate;
use super::worker::Status;
use super::{Deadlines, SERVICE};

/// What the thread keeps between calls.
pub(super) struct Session {
    store: Option<Arc<CredentialStore>>,
    #[cfg(target_os = "linux")]
    gate: Gate,
    unlocked: Option<(Instant, Result<(), KeychainError>)>,
}

#[cfg_attr(not(target_os = "linux"), expect(clippy::unused_self, reason = "only the Secret Service has a gate"))]
impl Session {
    #[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "only the Secret Service has a gate"))]
    pub(super) fn new(deadlines: Deadlines, status: Status) -> Self {
        Self {
            store: None,
            #[cfg(target_os = "linux")]
            gate: Gate::new(deadlines, status),
            unlocked: None,
        }
    }

    pub(super) fn get(&mut self, item: &ItemName) -> Result<SecretBytes, KeychainError> {
        self.with_entry(item, None, |entry| entry.get_secret().map(SecretBytes::new))
    }

    pub(super) fn set(&mut self, item: &ItemName, label: &str, value: &SecretBytes) -> Result<(), KeychainError> {
        // Exposed to hand it to the keychain, which is where it rests.
        self.with_entry(item, Some(label), |entry| entry.set_secret(value.expose()))?;
        // Its comment field is what Credential Manager shows.
        #[cfg(windows)]
        self.with_entry(item, None, |entry| entry.update_attributes(&HashMap::from([("comment", label)])))?;
        Ok(())
    }

    pub(super) fn delete(&mut self, item: &ItemName) -> Result<(), KeychainError> {
        match self.with_entry(item, None, Entry::delete_credential) {
            Ok(()) | Err(KeychainError::Missing) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) fn check(&mut self) -> Result<(), KeychainError> {
        self.twice(|session| {
            session.pass(None)?;
            session.open().map(drop)
        })
    }

    /// Raises the system's prompt. Whoever asked before the last prompt was answered shares that answer.
    pub(super) fn unlock(&mut self, asked_at: Instant) -> Result<(), KeychainError> {
        if let Some((at, result)) = &self.unlocked
            && asked_at < *at
        {
            return result.clone();
        }
        let result = self.twice(Self::unlock_once);
        self.unlocked = Some((Instant::now(), result.clone()));
        result
    }

    #[cfg(target_os = "linux")]
    fn unlock_once(&mut self) -> Result<(), Failure> {
        self.gate.unlock()
    }

    /// Elsewhere the system raises its prompt by itself when an item is used.
    #[cfg(not(target_os = "linux"))]
    fn unlock_once(&mut self) -> Result<(), Failure> {
        self.open().map(drop)
    }

    fn with_entry<T>(
        &mut self,
        item: &ItemName,
        label: Option<&str>,
        call: impl Fn(&Entry) -> keyring::Result<T>,
    ) -> Result<T, KeychainError> {
        self.twice(|session| {
            session.pass(Some(item))?;
            let store = session.open()?;
            // Only the Secret Service takes a label; the other stores refuse the word.
            let label = label.filter(|label| cfg!(target_os = "linux") && !label.is_empty());
            let modifiers = label.map(|label| HashMap::from([("label", label)]));
            let entry = store.build(SERVICE, &item.0, modifiers.as_ref()).map_err(Failure::from)?;
            call(&entry).map_err(Failure::from)
        })
    }

    /// Makes a call, and makes it once more over a new connection if the old one was to the past: after the
    /// keyring daemon restarts, every call on the old session fails. To repeat one does no harm: a write puts the
    /// same value there, and nobody else wrote in between.
    fn twice<T>(&mut self, mut call: impl FnMut(&mut Self) -> Result<T, Failure>) -> Result<T, KeychainError> {
        match call(self) {
            Err(Failure::Stale(_)) => {
                self.store = None;
                #[cfg(target_os = "linux")]
                self.gate.disconnect();
                call(self).map_err(Failure::into_error)
            }
            done => done.map_err(Failure::into_error),
        }
    }

    /// Refuses what would raise a prompt or read a locked keyring as an empty one.
    #[cfg(target_os = "linux")]
    fn pass(&mut self, item: Option<&ItemName>) -> Result<(), Failure> {
        self.gate.pass(item)
    }

    #[cfg(not(target_os = "linux"))]
    fn pass(&mut self, _: Option<&ItemName>) -> Result<(), Failure> {
        Ok(())
    }

    fn open(&mut self) -> Result<Arc<CredentialStore>, Failure> {
        if let Some(store) = &self.store {
            return Ok(Arc::clone(store));
        }
        let store = native_store().map_err(Failure::from)?;
        // Before anything is read or written: nothing goes into a store that forgets.
        persistent(&*store).map_err(Failure::Final)?;
        Ok(Arc::clone(self.store.insert(store)))
    }
}

#[cfg(target_os = "linux")]
fn native_store() -> keyring::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn native_store() -> keyring::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn native_store() -> keyring::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn native_store() -> keyring::Result<Arc<CredentialStore>> {
    Err(keyring::Error::NoDefaultStore)
}

/// Refuses a store that would forget what it is given.
fn persistent(store: &CredentialStore) -> Result<(), KeychainError> {
    let kept_for = match store.persistence() {
        CredentialPersistence::UntilDelete => return Ok(()),
        CredentialPersistence::EntryOnly => "not at all",
        CredentialPersistence::ProcessOnly => "until the program ends",
        CredentialPersistence::UntilLogout => "until logout",
        CredentialPersistence::UntilReboot => "until the next start of the machine",
        _ => "for an unknown time",
    };
    Err(KeychainError::NotPersistent(format!("items are kept {kept_for}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_forgets_is_refused() {
        let mock = keyring::mock::Store::new().unwrap();
        assert!(matches!(persistent(&*mock), Err(KeychainError::NotPersistent(_))));
    }

    #[test]
    fn whoever_asked_before_the_prompt_was_answered_shares_the_answer() {
        let mut session = Session::new(Deadlines::default(), Status::default());
        let asked_at = Instant::now();
        session.unlocked = Some((Instant::now(), Err(KeychainError::Denied)));
        assert_eq!(session.unlock(asked_at), Err(KeychainError::Denied));
    }
}
