//! Everything that is said on a session's bus, as bytes.
//!
//! The invariant: the tap proves itself. It hears a planted word before it counts as open, and another one before it is
//! closed, so that everything said in between is in it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use crate::leaks::contains;
use crate::process::{Running, until};
use crate::session::{Session, succeed};

const PLANTED: &str = "planted-word-0d9c8b7a69584736251403f2e1d0c9b8";

/// A listener on a session's bus.
#[derive(Debug)]
pub struct Tap {
    process: Running,
    file: PathBuf,
}

impl Tap {
    /// Begins to listen; what is heard is kept in `folder`, which should not be one that is searched.
    pub async fn open(session: &Session, folder: &Path) -> Result<Self> {
        let file = folder.join("bus");
        // What an earlier tap heard is not about this one.
        std::fs::write(&file, "")?;
        let mut shell = session.command("sh");
        // The order of arguments is fixed, and none of them holds more than an address.
        shell.args(["-c", "exec dbus-monitor --address \"$1\" --binary > \"$2\"", "sh", session.bus_address()]);
        shell.arg(&file);
        let tap = Self { process: Running::start(shell)?, file };
        tap.hears(session, PLANTED).await?;
        Ok(tap)
    }

    /// Says a word on the bus and waits until the tap has it: what was said before is then there as well.
    async fn hears(&self, session: &Session, word: &str) -> Result<()> {
        until("a word on the tapped bus", Duration::from_secs(20), || async {
            let mut say = session.command("dbus-send");
            say.args(["--session", "--type=signal", "/planted", "test.Canary.Sings", &format!("string:{word}")]);
            succeed(say).await?;
            Ok(contains(&std::fs::read(&self.file)?, word.as_bytes()).then_some(()))
        })
        .await
    }

    /// Stops listening and returns what was heard.
    pub async fn close(mut self, session: &Session) -> Result<Vec<u8>> {
        self.hears(session, &format!("{PLANTED}-last")).await?;
        self.process.kill().await?;
        Ok(std::fs::read(&self.file)?)
    }
}
