//! Child processes that end with the value that holds them, and waiting with a deadline.
//!
//! The invariant: when a [`Running`] is dropped its process is gone, asked politely first so that it removes its
//! sockets and lock files. Tests never sleep for a guessed time: they wait [`until`] something is so.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How long a part may take to start. Generous: a loaded machine is not a failure.
pub const START_WITHIN: Duration = Duration::from_secs(30);
const END_WITHIN: Timespec = Timespec { tv_sec: 3, tv_nsec: 0 };
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// A process that ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    name: String,
    child: Child,
    // Kept open: servers end when their standard input does, even if this process is killed.
    stdin: Option<ChildStdin>,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts `command` with its standard input and output in our hands; its standard error stays as it was set.
    pub fn start(mut command: Command) -> Result<Self> {
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{name} does not start; scripts/setup.sh test installs what is missing"))?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().map(BufReader::new);
        Ok(Self { name, child, stdin, stdout })
    }

    /// Writes `input` to the process and closes its standard input.
    pub async fn feed(&mut self, input: &[u8]) -> Result<()> {
        use tokio::io::AsyncWriteExt;
        let mut stdin = self.stdin.take().context("the standard input is closed already")?;
        stdin.write_all(input).await?;
        Ok(())
    }

    /// Returns the next line of standard output without its end, waiting at most [`START_WITHIN`].
    pub async fn line(&mut self) -> Result<String> {
        let stdout = self.stdout.as_mut().context("the standard output is closed already")?;
        let mut line = String::new();
        let read = tokio::time::timeout(START_WITHIN, stdout.read_line(&mut line))
            .await
            .with_context(|| format!("{} said nothing in {START_WITHIN:?}", self.name))??;
        if read == 0 {
            let end = self.child.wait().await?;
            bail!("{} ended before it said anything: {end}", self.name);
        }
        Ok(line.trim_end_matches('\n').to_owned())
    }

    /// Waits for the end and returns the exit status and what was still to read of standard output.
    pub async fn finish(&mut self) -> Result<(std::process::ExitStatus, String)> {
        let mut rest = String::new();
        if let Some(stdout) = self.stdout.as_mut() {
            stdout.read_to_string(&mut rest).await?;
        }
        Ok((self.child.wait().await?, rest))
    }

    /// Returns the process id, while the process runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Tells whether the process has not ended yet.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Ends the process as a power cut would (`SIGKILL`) and waits until it is gone.
    pub async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.with_context(|| format!("{} could not be killed", self.name))
    }

    /// Asks the process to end (`SIGTERM`) and returns its exit status.
    pub async fn stop(&mut self) -> Result<std::process::ExitStatus> {
        self.signal(Signal::TERM)?;
        Ok(self.child.wait().await?)
    }

    /// Sends a signal to the process.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self.pid().with_context(|| format!("{} has ended", self.name))?;
        Ok(kill_process(pid, signal)?)
    }

    fn pid(&self) -> Option<Pid> {
        self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).unwrap_or_default()))
    }
}

impl Drop for Running {
    #[expect(clippy::print_stderr, reason = "a test that fails shows what it printed")]
    fn drop(&mut self) {
        let Some(pid) = self.pid() else { return };
        if let Ok(Some(status)) = self.child.try_wait() {
            // Nobody asked it to end: where the test fails, this may be why.
            if !status.success() {
                eprintln!("{} had ended by itself: {status}", self.name);
            }
            return;
        }
        let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return };
        let mut ended = [PollFd::new(&handle, PollFlags::IN)];
        // Whether it obeyed or not, kill_on_drop has the last word.
        let _obeyed = kill_process(pid, Signal::TERM).and_then(|()| poll(&mut ended, Some(&END_WITHIN))).is_ok();
    }
}

/// Returns what `look` finds, asking again until it finds something or `within` has passed.
///
/// `what` completes the sentence "waited in vain for …".
pub async fn until<T, F: Future<Output = Result<Option<T>>>>(
    what: &str,
    within: Duration,
    mut look: impl FnMut() -> F,
) -> Result<T> {
    let looking = async {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            tick.tick().await;
            if let Some(found) = look().await? {
                return Ok(found);
            }
        }
    };
    tokio::time::timeout(within, looking).await.unwrap_or_else(|_| bail!("waited {within:?} in vain for {what}"))
}

/// Waits until a process has been stopped (`SIGSTOP`), as a step that is told to stop does to itself.
pub async fn stands_still(process: &Running) -> Result<()> {
    let stat = format!("/proc/{}/stat", process.id().context("it is gone")?);
    until("a process that stands still", START_WITHIN, || async {
        let stat = std::fs::read_to_string(&stat)?;
        Ok(stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T')).then_some(()))
    })
    .await
}

/// Returns the top folder of the project.
#[must_use]
pub fn project() -> PathBuf {
    let mut top = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    top.pop();
    top
}

/// Returns the path of a program that this workspace builds, such as `fob`.
///
/// Cargo gives no such path across packages; the test that runs lies two folders below it.
pub fn built(program: &str) -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).context("the test does not lie in a target folder")?;
    let path = folder.join(program);
    if !path.is_file() {
        bail!("{} is not built yet: run `cargo build --workspace` first, as `make test` does", path.display());
    }
    Ok(path)
}

/// Makes a command that inherits nothing of the person's environment but the search path and the language.
pub fn bare_command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LANG", "C.UTF-8");
    for name in ["PATH", "RUST_BACKTRACE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}
