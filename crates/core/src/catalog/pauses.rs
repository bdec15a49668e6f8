//! Logins that the scheduler leaves alone, some of them until a moment.

use jiff::{SignedDuration, Timestamp};

use super::{Catalog, Tx, time};
use crate::credential::CredentialId;
use crate::error::StorageError;
use crate::view::PausesView;

/// No pause with an end lasts longer. One that seems to was begun while the clock ran ahead, and would last as long as that
/// was wrong.
const LONGEST: SignedDuration = SignedDuration::from_hours(48);

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

    /// Counts the logins that are paused, and the others.
    pub(crate) async fn pauses(&self) -> Result<PausesView, StorageError> {
        let (all, paused, timed, until): (i64, i64, i64, Option<i64>) = sqlx::query_as(
            "SELECT COUNT(*), COUNT(*) FILTER (WHERE paused), COUNT(paused_until), MAX(paused_until) FROM credential \
             WHERE kind IN ('oauth', 'client_credentials')",
        )
        .fetch_one(&self.pool)
        .await?;
        let count = |count: i64| usize::try_from(count).unwrap_or_default();
        let until = until.filter(|_| timed == paused).map(time);
        Ok(PausesView { paused: count(paused), others: count(all - paused), until })
    }

    /// Returns the logins whose pause has ended.
    pub(crate) async fn pauses_ended(&self, now: Timestamp) -> Result<Vec<CredentialId>, StorageError> {
        let ids = sqlx::query_scalar("SELECT id FROM credential WHERE paused_until <= ? OR paused_until > ?")
            .bind(now.as_millisecond())
            .bind(now.saturating_add(LONGEST).unwrap_or(Timestamp::MAX).as_millisecond());
        parsed(&ids.fetch_all(&self.pool).await?)
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
