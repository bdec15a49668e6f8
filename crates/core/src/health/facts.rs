//! What is kept of a token while it is at hand, so that no later look needs the token.

use super::Fact;
use crate::catalog::{Catalog, CredentialRow};
use crate::credential::{CredentialId, Kind};
use crate::error::{Error, OrNone as _, StorageError};
use crate::jwt::{MAX_STORED, Parsed, Signature, SignatureStatus, marks};
use crate::secret::Secret;
use crate::vault::Vault;

/// Reads the facts of a token; of one that is no JWT there are none.
pub(crate) fn of_token(token: &Secret) -> Vec<(Fact, i64)> {
    // Exposed to the parser, of which only counts are kept.
    Parsed::parse(token.expose(), MAX_STORED).ok_or_none().map(|parsed| of_parsed(&parsed)).unwrap_or_default()
}

/// Reads the facts of a value that the person gave; an API key is no token.
pub(crate) fn of_value(row: &CredentialRow, value: &Secret) -> Vec<(Fact, i64)> {
    if row.kind == Kind::Jwt { of_token(value) } else { Vec::new() }
}

pub(crate) fn of_parsed(parsed: &Parsed<'_>) -> Vec<(Fact, i64)> {
    let marks = marks(parsed);
    let many = |count: usize| i64::try_from(count).ok_or_none().filter(|count| *count > 0);
    [
        (Fact::AlgNone, marks.alg_none.then_some(1)),
        (Fact::SecretInPayload, many(marks.secrets)),
        (Fact::BroadScopes, many(marks.broad_scopes)),
        (Fact::Lifetime, marks.lifetime),
    ]
    .into_iter()
    .filter_map(|(fact, number)| Some((fact, number?)))
    .collect()
}

impl Vault {
    /// Keeps what a look at the stored token found. A verdict without a key leaves the last one as it is.
    pub(crate) async fn note_looked(
        &self,
        id: CredentialId,
        mut facts: Vec<(Fact, i64)>,
        signature: &Signature,
    ) -> Result<(), Error> {
        let before = self.inner.catalog.facts(id).await?;
        let judged = matches!(signature.status, SignatureStatus::Verified | SignatureStatus::Invalid);
        let mismatch = if judged {
            signature.status == SignatureStatus::Invalid && signature.reason != "alg_none"
        } else {
            before.iter().any(|(fact, _)| *fact == Fact::SignatureMismatch)
        };
        if mismatch {
            facts.push((Fact::SignatureMismatch, 1));
        }
        let known = before.iter().filter(|(fact, _)| *fact != Fact::SecretBytes);
        if known.clone().count() == facts.len() && known.clone().all(|fact| facts.contains(fact)) {
            return Ok(());
        }
        let mut tx = self.inner.catalog.begin().await?;
        Catalog::put_facts(&mut tx, id, &facts).await?;
        tx.commit().await.map_err(StorageError::from)?;
        self.inner.changed(vec![id]);
        Ok(())
    }

    /// Keeps how long the shared secret is that confirmed the stored token of a credential; the secret itself is not
    /// kept.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn note_shared_secret(&self, id: CredentialId, secret: &Secret) -> Result<(), Error> {
        let bytes = i64::try_from(secret.len()).unwrap_or(i64::MAX);
        if self.inner.catalog.facts(id).await?.contains(&(Fact::SecretBytes, bytes)) {
            return Ok(());
        }
        let mut tx = self.inner.catalog.begin().await?;
        Catalog::put_fact(&mut tx, id, Fact::SecretBytes, bytes).await?;
        tx.commit().await.map_err(StorageError::from)?;
        self.inner.changed(vec![id]);
        Ok(())
    }
}
