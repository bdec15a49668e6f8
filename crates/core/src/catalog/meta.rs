//! What is kept once for the vault, by name: its id, the settings, head and seal of the log.

use super::{Catalog, Tx};
use crate::error::StorageError;

const READ: &str = "SELECT value FROM meta WHERE key = ?";

impl Catalog {
    /// Returns a value of `meta`, storing `make()` first when there is none.
    pub(crate) async fn meta(&self, key: &str, make: impl FnOnce() -> String) -> Result<String, StorageError> {
        if let Some(value) = sqlx::query_scalar(READ).bind(key).fetch_optional(&self.pool).await? {
            return Ok(value);
        }
        sqlx::query("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(key)
            .bind(make())
            .execute(&self.pool)
            .await?;
        Ok(sqlx::query_scalar(READ).bind(key).fetch_one(&self.pool).await?)
    }

    /// Returns a value of `meta`, if there is one.
    pub(crate) async fn meta_if_any(&self, key: &str) -> Result<Option<String>, StorageError> {
        Ok(sqlx::query_scalar(READ).bind(key).fetch_optional(&self.pool).await?)
    }

    /// Returns a value of `meta`, if there is one, as the transaction sees it.
    pub(crate) async fn meta_in(tx: &mut Tx, key: &str) -> Result<Option<String>, StorageError> {
        Ok(sqlx::query_scalar(READ).bind(key).fetch_optional(&mut **tx).await?)
    }

    /// Stores a value of `meta` over the one before.
    pub(crate) async fn set_meta(tx: &mut Tx, key: &str, value: &str) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(key)
        .bind(value)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Stores a value of `meta` over the one before, at once.
    pub(crate) async fn remember(&self, key: &str, value: &str) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        Self::set_meta(&mut tx, key, value).await?;
        Ok(tx.commit().await?)
    }

    /// Removes a value of `meta` if it is still this one.
    pub(crate) async fn forget(&self, key: &str, value: &str) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM meta WHERE key = ? AND value = ?").bind(key).bind(value).execute(&self.pool).await?;
        Ok(())
    }
}
