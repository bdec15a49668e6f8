//! Runs the command `fob` as a person or a script does: arguments, standard input, exit code, both outputs.
//!
//! The invariant: each [`Fob`] has one `FOB_HOME` and one session, and its whole environment is theirs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::process::Command;

use crate::process::{Running, built};
use crate::session::Session;

/// What a finished run of `fob` left.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The exit code; 128 + n after signal n.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Finished {
    /// Returns standard output as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout).with_context(|| format!("no JSON on standard output: {self:?}"))
    }

    /// Returns the code of the one error object that `--json` puts on standard error.
    pub fn error_code(&self) -> Result<String> {
        let error: Value =
            serde_json::from_str(&self.stderr).with_context(|| format!("no JSON on standard error: {self:?}"))?;
        Ok(error["error"]["code"].as_str().context("an error without a code")?.to_owned())
    }
}

/// The command `fob` with a vault of its own.
#[derive(Debug, Clone)]
pub struct Fob {
    program: PathBuf,
    before: Vec<String>,
    home: PathBuf,
    env: Vec<(String, String)>,
}

impl Fob {
    /// Makes a `fob` for `session` whose vault lies in the session's folder `vault`.
    pub fn new(session: &Session) -> Result<Self> {
        Self::with_home(session, &session.home().join("vault"))
    }

    /// Makes a `fob` for `session` with this `FOB_HOME`.
    pub fn with_home(session: &Session, home: &Path) -> Result<Self> {
        Ok(Self { program: built("fob")?, before: Vec::new(), home: home.to_path_buf(), env: session.env() })
    }

    /// Adds a variable to the environment of every run, such as `FAILPOINTS` or `BROWSER`.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Lets it work at another vault of the same session.
    #[must_use]
    pub fn with_vault(self, home: &Path) -> Self {
        Self { home: home.to_path_buf(), ..self }
    }

    /// Makes its wall clock wrong by so much (`-10m`, `+3650d`); its timers go on as they do.
    pub fn with_clock(self, offset: &str) -> Result<Self> {
        let places =
            ["x86_64-linux-gnu", "aarch64-linux-gnu"].map(|arch| format!("/usr/lib/{arch}/faketime/libfaketime.so.1"));
        let library = places.iter().find(|path| Path::new(path).exists()).context("faketime is not installed")?;
        let faked = self.env("LD_PRELOAD", library).env("FAKETIME", offset);
        Ok(faked.env("FAKETIME_DONT_FAKE_MONOTONIC", "1"))
    }

    /// Puts a program with its arguments before `fob`, such as `unshare --mount`, which then runs it.
    #[must_use]
    pub fn behind(self, before: Vec<String>) -> Self {
        Self { before, ..self }
    }

    /// Lets it run on a computer with another machine id (machine-id(5)): in a view of the file system in which a file
    /// of the session's is the machine's, and everything else is as it was.
    pub fn on_machine(self, session: &Session, machine: &str) -> Result<Self> {
        let file = session.home().join("machine-id");
        std::fs::write(&file, format!("{machine}\n"))?;
        let script = "mount --bind \"$0\" /etc/machine-id && exec \"$@\"";
        let namespace = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "sh", "-c", script];
        let words = namespace.iter().map(|word| (*word).to_owned());
        Ok(self.behind(words.chain([file.display().to_string()]).collect()))
    }

    /// Returns the vault's folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Returns the program with its environment, ready for arguments.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut words = self.before.iter().map(OsStr::new).chain([self.program.as_os_str()]);
        let mut command = crate::process::bare_command(words.next().unwrap_or_default());
        command.args(words);
        command.envs(self.env.iter().cloned()).env("FOB_HOME", &self.home);
        command
    }

    /// Runs `fob` to its end with nothing on standard input.
    pub async fn run(&self, arguments: &[&str]) -> Result<Finished> {
        self.run_with(arguments, "").await
    }

    /// Runs `fob` to its end with `input` on standard input.
    pub async fn run_with(&self, arguments: &[&str], input: &str) -> Result<Finished> {
        use std::os::unix::process::ExitStatusExt;
        use tokio::io::AsyncWriteExt;

        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("fob does not start")?;
        let mut stdin = child.stdin.take().context("fob has no standard input")?;
        // A program that needs no input may end before it has read any: that is its right.
        let written = stdin.write_all(input.as_bytes()).await;
        drop((written, stdin));
        let output = child.wait_with_output().await?;
        let status = output.status;
        Ok(Finished {
            code: status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Starts `fob` in the background, its standard error into [`Fob::log`].
    pub fn start(&self, arguments: &[&str]) -> Result<Running> {
        std::fs::create_dir_all(&self.home)?;
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log())?;
        let mut command = self.command();
        command.args(arguments).stderr(log);
        Running::start(command)
    }

    /// Returns the file that takes the standard error of what [`Fob::start`] started.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.home.with_extension("stderr.log")
    }
}
