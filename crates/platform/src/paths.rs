//! Where Fobwatch keeps its files.
//!
//! One folder for the vault and one for the log. Both belong to the person alone (0700 on Unix): a folder that is
//! open to others is closed here, before anything is written into it.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::file_system::network;

/// Why there is no usable folder.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// The environment names no home folder.
    #[error("there is no home folder: set HOME or FOB_HOME")]
    NoHome,
    /// Something else than a folder is in the way.
    #[error("{} is not a folder", path.display())]
    NotADirectory {
        /// What is in the way.
        path: PathBuf,
    },
    /// The file system takes no writes.
    #[error("{} is on a read-only file system", path.display())]
    ReadOnly {
        /// The folder that was wanted.
        path: PathBuf,
    },
    /// The folder belongs to somebody else.
    #[error("{} may not be written by this user", path.display())]
    Denied {
        /// The folder that was wanted.
        path: PathBuf,
    },
    /// No room for a folder.
    #[error("there is no room for {}", path.display())]
    Full {
        /// The folder that was wanted.
        path: PathBuf,
    },
    /// The folder is on a network file system, where a vault is not safe.
    #[error("{} is on a network file system ({kind})", path.display())]
    Network {
        /// The folder that was wanted.
        path: PathBuf,
        /// The type of the file system.
        kind: String,
    },
    /// Anything else.
    #[error("{} could not be made ready: {source}", path.display())]
    Other {
        /// The folder that was wanted.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl PathError {
    fn from_io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => Self::NotADirectory { path },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            io::ErrorKind::PermissionDenied => Self::Denied { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            _ => Self::Other { path, source },
        }
    }
}

/// The folders of one vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Holds the catalog, the journal and the settings.
    pub data: PathBuf,
    /// Holds the log.
    pub log: PathBuf,
}

impl Home {
    /// Finds the folders from the environment, without touching the disk.
    ///
    /// `$FOB_HOME` (and `$FOB_HOME/log`) if set; otherwise what the platform's convention says.
    ///
    /// # Errors
    /// [`PathError::NoHome`] if the environment names no place at all.
    pub fn resolve() -> Result<Self, PathError> {
        Self::resolve_from(|name| std::env::var_os(name))
    }

    fn resolve_from(var: impl Fn(&str) -> Option<OsString>) -> Result<Self, PathError> {
        let set = |name: &str| var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(home) = set("FOB_HOME") {
            let data = std::path::absolute(&home).map_err(|error| PathError::from_io(&home, error))?;
            return Ok(Self { log: data.join("log"), data });
        }
        by_convention(set).ok_or(PathError::NoHome)
    }

    /// Makes both folders, closed to others, and makes sure that they can be written.
    ///
    /// # Errors
    /// What is in the way, and where. Nothing is made where a vault is not safe.
    pub fn create(&self) -> Result<(), PathError> {
        self.is_local()?;
        own_folder(&self.data)?;
        own_folder(&self.log)
    }

    /// The log may lie anywhere. What must not is the database and the locks, which may be links of their own.
    fn is_local(&self) -> Result<(), PathError> {
        let parts = [self.data.clone(), self.data.join("locks"), self.data.join("vault.db")];
        let far = parts.into_iter().find_map(|path| network(&path).map(|kind| PathError::Network { path, kind }));
        far.map_or(Ok(()), Err)
    }
}

/// The XDG base directories; a relative value is to be ignored by their specification.
#[cfg(not(any(target_os = "macos", windows)))]
fn by_convention(set: impl Fn(&str) -> Option<PathBuf>) -> Option<Home> {
    let base = |name: &str, fallback: &str| {
        let xdg = set(name).filter(|path| path.is_absolute());
        xdg.or_else(|| set("HOME").map(|home| home.join(fallback)))
    };
    let data = base("XDG_DATA_HOME", ".local/share")?.join("fobwatch");
    let log = base("XDG_STATE_HOME", ".local/state")?.join("fobwatch");
    Some(Home { data, log })
}

/// The folders of the library that macOS backs up and shows in Console.
#[cfg(target_os = "macos")]
fn by_convention(set: impl Fn(&str) -> Option<PathBuf>) -> Option<Home> {
    let library = set("HOME")?.join("Library");
    Some(Home { data: library.join("Application Support/Fobwatch"), log: library.join("Logs/Fobwatch") })
}

/// The local (never roaming) folder: secrets of one machine do not travel.
#[cfg(windows)]
fn by_convention(set: impl Fn(&str) -> Option<PathBuf>) -> Option<Home> {
    let data = set("LOCALAPPDATA")?.join("Fobwatch");
    Some(Home { log: data.join("log"), data })
}

/// Makes one folder and its parents; an existing one is closed to others.
#[cfg(unix)]
fn own_folder(path: &Path) -> Result<(), PathError> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

    let failed = |error: io::Error| PathError::from_io(path, error);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
    }
    let wanted = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    rustix::fs::access(path, wanted).map_err(|errno| failed(errno.into()))
}

/// Makes one folder and its parents; the local application folder is closed to others already.
#[cfg(not(unix))]
fn own_folder(path: &Path) -> Result<(), PathError> {
    std::fs::create_dir_all(path).map_err(|error| PathError::from_io(path, error))?;
    match std::fs::metadata(path) {
        Ok(found) if found.permissions().readonly() => Err(PathError::ReadOnly { path: path.to_owned() }),
        Ok(_) => Ok(()),
        Err(error) => Err(PathError::from_io(path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(vars: &[(&str, &str)]) -> Result<Home, PathError> {
        Home::resolve_from(|name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn fob_home_holds_everything() {
        let home = resolved(&[("FOB_HOME", "/srv/fob"), ("HOME", "/home/ada"), ("XDG_STATE_HOME", "/x")]).unwrap();
        assert_eq!(home, Home { data: "/srv/fob".into(), log: "/srv/fob/log".into() });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_follows_the_base_directories() {
        let home = resolved(&[("HOME", "/home/ada")]).unwrap();
        assert_eq!(home.data, Path::new("/home/ada/.local/share/fobwatch"));
        assert_eq!(home.log, Path::new("/home/ada/.local/state/fobwatch"));
        let home = resolved(&[("HOME", "/home/ada"), ("XDG_DATA_HOME", "/d"), ("XDG_STATE_HOME", "not/absolute")]);
        let home = home.unwrap();
        assert_eq!(home.data, Path::new("/d/fobwatch"));
        assert_eq!(home.log, Path::new("/home/ada/.local/state/fobwatch"));
    }

    #[test]
    fn an_empty_environment_is_an_answer_and_not_a_guess() {
        assert!(matches!(resolved(&[("FOB_HOME", ""), ("HOME", "")]), Err(PathError::NoHome)));
    }

    #[cfg(unix)]
    #[test]
    fn the_folders_are_closed_to_others_even_if_they_were_open() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let home = Home { data: root.path().join("a/data"), log: root.path().join("a/log") };
        std::fs::create_dir_all(&home.data).unwrap();
        std::fs::set_permissions(&home.data, std::fs::Permissions::from_mode(0o755)).unwrap();
        home.create().unwrap();
        home.create().unwrap();
        for folder in [&home.data, &home.log] {
            assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700, "{folder:?}");
        }
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        std::fs::write(&file, "").unwrap();
        for data in [file.clone(), file.join("below")] {
            let home = Home { log: root.path().join("log"), data: data.clone() };
            let error = home.create().unwrap_err();
            assert!(matches!(&error, PathError::NotADirectory { path } if *path == data), "{error:?}");
        }
    }

    #[test]
    fn each_refusal_of_the_system_keeps_its_kind() {
        let kind = |kind: io::ErrorKind| PathError::from_io(Path::new("/x"), kind.into());
        assert!(matches!(kind(io::ErrorKind::ReadOnlyFilesystem), PathError::ReadOnly { .. }));
        assert!(matches!(kind(io::ErrorKind::PermissionDenied), PathError::Denied { .. }));
        assert!(matches!(kind(io::ErrorKind::StorageFull), PathError::Full { .. }));
        assert!(matches!(kind(io::ErrorKind::Interrupted), PathError::Other { .. }));
    }
}
