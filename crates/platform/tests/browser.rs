//! The browser port, with a small script as the browser.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use fobwatch_core::ports::{Browser, BrowserError};
use fobwatch_platform::SystemBrowser;
use tempfile::TempDir;
use url::Url;

#[path = "support/situation.rs"]
mod situation;

use situation::{Vars, in_own_process};

fn open(url: &str) -> Result<(), BrowserError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(SystemBrowser.open(&Url::parse(url).unwrap()))
}

/// A browser that writes its arguments, one a line, into a pipe.
fn script() -> (TempDir, Vars) {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, browser) = (folder.path().join("seen"), folder.path().join("browser"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::fs::write(&browser, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\n", pipe.display())).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o700)).unwrap();
    let vars = vec![("BROWSER", browser.into()), ("SEEN", pipe.into())];
    (folder, vars)
}

#[test]
fn the_browser_gets_the_address_as_its_only_argument() {
    in_own_process("the_browser_gets_the_address_as_its_only_argument", script, || {
        open("https://id.test/authorize?state=a;b&x=$(id) --flag").unwrap();
        let seen = std::fs::read_to_string(std::env::var_os("SEEN").unwrap()).unwrap();
        assert_eq!(seen, "https://id.test/authorize?state=a;b&x=$(id)%20--flag\n");
    });
}

#[test]
fn a_desktop_without_browser_says_so() {
    let nothing = || ((), vec![("PATH", "/nonexistent".into()), ("BROWSER", "".into())]);
    in_own_process("a_desktop_without_browser_says_so", nothing, || {
        assert_eq!(open("https://id.test/?code=1"), Err(BrowserError::Failed("no browser was found".into())));
        assert_eq!(open("file:///etc/passwd"), Err(BrowserError::Refused));
    });
}
