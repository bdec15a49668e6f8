//! What the resident part needs of the desktop around it: a window that may or may not be there, and a tray.
//!
//! On Linux the window is a program of its own that is started when it is wanted, so that nothing of it stays in memory;
//! elsewhere it lives in the same process.

use fobwatch_core::hot_key::Keys;
use fobwatch_core::view::HotKeyState;
use serde_json::value::RawValue;

use crate::Host;
use crate::tray_menu::TrayMenu;

/// The desktop's side. None of these calls waits for anything.
pub trait Shell: Send + Sync {
    /// Tells the window, if there is one, that something happened, and what belongs to it.
    fn tell(&self, event: &str, payload: &RawValue);
    /// Brings the window up, wherever it was; makes it where there is none.
    fn show_window(&self);
    /// Takes the window off the screen, and out of memory where that is possible.
    fn close_window(&self);
    /// Takes the window alone off the screen.
    fn put_window_away(&self);
    /// Brings the quick palette up, or puts it away. Where there is none yet, the window has the same search.
    fn show_palette(&self) {
        self.show_window();
    }
    /// Has a palette wait that stands on the screen at once when it is wanted, or has none wait.
    fn keep_palette_ready(&self, _ready: bool) {}
    /// Asks the desktop for the keys that bring the palette up (none: gives them back); [`Host::hot_key_is`] hears what
    /// came of it. Both forms of the keys are of the same.
    fn set_hot_key(&self, host: &Host, keys: Option<Keys>, _written: &str) {
        host.hot_key_is(if keys.is_some() { HotKeyState::Unavailable } else { HotKeyState::None });
    }
    /// Tells whether the page lives on when its window is closed.
    fn keeps_page(&self) -> bool {
        false
    }
    /// Makes the tray's menu and mark say this.
    fn show_menu(&self, menu: &TrayMenu);
    /// Tells whether the desktop asks before the tray's menu opens ([`crate::tray::about_to_open`]). Where it does not,
    /// its texts are kept true all the time.
    fn asks_before_menu(&self) -> bool {
        false
    }
    /// Tells whether there is a tray icon.
    fn has_tray(&self) -> bool;
    /// Ends the program: everything that had to be finished is.
    fn end(&self);
}
