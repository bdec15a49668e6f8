//! One lock per credential across all processes.
//!
//! An OS file lock, which the OS releases when its holder dies. The file is never unlinked: unlinking would let
//! two processes hold "the" lock on two different files. The wait happens on a thread of its own and is bounded, so
//! that a holder that hangs is reported and never stolen from (K4); only who has fresh tokens in hand waits on.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, StorageError};

/// How long a caller waits for another process: longer than a refresh can take. That is three requests of 30 s (the
/// probe after a lost answer, the token request, and its repetition with the server's nonce), twelve calls of the
/// keychain of 15 s (the client secret, the escrow key, the slots while recovering, writing, reading back and
/// clearing), and four writes of the database of 10 s: 310 s. The last 20 s are for everything between.
const PATIENCE: Duration = Duration::from_secs(3 * 30 + 12 * 15 + 4 * 10 + 20);

/// The folder of lock files of one vault.
pub(crate) struct Locks {
    folder: PathBuf,
}

/// Proof that this process alone works on a credential. Dropping it lets the next one in.
pub(crate) struct Held {
    _file: File,
}

impl Locks {
    /// Uses `home/locks`, making it when it is not there.
    pub(crate) fn open(home: &Path) -> Result<Self, StorageError> {
        let folder = home.join("locks");
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|error| from_io(&error))?;
        Ok(Self { folder })
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
            Ok(()) => Ok(Some(Held { _file: file })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(from_io(&error).into()),
        }
    }

    async fn hold_within(&self, name: &str, patience: Option<Duration>) -> Result<Held, Error> {
        let file = self.file(name)?;
        match file.try_lock() {
            Ok(()) => return Ok(Held { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => {}
            Err(std::fs::TryLockError::Error(error)) => return Err(from_io(&error).into()),
        }
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("lock".to_owned())
            .spawn(move || {
                let outcome = file.lock().map(|()| Held { _file: file });
                // Nobody waits any more: dropping the lock lets the next one in.
                drop(tell.send(outcome));
            })
            .map_err(|error| StorageError::Other(error.to_string()))?;
        let told = match patience {
            Some(patience) => tokio::time::timeout(patience, told).await.map_err(|_| Error::Busy)?,
            None => told.await,
        };
        match told {
            Ok(Ok(held)) => Ok(held),
            Ok(Err(error)) => Err(from_io(&error).into()),
            Err(_) => Err(Error::Busy),
        }
    }

    fn file(&self, name: &str) -> Result<File, StorageError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.folder.join(format!("{name}.lock"))).map_err(|error| from_io(&error))
    }
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
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_bounded_wait_ends_and_an_unbounded_one_gets_the_lock_in_the_end() {
        let home = tempfile::tempdir().unwrap();
        let locks = Locks::open(home.path()).unwrap();
        let first = locks.hold("x").await.unwrap();
        let waits = locks.hold_within("x", Some(Duration::ZERO)).await;
        assert!(matches!(waits, Err(Error::Busy)));
        let mut patient = std::pin::pin!(locks.hold_at_last("x"));
        let early = tokio::time::timeout(Duration::from_millis(50), &mut patient).await;
        assert!(early.is_err(), "it gave up, or took a lock that is held");
        drop(first);
        patient.await.unwrap();
    }
}
