//! Every end that a person has to see to, or wants to know of, as a calendar that other programs read (RFC 5545).
//!
//! One invariant: the text holds names and dates, and nothing of a value: the rows it is made of have neither a secret
//! nor what may be shown of one. An access token that renews itself is nobody's business and is left out.
//!
//! The lines are written here (`lines.rs`) and not by a crate: those that there are fold some lines at 76 octets, and
//! the one that is kept up reads the clock and makes a random UID for each alarm, so that no two texts are the same.

mod feed;
mod lines;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use self::lines::{push_line, push_text};
use crate::catalog::{EndsLogin, EndsRow, LoginState};
use crate::credential::Environment;
use crate::error::Error;
use crate::jwt::visible;
use crate::provider::Providers;
use crate::vault::Vault;

/// How each of our calendars begins.
const HEAD: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fobwatch//Fobwatch//EN\r\n";

/// The sign-in of a refresh token that dies sooner than this after it came is left out: either renewing moves its end,
/// or no reminder of days comes in time.
const SHORTEST_SIGN_IN: SignedDuration = SignedDuration::from_hours(24);

/// An all-day event begins at midnight; its reminder comes at nine in the morning.
const MORNING: u8 = 9;

/// A calendar of ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// An iCalendar text (RFC 5545).
    pub text: String,
    /// How many events it has.
    pub events: usize,
}

impl Vault {
    /// Makes a calendar of the ends of all credentials, with a reminder of each as many days before as the settings
    /// say that something needs attention. Reads no value.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn calendar(&self) -> Result<Calendar, Error> {
        let days = self.settings().await?.attention_days;
        let mut page = Page::begin(self.inner.ports.clock.now(), TimeZone::system(), days, self.inner.providers());
        self.inner.catalog.each_end(|row| page.add(row)).await?;
        Ok(page.end())
    }
}

/// What comes to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// A key, or the secret of a client, by the person's own plan.
    Rotate,
    /// A token that nobody renews.
    Token,
    /// A sign-in.
    SignIn,
}

impl What {
    /// Part of the UID: an end that is moved stays the same event.
    fn word(self) -> &'static str {
        match self {
            Self::Rotate => "rotate",
            Self::Token => "token",
            Self::SignIn => "sign-in",
        }
    }
}

/// One end of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    what: What,
    at: Timestamp,
    /// Whether only the day of it is meant.
    all_day: bool,
}

impl End {
    fn at_time(what: What, at: Timestamp) -> Self {
        Self { what, at, all_day: false }
    }
}

/// Returns the ends of one credential that a person has to see to, or wants to know of.
fn ends(row: &EndsRow) -> Vec<End> {
    let rotate = row.rotate_by.map(|at| End { what: What::Rotate, at, all_day: true });
    let pasted = row.pasted_ends_at.map(|at| End::at_time(What::Token, at));
    let login = row.login.as_ref().and_then(end_of_login);
    [rotate, pasted, login].into_iter().flatten().collect()
}

fn end_of_login(login: &EndsLogin) -> Option<End> {
    if login.state == LoginState::SignInNeeded {
        // It has ended, whatever was foreseen.
        return login.failing_since.or(login.access_expires_at).map(|at| End::at_time(What::SignIn, at));
    }
    if !login.renews {
        return login.access_expires_at.map(|at| End::at_time(What::Token, at));
    }
    let lasts = |end: &Timestamp| login.fresh_since.is_none_or(|since| end.duration_since(since) >= SHORTEST_SIGN_IN);
    // Nobody knows the hour of an end that is only usual at the provider.
    login.sign_in_ends_at.filter(lasts).map(|at| End { what: What::SignIn, at, all_day: login.sign_in_end_usual })
}

/// A calendar that is being written.
struct Page {
    out: String,
    events: usize,
    stamp: String,
    zone: TimeZone,
    /// How many days before its end something is remembered.
    days: u16,
    providers: Providers,
}

impl Page {
    fn begin(now: Timestamp, zone: TimeZone, days: u16, providers: Providers) -> Self {
        let mut out = String::from(HEAD);
        push_line(&mut out, "CALSCALE:GREGORIAN");
        for name in ["NAME", "X-WR-CALNAME"] {
            push_text(&mut out, name, "Fobwatch");
        }
        push_line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
        Self { out, events: 0, stamp: utc(now), zone, days, providers }
    }

    fn add(&mut self, row: &EndsRow) {
        for end in ends(row) {
            self.event(row, end);
            self.events += 1;
        }
    }

    fn end(mut self) -> Calendar {
        push_line(&mut self.out, "END:VCALENDAR");
        Calendar { text: self.out, events: self.events }
    }

    /// Without a METHOD, DTSTAMP says what LAST-MODIFIED would (RFC 5545 section 3.8.7.2). SEQUENCE is the number of the
    /// credential's latest change, so it is greater whenever the end is another.
    fn event(&mut self, row: &EndsRow, end: End) {
        // What stands before the epoch is nobody's plan, and years have four digits.
        let at = end.at.max(Timestamp::UNIX_EPOCH);
        let may_come = row.let_end == Some(end.at);
        let summary = summary(row, end, may_come);
        let description = self.description(row, end, may_come);
        let out = &mut self.out;
        push_line(out, "BEGIN:VEVENT");
        push_line(out, &format!("UID:{}-{}@fobwatch", row.id, end.what.word()));
        push_line(out, &format!("DTSTAMP:{}", self.stamp));
        push_line(out, &format!("SEQUENCE:{}", row.change));
        push_line(
            out,
            &if end.all_day {
                format!("DTSTART;VALUE=DATE:{}", at.to_zoned(self.zone.clone()).strftime("%Y%m%d"))
            } else {
                format!("DTSTART:{}", utc(at))
            },
        );
        push_text(out, "SUMMARY", &summary);
        push_text(out, "DESCRIPTION", &description);
        push_line(out, &format!("CATEGORIES:Fobwatch,{}", environment(row.environment)));
        push_line(out, "CLASS:PRIVATE");
        push_line(out, "TRANSP:TRANSPARENT");
        if !may_come {
            push_line(out, "BEGIN:VALARM");
            push_line(out, "ACTION:DISPLAY");
            push_text(out, "DESCRIPTION", &summary);
            push_line(out, &format!("TRIGGER:{}", trigger(self.days, end.all_day)));
            push_line(out, "END:VALARM");
        }
        push_line(out, "END:VEVENT");
    }

    /// Says whose it is, and what to do. No command holds a name: it would be typed into a shell.
    fn description(&self, row: &EndsRow, end: End, may_come: bool) -> String {
        let provider = row.provider.as_deref();
        let provider = provider.map(|id| self.providers.find(id).map_or(id, |known| known.name.as_str()));
        let whose: Vec<&str> = [provider, row.account.as_deref()].into_iter().flatten().collect();
        let whose = if whose.is_empty() { String::new() } else { format!("{}. ", visible(&whose.join(", "))) };
        format!("{whose}{}", to_do(row, end, may_come))
    }
}

fn summary(row: &EndsRow, end: End, may_come: bool) -> String {
    let which = format!("{} ({})", visible(&row.name), environment(row.environment));
    match end.what {
        _ if may_come => format!("{which} may end"),
        What::Rotate if row.login.is_some() => format!("Rotate the client secret of {which}"),
        What::Rotate => format!("Rotate {which}"),
        What::Token if row.login.is_none() => format!("Replace the token {which}"),
        What::Token | What::SignIn => format!("Sign in again: {which}"),
    }
}

fn to_do(row: &EndsRow, end: End, may_come: bool) -> &'static str {
    let login = row.login.as_ref();
    match end.what {
        _ if may_come => "You let it expire: nothing need be done.",
        What::Rotate if login.is_some() => {
            "Make a new client secret at the provider, sign in with it, and revoke the old one."
        }
        What::Rotate => {
            "Make a new key at the provider, put it in with “fob rotate” or in the window, and revoke the old one."
        }
        What::Token if login.is_none() => {
            "Nobody renews it. Get a new one where it came from, and put it in with “fob rotate” or in the window."
        }
        What::Token => "Its token ends and nothing renews it. Sign in again with “fob login” or in the window.",
        What::SignIn if login.is_some_and(|login| login.state == LoginState::SignInNeeded) => {
            "The provider ended the sign-in. Sign in again with “fob login” or in the window."
        }
        What::SignIn if end.all_day => {
            "The sign-in ends about then, as is usual at this provider. Sign in again with “fob login” or in the window."
        }
        What::SignIn => {
            "The sign-in ends, and no renewal goes beyond it. Sign in again with “fob login” or in the window."
        }
    }
}

fn environment(environment: Environment) -> &'static str {
    match environment {
        Environment::Development => "development",
        Environment::Staging => "staging",
        Environment::Production => "production",
    }
}

/// The span from the reminder to the start of the event.
fn trigger(days: u16, all_day: bool) -> String {
    match days {
        days if !all_day => format!("-P{days}D"),
        0 | 1 => format!("-PT{}H", 24 - MORNING),
        days => format!("-P{}DT{}H", days - 1, 24 - MORNING),
    }
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
#[path = "../calendar_test.rs"]
mod tests;
