//! Reads what a token endpoint answered.
//!
//! One table for every way that servers answer (`rotation.md`, RFC 6749 §5): only a definite no is a no. Reading
//! is pure and never fails: whatever cannot be understood is "try again", not a verdict on the token.

mod shapes;

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::OrNone as _;
use crate::jwt::is_hidden;
use crate::quirks::Quirks;
use crate::secret::{Secret, SecretBytes};

/// The longest token that is taken, in bytes.
const LONGEST_TOKEN: usize = 64 * 1024;
/// The longest wait that a server may ask for.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// The longest lifetime that is believed, in seconds (a year).
const LONGEST_LIFE: i64 = 31_536_000;

/// What an answer means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Tokens.
    Tokens(Box<Tokens>),
    /// The provider ended the sign-in.
    Ended(Said),
    /// The provider refused the client or its settings; asking again changes nothing.
    Misconfigured(Said),
    /// No verdict on the token; ask again later.
    TryAgain {
        /// What was said, if anything.
        said: Said,
        /// When the server asked to come back.
        after: Option<Duration>,
    },
}

/// An error code with the provider's words, both made harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: String,
    pub(crate) detail: String,
}

/// A token answer, read with patience.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) access_token: Option<Secret>,
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) id_token: Option<Secret>,
    /// Lifetime of the access token in seconds, from when the request was sent.
    pub(crate) expires_in: Option<i64>,
    /// Lifetime of the refresh token in seconds, where the provider says so.
    pub(crate) refresh_expires_in: Option<i64>,
    pub(crate) scopes: Option<Vec<String>>,
    /// A token type other than Bearer: the token must not be used (RFC 6749 §7.1).
    pub(crate) foreign_type: Option<String>,
    /// The answer had a refresh token that can't be used (wrong type, control characters, too long).
    pub(crate) unusable_refresh: bool,
}

/// A member that should be text; anything else is noted and dropped.
enum Loose {
    Text(Secret),
    Null,
    Other,
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;
        impl<'de> Visitor<'de> for AnyValue {
            type Value = Loose;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
                Ok(Loose::Text(Secret::new(text)))
            }
            fn visit_string<E>(self, text: String) -> Result<Loose, E> {
                Ok(Loose::Text(Secret::new(text)))
            }
            fn visit_unit<E>(self) -> Result<Loose, E> {
                Ok(Loose::Null)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Loose, E> {
                Ok(Loose::Other)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Loose, E> {
                Ok(Loose::Other)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Loose, E> {
                Ok(Loose::Other)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Loose, E> {
                Ok(Loose::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }
        }
        deserializer.deserialize_any(AnyValue)
    }
}

/// The members that are read. A member that appears twice is an error of the whole answer: which of two refresh
/// tokens is meant can't be guessed.
#[derive(Deserialize)]
struct Members {
    access_token: Option<Loose>,
    refresh_token: Option<Loose>,
    id_token: Option<Loose>,
    token_type: Option<Loose>,
    expires_in: Option<serde_json::Value>,
    refresh_expires_in: Option<serde_json::Value>,
    refresh_token_expires_in: Option<serde_json::Value>,
    scope: Option<serde_json::Value>,
    error: Option<serde_json::Value>,
    error_description: Option<serde_json::Value>,
}

impl Members {
    /// Tells whether there is anything in the place of a token, usable or not.
    fn has_token(&self) -> bool {
        let given = |token: &Loose| match token {
            Loose::Text(text) => !text.is_empty(),
            Loose::Null => false,
            Loose::Other => true,
        };
        [&self.access_token, &self.refresh_token].into_iter().flatten().any(given)
    }
}

/// Reads an answer the way this provider gives it. `now` is only used for a Retry-After that names a date.
pub(crate) fn read(
    status: StatusCode,
    headers: &HeaderMap,
    body: &SecretBytes,
    now: Timestamp,
    quirks: &Quirks,
) -> Answer {
    if status.is_redirection() {
        return Answer::Misconfigured(said("redirected", ""));
    }
    let members = shapes::members(headers, body, quirks);
    if let Some(code) = members.as_ref().and_then(|members| text(members.error.as_ref())) {
        let detail = members.as_ref().and_then(|members| text(members.error_description.as_ref())).unwrap_or_default();
        return match refused(quirks.registered(&code), said(&code, &detail), wait(headers, now)) {
            // Being asked too often has a sentence of its own, whatever the server calls it.
            Answer::TryAgain { after, .. } if status == StatusCode::TOO_MANY_REQUESTS => {
                Answer::TryAgain { said: said("http_429", &code), after }
            }
            answer => answer,
        };
    }
    let unclear = |code: &str| Answer::TryAgain { said: said(code, ""), after: wait(headers, now) };
    if !status.is_success() {
        return unclear(&format!("http_{}", status.as_u16()));
    }
    match members {
        Some(members) => match tokens(members, quirks) {
            Some(tokens) => Answer::Tokens(Box::new(tokens)),
            None => unclear("no_token"),
        },
        None if is_html(headers, body) => unclear("html_answer"),
        None => unclear("bad_answer"),
    }
}

/// Judges an error by its registered code; what was said stays in the provider's own words.
fn refused(code: &str, said: Said, after: Option<Duration>) -> Answer {
    match code {
        "invalid_grant"
        | "interaction_required"
        | "login_required"
        | "consent_required"
        | "account_selection_required" => Answer::Ended(said),
        "invalid_client" | "unauthorized_client" | "unsupported_grant_type" | "invalid_scope" | "invalid_target" => {
            Answer::Misconfigured(said)
        }
        _ => Answer::TryAgain { said, after },
    }
}

fn tokens(members: Members, quirks: &Quirks) -> Option<Tokens> {
    let access_token = usable(members.access_token).ok_or_none().flatten();
    let (refresh_token, unusable_refresh) = match usable(members.refresh_token) {
        Ok(token) => (token, false),
        Err(Unusable) => (None, true),
    };
    // A renewed refresh token is kept even when the access token beside it can't be used.
    if access_token.is_none() && refresh_token.is_none() {
        return None;
    }
    let foreign_type = match members.token_type {
        // Exposed for the comparison; a token type is no secret.
        Some(Loose::Text(kind)) if !quirks.is_bearer(kind.expose()) => Some(harmless(kind.expose(), 32)),
        Some(Loose::Other) => Some("?".to_owned()),
        _ => None,
    };
    let refresh_life = members.refresh_expires_in.or(members.refresh_token_expires_in);
    Some(Tokens {
        access_token,
        refresh_token,
        id_token: usable(members.id_token).ok_or_none().flatten(),
        expires_in: seconds(members.expires_in.as_ref()),
        refresh_expires_in: seconds(refresh_life.as_ref()).filter(|seconds| *seconds > 0),
        scopes: scopes(members.scope.as_ref()),
        foreign_type,
        unusable_refresh,
    })
}

/// A token was given that can't be used.
struct Unusable;

/// Takes a token of printable ASCII (RFC 6749 appendix A), exactly as it came; absent, null and empty are none.
fn usable(value: Option<Loose>) -> Result<Option<Secret>, Unusable> {
    match value {
        None | Some(Loose::Null) => Ok(None),
        Some(Loose::Text(token)) if token.is_empty() => Ok(None),
        Some(Loose::Text(token)) => {
            // Exposed to look at its characters.
            let printable = token.expose().bytes().all(|byte| (0x20..=0x7e).contains(&byte));
            if printable && token.len() <= LONGEST_TOKEN { Ok(Some(token)) } else { Err(Unusable) }
        }
        Some(Loose::Other) => Err(Unusable),
    }
}

/// Reads a lifetime: an integer, a float or text of one. Absurd values are "unknown", past ones are 0.
fn seconds(value: Option<&serde_json::Value>) -> Option<i64> {
    let text = match value? {
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::String(text) if text.len() < 32 => text.trim().to_owned(),
        _ => return None,
    };
    let whole = text.parse::<i64>().ok_or_none().or_else(|| {
        let float = text.parse::<f64>().ok_or_none()?;
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked just before")]
        (float.is_finite() && float.abs() < 1e15).then(|| float.floor() as i64)
    })?;
    (whole <= LONGEST_LIFE).then_some(whole.max(0))
}

/// Reads scopes separated by spaces (or commas, as some servers do), or an array of them.
fn scopes(value: Option<&serde_json::Value>) -> Option<Vec<String>> {
    let list: Vec<String> = match value? {
        serde_json::Value::String(text) => text.split([' ', ',']).map(str::to_owned).collect(),
        serde_json::Value::Array(items) => {
            items.iter().filter_map(serde_json::Value::as_str).map(str::to_owned).collect()
        }
        _ => return None,
    };
    let mut seen = Vec::new();
    for scope in list.into_iter().take(1000) {
        let fits = (1..=256).contains(&scope.len()) && scope.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        if fits && !seen.contains(&scope) {
            seen.push(scope);
        }
    }
    (!seen.is_empty()).then_some(seen)
}

fn text(value: Option<&serde_json::Value>) -> Option<String> {
    value.and_then(serde_json::Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn is_html(headers: &HeaderMap, body: &SecretBytes) -> bool {
    let says_html = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok_or_none())
        .is_some_and(|value| value.to_ascii_lowercase().contains("html"));
    // Exposed to look at its first character.
    says_html || body.expose().trim_ascii_start().first() == Some(&b'<')
}

/// Reads Retry-After in both forms (RFC 9110 §10.2.3), capped.
fn wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok_or_none()?.trim();
    if value.len() > 64 {
        return None;
    }
    let asked = if let Some(seconds) = value.parse::<u64>().ok_or_none() {
        Duration::from_secs(seconds)
    } else {
        let until = httpdate::parse_http_date(value).ok_or_none()?;
        let until = Timestamp::try_from(until).ok_or_none()?;
        Duration::try_from(until.duration_since(now)).ok_or_none()?
    };
    Some(asked.min(LONGEST_WAIT))
}

fn said(code: &str, detail: &str) -> Said {
    Said { code: harmless(code, 64), detail: harmless(detail, 300) }
}

/// Makes a stranger's text harmless to show and to log: on one line, no controls, no direction marks, cut.
pub(crate) fn harmless(text: &str, most: usize) -> String {
    let mut out: String = text.chars().map(|c| if is_hidden(c) { '\u{fffd}' } else { c }).take(most).collect();
    if text.chars().nth(most).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
#[path = "answer_test.rs"]
mod tests;
