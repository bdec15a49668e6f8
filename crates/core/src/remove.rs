//! Removes a credential, and brings it back while it can be undone.
//!
//! Only the person removes (K5). One invariant: no secret rests in the keychain without a row that leads to it. So all
//! that can come back is in memory before anything goes, the items go before the row, and the work belongs to the
//! vault: whoever goes away can't cut it between the two. For ten seconds undo restores it; on quit the removal is
//! final.

use jiff::{SignedDuration, Timestamp};

use crate::activity::Facts;
use crate::catalog::{Catalog, Entry, Generation, JournalRow, KeyVersion, KnownHealth, What};
use crate::credential::CredentialId;
use crate::error::Error;
use crate::recovery::settle;
use crate::rotation::Unsaved;
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
    family: Vec<Generation>,
    health: KnownHealth,
    envelopes: Vec<Envelope>,
    client_secret: Option<Secret>,
    registration: Option<Secret>,
    /// A refresh that could not be settled before: the living token is in there.
    journal: Option<JournalRow>,
    unsaved: Option<Unsaved>,
    /// Until when it can come back; none while it is being removed.
    until: Option<Timestamp>,
}

impl Vault {
    /// Removes a credential and its values. It can be undone for ten seconds.
    ///
    /// # Errors
    /// When keychain or database refuse; then it is as before, or, where the keychain does not even take the values
    /// back, still listed and to be removed once more.
    pub async fn remove(&self, id: CredentialId) -> Result<RemovedView, Error> {
        let vault = self.clone();
        self.own(async move { vault.remove_now(id).await }).await.unwrap_or(Err(Error::Fault))
    }

    async fn remove_now(&self, id: CredentialId) -> Result<RemovedView, Error> {
        let inner = &self.inner;
        let held = inner.locks.hold(&id.to_string()).await?;
        if inner.entry(id).await?.login.is_some()
            && let Err(error) = settle(inner, id, &held).await
        {
            // No reason to keep what the person wants gone: undo brings the open refresh back as well.
            tracing::warn!(code = error.code(), %id, "a refresh that was cut off was not settled before the removal");
        }
        let removed = self.collect(id).await?;
        let row = removed.entry.credential.clone();
        lock(&inner.removed).insert(id, removed);
        if let Err(error) = self.delete(id).await {
            let removed = lock(&inner.removed).remove(&id);
            if let Some(removed) = removed
                && let Err(error) = self.put_items_back(&removed).await
            {
                tracing::warn!(code = error.code(), %id, "a removal that failed half-way waits to be asked for again");
                // The values exist only here; the next removal, or undo, has them.
                lock(&inner.removed).insert(id, removed);
            }
            inner.changed(vec![id]);
            return Err(error);
        }
        inner.note(&row, What::Removed, Facts::default()).await;
        self.forget_later(id);
        inner.changed(vec![id]);
        Ok(RemovedView { id: id.to_string(), name: row.name, undo_seconds: UNDO_SECONDS })
    }

    /// Reads all that can come back; what an earlier removal took out before it failed is kept.
    async fn collect(&self, id: CredentialId) -> Result<Removed, Error> {
        let inner = &self.inner;
        let mut removed = Removed {
            entry: inner.entry(id).await?,
            versions: inner.catalog.versions(id).await?,
            family: inner.catalog.family(id).await?,
            health: inner.catalog.health_of(id).await?,
            envelopes: Vec::new(),
            client_secret: inner.slots.client_secret(id).await?,
            registration: inner.slots.registration(id).await?,
            journal: inner.catalog.journal(id).await?,
            unsaved: None,
            until: None,
        };
        for slot in [Slot::A, Slot::B] {
            if let Found::Good(envelope) = inner.slots.read(id, slot).await? {
                removed.envelopes.push(*envelope);
            }
        }
        removed.unsaved = lock(&inner.unsaved).remove(&id);
        if let Some(before) = lock(&inner.removed).remove(&id) {
            if removed.envelopes.is_empty() {
                removed.envelopes = before.envelopes;
            }
            removed.client_secret = removed.client_secret.or(before.client_secret);
            removed.registration = removed.registration.or(before.registration);
            removed.unsaved = removed.unsaved.or(before.unsaved);
        }
        Ok(removed)
    }

    async fn delete(&self, id: CredentialId) -> Result<(), Error> {
        self.inner.slots.remove_all(id).await?;
        Ok(self.inner.catalog.remove(id).await?)
    }

    /// Starts the ten seconds of these once more.
    pub(crate) fn keep_removed(&self, ids: &[CredentialId]) {
        for id in ids {
            self.forget_later(*id);
        }
    }

    fn forget_later(&self, id: CredentialId) {
        // A little longer than the toast, so that a click on its last moment still works.
        let while_ = SignedDuration::from_secs(i64::from(UNDO_SECONDS) + 1);
        let until = self.inner.ports.clock.now().checked_add(while_).unwrap_or(Timestamp::MAX);
        let Some(()) = lock(&self.inner.removed).get_mut(&id).map(|removed| removed.until = Some(until)) else {
            return;
        };
        let inner = std::sync::Arc::downgrade(&self.inner);
        let clock = self.inner.ports.clock.clone();
        #[expect(clippy::disallowed_methods, reason = "the timer must not hold up the vault's end")]
        drop(tokio::spawn(async move {
            clock.sleep_until(until).await;
            let Some(inner) = inner.upgrade() else { return };
            // Its time may have been started once more since.
            let is_over = || lock(&inner.removed).get(&id).is_some_and(|one| one.until == Some(until));
            // Of what is still listed the values exist only here.
            if is_over() && matches!(inner.catalog.entry(id).await, Ok(None)) && is_over() {
                lock(&inner.removed).remove(&id);
            }
        }));
    }

    /// Makes every removal final. What a removal took out before it failed stays: its row is still listed, and the
    /// values exist only here.
    pub(crate) async fn forget_removed(&self) {
        let ids: Vec<CredentialId> = lock(&self.inner.removed).keys().copied().collect();
        for id in ids {
            if matches!(self.inner.catalog.entry(id).await, Ok(None)) {
                lock(&self.inner.removed).remove(&id);
            }
        }
    }

    /// Brings a removed credential back as it was.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is too late; keychain and storage errors as they are.
    pub async fn undo_remove(&self, id: CredentialId) -> Result<CredentialView, Error> {
        let vault = self.clone();
        self.own(async move { vault.undo_now(id).await }).await.unwrap_or(Err(Error::Fault))
    }

    async fn undo_now(&self, id: CredentialId) -> Result<CredentialView, Error> {
        let inner = &self.inner;
        let _held = inner.locks.hold(&id.to_string()).await?;
        let removed = lock(&inner.removed).remove(&id).ok_or_else(|| Error::NotFound(id.to_string()))?;
        let there = inner.catalog.entry(id).await.map(|entry| entry.is_some());
        let outcome = match there {
            Ok(true) => self.put_items_back(&removed).await,
            Ok(false) => self.restore(&removed).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = outcome {
            // It may be tried again: the value exists only here.
            lock(&inner.removed).insert(id, removed);
            self.forget_later(id);
            return Err(error);
        }
        inner.changed(vec![id]);
        self.show(id).await
    }

    async fn restore(&self, removed: &Removed) -> Result<(), Error> {
        let id = removed.entry.credential.id;
        let mut outcome = self.put_items_back(removed).await;
        if outcome.is_ok() {
            outcome = self.put_row_back(removed).await;
        }
        if outcome.is_err()
            && let Err(error) = self.inner.slots.remove_all(id).await
        {
            tracing::warn!(%error, %id, "items of a removed credential are left in the keychain");
        }
        outcome?;
        self.inner.note(&removed.entry.credential, What::Restored, Facts::default()).await;
        Ok(())
    }

    async fn put_items_back(&self, removed: &Removed) -> Result<(), Error> {
        let inner = &self.inner;
        let row = &removed.entry.credential;
        let label = format!("Fobwatch: {}", row.name);
        if let Some(unsaved) = &removed.unsaved {
            lock(&inner.unsaved).insert(row.id, unsaved.clone());
        }
        for envelope in &removed.envelopes {
            inner.slots.write(envelope, &label).await?;
        }
        if let Some(secret) = &removed.client_secret {
            inner.slots.set_client_secret(row.id, &label, secret).await?;
        }
        if let Some(token) = &removed.registration {
            inner.slots.set_registration(row.id, &label, token).await?;
        }
        Ok(())
    }

    async fn put_row_back(&self, removed: &Removed) -> Result<(), Error> {
        let catalog = &self.inner.catalog;
        let row = &removed.entry.credential;
        let mut tx = catalog.begin().await?;
        Catalog::insert(&mut tx, row).await?;
        if let Some(login) = &removed.entry.login {
            Catalog::put_login(&mut tx, row.id, login).await?;
        }
        for version in &removed.versions {
            Catalog::insert_version(&mut tx, row.id, version).await?;
        }
        for generation in &removed.family {
            Catalog::add_generation(&mut tx, row.id, generation).await?;
        }
        Catalog::put_health(&mut tx, row.id, &removed.health).await?;
        tx.commit().await?;
        if let Some(journal) = &removed.journal {
            catalog.journal_sent(row.id, &journal.fingerprint, journal.attempt, journal.at).await?;
            if let Some(sealed) = &journal.sealed {
                catalog.journal_received(row.id, sealed, journal.at).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "remove_test.rs"]
mod tests;
