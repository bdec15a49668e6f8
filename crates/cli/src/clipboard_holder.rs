//! The small process that serves the clipboard after `fob copy` has ended.
//!
//! On X11 and Wayland a copied value lives only as long as the program that copied it. So `fob copy` starts itself
//! once more, hands the value over on standard input (arguments and environment can be read by others, K7), and
//! returns when that process says that the clipboard has it.

use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use clap::Args;
use fobwatch_core::ports::{Clipboard, ClipboardError, IsOurs, Leaving};
use fobwatch_core::secret::Secret;
use fobwatch_core::{Error, jwt::MAX_STORED};
use fobwatch_platform::clipboard;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use crate::failure::Failure;

/// What the holder says when the clipboard has the value.
const HELD: &str = "held\n";
/// What it says when the desktop has no way to give a value for one paste.
const UNABLE: &str = "unable\n";
/// How long the holder may take to get there; the program that has the clipboard now may hang.
const DEADLINE: Duration = Duration::from_secs(10);
/// The longest value that is handed over, in bytes: a key with the header or command around it.
const MOST: usize = 2 * MAX_STORED;

/// As good as for ever, in seconds; the process still ends with the session, or when something else is copied.
const FOR_EVER: u64 = 10 * 365 * 24 * 3600;

/// For how long the clipboard is served.
#[derive(Debug, Args)]
pub(crate) struct HoldClipboard {
    /// In seconds; 0 until something else is copied.
    pub(crate) seconds: u16,
    /// For one paste.
    #[arg(long)]
    pub(crate) once: bool,
}

/// The clipboard, served by a process of its own for so many seconds; 0 for ever.
#[derive(Default)]
pub(crate) struct HeldClipboard(AtomicU16);

impl HeldClipboard {
    /// Says for how many seconds what is copied from now on is served.
    pub(crate) fn serve_for(&self, seconds: u16) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    /// Starts a holder for `value`, for one paste if `once`; false where the desktop can't do that.
    async fn hold(&self, value: &Secret, once: bool) -> Result<bool, ClipboardError> {
        let mut holder =
            start(self.0.load(Ordering::SeqCst), once).map_err(|error| ClipboardError(error.kind().to_string()))?;
        match tokio::time::timeout(DEADLINE, hand_over(&mut holder, value)).await {
            Ok(Ok(said)) if said == HELD => Ok(true),
            Ok(Ok(said)) if said == UNABLE => Ok(false),
            Ok(Ok(said)) => Err(ClipboardError(said.trim().to_owned())),
            Ok(Err(error)) => Err(ClipboardError(error.kind().to_string())),
            Err(_) => {
                // It must not copy the value after the person was told that it did not work.
                holder.start_kill().unwrap_or(());
                Err(ClipboardError("it did not answer in time".to_owned()))
            }
        }
    }
}

#[async_trait]
impl Clipboard for HeldClipboard {
    async fn put(&self, value: &Secret) -> Result<(), ClipboardError> {
        self.hold(value, false).await.map(drop)
    }

    async fn put_once(&self, value: &Secret) -> Result<Option<Leaving>, ClipboardError> {
        // How it leaves is heard by the holder only.
        let (_, leaving) = tokio::sync::oneshot::channel();
        Ok(self.hold(value, true).await?.then_some(leaving))
    }

    async fn clear_ours(&self, _: IsOurs) -> Result<bool, ClipboardError> {
        // The holder clears by itself; this command has ended by then.
        Ok(false)
    }

    fn outlives_us(&self) -> bool {
        true
    }
}

fn start(seconds: u16, once: bool) -> std::io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["hold-clipboard", &seconds.to_string()])
        .args(once.then_some("--once"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

/// Gives the value to the holder and returns what it says.
async fn hand_over(holder: &mut Child, value: &Secret) -> std::io::Result<String> {
    if let Some(mut stdin) = holder.stdin.take() {
        // Exposed to the holder, which is this same program.
        stdin.write_all(value.expose().as_bytes()).await?;
        stdin.shutdown().await?;
    }
    let mut said = String::new();
    if let Some(stdout) = holder.stdout.take() {
        tokio::io::BufReader::new(stdout.take(1024)).read_line(&mut said).await?;
    }
    Ok(said)
}

/// Is the holder: takes the value from standard input, serves it, clears it.
pub(crate) fn hold(seconds: u16, once: bool) -> Result<(), Failure> {
    detach();
    // One allocation, so that no copy of the value is left behind.
    let mut value = String::with_capacity(MOST);
    let read = std::io::stdin().lock().take(MOST as u64).read_to_string(&mut value);
    let value = Secret::from(value);
    read?;
    let deadline = Duration::from_secs(if seconds == 0 { FOR_EVER } else { seconds.into() });
    let held = if once {
        clipboard::hold_once(&value, deadline, || tell(HELD)).map(|able| {
            if !able {
                tell(UNABLE);
            }
        })
    } else {
        clipboard::hold(&value, deadline, || tell(HELD))
    };
    held.map_err(|error| {
        tell(&format!("{}\n", error.0));
        Failure::silent(Error::Clipboard(error).exit_code())
    })
}

/// Leaves the session of the terminal, so that closing it does not take the value away.
fn detach() {
    #[cfg(unix)]
    if let Err(error) = rustix::process::setsid() {
        tracing::warn!(%error, "the holder stays in the terminal's session");
    }
    // A folder that is to be unmounted or deleted must not be kept busy.
    std::env::set_current_dir("/").unwrap_or(());
}

/// Says one line to `fob copy`, which waits for no more.
fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody waits any more if this fails, and the value is served all the same.
    drop(out.write_all(line.as_bytes()));
    drop(out.flush());
}
