//! Logins that the scheduler leaves alone, some of them until a moment.

use jiff::Timestamp;

use super::{Catalog, Tx, time};
use crate::credential::CredentialId;
use crate::error::StorageError;

/// How many there are, and until when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Paused {
    /// How many are paused.
    pub(crate) count: usize,
    /// When the scheduler looks after the last of them again; none if one is paused until the person says otherwise.
    pub(crate) until: Option<Timestamp>,
}

impl Catalog {
    /// Tells the scheduler to leave a login alone, until a moment if one is named, or to look after it again. When it is
    /// due stays as it is, so nothing is forgotten meanwhile.
    pub(crate) async fn pause(
        tx: &mut Tx,
        id: CredentialId,
        on: bool,
        until: Option<Timestamp>,
    ) -> Result<(), StorageError> {
        sqlx::query("UPDATE credential SET paused = ?, paused_until = ? WHERE id = ?")
            .bind(on)
            .bind(until.map(Timestamp::as_millisecond))
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Returns the logins that are paused, or those that could be.
    pub(crate) async fn logins_paused(&self, paused: bool) -> Result<Vec<CredentialId>, StorageError> {
        let ids = sqlx::query_scalar(
            "SELECT id FROM credential WHERE kind IN ('oauth', 'client_credentials') AND paused = ?",
        );
        parsed(&ids.bind(paused).fetch_all(&self.pool).await?)
    }

    /// Counts the logins that are paused.
    pub(crate) async fn paused(&self) -> Result<Paused, StorageError> {
        let (count, timed, until): (i64, i64, Option<i64>) =
            sqlx::query_as("SELECT COUNT(*), COUNT(paused_until), MAX(paused_until) FROM credential WHERE paused")
                .fetch_one(&self.pool)
                .await?;
        let until = until.filter(|_| timed == count).map(time);
        Ok(Paused { count: usize::try_from(count).unwrap_or_default(), until })
    }

    /// Returns the logins whose pause has ended.
    pub(crate) async fn pauses_ended(&self, now: Timestamp) -> Result<Vec<CredentialId>, StorageError> {
        let ids = sqlx::query_scalar("SELECT id FROM credential WHERE paused_until <= ?");
        parsed(&ids.bind(now.as_millisecond()).fetch_all(&self.pool).await?)
    }

    /// Returns when the first pause ends that has not yet.
    pub(crate) async fn next_pause_end(&self) -> Result<Option<Timestamp>, StorageError> {
        let next: Option<i64> =
            sqlx::query_scalar("SELECT MIN(paused_until) FROM credential WHERE paused_until IS NOT NULL")
                .fetch_one(&self.pool)
                .await?;
        Ok(next.map(time))
    }
}

fn parsed(ids: &[String]) -> Result<Vec<CredentialId>, StorageError> {
    ids.iter().map(|id| id.parse().map_err(|_| StorageError::Damaged(format!("bad id {id}")))).collect()
}
