//! The operating system's keychain: the one place where secrets rest.
//!
//! One call at a time, on one thread that owns the store, with a deadline for whoever waits. Nothing here raises
//! a prompt except [`Keychain::unlock`]: a refresh in the background must not put a dialog in front of a person.
//! So the state of the keyring is asked first, and a locked keyring is never mistaken for an empty one.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use fobwatch_core::ports::{ItemName, Keychain, KeychainError};
use fobwatch_core::secret::SecretBytes;

mod failure;
#[cfg(target_os = "linux")]
mod secret_service;
mod session;
mod worker;

use session::Session;
use worker::Worker;

/// The service under which every item is kept.
pub const SERVICE: &str = "dev.fobwatch";

/// How long callers wait.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// For calls that raise no prompt.
    pub ordinary: Duration,
    /// For a person in front of the system's prompt.
    pub unlock: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { ordinary: Duration::from_secs(15), unlock: Duration::from_mins(2) }
    }
}

/// The keychain of this machine.
///
/// A caller whose deadline passes hears [`KeychainError::Unavailable`] and no more: a write that had begun may
/// still complete, one that still waited in the queue never happens. While a call is stuck, later ones are
/// refused at once; there is never a second thread beside a stuck one, for a write that wakes up late must not
/// overwrite a newer value.
#[derive(Debug, Default)]
pub struct OsKeychain {
    deadlines: Deadlines,
    worker: Mutex<Option<Worker>>,
}

impl OsKeychain {
    /// Makes the port; the service is contacted at its first use.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the port with other deadlines.
    #[must_use]
    pub fn with_deadlines(deadlines: Deadlines) -> Self {
        Self { deadlines, ..Self::default() }
    }

    async fn ask<T: Send + 'static>(
        &self,
        limit: Duration,
        call: impl FnOnce(&mut Session) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let worker = self.worker()?;
        worker.ask(limit, call).await
    }

    /// Returns the thread that owns the store, which starts with the first call and again if it ended.
    fn worker(&self) -> Result<Worker, KeychainError> {
        let mut slot = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        match &*slot {
            Some(worker) if worker.is_alive() => Ok(worker.clone()),
            _ => Ok(slot.insert(Worker::start(self.deadlines)?).clone()),
        }
    }
}

#[async_trait]
impl Keychain for OsKeychain {
    async fn get(&self, item: &ItemName) -> Result<SecretBytes, KeychainError> {
        let item = item.clone();
        self.ask(self.deadlines.ordinary, move |session| session.get(&item)).await
    }

    async fn set(&self, item: &ItemName, label: &str, value: &SecretBytes) -> Result<(), KeychainError> {
        let (item, label, value) = (item.clone(), label.to_owned(), value.clone());
        self.ask(self.deadlines.ordinary, move |session| session.set(&item, &label, &value)).await
    }

    async fn delete(&self, item: &ItemName) -> Result<(), KeychainError> {
        let item = item.clone();
        self.ask(self.deadlines.ordinary, move |session| session.delete(&item)).await
    }

    async fn check(&self) -> Result<(), KeychainError> {
        self.ask(self.deadlines.ordinary, Session::check).await
    }

    async fn unlock(&self) -> Result<(), KeychainError> {
        let asked_at = std::time::Instant::now();
        // The prompt has its own deadline; what comes on top is for the calls around it and the queue.
        let limit = self.deadlines.unlock + self.deadlines.ordinary;
        self.ask(limit, move |session| session.unlock(asked_at)).await
    }

    fn limit(&self) -> Option<usize> {
        // CRED_MAX_CREDENTIAL_BLOB_SIZE.
        cfg!(windows).then_some(2560)
    }

    fn name(&self) -> String {
        let name = match std::env::consts::OS {
            "macos" => "macOS keychain",
            "windows" => "Windows Credential Manager",
            _ => "Login keyring",
        };
        name.to_owned()
    }
}

/// Writes, reads back and deletes a random item: proof that the keychain keeps what it is given.
///
/// # Errors
/// The first call that failed, or [`KeychainError::NotPersistent`] if something else came back.
pub async fn self_test(keychain: &dyn Keychain) -> Result<(), KeychainError> {
    use std::hash::{BuildHasher, Hasher, RandomState};

    // Seeded anew by the system for each RandomState: enough for a name that nobody else uses at this moment.
    let random = || RandomState::new().build_hasher().finish();
    let item = ItemName(format!("self-test-{:016x}{:016x}", random(), random()));
    let value = SecretBytes::new([random(), random(), random(), random()].map(u64::to_be_bytes).concat());
    keychain.set(&item, "Fobwatch self-test (may be deleted)", &value).await?;
    let read = keychain.get(&item).await;
    // The item goes in any case; the first failure is the one to report.
    let deleted = keychain.delete(&item).await;
    if read? != value {
        return Err(KeychainError::NotPersistent("it gave back another value than it was given".into()));
    }
    deleted?;
    match keychain.get(&item).await {
        Err(KeychainError::Missing) => Ok(()),
        Ok(_) => Err(KeychainError::Other("a deleted item is still there".into())),
        Err(error) => Err(error),
    }
}
