//! Commands about what the person chose, and about the program itself.

use std::path::PathBuf;

use fobwatch_core::Error;
use fobwatch_core::secret::Secret;
use fobwatch_core::settings::Settings;
use fobwatch_platform::Home;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Answer, vault, vault_behind_lock};
use crate::host::Host;
use crate::input;

/// Theme and language are needed to say "Locked"; nothing in them is of the vault.
pub(crate) async fn settings(host: Host) -> Answer<Settings> {
    Ok(vault_behind_lock(&host).await?.settings().await?)
}

pub(crate) async fn change_settings(
    host: Host,
    change: Map<String, Value>,
    passphrase: Option<Secret>,
) -> Answer<Settings> {
    input::settings(&change)?;
    if let Some(passphrase) = &passphrase {
        input::secret("passphrase", passphrase)?;
    }
    let vault = vault(&host).await?;
    if change.get("unlock_by_system") == Some(&Value::Bool(true)) {
        // A second way in that leads nowhere is not offered.
        fobwatch_platform::system_auth::available().await.map_err(Error::from)?;
    }
    Ok(vault.change_settings(&change, passphrase.as_ref()).await?)
}

/// Where things are, for the settings.
#[derive(Serialize)]
pub(crate) struct ProgramView {
    version: &'static str,
    /// The vault's folder.
    home: Option<PathBuf>,
    /// Where the calendar's feed is, or would be.
    calendar: String,
    /// Where the log is.
    log: Option<PathBuf>,
    /// The command, if it is beside this program or on the path.
    fob: Option<PathBuf>,
    /// Whether the command is found by its name alone.
    on_path: bool,
    /// Whether there is a tray icon.
    tray: bool,
}

pub(crate) async fn program(host: Host) -> Answer<ProgramView> {
    let calendar = vault(&host).await?.calendar_feed().await?.path;
    let name = if cfg!(windows) { "fob.exe" } else { "fob" };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file());
    let (home, log) = match Home::resolve() {
        Ok(home) => (Some(home.data), Some(home.log)),
        Err(_) => (None, None),
    };
    Ok(ProgramView {
        version: env!("CARGO_PKG_VERSION"),
        home,
        calendar,
        log,
        on_path: in_path.is_some(),
        fob: in_path.or_else(|| beside(name)),
        tray: host.shell().has_tray(),
    })
}

fn beside(name: &str) -> Option<PathBuf> {
    let Ok(own) = std::env::current_exe() else { return None };
    let path = own.parent()?.join(name);
    path.is_file().then_some(path)
}
