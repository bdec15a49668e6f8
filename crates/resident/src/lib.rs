//! The part of the desktop program that stays when no window is open: the vault, the scheduler, the tray's words, and the
//! answers to what a window asks. No rules live here: they are in the core. No window either: see [`Shell`].
//!
//! One invariant: the vault is held here and nowhere else. A window holds what it shows.

mod commands;
mod host;
mod input;
#[cfg(target_os = "linux")]
pub mod link;
#[cfg(target_os = "linux")]
mod linux;
pub mod logging;
mod logins;
mod news;
pub mod quit;
mod shell;
pub mod tray;
mod tray_host;
pub mod tray_menu;

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

/// Tells whether the arguments of a start ask for no window. They may come from anybody; nothing else in them has
/// a meaning (U15).
#[must_use]
pub fn is_hidden_start(arguments: &[String]) -> bool {
    arguments.get(1).is_some_and(|first| first == "--hidden") && arguments.len() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_argument_has_a_meaning() {
        let start = |words: &[&str]| is_hidden_start(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert!(start(&["fobwatch", "--hidden"]));
        for shown in [
            &[][..],
            &["fobwatch"],
            &["--hidden"],
            &["fobwatch", "--hidden", "x"],
            &["fobwatch", "fob://x", "--hidden"],
        ] {
            assert!(!start(shown), "{shown:?}");
        }
    }
}
