//! What a person decides about a credential once it is stored. Nothing of it is ever touched by a refresh or a sign-in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Catalog, CredentialRow, Tx, time, word};
use crate::credential::{CredentialId, Environment};
use crate::error::StorageError;
use crate::view::TemplateView;

/// What was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) pinned: bool,
    /// The scheduler leaves the login alone; who asks for a token gets one.
    pub(crate) paused: bool,
    /// When the scheduler looks after it again, if that was said.
    pub(crate) paused_until: Option<Timestamp>,
    /// The end that may come.
    pub(crate) let_end: Option<Timestamp>,
    pub(crate) env_name: Option<String>,
    pub(crate) lead_seconds: Option<u32>,
    pub(crate) templates: Vec<TemplateView>,
    pub(crate) jwt: Option<PastedJwt>,
}

/// What is known of a pasted token, so that nobody need read it to say when it ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PastedJwt {
    pub(crate) alg: String,
    pub(crate) issued_at: Option<Timestamp>,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    /// Who must have issued it, and whose keys it is checked with.
    pub(crate) issuer: Option<String>,
    /// Where the keys are, if that was said instead.
    pub(crate) jwks: Option<String>,
}

impl Chosen {
    pub(super) fn read(row: &SqliteRow) -> Result<Self, StorageError> {
        let templates: String = row.try_get("templates")?;
        let jwt: Option<String> = row.try_get("jwt")?;
        let damaged = |what: &str| StorageError::Damaged(what.to_owned());
        Ok(Self {
            pinned: row.try_get("pinned")?,
            paused: row.try_get("paused")?,
            paused_until: row.try_get::<Option<i64>, _>("paused_until")?.map(time),
            let_end: row.try_get::<Option<i64>, _>("let_end")?.map(time),
            env_name: row.try_get("env_name")?,
            lead_seconds: row.try_get("lead_seconds")?,
            templates: serde_json::from_str(&templates).map_err(|_| damaged("templates"))?,
            jwt: jwt.map(|jwt| serde_json::from_str(&jwt)).transpose().map_err(|_| damaged("jwt"))?,
        })
    }
}

impl Catalog {
    /// Writes all that was decided about a credential that was just inserted.
    pub(super) async fn put_chosen(tx: &mut Tx, id: CredentialId, chosen: &Chosen) -> Result<(), StorageError> {
        sqlx::query(
            "UPDATE credential SET pinned = ?, paused = ?, paused_until = ?, let_end = ?, env_name = ?, lead_seconds = ?, \
             templates = ?, jwt = ? WHERE id = ?",
        )
        .bind(chosen.pinned)
        .bind(chosen.paused)
        .bind(chosen.paused_until.map(Timestamp::as_millisecond))
        .bind(chosen.let_end.map(Timestamp::as_millisecond))
        .bind(&chosen.env_name)
        .bind(chosen.lead_seconds)
        .bind(json(&chosen.templates)?)
        .bind(chosen.jwt.as_ref().map(json).transpose()?)
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Writes what is known of a pasted token.
    pub(crate) async fn put_jwt(tx: &mut Tx, id: CredentialId, jwt: Option<&PastedJwt>) -> Result<(), StorageError> {
        sqlx::query("UPDATE credential SET jwt = ? WHERE id = ?")
            .bind(jwt.map(json).transpose()?)
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Moves a credential to another environment.
    pub(crate) async fn move_to(tx: &mut Tx, id: CredentialId, to: Environment) -> Result<(), StorageError> {
        sqlx::query("UPDATE credential SET environment = ? WHERE id = ?")
            .bind(word(to)?)
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Says when a value is to be rotated, and every how many days.
    pub(crate) async fn set_rotate_by(
        tx: &mut Tx,
        id: CredentialId,
        by: Option<Timestamp>,
        every_days: Option<i64>,
    ) -> Result<(), StorageError> {
        sqlx::query("UPDATE credential SET rotate_by = ?, rotate_every_days = ? WHERE id = ?")
            .bind(by.map(Timestamp::as_millisecond))
            .bind(every_days)
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Notes the end that may come, or that none may.
    pub(crate) async fn let_end(tx: &mut Tx, id: CredentialId, end: Option<Timestamp>) -> Result<(), StorageError> {
        sqlx::query("UPDATE credential SET let_end = ? WHERE id = ?")
            .bind(end.map(Timestamp::as_millisecond))
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Puts a credential among the first, or back.
    pub(crate) async fn pin(tx: &mut Tx, id: CredentialId, on: bool) -> Result<(), StorageError> {
        sqlx::query("UPDATE credential SET pinned = ? WHERE id = ?")
            .bind(on)
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Writes what the person calls a credential and how it is sent.
    pub(crate) async fn describe(tx: &mut Tx, row: &CredentialRow) -> Result<(), StorageError> {
        sqlx::query(
            "UPDATE credential SET name = ?, account = ?, tags = ?, note = ?, header = ?, env_name = ?, \
             lead_seconds = ?, templates = ? WHERE id = ?",
        )
        .bind(&row.name)
        .bind(&row.account)
        .bind(json(&row.tags)?)
        .bind(&row.note)
        .bind(&row.header)
        .bind(&row.chosen.env_name)
        .bind(row.chosen.lead_seconds)
        .bind(json(&row.chosen.templates)?)
        .bind(row.id.to_string())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Tells whether another credential has this name and account.
    pub(crate) async fn is_taken(
        tx: &mut Tx,
        id: CredentialId,
        name: &str,
        account: Option<&str>,
    ) -> Result<bool, StorageError> {
        let found = "SELECT EXISTS (SELECT 1 FROM credential WHERE name = ? AND account IS ? AND id <> ?)";
        let query = sqlx::query_scalar(found).bind(name).bind(account).bind(id.to_string());
        Ok(query.fetch_one(&mut **tx).await?)
    }
}

fn json(value: impl Serialize) -> Result<String, StorageError> {
    serde_json::to_string(&value).map_err(|error| StorageError::Other(error.to_string()))
}
