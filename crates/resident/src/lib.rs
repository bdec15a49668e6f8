//! The part of the desktop program that stays when no window is open: the vault, the scheduler, the tray's words, and the
//! answers to what a window asks. No rules live here: they are in the core. No window either: see [`Shell`].
//!
//! One invariant: the vault is held here and nowhere else. A window holds what it shows.

#[cfg(target_os = "linux")]
mod autostart;
mod commands;
pub mod gauge;
mod host;
mod hot_key;
mod input;
mod leaving;
#[cfg(target_os = "linux")]
pub mod link;
#[cfg(target_os = "linux")]
mod linux;
pub mod logging;
mod logins;
mod news;
#[cfg(target_os = "linux")]
mod notifications;
#[cfg(target_os = "linux")]
mod palette;
pub mod quit;
mod shell;
mod speech;
pub mod tray;
mod tray_host;
pub mod tray_menu;
mod ways;

use tokio::task::JoinHandle;

pub use self::commands::answer;
pub use self::host::Host;
#[cfg(target_os = "linux")]
pub use self::linux::run;
pub use self::shell::Shell;

/// Runs `work` in the background. The one place where this crate starts a task.
pub(crate) fn own<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    tokio::spawn(work)
}

/// What a start asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The window.
    Window,
    /// Nothing that is seen: the session began.
    Hidden,
    /// The quick palette: what a desktop's own hot key runs.
    Palette,
}

impl Start {
    /// Reads the arguments of a start. They may come from anybody; nothing else in them has a meaning (U15).
    #[must_use]
    pub fn asked(arguments: &[String]) -> Self {
        match arguments.get(1).map(String::as_str) {
            Some("--hidden") if arguments.len() == 2 => Self::Hidden,
            Some("--palette") if arguments.len() == 2 => Self::Palette,
            _ => Self::Window,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_argument_has_a_meaning() {
        let start = |words: &[&str]| Start::asked(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(start(&["fobwatch", "--hidden"]), Start::Hidden);
        assert_eq!(start(&["fobwatch", "--palette"]), Start::Palette);
        for shown in [
            &[][..],
            &["fobwatch"],
            &["--hidden"],
            &["fobwatch", "--hidden", "x"],
            &["fobwatch", "--palette", "--hidden"],
            &["fobwatch", "fob://x", "--hidden"],
        ] {
            assert_eq!(start(shown), Start::Window, "{shown:?}");
        }
    }
}
