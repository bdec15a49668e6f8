//! Which logins ended that can't renew themselves, for the log.

use jiff::Timestamp;
use sqlx::Row;

use super::{Catalog, CredentialRow, Entry, Tx, time};
use crate::error::StorageError;

/// A login without renewal that ended, and whose end the log does not tell yet.
const EXPIRED: &str = "SELECT * FROM credential JOIN login ON credential_id = id \
     WHERE renews = 0 AND access_expires_at > ? AND access_expires_at <= ? AND NOT EXISTS ( \
     SELECT 1 FROM activity a WHERE a.credential_id = login.credential_id AND a.what = 'expired' \
     AND a.at >= login.access_expires_at)";

impl Catalog {
    /// Returns the logins that ended between `since` and `now`, with their ends, as far as the log does not tell.
    pub(crate) async fn newly_expired(
        &self,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(CredentialRow, Timestamp)>, StorageError> {
        let query = sqlx::query(EXPIRED).bind(since.as_millisecond()).bind(now.as_millisecond());
        read(&query.fetch_all(&self.pool).await?)
    }

    /// As [`Self::newly_expired`], as the transaction sees it.
    pub(crate) async fn newly_expired_in(
        tx: &mut Tx,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(CredentialRow, Timestamp)>, StorageError> {
        let query = sqlx::query(EXPIRED).bind(since.as_millisecond()).bind(now.as_millisecond());
        read(&query.fetch_all(&mut **tx).await?)
    }

    /// Returns when the next login ends that can't renew itself.
    pub(crate) async fn next_expiry(&self, now: Timestamp) -> Result<Option<Timestamp>, StorageError> {
        let next = "SELECT MIN(access_expires_at) FROM login WHERE renews = 0 AND access_expires_at > ?";
        let next: Option<i64> = sqlx::query_scalar(next).bind(now.as_millisecond()).fetch_one(&self.pool).await?;
        Ok(next.map(time))
    }
}

fn read(rows: &[sqlx::sqlite::SqliteRow]) -> Result<Vec<(CredentialRow, Timestamp)>, StorageError> {
    rows.iter().map(|row| Ok((Entry::read(row)?.credential, time(row.try_get("access_expires_at")?)))).collect()
}

#[cfg(test)]
impl Catalog {
    pub(crate) async fn can_not_renew(&self, id: crate::credential::CredentialId) {
        let update = sqlx::query("UPDATE login SET renews = 0 WHERE credential_id = ?");
        update.bind(id.to_string()).execute(&self.pool).await.unwrap();
    }
}
