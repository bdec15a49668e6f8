//! Which logins fail, for what is said of several at once.

use jiff::Timestamp;
use sqlx::Row;

use super::{Catalog, LoginState, enum_of, time};
use crate::error::StorageError;

/// A login that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failing {
    /// The provider as the list filters by it.
    pub(crate) provider: Option<String>,
    pub(crate) issuer: String,
    pub(crate) state: LoginState,
    pub(crate) code: String,
    pub(crate) since: Timestamp,
    /// When its access token ends, if that is known and there is one.
    pub(crate) ends_at: Option<Timestamp>,
}

impl Catalog {
    /// Returns the logins that fail.
    pub(crate) async fn failing(&self) -> Result<Vec<Failing>, StorageError> {
        let rows = sqlx::query(
            "SELECT provider, settings ->> '$.issuer' AS issuer, state, error_code, failing_since, error_at, \
             access_expires_at FROM login JOIN credential ON id = credential_id WHERE state <> 'ok'",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let moment = |column| Ok::<_, StorageError>(row.try_get::<Option<i64>, _>(column)?.map(time));
                Ok(Failing {
                    provider: row.try_get("provider")?,
                    issuer: row.try_get::<Option<String>, _>("issuer")?.unwrap_or_default(),
                    state: enum_of(row, "state")?,
                    code: row.try_get::<Option<String>, _>("error_code")?.unwrap_or_default(),
                    since: moment("failing_since")?.or(moment("error_at")?).unwrap_or(Timestamp::UNIX_EPOCH),
                    ends_at: moment("access_expires_at")?,
                })
            })
            .collect()
    }

    /// Returns when a login was last renewed.
    pub(crate) async fn last_renewal(&self) -> Result<Option<Timestamp>, StorageError> {
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(refreshed_at) FROM login").fetch_one(&self.pool).await?;
        Ok(last.map(time))
    }
}
