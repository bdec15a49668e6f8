//! One lock per credential across all processes.
//!
//! An OS file lock, which the OS releases when its holder dies. The file is never unlinked: unlinking would let
//! two processes hold "the" lock on two different files. The wait happens on a thread of its own and is bounded, so
//! that a holder that hangs is reported and never stolen from (K4); only who has fresh tokens in hand waits on.
//!
//! A holder that stands still keeps its lock, and there is no time after which it loses it: when it goes on it may
//! send the refresh token that it has read, and no authorization server knows that another one holds the lease now. So
//! a vault is opened only where locks truly exclude, and network file systems are refused before that.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::LazyLock;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::timeout;

use crate::error::{Error, OrNone as _, StorageError};
use crate::vault::Event;

/// How long a caller waits for another process: longer than a refresh can take. That is three requests of 30 s (the
/// probe after a lost answer, the token request, and its repetition with the server's nonce), twelve calls of the
/// keychain of 15 s (the client secret, the escrow key, the slots while recovering, writing, reading back and
/// clearing), and four writes of the database of 10 s: 310 s. The last 20 s are for everything between. The sentence of
/// [`Error::Busy`] names this time.
const PATIENCE: Duration = Duration::from_secs(3 * 30 + 12 * 15 + 4 * 10 + 20);

/// How long a wait may take before whoever waits is told for whom: longer than a common renewal.
const NOTICED: Duration = Duration::from_secs(3);

/// The file that the locks are tried at. It is nobody's id.
const PROBE: &str = "probe";

/// `ENOLCK`, for which there is no [`std::io::ErrorKind`].
const NO_LOCKS_LEFT: i32 = if cfg!(target_os = "linux") { 37 } else { 77 };

/// The folder of lock files of one vault.
pub(crate) struct Locks {
    folder: PathBuf,
    events: broadcast::Sender<Event>,
}

/// Proof that this process alone works on a credential. Dropping it lets the next one in.
pub(crate) struct Held {
    _file: File,
}

/// The process that holds a lock, as it wrote itself down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// The name of its program: `fob` or `fobwatch`.
    pub program: String,
}

impl Locks {
    /// Uses `home/locks`, making it when it is not there, and tells `events` about long waits.
    ///
    /// # Errors
    /// [`StorageError::NoLocks`] where locks do not exclude.
    pub(crate) fn open(home: &Path, events: broadcast::Sender<Event>) -> Result<Self, StorageError> {
        let folder = home.join("locks");
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|error| from_io(&error))?;
        let locks = Self { folder, events };
        let (first, second) = (locks.file(PROBE)?, locks.file(PROBE)?);
        exclude(&first.try_lock(), || second.try_lock())?;
        Ok(locks)
    }

    /// Waits for the lock called `name` (a credential's id, or `vault`).
    ///
    /// # Errors
    /// [`Error::Busy`] when another process holds it for longer than a refresh can take.
    pub(crate) async fn hold(&self, name: &str) -> Result<Held, Error> {
        self.hold_within(name, Some(PATIENCE)).await
    }

    /// Waits for the lock however long another process holds it: for whoever has tokens in hand that exist nowhere
    /// else, and runs in a task that the vault owns.
    ///
    /// # Errors
    /// When the lock file can't be used.
    pub(crate) async fn hold_at_last(&self, name: &str) -> Result<Held, Error> {
        self.hold_within(name, None).await
    }

    /// Takes the lock if nobody holds it.
    ///
    /// # Errors
    /// When the lock file can't be used.
    pub(crate) fn try_hold(&self, name: &str) -> Result<Option<Held>, Error> {
        let file = self.file(name)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Held::taken(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(not_locked(&error).into()),
        }
    }

    async fn hold_within(&self, name: &str, patience: Option<Duration>) -> Result<Held, Error> {
        let file = self.file(name)?;
        match file.try_lock() {
            Ok(()) => return Ok(Held::taken(file)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(not_locked(&error).into()),
        }
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("lock".to_owned())
            .spawn(move || {
                let outcome = file.lock().map(|()| Held::taken(file));
                // Nobody waits any more: dropping the lock lets the next one in.
                drop(tell.send(outcome));
            })
            .map_err(|error| StorageError::Other(error.to_string()))?;
        let mut told = pin!(told);
        let told = match (timeout(NOTICED.min(patience.unwrap_or(NOTICED)), &mut told).await, patience) {
            (Ok(told), _) => told,
            (Err(_), Some(patience)) => {
                self.tell(name);
                timeout(patience.saturating_sub(NOTICED), told).await.map_err(|_| Error::Busy)?
            }
            (Err(_), None) => {
                self.tell(name);
                told.await
            }
        };
        match told {
            Ok(Ok(held)) => Ok(held),
            Ok(Err(error)) => Err(not_locked(&error).into()),
            // The thread that waited is gone.
            Err(_) => Err(Error::Fault),
        }
    }

    /// Tells who is waited for. The wait for a new vault's key is nobody's credential.
    fn tell(&self, name: &str) {
        if let Ok(id) = name.parse() {
            // Nobody listening is fine.
            drop(self.events.send(Event::Waiting { id, holder: self.holder(name) }));
        }
    }

    /// Reads who holds a lock. Where locks keep others from reading (Windows), nobody knows.
    fn holder(&self, name: &str) -> Option<Holder> {
        let mut text = String::new();
        File::open(self.path(name)).and_then(|file| file.take(128).read_to_string(&mut text)).ok_or_none()?;
        // A line that is half written, or not ours, names nobody.
        let (pid, program) = text.strip_suffix('\n')?.split_once(' ')?;
        let known =
            !program.is_empty() && program.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let pid = pid.parse().ok_or_none()?;
        known.then(|| Holder { pid, program: program.to_owned() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.lock"))
    }

    fn file(&self, name: &str) -> Result<File, StorageError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.path(name)).map_err(|error| from_io(&error))
    }
}

impl Held {
    /// Takes a file that was just locked, and writes down who has it: process id and program name, nothing else. A disk
    /// that does not take that is no reason not to go on.
    fn taken(mut file: File) -> Self {
        static PROGRAM: LazyLock<String> = LazyLock::new(|| {
            let path = std::env::current_exe().unwrap_or_default();
            path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        });
        let line = format!("{} {}\n", std::process::id(), *PROGRAM);
        let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(line.as_bytes()));
        if let Err(error) = written {
            tracing::debug!(%error, "the holder of a lock is not written down");
        }
        Self { _file: file }
    }
}

/// Judges two tries to lock one file through two descriptions: the second must be refused. A first that is refused was
/// kept out by another process that is at the same test, so any number may start at once.
fn exclude(
    first: &Result<(), TryLockError>,
    second: impl FnOnce() -> Result<(), TryLockError>,
) -> Result<(), StorageError> {
    match first {
        Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(not_locked(error)),
        Ok(()) => match second() {
            Err(TryLockError::WouldBlock) => Ok(()),
            Err(TryLockError::Error(error)) => Err(not_locked(&error)),
            Ok(()) => Err(StorageError::NoLocks),
        },
    }
}

/// Says what a lock that failed means: not held by another, but not there.
fn not_locked(error: &std::io::Error) -> StorageError {
    let none = error.kind() == std::io::ErrorKind::Unsupported || error.raw_os_error() == Some(NO_LOCKS_LEFT);
    if none { StorageError::NoLocks } else { from_io(error) }
}

/// Says what an error of the file system means for the vault.
pub(crate) fn from_io(error: &std::io::Error) -> StorageError {
    use std::io::ErrorKind as K;
    match error.kind() {
        K::StorageFull | K::QuotaExceeded => StorageError::Full,
        K::ReadOnlyFilesystem | K::PermissionDenied => StorageError::ReadOnly,
        _ => StorageError::Other(error.to_string()),
    }
}

#[cfg(test)]
#[path = "locks_test.rs"]
mod tests;
