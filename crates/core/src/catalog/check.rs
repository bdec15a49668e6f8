//! Whether the database itself is whole.

use super::Catalog;
use crate::error::StorageError;
use crate::vault::Vault;

impl Catalog {
    /// Lets `SQLite` look through the whole file.
    async fn check(&self) -> Result<(), StorageError> {
        let said: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&self.pool).await?;
        if said == "ok" { Ok(()) } else { Err(StorageError::Damaged(said)) }
    }
}

impl Vault {
    /// Looks through the vault's database; for `fob doctor`.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] with the first thing that is wrong, or why it could not be read.
    pub async fn check_database(&self) -> Result<(), StorageError> {
        self.inner.catalog.check().await
    }
}
