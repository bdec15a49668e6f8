//! From the text of a provider file to its entries, and what is wrong with their shape, in words for its author.
//!
//! Invariant: an entry with any fault is left out and the others stay. After each fault the entry is looked at
//! again without what was wrong, so that all of them are told at once; the parser alone would stop at the first.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Error, ValueDeserializer};

use super::file::{RawOauth, RawProvider, RawQuirks, RawRefresh};

/// How alike a field's name must be to one that is known, from 0 to 1, to be taken for a slip of it.
const ALIKE: f64 = 0.85;
/// How many faults of one entry are told; each costs a look at the entry.
const MOST: usize = 50;

/// A fault with its place in the text.
pub(super) type Fault = (Range<usize>, String);

/// Reads the entries of a file, and what is wrong with the others.
pub(super) fn entries(text: &str) -> (Vec<RawProvider>, Vec<Fault>) {
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => return (Vec::new(), vec![(span(&error), syntax(text, &error))]),
    };
    let (mut providers, mut faults) = (Vec::new(), Vec::new());
    for (key, value) in table.into_inner() {
        match value.into_inner() {
            DeValue::Array(list) if key.get_ref() == "provider" => {
                providers.extend(list.into_iter().filter_map(|entry| provider(text, entry, &mut faults)));
            }
            _ => {
                let message = format!("[{}] starts no provider; write [[provider]], with two brackets.", key.get_ref());
                faults.push((key.span(), message));
            }
        }
    }
    if providers.is_empty() && faults.is_empty() {
        faults.push((0..0, "there is no [[provider]] in it.".to_owned()));
    }
    (providers, faults)
}

fn provider(text: &str, mut entry: Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Option<RawProvider> {
    // Fields that were taken out because of their type; that they are missing then is no further fault.
    let mut taken = Vec::new();
    for looked in 0..MOST {
        let error = match RawProvider::deserialize(ValueDeserializer::from(entry.clone())) {
            Ok(raw) => return (looked == 0).then_some(raw),
            Err(error) => error,
        };
        match missing(&error) {
            Some(name) if taken.iter().any(|taken| taken == name) => {}
            Some(_) => faults.push((span(&error), told(text, &error))),
            None => {
                taken.push(key_before(text, span(&error).start).to_owned());
                faults.push((span(&error), told(text, &error)));
            }
        }
        if !mend(&mut entry, &error) {
            return None;
        }
    }
    None
}

/// Takes out what an error is about, or puts in what it misses; tells whether that was possible.
fn mend(value: &mut Spanned<DeValue<'_>>, error: &Error) -> bool {
    let at = span(error);
    let here = value.span() == at;
    match value.get_mut() {
        DeValue::Table(table) => {
            if let (true, Some(name)) = (here, missing(error)) {
                let empty = Spanned::new(0..0, DeValue::String(String::new().into()));
                table.insert(Spanned::new(0..0, name.to_owned().into()), empty);
                return true;
            }
            let wrong =
                table.iter().find(|(key, value)| key.span() == at || value.span() == at && !holds(value, error));
            if let Some(key) = wrong.map(|(key, _)| key.clone()) {
                return table.remove(&key).is_some();
            }
            table.iter_mut().any(|(_, value)| mend(value, error))
        }
        DeValue::Array(list) => {
            let before = list.len();
            for value in std::mem::replace(list, DeArray::new()) {
                if value.span() != at || holds(&value, error) {
                    list.push(value);
                }
            }
            list.len() < before || list.iter_mut().any(|value| mend(value, error))
        }
        _ => false,
    }
}

/// Tells whether a value is a table that only misses a field.
fn holds(value: &Spanned<DeValue<'_>>, error: &Error) -> bool {
    value.get_ref().is_table() && missing(error).is_some()
}

fn missing(error: &Error) -> Option<&str> {
    error.message().strip_prefix("missing field `")?.strip_suffix('`')
}

fn span(error: &Error) -> Range<usize> {
    error.span().unwrap_or(0..0)
}

/// What the parser says of text that is no TOML, and the slip behind it where that is a known one.
fn syntax(text: &str, error: &Error) -> String {
    let words = error.message().lines().collect::<Vec<_>>().join(", ");
    let from = text[..span(error).start.min(text.len())].rfind('\n').map_or(0, |at| at + 1);
    let line = text[from..].lines().next().unwrap_or_default();
    if line.contains(['“', '”', '‘', '’']) {
        return format!("{words}; the quotes are curly, and must be straight: \"…\".");
    }
    format!("{words}.")
}

/// What the reader says of a value, as its author would.
fn told(text: &str, error: &Error) -> String {
    let message = error.message();
    if let Some(name) = missing(error) {
        return format!("missing field `{name}`.");
    }
    if let Some((name, known)) = message.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')) {
        return unknown(name, known);
    }
    let Some((_, wanted)) = message.split_once(", expected ") else { return format!("{message}.") };
    let wanted = match wanted {
        "a boolean" => "true or false, without quotes",
        "a sequence" => "a list: [\"…\", \"…\"]",
        "a string" | "a borrowed string" => "a text in quotes",
        "i64" => "a whole number, without quotes",
        _ if wanted.starts_with("struct Raw") || wanted == "a map" => "a table: { … = … }",
        other => other,
    };
    format!("{} must be {wanted}.", key_before(text, span(error).start))
}

/// The key that a value belongs to: the word before the last equals sign.
fn key_before(text: &str, at: usize) -> &str {
    let before = text[..at.min(text.len())].rsplit_once('=').map_or("", |(before, _)| before).trim_end();
    let from = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    before.get(from..).filter(|key| !key.is_empty()).unwrap_or("it")
}

/// A field that is not known here: a slip of the pen, one of another table, or neither.
fn unknown(name: &str, known: &str) -> String {
    let closest = quoted(known).max_by(|a, b| alike(name, a).total_cmp(&alike(name, b)));
    if let Some(closest) = closest.filter(|closest| alike(name, closest) >= ALIKE) {
        return format!("unknown field `{name}`; `{closest}` is perhaps meant.");
    }
    let elsewhere = tables().into_iter().find(|(_, fields)| quoted(fields).any(|field| field == name));
    match elsewhere {
        Some((table, _)) => {
            format!("`{name}` does not belong here but in {table}; it must stand above the tables that follow.")
        }
        None => format!("unknown field `{name}`{known}."),
    }
}

fn alike(a: &str, b: &str) -> f64 {
    strsim::jaro_winkler(a, b)
}

/// The names between backticks.
fn quoted(words: &str) -> impl Iterator<Item = &str> {
    words.split('`').skip(1).step_by(2)
}

/// The tables with the names of their fields, from the reader's own words about a field that none of them has.
pub(super) fn tables() -> [(&'static str, String); 4] {
    fn fields<T: serde::de::DeserializeOwned>() -> String {
        let said = toml::from_str::<T>("\"?\" = 0").err();
        said.and_then(|error| Some(error.message().split_once("expected ")?.1.to_owned())).unwrap_or_default()
    }
    [
        ("[[provider]]", fields::<RawProvider>()),
        ("[provider.oauth]", fields::<RawOauth>()),
        ("[provider.oauth.refresh]", fields::<RawRefresh>()),
        ("[provider.oauth.quirks]", fields::<RawQuirks>()),
    ]
}
