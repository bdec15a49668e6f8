//! The connection to the program that holds the vault: our standard input, as for the window.
//!
//! A message is a length of four bytes, then JSON (see `link` of the resident part, which speaks the other half).

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender};

use fobwatch_palette::Refusal;
use gtk::glib::{self, ControlFlow, Priority};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// The longest message that comes here, in bytes.
const LONGEST: u32 = 1024 * 1024;

/// One message, wiped after use.
type Frame = Zeroizing<Vec<u8>>;

/// What is done with an answer.
type Then = Box<dyn FnOnce(Result<&RawValue, Refusal>)>;

/// The connection. Clones share it.
#[derive(Clone)]
pub(super) struct Link(Rc<Inner>);

struct Inner {
    socket: UnixStream,
    next: RefCell<u64>,
    waiting: RefCell<HashMap<u64, Then>>,
    early: RefCell<HashMap<u64, Frame>>,
    wanted: Cell<bool>,
    when_wanted: Cell<Option<Box<dyn FnOnce()>>>,
}

#[derive(Serialize)]
enum Said<'a, T> {
    Ask { number: u64, command: &'a str, arguments: &'a T },
    Closed,
}

#[derive(Deserialize)]
enum Told<'a> {
    Answer {
        number: u64,
        done: bool,
        #[serde(borrow)]
        body: &'a RawValue,
    },
    Event {},
    Show,
    End,
}

/// A question whose answer is not yet looked for.
#[derive(Clone, Copy)]
pub(super) struct Asked(u64);

impl Link {
    /// Takes the connection over.
    pub(super) fn take() -> io::Result<Self> {
        let socket = UnixStream::from(rustix::stdio::stdin().try_clone_to_owned()?);
        // Anything else than a socket was not left by the other program.
        socket.peer_addr()?;
        rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
        let inner = Inner {
            socket,
            next: RefCell::new(0),
            waiting: RefCell::default(),
            early: RefCell::default(),
            wanted: Cell::new(false),
            when_wanted: Cell::default(),
        };
        Ok(Self(Rc::new(inner)))
    }

    /// Asks for something.
    pub(super) fn ask(&self, command: &str, arguments: &impl Serialize) -> Asked {
        let number = {
            let mut next = self.0.next.borrow_mut();
            *next += 1;
            *next
        };
        self.say(&Said::Ask { number, command, arguments });
        Asked(number)
    }

    /// Says that the person closed the palette.
    pub(super) fn close(&self) {
        self.say(&Said::<()>::Closed);
    }

    fn say(&self, said: &impl Serialize) {
        let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
        bytes.extend_from_slice(&[0; 4]);
        if serde_json::to_writer(&mut *bytes, said).is_err() {
            return;
        }
        let length = u32::try_from(bytes.len() - 4).unwrap_or(u32::MAX);
        bytes[..4].copy_from_slice(&length.to_be_bytes());
        // The other end is gone only when this program is about to end as well.
        drop((&self.0.socket).write_all(&bytes));
    }

    /// Does something with the answer, once it is there.
    pub(super) fn then<T: DeserializeOwned>(&self, asked: Asked, then: impl FnOnce(Result<T, Refusal>) + 'static) {
        let unread = || Refusal { code: "internal".into(), message: String::new(), hint: String::new() };
        let then: Then = Box::new(move |answer| {
            then(answer.and_then(|body| serde_json::from_str(body.get()).map_err(|_| unread())));
        });
        self.0.waiting.borrow_mut().insert(asked.0, then);
        let early = self.0.early.borrow_mut().remove(&asked.0);
        if let Some(frame) = early {
            self.heard(&frame);
        }
    }

    /// Does something when the palette is wanted, which it may be already.
    pub(super) fn when_wanted(&self, work: impl FnOnce() + 'static) {
        if self.0.wanted.get() {
            return work();
        }
        self.0.when_wanted.set(Some(Box::new(work)));
    }

    /// Reads what comes, on a thread of its own; each message is handled on the toolkit's.
    pub(super) fn listen(&self) -> io::Result<()> {
        let socket = self.0.socket.try_clone()?;
        let (frames, heard) = std::sync::mpsc::channel();
        LISTENING.with(|listening| *listening.borrow_mut() = Some((self.clone(), heard)));
        std::thread::Builder::new().name("link".into()).spawn(move || {
            // However it ends, the palette ends with it.
            drop(read_all(socket, &frames));
            on_toolkit(end);
        })?;
        Ok(())
    }

    fn heard(&self, frame: &Frame) {
        match serde_json::from_slice(frame) {
            Ok(Told::Answer { number, done, body }) => {
                let then = self.0.waiting.borrow_mut().remove(&number);
                match then {
                    Some(then) if done => then(Ok(body)),
                    Some(then) => then(Err(refusal(body))),
                    None => drop(self.0.early.borrow_mut().insert(number, frame.clone())),
                }
            }
            Ok(Told::Event {}) => {}
            Ok(Told::Show) => {
                self.0.wanted.set(true);
                if let Some(work) = self.0.when_wanted.take() {
                    work();
                }
            }
            Ok(Told::End) | Err(_) => end(),
        }
    }
}

thread_local! {
    static LISTENING: RefCell<Option<(Link, Receiver<Frame>)>> = const { RefCell::new(None) };
}

fn read_all(mut from: UnixStream, frames: &Sender<Frame>) -> io::Result<()> {
    loop {
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length);
        if length > LONGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut frame = Zeroizing::new(vec![0; length as usize]);
        from.read_exact(&mut frame)?;
        if frames.send(frame).is_err() {
            return Ok(());
        }
        on_toolkit(hear);
    }
}

/// Does something on the toolkit's thread, as soon as its loop runs. (`MainContext::invoke` would do it here where the loop
/// does not run yet.)
fn on_toolkit(work: fn()) {
    let once = move || {
        work();
        ControlFlow::Break
    };
    glib::idle_source_new(None, Priority::DEFAULT, once).attach(Some(&glib::MainContext::default()));
}

/// Handles one message, on the toolkit's thread.
fn hear() {
    let next = LISTENING.with(|listening| {
        let listening = listening.borrow();
        let (link, heard) = listening.as_ref()?;
        let Ok(frame) = heard.try_recv() else { return None };
        Some((link.clone(), frame))
    });
    if let Some((link, frame)) = next {
        link.heard(&frame);
    }
}

fn end() {
    gtk::main_quit();
}

fn refusal(body: &RawValue) -> Refusal {
    serde_json::from_str(body.get()).unwrap_or_else(|_| Refusal {
        code: "internal".into(),
        message: body.get().into(),
        hint: String::new(),
    })
}
