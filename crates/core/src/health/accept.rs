//! What the person decides about a finding: to take the risk for a while, or to say what only a person knows.

use jiff::SignedDuration;

use super::Rule;
use crate::add_api_key::rotate_by;
use crate::catalog::{Accepted, Catalog};
use crate::credential::CredentialId;
use crate::error::{Error, StorageError};
use crate::vault::Vault;
use crate::view::AcceptRiskInput;

/// No risk is taken for longer than this; a day more, because a date ends at midnight somewhere.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);
/// The longest reason, in characters.
const REASON: usize = 500;

impl Vault {
    /// Takes a risk for some credentials until a day: it is listed apart, and comes back after that day.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a reason or with an end that is past or more than a year away;
    /// [`Error::NotFound`]; storage errors.
    pub async fn accept_risk(&self, input: &AcceptRiskInput) -> Result<(), Error> {
        let inner = &self.inner;
        let now = inner.ports.clock.now();
        let reason = input.reason.trim();
        let invalid = |field, why: &str| Err(Error::Invalid { field, why: why.to_owned() });
        if reason.is_empty() || reason.chars().count() > REASON {
            return invalid("reason", "say why, in 500 characters at the most");
        }
        let until = match rotate_by(Some(&input.until), now) {
            Ok((Some(until), _)) if until.duration_since(now) <= LONGEST => until,
            Err(Error::Invalid { why, .. }) if why.contains("past") => return invalid("until", &why),
            _ => return invalid("until", "give a day within a year"),
        };
        let ids = self.all_there(&input.credentials).await?;
        let mut tx = inner.catalog.begin().await?;
        for id in &ids {
            let risk = Accepted { rule: input.rule, id: *id, reason: reason.to_owned(), at: now, until };
            Catalog::accept_risk(&mut tx, &risk).await?;
        }
        tx.commit().await.map_err(StorageError::from)?;
        inner.changed(ids);
        Ok(())
    }

    /// Takes a risk no more.
    ///
    /// # Errors
    /// [`Error::NotFound`]; storage errors.
    pub async fn take_back_risk(&self, rule: Rule, credentials: &[String]) -> Result<(), Error> {
        let ids = self.all_there(credentials).await?;
        let mut tx = self.inner.catalog.begin().await?;
        for id in &ids {
            Catalog::refuse_risk(&mut tx, rule, *id).await?;
        }
        tx.commit().await.map_err(StorageError::from)?;
        self.inner.changed(ids);
        Ok(())
    }

    /// Notes that the old values of these keys are revoked at the provider, as the person says.
    ///
    /// # Errors
    /// [`Error::NotFound`]; storage errors.
    pub async fn confirm_revoked(&self, credentials: &[String]) -> Result<(), Error> {
        let ids = self.all_there(credentials).await?;
        let mut tx = self.inner.catalog.begin().await?;
        for id in &ids {
            Catalog::confirm_revoked(&mut tx, *id).await?;
        }
        tx.commit().await.map_err(StorageError::from)?;
        self.inner.changed(ids);
        Ok(())
    }

    /// Reads ids, of which each must name a credential.
    async fn all_there(&self, ids: &[String]) -> Result<Vec<CredentialId>, Error> {
        let mut out = Vec::with_capacity(ids.len());
        for text in ids {
            let id: CredentialId = text.parse().map_err(|_| Error::NotFound(text.clone()))?;
            self.inner.entry(id).await?;
            out.push(id);
        }
        Ok(out)
    }
}
