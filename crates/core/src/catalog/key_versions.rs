//! The versions of an API key: since when, until when, and whether the old one is revoked.

use jiff::Timestamp;
use sqlx::Row;

use super::{Catalog, Tx, number, time};
use crate::credential::CredentialId;
use crate::error::StorageError;

/// One version of an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyVersion {
    pub(crate) version: u64,
    pub(crate) since: Timestamp,
    pub(crate) until: Option<Timestamp>,
    pub(crate) fingerprint: String,
    pub(crate) revoked: Option<bool>,
}

impl Catalog {
    /// Starts a new version of a key, ending the one before.
    pub(crate) async fn new_version(
        tx: &mut Tx,
        id: CredentialId,
        at: Timestamp,
        fingerprint: &str,
        old_revoked: bool,
    ) -> Result<(), StorageError> {
        sqlx::query("UPDATE key_version SET until = ?, revoked = ? WHERE credential_id = ? AND until IS NULL")
            .bind(at.as_millisecond())
            .bind(old_revoked)
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        sqlx::query(
            "INSERT INTO key_version (credential_id, version, since, fingerprint) \
             SELECT ?1, COALESCE(MAX(version), 0) + 1, ?2, ?3 FROM key_version WHERE credential_id = ?1",
        )
        .bind(id.to_string())
        .bind(at.as_millisecond())
        .bind(fingerprint)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Returns the versions of a key, newest first.
    pub(crate) async fn versions(&self, id: CredentialId) -> Result<Vec<KeyVersion>, StorageError> {
        let rows = sqlx::query("SELECT * FROM key_version WHERE credential_id = ? ORDER BY version DESC")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(KeyVersion {
                    version: row.try_get::<i64, _>("version")?.unsigned_abs(),
                    since: time(row.try_get("since")?),
                    until: row.try_get::<Option<i64>, _>("until")?.map(time),
                    fingerprint: row.try_get("fingerprint")?,
                    revoked: row.try_get("revoked")?,
                })
            })
            .collect()
    }

    /// Puts a version back, for undo.
    pub(crate) async fn insert_version(
        tx: &mut Tx,
        id: CredentialId,
        version: &KeyVersion,
    ) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO key_version (credential_id, version, since, until, fingerprint, revoked) VALUES (?,?,?,?,?,?)",
        )
        .bind(id.to_string())
        .bind(number(version.version))
        .bind(version.since.as_millisecond())
        .bind(version.until.map(Timestamp::as_millisecond))
        .bind(&version.fingerprint)
        .bind(version.revoked)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
