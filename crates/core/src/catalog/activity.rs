//! The log of uses. It holds no value, only what happened, when, and for whom.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Catalog, enum_of, time, word};
use crate::credential::CredentialId;
use crate::error::StorageError;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    Added,
    SignedIn,
    Refreshed,
    Rotated,
    RefreshFailed,
    Copied,
    HandedOut,
    Revealed,
    Revoked,
    Removed,
    Restored,
    /// Its environment is another; the detail is its word.
    Moved,
    /// When it is to be rotated; the detail is the date, or `none`.
    RotateBySet,
    Paused,
    Resumed,
    LetExpire,
    Watched,
    Pinned,
    Unpinned,
    /// What it is called or how it is sent; the detail is the names of the fields.
    Changed,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Activity {
    pub(crate) at: Timestamp,
    pub(crate) name: String,
    pub(crate) what: What,
    pub(crate) detail: String,
}

impl Catalog {
    /// Adds an entry.
    pub(crate) async fn log(&self, id: CredentialId, entry: &Activity) -> Result<(), StorageError> {
        sqlx::query("INSERT INTO activity (credential_id, name, at, what, detail) VALUES (?,?,?,?,?)")
            .bind(id.to_string())
            .bind(&entry.name)
            .bind(entry.at.as_millisecond())
            .bind(word(entry.what)?)
            .bind(&entry.detail)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns the latest entries of a credential, newest first.
    pub(crate) async fn activity(&self, id: CredentialId, most: u32) -> Result<Vec<Activity>, StorageError> {
        let rows = sqlx::query("SELECT * FROM activity WHERE credential_id = ? ORDER BY id DESC LIMIT ?")
            .bind(id.to_string())
            .bind(most)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(Activity::read).collect()
    }

    /// Returns the latest entries of all credentials, newest first.
    pub(crate) async fn log_of_all(&self, most: u32) -> Result<Vec<(CredentialId, Activity)>, StorageError> {
        let rows =
            sqlx::query("SELECT * FROM activity ORDER BY id DESC LIMIT ?").bind(most).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get("credential_id")?;
                let id = id.parse().map_err(|_| StorageError::Damaged(format!("bad id {id}")))?;
                Ok((id, Activity::read(row)?))
            })
            .collect()
    }
}

impl Activity {
    fn read(row: &SqliteRow) -> Result<Self, StorageError> {
        Ok(Self {
            at: time(row.try_get("at")?),
            name: row.try_get("name")?,
            what: enum_of(row, "what")?,
            detail: row.try_get("detail")?,
        })
    }
}
