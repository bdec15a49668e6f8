//! A look at JSON text before it is read: how deep it nests, and which names it repeats.
//!
//! Invariant: whatever comes in, this returns in one pass without recursion. `serde_json` alone keeps the last of two
//! equal names silently, allows deeper nesting than a token needs, and (with `arbitrary_precision`) takes an object
//! with one reserved name for a number, so the text is looked over first and read after.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Map, Value};

use super::parse::{NotAJwt, Part};

/// How deep a header or a payload may nest.
pub(super) const MAX_DEPTH: usize = 64;
/// How many repeated names are told; a hostile token could hold a hundred thousand.
const MAX_DUPLICATES: usize = 20;
/// Names that `serde_json` uses for its own purposes begin with this.
const RESERVED: &str = "$serde_json::private::";

/// What one pass over the text found.
#[derive(Debug, Default)]
struct Shape<'a> {
    too_deep: bool,
    reserved: bool,
    duplicates: Vec<Cow<'a, str>>,
}

/// Reads `bytes` as one JSON object and returns it with the names that stand in it more than once.
///
/// # Errors
/// Says for `part` what is wrong: not UTF-8, a byte-order mark, too deep, not JSON, not an object.
pub(super) fn object(bytes: &[u8], part: Part) -> Result<(Map<String, Value>, Vec<String>), NotAJwt> {
    let text = std::str::from_utf8(bytes).map_err(|_| NotAJwt::NotUtf8(part))?;
    if text.starts_with('\u{feff}') {
        return Err(NotAJwt::ByteOrderMark(part));
    }
    let shape = look(text);
    if shape.too_deep {
        return Err(NotAJwt::TooDeep(part));
    }
    let value: Value = serde_json::from_str(text).map_err(|_| NotAJwt::NotJson(part))?;
    if shape.reserved {
        return Err(NotAJwt::ReservedName(part));
    }
    let Value::Object(map) = value else { return Err(NotAJwt::NotAnObject(part)) };
    Ok((map, shape.duplicates.into_iter().map(Cow::into_owned).collect()))
}

/// Goes over the text once. On text that is not JSON the answer means nothing, and the reader after it says so.
fn look(text: &str) -> Shape<'_> {
    let bytes = text.as_bytes();
    let mut shape = Shape::default();
    // One entry per open bracket: the names seen so far in an object, nothing for an array.
    let mut open: Vec<Option<HashSet<Cow<'_, str>>>> = Vec::new();
    let mut name_next = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                open.push((byte == b'{').then(HashSet::new));
                name_next = byte == b'{';
            }
            b'}' | b']' => {
                open.pop();
                name_next = false;
            }
            b',' => name_next = matches!(open.last(), Some(Some(_))),
            b'"' => {
                let end = end_of_string(bytes, at);
                if name_next && let Some(Some(seen)) = open.last_mut() {
                    note_name(&mut shape, seen, name(text, at, end));
                }
                name_next = false;
                at = end;
            }
            _ => {}
        }
        if open.len() > MAX_DEPTH {
            shape.too_deep = true;
            return shape;
        }
        at += 1;
    }
    shape
}

fn note_name<'a>(shape: &mut Shape<'a>, seen: &mut HashSet<Cow<'a, str>>, name: Cow<'a, str>) {
    shape.reserved |= name.starts_with(RESERVED);
    if !seen.insert(name.clone()) && shape.duplicates.len() < MAX_DUPLICATES && !shape.duplicates.contains(&name) {
        shape.duplicates.push(name);
    }
}

/// Returns the index of the quote that closes the string opened at `start`, or the last index of the text.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len().saturating_sub(1)
}

/// Returns the name between two quotes, escapes resolved: `"\u0069ss"` is `iss`.
fn name(text: &str, start: usize, end: usize) -> Cow<'_, str> {
    let inner = text.get(start + 1..end).unwrap_or_default();
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let quoted = text.get(start..=end).unwrap_or_default();
    serde_json::from_str::<String>(quoted).map_or(Cow::Borrowed(inner), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duplicates(text: &str) -> Vec<String> {
        object(text.as_bytes(), Part::Payload).unwrap().1
    }

    #[test]
    fn a_repeated_name_is_found_at_any_depth_and_in_any_spelling() {
        assert_eq!(duplicates(r#"{"iss":"a","iss":"b"}"#), ["iss"]);
        assert_eq!(duplicates(r#"{"iss":"a","\u0069ss":"b"}"#), ["iss"]);
        assert_eq!(duplicates(r#"{"a":[{"b":{"x":1,"y":"x","x":2}}]}"#), ["x"]);
        assert_eq!(duplicates(r#"{"a":{"x":1},"b":{"x":1},"c":["c","c"],"d":"d\",\"d"}"#), [""; 0]);
    }

    #[test]
    fn the_last_of_two_equal_names_wins() {
        let (map, _) = object(br#"{"iss":"a","iss":"b"}"#, Part::Payload).unwrap();
        assert_eq!(map["iss"], "b");
    }

    #[test]
    fn sixty_four_levels_are_read_and_one_more_is_not() {
        let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert!(object(nested(64).as_bytes(), Part::Payload).is_ok());
        assert_eq!(object(nested(65).as_bytes(), Part::Payload), Err(NotAJwt::TooDeep(Part::Payload)));
        assert_eq!(object(nested(100_000).as_bytes(), Part::Payload), Err(NotAJwt::TooDeep(Part::Payload)));
    }

    #[test]
    fn an_object_cannot_pass_for_a_number() {
        for text in [
            r#"{"exp":{"$serde_json::private::Number":"9999999999"}}"#,
            r#"{"exp":{"\u0024serde_json::private::Number":"9999999999"}}"#,
        ] {
            assert_eq!(object(text.as_bytes(), Part::Payload), Err(NotAJwt::ReservedName(Part::Payload)));
        }
    }
}
