//! No program of ours leaves a core file or lets another one look into it: each built program, as it runs, is tried by a
//! program of the same person that has no privilege.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::{Running, bare_command, built, until};
use fobwatch_tests::session::{Keyring, Session};
use tokio::process::Command;

/// How long a program may take until it has forbidden it.
const SOON: Duration = Duration::from_secs(30);
/// The person, where the test itself is root, who may look into everything: one who has nothing else here.
const NOBODY: u32 = 65534;
/// What the system shows only to whoever may trace a process. The first also where Yama keeps the second from all.
const SHOWN: [&str; 2] = ["environ", "mem"];

/// A session, and a person in it without privileges, who has the programs.
struct Person {
    session: Session,
    folder: PathBuf,
}

impl Person {
    async fn comes() -> Result<Self> {
        let session = Session::with_display(Keyring::None).await?;
        let folder = session.home().join("person");
        std::fs::create_dir(&folder)?;
        for program in ["fob", "fobwatch", "fobwatch-window"] {
            std::fs::copy(built(program)?, folder.join(program))?;
        }
        if is_root() {
            std::os::unix::fs::chown(&folder, Some(NOBODY), Some(NOBODY))?;
            std::fs::set_permissions(session.home(), std::fs::Permissions::from_mode(0o755))?;
        }
        Ok(Self { session, folder })
    }

    /// A program of this person, at a home of their own.
    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = if is_root() {
            let mut command = bare_command("setpriv");
            let id = NOBODY.to_string();
            command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--inh-caps=-all", "--"]);
            command.arg(program.as_ref());
            command
        } else {
            bare_command(program.as_ref())
        };
        command.envs(self.session.env()).stderr(Stdio::null()).current_dir(&self.folder);
        for name in ["HOME", "FOB_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(name, self.folder.join("home"));
        }
        command
    }

    fn ours(&self, program: &str) -> Command {
        self.command(self.folder.join(program))
    }

    /// Tells whether this person is shown a file of a process.
    async fn is_shown(&self, process: u32, file: &str) -> Result<bool> {
        let mut look = self.command("dd");
        // It opens the file, which is where the system decides, and reads nothing.
        look.args([&format!("if=/proc/{process}/{file}"), "of=/dev/null", "count=0"]);
        Ok(look.stdout(Stdio::null()).status().await?.success())
    }

    /// Waits until a process has closed itself, and fails if it never does.
    async fn is_kept_out_of(&self, what: &str, process: u32) -> Result<()> {
        for file in SHOWN {
            until(&format!("{what} to show no {file}"), SOON, || async {
                Ok((!self.is_shown(process, file).await?).then_some(()))
            })
            .await?;
        }
        let limits = std::fs::read_to_string(format!("/proc/{process}/limits"))?;
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).context("no such limit")?;
        ensure!(core.split_whitespace().filter(|word| *word == "0").count() == 2, "{what}: {core}");
        // Gone is not closed.
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        ensure!(!stat.rsplit(") ").next().unwrap_or("Z").starts_with('Z'), "{what} has ended");
        Ok(())
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The child of this name, once it is there.
async fn child(parent: u32, name: &str) -> Result<u32> {
    until(name, SOON, || async {
        for entry in std::fs::read_dir("/proc")? {
            let folder = entry?.path();
            let status = std::fs::read_to_string(folder.join("status")).unwrap_or_default();
            if status.starts_with(&format!("Name:\t{name}\n")) && status.contains(&format!("\nPPid:\t{parent}\n")) {
                let name = folder.file_name().and_then(|name| name.to_str()).context("a process without a number")?;
                return Ok(Some(name.parse()?));
            }
        }
        Ok(None)
    })
    .await
}

#[tokio::test]
async fn no_program_of_the_same_person_looks_into_one_of_ours() -> Result<()> {
    let person = Person::comes().await?;
    // What is tried works at a program that has not closed itself.
    let control = Running::start({
        let mut sleep = person.command("sleep");
        sleep.arg("600");
        sleep
    })?;
    let id = control.id().context("it is gone")?;
    until("a look into another program", SOON, || async { Ok(person.is_shown(id, "environ").await?.then_some(())) })
        .await?;

    let mut command = person.ours("fob");
    command.args(["agent", "--foreground"]);
    let agent = Running::start(command)?;
    let mut command = person.ours("fob");
    command.args(["add", "key", "Payments"]);
    // It waits for the key on its standard input.
    let add = Running::start(command)?;
    let mut command = person.ours("fob");
    command.args(["hold-clipboard", "60"]);
    let mut holder = Running::start(command)?;
    holder.feed(b"sk_test_51Canary00000000000000aaaa").await?;
    ensure!(holder.line().await? == "held", "the clipboard is not held");
    let app = Running::start(person.ours("fobwatch"))?;
    for (what, running) in
        [("fob agent", &agent), ("fob", &add), ("the holder of the clipboard", &holder), ("fobwatch", &app)]
    {
        person.is_kept_out_of(what, running.id().context("it is gone")?).await?;
    }
    let window = child(app.id().context("it is gone")?, "fobwatch-window").await?;
    person.is_kept_out_of("the window", window).await
}
