//! Tells the genuine redirect from everything else that reaches the port.
//!
//! Invariant: without the right `state` nothing in a request has any effect. Parameters are read strictly, since what
//! two readers understand differently is where an attack hides: no parameter twice, no broken encoding. Only the free
//! text of a refusal is read leniently: Microsoft's servers put line breaks into it.

use http::header::{self, HeaderMap, HeaderName};
use http::request::Parts;
use http::{Method, StatusCode, Version};
use url::Url;

use super::{Expected, Redirect, pages};
use crate::secret::Secret;

const ERROR_MAX: usize = 64;
const DESCRIPTION_MAX: usize = 300;

/// A browser says with these that nobody navigates here (Fetch Metadata), or that it only fetches ahead.
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const AHEAD: [HeaderName; 3] =
    [HeaderName::from_static("sec-purpose"), HeaderName::from_static("purpose"), HeaderName::from_static("x-moz")];

/// No navigation carries these: they announce a body or another protocol.
const NEVER: [HeaderName; 4] = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::UPGRADE, header::EXPECT];

/// What a well-formed navigation asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    /// The redirect path, with this query.
    Redirect(&'a str),
    /// One of [`pages::PATHS`].
    Page(&'a str),
}

/// The one name and path that the listener goes by.
#[derive(Debug, Clone)]
pub(super) struct Place {
    host: String,
    path: String,
}

impl Place {
    /// Takes both from the redirect URI, so that they are what the browser will send.
    pub(super) fn of(redirect_uri: &Url) -> Self {
        let name = redirect_uri.host_str().unwrap_or_default();
        let host = redirect_uri.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        Self { host, path: redirect_uri.path().to_owned() }
    }

    /// Reads the head of a request, or returns the status that refuses it.
    pub(super) fn read<'a>(&self, head: &'a Parts) -> Result<Asked<'a>, StatusCode> {
        if head.version != Version::HTTP_11 {
            return Err(StatusCode::HTTP_VERSION_NOT_SUPPORTED);
        }
        // The Host comes first: a page that reached us by DNS rebinding learns nothing else.
        if !is_exactly(&head.headers, &header::HOST, &self.host) {
            return Err(StatusCode::MISDIRECTED_REQUEST);
        }
        if head.method != Method::GET {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        if head.uri.scheme().is_some() || head.uri.authority().is_some() {
            return Err(StatusCode::BAD_REQUEST);
        }
        if NEVER.iter().any(|name| head.headers.contains_key(name)) {
            return Err(StatusCode::BAD_REQUEST);
        }
        if !is_navigation(&head.headers) {
            return Err(StatusCode::FORBIDDEN);
        }
        match (head.uri.path(), head.uri.query()) {
            (path, query) if path == self.path => Ok(Asked::Redirect(query.unwrap_or_default())),
            (path, None) if pages::PATHS.contains(&path) => Ok(Asked::Page(path)),
            _ => Err(StatusCode::NOT_FOUND),
        }
    }
}

fn is_exactly(headers: &HeaderMap, name: &HeaderName, value: &str) -> bool {
    let mut values = headers.get_all(name).iter();
    values.next().is_some_and(|first| first.as_bytes() == value.as_bytes()) && values.next().is_none()
}

fn is_navigation(headers: &HeaderMap) -> bool {
    let says = |name: &HeaderName, value: &str| !headers.contains_key(name) || is_exactly(headers, name, value);
    says(&SEC_FETCH_MODE, "navigate")
        && says(&SEC_FETCH_DEST, "document")
        && !AHEAD.iter().any(|name| headers.contains_key(name))
}

/// Reads the query of a redirect; `None` when it does not belong to this sign-in or says nothing.
pub(super) fn judge(query: &str, expected: &Expected) -> Option<Redirect> {
    let answer = Parameters::read(query)?;
    if answer.state.as_ref() != Some(&expected.state) {
        return None;
    }
    if answer.code.is_none() && answer.error.is_none() {
        return None;
    }
    // A refusal is checked like a code: it may come from another server just as well (RFC 9207 §2.4).
    if let Some(issuer) = &expected.issuer {
        let right = answer.iss.as_ref().map_or(!issuer.required, |iss| *iss == issuer.issuer);
        if !right {
            return Some(Redirect::IssuerMismatch);
        }
    }
    match (answer.error, answer.code) {
        (Some(error), _) => Some(Redirect::Refused { error, description: answer.description }),
        (None, Some(code)) => Some(Redirect::Code { code }),
        (None, None) => None,
    }
}

/// The parameters of RFC 6749 §4.1.2 and RFC 9207 §2 that matter; all others are ignored.
#[derive(Debug, Default)]
struct Parameters {
    code: Option<Secret>,
    state: Option<Secret>,
    iss: Option<String>,
    error: Option<String>,
    description: Option<String>,
}

impl Parameters {
    fn read(query: &str) -> Option<Self> {
        let mut found = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // A name that can't be decoded is none of these.
            let Some(name) = decode(name) else { continue };
            match name.as_str() {
                "code" => set(&mut found.code, Secret::new(strict(value)?))?,
                "state" => set(&mut found.state, Secret::new(strict(value)?))?,
                // An empty one names no issuer, and so not the right one.
                "iss" => set(&mut found.iss, if value.is_empty() { String::new() } else { strict(value)? })?,
                "error" => set(&mut found.error, token(&strict(value)?))?,
                "error_description" => set(&mut found.description, visible(&lossy(value)))?,
                _ => {}
            }
        }
        found.description = found.description.filter(|text| !text.is_empty());
        Some(found)
    }
}

/// Sets what may be set once.
fn set<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// Decodes a value that must be there and be plain text.
fn strict(value: &str) -> Option<String> {
    decode(value).filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
}

/// Decodes `application/x-www-form-urlencoded`; `None` for a broken escape or text that is not UTF-8.
fn decode(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            other => other,
        });
    }
    let Ok(text) = String::from_utf8(bytes) else { return None };
    Some(text)
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Decodes what can be decoded and keeps the rest as it is.
fn lossy(value: &str) -> String {
    url::form_urlencoded::parse(format!("v={value}").as_bytes())
        .next()
        .map(|(_, text)| text.into_owned())
        .unwrap_or_default()
}

/// Keeps what may be in an error code and can't play tricks where it is shown.
fn token(error: &str) -> String {
    let kept: String = error.chars().filter(char::is_ascii_graphic).take(ERROR_MAX).collect();
    if kept.is_empty() { "other".to_owned() } else { kept }
}

/// Makes every character of `text` visible and cuts it: nothing in it may turn a line, its direction or a terminal.
fn visible(text: &str) -> String {
    let mut kept = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        let gap = if kept.is_empty() { "" } else { " " };
        for character in gap.chars().chain(word.chars()) {
            if count == DESCRIPTION_MAX - 1 {
                kept.push('…');
                return kept;
            }
            kept.push(if is_invisible(character) { '\u{FFFD}' } else { character });
            count += 1;
        }
    }
    kept
}

/// Tells whether `character` is a control, a format character or one that has no width.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
