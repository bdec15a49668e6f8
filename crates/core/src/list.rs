//! The list, the sidebar's counts, and search.
//!
//! Search never looks at values: its text is made of what the list itself shows, plus scopes, client id, issuer,
//! fingerprint, prefix and last four.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::catalog::{Entry, word};
use crate::credential::{Environment, Kind, Tone};
use crate::error::Error;
use crate::provider::Providers;
use crate::search::Query;
use crate::show::{account_line, tile};
use crate::status::{self, State};
use crate::vault::Vault;
use crate::view::{CountView, ListInput, ListView, RowView};

/// How many of the most recently used stand in their own section.
const RECENT: usize = 9;

struct Item {
    entry: Entry,
    state: State,
}

impl Vault {
    /// Returns what the list shows for this search and these filters, with the counts of the sidebar.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn list(&self, input: &ListInput) -> Result<ListView, Error> {
        let now = self.inner.ports.clock.now();
        let flights = &self.inner.flights;
        let known = self.inner.providers();
        let items: Vec<Item> = self
            .inner
            .catalog
            .entries()
            .await?
            .into_iter()
            .map(|entry| Item { state: status::of(&entry, now, flights.is_flying(entry.credential.id)), entry })
            .collect();
        let attention: Vec<&Item> = items.iter().filter(|item| item.state.tone > Tone::Neutral).collect();
        Ok(ListView {
            total: items.len(),
            attention: attention.len(),
            attention_tone: attention.iter().map(|item| item.state.tone).max().unwrap_or(Tone::Neutral),
            kinds: kinds(&items, input)?,
            environments: environments(&items, input)?,
            providers: providers(&known, &items, input),
            next_change_at: items.iter().filter_map(|item| item.state.changes_at).min(),
            rows: rows(&known, &items, input),
        })
    }
}

/// Which of the sidebar's choices are applied; each group counts with all the others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Without {
    None,
    Kind,
    Environment,
    Provider,
}

fn passes(item: &Item, input: &ListInput, without: Without) -> bool {
    let row = &item.entry.credential;
    (without == Without::Kind || input.kind.is_none_or(|kind| row.kind == kind))
        && (without == Without::Environment || input.environment.is_none_or(|env| row.environment == env))
        && (without == Without::Provider || input.provider.as_ref().is_none_or(|id| row.provider.as_ref() == Some(id)))
        && (!input.attention_only || item.state.tone > Tone::Neutral)
}

fn rows(known: &Providers, items: &[Item], input: &ListInput) -> Vec<RowView> {
    let mut kept: Vec<&Item> = items.iter().filter(|item| passes(item, input, Without::None)).collect();
    let query = input.query.trim();
    let filtered = !query.is_empty()
        || input.attention_only
        || input.kind.is_some()
        || input.environment.is_some()
        || input.provider.is_some();
    if !query.is_empty() {
        kept = search(known, &kept, query);
        return kept.into_iter().map(|item| row_view(known, item, "all")).collect();
    }
    match input.order.as_str() {
        "name" => {}
        "soonest" => kept.sort_by_key(|item| item.state.lifetime.map_or(Timestamp::MAX, |life| life.until)),
        "used" => kept.sort_by_key(|item| Reverse(item.entry.credential.last_used_at)),
        "added" => kept.sort_by_key(|item| Reverse(item.entry.credential.created_at)),
        _ => return by_attention(known, kept, filtered),
    }
    kept.into_iter().map(|item| row_view(known, item, "all")).collect()
}

/// The default order: what needs attention (gravest first, then soonest), the recently used, the rest by name.
fn by_attention(known: &Providers, kept: Vec<&Item>, filtered: bool) -> Vec<RowView> {
    let (mut attention, mut rest): (Vec<&Item>, Vec<&Item>) =
        kept.into_iter().partition(|item| item.state.tone > Tone::Neutral);
    attention
        .sort_by_key(|item| (Reverse(item.state.tone), item.state.lifetime.map_or(Timestamp::MAX, |life| life.until)));
    // A stable sort: those never used keep the order of their names.
    rest.sort_by_key(|item| Reverse(item.entry.credential.last_used_at));
    let used = rest.iter().take(RECENT).filter(|item| item.entry.credential.last_used_at.is_some()).count();
    let (recent, others) = rest.split_at(used);
    let mut others = others.to_vec();
    others.sort_by_key(|item| item.entry.credential.name.to_lowercase());
    let section = |name: &'static str| if filtered { "all" } else { name };
    let attention = attention.into_iter().map(|item| row_view(known, item, section("attention")));
    let recent = recent.iter().map(|item| row_view(known, item, section("recent")));
    let others = others.into_iter().map(|item| row_view(known, item, section("rest")));
    attention.chain(recent).chain(others).collect()
}

/// The best first; the order of equal matches is the one they came in.
fn search<'a>(known: &Providers, kept: &[&'a Item], query: &str) -> Vec<&'a Item> {
    let mut query = Query::new(query);
    let mut scored: Vec<(u32, &Item)> = kept
        .iter()
        .filter_map(|item| {
            let (words, codes) = searched(known, &item.entry);
            query.score(&words, &codes).map(|score| (score, *item))
        })
        .collect();
    scored.sort_by_key(|(score, _)| Reverse(*score));
    scored.into_iter().map(|(_, item)| item).collect()
}

/// What is searched: the words that people chose, and the codes that machines did. Never a value.
fn searched(known: &Providers, entry: &Entry) -> (Vec<String>, Vec<String>) {
    let row = &entry.credential;
    let login = entry.login.as_ref();
    let (provider, _) = tile(known, row, login);
    let mut words = vec![row.name.clone(), provider, word(row.environment).unwrap_or_default()];
    words.extend(row.account.clone());
    words.extend(row.tags.iter().cloned());
    let mut codes = vec![row.shown_start.clone(), row.shown_end.clone(), account_line(row, login)];
    if let Some(fingerprint) = &row.fingerprint {
        codes.push(fingerprint.chars().take(16).collect());
    }
    if let Some(login) = login {
        codes.extend([login.settings.client_id.clone(), login.settings.issuer.clone()]);
        codes.extend(login.granted_scopes.iter().cloned());
    }
    (words, codes)
}

fn row_view(known: &Providers, item: &Item, section: &str) -> RowView {
    let row = &item.entry.credential;
    let login = item.entry.login.as_ref();
    let (provider_name, monogram) = tile(known, row, login);
    RowView {
        id: row.id.to_string(),
        name: row.name.clone(),
        kind: row.kind,
        monogram,
        provider_name,
        account: account_line(row, login),
        environment: row.environment,
        line: item.state.line,
        tone: item.state.tone,
        starts_at: item.state.lifetime.map(|life| life.from),
        ends_at: item.state.lifetime.map(|life| life.until),
        pinned: row.chosen.pinned,
        section: section.to_owned(),
    }
}

fn count(items: &[Item], input: &ListInput, without: Without, fits: impl Fn(&Item) -> bool) -> usize {
    items.iter().filter(|item| passes(item, input, without) && fits(item)).count()
}

fn kinds(items: &[Item], input: &ListInput) -> Result<Vec<CountView>, Error> {
    let labels = [
        (Kind::Oauth, "OAuth logins"),
        (Kind::ApiKey, "API keys"),
        (Kind::Jwt, "JWTs"),
        (Kind::ClientCredentials, "Client credentials"),
    ];
    let mut out = Vec::new();
    for (kind, label) in labels {
        if items.iter().any(|item| item.entry.credential.kind == kind) {
            let count = count(items, input, Without::Kind, |item| item.entry.credential.kind == kind);
            out.push(CountView { value: word(kind)?, label: label.to_owned(), monogram: None, count });
        }
    }
    Ok(out)
}

fn environments(items: &[Item], input: &ListInput) -> Result<Vec<CountView>, Error> {
    let labels = [
        (Environment::Production, "Production"),
        (Environment::Staging, "Staging"),
        (Environment::Development, "Development"),
    ];
    let mut out = Vec::new();
    for (environment, label) in labels {
        let count = count(items, input, Without::Environment, |item| item.entry.credential.environment == environment);
        out.push(CountView { value: word(environment)?, label: label.to_owned(), monogram: None, count });
    }
    Ok(out)
}

fn providers(known: &Providers, items: &[Item], input: &ListInput) -> Vec<CountView> {
    let mut out: Vec<CountView> = Vec::new();
    for item in items {
        let row = &item.entry.credential;
        let Some(id) = &row.provider else { continue };
        if out.iter().any(|seen| seen.value == *id) {
            continue;
        }
        let (label, monogram) = tile(known, row, item.entry.login.as_ref());
        let count =
            count(items, input, Without::Provider, |other| other.entry.credential.provider.as_ref() == Some(id));
        out.push(CountView { value: id.clone(), label, monogram: Some(monogram), count });
    }
    out.sort_by_key(|count| Reverse(count.count));
    out
}
