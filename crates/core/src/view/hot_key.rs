//! How the key that brings the palette up stands.

use serde::Serialize;

/// Whether the keys that were chosen work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum HotKeyState {
    /// None were chosen, or it is not known yet.
    #[default]
    None,
    /// They are ours.
    Set,
    /// The desktop was asked for them, and may have given others.
    Asked,
    /// Another program has them.
    Taken,
    /// This desktop gives none, or the keyboard has no such key.
    Unavailable,
}
