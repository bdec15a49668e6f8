//! Turns what stands in a provider file into providers, or into sentences that name the line.
//!
//! Nothing here stops at the first fault: a person who writes a file is told everything at once, and one entry that
//! is wrong does not hide the others.

use std::fmt;
use std::ops::Range;

use super::check_oauth::texts;
use super::entry::Provider;
use super::file::{RawProvider, Text};
use super::tile::made_tile;
use super::{shape, template};
use crate::answer::harmless;
use crate::view::MonogramView;

/// The tints of a tile.
pub(super) const TINTS: [&str; 5] = ["neutral", "h1", "h2", "h3", "h4"];
/// What is wrong with a provider file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file's name.
    pub file: String,
    /// The line, from 1, when it is about one.
    pub line: Option<usize>,
    /// What is wrong and what would do, in a sentence.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// A provider with the lines that a conflict with another one is told at.
pub(super) struct Checked {
    pub(super) provider: Provider,
    pub(super) id_line: usize,
    pub(super) issuer_line: usize,
}

/// Reads one file: the providers that hold, and what is wrong.
pub(super) fn read(file: &str, text: &str, built_in: bool) -> (Vec<Checked>, Vec<Finding>) {
    let mut check = Check { file, text, built_in, findings: Vec::new() };
    let (entries, faults) = shape::entries(text);
    for (span, message) in faults {
        check.say(span, &message);
    }
    let providers = entries.iter().filter_map(|raw| check.provider(raw)).collect();
    (providers, check.findings)
}

/// A file under examination.
pub(super) struct Check<'a> {
    file: &'a str,
    text: &'a str,
    built_in: bool,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.as_bytes().iter().take(span.start);
        before.filter(|byte| **byte == b'\n').count() + 1
    }

    pub(super) fn say(&mut self, span: Range<usize>, message: &str) {
        let line = Some(self.line(&span));
        self.findings.push(Finding { file: self.file.to_owned(), line, message: harmless(message, 400) });
    }

    /// Says what is wrong with a value, if anything is.
    pub(super) fn holds(&mut self, name: &str, value: &Text, problem: Option<&str>) {
        if let Some(problem) = problem {
            self.say(value.span(), &format!("{name} = “{}” {problem}.", harmless(value.get_ref(), 80)));
        }
    }

    fn provider(&mut self, raw: &RawProvider) -> Option<Checked> {
        let before = self.findings.len();
        self.holds("id", &raw.id, id_problem(raw.id.get_ref()));
        self.words("name", &raw.name, 60);
        for prefix in &raw.key_prefixes {
            let fits =
                (2..=40).contains(&prefix.get_ref().len()) && prefix.get_ref().bytes().all(|b| b.is_ascii_graphic());
            self.holds("key_prefixes", prefix, (!fits).then_some("must be 2 to 40 letters, digits or marks"));
        }
        let tile = self.tile(raw);
        let keys_page = self.page("keys_page", raw.keys_page.as_ref());
        let oauth = raw.oauth.as_ref().map(|raw| self.oauth(raw));
        if oauth.is_none() && keys_page.is_none() && raw.key_prefixes.is_empty() {
            self.say(raw.id.span(), "the provider offers nothing: give it a [provider.oauth] table, or keys_page.");
        }
        (self.findings.len() == before).then(|| Checked {
            id_line: self.line(&raw.id.span()),
            issuer_line: self.line(&raw.oauth.as_ref().map_or(raw.id.span(), |oauth| oauth.issuer.span())),
            provider: Provider {
                id: raw.id.get_ref().clone(),
                name: raw.name.get_ref().clone(),
                tile,
                file: (!self.built_in).then(|| self.file.to_owned()),
                keys_page,
                key_prefixes: texts(&raw.key_prefixes),
                oauth,
            },
        })
    }

    fn tile(&mut self, raw: &RawProvider) -> MonogramView {
        let mut tile = made_tile(raw.name.get_ref());
        if let Some(code) = &raw.monogram {
            let fits = !code.get_ref().is_empty() && harmless(code.get_ref(), 2) == *code.get_ref();
            self.holds("monogram", code, (!fits).then_some("must be one or two characters"));
            tile.code.clone_from(code.get_ref());
        }
        if let Some(tint) = &raw.tint {
            let known = TINTS.contains(&tint.get_ref().as_str());
            self.holds("tint", tint, (!known).then_some("must be neutral, h1, h2, h3 or h4"));
            tile.tint.clone_from(tint.get_ref());
        }
        tile
    }

    pub(super) fn page(&mut self, name: &str, text: Option<&Text>) -> Option<String> {
        let text = text?;
        self.holds(name, text, template::page_address(text.get_ref()).err());
        Some(text.get_ref().clone())
    }

    /// Words for people: there are some, they are one line, and not too many.
    pub(super) fn words(&mut self, name: &str, text: &Text, most: usize) -> String {
        let words = text.get_ref();
        let hides = harmless(words, most) != *words;
        self.holds(name, text, words.trim().is_empty().then_some("must not be empty"));
        let problem = format!("must be one line of at most {most} characters");
        self.holds(name, text, hides.then_some(&problem));
        words.clone()
    }
}

fn id_problem(id: &str) -> Option<&'static str> {
    let plain = (1..=40).contains(&id.len())
        && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !id.starts_with('-');
    match id {
        "custom" => Some("stands for an issuer that is typed; choose another id"),
        _ if !plain => Some("must be 1 to 40 lower-case letters, digits and -"),
        _ => None,
    }
}
