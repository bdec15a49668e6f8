//! The programs of window and palette: started when they are wanted, gone when they are closed.

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
use crate::{Host, answer, own, palette, quit};

/// What the libraries of window and palette are told: memory that is freed is written over, whichever of them frees it. A
/// passphrase or a revealed value passes through toolkit and web engine, which wipe nothing. glibc does, but for the small
/// pieces that threads keep back, so none are kept back; and the engine takes its memory from glibc. (Our own memory is
/// wiped by the allocator of [`fobwatch_platform::hardening`].) The page's process must not inherit it: there nothing would
/// be won, and a frame of scrolling took 27 ms in place of 20.
const WIPE: [(&str, &str); 2] =
    [("GLIBC_TUNABLES", "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"), ("Malloc", "1")];

/// The palette draws without OpenGL. The first GTK program of an X display otherwise tries it out, for all that come later,
/// and keeps a compiler for shaders in its memory: 33 of 53 MiB.
const NO_GL: (&str, &str) = ("GDK_GL", "disable");

/// The word for a palette that is started before it is wanted.
const WAITS: &str = "--wait";

/// One of the two programs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Program {
    /// The window.
    Window,
    /// The quick palette.
    Palette,
}

impl Program {
    /// Its name, beside ours.
    fn name(self) -> &'static str {
        match self {
            Self::Window => "fobwatch-window",
            Self::Palette => "fobwatch-palette",
        }
    }

    async fn answer(self, host: &Host, command: &str, arguments: &RawValue) -> Result<Box<RawValue>, Box<RawValue>> {
        match self {
            Self::Window => answer(host, command, arguments).await,
            Self::Palette => palette::answer(host, command, arguments).await,
        }
    }

    /// What its libraries are told and those of the other are not.
    fn surroundings(self) -> Option<(&'static str, &'static str)> {
        matches!(self, Self::Palette).then_some(NO_GL)
    }

    /// Does what it means that it went from the screen.
    fn closed(self, host: &Host) {
        match self {
            Self::Window => host.window_closed(),
            Self::Palette => host.keep_palette_ready(),
        }
    }
}

/// A window of one program, while there is one.
pub(super) struct Windows {
    program: Program,
    host: OnceLock<Host>,
    open: Arc<Mutex<Option<Open>>>,
    /// How many were started.
    started: AtomicU32,
}

/// What is needed to answer one of them.
#[derive(Clone)]
struct Served {
    program: Program,
    host: Host,
    tell: UnboundedSender<Frame>,
    open: Arc<Mutex<Option<Open>>>,
    number: u32,
}

struct Open {
    /// Which one it is: the end of the one before may be noticed only now.
    number: u32,
    tell: UnboundedSender<Frame>,
    /// Whether it is wanted, or waits until it is.
    shown: bool,
}

impl Windows {
    pub(super) fn of(program: Program) -> Self {
        Self { program, host: OnceLock::new(), open: Arc::default(), started: AtomicU32::new(0) }
    }

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

    /// Puts it away where it is shown, else brings it up. What is put away is not ours from here on, so that the next time
    /// means another one, however long this one takes to end.
    pub(super) fn toggle(&self) {
        if take_if(&self.open, |open| open.shown).is_none() {
            self.show();
        } else if let Some(host) = self.host.get() {
            self.program.closed(host);
        }
    }

    /// Brings the window up, or starts it.
    pub(super) fn show(&self) {
        let mut open = self.lock();
        match &mut *open {
            Some(open) => {
                open.shown = true;
                send(&open.tell, &Told::Show);
            }
            None => *open = self.start(true),
        }
    }

    /// Has one wait that is not shown until it is wanted; or has none wait.
    pub(super) fn keep_ready(&self, ready: bool) {
        let mut open = self.lock();
        if ready && open.is_none() {
            *open = self.start(false);
        } else if !ready {
            drop(open);
            drop(take_if(&self.open, |open| !open.shown));
        }
    }

    fn start(&self, shown: bool) -> Option<Open> {
        let host = self.host.get()?;
        match start(self.program, shown) {
            Ok((child, link)) => {
                let (tell, mut told) = unbounded_channel::<Frame>();
                let number = self.started.fetch_add(1, Ordering::SeqCst);
                let (from, mut to) = link.into_split();
                drop(own(async move {
                    while let Some(frame) = told.recv().await {
                        if write(&mut to, &frame).await.is_err() {
                            return;
                        }
                    }
                }));
                drop(own(attend(child)));
                let open = Open { number, tell: tell.clone(), shown };
                let served =
                    Served { program: self.program, host: host.clone(), tell, open: self.open.clone(), number };
                drop(own(serve(served, from)));
                Some(open)
            }
            Err(error) => {
                tracing::error!(%error, program = self.program.name(), "it could not be started");
                None
            }
        }
    }

    /// Ends the window's program.
    pub(super) fn close(&self) {
        drop(take_if(&self.open, |_| true));
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
async fn serve(window: Served, mut from: OwnedReadHalf) {
    loop {
        match read(&mut from).await {
            Ok(Some(frame)) => drop(own(heard(window.clone(), frame))),
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(%error, "the window's connection broke");
                break;
            }
        }
    }
    // It was not asked to end: it broke, or the system ended it.
    if let Some(open) = take_if(&window.open, |open| open.number == window.number) {
        tracing::warn!(program = window.program.name(), "it ended by itself");
        // One that broke before it was wanted would break again.
        if open.shown {
            window.program.closed(&window.host);
        }
    }
}

/// Does what the window says. The frame is read here, so that what is in it is nowhere else and is wiped with it.
async fn heard(window: Served, frame: Frame) {
    match serde_json::from_slice(&frame) {
        Ok(Said::Ask { number, command, arguments }) => {
            let answered = window.program.answer(&window.host, command, arguments).await;
            let (done, body) = match &answered {
                Ok(answer) => (true, answer),
                Err(refusal) => (false, refusal),
            };
            send(&window.tell, &Told::Answer { number, done, body });
        }
        Ok(Said::Closed) => {
            tracing::info!(program = window.program.name(), "somebody closes it");
            // A palette is gone by itself; a window waits until it is told to go.
            if matches!(window.program, Program::Window) {
                return quit::close_asked(&window.host);
            }
            drop(take_if(&window.open, |open| open.number == window.number));
            window.program.closed(&window.host);
        }
        Err(_) => tracing::warn!("the window said what is not understood"),
    }
}

/// Ends the window's program if it is the one that is meant. A window that is wanted from now on is another one.
fn take_if(open: &Mutex<Option<Open>>, is_meant: impl FnOnce(&mut Open) -> bool) -> Option<Open> {
    let open = open.lock().unwrap_or_else(PoisonError::into_inner).take_if(is_meant)?;
    send(&open.tell, &Told::End);
    Some(open)
}

/// Starts the program, with the other end of the connection as its standard input.
fn start(program: Program, shown: bool) -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = Pair::pair()?;
    ours.set_nonblocking(true)?;
    let path = beside_us(program.name())?;
    let waits = (!shown).then_some(WAITS);
    let child = Command::new(path)
        .args(waits)
        .envs(WIPE)
        .envs(program.surroundings())
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .spawn()?;
    Ok((child, UnixStream::from_std(ours)?))
}

/// Takes note of a program's end, so that no dead process stays.
async fn attend(mut child: Child) {
    match child.wait().await {
        Ok(status) if status.success() => {}
        Ok(status) => tracing::warn!(%status, "a window's program failed"),
        Err(error) => tracing::warn!(%error, "the end of a window's program was missed"),
    }
}

/// Where a program of ours is: beside this one.
fn beside_us(name: &str) -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().ok_or(io::ErrorKind::NotFound)?;
    Ok(folder.join(name))
}
