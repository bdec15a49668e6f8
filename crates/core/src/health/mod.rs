//! What should be changed before it hurts: rules over what is stored of every credential.
//!
//! One invariant: a look reads the database and nothing else. It needs no keychain, decrypts no token and asks nobody,
//! so it can run at every change; what only the token itself tells is kept as a fact when the token is at hand
//! ([`facts`]). Findings never stop anything.

mod accept;
pub(crate) mod facts;
mod rules;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

pub(crate) use self::rules::Fact;
pub use self::rules::{Fix, Rule};
use self::rules::{Verdict, fix_of_copy, judge, shared_keys};
use crate::catalog::{Accepted, HealthRow, time};
use crate::credential::CredentialId;
use crate::error::Error;
use crate::provider::Providers;
use crate::scopes::is_broad;
use crate::settings::Settings;
use crate::show::{account_words, grouped, tile_of};
use crate::vault::Vault;
use crate::view::{AcceptedRiskView, AffectedView, HealthFindingView, HealthView};

/// How many groups of a fingerprint are shown: enough to tell one from another.
const GROUPS: usize = 4;
/// The longest time between two looks.
const DAY: std::time::Duration = std::time::Duration::from_hours(24);
/// Changes that come closer together are one.
const PAUSE: std::time::Duration = std::time::Duration::from_mins(1);

/// What is found of one credential by one rule.
struct Found<'a> {
    row: &'a HealthRow,
    verdict: Verdict,
    at: Timestamp,
}

/// What makes a finding the same as before.
type Key = (Rule, CredentialId);

impl Vault {
    /// Looks at every credential by every rule, and remembers when what was found first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn health(&self) -> Result<HealthView, Error> {
        let catalog = &self.inner.catalog;
        let settings = self.settings().await?;
        let known = catalog.health_found().await?;
        let accepted = catalog.health_accepted().await?;
        // As it is stored, so that the first look says the same as the next.
        let now = time(self.inner.ports.clock.now().as_millisecond());
        let mut checked = 0;
        let has_any = |row: &HealthRow| {
            checked += 1;
            row.shared || !judge(row, &settings, now).is_empty()
        };
        let rows = catalog.health_rows(has_any).await?;
        let found = look(&rows, &settings, &known, now);
        let keys: HashSet<Key> = found.iter().map(|one| (one.verdict.rule, one.row.id)).collect();
        let new: Vec<Key> = keys.iter().filter(|key| !known.contains_key(key)).copied().collect();
        let gone: Vec<Key> = known.keys().filter(|key| !keys.contains(key)).copied().collect();
        if !new.is_empty() || !gone.is_empty() {
            catalog.note_health(&new, &gone, now).await?;
        }
        Ok(told(checked, found, &accepted, &settings, &self.inner.providers(), now))
    }

    /// Looks at every change and once a day, for as long as the future is polled, so that what is found has its day
    /// even when nobody opens Health.
    pub async fn watch_health(&self) {
        let clock = &self.inner.ports.clock;
        let mut events = self.events();
        loop {
            if let Err(error) = self.health().await {
                tracing::warn!(code = error.code(), "health could not be looked at");
            }
            clock.sleep(PAUSE).await;
            tokio::select! {
                () = clock.sleep(DAY) => {}
                heard = events.recv() => if matches!(heard, Err(tokio::sync::broadcast::error::RecvError::Closed)) { return },
            }
            // Everything that piled up is one piece of news.
            while events.try_recv().is_ok() {}
        }
    }
}

/// Everything that is found, by rule and then gravest first.
fn look<'a>(
    rows: &'a [HealthRow],
    settings: &Settings,
    known: &HashMap<Key, Timestamp>,
    now: Timestamp,
) -> Vec<Found<'a>> {
    let found = |row: &'a HealthRow, verdict: Verdict| Found {
        row,
        verdict,
        at: known.get(&(verdict.rule, row.id)).copied().unwrap_or(now),
    };
    let mut all: Vec<Found<'_>> = rows
        .iter()
        .flat_map(|row| judge(row, settings, now).into_iter().map(move |verdict| found(row, verdict)))
        .collect();
    // A stable sort: what is equally grave keeps the order of the names.
    all.sort_by_key(|one| {
        let first = std::cmp::Reverse(one.verdict.number);
        (one.verdict.rule, one.verdict.ends_at, first)
    });
    let mut shared = Vec::new();
    for group in shared_keys(rows) {
        for (place, row) in group.iter().filter_map(|at| rows.get(*at)).enumerate() {
            let fix = fix_of_copy(row, place == 0);
            shared.push(found(row, Verdict { rule: Rule::SharedKey, number: None, ends_at: None, fix }));
        }
    }
    let at = all.partition_point(|one| one.verdict.rule < Rule::SharedKey);
    all.splice(at..at, shared);
    all
}

/// Puts into words for the window and scripts what was found.
fn told(
    checked: usize,
    found: Vec<Found<'_>>,
    accepted: &[Accepted],
    settings: &Settings,
    providers: &Providers,
    now: Timestamp,
) -> HealthView {
    let risks: HashMap<Key, &Accepted> =
        accepted.iter().filter(|risk| risk.until > now).map(|risk| ((risk.rule, risk.id), risk)).collect();
    let open_groups = groups_with_a_new_copy(&found, &risks);
    let mut view = HealthView { findings: Vec::new(), accepted: Vec::new(), clear: 0, checked, checked_at: now };
    let mut unclear: HashSet<CredentialId> = HashSet::new();
    for one in found {
        let rule = one.verdict.rule;
        let again = rule == Rule::SharedKey && open_groups.contains(&one.row.fingerprint.as_deref());
        let risk = risks.get(&(rule, one.row.id)).filter(|_| !again);
        let credential = affected(&one, providers);
        if let Some(risk) = risk {
            view.accepted.push(AcceptedRiskView {
                rule,
                severity: rule.severity(),
                reason: risk.reason.clone(),
                accepted_at: risk.at,
                until: risk.until,
                credential,
            });
            continue;
        }
        unclear.insert(one.row.id);
        match view.findings.last_mut().filter(|finding| finding.rule == rule) {
            Some(finding) => {
                finding.found_at = finding.found_at.min(one.at);
                finding.credentials.push(credential);
            }
            None => view.findings.push(HealthFindingView {
                rule,
                severity: rule.severity(),
                found_at: one.at,
                count: 0,
                limit: rule.limit(settings),
                fix: Fix::Open,
                credentials: vec![credential],
            }),
        }
    }
    for finding in &mut view.findings {
        finding.count = count(finding);
        let fixes = finding.credentials.iter().map(|one| one.fix);
        finding.fix = fixes.into_iter().find(|fix| *fix != Fix::Open).unwrap_or(Fix::Open);
    }
    view.clear = checked - unclear.len();
    view
}

/// The keys of which a copy exists that nobody has accepted: then none of its copies counts as accepted.
fn groups_with_a_new_copy<'a>(found: &[Found<'a>], risks: &HashMap<Key, &Accepted>) -> HashSet<Option<&'a str>> {
    let shared = found.iter().filter(|one| one.verdict.rule == Rule::SharedKey);
    shared
        .filter(|one| !risks.contains_key(&(Rule::SharedKey, one.row.id)))
        .map(|one| one.row.fingerprint.as_deref())
        .collect()
}

/// How many there are: keys that are shared, or credentials.
fn count(finding: &HealthFindingView) -> usize {
    if finding.rule != Rule::SharedKey {
        return finding.credentials.len();
    }
    finding.credentials.iter().map(|one| one.fingerprint.as_deref()).collect::<HashSet<_>>().len()
}

fn affected(one: &Found<'_>, providers: &Providers) -> AffectedView {
    let row = one.row;
    let login = row.login.as_ref();
    let rule = one.verdict.rule;
    let (provider_name, monogram) =
        tile_of(providers, row.provider.as_deref(), &row.name, login.map(|login| login.issuer.as_str()));
    let shown = (row.shown_start.as_str(), row.shown_end.as_str());
    let client = login.map(|login| login.client_id.as_str());
    let scopes = login.filter(|_| rule == Rule::BroadScopes).map(|login| login.granted_scopes.iter());
    AffectedView {
        id: row.id.to_string(),
        name: row.name.clone(),
        kind: row.kind,
        provider_name,
        monogram,
        account: account_words(row.account.as_deref(), client, row.kind, shown, &row.note),
        environment: row.environment,
        last_used_at: row.last_used_at,
        found_at: one.at,
        number: one.verdict.number,
        ends_at: one.verdict.ends_at,
        scopes: scopes.into_iter().flatten().filter(|scope| is_broad(scope)).cloned().collect(),
        fingerprint: row.fingerprint.as_deref().filter(|_| rule == Rule::SharedKey).map(|it| grouped(it, GROUPS)),
        fix: one.verdict.fix,
    }
}

#[cfg(test)]
#[path = "../health_test.rs"]
mod tests;
