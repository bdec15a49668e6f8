//! What the person chose: one value of many named parts, kept as JSON in the vault's `meta` table.
//!
//! It is read from the database wherever it matters, so a change in one process holds in all of them at once. What an
//! older or damaged vault does not have, or has wrong, is the default: settings never keep a vault closed.

use serde::{Deserialize, Serialize};

use crate::activity::Facts;
use crate::catalog::What;
use crate::error::Error;
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

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Settings {
    /// How the window is coloured.
    pub theme: Theme,
    /// How high the rows of the list are.
    pub row_height: RowHeight,
    /// The language of the window: `system`, or an IETF tag.
    pub language: String,
    /// From how many days before its end something needs attention.
    pub attention_days: u16,
    /// After how many minutes without use the window locks; 0 for never.
    pub lock_after_minutes: u16,
    /// After how many seconds a copied value leaves the clipboard; 0 for never.
    pub clear_clipboard_seconds: u16,
    /// For how many seconds a revealed value is shown.
    pub reveal_seconds: u16,
    /// Whether logins are renewed while the window is locked.
    pub refresh_while_locked: bool,
    /// For how many days the activity log is kept.
    pub keep_log_days: u16,
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
            language: "system".to_owned(),
            attention_days: 7,
            lock_after_minutes: 0,
            clear_clipboard_seconds: 30,
            reveal_seconds: 15,
            refresh_while_locked: true,
            keep_log_days: 180,
            key_age_days: 180,
            token_hours: 24,
            unused_days: 90,
            secret_bytes: 32,
        }
    }
}

impl Settings {
    /// Reads what was stored; what can't be read is the default.
    fn read(stored: &str) -> Self {
        serde_json::from_str(stored).ok().filter(|read: &Self| read.check().is_ok()).unwrap_or_default()
    }

    /// Refuses what would make the product useless or unsafe.
    fn check(&self) -> Result<(), Error> {
        let within = [
            ("attention_days", self.attention_days, 1, 90),
            ("lock_after_minutes", self.lock_after_minutes, 0, 24 * 60),
            ("clear_clipboard_seconds", self.clear_clipboard_seconds, 0, 3600),
            ("reveal_seconds", self.reveal_seconds, 5, 120),
            ("keep_log_days", self.keep_log_days, 30, 365),
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

    /// Changes some settings, by their names; the rest stays. Returns all of them.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that there is not or a value that can't be; storage errors.
    pub async fn change_settings(
        &self,
        change: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Settings, Error> {
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
        // Nobody listening is fine.
        drop(self.inner.events.send(Event::Settings));
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fakes::World;

    fn change(value: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
        value.as_object().unwrap().clone()
    }

    #[tokio::test]
    async fn a_change_holds_and_leaves_the_rest() {
        let world = World::new();
        let vault = world.open().await;
        assert_eq!(vault.settings().await.unwrap(), Settings::default());
        vault.change_settings(&change(json!({ "keep_log_days": 30 }))).await.unwrap();
        vault.change_settings(&change(json!({ "theme": "dark" }))).await.unwrap();
        let wanted = Settings { keep_log_days: 30, theme: Theme::Dark, ..Settings::default() };
        assert_eq!(vault.settings().await.unwrap(), wanted);
    }

    #[tokio::test]
    async fn what_can_not_be_is_refused_and_changes_nothing() {
        let world = World::new();
        let vault = world.open().await;
        for bad in [
            json!({ "keep_log_days": 0 }),
            json!({ "keep_log_days": "30" }),
            json!({ "reveal_seconds": 100_000 }),
            json!({ "theme": "pink" }),
            json!({ "language": "<script>" }),
            json!({ "no_such": 1 }),
            json!({ "attention_days": 14, "secret_bytes": 1 }),
        ] {
            assert!(vault.change_settings(&change(bad.clone())).await.is_err(), "{bad}");
        }
        assert_eq!(vault.settings().await.unwrap(), Settings::default());
    }

    #[test]
    fn stored_nonsense_is_the_default() {
        for bad in ["", "[]", "null", "{\"theme\":1}", "{\"keep_log_days\":0}"] {
            assert_eq!(Settings::read(bad), Settings::default(), "{bad}");
        }
        assert_eq!(Settings::read("{\"from_a_newer_one\":1,\"key_age_days\":9}").key_age_days, 9);
    }
}
