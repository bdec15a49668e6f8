//! What happened to a credential: its part of the log, and the family of its refresh tokens.

use crate::catalog::{Generation, LoginRow};
use crate::credential::CredentialId;
use crate::error::Error;
use crate::log::activity;
use crate::show::grouped;
use crate::vault::Vault;
use crate::view::{GenerationView, HistoryView};

/// How many groups of a fingerprint are shown: enough to tell one from another.
const GROUPS: usize = 4;

impl Vault {
    /// Returns the latest `most` uses of a credential, and its refresh tokens as far as they are remembered; both newest
    /// first.
    ///
    /// # Errors
    /// [`Error::NotFound`], or a storage error.
    pub async fn history(&self, id: CredentialId, most: u32) -> Result<HistoryView, Error> {
        let catalog = &self.inner.catalog;
        let entry = self.inner.entry(id).await?;
        let family = catalog.family(id).await?;
        let generations = family.iter().enumerate();
        Ok(HistoryView {
            generations: generations
                .map(|(index, one)| shown(one, family.get(index + 1), entry.login.as_deref()))
                .collect(),
            entries: catalog.activity(id, most).await?.iter().map(activity).collect(),
        })
    }
}

/// One refresh token; `before` is the one that it took the place of. A scope is news when the one before had another.
fn shown(one: &Generation, before: Option<&Generation>, login: Option<&LoginRow>) -> GenerationView {
    let asked = login.map(|login| login.settings.scopes.as_slice()).unwrap_or_default();
    let had = before.map_or(asked, |before| before.scopes.as_slice());
    let minus = |these: &[String], those: &[String]| {
        these.iter().filter(|scope| !those.contains(scope)).cloned().collect::<Vec<_>>()
    };
    GenerationView {
        generation: one.number,
        at: one.at,
        why: one.why,
        fingerprint: grouped(&one.fingerprint, GROUPS),
        scopes: one.scopes.clone(),
        gained: minus(&one.scopes, had),
        lost: minus(had, &one.scopes),
    }
}
