//! Recovery: what a crash left, told apart by the journal and the slots (`rotation.md`).
//!
//! Runs under the credential's lock, at start and before every refresh. It never asks the provider by itself
//! and never deletes a value that is not superseded (K5).

use jiff::{SignedDuration, Timestamp};

use crate::catalog::{Generation, JournalRow, Phase, Why};
use crate::credential::CredentialId;
use crate::error::{Error, StorageError};
use crate::locks::Held;
use crate::rotation::{Turn, reread};
use crate::sealer::Purpose;
use crate::slots::{Envelope, Found, Slot};
use crate::store_answer::{Received, save};
use crate::vault::{Inner, Vault, lock};

/// What was found and settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recovered {
    /// No refresh was cut off.
    Nothing,
    /// A cut-off refresh was brought to its commit.
    Committed,
    /// A renewed token is sealed, or in memory, and still not in the keychain: nothing is sent before it is.
    Unsaved,
    /// The token may have been sent once and the answer is lost; one more try is allowed (K3).
    SentOnce,
}

impl Vault {
    /// Brings refreshes to their end that a crash cut off after the answer had arrived. Credentials that can't
    /// be settled now (a locked keychain) stay as they are and are tried again before their next use.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn recover(&self) -> Result<(), Error> {
        for id in self.inner.catalog.in_flight().await? {
            let held = match self.inner.locks.try_hold(&id.to_string()) {
                Ok(Some(held)) => held,
                // Somebody works on it, and the others must not wait for that; it is settled before its next use.
                Ok(None) => continue,
                Err(error) => {
                    tracing::warn!(code = error.code(), %id, "a refresh that was cut off waits");
                    continue;
                }
            };
            match settle(&self.inner, id, &held).await {
                Ok(Recovered::Committed) => self.inner.changed(vec![id]),
                // The one more try is made promptly: a server's grace window may still be open.
                Ok(Recovered::SentOnce) => self.inner.catalog.hurry(id, self.inner.ports.clock.now()).await?,
                Ok(_) => {}
                Err(error) => tracing::warn!(code = error.code(), %id, "a refresh that was cut off waits"),
            }
        }
        Ok(())
    }
}

/// Settles what an earlier refresh of this credential left.
pub(crate) async fn settle(inner: &Inner, id: CredentialId, held: &Held) -> Result<Recovered, Error> {
    let pending = lock(&inner.unsaved).get(&id).cloned();
    let (credential, login) = inner.login_entry(id).await?;
    let turn = Turn { inner, credential, login, why: Why::Recovered, held };
    if let Some(unsaved) = pending {
        if inner.sealer().await?.fingerprint(&committed_envelope(&turn).await?.value) == unsaved.sent {
            return from_memory(&turn, &unsaved.received).await;
        }
        // A newer sign-in, or another process, has moved on: what is in memory belongs to nobody any more.
        lock(&inner.unsaved).remove(&id);
    }
    let journal = inner.catalog.journal(id).await?;
    let Some(journal) = journal else {
        return Ok(Recovered::Nothing);
    };
    match (journal.phase, &journal.sealed) {
        (Phase::Received, Some(sealed)) => {
            let plain = inner.sealer().await?.open(id, Purpose::Received, sealed).map_err(|_| Error::ItemLost)?;
            let received = Received::from_bytes(&plain).ok_or(Error::ItemLost)?;
            finish(&turn, &received, Ok(())).await
        }
        _ => sent(&turn, &journal).await,
    }
}

/// The answer is in memory only: the journal is tried once more, then the slot.
async fn from_memory(turn: &Turn<'_>, received: &Received) -> Result<Recovered, Error> {
    let inner = turn.inner;
    let sealer = inner.sealer().await?;
    let blob = sealer.seal(turn.id(), Purpose::Received, &received.to_bytes()).map_err(|_| Error::ItemLost)?;
    let journaled = inner.catalog.journal_received(turn.id(), &blob, inner.ports.clock.now()).await;
    finish(turn, received, journaled).await
}

/// The answer is there: go on with the slot and the commit.
async fn finish(turn: &Turn<'_>, received: &Received, journaled: Result<(), StorageError>) -> Result<Recovered, Error> {
    let sealer = turn.inner.sealer().await?;
    let tokens =
        reread(&received.body, turn.inner.ports.clock.now(), &turn.login.settings.quirks).ok_or(Error::ItemLost)?;
    let value = tokens.refresh_token.clone().ok_or(Error::ItemLost)?;
    let old = committed_envelope(turn).await?;
    save(turn, &sealer, &old, received, &tokens, value, journaled).await?;
    // The slot may still refuse; then the row is open and the access token alone is news.
    let open = turn.inner.catalog.journal(turn.id()).await?.is_some();
    Ok(if open { Recovered::Unsaved } else { Recovered::Committed })
}

/// The answer may be lost. A slot that is newer than the row means that it was not.
async fn sent(turn: &Turn<'_>, journal: &JournalRow) -> Result<Recovered, Error> {
    let envelope = current_envelope(turn).await?;
    if turn.inner.sealer().await?.fingerprint(&envelope.value) != journal.fingerprint {
        // Another token than the one that was sent is current now: nothing is in doubt.
        return Ok(Recovered::Nothing);
    }
    let may_be_gone = !turn.login.keeps_its_token();
    if may_be_gone && (journal.attempt > 1 || is_punished(turn, journal.at)) {
        let lost = crate::answer::Said { code: crate::rotation::ANSWER_LOST.to_owned(), detail: String::new() };
        return crate::rotation::fail(turn, crate::catalog::LoginState::SignInNeeded, lost, None).await;
    }
    Ok(Recovered::SentOnce)
}

/// Tells whether the provider is known to end the sign-in when it sees the token again by now.
fn is_punished(turn: &Turn<'_>, sent_at: Timestamp) -> bool {
    let since = turn.inner.ports.clock.now().duration_since(sent_at);
    let grace = turn.login.settings.quirks.replay_ends_after.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX));
    grace.is_some_and(|grace| since > SignedDuration::from_secs(grace))
}

/// Reads the slot of the committed generation; when that is not there, whatever the slots hold.
async fn committed_envelope(turn: &Turn<'_>) -> Result<Envelope, Error> {
    let slot = Slot::of(turn.credential.generation);
    match turn.inner.slots.read(turn.id(), slot).await? {
        Found::Good(envelope) if envelope.generation == turn.credential.generation => Ok(*envelope),
        _ => newest(turn).await?.map(|(newest, _)| newest).ok_or(Error::ItemLost),
    }
}

/// The newest value of both slots, and the other slot if there is something in it.
async fn newest(turn: &Turn<'_>) -> Result<Option<(Envelope, Option<Slot>)>, Error> {
    let mut best: Option<(Envelope, Slot)> = None;
    let mut filled = Vec::new();
    for slot in [Slot::A, Slot::B] {
        let found = turn.inner.slots.read(turn.id(), slot).await?;
        if found != Found::Empty {
            filled.push(slot);
        }
        if let Found::Good(envelope) = found
            && best.as_ref().is_none_or(|(best, _)| best.generation < envelope.generation)
        {
            best = Some((*envelope, slot));
        }
    }
    Ok(best.map(|(envelope, slot)| (envelope, filled.into_iter().find(|filled| *filled != slot))))
}

/// Returns the value to refresh with, reconciling slots and row: a newer slot is followed, an older one (a
/// keychain that was restored from a backup) gets its one try.
pub(crate) async fn current_envelope(turn: &Turn<'_>) -> Result<Envelope, Error> {
    let inner = turn.inner;
    let row = turn.credential.generation;
    let (newest, other) = newest(turn).await?.ok_or(Error::ItemLost)?;
    if newest.generation > row {
        let newer = Generation {
            number: newest.generation,
            at: inner.ports.clock.now(),
            why: Why::Recovered,
            fingerprint: inner.sealer().await?.fingerprint(&newest.value),
            scopes: turn.login.granted_scopes.clone(),
        };
        inner.catalog.roll_forward(turn.id(), &newer).await?;
    }
    // Both slots without a journal row: the crash came between the commit and the clearing.
    if newest.generation >= row
        && let Some(other) = other
    {
        inner.slots.clear(turn.id(), other).await?;
    }
    Ok(newest)
}

#[cfg(test)]
#[path = "recovery_test.rs"]
mod tests;
