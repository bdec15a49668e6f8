//! Logins in the database: the state of the refresh, beside the settings that were pinned at sign-in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::settings::LoginSettings;
use super::{Catalog, Generation, Tx, enum_of, number, time, word};
use crate::credential::CredentialId;
use crate::error::{StorageError, Verdict};
use crate::health::Fact;
use crate::step::step;

/// After so many renewals without a new refresh token in a row, a provider counts as one that gives none: a single one
/// may be an exception, such as a second try within a grace time.
const KEEPS: u32 = 3;

/// Whether a login renews itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LoginState {
    /// Nothing is wrong.
    Ok,
    /// Network or provider unreachable.
    Waiting,
    /// The provider ended it.
    SignInNeeded,
    /// The provider refused the client or its settings.
    Misconfigured,
    /// Something did not match after a refresh.
    Frozen,
    /// The refresh token was stored by a copy of the vault on another computer; the person decides who goes on.
    OtherDevice,
}

/// A login as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoginRow {
    pub(crate) settings: LoginSettings,
    pub(crate) subject: Option<String>,
    pub(crate) granted_scopes: Vec<String>,
    pub(crate) sealed_access: Option<Vec<u8>>,
    pub(crate) access_issued_at: Option<Timestamp>,
    pub(crate) access_expires_at: Option<Timestamp>,
    pub(crate) access_alg: Option<String>,
    pub(crate) renews: bool,
    pub(crate) rotations: u64,
    pub(crate) refresh_at: Option<Timestamp>,
    pub(crate) refreshed_at: Option<Timestamp>,
    pub(crate) sign_in_ends_at: Option<Timestamp>,
    /// Whether that end is what is usual at the provider, rather than what it said.
    pub(crate) sign_in_end_usual: bool,
    /// When the person signed in.
    pub(crate) signed_in_at: Option<Timestamp>,
    pub(crate) state: LoginState,
    /// Since when it fails without a success in between.
    pub(crate) failing_since: Option<Timestamp>,
    pub(crate) failures: u32,
    /// How many renewals in a row brought no new refresh token.
    pub(crate) keeps: u32,
    pub(crate) retry_demanded: bool,
    pub(crate) error: Option<Verdict>,
}

/// What a successful refresh or sign-in changes, in one transaction (rotation.md step 9).
#[derive(Debug, Clone)]
pub(crate) struct Committed {
    pub(crate) generation: u64,
    /// The refresh token that came, if one did.
    pub(crate) new_token: Option<Generation>,
    pub(crate) granted_scopes: Vec<String>,
    /// None keeps the one that is there.
    pub(crate) sealed_access: Option<Vec<u8>>,
    pub(crate) access_issued_at: Timestamp,
    pub(crate) access_expires_at: Option<Timestamp>,
    pub(crate) access_alg: Option<String>,
    /// What is kept of the new access token for health.
    pub(crate) facts: Vec<(Fact, i64)>,
    pub(crate) shown_start: String,
    pub(crate) shown_end: String,
    pub(crate) value_len: u64,
    pub(crate) refresh_at: Option<Timestamp>,
    pub(crate) sign_in_ends_at: Option<Timestamp>,
    pub(crate) frozen: Option<Verdict>,
    pub(crate) at: Timestamp,
}

impl LoginRow {
    /// Tells whether the provider was seen, time and again, to renew with the same refresh token, and is not known to
    /// punish replay. There a lost answer can have taken no token with it, and sending it again is what every renewal
    /// does (K3).
    pub(crate) fn keeps_its_token(&self) -> bool {
        self.keeps >= KEEPS && self.settings.quirks.replay_ends_after.is_none()
    }

    pub(super) fn read(row: &SqliteRow) -> Result<Self, StorageError> {
        let settings: String = row.try_get("settings")?;
        let scopes: String = row.try_get("granted_scopes")?;
        let moment = |column| Ok::<_, StorageError>(row.try_get::<Option<i64>, _>(column)?.map(time));
        let code: Option<String> = row.try_get("error_code")?;
        let error = match (code, moment("error_at")?) {
            (Some(code), Some(at)) => Some(Verdict {
                code,
                detail: row.try_get::<Option<String>, _>("error_detail")?.unwrap_or_default(),
                at,
            }),
            _ => None,
        };
        Ok(Self {
            settings: serde_json::from_str(&settings).map_err(|_| StorageError::Damaged("settings".to_owned()))?,
            subject: row.try_get("subject")?,
            granted_scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            sealed_access: row.try_get("sealed_access")?,
            access_issued_at: moment("access_issued_at")?,
            access_expires_at: moment("access_expires_at")?,
            access_alg: row.try_get("access_alg")?,
            renews: row.try_get("renews")?,
            rotations: row.try_get::<i64, _>("rotations")?.unsigned_abs(),
            refresh_at: moment("refresh_at")?,
            refreshed_at: moment("refreshed_at")?,
            sign_in_ends_at: moment("sign_in_ends_at")?,
            sign_in_end_usual: row.try_get("sign_in_end_usual")?,
            signed_in_at: moment("signed_in_at")?,
            state: enum_of(row, "state")?,
            failing_since: moment("failing_since")?,
            failures: row.try_get("failures")?,
            keeps: row.try_get("keeps")?,
            retry_demanded: row.try_get("retry_demanded")?,
            error,
        })
    }
}

impl Catalog {
    /// Adds the login of a credential, or replaces it after a new sign-in. The journal row of the old refresh
    /// token, if there is one, has lost its meaning.
    pub(crate) async fn put_login(tx: &mut Tx, id: CredentialId, row: &LoginRow) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM journal WHERE credential_id = ?").bind(id.to_string()).execute(&mut **tx).await?;
        sqlx::query(
            "INSERT OR REPLACE INTO login (credential_id, settings, subject, granted_scopes, sealed_access, \
             access_issued_at, access_expires_at, access_alg, renews, rotations, refresh_at, refreshed_at, \
             sign_in_ends_at, sign_in_end_usual, signed_in_at, state, failing_since, failures, keeps, retry_demanded, \
             error_code, error_detail, error_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )
        .bind(id.to_string())
        .bind(serde_json::to_string(&row.settings).map_err(|error| StorageError::Other(error.to_string()))?)
        .bind(&row.subject)
        .bind(row.granted_scopes.join(" "))
        .bind(&row.sealed_access)
        .bind(row.access_issued_at.map(Timestamp::as_millisecond))
        .bind(row.access_expires_at.map(Timestamp::as_millisecond))
        .bind(&row.access_alg)
        .bind(row.renews)
        .bind(number(row.rotations))
        .bind(row.refresh_at.map(Timestamp::as_millisecond))
        .bind(row.refreshed_at.map(Timestamp::as_millisecond))
        .bind(row.sign_in_ends_at.map(Timestamp::as_millisecond))
        .bind(row.sign_in_end_usual)
        .bind(row.signed_in_at.map(Timestamp::as_millisecond))
        .bind(word(row.state)?)
        .bind(row.failing_since.map(Timestamp::as_millisecond))
        .bind(row.failures)
        .bind(row.keeps)
        .bind(row.retry_demanded)
        .bind(row.error.as_ref().map(|error| error.code.clone()))
        .bind(row.error.as_ref().map(|error| error.detail.clone()))
        .bind(row.error.as_ref().map(|error| error.at.as_millisecond()))
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Commits a value that is safe in its slot: the generation moves, the journal row closes (K1, K2).
    pub(crate) async fn commit_login(tx: &mut Tx, id: CredentialId, done: &Committed) -> Result<(), StorageError> {
        sqlx::query("UPDATE credential SET generation = ?, shown_start = ?, shown_end = ?, value_len = ? WHERE id = ?")
            .bind(number(done.generation))
            .bind(&done.shown_start)
            .bind(&done.shown_end)
            .bind(number(done.value_len))
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        let state = if done.frozen.is_some() { LoginState::Frozen } else { LoginState::Ok };
        sqlx::query(
            "UPDATE login SET granted_scopes = ?1, sealed_access = COALESCE(?2, sealed_access), access_issued_at = ?3, access_expires_at = ?4, \
             access_alg = ?5, rotations = rotations + ?6, keeps = CASE WHEN ?6 THEN 0 ELSE keeps + 1 END, refresh_at = ?7, refreshed_at = ?8, \
             sign_in_end_usual = sign_in_end_usual AND ?9 IS NULL, sign_in_ends_at = COALESCE(?9, sign_in_ends_at), \
             state = ?10, failing_since = NULL, failures = 0, retry_demanded = 0, error_code = ?11, \
             error_detail = ?12, error_at = ?13 WHERE credential_id = ?14",
        )
        .bind(done.granted_scopes.join(" "))
        .bind(&done.sealed_access)
        .bind(done.access_issued_at.as_millisecond())
        .bind(done.access_expires_at.map(Timestamp::as_millisecond))
        .bind(&done.access_alg)
        .bind(done.new_token.is_some())
        .bind(done.refresh_at.filter(|_| done.frozen.is_none()).map(Timestamp::as_millisecond))
        .bind(done.at.as_millisecond())
        .bind(done.sign_in_ends_at.map(Timestamp::as_millisecond))
        .bind(word(state)?)
        .bind(done.frozen.as_ref().map(|verdict| verdict.code.clone()))
        .bind(done.frozen.as_ref().map(|verdict| verdict.detail.clone()))
        .bind(done.frozen.as_ref().map(|verdict| verdict.at.as_millisecond()))
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
        if done.sealed_access.is_some() {
            Self::put_facts(tx, id, &done.facts).await?;
        }
        if let Some(new) = &done.new_token {
            Self::add_generation(tx, id, new).await?;
        }
        sqlx::query("DELETE FROM journal WHERE credential_id = ?").bind(id.to_string()).execute(&mut **tx).await?;
        Ok(())
    }

    /// Keeps the access token of an answer whose refresh token could not reach the keychain yet. The journal
    /// row stays; the generation does not move.
    pub(crate) async fn keep_access(&self, id: CredentialId, done: &Committed) -> Result<(), StorageError> {
        step!("kept.before", StorageError);
        let mut tx = self.begin().await?;
        if done.sealed_access.is_some() {
            Self::put_facts(&mut tx, id, &done.facts).await?;
        }
        sqlx::query(
            "UPDATE login SET sealed_access = COALESCE(?, sealed_access), access_issued_at = ?, access_expires_at = ?, refresh_at = ?, \
             failing_since = NULL, state = ?, error_code = ?, error_detail = ?, error_at = ? WHERE credential_id = ?",
        )
        .bind(&done.sealed_access)
        .bind(done.access_issued_at.as_millisecond())
        .bind(done.access_expires_at.map(Timestamp::as_millisecond))
        .bind(done.refresh_at.map(Timestamp::as_millisecond))
        .bind(word(if done.frozen.is_some() { LoginState::Frozen } else { LoginState::Ok })?)
        .bind(done.frozen.as_ref().map(|verdict| verdict.code.clone()))
        .bind(done.frozen.as_ref().map(|verdict| verdict.detail.clone()))
        .bind(done.frozen.as_ref().map(|verdict| verdict.at.as_millisecond()))
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        step!("kept.after", StorageError);
        Ok(())
    }

    /// Notes that a refresh did not work, and when to look again. Nothing is deleted (K5).
    pub(crate) async fn fail_login(
        tx: &mut Tx,
        id: CredentialId,
        state: LoginState,
        verdict: &Verdict,
        retry_at: Option<Timestamp>,
        demanded: bool,
    ) -> Result<(), StorageError> {
        sqlx::query(
            "UPDATE login SET state = ?1, error_code = ?2, error_detail = ?3, error_at = ?4, refresh_at = ?5, \
             retry_demanded = ?6, failures = failures + 1, failing_since = COALESCE(failing_since, ?4) \
             WHERE credential_id = ?7",
        )
        .bind(word(state)?)
        .bind(&verdict.code)
        .bind(&verdict.detail)
        .bind(verdict.at.as_millisecond())
        .bind(retry_at.map(Timestamp::as_millisecond))
        .bind(demanded)
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Drops the sealed access token of a login: the provider does not know it any more. With `renew`, a login that is
    /// well gets its next one at once.
    pub(crate) async fn forget_access(
        tx: &mut Tx,
        id: CredentialId,
        now: Timestamp,
        renew: bool,
    ) -> Result<(), StorageError> {
        sqlx::query(
            "UPDATE login SET sealed_access = NULL, access_expires_at = ?1, \
             refresh_at = CASE WHEN ?3 AND state = 'ok' THEN ?1 END WHERE credential_id = ?2",
        )
        .bind(now.as_millisecond())
        .bind(id.to_string())
        .bind(renew)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Follows the slot that a token of another computer was taken over into. The state stays until the provider has
    /// answered, and so does what the journal knows of earlier sendings (K3).
    pub(crate) async fn take_over(&self, id: CredentialId, taken: &Generation) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE credential SET generation = ? WHERE id = ?")
            .bind(number(taken.number))
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        Self::add_generation(&mut tx, id, taken).await?;
        Ok(tx.commit().await?)
    }

    /// Follows a slot that is newer than the row: its answer was stored but never committed, and is gone.
    pub(crate) async fn roll_forward(&self, id: CredentialId, newer: &Generation) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE credential SET generation = ? WHERE id = ?")
            .bind(number(newer.number))
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "UPDATE login SET rotations = rotations + 1, refresh_at = ?, state = 'ok', error_code = NULL, \
             failing_since = NULL WHERE credential_id = ?",
        )
        .bind(newer.at.as_millisecond())
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        Self::add_generation(&mut tx, id, newer).await?;
        Self::journal_close(&mut tx, id).await?;
        Ok(tx.commit().await?)
    }
}

/// Damage for tests.
#[cfg(test)]
impl Catalog {
    /// Refuses one kind of statement from here on: `DELETE ON credential`.
    pub(crate) async fn refuse(&self, what: &str) {
        let trigger = format!("CREATE TRIGGER refused BEFORE {what} BEGIN SELECT RAISE(ABORT, 'refused'); END");
        sqlx::query(sqlx::AssertSqlSafe(trigger)).execute(&self.pool).await.unwrap();
    }

    pub(crate) async fn allow(&self) {
        sqlx::query("DROP TRIGGER refused").execute(&self.pool).await.unwrap();
    }

    pub(crate) async fn undo_commit(&self, id: CredentialId) {
        sqlx::query("UPDATE credential SET generation = generation - 1 WHERE id = ?")
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .unwrap();
    }

    pub(crate) async fn change_endpoint(&self, id: CredentialId, endpoint: &str) {
        self.set_setting(id, "token_endpoint", endpoint).await;
    }

    pub(crate) async fn set_setting(&self, id: CredentialId, name: &str, value: &str) {
        self.set_json(id, name, &serde_json::Value::from(value).to_string()).await;
    }

    /// Sets a setting to what is JSON already.
    pub(crate) async fn set_json(&self, id: CredentialId, name: &str, value: &str) {
        sqlx::query("UPDATE login SET settings = json_set(settings, '$.' || ?, json(?)) WHERE credential_id = ?")
            .bind(name)
            .bind(value)
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .unwrap();
    }
}
