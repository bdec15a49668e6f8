//! The list, the sidebar's counts, and search.
//!
//! Everything is answered from an index in memory that is as current as the database at every question. Search never
//! looks at values: its text is made of what the list itself shows, plus scopes, client id, issuer, fingerprint,
//! prefix and last four.

mod counts;
mod index;
mod order;
mod survey;

use std::collections::{HashMap, HashSet};

pub(crate) use self::index::{Index, Item};
use self::order::{Order, Orders, arrange};
use self::survey::{Moment, Survey};
use crate::catalog::CredentialRow;
use crate::credential::CredentialId;
use crate::error::{Error, OrNone as _};
use crate::search::{Filter, Parsed, Words, nearest, parse};
use crate::status::State;
use crate::vault::Vault;
use crate::view::{FoundRowView, ListInput, ListView, NearestView, RowView};

/// What a list remembers from one question to the next.
#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) index: Index,
    surveyed: Option<Survey>,
    orders: Orders,
}

/// A credential as it stands at the moment of a question.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    pub(crate) item: &'a Item,
    pub(crate) state: State,
}

/// Who used what, for the filters that ask it.
type UsedBy = HashMap<String, HashSet<CredentialId>>;

impl Vault {
    /// Returns what the list shows for this search and these filters, with the counts of the sidebar.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn list(&self, input: &ListInput) -> Result<ListView, Error> {
        let parsed = parse(&input.query);
        let used_by = self.used_by(&parsed.filters).await?;
        let soon = self.settings_or_default().await.soon();
        let mut listing = self.inner.listing.lock().await;
        let Listing { index, surveyed, orders } = &mut *listing;
        index.keep_current(&self.inner).await?;
        let moment = Moment { now: self.inner.ports.clock.now(), soon };
        let survey = survey::of(surveyed, index, moment, input, &parsed, &used_by)?;
        let fitting: Vec<Look<'_>> = survey.fitting.iter().map(|at| survey.look(index, *at)).collect();
        let filtered = !parsed.words.is_empty()
            || !parsed.filters.is_empty()
            || input.attention_only
            || input.kind.is_some()
            || input.environment.is_some()
            || input.provider.is_some();
        let order = orders.of(input, arrange(&fitting, input, &parsed.words, !filtered));
        let mut view = survey.view.clone();
        if order.matched() == 0 && !parsed.wrong() {
            view.nearest = meant(index, &fitting, &parsed);
        }
        view.problems = parsed.problems;
        let row = |id: CredentialId, section| index.at(id).map(|at| row_view(&survey.look(index, at), section));
        fill(&mut view, order, input, row);
        Ok(view)
    }

    async fn used_by(&self, filters: &[Filter]) -> Result<UsedBy, Error> {
        let mut out = UsedBy::new();
        for filter in filters {
            let Filter::UsedBy(any) = filter else { continue };
            for text in any {
                out.insert(text.clone(), self.inner.catalog.used_by(text).await?);
            }
        }
        Ok(out)
    }

    /// Returns the ids at the places `from` to `to` of an order that an answer named; fewer when it is forgotten.
    pub async fn listed(&self, order: u64, from: usize, to: usize) -> Vec<String> {
        let listing = self.inner.listing.lock().await;
        let Some(order) = listing.orders.numbered(order) else { return Vec::new() };
        let (from, to) = (from.min(to), from.max(to).saturating_add(1).min(order.shown.len()));
        order.shown.get(from..to).unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    /// Returns the next row after `after`, or at it, whose name begins with what was typed; going round at the end.
    pub async fn next_named(&self, order: u64, typed: &str, after: usize) -> Option<FoundRowView> {
        let listing = self.inner.listing.lock().await;
        let shown = &listing.orders.numbered(order)?.shown;
        let wanted = typed.to_lowercase();
        // A growing word may stay on its row, a single letter moves on.
        let start = after + usize::from(wanted.chars().count() == 1);
        (0..shown.len())
            .map(|step| (start + step) % shown.len())
            .find(|at| listing.index.get(shown[*at]).is_some_and(|item| item.name.starts_with(&wanted)))
            .map(|at| FoundRowView { id: shown[at].to_string(), at })
    }

    /// Returns these credentials, and as rows, in the order of the latest answer; what is not listed any more is left out.
    pub(crate) async fn rows_of(&self, ids: &[CredentialId]) -> Result<Vec<(CredentialRow, RowView)>, Error> {
        let soon = self.settings_or_default().await.soon();
        let mut listing = self.inner.listing.lock().await;
        listing.index.keep_current(&self.inner).await?;
        let moment = Moment { now: self.inner.ports.clock.now(), soon };
        let places: HashMap<CredentialId, usize> = listing
            .orders
            .latest()
            .map(|order| order.shown.iter().enumerate().map(|(at, id)| (*id, at)).collect())
            .unwrap_or_default();
        let mut ids = ids.to_vec();
        ids.sort_by_key(|id| (places.get(id).copied().unwrap_or(usize::MAX), listing.index.at(*id)));
        ids.dedup();
        let rows = ids.into_iter().filter_map(|id| listing.index.get(id));
        Ok(rows.map(|item| (item.entry.credential.clone(), row_view(&moment.look(item), "all"))).collect())
    }
}

/// The rows that were wanted, and where everything is.
fn fill(
    view: &mut ListView,
    order: &Order,
    input: &ListInput,
    row: impl Fn(CredentialId, &'static str) -> Option<RowView>,
) {
    view.matched = order.matched();
    view.shown = order.shown.len();
    view.order = order.number;
    view.sections = order.section_views();
    let selected = input.selected.as_deref().and_then(|id| id.parse::<CredentialId>().ok_or_none());
    view.selected_at = selected.and_then(|id| order.shown.iter().position(|one| *one == id));
    view.from = input.from.min(order.shown.len());
    let to = input.count.map_or(order.shown.len(), |count| view.from.saturating_add(count).min(order.shown.len()));
    view.selected_folded = selected.is_some_and(|id| order.folded.contains(&id));
    let places = order.shown.iter().enumerate().take(to).skip(view.from);
    view.rows = places.filter_map(|(at, id)| row(*id, order.section(at))).collect();
}

/// A search that would find something where this one does not: a slip of the hand mended.
fn meant(index: &Index, fitting: &[Look<'_>], parsed: &Parsed) -> Option<NearestView> {
    let vocabulary: HashSet<String> = index.items.iter().flat_map(|item| item.searched.vocabulary()).collect();
    let mut mended = Vec::new();
    for word in &parsed.words {
        let mut alone = Words::new(std::slice::from_ref(word));
        let found = fitting.iter().any(|look| alone.score(&look.item.searched).is_some());
        mended.push(if found { word.clone() } else { nearest(word, &vocabulary)? });
    }
    let mut words = Words::new(&mended);
    let count = fitting.iter().filter(|look| words.score(&look.item.searched).is_some()).count();
    (count > 0 && !mended.is_empty()).then(|| NearestView { words: mended.join(" "), count })
}

fn row_view(look: &Look<'_>, section: &str) -> RowView {
    let row = &look.item.entry.credential;
    RowView {
        id: row.id.to_string(),
        name: row.name.clone(),
        kind: row.kind,
        monogram: look.item.monogram.clone(),
        provider_name: look.item.provider_name.clone(),
        account: look.item.account.clone(),
        environment: row.environment,
        line: look.state.line,
        tone: look.state.tone,
        starts_at: look.state.lifetime.map(|life| life.from),
        ends_at: look.state.lifetime.map(|life| life.until),
        pinned: row.chosen.pinned,
        section: section.to_owned(),
    }
}

#[cfg(test)]
#[path = "list_test.rs"]
mod tests;
