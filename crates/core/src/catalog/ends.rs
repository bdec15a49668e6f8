//! What a calendar of ends needs of each credential, and no more: neither what may be shown of a value nor what was
//! agreed at sign-in is read.

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Catalog, LoginState, PastedJwt, enum_of, time};
use crate::credential::{CredentialId, Environment};
use crate::error::{OrNone as _, StorageError};

/// A credential that has an end, or whose sign-in has come to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndsRow {
    pub(crate) id: CredentialId,
    pub(crate) name: String,
    pub(crate) account: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) environment: Environment,
    pub(crate) rotate_by: Option<Timestamp>,
    /// The end that may come.
    pub(crate) let_end: Option<Timestamp>,
    /// The end of a pasted token.
    pub(crate) pasted_ends_at: Option<Timestamp>,
    pub(crate) login: Option<EndsLogin>,
    /// The number of its latest change; grows with each.
    pub(crate) change: i64,
}

/// The ends of a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndsLogin {
    pub(crate) renews: bool,
    pub(crate) access_expires_at: Option<Timestamp>,
    pub(crate) sign_in_ends_at: Option<Timestamp>,
    pub(crate) sign_in_end_usual: bool,
    /// When its tokens came, at the sign-in or with the last renewal.
    pub(crate) fresh_since: Option<Timestamp>,
    pub(crate) state: LoginState,
    pub(crate) failing_since: Option<Timestamp>,
}

const ROWS: &str = "SELECT id, name, account, provider, environment, rotate_by, let_end, jwt, login.credential_id AS login, \
    renews, access_expires_at, sign_in_ends_at, sign_in_end_usual, COALESCE(refreshed_at, signed_in_at) AS fresh_since, \
    state, failing_since, COALESCE(seq, 0) AS change \
    FROM credential LEFT JOIN login ON login.credential_id = id LEFT JOIN listed ON listed.credential_id = id \
    WHERE rotate_by IS NOT NULL OR jwt IS NOT NULL OR sign_in_ends_at IS NOT NULL OR NOT renews \
    OR state = 'sign_in_needed' ORDER BY name COLLATE NOCASE, account, id";

impl Catalog {
    /// Shows `look` each credential that may have an end, one after the other, in the order of their names.
    pub(crate) async fn each_end(&self, mut look: impl FnMut(&EndsRow)) -> Result<(), StorageError> {
        let mut rows = sqlx::query(ROWS).fetch(&self.pool);
        while let Some(row) = rows.try_next().await? {
            look(&EndsRow::read(&row)?);
        }
        Ok(())
    }
}

impl EndsRow {
    fn read(row: &SqliteRow) -> Result<Self, StorageError> {
        let moment = |column| Ok::<_, StorageError>(row.try_get::<Option<i64>, _>(column)?.map(time));
        let id: String = row.try_get("id")?;
        // What can't be read of a pasted token says nothing of its end.
        let jwt: Option<String> = row.try_get("jwt")?;
        let jwt: Option<PastedJwt> = jwt.and_then(|jwt| serde_json::from_str(&jwt).ok_or_none());
        let has_login = row.try_get::<Option<String>, _>("login")?.is_some();
        Ok(Self {
            id: id.parse().map_err(|_| StorageError::Damaged(format!("bad id {id}")))?,
            name: row.try_get("name")?,
            account: row.try_get("account")?,
            provider: row.try_get("provider")?,
            environment: enum_of(row, "environment")?,
            rotate_by: moment("rotate_by")?,
            let_end: moment("let_end")?,
            pasted_ends_at: jwt.and_then(|jwt| jwt.expires_at),
            login: has_login.then(|| EndsLogin::read(row)).transpose()?,
            change: row.try_get("change")?,
        })
    }
}

impl EndsLogin {
    fn read(row: &SqliteRow) -> Result<Self, StorageError> {
        let moment = |column| Ok::<_, StorageError>(row.try_get::<Option<i64>, _>(column)?.map(time));
        Ok(Self {
            renews: row.try_get("renews")?,
            access_expires_at: moment("access_expires_at")?,
            sign_in_ends_at: moment("sign_in_ends_at")?,
            sign_in_end_usual: row.try_get("sign_in_end_usual")?,
            fresh_since: moment("fresh_since")?,
            state: enum_of(row, "state")?,
            failing_since: moment("failing_since")?,
        })
    }
}
