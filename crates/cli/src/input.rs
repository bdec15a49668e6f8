//! Secrets on their way in: from standard input, or from a prompt without echo.
//!
//! Reading happens on a thread of its own, so that Ctrl+C is heard; the prompt sets the terminal right by itself.

use std::io::{BufRead as _, IsTerminal as _, Read as _};
use std::path::Path;

use fobwatch_core::jwt::MAX_INSPECTED;
use fobwatch_core::secret::Secret;

use crate::failure::Failure;
use crate::output::ask;

/// The most that is read from standard input, in bytes: a token and a secret.
const MOST: u64 = MAX_INSPECTED as u64 + 64 * 1024;

/// Tells whether a person sits at standard input.
pub(crate) fn is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// Returns one secret: what stands on standard input, or what is typed after `prompt`.
pub(crate) async fn secret(prompt: &'static str) -> Result<Secret, Failure> {
    off_thread(move || if is_terminal() { typed(prompt) } else { Ok(without_line_end(&piped()?)) }).await
}

/// Returns a secret typed after `prompt`, or the first line of standard input, and the rest of standard input.
pub(crate) async fn first_line(prompt: &'static str) -> Result<(Secret, Option<Secret>), Failure> {
    off_thread(move || if is_terminal() { Ok((typed(prompt)?, None)) } else { Ok(split(&piped()?)) }).await
}

/// Asks a question that only a clear yes answers with yes.
pub(crate) async fn confirmed(question: &str) -> Result<bool, Failure> {
    ask(&format!("{question} [y/N]"));
    off_thread(|| {
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    })
    .await
}

/// Reads a private key from a PEM file; its content is a secret, its name is not.
pub(crate) async fn key_file(file: &Path) -> Result<Secret, Failure> {
    let name = file.display().to_string();
    let file = file.to_owned();
    let read = off_thread(move || Ok(std::fs::read_to_string(file))).await?;
    let text = read.map_err(|error| Failure::usage(format!("{name} can't be read: {error}."), ""))?;
    let text = Secret::from(text);
    // Exposed to look at its first line.
    if text.expose().trim_start().starts_with("-----BEGIN") {
        return Ok(Secret::new(text.expose().trim()));
    }
    Err(Failure::usage(format!("{name} is no private key in PEM form."), "It begins with -----BEGIN PRIVATE KEY-----."))
}

/// Hands over the lines of standard input as they come, from a thread that the end of the program leaves behind.
pub(crate) fn lines() -> tokio::sync::mpsc::Receiver<Secret> {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        loop {
            let mut line = String::with_capacity(16 * 1024);
            let read = std::io::stdin().lock().take(MOST).read_line(&mut line);
            let line = Secret::from(line);
            if !matches!(read, Ok(1..)) || sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::ours("Reading the input failed.")),
    }
}

fn typed(prompt: &str) -> Result<Secret, Failure> {
    match rpassword::prompt_password(prompt) {
        Ok(text) => Ok(Secret::new(text)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(Secret::new("")),
        Err(error) => Err(error.into()),
    }
}

fn piped() -> Result<Secret, Failure> {
    // One allocation that is never moved, so that no copy of a secret is left behind.
    let mut text = String::with_capacity(usize::try_from(MOST).unwrap_or(MAX_INSPECTED) + 1);
    let read = std::io::stdin().lock().take(MOST + 1).read_to_string(&mut text);
    let text = Secret::from(text);
    match read {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Failure::usage("What stands on standard input is not text.", ""))
        }
        Err(error) => Err(error.into()),
        Ok(_) if text.len() as u64 > MOST => Err(Failure::usage("Standard input holds too much.", "")),
        Ok(_) => Ok(text),
    }
}

/// Takes one line end off: pasted and piped text has one that is not part of the secret.
fn without_line_end(text: &Secret) -> Secret {
    // Exposed to be cut.
    let text = text.expose();
    let line = text.strip_suffix('\n').unwrap_or(text);
    Secret::new(line.strip_suffix('\r').unwrap_or(line))
}

/// Returns the first line and what follows it, if anything does.
fn split(text: &Secret) -> (Secret, Option<Secret>) {
    // Exposed to be cut.
    match text.expose().split_once('\n') {
        None => (text.clone(), None),
        Some((first, rest)) => {
            let rest = without_line_end(&Secret::new(rest));
            (Secret::new(first.trim_end_matches('\r')), (!rest.is_empty()).then_some(rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_is_not_part_of_a_secret() {
        for (given, kept) in [("k", "k"), ("k\n", "k"), ("k\r\n", "k"), ("k\n\n", "k\n"), (" k ", " k "), ("", "")] {
            assert_eq!(without_line_end(&Secret::new(given)).expose(), kept, "{given:?}");
        }
    }

    #[test]
    fn the_second_line_is_another_secret() {
        let parts = |text| {
            let (first, rest) = split(&Secret::new(text));
            (first.expose().to_owned(), rest.map(|rest| rest.expose().to_owned()))
        };
        assert_eq!(parts("a.b.c\nhunter2\n"), ("a.b.c".to_owned(), Some("hunter2".to_owned())));
        assert_eq!(parts("a.b.c\r\nhunter2\r\n"), ("a.b.c".to_owned(), Some("hunter2".to_owned())));
        assert_eq!(parts("a.b.c\n"), ("a.b.c".to_owned(), None));
        assert_eq!(parts("a.b.c"), ("a.b.c".to_owned(), None));
    }
}
