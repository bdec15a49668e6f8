//! One paste on Wayland, where the compositor lets a program without a window serve the clipboard (data-control).
//!
//! Who asks is not told there, so one paste is one read.

use std::io::Write as _;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use fobwatch_core::ports::{ClipboardError, Left};
use fobwatch_core::secret::Secret;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use wayland_client::backend::WaylandError;
use wayland_client::globals::{GlobalList, GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_client::protocol::wl_seat::WlSeat;
use wayland_client::{Connection, Dispatch, EventQueue, Proxy, QueueHandle, delegate_noop};
use wl_clipboard_rs::paste;

use super::once::{HINT, MARK, TOO_EARLY, failed};

/// For how long a program that reads may take between two pieces.
const READS_WITHIN: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };
/// The formats of the text.
const TEXT: [&str; 5] = ["text/plain;charset=utf-8", "text/plain", "UTF8_STRING", "STRING", "TEXT"];

/// What serves one value.
pub(super) struct Serving {
    queue: EventQueue<Served>,
    served: Served,
    stopped: UnixStream,
    source: Source,
}

/// The state between events.
struct Served {
    value: Secret,
    started: Instant,
    left: Option<Left>,
}

/// Connects to the compositor of this desktop, if it has one.
pub(super) fn connection() -> Option<Connection> {
    // The same question that decides for the plain clipboard: a desktop whose compositor is not there has X11.
    std::env::var_os("WAYLAND_DISPLAY")?;
    match Connection::connect_to_env() {
        Ok(connection) => Some(connection),
        Err(error) => {
            tracing::debug!(%error, "there is no compositor");
            None
        }
    }
}

/// Takes the clipboard for `value`; none where the compositor has no such protocol.
pub(super) fn claim(
    connection: &Connection,
    value: Secret,
    stopped: UnixStream,
) -> Result<Option<Serving>, ClipboardError> {
    let (globals, mut queue) = registry_queue_init::<Served>(connection).map_err(|error| failed(&error))?;
    // Without a seat there is nobody to paste.
    let Ok(seat) = globals.bind::<WlSeat, _, _>(&queue.handle(), 1..=1, ()) else { return Ok(None) };
    let Some(source) =
        ext::offer(&globals, &seat, &queue.handle()).or_else(|| wlr::offer(&globals, &seat, &queue.handle()))
    else {
        return Ok(None);
    };
    let mut served = Served { value, started: Instant::now(), left: None };
    // The compositor has taken the claim when it has answered.
    queue.roundtrip(&mut served).map_err(|error| failed(&error))?;
    Ok(Some(Serving { queue, served, stopped, source }))
}

/// Tells whether the clipboard offers a value of ours that is there for one paste.
pub(super) fn has_mark() -> bool {
    // A clipboard that does not answer this is asked for the text next, and that failure is told.
    paste::get_mime_types(paste::ClipboardType::Regular, paste::Seat::Unspecified)
        .is_ok_and(|offered| offered.contains(MARK))
}

impl Serving {
    /// Serves until the value has left the clipboard.
    pub(super) fn serve(mut self) -> Left {
        loop {
            if self.queue.dispatch_pending(&mut self.served).is_err() {
                return Left::Cleared;
            }
            if let Some(left) = self.served.left.take() {
                self.let_go();
                return left;
            }
            if !self.wait() {
                self.let_go();
                return Left::Cleared;
            }
        }
    }

    /// Waits for events; false when we were told to let go, or the compositor is gone.
    fn wait(&mut self) -> bool {
        if self.queue.flush().is_err() {
            return false;
        }
        let Some(reading) = self.queue.prepare_read() else { return true };
        let mut ready = [
            PollFd::from_borrowed_fd(reading.connection_fd(), PollFlags::IN),
            PollFd::new(&self.stopped, PollFlags::IN),
        ];
        match poll(&mut ready, None) {
            Ok(_) if !ready[1].revents().is_empty() => false,
            Ok(_) => match reading.read() {
                Ok(_) => true,
                // Woken for nothing.
                Err(WaylandError::Io(error)) => error.kind() == std::io::ErrorKind::WouldBlock,
                Err(_) => false,
            },
            Err(rustix::io::Errno::INTR) => true,
            Err(_) => false,
        }
    }

    /// Ends the offer, and with it the selection if it is still ours.
    fn let_go(&mut self) {
        self.source.destroy();
        if let Err(error) = self.queue.roundtrip(&mut self.served) {
            // Then the connection ends with this value, and the offer with the connection.
            tracing::debug!(%error, "the clipboard was not given up by word");
        }
    }
}

impl Served {
    fn send(&mut self, format: &str, to: OwnedFd) {
        if format == HINT.0 {
            hand_over(to, HINT.1.as_bytes());
        } else if TEXT.contains(&format) && self.left.is_none() && self.started.elapsed() >= TOO_EARLY {
            // Exposed to the program in which the person pastes.
            if hand_over(to, self.value.expose().as_bytes()) {
                self.left = Some(Left::Pasted(None));
            }
        }
        // Otherwise the other end reads nothing.
    }
}

/// Writes to a program that reads; tells whether it had any of it.
fn hand_over(to: OwnedFd, mut bytes: &[u8]) -> bool {
    let all = bytes.len();
    // A program that does not read must not hold us up for ever.
    if rustix::fs::fcntl_setfl(&to, rustix::fs::OFlags::NONBLOCK).is_err() {
        return false;
    }
    let mut pipe = std::fs::File::from(to);
    while !bytes.is_empty() {
        match pipe.write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                let mut ready = [PollFd::from_borrowed_fd(pipe.as_fd(), PollFlags::OUT)];
                if !poll(&mut ready, Some(&READS_WITHIN)).is_ok_and(|ready| ready > 0) {
                    break;
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    bytes.len() < all
}

impl Dispatch<WlRegistry, GlobalListContents> for Served {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: <WlRegistry as Proxy>::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}
delegate_noop!(Served: ignore WlSeat);

/// What the compositor has of us.
enum Source {
    Ext(ext::Source),
    Wlr(wlr::Source),
}

impl Source {
    fn destroy(&self) {
        match self {
            Self::Ext(source) => source.destroy(),
            Self::Wlr(source) => source.destroy(),
        }
    }
}

/// The same protocol under two names: the one of wlroots, and the one that became common.
macro_rules! data_control {
    ($name:ident, $which:ident, $($path:ident)::+, $version:expr,
     $manager:ident $manager_in:ident, $device:ident $device_in:ident, $offer:ident $offer_in:ident, $source:ident $source_in:ident) => {
        mod $name {
            use super::{Connection, Dispatch, GlobalList, HINT, Left, MARK, QueueHandle, Served, TEXT, WlSeat, delegate_noop};
            use $($path)::+::$manager_in::$manager;
            use $($path)::+::$device_in::{self, $device};
            use $($path)::+::$offer_in::$offer;
            use $($path)::+::$source_in::{Event, $source};

            pub(super) type Source = $source;

            /// Offers the value to everybody; none where the compositor does not know this protocol.
            pub(super) fn offer(globals: &GlobalList, seat: &WlSeat, queue: &QueueHandle<Served>) -> Option<super::Source> {
                let Ok(manager) = globals.bind::<$manager, _, _>(queue, $version, ()) else { return None };
                let source = manager.create_data_source(queue, ());
                for format in TEXT.iter().chain([&HINT.0, &MARK]) {
                    source.offer((*format).to_owned());
                }
                manager.get_data_device(seat, queue, ()).set_selection(Some(&source));
                Some(super::Source::$which(source))
            }

            delegate_noop!(Served: $manager);
            delegate_noop!(Served: ignore $offer);

            impl Dispatch<$device, ()> for Served {
                fn event(
                    _: &mut Self,
                    _: &$device,
                    event: $device_in::Event,
                    (): &(),
                    _: &Connection,
                    _: &QueueHandle<Self>,
                ) {
                    // What is on the clipboard concerns others.
                    if let $device_in::Event::DataOffer { id } = event {
                        id.destroy();
                    }
                }

                wayland_client::event_created_child!(Served, $device, [
                    $device_in::EVT_DATA_OFFER_OPCODE => ($offer, ()),
                ]);
            }

            impl Dispatch<$source, ()> for Served {
                fn event(state: &mut Self, _: &$source, event: Event, (): &(), _: &Connection, _: &QueueHandle<Self>) {
                    match event {
                        Event::Send { mime_type, fd } => state.send(&mime_type, fd),
                        Event::Cancelled => drop(state.left.get_or_insert(Left::Replaced)),
                        _ => {}
                    }
                }
            }
        }
    };
}

data_control!(
    ext, Ext, wayland_protocols::ext::data_control::v1::client, 1..=1,
    ExtDataControlManagerV1 ext_data_control_manager_v1, ExtDataControlDeviceV1 ext_data_control_device_v1,
    ExtDataControlOfferV1 ext_data_control_offer_v1, ExtDataControlSourceV1 ext_data_control_source_v1
);
data_control!(
    wlr, Wlr, wayland_protocols_wlr::data_control::v1::client, 1..=1,
    ZwlrDataControlManagerV1 zwlr_data_control_manager_v1, ZwlrDataControlDeviceV1 zwlr_data_control_device_v1,
    ZwlrDataControlOfferV1 zwlr_data_control_offer_v1, ZwlrDataControlSourceV1 zwlr_data_control_source_v1
);
