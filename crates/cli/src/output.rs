//! What leaves the command: answers on standard output, everything else on standard error.
//!
//! The only module that writes to either. A reader that closed the pipe is an error that can be handled, never a
//! panic; what is meant for a terminal has its control characters written out by whoever made it.

use std::io::{self, Write as _};

use fobwatch_core::jwt::has_hidden;
use fobwatch_core::secret::Secret;
use serde::Serialize;

use crate::failure::Failure;

/// Writes a line to standard output.
pub(crate) fn answer(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Writes a secret and a newline to standard output.
pub(crate) fn answer_secret(value: &Secret) -> io::Result<()> {
    // Exposed because the person or program that called asked for the value.
    answer(value.expose())
}

/// Writes one JSON value as one line to standard output.
pub(crate) fn answer_json(value: &impl Serialize) -> Result<(), Failure> {
    let line = serde_json::to_string(value).map_err(|error| Failure::ours(format!("JSON: {error}")))?;
    Ok(answer(&escaped(line))?)
}

/// Writes characters that move, hide or reorder their neighbours as `\uXXXX`, which JSON readers take back
/// (RFC 8259, section 7): an answer may be looked at in a terminal too.
pub(crate) fn escaped(json: String) -> String {
    if !has_hidden(&json) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 64);
    for char in json.chars() {
        if has_hidden(char.encode_utf8(&mut [0; 4])) {
            out.extend(char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(char);
        }
    }
    out
}

/// Writes text as it is to standard output.
pub(crate) fn answer_text(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says something to the person, on standard error. Nobody to hear it is no failure.
pub(crate) fn say(line: &str) {
    drop(writeln!(io::stderr().lock(), "{line}"));
}

/// Asks something on standard error, without ending the line.
pub(crate) fn ask(question: &str) {
    let mut err = io::stderr().lock();
    drop(write!(err, "{question} "));
    drop(err.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_the_same_value_without_characters_that_hide() {
        let value = serde_json::json!({ "a\u{202e}": "é 日本 😀 \u{9b}31m \u{1b} \u{e0041}" });
        let text = escaped(value.to_string());
        assert_eq!(text, "{\"a\\u202e\":\"é 日本 😀 \\u009b31m \\u001b \\udb40\\udc41\"}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
