//! Writes the log, and tells whether it is what was written: each entry holds a hash of itself and of the one before.
//!
//! The hash of entry *n* is SHA-256 over `fobwatch log 1` and a newline, the 32 bytes of the hash of the entry before
//! (zeros before the first), and these fields in this order: number, at, day, credential id, name, kind, provider,
//! environment, what, detail, asked by, process, facts, failed. A field that is absent is the byte 0; one that is there
//! is the byte 1, its length in bytes as four bytes (big-endian), and its text in UTF-8; numbers are decimal.
//!
//! Outside the table, `meta` holds the *head* (number and hash of the last entry), so that a missing end is seen; the
//! *anchor* (number and hash of the last entry that was cut off for its age), where the chain begins; and the *seal*:
//! number and hash of an entry with an HMAC under a key that only the keychain leads to. The plain chain is always
//! written and never waits for a keychain. The seal is written along whenever this process has the key at hand
//! ([`super::log_seal`]). The chain finds whatever is done to the table by hand. Who recomputes all hashes deceives the
//! chain but not the seal of an entry from before, whatever is written and sealed after that; who deletes the seal as
//! well, brings back an old copy of the whole database, or reads the keychain, deceives both.
//! [`super::log_look`] tells what is wrong.

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::activity::Line;
use super::{Catalog, Tx, day_of, time};
use crate::activity::Facts;
use crate::error::{OrNone as _, StorageError};
use crate::sealer::{Sealer, hex};

pub(super) const HEAD: &str = "log_head";
pub(super) const ANCHOR: &str = "log_anchor";

/// A place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) number: i64,
    pub(super) hash: String,
}

impl Place {
    pub(super) fn start() -> Self {
        Self { number: 0, hash: hex(&[0; 32]) }
    }
}

/// The hash of an entry after the one with the hash `before`.
pub(super) fn link(before: &str, line: &Line) -> String {
    let mut sum = Context::new(&SHA256);
    sum.update(b"fobwatch log 1\n");
    sum.update(&unhex(before));
    let numbers = [line.number, line.at, line.day, line.failed].map(|number| number.to_string());
    let [number, at, day, failed] = &numbers;
    let fields: [Option<&str>; 14] = [
        Some(number),
        Some(at),
        Some(day),
        Some(&line.credential),
        Some(&line.name),
        line.kind.as_deref(),
        line.provider.as_deref(),
        line.environment.as_deref(),
        Some(&line.what),
        Some(&line.detail),
        Some(&line.by),
        line.process.as_deref(),
        Some(&line.facts),
        Some(failed),
    ];
    for field in fields {
        let Some(text) = field else {
            sum.update(&[0]);
            continue;
        };
        sum.update(&[1]);
        // No text in the database is as long as that; one that were would be another text.
        sum.update(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        sum.update(text.as_bytes());
    }
    hex(sum.finish().as_ref())
}

/// The bytes of a hash; of what is none, its text, which is as good to be hashed and equal to no hash.
fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok_or_none()?;
        u8::from_str_radix(pair, 16).ok_or_none()
    });
    pairs.collect::<Option<Vec<u8>>>().filter(|bytes| bytes.len() == 32).unwrap_or_else(|| text.as_bytes().to_vec())
}

pub(super) async fn place(tx: &mut Tx, key: &str) -> Result<Option<Place>, StorageError> {
    let stored = Catalog::meta_in(tx, key).await?;
    Ok(stored.and_then(|stored| serde_json::from_str(&stored).ok_or_none()))
}

async fn set_place(tx: &mut Tx, key: &str, place: &Place) -> Result<(), StorageError> {
    let text = serde_json::to_string(place).map_err(|error| StorageError::Other(error.to_string()))?;
    Catalog::set_meta(tx, key, &text).await
}

impl Catalog {
    /// Adds entries at the end, all or none; their numbers are given here. With a sealer, the log is sealed up to the
    /// last of them.
    pub(crate) async fn append(&self, lines: Vec<Line>, sealer: Option<&Sealer>) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        Self::append_in(&mut tx, lines, sealer).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn append_in(tx: &mut Tx, lines: Vec<Line>, sealer: Option<&Sealer>) -> Result<(), StorageError> {
        let head = place(tx, HEAD).await?;
        let newest: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) FROM activity").fetch_one(&mut **tx).await?;
        let newest = head.as_ref().map_or(0, |head| head.number).max(newest);
        let broken = match sealer {
            Some(sealer) => Self::broken_before(tx, newest.saturating_add(1), head.as_ref(), sealer).await?,
            None => None,
        };
        // A head that was taken away is not made up from the table: the break stays to be seen.
        let before = head.map_or_else(|| "lost".to_owned(), |head| head.hash);
        let mut last = Place { number: newest, hash: before };
        let written = !lines.is_empty();
        for mut line in lines {
            let none_left = || StorageError::Other("the log has no number left for an entry".to_owned());
            line.number = last.number.checked_add(1).ok_or_else(none_left)?;
            last = Place { number: line.number, hash: link(&last.hash, &line) };
            Self::insert_line(tx, &line, &last.hash).await?;
        }
        if !written {
            return Ok(());
        }
        set_place(tx, HEAD, &last).await?;
        match sealer {
            Some(sealer) => Self::seal(tx, last, broken, sealer).await,
            None => Ok(()),
        }
    }

    async fn insert_line(tx: &mut Tx, line: &Line, hash: &str) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO activity (id, credential_id, name, at, what, detail, day, kind, provider, environment, \
             asked_by, process, facts, failed, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )
        .bind(line.number)
        .bind(&line.credential)
        .bind(&line.name)
        .bind(line.at)
        .bind(&line.what)
        .bind(&line.detail)
        .bind(line.day)
        .bind(&line.kind)
        .bind(&line.provider)
        .bind(&line.environment)
        .bind(&line.by)
        .bind(&line.process)
        .bind(&line.facts)
        .bind(line.failed)
        .bind(unhex(hash))
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Chains the entries of a vault that has none chained yet; once, in one transaction.
    pub(crate) async fn adopt_log(&self) -> Result<(), StorageError> {
        if self.meta_if_any(HEAD).await?.is_some() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let chained = "SELECT EXISTS (SELECT 1 FROM activity WHERE hash IS NOT NULL) \
                       OR EXISTS (SELECT 1 FROM meta WHERE key IN ('log_head', 'log_anchor', 'log_seal'))";
        if sqlx::query_scalar(chained).fetch_one(&mut *tx).await? {
            // Another process was quicker, or the head was taken away: that is for `fob log --verify` to say.
            return Ok(());
        }
        let rows = sqlx::query("SELECT * FROM activity ORDER BY id").fetch_all(&mut *tx).await?;
        let mut head = Place::start();
        for row in &rows {
            let mut line = Line::read(row)?;
            line.day = day_of(time(line.at));
            head = Place { number: line.number, hash: link(&head.hash, &line) };
            sqlx::query("UPDATE activity SET day = ?, hash = ? WHERE id = ?")
                .bind(line.day)
                .bind(unhex(&head.hash))
                .bind(line.number)
                .execute(&mut *tx)
                .await?;
        }
        set_place(&mut tx, HEAD, &head).await?;
        Ok(tx.commit().await?)
    }

    /// Tells whether there is an entry from before `cutoff`, other than the notes of what was cut.
    pub(crate) async fn is_log_old(&self, cutoff: Timestamp) -> Result<bool, StorageError> {
        let old = "SELECT EXISTS (SELECT 1 FROM activity WHERE at < ? AND what <> 'pruned')";
        Ok(sqlx::query_scalar(old).bind(cutoff.as_millisecond()).fetch_one(&self.pool).await?)
    }

    /// Cuts off the entries from before `cutoff`, and notes in the log what was cut; `note` is the rest of that entry.
    /// Only a beginning is cut: an entry stays if an older one in front of it is to stay. Without a sealer, the sealed
    /// entry stays and what comes after it: cut, it could not be told from one that somebody else took away.
    pub(crate) async fn prune_log(
        &self,
        cutoff: Timestamp,
        note: Line,
        sealer: Option<&Sealer>,
    ) -> Result<u64, StorageError> {
        if !self.is_log_old(cutoff).await? {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let first: Option<i64> = sqlx::query_scalar("SELECT MIN(id) FROM activity WHERE at >= ?")
            .bind(cutoff.as_millisecond())
            .fetch_one(&mut *tx)
            .await?;
        let mut first = first.unwrap_or(i64::MAX);
        if sealer.is_none() {
            first = first.min(Self::sealed_entry(&mut tx).await?.unwrap_or(i64::MAX));
        }
        let last = sqlx::query("SELECT id, hash FROM activity WHERE id < ? ORDER BY id DESC LIMIT 1")
            .bind(first)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(last) = last else { return Ok(0) };
        // What is not chained is not cut: it is what somebody must see.
        let Some(hash) = last.try_get::<Option<Vec<u8>>, _>("hash")? else { return Ok(0) };
        let anchor = Place { number: last.try_get("id")?, hash: hex(&hash) };
        let cut: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM activity WHERE id <= ?")
            .bind(anchor.number)
            .fetch_one(&mut *tx)
            .await?;
        let cut = cut.unsigned_abs();
        let facts = Facts {
            entries: Some(cut),
            up_to: Some(anchor.number),
            hash: Some(anchor.hash.clone()),
            ..Facts::default()
        };
        let facts = serde_json::to_string(&facts).map_err(|error| StorageError::Other(error.to_string()))?;
        // Sealed while what is cut is still there to be compared with the seal before.
        Self::append_in(&mut tx, vec![Line { facts, ..note }], sealer).await?;
        sqlx::query("DELETE FROM activity WHERE id <= ?").bind(anchor.number).execute(&mut *tx).await?;
        set_place(&mut tx, ANCHOR, &anchor).await?;
        tx.commit().await?;
        Ok(cut)
    }
}

#[cfg(test)]
#[path = "log_chain_test.rs"]
mod tests;
