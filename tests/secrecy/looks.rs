//! What other programs can see of ours while they run: command lines, environments, titles, and the core files they
//! would leave.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::leaks::{contains, find};
use fobwatch_tests::process::{Running, until};
use fobwatch_tests::session::{Session, succeed};
use rustix::process::Signal;

/// Stands in the environment of what is looked at: a look that does not see it is blind.
pub(crate) const PLANTED: &str = "planted-canary-0d9c8b7a69584736251403f2e1d0c9b8";
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The processes of one session, as `/proc` shows them to everybody.
pub(crate) struct Processes {
    home: Vec<u8>,
    /// By the name of the program.
    seen: RefCell<BTreeMap<String, BTreeSet<Vec<u8>>>>,
}

impl Processes {
    pub(crate) fn of(session: &Session) -> Result<Self> {
        let env = session.env();
        let (name, home) = env.iter().find(|(name, _)| name == "HOME").context("a session without a home")?;
        Ok(Self { home: format!("{name}={home}").into_bytes(), seen: RefCell::default() })
    }

    /// Looks again and again for as long as `work` lasts.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let looking = async {
            let mut tick = tokio::time::interval(LOOK_EVERY);
            loop {
                tick.tick().await;
                self.look()?;
            }
        };
        tokio::select! {
            outcome = work => outcome,
            failure = looking => failure,
        }
    }

    fn look(&self) -> Result<()> {
        for process in self.folders()? {
            let read = |name: &str| std::fs::read(process.join(name)).unwrap_or_default();
            let shown = [read("cmdline"), read("environ")].concat();
            let name = String::from_utf8_lossy(&read("comm")).trim().to_owned();
            self.seen.borrow_mut().entry(name).or_default().insert(shown);
        }
        Ok(())
    }

    fn folders(&self) -> Result<Vec<PathBuf>> {
        let all = std::fs::read_dir("/proc")?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        let ours = |process: &PathBuf| {
            // A process that ends meanwhile shows nothing any more.
            let environment = std::fs::read(process.join("environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|entry| entry == self.home)
        };
        Ok(all.into_iter().filter(ours).collect())
    }

    /// The ids of those whose name starts so.
    pub(crate) fn ids(&self, name: &str) -> Result<Vec<i32>> {
        let named =
            |process: &PathBuf| std::fs::read_to_string(process.join("comm")).is_ok_and(|comm| comm.starts_with(name));
        let ids = self.folders()?.into_iter().filter(named);
        Ok(ids.filter_map(|process| there(process.file_name()?.to_str()?.parse())).collect())
    }

    /// Everything that was seen, once each of `programs` was among it with what is planted in its environment.
    pub(crate) fn shown(&self, programs: &[&str]) -> Result<Vec<u8>> {
        let seen = self.seen.borrow();
        for program in programs {
            let looks = seen.iter().filter(|(name, _)| name.starts_with(program)).flat_map(|(_, shown)| shown);
            ensure!(
                looks.into_iter().any(|shown| contains(shown, PLANTED.as_bytes())),
                "{program} was not seen with what is planted in its environment, among {:?}",
                seen.keys()
            );
        }
        Ok(seen.values().flatten().flatten().copied().collect())
    }
}

/// The files that a process has open.
pub(crate) fn open_files(process: u32) -> Result<Vec<PathBuf>> {
    let all = std::fs::read_dir(format!("/proc/{process}/fd"))?.map(|entry| Ok(entry?.path()));
    // One that is closed meanwhile is none.
    Ok(all.collect::<Result<Vec<_>>>()?.iter().filter_map(|link| there(std::fs::read_link(link))).collect())
}

/// What goes away while it is looked at is not there.
#[expect(clippy::disallowed_methods, reason = "whatever the error is, there is nothing to see")]
fn there<T, E>(look: std::result::Result<T, E>) -> Option<T> {
    look.ok()
}

/// Fails when one of these processes may leave a core file: the system's limit says so.
pub(crate) fn leave_no_core(ids: &[i32]) -> Result<()> {
    ensure!(!ids.is_empty(), "there is no such process");
    for id in ids {
        let limits = std::fs::read_to_string(format!("/proc/{id}/limits"))?;
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).context("no such limit")?;
        ensure!(core.split_whitespace().filter(|word| *word == "0").count() == 2, "{id}: {core}");
    }
    Ok(())
}

/// Aborts another program in the session's home, and fails unless its core file is found there by the same search as
/// everything else. Where this machine keeps core files elsewhere or not at all, there is nothing to find.
pub(crate) async fn a_core_file_is_found(session: &Session) -> Result<()> {
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern")?;
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let allowed = limits.lines().any(|line| line.starts_with("Max core file size") && line.contains("unlimited"));
    if !allowed || pattern.starts_with(['|', '/']) {
        return Ok(());
    }
    let folder = session.home().join("control");
    std::fs::create_dir(&folder)?;
    let mut command = session.command("sh");
    command
        .args(["-c", "ulimit -c unlimited; echo ready; exec sleep 600"])
        .current_dir(&folder)
        .env("PLANTED", PLANTED);
    let mut control = Running::start(command)?;
    control.line().await?;
    let id = control.id().context("it is gone")?;
    until("the control to be there", Duration::from_secs(20), || async {
        Ok(std::fs::read_to_string(format!("/proc/{id}/comm"))?.starts_with("sleep").then_some(()))
    })
    .await?;
    control.signal(Signal::ABORT)?;
    control.finish().await?;
    let found = find(&folder, &[("what is planted", PLANTED.as_bytes())])?;
    ensure!(!found.is_empty(), "a core file is not found where it should be");
    Ok(std::fs::remove_dir_all(folder)?)
}

/// The names of all core files below a folder.
pub(crate) fn cores(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        found.extend((name == "core" || name.starts_with("core.")).then_some(name));
    }
    Ok(found)
}

/// The titles of all windows on the session's display, as `xdotool` reads them.
pub(crate) async fn titles(session: &Session) -> Result<String> {
    until("the titles of the windows", Duration::from_secs(20), || async {
        let mut search = session.command("xdotool");
        search.args(["search", "--name", ".", "getwindowname", "%@"]);
        // A window that goes away meanwhile spoils the look.
        Ok(there(succeed(search).await))
    })
    .await
}

/// Gives one of the windows another title for a moment, and fails unless it is read.
pub(crate) async fn a_title_is_read(session: &Session) -> Result<()> {
    for (name, wanted) in [(PLANTED, PLANTED), ("Fobwatch", "Fobwatch")] {
        let mut rename = session.command("xdotool");
        let now = if name == PLANTED { "^Fobwatch$" } else { PLANTED };
        rename.args(["search", "--name", now, "set_window", "--name", name, "%@"]);
        succeed(rename).await?;
        ensure!(titles(session).await?.contains(wanted), "the look at titles is blind");
    }
    Ok(())
}
