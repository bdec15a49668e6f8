//! The app lock, as a person sets and uses it in the window.

use anyhow::Result;

use crate::window::{Window, key};

/// A passphrase that nobody else has.
pub const PASSPHRASE: &str = "correct horse battery";

/// Sets the passphrase, in a window that has none yet.
pub async fn set_passphrase(window: &Window) -> Result<()> {
    window.press(&[key::CONTROL, key::SHIFT, 'l']).await?;
    window.find("dialog", "Set a passphrase").await?;
    window.type_into("textbox", "New passphrase", PASSPHRASE).await?;
    window.type_into("textbox", "Once more", &format!("{PASSPHRASE}{}", key::ENTER)).await?;
    window.gone("dialog", "Set a passphrase").await?;
    window.shows("Locks in 1").await
}

/// Locks the window by its key.
pub async fn lock(window: &Window) -> Result<()> {
    window.press(&[key::CONTROL, key::SHIFT, 'l']).await?;
    window.find("heading", "Locked").await.map(drop)
}
