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

    pub(super) fn tell(&self, event: &str, payload: &str) {
        let Ok(payload) = serde_json::from_str::<&RawValue>(payload) else { return };
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
        if let Some(open) = self.lock().take() {
            send(&open.tell, &Told::End);
        }
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
            Ok(Some(frame)) => heard(&host, &tell, &frame),
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(%error, "the window's connection broke");
                break;
            }
        }
    }
    let unexpected = {
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        let ours = open.as_ref().is_some_and(|open| open.number == number);
        if ours {
            open.take();
        }
        ours
    };
    // It was not asked to end: it broke, or the system ended it.
    if unexpected {
        tracing::warn!("the window ended by itself");
        host.close_window().await;
    }
}

fn heard(host: &Host, tell: &UnboundedSender<Frame>, frame: &Frame) {
    match serde_json::from_slice(frame) {
        Ok(Said::Ask { number, command, arguments }) => {
            let (host, tell) = (host.clone(), tell.clone());
            let (command, arguments) = (command.to_owned(), arguments.to_owned());
            drop(own(async move {
                let answered = answer(&host, &command, arguments.get()).await;
                let (done, body) = match &answered {
                    Ok(answer) => (true, answer),
                    Err(refusal) => (false, refusal),
                };
                if let Ok(body) = serde_json::from_str(body) {
                    send(&tell, &Told::Answer { number, done, body });
                }
            }));
        }
        Ok(Said::Closed) => {
            let host = host.clone();
            drop(own(async move { host.close_window().await }));
        }
        Err(error) => tracing::warn!(%error, "the window said what is not understood"),
    }
}

/// Starts the program, with the other end of the connection as its standard input.
fn start() -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = Pair::pair()?;
    ours.set_nonblocking(true)?;
    let child = Command::new(program()?).stdin(Stdio::from(OwnedFd::from(theirs))).spawn()?;
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
