//! What is told once for each vault, however long it stays so.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::error::{Error, OrNone as _};
use crate::vault::Vault;

/// The name of the row in `meta` that holds the words of what was told.
pub(super) const KEY: &str = "told_once";

/// What is told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// The desktop shows no tray icons.
    NoTray,
}

impl Once {
    fn word(self) -> &'static str {
        match self {
            Self::NoTray => "no_tray",
        }
    }
}

impl Vault {
    /// Tells whether this was told.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn was_told(&self, what: Once) -> Result<bool, Error> {
        Ok(words(self.inner.catalog.meta_if_any(KEY).await?).contains(what.word()))
    }

    /// Remembers that this was told.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn remember_once(&self, what: Once) -> Result<(), Error> {
        let mut tx = self.inner.catalog.begin().await?;
        let mut words = words(Catalog::meta_in(&mut tx, KEY).await?);
        words.insert(what.word().to_owned());
        let text = serde_json::to_string(&words).map_err(|_| Error::Fault)?;
        Catalog::set_meta(&mut tx, KEY, &text).await?;
        Ok(tx.commit().await.map_err(crate::error::StorageError::from)?)
    }
}

/// What can't be read is told once more.
fn words(stored: Option<String>) -> BTreeSet<String> {
    stored.and_then(|stored| serde_json::from_str(&stored).ok_or_none()).unwrap_or_default()
}
