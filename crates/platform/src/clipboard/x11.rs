//! One paste on X11: the owner of a selection answers requests until one for the text was answered.
//!
//! One paste is what one program asks for within [`SAME_PASTE`]: browsers read a text twice, once for the page and once
//! for themselves. Who asked too early, and the program that keeps selections for others (`CLIPBOARD_MANAGER`), gets
//! nothing for as long as the value is there.

use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use fobwatch_core::ports::{ClipboardError, Left};
use fobwatch_core::secret::Secret;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::cookie::Cookie;
use x11rb::errors::ReplyError;
use x11rb::protocol::Event;
use x11rb::protocol::res::{ClientIdMask, ClientIdSpec, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, Timestamp, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, NONE};

use super::once::{HINT, MARK, TOO_EARLY, failed};

/// For how long the program that pastes may ask again.
const SAME_PASTE: Duration = Duration::from_secs(1);

x11rb::atom_manager! {
    Atoms: AtomCookies {
        CLIPBOARD,
        CLIPBOARD_MANAGER,
        TARGETS,
        TIMESTAMP,
        UTF8_STRING,
        UTF8_MIME: b"text/plain;charset=utf-8",
        HINT: HINT.0.as_bytes(),
        // A selection of this name belongs to the window that serves one paste.
        MARK: MARK.as_bytes(),
    }
}

/// A program that asks: its process, or where that is not known its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asker {
    Process(u32),
    Connection(u32),
}

/// What serves one value.
pub(super) struct Serving {
    connection: RustConnection,
    atoms: Atoms,
    value: Secret,
    stopped: UnixStream,
    /// When the selection became ours: what is given up with this time is certainly our own.
    since: Timestamp,
    started: Instant,
    early: Vec<Asker>,
    pasting: Option<Paste>,
}

/// The one paste.
struct Paste {
    by: Asker,
    /// What that program is called; asked at once, since it may end when it has what it wanted.
    name: Option<String>,
    /// Until when it may ask again.
    ends: Instant,
}

/// Takes the clipboard for `value`.
pub(super) fn claim(value: Secret, stopped: UnixStream) -> Result<Serving, ClipboardError> {
    let (connection, screen) = RustConnection::connect(None).map_err(|error| failed(&error))?;
    let root = connection.setup().roots.get(screen).ok_or_else(|| ClipboardError("it has no screen".into()))?.root;
    if value.len() + 64 > connection.maximum_request_bytes() {
        return Err(ClipboardError("the value is too long for one paste".into()));
    }
    let (window, atoms, since) = own(&connection, root).map_err(|error| failed(&error))?;
    let owner = connection.get_selection_owner(atoms.CLIPBOARD).map_err(ReplyError::from).and_then(Cookie::reply);
    if owner.map_err(|error| failed(&error))?.owner != window {
        return Err(ClipboardError("another program holds it".into()));
    }
    let (early, pasting) = (Vec::new(), None);
    Ok(Serving { connection, atoms, value, stopped, since, started: Instant::now(), early, pasting })
}

/// Makes a window and the owner of the clipboard of it.
fn own(connection: &RustConnection, root: Window) -> Result<(Window, Atoms, Timestamp), ReplyError> {
    let atoms = Atoms::new(connection)?.reply()?;
    let window =
        connection.generate_id().map_err(|_| ReplyError::from(x11rb::errors::ConnectionError::UnknownError))?;
    let events = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
    let (depth, class, visual) = (COPY_DEPTH_FROM_PARENT, WindowClass::INPUT_OUTPUT, COPY_FROM_PARENT);
    connection.create_window(depth, window, root, 0, 0, 1, 1, 0, class, visual, &events)?;
    // The server's own time comes with the news of a change (ICCCM 2.1).
    connection.change_property8(PropMode::APPEND, window, AtomEnum::WM_NAME, AtomEnum::STRING, &[])?;
    connection.flush()?;
    let since = loop {
        if let Event::PropertyNotify(changed) = connection.wait_for_event()? {
            break changed.time;
        }
    };
    connection.set_selection_owner(window, atoms.MARK, since)?;
    connection.set_selection_owner(window, atoms.CLIPBOARD, since)?;
    connection.flush()?;
    Ok((window, atoms, since))
}

/// Tells whether the clipboard belongs to a window that serves one paste.
pub(super) fn has_mark() -> bool {
    let look = || -> Result<bool, ReplyError> {
        let (connection, _) =
            RustConnection::connect(None).map_err(|_| x11rb::errors::ConnectionError::UnknownError)?;
        let atoms = Atoms::new(&connection)?.reply()?;
        let marked = connection.get_selection_owner(atoms.MARK)?.reply()?.owner;
        Ok(marked != NONE && connection.get_selection_owner(atoms.CLIPBOARD)?.reply()?.owner == marked)
    };
    // A display that does not answer this is asked for the text next, and that failure is told.
    look().unwrap_or(false)
}

impl Serving {
    /// Serves until the value has left the clipboard.
    pub(super) fn serve(mut self) -> Left {
        let left = loop {
            match self.next() {
                Next::Event(Event::SelectionRequest(request)) => {
                    if let Err(error) = self.answer(&request) {
                        tracing::warn!(%error, "a program that asked for the clipboard was not answered");
                    }
                }
                Next::Event(Event::SelectionClear(cleared)) if cleared.selection == self.atoms.CLIPBOARD => {
                    break Left::Replaced;
                }
                Next::Event(_) => {}
                Next::Stopped | Next::Over => break Left::Cleared,
            }
        };
        // Whoever took it since keeps it: the time is that of our own claim.
        let given_up = self.connection.set_selection_owner(NONE, self.atoms.CLIPBOARD, self.since);
        if let Err(error) = given_up.map_err(ReplyError::from).and_then(|_| self.connection.sync()) {
            // Then the connection ends with this value, and the selection with the connection.
            tracing::debug!(%error, "the clipboard was not given up by word");
        }
        match self.pasting {
            Some(paste) => Left::Pasted(paste.name),
            None => left,
        }
    }

    /// Waits for what happens next.
    fn next(&self) -> Next {
        loop {
            match self.connection.poll_for_event() {
                Ok(Some(event)) => return Next::Event(event),
                Ok(None) => {}
                // The display is gone, and the clipboard with it.
                Err(_) => return Next::Over,
            }
            let left = self.pasting.as_ref().map(|paste| paste.ends.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Next::Over;
            }
            let timeout = left.map(|left| Timespec { tv_sec: 0, tv_nsec: i64::from(left.subsec_nanos()) });
            let mut ready =
                [PollFd::new(self.connection.stream(), PollFlags::IN), PollFd::new(&self.stopped, PollFlags::IN)];
            match poll(&mut ready, timeout.as_ref()) {
                Ok(_) if !ready[1].revents().is_empty() => return Next::Stopped,
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return Next::Over,
            }
        }
    }

    fn answer(&mut self, request: &SelectionRequestEvent) -> Result<(), ReplyError> {
        let (to, atoms) = (request.requestor, self.atoms);
        // Programs of before 1990 name no property (ICCCM 2.2).
        let property = if request.property == NONE { request.target } else { request.property };
        let given = if request.selection != atoms.CLIPBOARD {
            false
        } else if request.target == atoms.TARGETS {
            let targets = [atoms.TARGETS, atoms.TIMESTAMP, atoms.UTF8_STRING, atoms.UTF8_MIME, atoms.HINT];
            self.connection.change_property32(PropMode::REPLACE, to, property, AtomEnum::ATOM, &targets)?.check()?;
            true
        } else if request.target == atoms.TIMESTAMP {
            let since = [self.since];
            self.connection.change_property32(PropMode::REPLACE, to, property, AtomEnum::INTEGER, &since)?.check()?;
            true
        } else if request.target == atoms.HINT {
            let said = HINT.1.as_bytes();
            self.connection.change_property8(PropMode::REPLACE, to, property, atoms.HINT, said)?.check()?;
            true
        } else if request.target == atoms.UTF8_STRING || request.target == atoms.UTF8_MIME {
            self.give(to, property, request.target)?
        } else {
            false
        };
        let told = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: to,
            selection: request.selection,
            target: request.target,
            property: if given { property } else { NONE },
        };
        self.connection.send_event(false, to, EventMask::NO_EVENT, told)?;
        Ok(self.connection.flush()?)
    }

    /// Gives the text to who asks, if it is the one who may have it.
    fn give(&mut self, to: Window, property: Atom, target: Atom) -> Result<bool, ReplyError> {
        let asker = asker(&self.connection, to);
        if self.started.elapsed() < TOO_EARLY {
            if !self.early.contains(&asker) {
                self.early.push(asker);
            }
            return Ok(false);
        }
        let keeper = self.connection.get_selection_owner(self.atoms.CLIPBOARD_MANAGER)?.reply()?.owner;
        let keeps = keeper != NONE && self::asker(&self.connection, keeper) == asker;
        let pastes = self.pasting.as_ref().is_none_or(|paste| paste.by == asker);
        if keeps || !pastes || self.early.contains(&asker) {
            return Ok(false);
        }
        // Exposed to the program in which the person pastes.
        let text = self.value.expose().as_bytes();
        self.connection.change_property8(PropMode::REPLACE, to, property, target, text)?.check()?;
        self.pasting.get_or_insert_with(|| Paste { name: name(&asker), by: asker, ends: Instant::now() + SAME_PASTE });
        Ok(true)
    }
}

/// What ends a wait.
enum Next {
    Event(Event),
    /// We were told to let go.
    Stopped,
    /// The paste is over, or the display is gone.
    Over,
}

/// Finds out whose window this is.
fn asker(connection: &RustConnection, window: Window) -> Asker {
    let spec = ClientIdSpec { client: window, mask: ClientIdMask::LOCAL_CLIENT_PID };
    // A server without the X-Resource extension, or a program on another machine: then there is no process to name.
    let told = connection.res_query_client_ids(&[spec]).map_err(ReplyError::from).and_then(Cookie::reply);
    let process = told.into_iter().flat_map(|told| told.ids).find_map(|id| id.value.first().copied());
    process.map_or(Asker::Connection(window & !connection.setup().resource_id_mask), Asker::Process)
}

/// The name of a program, as the system knows it.
fn name(asker: &Asker) -> Option<String> {
    let Asker::Process(id) = asker else { return None };
    match std::fs::read_to_string(format!("/proc/{id}/comm")) {
        Ok(name) => Some(name.trim_end().to_owned()).filter(|name| !name.is_empty()),
        // It has ended.
        Err(_) => None,
    }
}
