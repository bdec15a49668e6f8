//! Looks for a newer version, in builds of a publisher who signs updates (feature `updater`).
//!
//! What a package manager has installed, it updates: no package is built with this, and without it nothing of the
//! updater is in the program. Where it is, the configuration pins the publisher's key, the version is part of what is
//! signed, so that an old release is no update, and the addresses are https (U13). Nothing is fetched or put in place
//! here: a newer version is named in the log.

use tauri::AppHandle;
use tauri_plugin_updater::UpdaterExt as _;

/// Asks once whether there is a newer version.
pub(crate) async fn look(app: AppHandle) {
    let found = match app.updater() {
        Ok(updater) => updater.check().await,
        Err(error) => Err(error),
    };
    match found {
        Ok(Some(update)) => tracing::info!(version = update.version, "a newer version is there"),
        Ok(None) => tracing::info!("no newer version is there"),
        Err(error) => tracing::warn!(%error, "newer versions could not be asked for"),
    }
}
