//! The log: one file of each program beside the vault, closed to others.
//!
//! No secret reaches it, because none of ours can be formatted, and libraries are left out: theirs may hold addresses
//! with what a sign-in must keep to itself. A panic is written with its place and without its text,
//! which could hold a value.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Mutex;

use fobwatch_platform::Home;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// A log that has grown beyond this moves aside at the next start, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Starts the log of a program, such as `fobwatch`. A log that can't be written stops nothing.
pub fn start(program: &str) {
    let file = Home::resolve().map_err(io::Error::other).and_then(|home| {
        home.create().map_err(io::Error::other)?;
        open(&home.log, program)
    });
    if let Ok(file) = file {
        let to_file = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(file));
        let ours = ours(&std::env::var("FOB_LOG").unwrap_or_default());
        // Only a second start within one process could fail, and there is none.
        drop(tracing_subscriber::registry().with(to_file).with(ours).try_init());
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, thread = std::thread::current().name(), "a panic");
    }));
}

/// Lets our own crates through, from this level on.
fn ours(level: &str) -> Targets {
    // Nothing said would be read as "errors only".
    let level = if level.is_empty() { Ok(LevelFilter::WARN) } else { level.parse() };
    Targets::new().with_target("fob", level.unwrap_or(LevelFilter::WARN))
}

fn open(folder: &Path, program: &str) -> io::Result<File> {
    let path = folder.join(format!("{program}.log"));
    if path.metadata().is_ok_and(|found| found.len() > LARGEST) {
        std::fs::rename(&path, folder.join(format!("{program}.1.log")))?;
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
    use tracing::Level;

    #[test]
    fn the_log_of_a_library_is_left_out_at_every_level() {
        for level in ["trace", "debug", "webbrowser=trace", ""] {
            let ours = ours(level);
            for library in ["webbrowser::unix", "reqwest", "hyper_util::client", "tauri"] {
                assert!(!ours.would_enable(library, &Level::ERROR), "{level} {library}");
            }
            assert!(ours.would_enable("fobwatch_core::vault", &Level::WARN), "{level}");
        }
        assert!(ours("debug").would_enable("fobwatch_resident::logging", &Level::DEBUG));
        assert!(!ours("").would_enable("fobwatch_resident::logging", &Level::INFO));
    }

    #[cfg(unix)]
    #[test]
    fn the_log_is_closed_to_others_and_does_not_grow_for_ever() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = std::env::temp_dir().join(format!("fobwatch-log-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        let file = open(&folder, "fobwatch").unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        file.set_len(LARGEST + 1).unwrap();
        assert_eq!(open(&folder, "fobwatch").unwrap().metadata().unwrap().len(), 0);
        assert!(folder.join("fobwatch.1.log").exists());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
