//! What tray and palette say: how a credential stands (DESIGN.md section 5), in the person's language.
//!
//! The window has its own words, as it has a page to translate; here are the few that are said without one. A language
//! that is not here is English.

use fobwatch_core::credential::{Environment, Line};
use fobwatch_core::view::RowView;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// The language that was chosen; where none was, the session's.
    pub(crate) fn chosen(setting: &str) -> Self {
        let first_set =
            |names: [&str; 3]| names.into_iter().find_map(|name| std::env::var_os(name).filter(|set| !set.is_empty()));
        let tag = match setting {
            "" | "system" => {
                first_set(["LC_ALL", "LC_MESSAGES", "LANG"]).unwrap_or_default().to_string_lossy().into_owned()
            }
            chosen => chosen.to_owned(),
        };
        if tag.starts_with("de") { Self::German } else { Self::English }
    }

    /// One of the two.
    pub(crate) fn say(self, english: &'static str, german: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::German => german,
        }
    }

    /// The short word of an environment.
    pub(crate) fn environment(self, environment: Environment) -> &'static str {
        match environment {
            Environment::Production => self.say("prod", "Prod"),
            Environment::Staging => self.say("staging", "Staging"),
            Environment::Development => self.say("dev", "Dev"),
        }
    }

    /// How a row stands, and until when these words hold.
    pub(crate) fn status(self, row: &RowView, now: Timestamp, zone: &TimeZone) -> (String, Option<Timestamp>) {
        let left = row.ends_at.map(|end| self.remaining(end, now, zone));
        let (span, until) = left.map_or((None, None), |(span, until)| (Some(span), until));
        let late = row.ends_at.is_some_and(|end| end <= now);
        let text = match (row.line, span) {
            (Line::RefreshFailing, _) => return (self.say("Refresh failing", "Erneuern scheitert").to_owned(), None),
            (Line::Expired, _) => return (self.say("Expired", "Abgelaufen").to_owned(), None),
            (Line::Paused, _) => return (self.say("Paused", "Angehalten").to_owned(), None),
            (Line::SignInBy, Some(_)) => self.sign_in_by(row.ends_at.unwrap_or(now), now, zone),
            (Line::SignInBy, None) => self.say("Sign in", "Anmelden").to_owned(),
            (Line::Rotate, Some(_)) if late => {
                return (self.say("Rotate, late", "Wechsel überfällig").to_owned(), None);
            }
            (Line::Rotate, Some(span)) => format!("{} {span}", self.say("Rotate in", "Wechseln in")),
            (Line::Rotate, None) => self.say("Rotate", "Wechseln").to_owned(),
            (Line::Retrying, Some(span)) => format!("{}, {span}", self.say("Retrying", "Versucht erneut")),
            (Line::Retrying, None) => self.say("Retrying", "Versucht erneut").to_owned(),
            (Line::EndsNow | Line::EndsSoon | Line::Renews | Line::Far, Some(span)) => span,
            (Line::NoExpiry | Line::EndsNow | Line::EndsSoon | Line::Renews | Line::Far, _) => {
                self.say("no expiry", "kein Ablauf").to_owned()
            }
        };
        (text, until)
    }

    /// Within a week the day is named, later its date.
    fn sign_in_by(self, end: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
        let day = end.to_zoned(zone.clone());
        let word = if end.duration_since(now) > SignedDuration::from_hours(7 * 24) {
            day.strftime("%-d %b").to_string()
        } else {
            let names = match self {
                Self::English => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
                Self::German => ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
            };
            let at = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
            names.get(at).copied().unwrap_or_default().to_owned()
        };
        format!("{} {word}", self.say("Sign in by", "Anmelden bis"))
    }

    /// The time that is left, rounded down: never more is promised than there is. And until when that holds.
    pub(crate) fn remaining(self, end: Timestamp, now: Timestamp, zone: &TimeZone) -> (String, Option<Timestamp>) {
        let left = end.duration_since(now);
        // The text holds as long as no less than this is left.
        let (text, least) = if left < SignedDuration::from_mins(1) {
            return (self.say("under 1\u{a0}min", "unter 1\u{a0}min").to_owned(), None);
        } else if left < SignedDuration::from_hours(1) {
            (format!("{}\u{a0}min", left.as_mins()), SignedDuration::from_mins(left.as_mins()))
        } else if left < SignedDuration::from_hours(48) {
            (format!("{}\u{a0}h", left.as_hours()), SignedDuration::from_hours(left.as_hours()))
        } else if left < SignedDuration::from_hours(100 * 24) {
            let days = left.as_hours() / 24;
            (format!("{days}\u{a0}{}", self.say("d", "Tg.")), SignedDuration::from_hours(days * 24))
        } else {
            let day = end.to_zoned(zone.clone());
            let shape = self.say("%-d %b %Y", "%-d.%-m.%Y");
            (day.strftime(shape).to_string(), SignedDuration::from_hours(100 * 24))
        };
        (text, Some(end.checked_sub(least).unwrap_or(end)))
    }

    /// That a sign-in is under way, and what is left of its time if it waits.
    pub(crate) fn signing_in(self, name: &str, left: Option<String>) -> String {
        match (self, left) {
            (Self::English, Some(left)) => format!("Signing in to {name}… {left} left"),
            (Self::English, None) => format!("Signing in to {name}…"),
            (Self::German, Some(left)) => format!("Anmeldung bei {name}… noch {left}"),
            (Self::German, None) => format!("Anmeldung bei {name}…"),
        }
    }
}

/// What is left of a few minutes, to the second.
pub(crate) fn clock(end: Timestamp, now: Timestamp) -> String {
    let left = end.duration_since(now).as_secs().max(0);
    format!("{}:{:02}", left / 60, left % 60)
}
