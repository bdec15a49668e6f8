//! A display that nobody sees.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::situation::Vars;

/// An X server that dies with its owner.
pub(crate) struct Display(Child);

impl Display {
    pub(crate) fn start() -> (Self, Vars) {
        let mut child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed");
        let mut number = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb did not start");
        (Self(child), vec![("DISPLAY", format!(":{}", number.trim()).into())])
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.0.kill().and_then(|()| self.0.wait()).expect("Xvfb ends with its test");
    }
}
