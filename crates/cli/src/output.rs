//! What leaves the command: answers on standard output, everything else on standard error.
//!
//! The only module that writes to either. A reader that closed the pipe is an error that can be handled, never a
//! panic; what is meant for a terminal has its control characters written out by whoever made it.

use std::io::{self, Write as _};

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
    Ok(answer(&line)?)
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
