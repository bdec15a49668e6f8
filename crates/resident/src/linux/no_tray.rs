//! Says once that the desktop shows no tray icons: closing the window is the end of the program there, which nobody
//! would guess who lets it renew their logins.
//!
//! It is said when a window is there, so that somebody is there to read it and the desktop has come up.

use std::time::Duration;

use fobwatch_core::Error;
use fobwatch_core::notifications::Once;

use crate::Host;
use crate::notifications::no_tray;
use crate::speech::Language;

/// For how long a tray may come after the window.
const PATIENCE: Duration = Duration::from_secs(5);

/// A window is there: says it if there is no tray and nobody said it before.
pub(crate) async fn tell(host: Host) {
    if host.stays_without_window().await {
        return;
    }
    tracing::info!("a window is there, and no tray");
    host.clock().sleep(PATIENCE).await;
    if host.stays_without_window().await || host.is_quitting() {
        return;
    }
    if let Err(error) = say(&host).await {
        tracing::warn!(code = error.code(), "whether it was said that there is no tray is not known");
    }
}

async fn say(host: &Host) -> Result<(), Error> {
    let vault = host.vault().await?;
    let language = Language::chosen(&vault.settings().await?.language);
    host.notifier.say_once(&vault, Once::NoTray, no_tray(language)).await
}
