//! The family of a login: which refresh tokens followed one another, when and why. It holds fingerprints, no token.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{Catalog, Tx, enum_of, number as sql_number, time, word};
use crate::credential::CredentialId;
use crate::error::StorageError;

/// How many generations of a login are remembered, besides its sign-ins: a token that is renewed every quarter of an
/// hour would otherwise leave 35,000 rows a year.
const REMEMBERED: u64 = 100;

/// Why a refresh token took the place of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A person signed in.
    SignedIn,
    /// It was time, in the background.
    Due,
    /// Somebody asked for a token that lasts longer than the one at hand.
    Wanted,
    /// A person wanted a new one.
    Asked,
    /// A person took it over from another computer; it is the same token.
    TakenOver,
    /// A renewal that was cut off was brought to its end later.
    Recovered,
}

/// One refresh token of a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Generation {
    /// Which of the family it is.
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
    pub(crate) why: Why,
    /// Keyed, of the refresh token.
    pub(crate) fingerprint: String,
    pub(crate) scopes: Vec<String>,
}

impl Catalog {
    /// Adds a refresh token to the family, in the transaction that commits it.
    pub(crate) async fn add_generation(tx: &mut Tx, id: CredentialId, new: &Generation) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT OR REPLACE INTO generation (credential_id, generation, at, why, fingerprint, scopes) \
             VALUES (?,?,?,?,?,?)",
        )
        .bind(id.to_string())
        .bind(sql_number(new.number))
        .bind(new.at.as_millisecond())
        .bind(word(new.why)?)
        .bind(&new.fingerprint)
        .bind(new.scopes.join(" "))
        .execute(&mut **tx)
        .await?;
        if let Some(old) = new.number.checked_sub(REMEMBERED) {
            sqlx::query("DELETE FROM generation WHERE credential_id = ? AND generation <= ? AND why <> ?")
                .bind(id.to_string())
                .bind(sql_number(old))
                .bind(word(Why::SignedIn)?)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    /// Returns what is remembered of a login's family, newest first.
    pub(crate) async fn family(&self, id: CredentialId) -> Result<Vec<Generation>, StorageError> {
        let rows = sqlx::query("SELECT * FROM generation WHERE credential_id = ? ORDER BY generation DESC")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let scopes: String = row.try_get("scopes")?;
                Ok(Generation {
                    number: row.try_get::<i64, _>("generation")?.unsigned_abs(),
                    at: time(row.try_get("at")?),
                    why: enum_of(row, "why")?,
                    fingerprint: row.try_get("fingerprint")?,
                    scopes: scopes.split_whitespace().map(str::to_owned).collect(),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::World;

    #[tokio::test]
    async fn a_long_family_forgets_its_middle_and_never_a_sign_in() {
        let world = World::new();
        let vault = world.open().await;
        let id = world.sign_in(&vault, "api").await;
        let catalog = &vault.inner.catalog;
        let mut tx = catalog.begin().await.unwrap();
        for generation in 1..=REMEMBERED + 20 {
            let new = Generation {
                number: generation,
                at: time(0),
                why: if generation == 7 { Why::SignedIn } else { Why::Due },
                fingerprint: String::new(),
                scopes: Vec::new(),
            };
            Catalog::add_generation(&mut tx, id, &new).await.unwrap();
        }
        tx.commit().await.unwrap();
        let kept: Vec<u64> = catalog.family(id).await.unwrap().iter().map(|one| one.number).collect();
        let expected: Vec<u64> = (21..=REMEMBERED + 20).rev().chain([7, 0]).collect();
        assert_eq!(kept, expected);
    }
}
