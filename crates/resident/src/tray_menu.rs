//! The tray's menu as data: from the list and the time to what is to be shown, and nothing else.
//!
//! Pure and comparable, so that the real menu is touched only when it would look different. It holds names and
//! ids, never values; the time stands in the text, because native menus have no right column on Linux.

use std::cmp::Reverse;

use fobwatch_core::credential::Tone;
use fobwatch_core::view::{ListView, RowView};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::speech::Language;

/// How many credentials can be copied from the tray.
const COPIES: usize = 5;
/// How many of those that need attention are named.
pub(crate) const ATTENTION: usize = 10;
/// The longest name that is shown whole, in characters.
const NAME: usize = 40;

/// One credential in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The credential's id.
    pub id: String,
    /// What a person reads.
    pub text: String,
}

/// What the menu shows, from top to bottom; the lines that are always there are not data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrayMenu {
    /// The recently used, under "Copy".
    pub copies: Vec<Entry>,
    /// Those that need attention, gravest first; `attention_count` may be higher.
    pub attention: Vec<Entry>,
    /// How many need attention.
    pub attention_count: usize,
    /// Nothing of the vault is in the menu then.
    pub locked: bool,
}

/// One line of a menu. The same id in two menus is the same line, whatever it says and wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What choosing it means, for [`crate::tray::choose`].
    pub id: String,
    /// What a person reads.
    pub text: String,
    /// What it is.
    pub shape: Shape,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Says what follows; can't be chosen.
    Heading,
    /// Does something.
    Choice,
    /// A line between groups.
    Separator,
    /// Opens these lines beside it.
    Group(Vec<Line>),
}

impl TrayMenu {
    /// Returns the menu of a locked vault.
    #[must_use]
    pub fn locked() -> Self {
        Self { locked: true, ..Self::default() }
    }

    /// Returns the lines from top to bottom.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let line = |id: &str, text: &str, shape| Line { id: id.to_owned(), text: text.to_owned(), shape };
        let choices = |verb: &str, entries: &[Entry]| -> Vec<Line> {
            entries.iter().map(|entry| line(&format!("{verb}:{}", entry.id), &entry.text, Shape::Choice)).collect()
        };
        if self.locked {
            return vec![line("unlock", "Unlock", Shape::Choice), line("quit", "Quit", Shape::Choice)];
        }
        let mut lines = Vec::new();
        if !self.copies.is_empty() {
            lines.push(line("copies", "Copy", Shape::Heading));
            lines.extend(choices("copy", &self.copies));
            lines.push(line("after-copies", "", Shape::Separator));
        }
        if self.attention_count > 0 {
            let group = Shape::Group(choices("show", &self.attention));
            lines.push(line("attention", &format!("Needs attention ({})", self.attention_count), group));
            lines.push(line("after-attention", "", Shape::Separator));
        }
        lines.extend([line("open", "Open Fobwatch", Shape::Choice), line("quit", "Quit", Shape::Choice)]);
        lines
    }
}

/// A menu, and the moment at which one of its texts stops being true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) menu: TrayMenu,
    pub(crate) until: Option<Timestamp>,
}

/// Describes the menu for a list that is ordered by last use; the gravest of those that need attention are in it.
pub(crate) fn describe(list: &ListView, now: Timestamp, zone: &TimeZone, language: Language) -> Described {
    let mut until = None;
    let mut entry = |row: &RowView| {
        let (words, ends) = language.status(row, now, zone);
        until = [until, ends].into_iter().flatten().min();
        let text = format!("{}, {} — {}", shortened(&row.name), language.environment(row.environment), small(&words));
        Entry { id: row.id.clone(), text }
    };
    // What does not work now can't be copied; it stands below.
    let copies = list.rows.iter().filter(|row| row.tone != Tone::Bad).take(COPIES).map(&mut entry).collect();
    let mut attention: Vec<&RowView> = list.rows.iter().filter(|row| row.tone > Tone::Neutral).collect();
    attention.sort_by_key(|row| (Reverse(row.tone), row.ends_at.unwrap_or(Timestamp::MAX)));
    let attention = attention.into_iter().take(ATTENTION).map(&mut entry).collect();
    Described { menu: TrayMenu { copies, attention, attention_count: list.attention, locked: false }, until }
}

/// Cuts a name that is too long to be shown.
pub(crate) fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    let start: String = name.chars().take(NAME - 1).collect();
    format!("{}…", start.trim_end())
}

/// As it stands within a line.
fn small(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
#[path = "tray_menu_test.rs"]
mod tests;
