//! The refresh journal: what is in flight, so that a crash can be told from a quiet moment (rotation.md).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{Catalog, Tx, enum_of, time, word};
use crate::credential::CredentialId;
use crate::error::StorageError;
use crate::step::step;

/// How far a refresh had come when it was last written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// The request may have gone out.
    Sent,
    /// The answer is here, sealed, and not committed.
    Received,
}

/// A refresh under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JournalRow {
    pub(crate) phase: Phase,
    /// How often the token with this fingerprint was sent (K3).
    pub(crate) attempt: u32,
    pub(crate) fingerprint: String,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) at: Timestamp,
}

impl Catalog {
    /// Returns the journal row of a credential.
    pub(crate) async fn journal(&self, id: CredentialId) -> Result<Option<JournalRow>, StorageError> {
        let row = sqlx::query("SELECT * FROM journal WHERE credential_id = ?")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| {
            Ok(JournalRow {
                phase: enum_of(&row, "phase")?,
                attempt: row.try_get("attempt")?,
                fingerprint: row.try_get("fingerprint")?,
                sealed: row.try_get("sealed")?,
                at: time(row.try_get("at")?),
            })
        })
        .transpose()
    }

    /// Returns the credentials with a journal row, for recovery at start.
    pub(crate) async fn in_flight(&self) -> Result<Vec<CredentialId>, StorageError> {
        let ids: Vec<String> = sqlx::query_scalar("SELECT credential_id FROM journal").fetch_all(&self.pool).await?;
        ids.iter().map(|id| id.parse().map_err(|_| StorageError::Damaged(format!("bad id {id}")))).collect()
    }

    /// Notes durably that the token with this fingerprint goes out now (step 5). A row that holds a sealed answer is
    /// never written over: that answer may be the only copy of a token.
    pub(crate) async fn journal_sent(
        &self,
        id: CredentialId,
        fingerprint: &str,
        attempt: u32,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        step!("sent.before", StorageError);
        let written = sqlx::query(
            "INSERT INTO journal (credential_id, phase, attempt, fingerprint, sealed, at) VALUES (?1,?2,?3,?4,NULL,?5) \
             ON CONFLICT (credential_id) DO UPDATE SET phase = ?2, attempt = ?3, fingerprint = ?4, at = ?5 \
             WHERE sealed IS NULL",
        )
        .bind(id.to_string())
        .bind(word(Phase::Sent)?)
        .bind(attempt)
        .bind(fingerprint)
        .bind(at.as_millisecond())
        .execute(&self.pool)
        .await?;
        step!("sent.after", StorageError);
        if written.rows_affected() == 1 {
            return Ok(());
        }
        Err(StorageError::Other("a renewed token still waits to be saved".to_owned()))
    }

    /// Takes the last sending back: it certainly did not reach whoever redeems the token (K3).
    pub(crate) async fn journal_not_sent(tx: &mut Tx, id: CredentialId) -> Result<(), StorageError> {
        sqlx::query("UPDATE journal SET attempt = attempt - 1 WHERE credential_id = ? AND sealed IS NULL")
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Keeps the sealed answer durably (step 7).
    pub(crate) async fn journal_received(
        &self,
        id: CredentialId,
        sealed: &[u8],
        at: Timestamp,
    ) -> Result<(), StorageError> {
        step!("received.before", StorageError);
        let kept = sqlx::query("UPDATE journal SET phase = ?, sealed = ?, at = ? WHERE credential_id = ?")
            .bind(word(Phase::Received)?)
            .bind(sealed)
            .bind(at.as_millisecond())
            .bind(id.to_string())
            .execute(&self.pool)
            .await?;
        step!("received.after", StorageError);
        if kept.rows_affected() == 1 {
            return Ok(());
        }
        Err(StorageError::Other("there is no row for a renewed token".to_owned()))
    }

    /// Closes the journal row without a commit: the provider gave a definite answer, or the request never left.
    pub(crate) async fn journal_close(tx: &mut Tx, id: CredentialId) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM journal WHERE credential_id = ?").bind(id.to_string()).execute(&mut **tx).await?;
        Ok(())
    }
}
