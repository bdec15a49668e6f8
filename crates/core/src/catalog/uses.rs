//! Who used a credential, counted from the log of uses.

use jiff::Timestamp;
use sqlx::Row;

use super::{Catalog, time};
use crate::credential::CredentialId;
use crate::error::StorageError;

/// How one asker used a credential in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Used {
    /// The words of the log: "by you, from the tray".
    pub(crate) by: String,
    pub(crate) what: String,
    pub(crate) times: u64,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

impl Catalog {
    /// Counts the uses that let a value out.
    pub(crate) async fn uses(&self, id: CredentialId) -> Result<Vec<Used>, StorageError> {
        let rows = sqlx::query(
            "SELECT detail, what, COUNT(*) AS times, MIN(at) AS first, MAX(at) AS last FROM activity \
             WHERE credential_id = ? AND what IN ('copied', 'handed_out', 'revealed') \
             GROUP BY detail, what ORDER BY last DESC",
        )
        .bind(id.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Used {
                    by: row.try_get("detail")?,
                    what: row.try_get("what")?,
                    times: row.try_get::<i64, _>("times")?.unsigned_abs(),
                    first: time(row.try_get("first")?),
                    last: time(row.try_get("last")?),
                })
            })
            .collect()
    }
}
