//! When the palette loses the keyboard to another program: it is put away then.
//!
//! The toolkit takes it for a loss too when somebody holds the keyboard for the length of a key, as the server does for every
//! key that is taken from all programs: a louder volume, or the one that brings the palette up. So on X11 the server's own
//! word counts. Under Wayland no such thing is told.

use std::os::fd::AsRawFd as _;

use gtk::glib::{self, ControlFlow, IOCondition, Propagation};
use gtk::prelude::*;
use x11rb::connection::Connection as _;
use x11rb::cookie::VoidCookie;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, NotifyDetail, NotifyMode};
use x11rb::rust_connection::RustConnection;

/// Does something when the keyboard goes to another program.
pub(super) fn on_loss(window: &gtk::Window, lost: impl Fn() + 'static) {
    let on_x11 = window.window().map(gtk::prelude::Cast::downcast::<gdkx11::X11Window>);
    let watched = match on_x11 {
        Some(Ok(window)) => watch(u32::try_from(window.xid()).unwrap_or_default()),
        _ => None,
    };
    match watched {
        Some(server) => {
            let stream = server.stream().as_raw_fd();
            glib::source::unix_fd_add_local(stream, IOCondition::IN, move |_, _| {
                loop {
                    match server.poll_for_event() {
                        Ok(Some(event)) if is_loss(&event) => lost(),
                        Ok(Some(_)) => {}
                        Ok(None) => return ControlFlow::Continue,
                        // The server is gone, and the window with it.
                        Err(_) => return ControlFlow::Break,
                    }
                }
            });
        }
        None => {
            window.connect_focus_out_event(move |_, _| {
                lost();
                Propagation::Proceed
            });
        }
    }
}

/// Asks the server to tell of this window's keyboard.
fn watch(window: u32) -> Option<RustConnection> {
    let Ok((server, _)) = x11rb::connect(None) else { return None };
    let told = ChangeWindowAttributesAux::new().event_mask(EventMask::FOCUS_CHANGE);
    let asked = server.change_window_attributes(window, &told).map(VoidCookie::check);
    matches!(asked, Ok(Ok(()))).then_some(server)
}

fn is_loss(event: &Event) -> bool {
    let Event::FocusOut(out) = event else { return false };
    let for_good = matches!(out.mode, NotifyMode::NORMAL | NotifyMode::WHILE_GRABBED);
    // Within the window, or where the pointer is, is not elsewhere.
    for_good && !matches!(out.detail, NotifyDetail::INFERIOR | NotifyDetail::POINTER)
}
