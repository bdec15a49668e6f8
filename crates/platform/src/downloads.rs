//! Where a person finds what was written for them, and how it is written there: never over something, never for others.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How many names are tried before giving up.
const TRIES: u32 = 1000;

/// Writes a new file `NAME.ENDING` (`NAME-2.ENDING` if there is one) into the person's folder for downloads; returns
/// where it is.
///
/// # Errors
/// When there is no such folder, or it can't be written.
pub fn write_download(name: &str, ending: &str, text: &str) -> io::Result<PathBuf> {
    let folder = folder().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no home folder"))?;
    write_new(&folder, name, ending, text)
}

fn write_new(folder: &Path, name: &str, ending: &str, text: &str) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    for number in 1..TRIES {
        let suffix = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{name}{suffix}.{ending}"));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn home() -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    std::env::var_os(name).filter(|home| !home.is_empty()).map(PathBuf::from)
}

#[cfg(any(target_os = "macos", windows))]
fn folder() -> Option<PathBuf> {
    Some(home()?.join("Downloads"))
}

/// As the desktop says (xdg-user-dirs), or the usual name, or home itself.
#[cfg(not(any(target_os = "macos", windows)))]
fn folder() -> Option<PathBuf> {
    let home = home()?;
    let config = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let config = config.unwrap_or_else(|| home.join(".config"));
    let said = std::fs::read_to_string(config.join("user-dirs.dirs")).unwrap_or_default();
    Some(named(&said, &home).unwrap_or_else(|| home.join("Downloads")))
}

/// Reads `XDG_DOWNLOAD_DIR="$HOME/Downloads"`.
#[cfg(not(any(target_os = "macos", windows)))]
fn named(said: &str, home: &Path) -> Option<PathBuf> {
    let value = said.lines().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?;
    let value = value.trim().trim_matches('"');
    match value.strip_prefix("$HOME/") {
        Some(below) => Some(home.join(below)),
        None if value.starts_with('/') => Some(PathBuf::from(value)),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_never_written_over_and_belongs_to_the_person_alone() {
        let folder = tempfile::tempdir().unwrap();
        let one = write_new(&folder.path().join("new"), "log", "csv", "1").unwrap();
        let two = write_new(&folder.path().join("new"), "log", "csv", "2").unwrap();
        assert!(one.ends_with("new/log.csv") && two.ends_with("new/log-2.csv"));
        assert_eq!(std::fs::read_to_string(one).unwrap(), "1");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(two).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_folder_is_the_one_that_the_desktop_names() {
        let home = Path::new("/home/ada");
        let said = "# a comment\nXDG_DESKTOP_DIR=\"$HOME/Desktop\"\nXDG_DOWNLOAD_DIR=\"$HOME/Dl\"\n";
        assert_eq!(named(said, home), Some("/home/ada/Dl".into()));
        assert_eq!(named("XDG_DOWNLOAD_DIR=\"/srv/dl\"", home), Some("/srv/dl".into()));
        assert_eq!(named("XDG_DOWNLOAD_DIR=relative", home), None);
        assert_eq!(named("", home), None);
    }
}
