//! What the quick palette shows, ready to be drawn: words, places and shares, and no rule about any of them.
//!
//! The program that holds the vault makes these; the palette's program draws them and says what was chosen. Values of
//! credentials are in none of them.

use serde::{Deserialize, Serialize};

/// What a palette needs before its first picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Whether a passphrase is asked for first.
    pub locked: bool,
    /// What it says.
    pub words: Words,
}

/// Every word of the palette that is not about one credential, in the person's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// In the empty field.
    pub search: String,
    /// In the field while the vault is locked.
    pub passphrase: String,
    /// Beside it.
    pub locked: String,
    /// What the Enter key does then.
    pub unlock: String,
    /// What Shift and Enter do.
    pub as_header: String,
    /// What Ctrl and Enter do.
    pub open: String,
    /// What the arrow does.
    pub more: String,
    /// What the arrow back does.
    pub back: String,
    /// Where nothing fits.
    pub nothing: String,
    /// While a fresh value is fetched.
    pub refreshing: String,
    /// How long a value stays on the clipboard.
    pub cleared: String,
    /// The names of keys, as they are printed on them.
    pub keys: Keys,
}

/// The names of keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// Enter.
    pub enter: String,
    /// Shift.
    pub shift: String,
    /// Control.
    pub control: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The best of them.
    pub rows: Vec<Row>,
    /// "7 of 128".
    pub count: String,
}

/// One credential.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// The letters of its provider's tile.
    pub code: String,
    /// The tint of the tile.
    pub tint: String,
    /// Its name.
    pub name: Marked,
    /// `production`, `staging` or `development`: the shape.
    pub environment: String,
    /// The environment in a word.
    pub environment_word: Marked,
    /// Its account.
    pub account: Marked,
    /// How it stands, in words.
    pub status: String,
    /// The glyph before them, by the name of its drawing; may be empty.
    pub glyph: String,
    /// `neutral`, `warn` or `bad`.
    pub tone: String,
    /// What its meter shows.
    pub meter: Meter,
    /// All that in one sentence, for screen readers.
    pub spoken: String,
    /// What the Enter key does.
    pub primary: Primary,
}

/// A text, and which of its letters were found (their places, ascending).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// The text.
    pub text: String,
    /// Places of letters, counted in characters.
    pub found: Vec<usize>,
}

/// A lifetime at a glance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub enum Meter {
    /// What is left, from 0 to 1.
    Left(f64),
    /// Nothing is left.
    Expired,
    /// No end is known.
    #[default]
    Endless,
}

/// The shortest way to a working value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Primary {
    /// "Copy token".
    pub name: String,
    /// "fresh for 42 min"; may be empty.
    pub note: String,
    /// Whether it is a new sign-in.
    pub signs_in: bool,
}

/// One thing that can be done with a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it does.
    pub does: Does,
    /// "Copy as curl".
    pub name: String,
    /// How the result begins; may be empty.
    pub sample: String,
    /// Its drawing.
    pub glyph: String,
    /// The keys that do it at once.
    pub keys: Vec<String>,
}

/// What can be done with a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Does {
    /// Copies it in this shape.
    Copy(String),
    /// Refreshes it first, and copies it.
    RefreshAndCopy,
    /// Shows it in the window.
    Open,
    /// Signs in again.
    SignIn,
}

/// Why something did not work.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Refusal {
    /// A stable code.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do; may be empty.
    #[serde(default)]
    pub hint: String,
}
