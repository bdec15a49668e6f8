//! Seals the log under the vault's key.
//!
//! One invariant: a seal never makes a break look whole. Before a seal takes the place of the one before, the chain is
//! followed from that one to the end; if it does not lead there, the new seal says so, and so does every one after it.

use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::activity::Line;
use super::log_chain::{ANCHOR, Place, link, place};
use super::{Catalog, Tx};
use crate::error::{OrNone as _, StorageError};
use crate::sealer::{Sealer, hex};

const SEAL: &str = "log_seal";

/// An entry, authenticated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seal {
    #[serde(flatten)]
    pub(super) place: Place,
    /// Before this entry was written, the log was not what had been sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) broken: Option<i64>,
    /// What only the holder of the key can make.
    mac: String,
}

impl Seal {
    fn bytes(place: &Place, broken: Option<i64>) -> Vec<u8> {
        let place = format!("{} {}", place.number, place.hash);
        broken.map_or_else(|| place.clone(), |number| format!("{place} broken {number}")).into_bytes()
    }

    /// Tells whether it was made with this key.
    pub(super) fn is_of(&self, sealer: &Sealer) -> bool {
        sealer.is_log_seal(&Self::bytes(&self.place, self.broken), &self.mac)
    }
}

pub(super) async fn seal(tx: &mut Tx) -> Result<Option<Seal>, StorageError> {
    let stored = Catalog::meta_in(tx, SEAL).await?;
    Ok(stored.and_then(|stored| serde_json::from_str(&stored).ok_or_none()))
}

impl Catalog {
    /// Tells whether there is a seal, which only the keychain's key can check.
    pub(crate) async fn is_log_sealed(&self) -> Result<bool, StorageError> {
        Ok(self.meta_if_any(SEAL).await?.is_some())
    }

    /// Forgets the seal of a key that is lost: nobody could check it, or carry on from it.
    pub(crate) async fn forget_log_seal(&self) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM meta WHERE key = ?").bind(SEAL).execute(&self.pool).await?;
        Ok(())
    }

    pub(super) async fn sealed_entry(tx: &mut Tx) -> Result<Option<i64>, StorageError> {
        Ok(seal(tx).await?.map(|seal| seal.place.number))
    }

    /// Returns the entry before which the log was not what had been sealed, `next` if that is seen only now.
    pub(super) async fn broken_before(
        tx: &mut Tx,
        next: i64,
        head: Option<&Place>,
        sealer: &Sealer,
    ) -> Result<Option<i64>, StorageError> {
        let from = match seal(tx).await? {
            Some(seal) if !seal.is_of(sealer) => return Ok(Some(next)),
            Some(seal) if seal.broken.is_some() => return Ok(seal.broken),
            Some(seal) if !Self::is_there(tx, &seal.place).await? => return Ok(Some(next)),
            Some(seal) => seal.place,
            None => place(tx, ANCHOR).await?.unwrap_or_else(Place::start),
        };
        let whole = Self::leads_to(tx, from, head).await?;
        Ok((!whole).then_some(next))
    }

    /// Seals the log up to a place.
    pub(super) async fn seal(
        tx: &mut Tx,
        place: Place,
        broken: Option<i64>,
        sealer: &Sealer,
    ) -> Result<(), StorageError> {
        let mac = sealer.seal_log(&Seal::bytes(&place, broken));
        let text = serde_json::to_string(&Seal { place, broken, mac });
        Self::set_meta(tx, SEAL, &text.map_err(|error| StorageError::Other(error.to_string()))?).await
    }

    /// Tells whether an entry is in the table with this hash.
    async fn is_there(tx: &mut Tx, place: &Place) -> Result<bool, StorageError> {
        let hash: Option<Option<Vec<u8>>> = sqlx::query_scalar("SELECT hash FROM activity WHERE id = ?")
            .bind(place.number)
            .fetch_optional(&mut **tx)
            .await?;
        Ok(hash.flatten().is_some_and(|hash| hex(&hash) == place.hash))
    }

    /// Tells whether the chain leads from a place to the end of the log. Looks no further than the first break.
    async fn leads_to(tx: &mut Tx, from: Place, head: Option<&Place>) -> Result<bool, StorageError> {
        let mut last = from;
        let mut rows =
            sqlx::query("SELECT * FROM activity WHERE id > ? ORDER BY id").bind(last.number).fetch(&mut **tx);
        while let Some(row) = rows.try_next().await? {
            let (line, hash) = (Line::read(&row)?, row.try_get::<Option<Vec<u8>>, _>("hash")?);
            let linked = link(&last.hash, &line);
            if hash.is_none_or(|hash| hex(&hash) != linked) {
                return Ok(false);
            }
            last = Place { number: line.number, hash: linked };
        }
        Ok(head == Some(&last))
    }
}
