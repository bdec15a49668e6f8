//! What the list reads: everything once, then only what changed, whoever changed it.
//!
//! Triggers number each change of a credential or its login (`0007_list.sql`), so one small question tells an index in
//! memory what another process did, without anybody having to hear of it.

use std::collections::HashSet;

use futures_util::TryStreamExt as _;

use super::{Catalog, Entry, What};
use crate::credential::CredentialId;
use crate::error::{OrNone as _, StorageError};

impl Catalog {
    /// Returns the number of the latest change.
    pub(crate) async fn latest_change(&self) -> Result<i64, StorageError> {
        Ok(sqlx::query_scalar("SELECT COALESCE(MAX(seq), 0) FROM listed").fetch_one(&self.pool).await?)
    }

    /// Returns the credentials that changed, came or went after the change `seq`.
    pub(crate) async fn changed_since(&self, seq: i64) -> Result<Vec<CredentialId>, StorageError> {
        let ids: Vec<String> = sqlx::query_scalar("SELECT credential_id FROM listed WHERE seq > ?")
            .bind(seq)
            .fetch_all(&self.pool)
            .await?;
        // An id that is none was never listed.
        Ok(ids.iter().filter_map(|id| id.parse().ok_or_none()).collect())
    }

    /// Makes something of each credential, one after the other: a row of the driver, and an entry with all that was
    /// agreed at sign-in, are several times as large as what a list keeps of them.
    pub(crate) async fn each_entry<T>(
        &self,
        make: impl Fn(Entry) -> Result<T, StorageError>,
    ) -> Result<Vec<T>, StorageError> {
        let mut rows = sqlx::query("SELECT * FROM credential LEFT JOIN login ON credential_id = id").fetch(&self.pool);
        let mut kept = Vec::new();
        while let Some(row) = rows.try_next().await? {
            kept.push(make(Entry::read(&row)?)?);
        }
        Ok(kept)
    }

    /// Returns the other credentials with this fingerprint.
    pub(crate) async fn twins(&self, id: CredentialId, fingerprint: &str) -> Result<Vec<Entry>, StorageError> {
        let rows = sqlx::query(
            "SELECT * FROM credential LEFT JOIN login ON credential_id = id WHERE fingerprint = ? AND id <> ? \
             ORDER BY name COLLATE NOCASE, account, id",
        )
        .bind(fingerprint)
        .bind(id.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(Entry::read).collect()
    }

    /// Returns the credentials that were copied for, or handed out to, somebody whose description holds this text.
    pub(crate) async fn used_by(&self, text: &str) -> Result<HashSet<CredentialId>, StorageError> {
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT credential_id FROM activity WHERE what IN (?, ?) \
             AND (detail LIKE ? ESCAPE '\\' OR process ->> 'program' LIKE ? ESCAPE '\\')",
        )
        .bind(What::HandedOut.word())
        .bind(What::Copied.word())
        .bind(format!("%{escaped}%"))
        .bind(format!("%{escaped}%"))
        .fetch_all(&self.pool)
        .await?;
        Ok(ids.iter().filter_map(|id| id.parse().ok_or_none()).collect())
    }
}
