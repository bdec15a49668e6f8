//! `fob doctor`: what Fobwatch needs from this computer, line by line.
//!
//! Each check says its own sentence. A warning is about a convenience; only what is bad sets the exit code.

use fobwatch_core::Error;
use fobwatch_core::ports::KeychainError;
use fobwatch_core::sentence::sentence;
use fobwatch_platform::{Home, browser, keychain};
use serde::Serialize;
use serde_json::json;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::format::local;
use crate::output::{answer_json, answer_text};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    Ok,
    Warn,
    Bad,
}

/// One line of the report.
#[derive(Debug, Serialize)]
struct Check {
    #[serde(rename = "check")]
    what: &'static str,
    state: Mark,
    message: String,
    hint: String,
    #[serde(skip)]
    exit: u8,
}

impl Check {
    fn ok(what: &'static str, message: impl Into<String>) -> Self {
        Self { what, state: Mark::Ok, message: message.into(), hint: String::new(), exit: 0 }
    }

    fn warn(what: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what, state: Mark::Warn, message: message.into(), hint: hint.into(), exit: 0 }
    }

    fn bad(what: &'static str, failure: Failure) -> Self {
        let (message, hint) = failure.said.map(|said| (said.message, said.hint)).unwrap_or_default();
        Self { what, state: Mark::Bad, message, hint, exit: failure.exit }
    }
}

/// Checks everything and reports it; exits with the code of the worst.
pub(crate) async fn doctor(desk: &Desk) -> Result<(), Failure> {
    let checks = [home(), database(desk).await, store(desk).await, door(desk).await, clipboard().await, opener().await];
    // The keychain first: without it there is nothing to be done at all.
    let exit = checks.iter().map(|check| check.exit).max().unwrap_or(0);
    if desk.json {
        answer_json(&json!({ "ok": exit == 0, "checks": checks }))?;
    } else {
        answer_text(&report(&checks))?;
    }
    if exit == 0 { Ok(()) } else { Err(Failure::silent(exit)) }
}

fn report(checks: &[Check]) -> String {
    let mut lines = Vec::new();
    for check in checks {
        let mark = match check.state {
            Mark::Ok => "ok  ",
            Mark::Warn => "warn",
            Mark::Bad => "bad ",
        };
        lines.push(format!("{mark}  {:<10} {}\n", check.what, check.message));
        if !check.hint.is_empty() {
            lines.push(format!("                 {}\n", check.hint));
        }
    }
    lines.concat()
}

fn home() -> Check {
    let made = || -> Result<Check, Failure> {
        let home = Home::resolve()?;
        let open = open_to_others(&home);
        home.create()?;
        let place = home.data.display();
        Ok(if open.is_empty() {
            Check::ok("folder", format!("{place} belongs to you alone."))
        } else {
            let message = format!("{} could be read by others and was closed.", open.join(", "));
            Check::warn("folder", message, "Look for who opened it.")
        })
    };
    made().unwrap_or_else(|failure| Check::bad("folder", failure))
}

/// Names what others may read, and closes the database to them; the folders are closed whenever they are used.
#[cfg(unix)]
fn open_to_others(home: &Home) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let database = home.data.join("vault.db");
    let mut open = Vec::new();
    for path in [&home.data, &home.log, &database] {
        if std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0) {
            open.push(path.display().to_string());
        }
    }
    open
}

#[cfg(not(unix))]
fn open_to_others(_: &Home) -> Vec<String> {
    Vec::new()
}

async fn database(desk: &Desk) -> Check {
    let looked = async {
        let vault = desk.vault().await?;
        vault.check_database().await?;
        Ok(vault.show_all().await?.len())
    };
    match looked.await {
        Ok(1) => Check::ok("database", "It is whole and holds one credential."),
        Ok(count) => Check::ok("database", format!("It is whole and holds {count} credentials.")),
        Err(failure) => Check::bad("database", failure),
    }
}

async fn store(desk: &Desk) -> Check {
    let port = &*desk.ports.keychain;
    let tested = async {
        // Without a prompt first, since a test must not put a dialog before anybody.
        port.check().await?;
        keychain::self_test(port).await
    };
    match tested.await {
        Ok(()) => Check::ok("keychain", format!("{}: wrote, read and deleted a test item.", port.name())),
        Err(error) => Check::bad("keychain", keychain_failure(error)),
    }
}

fn keychain_failure(error: KeychainError) -> Failure {
    let error = Error::Keychain(error);
    Failure { exit: error.exit_code(), said: Some(sentence(&error, None)) }
}

/// Tells of the app lock.
async fn door(desk: &Desk) -> Check {
    let looked = async {
        let vault = desk.vault().await?;
        Ok::<_, Failure>((vault.locked_since().await?, vault.lock_state().await?.passphrase_set_at))
    };
    match looked.await {
        Ok((Some(since), _)) => {
            let message = format!("Locked since {}: no value is given out.", local(since));
            Check::warn("app lock", message, "Unlock the window, or: fob unlock")
        }
        Ok((None, Some(_))) => Check::ok("app lock", "Open. It locks fob as well as the window."),
        Ok((None, None)) => Check::ok("app lock", "There is none: no passphrase is set."),
        Err(failure) => Check::bad("app lock", failure),
    }
}

async fn clipboard() -> Check {
    // A look that reads nothing: what is there may be there for one paste.
    match tokio::task::spawn_blocking(fobwatch_platform::clipboard::look).await {
        Err(_) => Check::warn("clipboard", "It was not looked at.", ""),
        Ok(Ok(())) => Check::ok("clipboard", "There is one."),
        Ok(Err(error)) => {
            let message = format!("There is none to copy to ({}).", error.0);
            Check::warn("clipboard", message, "Use fob token in a terminal or a script instead.")
        }
    }
}

async fn opener() -> Check {
    // Looking for a browser may read many files.
    match tokio::task::spawn_blocking(browser::is_there).await {
        Ok(true) => Check::ok("browser", "There is one."),
        _ => Check::warn("browser", "No browser was found.", "Sign in with fob login --no-browser."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_of_the_keychain_has_its_own_sentence_and_exits_5() {
        let all = [
            KeychainError::Locked,
            KeychainError::Unavailable("nobody answers".to_owned()),
            KeychainError::Denied,
            KeychainError::NotPersistent("session".to_owned()),
            KeychainError::Other("odd".to_owned()),
        ];
        let said: Vec<Check> = all.map(keychain_failure).map(|failure| Check::bad("keychain", failure)).into();
        assert!(said.iter().all(|check| check.exit == 5 && !check.hint.is_empty()), "{said:?}");
        let different: std::collections::HashSet<&String> = said.iter().map(|check| &check.message).collect();
        assert_eq!(different.len(), said.len());
    }

    #[test]
    fn a_warning_does_not_fail_the_report() {
        let checks = [Check::ok("folder", "Fine."), Check::warn("browser", "None.", "Use another.")];
        assert!(checks.iter().all(|check| check.exit == 0));
        assert_eq!(report(&checks), "ok    folder     Fine.\nwarn  browser    None.\n                 Use another.\n");
    }
}
