//! What a person is told of by the desktop: the causes that there are now, and when time alone makes another one.
//!
//! A cause has a key that is the same for as long as it lasts and another one when it comes again. Which of them were
//! told is kept in the database, so that no restart says anything twice; [`plan`] makes of both what is to be said and
//! what is to be taken back. Names and times only: no value comes near this.

mod once;
mod plan;
mod quiet;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

pub use self::once::Once;
pub use self::plan::{Open, Step, plan, still_told};
use crate::catalog::{Catalog, Entry, LoginRow, LoginState};
use crate::credential::{CredentialId, Line, Tone};
use crate::error::{Error, OrNone as _};
use crate::provider::Providers;
use crate::settings::Settings;
use crate::status;
use crate::vault::Vault;

/// The name of the row in `meta` that holds the keys of what was told.
const KEY: &str = "notified";
/// For how long a provider must have failed.
const LONG: SignedDuration = SignedDuration::from_hours(1);
/// How often one login must have been tried in vain meanwhile: a computer that slept for an hour tried only once.
const TRIES: u32 = 6;

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A sign-in has ended.
    SignIn,
    /// A date to rotate by is near.
    RotateSoon,
    /// A date to rotate by is over.
    RotatePast,
    /// A provider has not worked for long.
    ProviderDown,
    /// A renewed token is not in the keychain yet.
    Unsaved,
}

/// What is said together: one notification at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Topic {
    /// What it is about.
    pub about: About,
    /// The issuer, where each has a notification of its own.
    pub issuer: String,
}

/// One thing that somebody must see to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// With what it is said.
    pub topic: Topic,
    /// Tells it from every other one, and from itself when it comes again.
    pub key: String,
    /// The credential, where it is one's.
    pub credential: Option<CredentialId>,
    /// The credential's name. Written by anybody.
    pub name: String,
    /// The provider's name. Written by anybody.
    pub provider: String,
    /// The date to rotate by; otherwise since when it is so.
    pub at: Timestamp,
    /// How many credentials wait for it.
    pub count: usize,
}

/// The causes at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Causes {
    /// All that are to be told.
    pub all: Vec<Cause>,
    /// Whether it is within the quiet hours.
    pub quiet: bool,
    /// When time alone changes any of this.
    pub changes_at: Option<Timestamp>,
}

impl Vault {
    /// Returns what there is to be told now, whether it was told or not.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn causes(&self) -> Result<Causes, Error> {
        let catalog = &self.inner.catalog;
        let now = self.inner.ports.clock.now();
        let settings = self.settings().await?;
        let soon = settings.soon();
        let looked = Looked { now, soon, providers: self.inner.providers() };
        let entries = catalog.concerning(now.checked_add(soon).unwrap_or(now)).await?;
        let mut all: Vec<Cause> = entries.iter().flat_map(|entry| looked.of(entry)).collect();
        if !self.is_offline().await? {
            all.extend(looked.down(&entries));
        }
        let (unsaved, settles_at) = self.left_unsaved(now).await?;
        all.extend(unsaved);
        all.retain(|cause| is_wanted(&settings, cause.topic.about));
        let quiet = quiet::until(&settings, now, &jiff::tz::TimeZone::system());
        let rotation = catalog.next_rotation(now, soon).await?;
        let changes_at = [rotation, settles_at, quiet].into_iter().flatten().min();
        Ok(Causes { all, quiet: quiet.is_some(), changes_at })
    }

    /// Returns the keys of what was told.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn told(&self) -> Result<BTreeSet<String>, Error> {
        let stored = self.inner.catalog.meta_if_any(KEY).await?;
        // What can't be read is told once more.
        Ok(stored.and_then(|stored| serde_json::from_str(&stored).ok_or_none()).unwrap_or_default())
    }

    /// Remembers what was told.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn remember_told(&self, told: &BTreeSet<String>) -> Result<(), Error> {
        let text = serde_json::to_string(told).map_err(|_| Error::Fault)?;
        let mut tx = self.inner.catalog.begin().await?;
        Catalog::set_meta(&mut tx, KEY, &text).await?;
        Ok(tx.commit().await.map_err(crate::error::StorageError::from)?)
    }
}

fn is_wanted(settings: &Settings, about: About) -> bool {
    match about {
        About::SignIn => settings.notify_sign_in,
        About::RotateSoon | About::RotatePast => settings.notify_rotation,
        About::ProviderDown => settings.notify_provider_down,
        About::Unsaved => settings.notify_unsaved,
    }
}

/// What credentials are judged by.
struct Looked {
    now: Timestamp,
    soon: SignedDuration,
    providers: Providers,
}

impl Looked {
    fn of(&self, entry: &Entry) -> impl Iterator<Item = Cause> {
        let sign_in = entry.login.as_deref().and_then(|login| self.sign_in(entry, login));
        sign_in.into_iter().chain(self.rotation(entry))
    }

    fn cause(&self, entry: &Entry, topic: Topic, word: &str, at: Timestamp) -> Cause {
        let row = &entry.credential;
        Cause {
            topic,
            key: format!("{word}:{}:{}", row.id, at.as_millisecond()),
            credential: Some(row.id),
            name: row.name.clone(),
            provider: self.provider(entry),
            at,
            count: 1,
        }
    }

    /// A sign-in that the provider ended, or that it refuses for another reason, unless the person meant it.
    fn sign_in(&self, entry: &Entry, login: &LoginRow) -> Option<Cause> {
        let ended = matches!(login.state, LoginState::SignInNeeded | LoginState::Misconfigured);
        let by_person = login.error.as_ref().is_some_and(|verdict| verdict.code == crate::revoke::REVOKED);
        let state = status::of(entry, self.now, self.soon, false);
        if !ended || by_person || (state.line, state.tone) != (Line::RefreshFailing, Tone::Bad) {
            return None;
        }
        let since = login.failing_since.or(login.error.as_ref().map(|verdict| verdict.at))?;
        let topic = Topic { about: About::SignIn, issuer: login.settings.issuer.clone() };
        Some(self.cause(entry, topic, "sign_in", since))
    }

    fn rotation(&self, entry: &Entry) -> Option<Cause> {
        let row = &entry.credential;
        let by = row.rotate_by.filter(|by| row.chosen.let_end != Some(*by))?;
        let (about, word) = match by {
            by if by <= self.now => (About::RotatePast, "rotate_past"),
            by if by.duration_since(self.now) <= self.soon => (About::RotateSoon, "rotate_soon"),
            _ => return None,
        };
        Some(self.cause(entry, Topic { about, issuer: String::new() }, word, by))
    }

    /// Providers at which logins have failed for long, each once.
    fn down(&self, entries: &[Entry]) -> Vec<Cause> {
        let mut issuers: BTreeMap<&str, Vec<(&Entry, &LoginRow)>> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| !entry.credential.chosen.paused) {
            if let Some(login) = entry.login.as_deref().filter(|login| login.state == LoginState::Waiting) {
                issuers.entry(&login.settings.issuer).or_default().push((entry, login));
            }
        }
        issuers.into_iter().filter_map(|(issuer, logins)| self.one_down(issuer, &logins)).collect()
    }

    fn one_down(&self, issuer: &str, logins: &[(&Entry, &LoginRow)]) -> Option<Cause> {
        let since = logins.iter().filter_map(|(_, login)| login.failing_since).min()?;
        let last = logins.iter().filter_map(|(_, login)| Some(login.error.as_ref()?.at)).max()?;
        let tries = logins.iter().map(|(_, login)| login.failures).max()?;
        if last.duration_since(since) < LONG || tries < TRIES {
            return None;
        }
        Some(Cause {
            topic: Topic { about: About::ProviderDown, issuer: issuer.to_owned() },
            key: format!("down:{issuer}"),
            credential: None,
            name: String::new(),
            provider: self.provider(logins.first()?.0),
            at: since,
            count: logins.len(),
        })
    }

    fn provider(&self, entry: &Entry) -> String {
        let known = entry.credential.provider.as_deref().and_then(|id| self.providers.find(id));
        let issuer = || Some(self.providers.issuer_face(&entry.login.as_deref()?.settings.issuer).0);
        known.map(|provider| provider.name.clone()).or_else(issuer).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "../notifications_test.rs"]
mod tests;
