//! What the rules of [`crate::health`] read: stored facts, and what was found and accepted before.
//!
//! One query for each table and no blob among the columns, so that a look at thousands stays cheap.

use std::collections::HashMap;

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Catalog, ClientAuth, GrantKind, LoginState, PastedJwt, Tx, enum_of, time, word};
use crate::credential::{CredentialId, Environment, Kind};
use crate::error::{OrNone as _, StorageError};
use crate::health::facts::Stored;
use crate::health::{Fact, Rule};

/// A credential as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HealthRow {
    pub(crate) id: CredentialId,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) provider: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) environment: Environment,
    pub(crate) note: String,
    pub(crate) value_since: Timestamp,
    pub(crate) rotate_by: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) fingerprint: Option<String>,
    /// Whether another environment has the same key.
    pub(crate) shared: bool,
    pub(crate) shown_start: String,
    pub(crate) shown_end: String,
    /// Apart, since most rows have none.
    pub(crate) login: Option<Box<HealthLogin>>,
    pub(crate) jwt: Option<PastedJwt>,
    /// The end that may come.
    pub(crate) let_end: Option<Timestamp>,
    pub(crate) facts: Vec<(Fact, i64)>,
    /// How many of its old values nobody confirmed as revoked.
    pub(crate) alive_values: i64,
}

/// The login of a credential as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HealthLogin {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) auth: ClientAuth,
    pub(crate) grant: GrantKind,
    pub(crate) dpop: bool,
    /// Whether the server says that it checks PKCE; none where that is not known or does not matter.
    pub(crate) pkce: Option<bool>,
    pub(crate) granted_scopes: Vec<String>,
    pub(crate) access_issued_at: Option<Timestamp>,
    pub(crate) access_expires_at: Option<Timestamp>,
    pub(crate) access_alg: Option<String>,
    pub(crate) sign_in_ends_at: Option<Timestamp>,
    pub(crate) renews: bool,
    pub(crate) keeps: u32,
    pub(crate) state: LoginState,
}

/// A risk that the person takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) rule: Rule,
    pub(crate) id: CredentialId,
    pub(crate) reason: String,
    pub(crate) at: Timestamp,
    pub(crate) until: Timestamp,
}

const ROWS: &str = "SELECT id, name, kind, provider, account, environment, note, value_since, rotate_by, last_used_at, \
    created_at, jwt, let_end, fingerprint, shown_start, shown_end, credential_id, granted_scopes, access_issued_at, \
    access_expires_at, access_alg, sign_in_ends_at, renews, keeps, state, settings ->> '$.issuer' AS issuer, \
    settings ->> '$.client_id' AS client_id, settings ->> '$.auth' AS auth, \
    COALESCE(settings ->> '$.grant', 'code') AS grant_kind, settings ->> '$.dpop' AS dpop, \
    settings ->> '$.pkce' AS pkce, \
    (SELECT COUNT(*) FROM key_version AS old WHERE old.credential_id = credential.id AND until IS NOT NULL \
     AND revoked IS NOT 1) AS alive_values, \
    (SELECT COUNT(DISTINCT other.environment) FROM credential AS other \
     WHERE other.fingerprint = credential.fingerprint) AS environments \
    FROM credential LEFT JOIN login ON credential_id = id ORDER BY name COLLATE NOCASE, account, id";

impl Catalog {
    /// Returns those credentials that `keep` wants of all, in the order of their names. The others are not kept at once:
    /// of thousands, few have anything wrong.
    pub(crate) async fn health_rows(
        &self,
        mut keep: impl FnMut(&HealthRow) -> bool,
    ) -> Result<Vec<HealthRow>, StorageError> {
        let mut facts: HashMap<CredentialId, Vec<(Fact, i64)>> = HashMap::new();
        for row in sqlx::query("SELECT * FROM token_fact").fetch_all(&self.pool).await? {
            // A fact that only a newer version knows says nothing to this one.
            let Some(fact) = enum_of(&row, "code").ok_or_none() else { continue };
            facts.entry(id_of(&row, "credential_id")?).or_default().push((fact, row.try_get("number")?));
        }
        let mut rows = sqlx::query(ROWS).fetch(&self.pool);
        let mut out = Vec::new();
        while let Some(row) = rows.try_next().await? {
            let mut read = HealthRow::read(&row)?;
            read.facts = facts.remove(&read.id).unwrap_or_default();
            if keep(&read) {
                out.push(read);
            }
        }
        Ok(out)
    }

    /// Returns the facts of one credential's token.
    pub(crate) async fn facts(&self, id: CredentialId) -> Result<Vec<(Fact, i64)>, StorageError> {
        Self::facts_of(&mut *self.pool.acquire().await?, id).await
    }

    /// As [`Self::facts`], as the transaction sees them.
    pub(crate) async fn facts_in(tx: &mut Tx, id: CredentialId) -> Result<Vec<(Fact, i64)>, StorageError> {
        Self::facts_of(tx, id).await
    }

    async fn facts_of(on: &mut SqliteConnection, id: CredentialId) -> Result<Vec<(Fact, i64)>, StorageError> {
        let rows = sqlx::query("SELECT * FROM token_fact WHERE credential_id = ? ORDER BY code")
            .bind(id.to_string())
            .fetch_all(on)
            .await?;
        rows.iter()
            .filter_map(|row| {
                let fact = enum_of(row, "code").ok_or_none()?;
                Some(row.try_get("number").map(|number| (fact, number)).map_err(StorageError::from))
            })
            .collect()
    }

    /// Tells whether a token is still the one that is stored.
    pub(crate) async fn is_stored(tx: &mut Tx, id: CredentialId, token: &Stored) -> Result<bool, StorageError> {
        let query = match token {
            Stored::Access(sealed) => {
                sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM login WHERE credential_id = ? AND sealed_access = ?)")
                    .bind(id.to_string())
                    .bind(sealed)
            }
            Stored::Pasted(generation) => {
                sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM credential WHERE id = ? AND generation = ?)")
                    .bind(id.to_string())
                    .bind(i64::try_from(*generation).unwrap_or(i64::MAX))
            }
        };
        Ok(query.fetch_one(&mut **tx).await?)
    }

    /// Puts what a new token is in the place of what the one before was. What is known of the secret that signs it
    /// stays: that is the issuer's, whichever token it signs.
    pub(crate) async fn put_facts(tx: &mut Tx, id: CredentialId, facts: &[(Fact, i64)]) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM token_fact WHERE credential_id = ? AND code <> ?")
            .bind(id.to_string())
            .bind(word(Fact::SecretBytes)?)
            .execute(&mut **tx)
            .await?;
        for (fact, number) in facts {
            Self::put_fact(tx, id, *fact, *number).await?;
        }
        Ok(())
    }

    /// Stores one fact over what was known of it.
    pub(crate) async fn put_fact(tx: &mut Tx, id: CredentialId, fact: Fact, number: i64) -> Result<(), StorageError> {
        sqlx::query("INSERT OR REPLACE INTO token_fact (credential_id, code, number) VALUES (?,?,?)")
            .bind(id.to_string())
            .bind(word(fact)?)
            .bind(number)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Returns since when each finding is there, as far as it was seen before.
    pub(crate) async fn health_found(&self) -> Result<HashMap<(Rule, CredentialId), Timestamp>, StorageError> {
        let mut rows = sqlx::query("SELECT * FROM health_found").fetch(&self.pool);
        let mut found = HashMap::new();
        while let Some(row) = rows.try_next().await? {
            if let Some(rule) = enum_of(&row, "rule").ok_or_none() {
                found.insert((rule, id_of(&row, "credential_id")?), time(row.try_get("at")?));
            }
        }
        Ok(found)
    }

    /// Writes down what is found now for the first time, and forgets what is no more.
    pub(crate) async fn note_health(
        &self,
        new: &[(Rule, CredentialId)],
        gone: &[(Rule, CredentialId)],
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        for (rule, id) in new {
            // Whoever is removed meanwhile has no findings.
            sqlx::query(
                "INSERT OR IGNORE INTO health_found (rule, credential_id, at) SELECT ?, id, ? FROM credential WHERE id = ?",
            )
            .bind(word(*rule)?)
            .bind(now.as_millisecond())
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        }
        for (rule, id) in gone {
            sqlx::query("DELETE FROM health_found WHERE rule = ? AND credential_id = ?")
                .bind(word(*rule)?)
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Returns the risks that are taken, those too whose day has passed.
    pub(crate) async fn health_accepted(&self) -> Result<Vec<Accepted>, StorageError> {
        let rows = sqlx::query("SELECT * FROM health_accepted").fetch_all(&self.pool).await?;
        rows.iter().filter_map(|row| Accepted::read(row).transpose()).collect()
    }

    /// Takes a risk, over what was said of it before.
    pub(crate) async fn accept_risk(tx: &mut Tx, risk: &Accepted) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT OR REPLACE INTO health_accepted (rule, credential_id, reason, at, until) VALUES (?,?,?,?,?)",
        )
        .bind(word(risk.rule)?)
        .bind(risk.id.to_string())
        .bind(&risk.reason)
        .bind(risk.at.as_millisecond())
        .bind(risk.until.as_millisecond())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Takes no risk any more.
    pub(crate) async fn refuse_risk(tx: &mut Tx, rule: Rule, id: CredentialId) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM health_accepted WHERE rule = ? AND credential_id = ?")
            .bind(word(rule)?)
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Notes that the old values of a key are revoked, as the person says.
    pub(crate) async fn confirm_revoked(tx: &mut Tx, id: CredentialId) -> Result<(), StorageError> {
        sqlx::query("UPDATE key_version SET revoked = 1 WHERE credential_id = ? AND until IS NOT NULL")
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Returns what is known of a credential's health, for undo.
    pub(crate) async fn health_of(&self, id: CredentialId) -> Result<KnownHealth, StorageError> {
        let mut found: Vec<(Rule, Timestamp)> = self
            .health_found()
            .await?
            .into_iter()
            .filter(|((_, of), _)| *of == id)
            .map(|((r, _), at)| (r, at))
            .collect();
        found.sort_by_key(|(rule, _)| *rule);
        let accepted = self.health_accepted().await?.into_iter().filter(|risk| risk.id == id).collect();
        Ok(KnownHealth { facts: self.facts(id).await?, found, accepted })
    }

    /// Puts that back.
    pub(crate) async fn put_health(tx: &mut Tx, id: CredentialId, known: &KnownHealth) -> Result<(), StorageError> {
        Self::put_facts(tx, id, &known.facts).await?;
        for (rule, at) in &known.found {
            sqlx::query("INSERT OR REPLACE INTO health_found (rule, credential_id, at) VALUES (?,?,?)")
                .bind(word(*rule)?)
                .bind(id.to_string())
                .bind(at.as_millisecond())
                .execute(&mut **tx)
                .await?;
        }
        for risk in &known.accepted {
            Self::accept_risk(tx, risk).await?;
        }
        Ok(())
    }
}

/// What is known of one credential's health.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KnownHealth {
    facts: Vec<(Fact, i64)>,
    found: Vec<(Rule, Timestamp)>,
    accepted: Vec<Accepted>,
}

impl HealthRow {
    fn read(row: &SqliteRow) -> Result<Self, StorageError> {
        let moment = |column| Ok::<_, StorageError>(row.try_get::<Option<i64>, _>(column)?.map(time));
        let has_login = row.try_get::<Option<String>, _>("credential_id")?.is_some();
        let jwt: Option<String> = row.try_get("jwt")?;
        Ok(Self {
            id: id_of(row, "id")?,
            name: row.try_get("name")?,
            kind: enum_of(row, "kind")?,
            provider: row.try_get("provider")?,
            account: row.try_get("account")?,
            environment: enum_of(row, "environment")?,
            note: row.try_get("note")?,
            value_since: time(row.try_get("value_since")?),
            rotate_by: moment("rotate_by")?,
            last_used_at: moment("last_used_at")?,
            created_at: time(row.try_get("created_at")?),
            fingerprint: row.try_get("fingerprint")?,
            shared: row.try_get::<i64, _>("environments")? > 1,
            shown_start: row.try_get("shown_start")?,
            shown_end: row.try_get("shown_end")?,
            login: has_login.then(|| HealthLogin::read(row).map(Box::new)).transpose()?,
            jwt: jwt.and_then(|jwt| serde_json::from_str(&jwt).ok_or_none()),
            let_end: moment("let_end")?,
            facts: Vec::new(),
            alive_values: row.try_get("alive_values")?,
        })
    }
}

impl HealthLogin {
    fn read(row: &SqliteRow) -> Result<Self, StorageError> {
        let moment = |column| Ok::<_, StorageError>(row.try_get::<Option<i64>, _>(column)?.map(time));
        let scopes: String = row.try_get("granted_scopes")?;
        Ok(Self {
            issuer: row.try_get("issuer")?,
            client_id: row.try_get("client_id")?,
            auth: enum_of(row, "auth")?,
            grant: enum_of(row, "grant_kind")?,
            dpop: row.try_get::<Option<bool>, _>("dpop")?.unwrap_or_default(),
            pkce: row.try_get("pkce")?,
            granted_scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            access_issued_at: moment("access_issued_at")?,
            access_expires_at: moment("access_expires_at")?,
            access_alg: row.try_get("access_alg")?,
            sign_in_ends_at: moment("sign_in_ends_at")?,
            renews: row.try_get("renews")?,
            keeps: row.try_get("keeps")?,
            state: enum_of(row, "state")?,
        })
    }
}

impl Accepted {
    fn read(row: &SqliteRow) -> Result<Option<Self>, StorageError> {
        let Some(rule) = enum_of(row, "rule").ok_or_none() else { return Ok(None) };
        Ok(Some(Self {
            rule,
            id: id_of(row, "credential_id")?,
            reason: row.try_get("reason")?,
            at: time(row.try_get("at")?),
            until: time(row.try_get("until")?),
        }))
    }
}

fn id_of(row: &SqliteRow, column: &str) -> Result<CredentialId, StorageError> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| StorageError::Damaged(format!("bad id {text}")))
}

/// For tests.
#[cfg(test)]
impl Catalog {
    /// Puts so many copies of a credential beside it.
    pub(crate) async fn copy_for_tests(&self, id: CredentialId, count: u32) {
        let entry = self.entry(id).await.unwrap().unwrap();
        let mut tx = self.begin().await.unwrap();
        for number in 0..count {
            let mut row = entry.credential.clone();
            row.id = CredentialId::random();
            row.name = format!("{} {number}", row.name);
            row.fingerprint = row.fingerprint.map(|it| format!("{number:08x}{it}"));
            Self::insert(&mut tx, &row).await.unwrap();
            if let Some(login) = &entry.login {
                Self::put_login(&mut tx, row.id, login).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }
}
