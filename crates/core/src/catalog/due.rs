//! What the scheduler asks of the database: which logins are due, and when the next one is.
//!
//! The index on `refresh_at` is the one ordered structure of due times. Several processes share the vault, so the
//! database stays the truth; what a scheduler holds in memory is only the part of it that is due already.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use url::Url;

use super::{Catalog, time};
use crate::credential::CredentialId;
use crate::error::{OrNone as _, StorageError};

/// A time that lies this far in the future was written while the clock was wrong.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(5);

/// Over this many milliseconds retries are spread that were brought forward together.
const RETRIES_WITHIN: i64 = 5_000;

/// A login that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) id: CredentialId,
    /// Who is asked: the host of its token endpoint.
    pub(crate) host: String,
    /// Since when it is due.
    pub(crate) since: Timestamp,
    /// When its access token ends, if that is known.
    pub(crate) ends_at: Option<Timestamp>,
    /// Whether the last try did not work.
    pub(crate) failed: bool,
}

impl Catalog {
    /// Returns which logins are due at `now`, in no order.
    pub(crate) async fn due(&self, now: Timestamp) -> Result<Vec<Due>, StorageError> {
        let rows = sqlx::query(
            "SELECT credential_id, refresh_at, access_expires_at, failures > 0 AS failed, \
             COALESCE(settings ->> '$.quirks.refresh_endpoint', settings ->> '$.token_endpoint') AS endpoint \
             FROM login WHERE refresh_at <= ? AND credential_id NOT IN (SELECT id FROM credential WHERE paused)",
        )
        .bind(now.as_millisecond())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get("credential_id")?;
                let endpoint: Option<String> = row.try_get("endpoint")?;
                let host = endpoint.and_then(|endpoint| Url::parse(&endpoint).ok_or_none());
                Ok(Due {
                    id: id.parse().map_err(|_| StorageError::Damaged(format!("bad id {id}")))?,
                    host: host.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default(),
                    since: time(row.try_get("refresh_at")?),
                    ends_at: row.try_get::<Option<i64>, _>("access_expires_at")?.map(time),
                    failed: row.try_get("failed")?,
                })
            })
            .collect()
    }

    /// Returns when the first login is due that is not yet at `now`.
    pub(crate) async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StorageError> {
        let next: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(refresh_at) FROM login \
             WHERE refresh_at > ? AND credential_id NOT IN (SELECT id FROM credential WHERE paused)",
        )
        .bind(now.as_millisecond())
        .fetch_one(&self.pool)
        .await?;
        Ok(next.map(time))
    }

    /// Brings the next try of a login forward, unless it has ended or the provider itself named a time.
    pub(crate) async fn hurry(&self, id: CredentialId, now: Timestamp) -> Result<(), StorageError> {
        sqlx::query(
            "UPDATE login SET refresh_at = ? WHERE credential_id = ? AND state IN ('ok', 'waiting') AND retry_demanded = 0",
        )
        .bind(now.as_millisecond())
        .bind(id.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// As [`Self::hurry`], all that are neither paused nor due.
    pub(crate) async fn hurry_all(&self, now: Timestamp) -> Result<u64, StorageError> {
        let done = sqlx::query(
            "UPDATE login SET refresh_at = ?1 \
             WHERE refresh_at > ?1 AND state IN ('ok', 'waiting') AND retry_demanded = 0 \
             AND credential_id NOT IN (SELECT id FROM credential WHERE paused)",
        )
        .bind(now.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Puts the next look at a login off, if it is still due: another process may have renewed it by now.
    pub(crate) async fn put_off(&self, id: CredentialId, now: Timestamp, until: Timestamp) -> Result<(), StorageError> {
        sqlx::query("UPDATE login SET refresh_at = ? WHERE credential_id = ? AND refresh_at <= ?")
            .bind(until.as_millisecond())
            .bind(id.to_string())
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Brings forward, spread over `within`, what was stored while the clock ran ahead: its due time may be years off.
    pub(crate) async fn recall(&self, now: Timestamp, within: SignedDuration) -> Result<u64, StorageError> {
        let future = now.saturating_add(CLOCK_SLACK).unwrap_or(now);
        let done = sqlx::query(
            "UPDATE login SET refresh_at = ?1 + abs(random() % ?2) \
             WHERE refresh_at > ?1 AND (access_issued_at > ?3 OR error_at > ?3)",
        )
        .bind(now.as_millisecond())
        .bind(i64::try_from(within.as_millis()).unwrap_or(1).max(1))
        .bind(future.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Brings forward what waits only because the provider could not be reached. A time that the provider itself
    /// named stays.
    pub(crate) async fn retry_unreached(&self, now: Timestamp) -> Result<u64, StorageError> {
        let done = sqlx::query(
            "UPDATE login SET refresh_at = ?1 + abs(random() % ?2) \
             WHERE refresh_at > ?1 + ?2 AND state = 'waiting' AND retry_demanded = 0 \
             AND error_code IN ('no_connection', 'timeout', 'connection_broke', 'tls', 'html_answer')",
        )
        .bind(now.as_millisecond())
        .bind(RETRIES_WITHIN)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }
}

/// For tests.
#[cfg(test)]
impl Catalog {
    /// Puts the next look at a login elsewhere, without judging it.
    pub(crate) async fn look_again(&self, id: CredentialId, at: Timestamp) -> Result<(), StorageError> {
        sqlx::query("UPDATE login SET refresh_at = ? WHERE credential_id = ?")
            .bind(at.as_millisecond())
            .bind(id.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_look_at_what_is_due_reads_the_index_and_not_the_table() {
        let home = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(home.path()).await.unwrap();
        for query in [
            "SELECT settings FROM login WHERE refresh_at <= 7 \
             AND credential_id NOT IN (SELECT id FROM credential WHERE paused)",
            "SELECT MIN(refresh_at) FROM login WHERE refresh_at > 7 \
             AND credential_id NOT IN (SELECT id FROM credential WHERE paused)",
        ] {
            let plan = format!("EXPLAIN QUERY PLAN {query}");
            let row = sqlx::query(sqlx::AssertSqlSafe(plan)).fetch_one(&catalog.pool).await.unwrap();
            let detail: String = row.try_get("detail").unwrap();
            assert!(detail.starts_with("SEARCH login USING") && detail.contains("INDEX login_due"), "{detail}");
        }
    }
}
