//! The key that brings the palette up from anywhere, on X11: the server gives it to us alone.
//!
//! One thread waits for it and does nothing else. (The crate for this asks twenty times a second whether it came.) Under
//! Wayland only the desktop can give such a key: see [`super::portal`].

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, Keycode, Keysym, ModMask, Window};
use x11rb::rust_connection::RustConnection;

use fobwatch_core::hot_key::Keys;
use fobwatch_core::view::HotKeyState;

use crate::{Host, own};

/// Locks that may be on while the keys are pressed: none, Caps Lock, Num Lock, both.
const LOCKS: [u16; 4] = [0, 2, 16, 18];

/// The keys, as far as the X server goes.
pub(super) struct HotKey {
    connection: Arc<RustConnection>,
    root: Window,
    /// What is ours now, to be given back.
    held: Arc<Mutex<Option<Held>>>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    keys: Keys,
    code: Keycode,
}

impl HotKey {
    /// Connects to the display, and brings the palette up whenever the keys are pressed. None where there is no X server,
    /// or only one that stands in for old programs.
    pub(super) fn listen(host: &Host) -> Option<Self> {
        if std::env::var_os("WAYLAND_DISPLAY").is_some() {
            return None;
        }
        let (connection, screen) = match x11rb::connect(None) {
            Ok(connected) => connected,
            Err(error) => {
                tracing::debug!(%error, "there is no X server, and so no hot key");
                return None;
            }
        };
        let root = connection.setup().roots.get(screen)?.root;
        let hot_key = Self { connection: Arc::new(connection), root, held: Arc::default() };
        let (pressed, mut heard_press) = unbounded_channel();
        let (heard, host) = (hot_key.clone(), host.clone());
        let started = std::thread::Builder::new().name("hot-key".into()).spawn(move || heard.attend(&pressed));
        drop(own(async move {
            while heard_press.recv().await.is_some() {
                host.shell().show_palette();
            }
        }));
        started.is_ok().then_some(hot_key)
    }

    fn clone(&self) -> Self {
        Self { connection: self.connection.clone(), root: self.root, held: self.held.clone() }
    }

    /// Gives the keys back that we had, and takes these.
    pub(super) fn become_like(&self, keys: Option<Keys>) -> HotKeyState {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Held { keys, code }) = held.take() {
            drop(self.give_back(keys, code));
        }
        let Some(keys) = keys else { return HotKeyState::None };
        match self.take(keys) {
            Ok(Some(code)) => {
                *held = Some(Held { keys, code });
                HotKeyState::Set
            }
            // The keyboard has no such key.
            Ok(None) => HotKeyState::Unavailable,
            Err(ReplyError::X11Error(_)) => HotKeyState::Taken,
            Err(ReplyError::ConnectionError(error)) => {
                tracing::warn!(%error, "the hot key could not be set");
                HotKeyState::Unavailable
            }
        }
    }

    fn take(&self, keys: Keys) -> Result<Option<Keycode>, ReplyError> {
        let Some(code) = self.code_of(keys.symbol)? else { return Ok(None) };
        for lock in LOCKS {
            let modifiers = ModMask::from(keys.modifiers | lock);
            let grab = self.connection.grab_key(true, self.root, modifiers, code, GrabMode::ASYNC, GrabMode::ASYNC)?;
            if let Err(error) = grab.check() {
                // What was granted before it goes back as well.
                drop(self.give_back(keys, code));
                return Err(error);
            }
        }
        Ok(Some(code))
    }

    fn give_back(&self, keys: Keys, code: Keycode) -> Result<(), ConnectionError> {
        for lock in LOCKS {
            self.connection.ungrab_key(code, self.root, ModMask::from(keys.modifiers | lock))?.ignore_error();
        }
        self.connection.flush()
    }

    /// The place of a key on this keyboard.
    fn code_of(&self, symbol: Keysym) -> Result<Option<Keycode>, ReplyError> {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self.connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let per_key = usize::from(map.keysyms_per_keycode).max(1);
        let place = map.keysyms.chunks(per_key).position(|symbols| symbols.first() == Some(&symbol));
        Ok(place.and_then(|place| u8::try_from(place).map_or(None, |place| first.checked_add(place))))
    }

    /// Another keyboard, or another layout: the same key may be in another place. Where it is not, nothing is given back,
    /// since a second keyboard is noticed with its first key, and what comes next may be ours.
    fn follow_keyboard(&self) {
        let held = *self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Held { keys, code }) = held else { return };
        if !matches!(self.code_of(keys.symbol), Ok(Some(now)) if now == code) {
            self.become_like(Some(keys));
        }
    }

    fn attend(&self, pressed: &UnboundedSender<()>) {
        loop {
            match self.connection.wait_for_event() {
                Ok(Event::KeyPress(_)) => {
                    if pressed.send(()).is_err() {
                        return;
                    }
                }
                Ok(Event::MappingNotify(_)) => self.follow_keyboard(),
                Ok(_) => {}
                Err(error) => return tracing::debug!(%error, "the X server is gone, and the hot key with it"),
            }
        }
    }
}
