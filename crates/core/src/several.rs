//! Several credentials at once: what they are, a `.env` block of them, and deleting them together.
//!
//! Copying several is all or nothing: a block with a missing or an old value would be worse than none.

use std::collections::HashMap;

use jiff::SignedDuration;

use crate::activity::{By, Facts};
use crate::catalog::{CredentialRow, word};
use crate::credential::{CredentialId, Environment, Kind};
use crate::error::Error;
use crate::quick_copy::{COPY_VALIDITY, Format, env_name, shaped};
use crate::secret::Secret;
use crate::vault::Vault;
use crate::view::{ClipboardView, CountView, RemovedView, RowView, SeveralView, VariableView};

/// How many rows and lines are shown of a selection.
const SHOWN: usize = 100;
/// How many are copied at once: each may need a refresh, and the block is one text on the clipboard.
const COPIES: usize = 100;

/// How long after the last time the ten seconds of many removals are started once more.
const KEEP_AGAIN: SignedDuration = SignedDuration::from_secs(4);

impl Vault {
    /// Returns what several credentials are together; those that are gone are left out.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn several(&self, ids: &[CredentialId]) -> Result<SeveralView, Error> {
        let found = self.rows_of(ids).await?;
        let mut kinds: HashMap<Kind, usize> = HashMap::new();
        let mut providers: HashMap<String, usize> = HashMap::new();
        for (row, view) in &found {
            *kinds.entry(row.kind).or_default() += 1;
            *providers.entry(view.provider_name.clone()).or_default() += 1;
        }
        let mut kinds: Vec<CountView> = kinds
            .into_iter()
            .map(|(kind, count)| {
                Ok(CountView { value: word(kind)?, label: String::new(), monogram: None, count, chosen: false })
            })
            .collect::<Result<_, Error>>()?;
        kinds.sort_by(|one, other| (other.count, &one.value).cmp(&(one.count, &other.value)));
        let mut providers: Vec<(String, usize)> = providers.into_iter().filter(|(name, _)| !name.is_empty()).collect();
        providers.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
        let environments = [Environment::Production, Environment::Staging, Environment::Development];
        let within = |environment| found.iter().filter(|(row, _)| row.environment == environment).count();
        let rows: Vec<&CredentialRow> = found.iter().map(|(row, _)| row).take(SHOWN).collect();
        let names = variables(&rows);
        let line = |(name, row): (String, &&CredentialRow)| VariableView {
            name,
            shown_start: row.shown_start.clone(),
            shown_end: row.shown_end.clone(),
        };
        Ok(SeveralView {
            count: found.len(),
            production: within(Environment::Production),
            kinds,
            providers: providers.into_iter().map(|(name, _)| name).collect(),
            environments: environments.into_iter().filter(|environment| within(*environment) > 0).collect(),
            rotatable: those(&found, &|row| matches!(row.kind, Kind::ApiKey | Kind::ClientCredentials)),
            pausable: those(&found, &|row| matches!(row.kind, Kind::Oauth | Kind::ClientCredentials)),
            paused: found.iter().filter(|(row, _)| row.chosen.paused).count(),
            variables: names.into_iter().zip(&rows).map(line).collect(),
            rows: found.iter().map(|(_, view)| view.clone()).take(SHOWN).collect(),
            copies_at_most: COPIES,
        })
    }

    /// Copies a `.env` block of several credentials, each value fresh, in the order of the list.
    ///
    /// # Errors
    /// The first failure of one of them, with its id; then nothing is on the clipboard that was not there before.
    pub async fn copy_env_block(
        &self,
        ids: &[CredentialId],
        by: By,
    ) -> Result<ClipboardView, (Option<CredentialId>, Error)> {
        let none = |error| (None, error);
        let found = self.rows_of(ids).await.map_err(none)?;
        if found.is_empty() || found.len() > COPIES {
            let why = format!("choose 1 to {COPIES} credentials");
            return Err(none(Error::Invalid { field: "selection", why }));
        }
        let mut parts = Vec::with_capacity(found.len());
        for (row, _) in &found {
            let (row, token) = self.fresh_value(row.id, COPY_VALIDITY).await.map_err(|error| (Some(row.id), error))?;
            parts.push((row, token.value));
        }
        let rows: Vec<&CredentialRow> = parts.iter().map(|(row, _)| row).collect();
        let names = variables(&rows);
        // Large enough from the start: text that grows leaves unwiped copies of its beginning behind.
        let room =
            parts.iter().zip(&names).map(|((row, value), name)| 4 * (row.header.len() + value.len()) + name.len() + 17);
        let mut block = String::with_capacity(room.sum());
        for ((row, value), name) in parts.iter().zip(&names) {
            // Exposed to be joined with the others; the block is a secret itself.
            block.push_str(shaped(&row.header, name, value, Format::Env).expose());
            block.push('\n');
        }
        let block = Secret::new(block);
        self.put_several_for_a_while(&rows, block, by, Facts { shape: Some("env".to_owned()), ..Facts::default() })
            .await
            .map_err(none)
    }

    /// Removes several credentials. Each can be undone for ten seconds from the last one on.
    ///
    /// What could not be removed is still listed, and told with its id after those that were.
    pub async fn remove_several(&self, ids: &[CredentialId]) -> (Vec<RemovedView>, Vec<(CredentialId, Error)>) {
        let (mut removed, mut failed, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        let clock = &self.inner.ports.clock;
        let mut kept_at = clock.now();
        for id in ids {
            match self.remove(*id).await {
                Ok(view) => {
                    removed.push(view);
                    gone.push(*id);
                }
                Err(error) => failed.push((*id, error)),
            }
            // The first of many must not be final while the last is being removed.
            if clock.now().duration_since(kept_at) >= KEEP_AGAIN {
                self.keep_removed(&gone);
                kept_at = clock.now();
            }
        }
        // Not what failed: of that the values may exist nowhere else, and no timer may take them.
        self.keep_removed(&gone);
        (removed, failed)
    }
}

fn those(found: &[(CredentialRow, RowView)], fits: &dyn Fn(&CredentialRow) -> bool) -> Vec<String> {
    found.iter().filter(|(row, _)| fits(row)).map(|(row, _)| row.id.to_string()).collect()
}

/// The variables of a block: names that would be there twice say their environment, and are numbered if even that is
/// the same.
fn variables(rows: &[&CredentialRow]) -> Vec<String> {
    let plain: Vec<String> = rows.iter().map(|row| env_name(row)).collect();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let twice = |name: &String| plain.iter().filter(|other| *other == name).count() > 1;
    let named = rows.iter().zip(&plain).map(|(row, name)| {
        if !twice(name) {
            return name.clone();
        }
        let environment = match row.environment {
            Environment::Production => "PRODUCTION",
            Environment::Staging => "STAGING",
            Environment::Development => "DEVELOPMENT",
        };
        format!("{environment}_{name}")
    });
    named
        .map(|name| {
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 { name } else { format!("{name}_{count}") }
        })
        .collect()
}

#[cfg(test)]
#[path = "several_test.rs"]
mod tests;
