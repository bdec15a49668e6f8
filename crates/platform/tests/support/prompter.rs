//! The system's own prompt on a screen, and somebody who types.

use std::process::{Command, Stdio};

use crate::session::{Ended, wait_for};

/// The desktop's real prompter, with the hands of a person.
pub(crate) struct Prompter {
    _process: Ended,
}

impl Prompter {
    pub(crate) fn start() -> Self {
        let prompter = Command::new("/usr/libexec/gcr-prompter").stderr(Stdio::null()).spawn();
        let process = Ended(prompter.expect("gcr is installed, as gnome-keyring wants it"));
        wait_for("org.gnome.keyring.SystemPrompter");
        Self { _process: process }
    }

    /// Waits until the prompt is on the screen.
    pub(crate) fn wait_for_window() {
        Self::press(&["search", "--sync", "--onlyvisible", "--name", "^Unlock"]);
    }

    pub(crate) fn press(args: &[&str]) {
        let pressed = Command::new("xdotool").args(args).stdout(Stdio::null()).status().expect("xdotool is installed");
        assert!(pressed.success());
    }
}
