//! A system bus with stand-ins for what does not run here: logind, a screen saver.
//!
//! The invariant: a program of the session finds them where it finds the real ones, on the system bus of its environment,
//! and they say what the real ones say. Where none was started there is no system bus at all.

#![expect(missing_docs, reason = "the interface's macro makes a trait of each signal")]

use std::io::PipeReader;
use std::os::fd::AsFd;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{Connection, interface};

use crate::process::{Running, START_WITHIN, bare_command, project, until};
use crate::session::Session;

const LOGIND_PATH: &str = "/org/freedesktop/login1";
const SESSION_PATH: &str = "/org/freedesktop/login1/session/_31";

/// The system of one session.
#[derive(Debug)]
pub struct System {
    connection: Connection,
    asked: Arc<Asked>,
    _bus: Running,
}

/// What programs asked of it.
#[derive(Debug, Default)]
struct Asked {
    /// Each with what it holds the sleep up for, and the end that sees it let go.
    inhibitors: Mutex<Vec<(String, PipeReader)>>,
}

impl System {
    /// Starts the bus and logind. Programs that start afterwards find them.
    pub async fn start(session: &Session) -> Result<Self> {
        let mut command = bare_command("dbus-daemon");
        command
            .arg("--config-file")
            .arg(project().join("tests/session/quiet-bus.conf"))
            .arg(format!("--address={}", session.system_bus_address()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stderr(Stdio::null());
        let mut bus = Running::start(command)?;
        let address = bus.line().await?;
        let asked = Arc::new(Asked::default());
        let connection = zbus::connection::Builder::address(address.as_str())?
            .serve_at(LOGIND_PATH, Manager(asked.clone()))?
            .serve_at(SESSION_PATH, LoginSession { locked: false })?
            .name("org.freedesktop.login1")?
            .build()
            .await?;
        Ok(Self { connection, asked, _bus: bus })
    }

    /// Says that the computer is about to sleep (true), or that it woke.
    pub async fn prepare_for_sleep(&self, before: bool) -> Result<()> {
        let emitter = SignalEmitter::new(&self.connection, LOGIND_PATH)?;
        Ok(Manager::prepare_for_sleep(&emitter, before).await?)
    }

    /// Asks the session to lock itself, as `loginctl lock-session` does.
    pub async fn lock_session(&self) -> Result<()> {
        let emitter = SignalEmitter::new(&self.connection, SESSION_PATH)?;
        Ok(LoginSession::lock(&emitter).await?)
    }

    /// Says that the session is locked, or is no more, as a desktop does that locked its screen.
    pub async fn hint_locked(&self, locked: bool) -> Result<()> {
        let session = self.connection.object_server().interface::<_, LoginSession>(SESSION_PATH).await?;
        session.get_mut().await.locked = locked;
        let emitter = session.signal_emitter();
        Ok(session.get().await.locked_hint_changed(emitter).await?)
    }

    /// Waits until somebody holds the sleep up, and returns how many do or did.
    pub async fn is_inhibited(&self, at_least: usize) -> Result<usize> {
        until("a program that holds the sleep up", START_WITHIN, || async {
            let count = self.inhibitors().len();
            Ok((count >= at_least).then_some(count))
        })
        .await
    }

    fn inhibitors(&self) -> std::sync::MutexGuard<'_, Vec<(String, PipeReader)>> {
        self.asked.inhibitors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whether nobody holds the sleep up any more.
    pub fn may_sleep(&self) -> Result<bool> {
        for (_, end) in self.inhibitors().iter() {
            let mut watched = [PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN)];
            poll(&mut watched, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))?;
            if !watched[0].revents().contains(PollFlags::HUP) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What the first of them holds up, by whom, why and how.
    pub fn inhibited(&self) -> Result<String> {
        Ok(self.inhibitors().first().context("nobody holds the sleep up")?.0.clone())
    }
}

/// Starts a screen saver of this name in `session`, and says that the screen is locked.
pub async fn lock_screen(session: &Session, saver: &str) -> Result<()> {
    let bus = session.connect().await?;
    bus.request_name(saver).await?;
    let path = format!("/{}", saver.replace('.', "/"));
    // First that it is not: who takes every word of it for a lock would show.
    bus.emit_signal(None::<&str>, path.as_str(), saver, "ActiveChanged", &false).await?;
    bus.emit_signal(None::<&str>, path.as_str(), saver, "ActiveChanged", &true).await?;
    // The bus has passed everything on once it has answered.
    bus.release_name(saver).await?;
    Ok(())
}

struct Manager(Arc<Asked>);

#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::fdo::Result<OwnedFd> {
        let (seen, held) = std::io::pipe().map_err(|error| zbus::fdo::Error::Failed(error.to_string()))?;
        let said = format!("{what} | {who} | {why} | {mode}");
        self.0.inhibitors.lock().unwrap_or_else(PoisonError::into_inner).push((said, seen));
        Ok(OwnedFd::from(std::os::fd::OwnedFd::from(held)))
    }

    #[expect(clippy::unused_self, reason = "the interface's macro dictates the signature")]
    fn get_session(&self, id: &str) -> zbus::fdo::Result<OwnedObjectPath> {
        if id != "auto" {
            return Err(zbus::fdo::Error::Failed(format!("no session {id}")));
        }
        OwnedObjectPath::try_from(SESSION_PATH).map_err(|error| zbus::fdo::Error::Failed(error.to_string()))
    }

    /// Before the sleep (true), and after it.
    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, before: bool) -> zbus::Result<()>;
}

struct LoginSession {
    locked: bool,
}

#[interface(name = "org.freedesktop.login1.Session")]
impl LoginSession {
    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        self.locked
    }

    /// The session is to lock itself.
    #[zbus(signal)]
    async fn lock(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}
