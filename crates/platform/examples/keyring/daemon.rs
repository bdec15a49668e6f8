//! The keyring's own side: the daemon's CPU, what it wrote, and its file.

use std::path::{Path, PathBuf};

/// What the daemon has used so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Used {
    pub(crate) cpu_ms: f64,
    pub(crate) written: f64,
}

/// The keyring daemon of this session, known by its home.
pub(crate) struct Daemon(PathBuf);

impl Daemon {
    pub(crate) fn find() -> Option<Self> {
        let home = format!("HOME={}", std::env::var("HOME").ok()?);
        let is_ours = |process: &Path| {
            let name = std::fs::read_to_string(process.join("comm")).unwrap_or_default();
            let environment = std::fs::read(process.join("environ")).unwrap_or_default();
            name.starts_with("gnome-keyring") && environment.split(|byte| *byte == 0).any(|one| one == home.as_bytes())
        };
        std::fs::read_dir("/proc").ok()?.flatten().map(|process| process.path()).find(|path| is_ours(path)).map(Self)
    }

    pub(crate) fn used(&self) -> Used {
        let tasks = std::fs::read_dir(self.0.join("task")).into_iter().flatten().flatten();
        // In nanoseconds, where `stat` counts hundredths of a second.
        let cpu: f64 = tasks.map(|task| number(&task.path().join("schedstat"), "")).sum();
        Used { cpu_ms: cpu / 1e6, written: number(&self.0.join("io"), "wchar:") }
    }
}

/// The first number after `name` in a file of `/proc`.
fn number(file: &Path, name: &str) -> f64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_default()
}

/// The size of the keyring's file, in bytes.
pub(crate) fn file_size() -> f64 {
    let data = std::env::var("XDG_DATA_HOME").unwrap_or_default();
    let files = std::fs::read_dir(Path::new(&data).join("keyrings")).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|metadata| metadata.len() as f64).fold(0.0, f64::max)
}
