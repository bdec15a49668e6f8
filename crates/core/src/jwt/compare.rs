//! What differs between two tokens, claim by claim.
//!
//! Invariant: values are compared as they stand in the tokens, before anything is cut or made visible; what is shown
//! of them follows the rules of the table.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::findings::scopes_in;
use super::parse::{Parsed, Part};
use super::table::{CLAIMS, HEADER, in_order, value_text};
use super::text::shown;
use super::time::When;

/// The most lines that are returned.
const MAX_LINES: usize = 500;
/// The most words of a list that are told.
const MAX_WORDS: usize = 100;

/// What became of a claim between the first token and the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only the second token has it.
    Added,
    /// Only the first token has it.
    Removed,
    /// Both have it, with different values.
    Changed,
}

/// One claim that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Difference {
    /// `header` or `payload`.
    pub part: String,
    /// The name, made visible.
    pub name: String,
    /// What became of it.
    pub change: Change,
    /// The value in the first token, as the table shows it.
    pub before: Option<String>,
    /// The value in the second.
    pub after: Option<String>,
    /// The time that the first value is.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub before_at: Option<Timestamp>,
    /// The time that the second value is.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub after_at: Option<Timestamp>,
    /// Words of a list (scopes, audiences) that only the second has.
    pub gained: Vec<String>,
    /// Words of a list that only the first has.
    pub lost: Vec<String>,
}

/// Everything that differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Differences {
    /// The lines: header first, then registered claims, then the others.
    pub lines: Vec<Difference>,
    /// How many claims are the same.
    #[cfg_attr(test, ts(type = "number"))]
    pub same: usize,
    /// How many lines more there are.
    #[cfg_attr(test, ts(type = "number"))]
    pub more: usize,
}

/// Compares two tokens.
#[must_use]
pub fn compare(first: &Parsed<'_>, second: &Parsed<'_>) -> Differences {
    let mut all = Differences::default();
    members(&mut all, Part::Header, &first.jws.header, &second.jws.header, &HEADER);
    members(&mut all, Part::Payload, &first.claims, &second.claims, &CLAIMS);
    all.more = all.lines.len().saturating_sub(MAX_LINES);
    all.lines.truncate(MAX_LINES);
    all
}

fn members(
    all: &mut Differences,
    part: Part,
    first: &Map<String, Value>,
    second: &Map<String, Value>,
    known: &[(&'static str, &'static str)],
) {
    let gone = first.iter().filter(|(name, _)| !second.contains_key(*name));
    let union: Map<String, Value> =
        second.iter().chain(gone).map(|(name, value)| (name.clone(), value.clone())).collect();
    for (name, _, _) in in_order(&union, known) {
        let (before, after) = (first.get(name), second.get(name));
        if before == after {
            all.same += 1;
            continue;
        }
        let change = match (before, after) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        };
        let at = |claims: &Map<String, Value>| match part {
            Part::Payload if ["iat", "nbf", "exp", "auth_time", "updated_at"].contains(&name) => {
                When::of(claims, name).to_show()
            }
            _ => None,
        };
        all.lines.push(Difference {
            part: part.to_string(),
            name: shown(name),
            change,
            before: before.map(|value| value_text(value).0),
            after: after.map(|value| value_text(value).0),
            before_at: at(first),
            after_at: at(second),
            gained: only_in(name, after, before),
            lost: only_in(name, before, after),
        });
    }
}

/// Returns the words of a list that the other one does not have; nothing where either is no list of words.
fn only_in(name: &str, here: Option<&Value>, there: Option<&Value>) -> Vec<String> {
    let (Some(here), Some(there)) = (here, there) else { return Vec::new() };
    let is_list = |value: &Value| value.is_array() || ["scope", "scp", "scopes", "permissions"].contains(&name);
    if !is_list(here) || !is_list(there) {
        return Vec::new();
    }
    let others: std::collections::HashSet<&str> = scopes_in(there).into_iter().collect();
    scopes_in(here).into_iter().filter(|word| !others.contains(word)).take(MAX_WORDS).map(shown).collect()
}
