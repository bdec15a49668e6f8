//! What a key means.

use gtk::gdk::keys::constants as key;
use gtk::gdk::{EventKey, ModifierType};

/// What is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// Another row, so many further.
    Move(i32),
    /// What the Enter key says.
    Do,
    /// The header line.
    Header,
    /// The window.
    Open,
    /// The lines of one credential.
    More,
    /// Back from there, or away.
    Back,
    /// Away.
    Close,
    /// The line with these keys.
    Line(u32),
    /// Refresh first.
    Refresh,
}

/// How many rows a page has.
const PAGE: i32 = 7;

/// What this key means; `lines`: while the lines of one credential are shown, `ends`: while there is nothing right of the
/// cursor.
pub(super) fn meant(event: &EventKey, lines: bool, ends: bool, mirrored: bool) -> Option<Meant> {
    let state = event.state();
    let shift = state.contains(ModifierType::SHIFT_MASK);
    let control = state.contains(ModifierType::CONTROL_MASK);
    if state.contains(ModifierType::MOD1_MASK) {
        return None;
    }
    let (forward, backward) = if mirrored { (key::Left, key::Right) } else { (key::Right, key::Left) };
    let pressed = event.keyval();
    Some(match pressed {
        key::Escape => {
            if lines {
                Meant::Back
            } else {
                Meant::Close
            }
        }
        key::Up => Meant::Move(-1),
        key::Down => Meant::Move(1),
        key::Page_Up => Meant::Move(-PAGE),
        key::Page_Down => Meant::Move(PAGE),
        key::Return | key::KP_Enter if control => Meant::Open,
        key::Return | key::KP_Enter if shift => Meant::Header,
        key::Return | key::KP_Enter => Meant::Do,
        _ if pressed == forward && !lines && ends && !shift && !control => Meant::More,
        _ if pressed == backward && lines => Meant::Back,
        key::r if control && lines => Meant::Refresh,
        _ if control && lines => Meant::Line(pressed.to_unicode().and_then(|letter| letter.to_digit(10))?),
        _ => return None,
    })
}
