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

/// Which of the tokens that a credential has one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stored {
    /// The access token that is sealed to these bytes.
    Access(Vec<u8>),
    /// The pasted token of this generation.
    Pasted(u64),
}

/// What is known after a look that found `facts`, if that is news.
fn after(before: &[(Fact, i64)], facts: &[(Fact, i64)], signature: &Signature) -> Option<Vec<(Fact, i64)>> {
    let judged = matches!(signature.status, SignatureStatus::Verified | SignatureStatus::Invalid);
    let mismatch = if judged {
        signature.status == SignatureStatus::Invalid && signature.reason != "alg_none"
    } else {
        before.iter().any(|(fact, _)| *fact == Fact::SignatureMismatch)
    };
    let after: Vec<_> = facts.iter().copied().chain(mismatch.then_some((Fact::SignatureMismatch, 1))).collect();
    let known = before.iter().filter(|(fact, _)| *fact != Fact::SecretBytes);
    let same = known.clone().count() == after.len() && known.clone().all(|fact| after.contains(fact));
    (!same).then_some(after)
}

impl Vault {
    /// Keeps what a look at the stored token found. A verdict without a key leaves the last one as it is, and so does
    /// a look at a token in whose place another one was stored meanwhile.
    pub(crate) async fn note_looked(
        &self,
        id: CredentialId,
        token: &Stored,
        facts: &[(Fact, i64)],
        signature: &Signature,
    ) -> Result<(), Error> {
        // Most looks find nothing new, and those take no turn to write.
        if after(&self.inner.catalog.facts(id).await?, facts, signature).is_none() {
            return Ok(());
        }
        let mut tx = self.inner.catalog.begin().await?;
        if !Catalog::is_stored(&mut tx, id, token).await? {
            return Ok(());
        }
        let before = Catalog::facts_in(&mut tx, id).await?;
        let Some(after) = after(&before, facts, signature) else { return Ok(()) };
        Catalog::put_facts(&mut tx, id, &after).await?;
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
