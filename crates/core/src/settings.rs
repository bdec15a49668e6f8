//! What the person chose: one value of many named parts, kept as JSON in the vault's `meta` table.
//!
//! It is read from the database wherever it matters, so a change in one process holds in all of them at once. What an
//! older or damaged vault does not have, or has wrong, is the default: settings never keep a vault closed.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::activity::Facts;
use crate::catalog::What;
use crate::error::{Error, OrNone as _};
use crate::secret::Secret;
use crate::vault::{Event, Vault};

/// The name of the row in `meta`.
const KEY: &str = "settings";

/// How the window is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How high the rows of the list are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RowHeight {
    /// Two lines.
    #[default]
    Comfortable,
    /// One line.
    Compact,
}

/// The order of the list, as [`crate::view::ListInput`] names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// What needs attention, the recently used, the rest by name.
    #[default]
    Attention,
    /// What ends first.
    Soonest,
    /// By name.
    Name,
    /// What was used last.
    Used,
    /// What was added last.
    Added,
}

/// What the person chose.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Settings {
    /// How the window is coloured.
    pub theme: Theme,
    /// How high the rows of the list are.
    pub row_height: RowHeight,
    /// The order in which the list begins.
    pub order: Order,
    /// The language of the window: `system`, or an IETF tag.
    pub language: String,
    /// The keys that bring the quick palette up from anywhere, as [`crate::hot_key::Keys`] reads them; empty for none.
    pub palette_keys: String,
    /// From how many days before its end something needs attention.
    pub attention_days: u16,
    /// After how many minutes without use the window locks; 0 for never.
    pub lock_after_minutes: u16,
    /// Whether the computer's going to sleep locks the window.
    pub lock_on_sleep: bool,
    /// Whether a screen that locks locks the window.
    pub lock_on_screen_lock: bool,
    /// Whether the system's own authentication unlocks as the passphrase does.
    pub unlock_by_system: bool,
    /// After how many seconds a copied value leaves the clipboard; 0 for never.
    pub clear_clipboard_seconds: u16,
    /// For how many seconds a revealed value is shown.
    pub reveal_seconds: u16,
    /// Whether logins are renewed while the window is locked.
    pub refresh_while_locked: bool,
    /// For how many days the activity log is kept.
    pub keep_log_days: u16,
    /// Whether all ends are kept as a file for calendar programs.
    pub calendar_feed: bool,
    /// Whether the desktop says that a sign-in has ended.
    pub notify_sign_in: bool,
    /// Whether the desktop says that a date to rotate by is near, or over.
    pub notify_rotation: bool,
    /// Whether the desktop says that a provider has not worked for long.
    pub notify_provider_down: bool,
    /// Whether the desktop says that a renewed token is not saved.
    pub notify_unsaved: bool,
    /// Whether there are hours in which the desktop says nothing.
    pub quiet_hours: bool,
    /// When they begin, in minutes after midnight.
    pub quiet_from: u16,
    /// When they end, in minutes after midnight.
    pub quiet_until: u16,
    /// Health: the age in days from which a key is old.
    pub key_age_days: u16,
    /// Health: the longest lifetime of a token in hours.
    pub token_hours: u16,
    /// Health: the days after which what was not used counts as unused.
    pub unused_days: u16,
    /// Health: the shortest shared secret of HS256 in bytes (RFC 7518 §3.2).
    pub secret_bytes: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            row_height: RowHeight::default(),
            order: Order::default(),
            language: "system".to_owned(),
            palette_keys: "Ctrl+Alt+K".to_owned(),
            attention_days: 7,
            lock_after_minutes: 0,
            lock_on_sleep: true,
            lock_on_screen_lock: true,
            unlock_by_system: false,
            clear_clipboard_seconds: 30,
            reveal_seconds: 15,
            refresh_while_locked: true,
            keep_log_days: 180,
            calendar_feed: false,
            notify_sign_in: true,
            notify_rotation: true,
            notify_provider_down: true,
            notify_unsaved: true,
            quiet_hours: false,
            quiet_from: 22 * 60,
            quiet_until: 7 * 60,
            key_age_days: 180,
            token_hours: 24,
            unused_days: 90,
            secret_bytes: 32,
        }
    }
}

impl Settings {
    /// Reads what was stored; what can't be read is the default, but for the lock: damage must not open a door.
    fn read(stored: &str) -> Self {
        // A list would be read as a value without names.
        let parts: Option<serde_json::Map<_, _>> = serde_json::from_str(stored).ok_or_none();
        let read = parts.and_then(|parts| serde_json::from_value(parts.into()).ok_or_none());
        let read = read.filter(|read: &Self| read.check().is_ok());
        read.unwrap_or_else(|| Self { lock_after_minutes: crate::app_lock::FIRST_LOCK_AFTER, ..Self::default() })
    }

    /// Within which time something needs attention before it ends.
    pub(crate) fn soon(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.attention_days))
    }

    /// Tells whether these are less secure than `before`: something that locks no more, a second way to unlock, a longer
    /// wait for the lock, for the clipboard or for a revealed value. 0 is for ever where it is allowed.
    fn loosen(&self, before: &Self) -> bool {
        let longer = |now: u16, before: u16| before != 0 && (now == 0 || now > before);
        longer(self.lock_after_minutes, before.lock_after_minutes)
            || longer(self.clear_clipboard_seconds, before.clear_clipboard_seconds)
            || longer(self.reveal_seconds, before.reveal_seconds)
            || (before.lock_on_sleep && !self.lock_on_sleep)
            || (before.lock_on_screen_lock && !self.lock_on_screen_lock)
            || (!before.unlock_by_system && self.unlock_by_system)
    }

    /// Refuses what would make the product useless or unsafe.
    fn check(&self) -> Result<(), Error> {
        let within = [
            ("attention_days", self.attention_days, 1, 90),
            ("lock_after_minutes", self.lock_after_minutes, 0, 24 * 60),
            ("clear_clipboard_seconds", self.clear_clipboard_seconds, 0, 3600),
            ("reveal_seconds", self.reveal_seconds, 5, 120),
            ("keep_log_days", self.keep_log_days, 30, 365),
            ("quiet_from", self.quiet_from, 0, 24 * 60 - 1),
            ("quiet_until", self.quiet_until, 0, 24 * 60 - 1),
            ("key_age_days", self.key_age_days, 1, 3650),
            ("token_hours", self.token_hours, 1, 24 * 365),
            ("unused_days", self.unused_days, 1, 3650),
            ("secret_bytes", self.secret_bytes, 16, 128),
        ];
        for (field, value, least, most) in within {
            if !(least..=most).contains(&value) {
                return Err(Error::Invalid { field, why: format!("give {least} to {most}") });
            }
        }
        crate::hot_key::Keys::read(&self.palette_keys)?;
        if self.quiet_hours && self.quiet_from == self.quiet_until {
            return Err(Error::Invalid { field: "quiet_until", why: "give another time than the start".to_owned() });
        }
        let tag = |text: &str| {
            (2..=35).contains(&text.len()) && text.chars().all(|one| one.is_ascii_alphanumeric() || one == '-')
        };
        if tag(&self.language) {
            Ok(())
        } else {
            Err(Error::Invalid { field: "language", why: "give system, or a language tag such as de".to_owned() })
        }
    }
}

impl Vault {
    /// Returns what the person chose.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn settings(&self) -> Result<Settings, Error> {
        let stored = self.inner.catalog.meta_if_any(KEY).await?;
        Ok(stored.map(|stored| Settings::read(&stored)).unwrap_or_default())
    }

    /// As [`Vault::settings`]; those that can't be read keep nothing from working, and are the default.
    pub(crate) async fn settings_or_default(&self) -> Settings {
        self.settings().await.unwrap_or_else(|error| {
            tracing::warn!(code = error.code(), "the settings could not be read");
            Settings::default()
        })
    }

    /// Changes some settings, by their names; the rest stays. Returns all of them. What loosens security needs the
    /// passphrase, if one is set.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that there is not or a value that can't be; [`Error::PassphraseNeeded`], and as
    /// [`Vault::unlock`] for one that is wrong; storage errors.
    pub async fn change_settings(
        &self,
        change: &serde_json::Map<String, serde_json::Value>,
        passphrase: Option<&Secret>,
    ) -> Result<Settings, Error> {
        // Before the transaction, so that no guess holds the database up.
        if let Some(passphrase) = passphrase {
            self.prove(passphrase).await?;
        }
        let has_passphrase = self.has_passphrase().await?;
        let invalid = |why: String| Error::Invalid { field: "settings", why };
        let mut tx = self.inner.catalog.begin().await?;
        let stored = crate::catalog::Catalog::meta_in(&mut tx, KEY).await?;
        let before = stored.map(|stored| Settings::read(&stored)).unwrap_or_default();
        let mut parts = serde_json::to_value(&before).map_err(|error| invalid(error.to_string()))?;
        for (name, value) in change {
            match parts.get_mut(name) {
                Some(part) => *part = value.clone(),
                None => return Err(invalid("there is no such setting".to_owned())),
            }
        }
        let settings: Settings = serde_json::from_value(parts).map_err(|error| invalid(error.to_string()))?;
        settings.check()?;
        if has_passphrase && passphrase.is_none() && settings.loosen(&before) {
            return Err(Error::PassphraseNeeded);
        }
        // It is for whoever sets a passphrase to decide; nobody may have decided before.
        if !has_passphrase && settings.unlock_by_system {
            return Err(Error::NoPassphrase);
        }
        if settings.calendar_feed && !before.calendar_feed {
            self.may_feed_calendar()?;
        }
        let text = serde_json::to_string(&settings).map_err(|error| invalid(error.to_string()))?;
        crate::catalog::Catalog::set_meta(&mut tx, KEY, &text).await?;
        tx.commit().await.map_err(crate::error::StorageError::from)?;
        if settings != before {
            // Names only: what was chosen is in the settings.
            let names = change.keys().cloned().collect();
            self.inner.note_of_vault(What::SettingsChanged, Facts { names, ..Facts::default() }).await;
        }
        if settings.keep_log_days < before.keep_log_days {
            self.prune_log().await;
        }
        let fed = if change.contains_key("calendar_feed") { self.feed_calendar().await } else { Ok(()) };
        // After the file: whoever hears it may look. Nobody listening is fine.
        drop(self.inner.events.send(Event::Settings));
        fed.map(|()| settings)
    }
}

#[cfg(test)]
#[path = "settings_test.rs"]
mod tests;
