//! Opens the person's vault: the one place where folders, ports and machine come together.
//!
//! Window and command must name the machine alike: a vault takes tokens that were stored under another name for
//! those of a copy elsewhere.

use fobwatch_core::error::StorageError;
use fobwatch_core::ports::Ports;
use fobwatch_core::{Error, Vault};

use crate::paths::{Home, PathError};

/// Opens the vault of this person on this machine, making it when it is not there. Touches no keychain.
///
/// # Errors
/// When the vault's folder or files can't be made, read or written.
pub async fn open_vault(ports: Ports) -> Result<Vault, Error> {
    let home = Home::resolve().map_err(StorageError::from)?;
    home.create().map_err(StorageError::from)?;
    Ok(Vault::open(home.data, ports, &machine()).await?)
}

impl From<PathError> for StorageError {
    fn from(error: PathError) -> Self {
        match error {
            PathError::ReadOnly { .. } | PathError::Denied { .. } => Self::ReadOnly,
            PathError::Full { .. } => Self::Full,
            PathError::NoHome | PathError::NotADirectory { .. } | PathError::Other { .. } => {
                Self::Other(error.to_string())
            }
        }
    }
}

/// Returns a text that is the same on this machine always and different on others.
#[must_use]
pub fn machine() -> String {
    machine_id().unwrap_or_else(host_name)
}

/// The id that systemd and D-Bus give to an installation.
fn machine_id() -> Option<String> {
    ["/etc/machine-id", "/var/lib/dbus/machine-id"]
        .into_iter()
        .flat_map(std::fs::read_to_string)
        .map(|id| id.trim().to_owned())
        .find(|id| !id.is_empty())
}

#[cfg(unix)]
fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host_name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_has_a_name_and_keeps_it() {
        assert!(!machine().is_empty());
        assert_eq!(machine(), machine());
    }

    #[test]
    fn a_folder_that_takes_no_writes_is_not_an_unknown_failure() {
        let path = std::path::PathBuf::from("/x");
        assert_eq!(StorageError::from(PathError::Denied { path: path.clone() }), StorageError::ReadOnly);
        assert_eq!(StorageError::from(PathError::Full { path }), StorageError::Full);
    }
}
