//! Words for a terminal: spans of time, states, tables.
//!
//! Names, accounts and claims may be hostile: what reaches a terminal has its control characters written out.

use fobwatch_core::credential::{Environment, Kind, Line, Status};
use fobwatch_core::jwt::visible;
use fobwatch_core::view::CredentialView;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// Says how long a span is, in its largest unit: "40 s", "12 min", "30 h", "58 d".
pub(crate) fn span(span: SignedDuration) -> String {
    let seconds = span.as_secs().abs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// Says when a moment is, seen from `now`: "in 12 min", "2 h ago".
pub(crate) fn relative(at: Timestamp, now: Timestamp) -> String {
    let left = at.duration_since(now);
    if left.is_negative() { format!("{} ago", span(left)) } else { format!("in {}", span(left)) }
}

/// Writes a moment in the time of this place.
pub(crate) fn local(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// Says how much time is left, or what stands for it.
pub(crate) fn time_left(line: Line, ends_at: Option<Timestamp>, now: Timestamp) -> String {
    let Some(at) = ends_at else { return if line == Line::NoExpiry { "no expiry" } else { "" }.to_owned() };
    let past = at <= now;
    match line {
        Line::NoExpiry => "no expiry".to_owned(),
        Line::Rotate if past => "rotate now".to_owned(),
        Line::Rotate => format!("rotate in {}", span(at.duration_since(now))),
        Line::Paused => "paused".to_owned(),
        Line::SignInBy => format!("sign in within {}", span(at.duration_since(now))),
        _ if past => format!("ended {}", relative(at, now)),
        _ => span(at.duration_since(now)),
    }
}

/// Says a status in words.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Fresh => "fresh",
        Status::Refreshing => "refreshing",
        Status::Expiring => "ends soon",
        Status::Expired => "expired",
        Status::SignInNeeded => "sign-in needed",
        Status::Misconfigured => "refused by provider",
        Status::Waiting => "retrying",
        Status::Frozen => "frozen",
        Status::NoExpiry => "no expiry",
    }
}

/// Says a kind in words.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::ApiKey => "API key",
        Kind::Oauth => "OAuth login",
        Kind::ClientCredentials => "client credentials",
        Kind::Jwt => "JWT",
    }
}

/// Says an environment in words.
pub(crate) fn environment(environment: Environment) -> &'static str {
    match environment {
        Environment::Development => "development",
        Environment::Staging => "staging",
        Environment::Production => "production",
    }
}

/// Says which credential it is: its name, and the account where there is one.
pub(crate) fn called(credential: &CredentialView) -> String {
    match &credential.account {
        Some(account) => visible(&format!("{} ({account})", credential.name)),
        None => visible(&credential.name),
    }
}

/// Sets rows in columns, two spaces apart; no line ends with spaces.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_span_is_said_in_its_largest_unit() {
        for (seconds, said) in [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h")] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), said);
        }
        assert_eq!(span(SignedDuration::from_hours(47)), "47 h");
        assert_eq!(span(SignedDuration::from_hours(48)), "2 d");
        assert_eq!(relative(at(0), at(7_200)), "2 h ago");
        assert_eq!(relative(at(7_200), at(0)), "in 2 h");
    }

    #[test]
    fn what_is_left_is_said_for_every_kind_of_end() {
        let now = at(1_000_000);
        let soon = Some(at(1_000_090));
        assert_eq!(time_left(Line::Renews, soon, now), "1 min");
        assert_eq!(time_left(Line::Rotate, soon, now), "rotate in 1 min");
        assert_eq!(time_left(Line::Rotate, Some(at(999_999)), now), "rotate now");
        assert_eq!(time_left(Line::SignInBy, soon, now), "sign in within 1 min");
        assert_eq!(time_left(Line::Expired, Some(at(999_940)), now), "ended 1 min ago");
        assert_eq!(time_left(Line::NoExpiry, None, now), "no expiry");
        assert_eq!(time_left(Line::RefreshFailing, None, now), "");
    }

    #[test]
    fn columns_stand_below_each_other() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        assert_eq!(
            table(&[row("NAME", "KIND"), row("é", "x"), row("longer", "")]),
            "NAME    KIND\né       x\nlonger\n"
        );
    }
}
