//! The tray's menu as data: from the list and the time to what is to be shown, and nothing else.
//!
//! Pure and comparable, so that the real menu is touched only when it would look different. It holds names and
//! ids, never values; the time stands in the text, because native menus have no right column on Linux.

use std::cmp::Reverse;
use std::collections::HashMap;

use fobwatch_core::credential::Tone;
use fobwatch_core::jwt::visible;
use fobwatch_core::view::{ListView, PausesView, RowView};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::gauge::Gauge;
use crate::speech::{Language, clock};
use crate::ways::Way;

/// How many credentials can be copied from the tray.
const COPIES: usize = 5;
/// How many of those that need attention are named.
pub(crate) const ATTENTION: usize = 10;
/// The longest name that is shown whole, in characters.
const NAME: usize = 40;

/// One credential in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The credential's id.
    pub(crate) id: String,
    /// What a person calls it: name and environment.
    pub(crate) name: String,
    /// How it stands.
    pub(crate) status: String,
    pub(crate) gauge: Gauge,
    /// The ways to copy it.
    pub(crate) ways: Vec<Way>,
}

/// A sign-in under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SigningIn {
    /// The id of the sign-in, which is no credential's.
    pub(crate) id: String,
    /// Where, or of what.
    pub(crate) name: String,
    /// Until when it waits; none once it has what it waited for.
    pub(crate) until: Option<Timestamp>,
}

/// What the menu shows, from top to bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrayMenu {
    pub(crate) language: Language,
    /// The sign-ins under way: id and text.
    pub(crate) sign_ins: Vec<(String, String)>,
    /// The recently used, under "Copy".
    pub(crate) copies: Vec<Entry>,
    /// Whether there is anything to look for in the palette.
    pub(crate) has_more: bool,
    /// The keys that bring the palette up, as they are written; empty for none.
    pub(crate) palette_keys: String,
    /// The logins that renew themselves, and those that are paused.
    pub(crate) pauses: PausesView,
    /// Those that need attention, gravest first; `attention_count` may be higher.
    pub(crate) attention: Vec<Entry>,
    /// How many need attention.
    pub attention_count: usize,
    /// Whether it can be locked: somebody set a passphrase.
    pub(crate) can_lock: bool,
    /// Nothing of the vault is in the menu then.
    pub(crate) locked: bool,
}

/// One line of a menu. The same id in two menus is the same line, whatever it says and wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What choosing it means, for [`crate::tray::choose`].
    pub id: String,
    /// What a person reads.
    pub text: String,
    /// What stands before it.
    pub gauge: Option<Gauge>,
    /// The keys that do the same, as they are written (`Ctrl+Alt+K`); empty for none.
    pub keys: String,
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

impl Line {
    fn new(id: impl Into<String>, text: impl Into<String>, shape: Shape) -> Self {
        Self { id: id.into(), text: text.into(), gauge: None, keys: String::new(), shape }
    }

    fn choice(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(id, text, Shape::Choice)
    }

    fn separator(after: &str) -> Self {
        Self::new(format!("after-{after}"), "", Shape::Separator)
    }

    fn with(mut self, gauge: Gauge) -> Self {
        self.gauge = Some(gauge);
        self
    }
}

impl TrayMenu {
    /// Returns the menu before anything is known of the vault.
    #[must_use]
    pub fn starting() -> Self {
        Self { language: Language::chosen("system"), ..Self::default() }
    }

    /// Returns the menu of a locked vault.
    pub(crate) fn locked(language: Language) -> Self {
        Self { language, locked: true, ..Self::default() }
    }

    /// Returns the lines from top to bottom.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let say = |english, german| self.language.say(english, german);
        let quit = Line::choice("quit", say("Quit", "Beenden"));
        if self.locked {
            return vec![Line::choice("unlock", say("Unlock", "Entsperren")), quit];
        }
        let mut lines = Vec::new();
        if !self.sign_ins.is_empty() {
            lines.extend(self.sign_ins.iter().map(|(id, text)| Line::choice(format!("sign-in:{id}"), text)));
            lines.push(Line::separator("sign-ins"));
        }
        lines.extend(self.copying());
        if self.attention_count > 0 {
            let text = format!("{} ({})", say("Needs attention", "Braucht Aufmerksamkeit"), self.attention_count);
            let group = Shape::Group(self.attention.iter().map(|entry| entry.line("show")).collect());
            lines.push(Line::new("attention", text, group).with(Gauge::Triangle));
            lines.push(Line::separator("attention"));
        }
        let before = lines.len();
        lines.extend(self.refreshing());
        if self.can_lock {
            lines.push(Line::choice("lock", say("Lock now", "Jetzt sperren")));
        }
        if lines.len() > before {
            lines.push(Line::separator("lock"));
        }
        lines.push(Line::choice("open", say("Open Fobwatch", "Fobwatch öffnen")));
        lines.push(Line::choice("settings", say("Settings…", "Einstellungen…")));
        lines.push(quit);
        lines
    }

    /// The recently used: chosen, they are copied; in other ways beside them; all others are found by the palette.
    fn copying(&self) -> Vec<Line> {
        let say = |english, german| self.language.say(english, german);
        let mut lines = Vec::new();
        if !self.copies.is_empty() {
            lines.push(Line::new("copies", say("Copy", "Kopieren"), Shape::Heading));
            lines.extend(self.copies.iter().map(|entry| entry.line("copy")));
        }
        if self.has_more {
            let another = Line::choice("palette", say("Copy another…", "Anderes kopieren…"));
            lines.push(Line { keys: self.palette_keys.clone(), ..another });
        }
        let ways: Vec<Line> = self.copies.iter().filter_map(Entry::ways).collect();
        if !ways.is_empty() {
            lines.push(Line::new("ways", say("Copy as", "Kopieren als"), Shape::Group(ways)));
        }
        if !lines.is_empty() {
            lines.push(Line::separator("copies"));
        }
        lines
    }

    /// What can be done about renewing, for all logins at once.
    fn refreshing(&self) -> Vec<Line> {
        let say = |english, german| self.language.say(english, german);
        let PausesView { paused, others, .. } = self.pauses;
        let mut lines = Vec::new();
        if others > 0 {
            lines.push(Line::choice("refresh", say("Refresh all now", "Jetzt alle erneuern")));
            let spans = [
                Line::choice("pause:hour", say("For 1 hour", "Für 1 Stunde")),
                Line::choice("pause:tomorrow", say("Until 8:00 tomorrow", "Bis morgen 8:00")),
                Line::choice("pause:resumed", say("Until you resume it", "Bis Sie es fortsetzen")),
            ];
            let pause = say("Pause refreshing", "Erneuern anhalten");
            lines.push(Line::new("pause", pause, Shape::Group(spans.to_vec())));
        }
        if paused > 0 {
            let text = format!("{} ({paused})", say("Resume refreshing", "Erneuern fortsetzen"));
            lines.push(Line::choice("resume", text));
        }
        lines
    }

    /// Says how many need attention; nothing where none does.
    #[must_use]
    pub fn attention_words(&self) -> String {
        match (self.attention_count, self.language) {
            (0, _) => String::new(),
            (1, Language::English) => "1 needs attention".to_owned(),
            (count, Language::English) => format!("{count} need attention"),
            (1, Language::German) => "1 braucht Aufmerksamkeit".to_owned(),
            (count, Language::German) => format!("{count} brauchen Aufmerksamkeit"),
        }
    }
}

impl Entry {
    fn line(&self, verb: &str) -> Line {
        let text = format!("{} — {}", self.name, self.status);
        Line::choice(format!("{verb}:{}", self.id), text).with(self.gauge)
    }

    /// The ways to copy it, as a group.
    fn ways(&self) -> Option<Line> {
        let line = |way: &Way| {
            let verb = if way.renew { "renew" } else { "as" };
            Line::choice(format!("{verb}:{}:{}", way.format, self.id), visible(&shortened(&way.name)))
        };
        let group = Shape::Group(self.ways.iter().map(line).collect());
        (!self.ways.is_empty()).then(|| Line::new(format!("ways:{}", self.id), &self.name, group))
    }
}

/// What the menu is made of, as it was when the vault was looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Looked {
    /// Ordered by last use; the gravest of those that need attention are in it.
    pub(crate) list: ListView,
    /// The ways to copy, by the ids of the credentials.
    pub(crate) ways: HashMap<String, Vec<Way>>,
    pub(crate) language: Language,
    pub(crate) can_lock: bool,
    pub(crate) palette_keys: String,
    pub(crate) pauses: PausesView,
}

/// A menu, and the moment at which one of its texts stops being true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) menu: TrayMenu,
    pub(crate) until: Option<Timestamp>,
}

/// The rows that can be copied. What does not work now can't; it stands below.
pub(crate) fn copied(list: &ListView) -> impl Iterator<Item = &RowView> {
    list.rows.iter().filter(|row| row.tone != Tone::Bad).take(COPIES)
}

/// Describes the menu at this moment. Where nobody asks before it opens, seconds are not counted.
pub(crate) fn describe(
    looked: &Looked,
    signing_in: &[SigningIn],
    now: Timestamp,
    zone: &TimeZone,
    asked: bool,
) -> Described {
    let (list, language) = (&looked.list, looked.language);
    let mut until = None;
    let mut entry = |row: &RowView| {
        let (words, ends) = language.status(row, now, zone);
        until = [until, ends].into_iter().flatten().min();
        let name = format!("{}, {}", visible(&shortened(&row.name)), language.environment(row.environment));
        let ways = looked.ways.get(&row.id).cloned().unwrap_or_default();
        Entry { id: row.id.clone(), name, status: small(&words), gauge: Gauge::of(row, now), ways }
    };
    let copies = copied(list).map(&mut entry).collect();
    let mut attention: Vec<&RowView> = list.rows.iter().filter(|row| row.tone > Tone::Neutral).collect();
    attention.sort_by_key(|row| (Reverse(row.tone), row.ends_at.unwrap_or(Timestamp::MAX)));
    let attention = attention.into_iter().take(ATTENTION).map(&mut entry).collect();
    let mut signing = |one: &SigningIn| {
        let left =
            one.until.map(|end| if asked { (clock(end, now), None) } else { language.remaining(end, now, zone) });
        until = [until, left.as_ref().and_then(|(_, ends)| *ends)].into_iter().flatten().min();
        (one.id.clone(), language.signing_in(&visible(&shortened(&one.name)), left.map(|(span, _)| span)))
    };
    let sign_ins = signing_in.iter().map(&mut signing).collect();
    let menu = TrayMenu {
        language,
        sign_ins,
        copies,
        has_more: list.total > 0,
        palette_keys: looked.palette_keys.clone(),
        pauses: looked.pauses,
        attention,
        attention_count: list.attention,
        can_lock: looked.can_lock,
        locked: false,
    };
    Described { menu, until }
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
