//! The state of the keychain, as the banner and `fob doctor` say it.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::catalog::{LoginRow, LoginState};
use crate::credential::CredentialId;
use crate::error::Error;
use crate::notifications::{About, Cause, Topic};
use crate::ports::KeychainError;
use crate::refresh::refresh_time;
use crate::sentence::keychain_sentence;
use crate::vault::{Event, Inner, Vault, lock};
use crate::view::KeychainView;

/// Within this time a renewed token is in the keychain, or something is in its way.
const SAVED_WITHIN: SignedDuration = SignedDuration::from_secs(30);

impl Vault {
    /// Looks at the keychain without raising a prompt.
    ///
    /// # Errors
    /// Storage errors; a keychain that does not work is part of the answer.
    pub async fn keychain(&self) -> Result<KeychainView, Error> {
        let checked = self.inner.ports.keychain.check().await;
        self.remember(checked.as_ref().err());
        let now = self.inner.ports.clock.now();
        let (overdue, unsaved) = match &checked {
            Ok(()) => (0, 0),
            Err(_) => (self.overdue(now).await?, self.unsaved().await?),
        };
        let error = checked.err();
        Ok(KeychainView {
            state: state_word(error.as_ref()).to_owned(),
            name: self.inner.ports.keychain.name(),
            error: error.map(|error| keychain_sentence(error, unsaved)),
            overdue,
        })
    }

    /// How many logins should have been renewed by now.
    async fn overdue(&self, now: Timestamp) -> Result<usize, Error> {
        // The scheduler moves its next look on while the keychain is locked; the token's own time does not move.
        let late = |login: &LoginRow| {
            let due = login.access_issued_at.zip(login.access_expires_at).map(|(from, end)| refresh_time(from, end));
            login.renews && login.state == LoginState::Ok && due.is_some_and(|due| due <= now)
        };
        let late = self.inner.catalog.each_entry(|entry| Ok(entry.login.as_deref().is_some_and(late))).await?;
        Ok(late.into_iter().filter(|late| *late).count())
    }

    /// How many renewed tokens are sealed, or in memory, and not in the keychain.
    async fn unsaved(&self) -> Result<usize, Error> {
        let mut waiting: HashSet<CredentialId> = lock(&self.inner.unsaved).keys().copied().collect();
        for id in self.inner.catalog.in_flight().await? {
            if self.inner.catalog.journal(id).await?.is_some_and(|row| row.sealed.is_some()) {
                waiting.insert(id);
            }
        }
        Ok(waiting.len())
    }

    /// Returns renewed tokens that have been without their place in the keychain for longer than saving takes, as one
    /// cause, and when the next of them may be one.
    pub(crate) async fn left_unsaved(&self, now: Timestamp) -> Result<(Option<Cause>, Option<Timestamp>), Error> {
        let mut since: HashMap<CredentialId, Timestamp> = HashMap::new();
        let mut next = None;
        for id in self.inner.catalog.in_flight().await? {
            let Some(row) = self.inner.catalog.journal(id).await?.filter(|row| row.sealed.is_some()) else { continue };
            // A clock that was set back makes nothing younger than now.
            let late_at = row.at.min(now).checked_add(SAVED_WITHIN).unwrap_or(now);
            if late_at <= now {
                since.insert(id, row.at);
            } else {
                next = [next, Some(late_at)].into_iter().flatten().min();
            }
        }
        for id in lock(&self.inner.unsaved).keys().filter(|id| !self.inner.flights.is_flying(**id)) {
            since.entry(*id).or_insert(now);
        }
        let cause = since.values().min().map(|at| Cause {
            topic: Topic { about: About::Unsaved, issuer: String::new() },
            key: "unsaved".to_owned(),
            credential: None,
            name: String::new(),
            provider: String::new(),
            at: *at,
            count: since.len(),
        });
        Ok((cause, next))
    }

    /// Asks the person to unlock the keychain, then says how it is.
    ///
    /// # Errors
    /// Keychain errors as they are; [`KeychainError::Locked`] when the prompt was dismissed.
    pub async fn unlock_keychain(&self) -> Result<KeychainView, Error> {
        self.inner.ports.keychain.unlock().await?;
        // What waited for the keychain is due now.
        self.recover().await?;
        self.inner.changed(Vec::new());
        self.keychain().await
    }

    /// Tells listeners when the keychain is in another state than before.
    fn remember(&self, error: Option<&KeychainError>) {
        let before = std::mem::replace(&mut *lock(&self.inner.keychain_seen), error.cloned());
        if before.as_ref() != error {
            drop(self.inner.events.send(Event::Keychain));
        }
    }
}

/// Remembers that the keychain failed and tells the window, once for a state.
pub(crate) fn keychain_failed(inner: &Inner, error: &KeychainError) {
    let before = lock(&inner.keychain_seen).replace(error.clone());
    if before.as_ref() != Some(error) {
        drop(inner.events.send(Event::Keychain));
    }
}

fn state_word(error: Option<&KeychainError>) -> &'static str {
    match error {
        None => "ready",
        Some(KeychainError::Locked) => "locked",
        Some(KeychainError::Denied) => "denied",
        Some(KeychainError::NotPersistent(_)) => "not_persistent",
        Some(KeychainError::Unavailable(_)) => "unavailable",
        Some(KeychainError::Missing | KeychainError::TooLong { .. } | KeychainError::Other(_)) => "failed",
    }
}
