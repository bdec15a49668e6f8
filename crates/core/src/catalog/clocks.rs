//! What is known of the clocks of providers.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;

use super::{Catalog, time};
use crate::error::StorageError;

/// A provider's clock against ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostClock {
    pub(crate) host: String,
    /// How far it is ahead; negative when it is behind.
    pub(crate) ahead: SignedDuration,
    pub(crate) learned_at: Timestamp,
}

impl Catalog {
    /// Keeps what an answer showed of its host's clock; `alone`, when what was known of others counts no more.
    pub(crate) async fn learn_clock(&self, clock: &HostClock, alone: bool) -> Result<(), StorageError> {
        if alone {
            sqlx::query("DELETE FROM host_clock WHERE host <> ?").bind(&clock.host).execute(&self.pool).await?;
        }
        sqlx::query("INSERT OR REPLACE INTO host_clock (host, ahead_ms, learned_at) VALUES (?,?,?)")
            .bind(&clock.host)
            .bind(i64::try_from(clock.ahead.as_millis()).unwrap_or(i64::MAX))
            .bind(clock.learned_at.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns what is known of all clocks.
    pub(crate) async fn clocks(&self) -> Result<Vec<HostClock>, StorageError> {
        let rows = sqlx::query("SELECT * FROM host_clock").fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                Ok(HostClock {
                    host: row.try_get("host")?,
                    ahead: SignedDuration::from_millis(row.try_get("ahead_ms")?),
                    learned_at: time(row.try_get("learned_at")?),
                })
            })
            .collect()
    }
}
