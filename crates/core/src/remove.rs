//! Removes a credential, and brings it back while it can be undone.
//!
//! Only the person removes (K5). The value leaves the keychain at once; for ten seconds it is kept in memory, so
//! that undo can restore it; on quit the removal is final.

use std::time::Duration;

use crate::catalog::{Catalog, Entry, KeyVersion, What};
use crate::credential::CredentialId;
use crate::error::Error;
use crate::secret::Secret;
use crate::slots::{Envelope, Found, Slot};
use crate::vault::{Vault, lock};
use crate::view::{CredentialView, RemovedView};

/// For how long a removal can be undone, in seconds.
const UNDO_SECONDS: u32 = 10;

/// A removed credential, while it can come back.
pub(crate) struct Removed {
    entry: Entry,
    versions: Vec<KeyVersion>,
    envelope: Option<Envelope>,
    client_secret: Option<Secret>,
}

impl Vault {
    /// Removes a credential and its values. It can be undone for ten seconds.
    ///
    /// # Errors
    /// When keychain or database refuse; then nothing is removed, or what is left is a credential without value.
    pub async fn remove(&self, id: CredentialId) -> Result<RemovedView, Error> {
        let inner = &self.inner;
        let _held = inner.locks.hold(&id.to_string()).await?;
        let entry = inner.entry(id).await?;
        let slot = Slot::of(entry.credential.generation);
        let envelope = match inner.slots.read(id, slot).await? {
            Found::Good(envelope) => Some(*envelope),
            Found::Empty | Found::Bad => None,
        };
        let removed = Removed {
            versions: inner.catalog.versions(id).await?,
            client_secret: inner.slots.client_secret(id).await?,
            envelope,
            entry,
        };
        let name = removed.entry.credential.name.clone();
        // The row first: a credential without a row is gone, a row without a value would be a broken one.
        inner.catalog.remove(id).await?;
        inner.slots.remove_all(id).await?;
        inner.note(&removed.entry.credential, What::Removed, "by you").await;
        lock(&inner.removed).insert(id, removed);
        self.forget_later(id);
        inner.changed(vec![id]);
        Ok(RemovedView { id: id.to_string(), name, undo_seconds: UNDO_SECONDS })
    }

    fn forget_later(&self, id: CredentialId) {
        let inner = std::sync::Arc::downgrade(&self.inner);
        let clock = self.inner.ports.clock.clone();
        #[expect(clippy::disallowed_methods, reason = "the timer must not hold up the vault's end")]
        drop(tokio::spawn(async move {
            // A little longer than the toast, so that a click on its last moment still works.
            clock.sleep(Duration::from_secs(u64::from(UNDO_SECONDS) + 1)).await;
            if let Some(inner) = inner.upgrade() {
                lock(&inner.removed).remove(&id);
            }
        }));
    }

    /// Brings a removed credential back as it was.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is too late; keychain and storage errors as they are.
    pub async fn undo_remove(&self, id: CredentialId) -> Result<CredentialView, Error> {
        let inner = &self.inner;
        let removed = lock(&inner.removed).remove(&id).ok_or_else(|| Error::NotFound(id.to_string()))?;
        let outcome = self.restore(&removed).await;
        if outcome.is_err() {
            // It may be tried again: the value exists only here.
            lock(&inner.removed).insert(id, removed);
        }
        outcome?;
        inner.changed(vec![id]);
        self.show(id).await
    }

    async fn restore(&self, removed: &Removed) -> Result<(), Error> {
        let inner = &self.inner;
        let row = &removed.entry.credential;
        let _held = inner.locks.hold(&row.id.to_string()).await?;
        let label = format!("Fobwatch: {}", row.name);
        if let Some(envelope) = &removed.envelope {
            inner.slots.write(envelope, &label).await?;
        }
        if let Some(secret) = &removed.client_secret {
            inner.slots.set_client_secret(row.id, &label, secret).await?;
        }
        let mut tx = inner.catalog.begin().await?;
        Catalog::insert(&mut tx, row).await?;
        if let Some(login) = &removed.entry.login {
            Catalog::put_login(&mut tx, row.id, login).await?;
        }
        for version in &removed.versions {
            Catalog::insert_version(&mut tx, row.id, version).await?;
        }
        tx.commit().await?;
        inner.note(row, What::Restored, "by you").await;
        Ok(())
    }
}
