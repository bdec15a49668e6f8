//! In which order rows stand, and how they keep it while somebody is busy with them.
//!
//! A window asks for a few rows at a time, so the order itself rests here: what scrolls by, what is counted and what a
//! range of a selection means all come from the same sequence, known by its number.

use std::cmp::Reverse;
use std::collections::HashSet;

use jiff::Timestamp;

use super::Look;
use crate::credential::{CredentialId, Tone};
use crate::search::Words;
use crate::view::{ListInput, SectionView};

/// How many of the most recently used stand in their own section.
const RECENT: usize = 9;
/// How many that need attention are shown before somebody asks for all.
const SHOWN: usize = 3;
/// How many orders are remembered: those of the window, the palette, what each of them showed before, and the tray's two.
const REMEMBERED: usize = 6;

/// The order of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) number: u64,
    /// The rows that are scrolled through.
    pub(crate) shown: Vec<CredentialId>,
    /// What fits and is folded away.
    pub(crate) folded: Vec<CredentialId>,
    /// Name, first place, and how many belong to it.
    pub(crate) sections: Vec<(&'static str, usize, usize)>,
}

/// The orders of the latest questions.
#[derive(Default)]
pub(crate) struct Orders {
    kept: Vec<(ListInput, Order)>,
    last: u64,
}

impl Orders {
    /// Returns the order for a question; with `keep` the one before, less what is gone, and what is new at its end.
    pub(crate) fn of(&mut self, input: &ListInput, fresh: Order) -> &Order {
        let question = question(input);
        let before = self.kept.iter().position(|(asked, _)| *asked == question).map(|at| self.kept.remove(at));
        let mut order = match before {
            Some((_, before)) if input.keep => keep(before, &fresh),
            Some((_, before)) if same(&before, &fresh) => before,
            _ => fresh,
        };
        if order.number == 0 {
            self.last += 1;
            order.number = self.last;
        }
        self.kept.truncate(REMEMBERED - 1);
        self.kept.insert(0, (question, order));
        &self.kept[0].1
    }

    /// Returns an order by its number, if it is still remembered.
    pub(crate) fn numbered(&self, number: u64) -> Option<&Order> {
        self.kept.iter().map(|(_, order)| order).find(|order| order.number == number)
    }

    /// Returns the latest order.
    pub(crate) fn latest(&self) -> Option<&Order> {
        self.kept.first().map(|(_, order)| order)
    }
}

/// What makes two questions the same, whichever of its rows are wanted.
fn question(input: &ListInput) -> ListInput {
    ListInput { from: 0, count: input.count.map(|_| 0), keep: false, selected: None, ..input.clone() }
}

fn same(before: &Order, fresh: &Order) -> bool {
    before.shown == fresh.shown && before.folded == fresh.folded && before.sections == fresh.sections
}

fn keep(before: Order, fresh: &Order) -> Order {
    let fits: HashSet<CredentialId> = fresh.shown.iter().chain(&fresh.folded).copied().collect();
    let known: HashSet<CredentialId> = before.shown.iter().chain(&before.folded).copied().collect();
    let gone = before.shown.iter().chain(&before.folded).any(|id| !fits.contains(id));
    let new: Vec<CredentialId> =
        fresh.shown.iter().chain(&fresh.folded).copied().filter(|id| !known.contains(id)).collect();
    if !gone && new.is_empty() {
        return before;
    }
    let mut sections = before.sections.clone();
    let mut shown = Vec::with_capacity(before.shown.len() + new.len());
    for (at, id) in before.shown.iter().enumerate() {
        if fits.contains(id) {
            shown.push(*id);
            continue;
        }
        // The sections behind move up, and the one that it was in has one less.
        let own = before.sections.iter().rposition(|(_, from, _)| *from <= at);
        for (index, (_, from, count)) in sections.iter_mut().enumerate() {
            *from -= usize::from(own.is_some_and(|own| index > own));
            *count -= usize::from(Some(index) == own);
        }
    }
    let folded: Vec<CredentialId> = before.folded.iter().copied().filter(|id| fits.contains(id)).collect();
    if let Some((_, _, count)) = sections.first_mut() {
        *count -= before.folded.len() - folded.len();
    }
    if let Some((_, _, count)) = sections.last_mut() {
        *count += new.len();
    }
    shown.extend(new);
    sections.retain(|(_, _, count)| *count > 0);
    Order { number: 0, shown, folded, sections }
}

/// Puts what fits in order; `looks` are in the order of their names.
pub(crate) fn arrange(looks: &[Look<'_>], input: &ListInput, words: &[String], plain: bool) -> Order {
    let mut kept: Vec<&Look<'_>> = looks.iter().collect();
    let by_default = !matches!(input.order.as_str(), "name" | "soonest" | "used" | "added");
    if !words.is_empty() {
        let mut words = Words::new(words);
        let mut scored: Vec<(u32, &Look<'_>)> =
            kept.into_iter().filter_map(|look| words.score(&look.item.searched).map(|score| (score, look))).collect();
        if by_default {
            scored.sort_by_key(|(score, _)| Reverse(*score));
        }
        kept = scored.into_iter().map(|(_, look)| look).collect();
        if by_default {
            return flat(&kept);
        }
    }
    match input.order.as_str() {
        "name" => {}
        "soonest" => kept.sort_by_key(|look| look.state.lifetime.map_or(Timestamp::MAX, |life| life.until)),
        "used" => kept.sort_by_key(|look| Reverse(look.item.entry.credential.last_used_at)),
        "added" => kept.sort_by_key(|look| Reverse(look.item.entry.credential.created_at)),
        _ => return by_attention(kept, input, plain),
    }
    flat(&kept)
}

fn ids(looks: &[&Look<'_>]) -> Vec<CredentialId> {
    looks.iter().map(|look| look.item.entry.credential.id).collect()
}

fn flat(looks: &[&Look<'_>]) -> Order {
    Order { number: 0, shown: ids(looks), folded: Vec::new(), sections: Vec::new() }
}

/// The default order: what needs attention (gravest first, then soonest), the recently used, the rest by name.
fn by_attention(kept: Vec<&Look<'_>>, input: &ListInput, plain: bool) -> Order {
    let (mut attention, mut rest): (Vec<&Look<'_>>, Vec<&Look<'_>>) =
        kept.into_iter().partition(|look| look.state.tone > Tone::Neutral);
    attention
        .sort_by_key(|look| (Reverse(look.state.tone), look.state.lifetime.map_or(Timestamp::MAX, |life| life.until)));
    let used = |look: &&Look<'_>| look.item.entry.credential.last_used_at;
    let mut recent: Vec<&Look<'_>> = rest.iter().copied().filter(|look| used(look).is_some()).collect();
    recent.sort_by_key(|look| Reverse(used(look)));
    recent.truncate(RECENT);
    let first: HashSet<CredentialId> = ids(&recent).into_iter().collect();
    rest.retain(|look| !first.contains(&look.item.entry.credential.id));
    let mut shown = ids(&attention);
    let urgent = shown.len();
    let folds = plain && !input.all_attention && input.count.is_some() && urgent > SHOWN;
    let folded = if folds { shown.split_off(SHOWN) } else { Vec::new() };
    let mut sections = Vec::new();
    for (name, from, count) in [
        ("attention", 0, urgent),
        ("recent", shown.len(), recent.len()),
        ("rest", shown.len() + recent.len(), rest.len()),
    ] {
        if plain && count > 0 {
            sections.push((name, from, count));
        }
    }
    shown.extend(ids(&recent));
    shown.extend(ids(&rest));
    Order { number: 0, shown, folded, sections }
}

impl Order {
    /// How many fit, shown or folded away.
    pub(crate) fn matched(&self) -> usize {
        self.shown.len() + self.folded.len()
    }

    /// The section that a place is in.
    pub(crate) fn section(&self, at: usize) -> &'static str {
        self.sections.iter().rev().find(|(_, from, _)| *from <= at).map_or("all", |(name, ..)| name)
    }

    pub(crate) fn section_views(&self) -> Vec<SectionView> {
        let view = |&(name, from, count): &(&str, usize, usize)| SectionView { name: name.to_owned(), from, count };
        self.sections.iter().map(view).collect()
    }
}
