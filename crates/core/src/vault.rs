//! The one handle that the window, the tray and the command hold.
//!
//! A vault owns its tasks: a refresh or a sign-in that has reached the provider runs to its end whoever goes
//! away. Cloning is cheap; all clones are the same vault.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tokio::sync::{Notify, broadcast};
use tokio_util::task::TaskTracker;

use crate::activity::{By, Process};
use crate::app_lock::AppLock;
use crate::catalog::{Catalog, CredentialRow, Entry, LoginRow};
use crate::credential::CredentialId;
use crate::discovery::Keysets;
use crate::dpop::Nonces;
use crate::error::{Error, OrNone as _, StorageError};
use crate::list::Listing;
pub use crate::locks::Holder;
use crate::locks::{Held, Locks};
use crate::on_clipboard::OnClipboard;
use crate::ports::{KeychainError, Ports};
use crate::provider::Providers;
use crate::refresh::Flights;
use crate::remove::Removed;
use crate::rotation::Unsaved;
use crate::sealer::{KEY_LEN, Sealer, hex};
use crate::secret::SecretBytes;
use crate::server_clock::{Listening, ServerClocks};
use crate::slots::Slots;

/// Something that changed, for those who show it. Carries ids, never values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// These credentials changed, came or went; an empty list means "look again at everything".
    Changed(Vec<CredentialId>),
    /// The keychain was found in another state than before.
    Keychain,
    /// A value was put on the clipboard, or is gone from it.
    Clipboard,
    /// The person changed the settings.
    Settings,
    /// Window and tray were locked or unlocked, or the passphrase changed.
    Lock,
    /// Something that was asked for waits for another process that works on the credential.
    Waiting {
        /// The credential.
        id: CredentialId,
        /// The other process, if it is known.
        holder: Option<Holder>,
    },
}

/// The vault's key in this process.
#[derive(Default)]
struct KeyAtHand {
    at_hand: Mutex<AtHand>,
    /// One asks the keychain at a time.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct AtHand {
    /// Until it locks.
    kept: Option<Arc<Sealer>>,
    /// Whoever is in the middle of something has it all the same.
    in_use: Weak<Sealer>,
}

/// The vault.
#[derive(Clone)]
pub struct Vault {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) home: PathBuf,
    pub(crate) ports: Ports,
    pub(crate) catalog: Catalog,
    pub(crate) slots: Slots,
    pub(crate) locks: Locks,
    /// This machine, as envelopes name it.
    pub(crate) device: String,
    /// Who asks through this handle, where nothing else is said.
    pub(crate) asker: OnceLock<(By, Option<Process>)>,
    key: KeyAtHand,
    pub(crate) flights: Flights,
    /// Renewed tokens that neither disk nor keychain took yet (K2: never forgotten while we live).
    pub(crate) unsaved: Mutex<HashMap<CredentialId, Unsaved>>,
    pub(crate) removed: Mutex<HashMap<CredentialId, Removed>>,
    pub(crate) app_lock: AppLock,
    pub(crate) on_clipboard: Mutex<Option<OnClipboard>>,
    pub(crate) keysets: Keysets,
    pub(crate) nonces: Nonces,
    pub(crate) clocks: Arc<ServerClocks>,
    pub(crate) providers: Mutex<Providers>,
    pub(crate) listing: tokio::sync::Mutex<Listing>,
    pub(crate) keychain_seen: Mutex<Option<KeychainError>>,
    pub(crate) events: broadcast::Sender<Event>,
    /// Wakes the scheduler when something is due earlier than it believed.
    pub(crate) due_changed: Notify,
    pub(crate) tasks: TaskTracker,
}

impl Vault {
    /// Opens the vault in `home`, making it when it is not there. Does not touch the keychain.
    ///
    /// `machine` is any text that is the same on this machine always and different on others.
    ///
    /// # Errors
    /// When the vault's files can't be made, read or written.
    pub async fn open(home: PathBuf, mut ports: Ports, machine: &str) -> Result<Self, StorageError> {
        let clocks = Arc::new(ServerClocks::default());
        let (http, clock) = (ports.http.clone(), ports.clock.clone());
        ports.http = Arc::new(Listening { http, clock, clocks: clocks.clone() });
        let (events, _) = broadcast::channel(256);
        let locks = Locks::open(&home, events.clone())?;
        let catalog = Catalog::open(&home).await?;
        let vault_id = catalog.meta("vault_id", || uuid::Uuid::new_v4().as_simple().to_string()).await?;
        let digest =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, format!("device {vault_id} {machine}").as_bytes());
        let device = hex(&digest.as_ref()[..8]);
        let slots = Slots::new(ports.keychain.clone(), vault_id);
        let vault = Self {
            inner: Arc::new(Inner {
                home,
                ports,
                catalog,
                slots,
                locks,
                device,
                asker: OnceLock::new(),
                key: KeyAtHand::default(),
                flights: Flights::default(),
                unsaved: Mutex::default(),
                removed: Mutex::default(),
                app_lock: AppLock::default(),
                on_clipboard: Mutex::default(),
                keysets: Keysets::default(),
                nonces: Nonces::default(),
                clocks,
                providers: Mutex::new(Providers::built_in()),
                listing: tokio::sync::Mutex::default(),
                keychain_seen: Mutex::default(),
                events,
                due_changed: Notify::new(),
                tasks: TaskTracker::new(),
            }),
        };
        // What is wrong there goes to the log; a provider file never keeps a vault closed.
        drop(vault.look_at_provider_files());
        Ok(vault)
    }

    /// Hears what changes from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Runs `work` in a task that the vault owns: nobody who goes away can cut it short.
    pub(crate) fn own<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.inner.tasks.spawn(work)
    }

    /// Waits for everything under way, then empties the clipboard of our value.
    pub async fn close(&self) {
        self.inner.tasks.close();
        self.clear_clipboard().await;
        self.inner.flights.settle().await;
        self.save_what_is_in_memory().await;
        // A code that is being exchanged may bring tokens that exist nowhere else (K2).
        self.inner.tasks.wait().await;
        self.inner.keep_clocks().await;
    }

    /// Tells how many renewed tokens would be lost if this process ended now: neither disk nor keychain takes them, tried
    /// once more (K2).
    pub async fn would_lose(&self) -> usize {
        self.save_what_is_in_memory().await;
        lock(&self.inner.unsaved).len()
    }

    /// Tries once more to keep renewed tokens that neither disk nor keychain took.
    async fn save_what_is_in_memory(&self) {
        let ids: Vec<CredentialId> = lock(&self.inner.unsaved).keys().copied().collect();
        for id in ids {
            let Ok(held) = self.inner.locks.hold(&id.to_string()).await else { continue };
            if let Err(error) = crate::recovery::settle(&self.inner, id, &held).await {
                tracing::error!(code = error.code(), %id, "a renewed token is nowhere but in this process");
            }
        }
    }

    /// Finds a credential by id, `name@account` or name.
    ///
    /// # Errors
    /// [`Error::NotFound`], or [`Error::Ambiguous`] with the choices.
    pub async fn find(&self, name: &str) -> Result<CredentialId, Error> {
        if let Ok(id) = name.parse::<CredentialId>()
            && self.inner.catalog.entry(id).await?.is_some()
        {
            return Ok(id);
        }
        match self.inner.catalog.called(name).await?.as_slice() {
            [] => Err(Error::NotFound(name.to_owned())),
            [one] => Ok(one.credential.id),
            several => Err(Error::Ambiguous {
                name: name.to_owned(),
                choices: several.iter().map(|entry| choice(&entry.credential)).collect(),
            }),
        }
    }
}

fn choice(row: &CredentialRow) -> String {
    match &row.account {
        Some(account) => format!("{}@{account}", row.name),
        None => row.id.to_string(),
    }
}

impl Inner {
    /// Returns the providers as they were last read.
    pub(crate) fn providers(&self) -> Providers {
        lock(&self.providers).clone()
    }

    /// Returns what is known of the refresh tokens of a credential's provider.
    pub(crate) fn known_refresh(&self, row: &CredentialRow) -> Option<crate::provider::Refresh> {
        let providers = self.providers();
        Some(providers.find(row.provider.as_deref()?)?.oauth.as_ref()?.refresh.clone())
    }

    /// Tells whether window and tray of this process are locked.
    pub(crate) fn is_locked(&self) -> bool {
        lock(&self.app_lock.now).locked.is_some()
    }

    /// Returns the vault's sealer, fetching (or, in a new vault, making) the escrow key once. Whoever will need it after
    /// a provider has answered holds it from before: a lock in between forgets it for nobody who has it, and the
    /// keychain may not give it any more (K2).
    pub(crate) async fn sealer(&self) -> Result<Arc<Sealer>, Error> {
        if let Some(sealer) = self.sealer_at_hand() {
            return Ok(sealer);
        }
        let _one = self.key.fetching.lock().await;
        if let Some(sealer) = self.sealer_at_hand() {
            return Ok(sealer);
        }
        let sealer = self.load_sealer().await?;
        let mut at_hand = lock(&self.key.at_hand);
        at_hand.in_use = Arc::downgrade(&sealer);
        // Looked at under the lock of `at_hand`: one that locks from here on finds the key and forgets it.
        at_hand.kept = Some(sealer.clone()).filter(|_| !self.is_locked());
        Ok(sealer)
    }

    /// Returns the sealer if this process has the key at hand already; asks no keychain.
    pub(crate) fn sealer_at_hand(&self) -> Option<Arc<Sealer>> {
        let at_hand = lock(&self.key.at_hand);
        at_hand.kept.clone().or_else(|| at_hand.in_use.upgrade())
    }

    /// Forgets the vault's key; it is wiped once nobody uses it any more.
    pub(crate) fn forget_key(&self) {
        lock(&self.key.at_hand).kept = None;
    }

    /// Returns the sealer if the keychain gives its key; makes none.
    pub(crate) async fn sealer_if_any(&self) -> Option<Arc<Sealer>> {
        if let Some(sealer) = self.sealer_at_hand() {
            return Some(sealer);
        }
        let key = self.ports.keychain.get(&self.slots.escrow_item()).await.ok_or_none()?;
        Sealer::new(&key).map(Arc::new).ok_or_none()
    }

    async fn load_sealer(&self) -> Result<Arc<Sealer>, Error> {
        let item = self.slots.escrow_item();
        let key = match self.ports.keychain.get(&item).await {
            Err(KeychainError::Missing) => {
                // Two processes that start in a new vault must end up with one key.
                let _held: Held = self.locks.hold("vault").await?;
                match self.ports.keychain.get(&item).await {
                    Err(KeychainError::Missing) => self.make_escrow_key().await?,
                    other => other?,
                }
            }
            other => other?,
        };
        Sealer::new(&key).map(Arc::new).map_err(|_| Error::ItemLost)
    }

    async fn make_escrow_key(&self) -> Result<SecretBytes, Error> {
        for id in self.catalog.in_flight().await? {
            let waits = self.catalog.journal(id).await?.is_some_and(|row| row.sealed.is_some());
            // A renewed token waits under the old key; a new key would lock it in for ever.
            if waits {
                return Err(Error::ItemLost);
            }
        }
        let mut bytes = vec![0_u8; KEY_LEN];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| KeychainError::Other("no randomness".to_owned()))?;
        let key = SecretBytes::new(bytes);
        let item = self.slots.escrow_item();
        // Sealed under a key that is gone, it would only ever look forged.
        self.catalog.forget_log_seal().await?;
        self.ports.keychain.set(&item, "Fobwatch vault key", &key).await?;
        if self.ports.keychain.get(&item).await? == key {
            Ok(key)
        } else {
            Err(KeychainError::NotPersistent("it gave back something else than was written".to_owned()).into())
        }
    }

    /// Returns a credential, or says that it is gone.
    pub(crate) async fn entry(&self, id: CredentialId) -> Result<Entry, Error> {
        self.catalog.entry(id).await?.ok_or_else(|| Error::NotFound(id.to_string()))
    }

    /// Returns a credential with its login.
    pub(crate) async fn login_entry(&self, id: CredentialId) -> Result<(CredentialRow, LoginRow), Error> {
        let entry = self.entry(id).await?;
        let login = entry.login.ok_or(Error::WrongKind("only a login has an access token to refresh"))?;
        Ok((entry.credential, *login))
    }

    /// Tells everybody who listens that these credentials changed.
    pub(crate) fn changed(&self, ids: Vec<CredentialId>) {
        // Nobody listening is fine.
        drop(self.events.send(Event::Changed(ids)));
        self.due_changed.notify_one();
    }
}

/// Locks a mutex; a panic elsewhere does not make its data unusable, since no lock is held across a step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
