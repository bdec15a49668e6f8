//! The app lock: a passphrase before window, tray, and the values that `fob` gives out.
//!
//! It is a door and not a seal: the values are sealed by the keychain. One invariant: a try counts before it is judged.
//! The count and the pause after it are in the database, so that neither a crash nor a restart, nor many tries at once,
//! make guessing quicker. That it is locked is in the database too, so that no process gives out a value behind the door
//! of another, and none that is killed leaves the door open.

mod by_itself;
mod by_system;

pub use self::by_system::{GivenUp, NotAuthenticated};

use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::activity::{By, Facts};
use crate::catalog::{Catalog, What};
use crate::error::{Error, OrNone as _, StorageError};
use crate::passphrase;
use crate::ports::KeychainError;
use crate::secret::Secret;
use crate::vault::{Event, Vault, lock};
use crate::view::{LockReason, LockView};

/// The name of the row in `meta`.
const KEY: &str = "app_lock";
/// The longest pause after a wrong passphrase is 2 to this power, in seconds: a little over four minutes.
const LONGEST_PAUSE: u32 = 8;
/// After how many minutes without use a window locks whose passphrase is new, if it never did.
pub(crate) const FIRST_LOCK_AFTER: u16 = 15;

/// What this process knows.
#[derive(Default)]
pub(crate) struct AppLock {
    pub(crate) now: Mutex<Now>,
    /// One try at a time.
    trying: tokio::sync::Mutex<()>,
    /// One question of the system at a time.
    asking: tokio::sync::Mutex<()>,
    /// Counts up when a question is to be taken back.
    stops: tokio::sync::watch::Sender<u64>,
}

#[derive(Default)]
pub(crate) struct Now {
    pub(crate) locked: Option<(Timestamp, LockReason)>,
    used_at: Option<Timestamp>,
}

/// What the database keeps. The hash of the passphrase is in the keychain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    set_at: Option<Timestamp>,
    failures: u32,
    next_try_at: Option<Timestamp>,
    /// Since when it is locked for every process.
    locked_at: Option<Timestamp>,
}

impl Kept {
    fn read(stored: Option<String>) -> Result<Self, Error> {
        let Some(stored) = stored else { return Ok(Self::default()) };
        // Not the default: damage must not open a door.
        serde_json::from_str(&stored).map_err(|_| StorageError::Damaged("the app lock".to_owned()).into())
    }

    /// How long the next try has to wait. No longer than the pause itself, should the clock have been set back.
    fn wait(&self, now: Timestamp) -> Option<Duration> {
        let left = Duration::try_from(self.next_try_at?.duration_since(now)).ok_or_none()?;
        Some(left.min(pause(self.failures))).filter(|left| !left.is_zero())
    }
}

/// 1, 2, 4… seconds after so many wrong tries in a row.
fn pause(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.saturating_sub(1).min(LONGEST_PAUSE))
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

impl Vault {
    /// Tells whether window and tray of this process are locked.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.inner.is_locked()
    }

    /// Returns since when the vault is locked, by this process or by another one, running or not.
    ///
    /// # Errors
    /// Storage errors; then nothing may be given out.
    pub async fn locked_since(&self) -> Result<Option<Timestamp>, Error> {
        let here = lock(&self.inner.app_lock.now).locked.map(|(since, _)| since);
        Ok(here.or(self.kept().await?.locked_at))
    }

    /// Refuses what would give out a value behind the door.
    pub(crate) async fn refuse_if_locked(&self) -> Result<(), Error> {
        if self.locked_since().await?.is_some() { Err(Error::Locked) } else { Ok(()) }
    }

    /// Locks a vault that has a passphrase, as a program does that starts.
    ///
    /// # Errors
    /// Storage errors; then nothing may be shown.
    pub async fn start_locked(&self) -> Result<(), Error> {
        let set = self.kept().await?.set_at.is_some();
        let at = self.inner.ports.clock.now();
        {
            let mut now = lock(&self.inner.app_lock.now);
            now.used_at = Some(at);
            now.locked = set.then_some((at, LockReason::Start));
        }
        if set { self.lock_all(at).await } else { Ok(()) }
    }

    /// Returns what may be told of the lock, whether locked or not.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn lock_state(&self) -> Result<LockView, Error> {
        let kept = self.kept().await?;
        let now = self.inner.ports.clock.now();
        let locked = lock(&self.inner.app_lock.now).locked;
        let wait = kept.wait(now).map(whole_seconds).unwrap_or_default();
        Ok(LockView {
            locked: locked.is_some(),
            since: locked.map(|(since, _)| since),
            reason: locked.map(|(_, reason)| reason),
            passphrase_set_at: kept.set_at,
            wait_seconds: u32::try_from(wait).unwrap_or(u32::MAX),
        })
    }

    async fn kept(&self) -> Result<Kept, Error> {
        Kept::read(self.inner.catalog.meta_if_any(KEY).await?)
    }

    pub(crate) async fn has_passphrase(&self) -> Result<bool, Error> {
        Ok(self.kept().await?.set_at.is_some())
    }

    /// Notes that a person uses the window.
    pub fn used_now(&self) {
        lock(&self.inner.app_lock.now).used_at = Some(self.inner.ports.clock.now());
    }

    /// Locks, for every process: takes our value off the clipboard, makes deletions final, forgets the vault's key.
    ///
    /// # Errors
    /// [`Error::NoPassphrase`]: nobody could unlock; storage errors: then this process is locked and others are not.
    pub async fn lock_now(&self, reason: LockReason) -> Result<(), Error> {
        if !self.has_passphrase().await? {
            return Err(Error::NoPassphrase);
        }
        // Nobody who left may come back to an answer that opens it.
        self.stop_asking();
        let at = self.inner.ports.clock.now();
        let was_locked = {
            let mut now = lock(&self.inner.app_lock.now);
            let before = now.locked;
            now.locked = before.or(Some((at, reason)));
            before.is_some()
        };
        // Also of one that is locked: it may have been opened for the others.
        let kept = self.lock_all(at).await;
        if was_locked {
            return kept;
        }
        self.lock_changed();
        self.clear_clipboard().await;
        self.forget_removed().await;
        // Nobody asked for one that came by itself.
        match reason {
            LockReason::Idle | LockReason::Sleep | LockReason::Screen => {
                self.inner.note_of_vault_by(By::Background, What::Locked, Facts::default()).await;
            }
            LockReason::Start | LockReason::Asked => self.inner.note_of_vault(What::Locked, Facts::default()).await,
        }
        // After the last word of the log, which is sealed with it.
        self.inner.forget_key();
        kept
    }

    /// Writes down that it is locked.
    async fn lock_all(&self, at: Timestamp) -> Result<(), Error> {
        self.keep(|kept| kept.locked_at = kept.locked_at.or(Some(at))).await
    }

    /// Unlocks this process, and what other processes give out.
    ///
    /// # Errors
    /// [`Error::WrongPassphrase`] with the pause before the next try, [`Error::TooSoon`] within it; keychain and
    /// storage errors.
    pub async fn unlock(&self, passphrase: &Secret) -> Result<(), Error> {
        self.prove(passphrase).await?;
        self.stop_asking();
        self.open_door(None).await
    }

    /// Opens the door; `how` stands in the log where it was not the passphrase.
    pub(crate) async fn open_door(&self, how: Option<&str>) -> Result<(), Error> {
        let was_locked = self.locked_since().await?.is_some();
        self.keep(|kept| kept.locked_at = None).await?;
        {
            let mut now = lock(&self.inner.app_lock.now);
            now.used_at = Some(self.inner.ports.clock.now());
            now.locked = None;
        }
        if was_locked {
            let facts = Facts { remark: how.map(str::to_owned), ..Facts::default() };
            self.inner.note_of_vault(What::Unlocked, facts).await;
        }
        self.lock_changed();
        Ok(())
    }

    /// Checks a passphrase; every try counts.
    pub(crate) async fn prove(&self, passphrase: &Secret) -> Result<(), Error> {
        let _one = self.inner.app_lock.trying.lock().await;
        let failures = self.count_try().await?;
        let fits = match self.kept_hash().await {
            Ok(hash) => passphrase::fits(passphrase, &hash).await,
            Err(error) => Err(error),
        };
        match fits {
            Ok(true) => {
                self.keep(|kept| (kept.failures, kept.next_try_at) = (0, None)).await?;
                Ok(())
            }
            Ok(false) => Err(Error::WrongPassphrase { wait_seconds: pause(failures).as_secs() }),
            Err(error) => {
                // Nobody guessed: what could not be judged does not count.
                self.keep(|kept| (kept.failures, kept.next_try_at) = (failures - 1, None)).await?;
                Err(error)
            }
        }
    }

    /// Counts a try that is about to be judged, and returns how many there were in a row with it.
    async fn count_try(&self) -> Result<u32, Error> {
        let at = self.inner.ports.clock.now();
        let mut tx = self.inner.catalog.begin().await?;
        let mut kept = Kept::read(Catalog::meta_in(&mut tx, KEY).await?)?;
        if kept.set_at.is_none() {
            return Err(Error::NoPassphrase);
        }
        if let Some(wait) = kept.wait(at) {
            return Err(Error::TooSoon { seconds: whole_seconds(wait) });
        }
        kept.failures = kept.failures.saturating_add(1);
        let pause = SignedDuration::try_from(pause(kept.failures)).unwrap_or(SignedDuration::MAX);
        kept.next_try_at = at.checked_add(pause).ok_or_none();
        let failures = kept.failures;
        write(&mut tx, &kept).await?;
        tx.commit().await?;
        Ok(failures)
    }

    async fn keep(&self, change: impl FnOnce(&mut Kept)) -> Result<(), Error> {
        let mut tx = self.inner.catalog.begin().await?;
        let mut kept = Kept::read(Catalog::meta_in(&mut tx, KEY).await?)?;
        change(&mut kept);
        write(&mut tx, &kept).await?;
        Ok(tx.commit().await?)
    }

    /// Reads the hash; a keychain that is locked asks for its own password first.
    async fn kept_hash(&self) -> Result<crate::secret::SecretBytes, Error> {
        let (keychain, item) = (&self.inner.ports.keychain, self.inner.slots.app_lock_item());
        let read = match keychain.get(&item).await {
            Err(KeychainError::Locked) => {
                keychain.unlock().await?;
                keychain.get(&item).await
            }
            other => other,
        };
        read.map_err(|error| if error == KeychainError::Missing { Error::ItemLost } else { error.into() })
    }

    /// Sets the passphrase, or changes it for whoever knows the one before.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one that is too short; as [`Vault::unlock`] for the one before; keychain and storage
    /// errors.
    pub async fn set_passphrase(&self, new: &Secret, before: Option<&Secret>) -> Result<(), Error> {
        passphrase::check(new)?;
        let first = !self.ask_before(before).await?;
        let (keychain, item) = (&self.inner.ports.keychain, self.inner.slots.app_lock_item());
        let hash = passphrase::keep(new).await?;
        keychain.set(&item, "Fobwatch app lock", &hash).await?;
        if keychain.get(&item).await? != hash {
            let why = "it gave back something else than was written".to_owned();
            return Err(KeychainError::NotPersistent(why).into());
        }
        let at = self.inner.ports.clock.now();
        self.keep(|kept| *kept = Kept { set_at: Some(at), ..Kept::default() }).await?;
        self.used_now();
        if first && self.settings().await?.lock_after_minutes == 0 {
            let change = serde_json::json!({ "lock_after_minutes": FIRST_LOCK_AFTER });
            self.change_settings(change.as_object().unwrap_or(&serde_json::Map::new()), None).await?;
        }
        self.lock_changed();
        Ok(())
    }

    /// Takes the passphrase away: nothing locks any more.
    ///
    /// # Errors
    /// As [`Vault::set_passphrase`].
    pub async fn remove_passphrase(&self, before: &Secret) -> Result<(), Error> {
        self.ask_before(Some(before)).await?;
        self.keep(|kept| *kept = Kept::default()).await?;
        if let Err(error) = self.inner.ports.keychain.delete(&self.inner.slots.app_lock_item()).await {
            tracing::warn!(%error, "the hash of the former passphrase is left in the keychain");
        }
        // Whoever sets the next one decides about it anew.
        let change = serde_json::json!({ "unlock_by_system": false });
        self.change_settings(change.as_object().unwrap_or(&serde_json::Map::new()), None).await?;
        self.lock_changed();
        Ok(())
    }

    /// Asks for the passphrase if one is set; tells whether one is.
    async fn ask_before(&self, given: Option<&Secret>) -> Result<bool, Error> {
        if !self.has_passphrase().await? {
            return Ok(false);
        }
        self.prove(given.ok_or(Error::PassphraseNeeded)?).await?;
        Ok(true)
    }

    fn lock_changed(&self) {
        // Nobody listening is fine.
        drop(self.inner.events.send(Event::Lock));
        self.inner.due_changed.notify_one();
    }
}

async fn write(tx: &mut crate::catalog::Tx, kept: &Kept) -> Result<(), Error> {
    let text = serde_json::to_string(kept).map_err(|_| Error::Fault)?;
    Ok(Catalog::set_meta(tx, KEY, &text).await?)
}

#[cfg(test)]
#[path = "app_lock_test.rs"]
mod tests;
