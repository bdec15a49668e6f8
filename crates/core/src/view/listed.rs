//! What the list asks for and gets: a part of the rows, and what is known of all of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CountView, RowView};
use crate::credential::{Environment, Kind, Tone};

/// What the list should show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct ListInput {
    /// What was typed, words and filters (`env:prod expires:<7d`); fuzzy, never matched against values.
    pub query: String,
    /// Only what needs attention.
    pub attention_only: bool,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only this environment.
    pub environment: Option<Environment>,
    /// Only this provider (its id).
    pub provider: Option<String>,
    /// `attention` (the default), `soonest`, `name`, `used`, `added`.
    pub order: String,
    /// All that needs attention, rather than the first three of it.
    pub all_attention: bool,
    /// The first row that is wanted.
    #[cfg_attr(test, ts(type = "number"))]
    pub from: usize,
    /// How many rows are wanted; none for all, with nothing folded away.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub count: Option<usize>,
    /// Rows stay where the last answer to the same question had them; new ones follow at the end.
    pub keep: bool,
    /// The selected credential, whose place is wanted.
    pub selected: Option<String>,
}

/// What the list and the sidebar show.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ListView {
    /// Credentials in the vault, whatever the filter. 0 is the first run.
    #[cfg_attr(test, ts(type = "number"))]
    pub total: usize,
    /// How many fit search and filters.
    #[cfg_attr(test, ts(type = "number"))]
    pub matched: usize,
    /// How many rows there are to scroll through: those that fit, less what is folded away.
    #[cfg_attr(test, ts(type = "number"))]
    pub shown: usize,
    /// The number of this order of rows: two answers with the same one agree on every place.
    #[cfg_attr(test, ts(type = "number"))]
    pub order: u64,
    /// The place of the first row here.
    #[cfg_attr(test, ts(type = "number"))]
    pub from: usize,
    /// The rows that were wanted, in order.
    pub rows: Vec<RowView>,
    /// The sections of the default order; none with a search or filter, or in another order.
    pub sections: Vec<SectionView>,
    /// The place of the selected credential, if it is shown.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub selected_at: Option<usize>,
    /// Whether it fits and is folded away.
    pub selected_folded: bool,
    /// Filters that say nothing, and why. With one of them nothing fits, unless it is only unfinished.
    pub problems: Vec<ProblemView>,
    /// What was meant, perhaps, when nothing was found.
    pub nearest: Option<NearestView>,
    /// How many need attention, and how grave the gravest is.
    #[cfg_attr(test, ts(type = "number"))]
    pub attention: usize,
    /// The gravest tone among them.
    pub attention_tone: Tone,
    /// Counts per kind; kinds with none are left out.
    pub kinds: Vec<CountView>,
    /// Counts per environment, in the order production, staging, development.
    pub environments: Vec<CountView>,
    /// Counts per provider, most first.
    pub providers: Vec<CountView>,
    /// When a row will move to another line by time alone.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub next_change_at: Option<Timestamp>,
}

/// A section of the default order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SectionView {
    /// `attention`, `recent` or `rest`.
    pub name: String,
    /// The place of its first row.
    #[cfg_attr(test, ts(type = "number"))]
    pub from: usize,
    /// How many belong to it, shown or folded away.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: usize,
}

/// What is wrong with a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// Nothing stands after the colon yet; it narrows nothing.
    Unfinished,
    /// It takes one of a few words, and this is none of them.
    UnknownValue,
    /// It takes a span or a date, and this is none.
    NoTime,
}

/// A filter that says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProblemView {
    /// The filter as it was typed: `env:prdo`.
    pub filter: String,
    /// Its name: `env`.
    pub name: String,
    /// What is wrong.
    pub code: ProblemCode,
    /// What it takes: `production`, `staging`, `development`.
    pub choices: Vec<String>,
}

/// A search that would find something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NearestView {
    /// The words to search for instead.
    pub words: String,
    /// How many that finds.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: usize,
}

/// A row that was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FoundRowView {
    /// Its credential.
    pub id: String,
    /// Its place.
    #[cfg_attr(test, ts(type = "number"))]
    pub at: usize,
}

/// One line of a `.env` block, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VariableView {
    /// The variable.
    pub name: String,
    /// What may be shown of the value's start.
    pub shown_start: String,
    /// What may be shown of its end.
    pub shown_end: String,
}

/// Several credentials together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SeveralView {
    /// How many.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: usize,
    /// How many of them are in production.
    #[cfg_attr(test, ts(type = "number"))]
    pub production: usize,
    /// How many of each kind.
    pub kinds: Vec<CountView>,
    /// The names of their providers, most first.
    pub providers: Vec<String>,
    /// Their environments, production first.
    pub environments: Vec<Environment>,
    /// The ids of those that are rotated by hand: keys, and clients with their secrets.
    pub rotatable: Vec<String>,
    /// The ids of those that are refreshed, and so can be paused.
    pub pausable: Vec<String>,
    /// How many of these are paused.
    #[cfg_attr(test, ts(type = "number"))]
    pub paused: usize,
    /// The first hundred of them, in the order of the list.
    pub rows: Vec<RowView>,
    /// The lines of the `.env` block of those.
    pub variables: Vec<VariableView>,
    /// The most that can be copied at once.
    #[cfg_attr(test, ts(type = "number"))]
    pub copies_at_most: usize,
}
