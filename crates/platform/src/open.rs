//! Opens the person's vault: the one place where folders, ports and machine come together.
//!
//! Window and command must name the machine alike: a vault takes tokens that were stored under another name for
//! those of a copy elsewhere.

use fobwatch_core::error::StorageError;
use fobwatch_core::ports::Ports;
use fobwatch_core::{Error, Vault};

use crate::machine::machine_id;
use crate::paths::{Home, PathError};

/// Opens the vault of this person on this machine, making it when it is not there. Touches no keychain.
///
/// # Errors
/// When the vault's folder or files can't be made, read or written.
pub async fn open_vault(ports: Ports) -> Result<Vault, Error> {
    let home = Home::resolve().map_err(StorageError::from)?;
    home.create().map_err(StorageError::from)?;
    Ok(Vault::open(home.data, ports, &machine_id()).await?)
}

impl From<PathError> for StorageError {
    fn from(error: PathError) -> Self {
        match error {
            PathError::ReadOnly { .. } | PathError::Denied { .. } => Self::ReadOnly,
            PathError::Full { .. } => Self::Full,
            PathError::Network { path, kind } => Self::Network { place: path.display().to_string(), kind },
            PathError::NoHome | PathError::NotADirectory { .. } | PathError::Other { .. } => {
                Self::Other(error.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_takes_no_writes_is_not_an_unknown_failure() {
        let path = std::path::PathBuf::from("/x");
        assert_eq!(StorageError::from(PathError::Denied { path: path.clone() }), StorageError::ReadOnly);
        assert_eq!(StorageError::from(PathError::Full { path }), StorageError::Full);
    }
}
