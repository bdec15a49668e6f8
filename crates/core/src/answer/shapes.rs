//! The shapes that a token answer comes in: a JSON object, an object inside of it, or a form.
//!
//! Invariant: all members come from one place, and a member that stands there twice makes the answer unreadable:
//! which of two refresh tokens is meant can't be guessed.

use std::fmt;

use http::header::{CONTENT_TYPE, HeaderMap};
use serde::de::value::{Error as Unreadable, MapDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::Members;
use crate::error::OrNone as _;
use crate::quirks::Quirks;
use crate::secret::SecretBytes;

/// Reads the members of an answer, wherever this provider puts them.
pub(super) fn members(headers: &HeaderMap, body: &SecretBytes, quirks: &Quirks) -> Option<Members> {
    // Exposed to the parsers only; their errors would quote the input, so they are dropped.
    let bytes = body.expose();
    let Some(top) = serde_json::from_slice::<Members>(bytes).ok_or_none() else {
        return may_be_form(headers, quirks).then(|| form(bytes)).flatten();
    };
    let Some(name) = quirks.nested.as_deref().filter(|_| !top.has_token() && top.error.is_none()) else {
        return Some(top);
    };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match (Inside { path: name }).deserialize(&mut json).ok_or_none()? {
        Some(inside) if inside.has_token() => Some(inside),
        _ => Some(top),
    }
}

/// Tells whether an answer that is no JSON may be read as a form.
fn may_be_form(headers: &HeaderMap, quirks: &Quirks) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok_or_none()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/x-www-form-urlencoded" || (quirks.form_answer && !kind.contains("html"))
}

/// Reads a form (the URL standard's `application/x-www-form-urlencoded`), and only one that really is one.
fn form(bytes: &[u8]) -> Option<Members> {
    let text = std::str::from_utf8(bytes).ok_or_none()?.trim_ascii_end();
    let whole = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>{}\"".contains(&byte))
        && text.split('&').all(|pair| pair.find('=').is_some_and(|at| at > 0))
        && text.split('%').skip(1).all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|b| b.is_ascii_hexdigit()));
    if !whole {
        return None;
    }
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    let values = pairs.map(|(name, value)| (name.into_owned(), FormValue(value.into_owned())));
    Members::deserialize(MapDeserializer::<_, Unreadable>::new(values)).ok_or_none()
}

/// One value of a form; text, handed on without a copy that nobody wipes.
struct FormValue(String);

impl<'de> Deserializer<'de> for FormValue {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl IntoDeserializer<'_> for FormValue {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Reads the object of one member and passes over all others.
struct Inside<'a> {
    path: &'a str,
}

impl<'de> DeserializeSeed<'de> for Inside<'_> {
    type Value = Option<Members>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Inside<'_> {
    type Value = Option<Members>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (first, rest) = self.path.split_once('.').map_or((self.path, None), |(first, rest)| (first, Some(rest)));
        let mut found = None;
        while let Some(name) = map.next_key::<String>()? {
            if name != first {
                map.next_value::<IgnoredAny>()?;
            } else if found.is_some() {
                return Err(serde::de::Error::custom("a member stands there twice"));
            } else {
                found = Some(match rest {
                    Some(path) => map.next_value_seed(Inside { path })?,
                    None => Some(map.next_value::<Members>()?),
                });
            }
        }
        Ok(found.flatten())
    }
}
