//! Reads the provider files of a person: `$FOB_HOME/providers/*.toml`.
//!
//! Files are read when the vault opens and when providers are listed. Nothing watches the folder, and nothing in it
//! can keep the vault from opening.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::check::Finding;

/// The folder below the vault's home.
pub(super) const FOLDER: &str = "providers";
/// The largest file that is read, in bytes.
const LARGEST: u64 = 256 * 1024;
/// How many files are read.
const MOST: usize = 200;

/// One file, or why it can't be read.
pub(super) type Read = Result<(String, String), Finding>;

/// Reads all provider files of a vault, in the order of their names.
pub(super) fn of_home(home: &Path) -> Vec<Read> {
    let folder = home.join(FOLDER);
    let items = match std::fs::read_dir(&folder) {
        Ok(items) => items,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => return vec![Err(unreadable(FOLDER, why(&error)))],
    };
    let mut paths: Vec<PathBuf> = items.flatten().map(|item| item.path()).filter(|path| is_ours(path)).collect();
    paths.sort();
    paths.iter().take(MOST).map(|path| one(path)).collect()
}

/// Tells whether a path is called like a provider file; editors leave others behind.
fn is_ours(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && path.extension().is_some_and(|extension| extension == "toml")
}

/// Reads one file.
pub(super) fn one(path: &Path) -> Read {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let name = crate::answer::harmless(&name, 100);
    let because = |error: io::Error| unreadable(&name, why(&error));
    // A pipe or a device would be waited for.
    if !std::fs::metadata(path).map_err(because)?.is_file() {
        return Err(unreadable(&name, "it is no file"));
    }
    let mut text = String::new();
    let read = File::open(path).map_err(because)?.take(LARGEST + 1).read_to_string(&mut text).map_err(because)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > LARGEST {
        return Err(unreadable(&name, "it is larger than 256 KiB"));
    }
    Ok((name, text))
}

fn why(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::InvalidData => "it is not text in UTF-8",
        io::ErrorKind::NotFound => "there is no such file",
        io::ErrorKind::PermissionDenied => "its permissions do not allow it",
        _ => "the disk refused",
    }
}

fn unreadable(file: &str, why: &str) -> Finding {
    Finding { file: file.to_owned(), line: None, message: format!("it can't be read: {why}.") }
}
