//! What somebody must see to: what fails, and what is to be rotated.

use jiff::{SignedDuration, Timestamp};

use super::{Catalog, Entry, time};
use crate::error::StorageError;

impl Catalog {
    /// Returns the logins that fail and whatever is to be rotated by `until`, in the order of their names.
    pub(crate) async fn concerning(&self, until: Timestamp) -> Result<Vec<Entry>, StorageError> {
        let rows = sqlx::query(
            "SELECT * FROM credential LEFT JOIN login ON credential_id = id WHERE state <> 'ok' OR rotate_by <= ? \
             ORDER BY name COLLATE NOCASE, account, id",
        )
        .bind(until.as_millisecond())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(Entry::read).collect()
    }

    /// Returns when a date to rotate by next comes within `soon`, or is over.
    pub(crate) async fn next_rotation(
        &self,
        now: Timestamp,
        soon: SignedDuration,
    ) -> Result<Option<Timestamp>, StorageError> {
        let next: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(CASE WHEN rotate_by > ?1 + ?2 THEN rotate_by - ?2 ELSE rotate_by END) FROM credential \
             WHERE rotate_by > ?1",
        )
        .bind(now.as_millisecond())
        .bind(i64::try_from(soon.as_millis()).unwrap_or(i64::MAX / 4))
        .fetch_one(&self.pool)
        .await?;
        Ok(next.map(time))
    }
}
