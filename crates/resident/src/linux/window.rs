//! The window's program: started when a window is wanted, gone when it is closed.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as Pair;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::value::RawValue;
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::link::{Frame, Said, Told, frame, read, write};
use crate::{Host, answer, own};

/// What the window's libraries are told: memory that is freed is written over, whichever of them frees it. A revealed
/// value passes through toolkit and web engine, which wipe nothing. glibc does, but for the small pieces that threads keep
/// back, so none are kept back; and the engine takes its memory from glibc. (Our own memory is wiped by the allocator of
/// [`fobwatch_platform::hardening`].)
const WIPE: [(&str, &str); 2] =
    [("GLIBC_TUNABLES", "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"), ("Malloc", "1")];

/// The program's name, beside ours.
const PROGRAM: &str = "fobwatch-window";

/// The window, while there is one.
#[derive(Default)]
pub(super) struct Windows {
    host: OnceLock<Host>,
    open: Arc<Mutex<Option<Open>>>,
    /// How many were started.
    started: AtomicU32,
}

struct Open {
    /// Which one it is: the end of the one before may be noticed only now.
    number: u32,
    tell: UnboundedSender<Frame>,
}

impl Windows {
    /// Says who answers what windows ask.
    pub(super) fn serve(&self, host: Host) {
        self.host.get_or_init(|| host);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn tell(&self, event: &str, payload: &RawValue) {
        self.send(&Told::Event { name: event, payload });
    }

    fn send(&self, told: &Told<'_>) {
        if let Some(open) = &*self.lock() {
            send(&open.tell, told);
        }
    }

    /// Brings the window up, or starts it.
    pub(super) fn show(&self) {
        let Some(host) = self.host.get() else { return };
        let mut open = self.lock();
        if let Some(open) = &*open {
            return send(&open.tell, &Told::Show);
        }
        match start() {
            Ok((child, link)) => {
                let (tell, mut told) = unbounded_channel::<Frame>();
                let number = self.started.fetch_add(1, Ordering::SeqCst);
                *open = Some(Open { number, tell: tell.clone() });
                let (from, mut to) = link.into_split();
                drop(own(async move {
                    while let Some(frame) = told.recv().await {
                        if write(&mut to, &frame).await.is_err() {
                            return;
                        }
                    }
                }));
                drop(own(attend(child)));
                drop(own(serve(host.clone(), from, tell, self.open.clone(), number)));
            }
            Err(error) => tracing::error!(%error, "the window could not be opened"),
        }
    }

    /// Ends the window's program.
    pub(super) fn close(&self) {
        close(&self.open);
    }
}

fn send(tell: &UnboundedSender<Frame>, told: &Told<'_>) {
    match frame(told) {
        // A window that is gone hears nothing.
        Ok(frame) => drop(tell.send(frame)),
        Err(error) => tracing::warn!(%error, "the window was not told"),
    }
}

/// Answers one window until it is gone.
async fn serve(
    host: Host,
    mut from: OwnedReadHalf,
    tell: UnboundedSender<Frame>,
    open: Arc<Mutex<Option<Open>>>,
    number: u32,
) {
    loop {
        match read(&mut from).await {
            Ok(Some(frame)) => drop(own(heard(host.clone(), tell.clone(), frame, open.clone()))),
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(%error, "the window's connection broke");
                break;
            }
        }
    }
    // It was not asked to end: it broke, or the system ended it.
    if open.lock().unwrap_or_else(PoisonError::into_inner).take_if(|open| open.number == number).is_some() {
        tracing::warn!("the window ended by itself");
        host.window_closed();
    }
}

/// Does what the window says. The frame is read here, so that what is in it is nowhere else and is wiped with it.
async fn heard(host: Host, tell: UnboundedSender<Frame>, frame: Frame, open: Arc<Mutex<Option<Open>>>) {
    match serde_json::from_slice(&frame) {
        Ok(Said::Ask { number, command, arguments }) => {
            let answered = answer(&host, command, arguments).await;
            let (done, body) = match &answered {
                Ok(answer) => (true, answer),
                Err(refusal) => (false, refusal),
            };
            send(&tell, &Told::Answer { number, done, body });
        }
        Ok(Said::Closed) => {
            close(&open);
            host.window_closed();
        }
        Err(_) => tracing::warn!("the window said what is not understood"),
    }
}

/// Ends the window's program. A window that is wanted from now on is another one.
fn close(open: &Mutex<Option<Open>>) {
    if let Some(open) = open.lock().unwrap_or_else(PoisonError::into_inner).take() {
        send(&open.tell, &Told::End);
    }
}

/// Starts the program, with the other end of the connection as its standard input.
fn start() -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = Pair::pair()?;
    ours.set_nonblocking(true)?;
    let child = Command::new(program()?).envs(WIPE).stdin(Stdio::from(OwnedFd::from(theirs))).spawn()?;
    Ok((child, UnixStream::from_std(ours)?))
}

/// Takes note of a program's end, so that no dead process stays.
async fn attend(mut child: Child) {
    match child.wait().await {
        Ok(status) if status.success() => {}
        Ok(status) => tracing::warn!(%status, "the window's program failed"),
        Err(error) => tracing::warn!(%error, "the end of the window's program was missed"),
    }
}

/// Where the window's program is: beside this one.
fn program() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().ok_or(io::ErrorKind::NotFound)?;
    Ok(folder.join(PROGRAM))
}
