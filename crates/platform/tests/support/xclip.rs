//! Another program at the clipboard.

use std::io::Write;
use std::process::{Command, Stdio};

/// What another program reads; nothing if there is nothing.
pub(crate) fn pasted(selection: &str, target: &str) -> String {
    let args = ["-o", "-selection", selection, "-target", target];
    let output = Command::new("xclip").args(args).output().expect("xclip is installed");
    String::from_utf8(output.stdout).unwrap()
}

/// Another program copies.
pub(crate) fn copied(selection: &str, text: &str) {
    let mut xclip = Command::new("xclip")
        .args(["-i", "-selection", selection])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("xclip is installed");
    xclip.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(xclip.wait().unwrap().success());
}
