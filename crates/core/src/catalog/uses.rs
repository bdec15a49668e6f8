//! Who used a credential, counted from the log of uses.

use jiff::Timestamp;
use sqlx::Row;

use super::{Catalog, time};
use crate::credential::CredentialId;
use crate::error::StorageError;

/// How one asker used a credential in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Used {
    /// Who asked, as the log has it: `tray`; of old entries its words.
    pub(crate) by: String,
    /// The program that called the command.
    pub(crate) program: Option<String>,
    pub(crate) what: String,
    pub(crate) times: u64,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

impl Catalog {
    /// Counts the uses that let a value out.
    pub(crate) async fn uses(&self, id: CredentialId) -> Result<Vec<Used>, StorageError> {
        let rows = sqlx::query(
            "SELECT CASE asked_by WHEN '' THEN detail ELSE asked_by END AS user, \
             CASE WHEN json_valid(process) THEN process ->> 'program' END AS program, \
             what, COUNT(*) AS times, MIN(at) AS first, MAX(at) AS last FROM activity \
             WHERE credential_id = ? AND what IN ('copied', 'handed_out', 'revealed') \
             GROUP BY user, program, what ORDER BY last DESC",
        )
        .bind(id.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Used {
                    by: row.try_get("user")?,
                    program: row.try_get("program")?,
                    what: row.try_get("what")?,
                    times: row.try_get::<i64, _>("times")?.unsigned_abs(),
                    first: time(row.try_get("first")?),
                    last: time(row.try_get("last")?),
                })
            })
            .collect()
    }
}
