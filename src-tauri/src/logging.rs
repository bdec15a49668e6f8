//! The log: one file beside the vault, closed to others.
//!
//! No secret reaches it, because none can be formatted. A panic is written with its place and without its text,
//! which could hold a value.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Mutex;

use fobwatch_platform::Home;
use tracing_subscriber::EnvFilter;

/// A log that has grown beyond this moves aside at the next start, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Starts the log. A log that can't be written stops nothing.
pub(crate) fn start() {
    let level = EnvFilter::try_from_env("FOB_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let file = Home::resolve().map_err(io::Error::other).and_then(|home| {
        home.create().map_err(io::Error::other)?;
        open(&home.log)
    });
    if let Ok(file) = file {
        let log = tracing_subscriber::fmt().with_env_filter(level).with_ansi(false).with_writer(Mutex::new(file));
        // Only a second start within one process could fail, and there is none.
        drop(log.try_init());
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, thread = std::thread::current().name(), "a panic");
    }));
}

fn open(folder: &Path) -> io::Result<File> {
    let path = folder.join("fobwatch.log");
    if path.metadata().is_ok_and(|found| found.len() > LARGEST) {
        std::fs::rename(&path, folder.join("fobwatch.1.log"))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_log_is_closed_to_others_and_does_not_grow_for_ever() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = std::env::temp_dir().join(format!("fobwatch-log-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        let file = open(&folder).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        file.set_len(LARGEST + 1).unwrap();
        assert_eq!(open(&folder).unwrap().metadata().unwrap().len(), 0);
        assert!(folder.join("fobwatch.1.log").exists());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
