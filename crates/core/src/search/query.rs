//! The language of the search field: words, and filters like `env:prod`, `expires:<7d`, `provider:"microsoft entra"`.
//!
//! Pure and total: any text is a query. A word with a colon whose name is no filter is searched as it stands (scopes
//! and addresses look like that); a filter whose value says nothing is a problem, never ignored.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::filter::{Expires, Filter, Is};
use crate::credential::{Environment, Kind};
use crate::error::OrNone as _;
use crate::view::{ProblemCode, ProblemView};

const ENVIRONMENTS: [(&str, Environment); 3] = [
    ("production", Environment::Production),
    ("staging", Environment::Staging),
    ("development", Environment::Development),
];
const KINDS: [(&str, Kind); 7] = [
    ("oauth", Kind::Oauth),
    ("login", Kind::Oauth),
    ("key", Kind::ApiKey),
    ("api_key", Kind::ApiKey),
    ("jwt", Kind::Jwt),
    ("client", Kind::ClientCredentials),
    ("client_credentials", Kind::ClientCredentials),
];
const KIND_CHOICES: [&str; 4] = ["oauth", "key", "jwt", "client"];
const STATES: [(&str, Is); 6] = [
    ("attention", Is::Attention),
    ("expired", Is::Expired),
    ("expiring", Is::Expiring),
    ("failing", Is::Failing),
    ("renewing", Is::Renewing),
    ("unused", Is::Unused),
];
const TIMES: [&str; 4] = ["<7d", ">90d", "never", "past"];

/// A typed text, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    pub(crate) words: Vec<String>,
    pub(crate) filters: Vec<Filter>,
    pub(crate) problems: Vec<ProblemView>,
}

impl Parsed {
    /// Whether a filter says something that nothing can fit. One that is only unfinished is still being typed.
    pub(crate) fn wrong(&self) -> bool {
        self.problems.iter().any(|problem| problem.code != ProblemCode::Unfinished)
    }
}

/// Takes a typed text apart.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    for token in tokens(text) {
        let filter = token.split_once(':').and_then(|(name, value)| Some((known(name)?, value)));
        let Some((name, value)) = filter else {
            parsed.words.push(token.replace('"', ""));
            continue;
        };
        match read(name, &value.replace('"', "")) {
            Ok(filter) => parsed.filters.push(filter),
            Err((code, choices)) => parsed.problems.push(ProblemView {
                filter: token,
                name: name.to_owned(),
                code,
                choices: choices.into_iter().map(str::to_owned).collect(),
            }),
        }
    }
    parsed.words.retain(|word| !word.is_empty());
    parsed
}

/// The pieces between spaces; quotes hold a piece together, and one that is not closed ends with the text.
fn tokens(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    for letter in text.chars() {
        quoted ^= letter == '"';
        if letter.is_whitespace() && !quoted {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(letter);
        }
    }
    out.retain(|token| !token.is_empty());
    out
}

fn known(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "env" | "environment" => Some("env"),
        "kind" => Some("kind"),
        "provider" => Some("provider"),
        "scope" => Some("scope"),
        "tag" => Some("tag"),
        "used-by" | "used_by" => Some("used-by"),
        "expires" => Some("expires"),
        "is" => Some("is"),
        _ => None,
    }
}

type Wrong = (ProblemCode, Vec<&'static str>);

fn read(name: &str, value: &str) -> Result<Filter, Wrong> {
    let value = value.trim().to_lowercase();
    let values: Vec<&str> = value.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
    let texts = || -> Result<Vec<String>, Wrong> {
        if values.is_empty() {
            return Err((ProblemCode::Unfinished, Vec::new()));
        }
        Ok(values.iter().map(|&one| one.to_owned()).collect())
    };
    match name {
        "env" => among(&values, &ENVIRONMENTS, &ENVIRONMENTS.map(|(word, _)| word)).map(Filter::Environment),
        "kind" => among(&values, &KINDS, &KIND_CHOICES).map(Filter::Kind),
        "is" => among(&values, &STATES, &STATES.map(|(word, _)| word)).map(Filter::Is),
        "provider" => texts().map(Filter::Provider),
        "scope" => texts().map(Filter::Scope),
        "tag" => texts().map(Filter::Tag),
        "used-by" => texts().map(Filter::UsedBy),
        _ if value.is_empty() => Err((ProblemCode::Unfinished, TIMES.to_vec())),
        _ => expires(&value).map(Filter::Expires).ok_or_else(|| (ProblemCode::NoTime, TIMES.to_vec())),
    }
}

/// What the beginnings of words stand for: `prod`, and `ex` for both expired and expiring.
fn among<T: Copy>(values: &[&str], words: &[(&str, T)], choices: &[&'static str]) -> Result<Vec<T>, Wrong> {
    if values.is_empty() {
        return Err((ProblemCode::Unfinished, choices.to_vec()));
    }
    let mut out = Vec::new();
    for value in values {
        let value = value.replace('-', "_");
        let before = out.len();
        out.extend(words.iter().filter(|(word, _)| word.starts_with(&value)).map(|(_, meant)| *meant));
        if out.len() == before {
            return Err((ProblemCode::UnknownValue, choices.to_vec()));
        }
    }
    Ok(out)
}

fn expires(value: &str) -> Option<Expires> {
    match value {
        "never" => return Some(Expires::Never),
        "past" => return Some(Expires::Past),
        _ => {}
    }
    let (after, text) = match value.strip_prefix('>') {
        Some(rest) => (true, rest),
        None => (false, value.strip_prefix('<').unwrap_or(value)),
    };
    let text = text.strip_prefix('=').unwrap_or(text).trim();
    if let Some(span) = span(text) {
        return Some(if after { Expires::Beyond(span) } else { Expires::Within(span) });
    }
    let date: Date = text.parse().ok_or_none()?;
    let moment: Timestamp = date.to_zoned(TimeZone::UTC).ok_or_none()?.timestamp();
    Some(if after { Expires::After(moment) } else { Expires::Before(moment) })
}

/// `90m`, `12h`, `7d`, `2w`, `1y`.
fn span(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok_or_none()?;
    let hours = match unit {
        'm' => return (0..=1_000_000).contains(&number).then(|| SignedDuration::from_mins(number)),
        'h' => 1,
        'd' => 24,
        'w' => 7 * 24,
        'y' => 365 * 24,
        _ => return None,
    };
    (0..=100_000).contains(&number).then(|| SignedDuration::from_hours(number * hours))
}

#[cfg(test)]
#[path = "query_test.rs"]
mod tests;
