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
//! written and never waits for a keychain. The seal is written along whenever this process has the key at hand. The
//! chain finds whatever is done to the table by hand. Who recomputes all hashes deceives the chain but not the seal of
//! an entry from before; who deletes the seal as well, brings back an old copy of the whole database, or reads the
//! keychain, deceives both.

use aws_lc_rs::digest::{Context, SHA256};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::activity::{Line, What};
use super::{Catalog, Tx, day_of, time};
use crate::activity::Facts;
use crate::error::{OrNone as _, StorageError};
use crate::sealer::{Sealer, hex};

const HEAD: &str = "log_head";
const ANCHOR: &str = "log_anchor";
const SEAL: &str = "log_seal";

/// A place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    number: i64,
    hash: String,
    /// Of a seal, what only the holder of the key can make.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    mac: String,
}

impl Place {
    fn start() -> Self {
        Self { number: 0, hash: hex(&[0; 32]), mac: String::new() }
    }

    /// What the seal says, to be authenticated.
    fn sealed_bytes(&self) -> Vec<u8> {
        format!("{} {}", self.number, self.hash).into_bytes()
    }
}

/// What is wrong with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// This entry is not what was written.
    Changed(i64),
    /// These two stand in each other's place.
    Swapped(i64, i64),
    /// This entry was not written by Fobwatch.
    Foreign(i64),
    /// Entries are missing before later ones.
    Removed(i64, i64),
    /// The last entries are missing.
    EndRemoved(i64, i64),
    /// It is not known any more where the log ends.
    NoHead,
    /// The beginning was cut, and not by Fobwatch.
    Cut(i64),
    /// Up to this entry everything was written anew.
    Rewritten(i64),
    /// The seal of this entry was not made with the vault's key.
    Forged(i64),
}

/// What a look at the whole log found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Looked {
    pub(crate) entries: u64,
    pub(crate) since: Option<Timestamp>,
    pub(crate) wrong: Option<Wrong>,
    /// Up to which entry there is a seal.
    pub(crate) sealed_to: Option<i64>,
}

/// The hash of an entry after the one with the hash `before`.
fn link(before: &str, line: &Line) -> String {
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

async fn place(tx: &mut Tx, key: &str) -> Result<Option<Place>, StorageError> {
    let stored = Catalog::meta_in(tx, key).await?;
    Ok(stored.and_then(|stored| serde_json::from_str(&stored).ok_or_none()))
}

async fn set_place(tx: &mut Tx, key: &str, place: &Place) -> Result<(), StorageError> {
    let text = serde_json::to_string(place).map_err(|error| StorageError::Other(error.to_string()))?;
    Catalog::set_meta(tx, key, &text).await
}

impl Catalog {
    /// Adds an entry at the end; its number is given here. With a sealer, the log is sealed up to it.
    pub(crate) async fn append(&self, line: Line, sealer: Option<&Sealer>) -> Result<(), StorageError> {
        let mut tx = self.begin().await?;
        Self::append_in(&mut tx, line, sealer).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn append_in(tx: &mut Tx, mut line: Line, sealer: Option<&Sealer>) -> Result<(), StorageError> {
        // A head that was taken away is not made up from the table: the break stays to be seen.
        let head = place(tx, HEAD).await?;
        let lost = head.is_none();
        let head = head.unwrap_or_else(|| Place { hash: "lost".to_owned(), ..Place::start() });
        let newest: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) FROM activity").fetch_one(&mut **tx).await?;
        line.number = head.number.max(newest) + 1;
        let hash = link(&head.hash, &line);
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
        .bind(unhex(&hash))
        .execute(&mut **tx)
        .await?;
        let head = Place { number: line.number, hash, mac: String::new() };
        set_place(tx, HEAD, &head).await?;
        // A seal must not cover a break.
        if let Some(sealer) = sealer.filter(|_| !lost) {
            let mac = sealer.seal_log(&head.sealed_bytes());
            set_place(tx, SEAL, &Place { mac, ..head }).await?;
        }
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
            head = Place { number: line.number, hash: link(&head.hash, &line), mac: String::new() };
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

    /// Cuts off the entries from before `cutoff`, and notes in the log what was cut; `note` is the rest of that entry.
    /// Only a beginning is cut: an entry stays if an older one in front of it is to stay.
    pub(crate) async fn prune_log(
        &self,
        cutoff: Timestamp,
        note: Line,
        sealer: Option<&Sealer>,
    ) -> Result<u64, StorageError> {
        let cutoff = cutoff.as_millisecond();
        let old = "SELECT EXISTS (SELECT 1 FROM activity WHERE at < ? AND what <> 'pruned')";
        if !sqlx::query_scalar::<_, bool>(old).bind(cutoff).fetch_one(&self.pool).await? {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let first: Option<i64> =
            sqlx::query_scalar("SELECT MIN(id) FROM activity WHERE at >= ?").bind(cutoff).fetch_one(&mut *tx).await?;
        let first = first.unwrap_or(i64::MAX);
        let last = sqlx::query("SELECT id, hash FROM activity WHERE id < ? ORDER BY id DESC LIMIT 1")
            .bind(first)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(last) = last else { return Ok(0) };
        // What is not chained is not cut: it is what somebody must see.
        let Some(hash) = last.try_get::<Option<Vec<u8>>, _>("hash")? else { return Ok(0) };
        let anchor = Place { number: last.try_get("id")?, hash: hex(&hash), mac: String::new() };
        let cut = sqlx::query("DELETE FROM activity WHERE id < ?").bind(first).execute(&mut *tx).await?.rows_affected();
        set_place(&mut tx, ANCHOR, &anchor).await?;
        let facts = Facts {
            entries: Some(cut),
            up_to: Some(anchor.number),
            hash: Some(anchor.hash.clone()),
            ..Facts::default()
        };
        let facts = serde_json::to_string(&facts).map_err(|error| StorageError::Other(error.to_string()))?;
        Self::append_in(&mut tx, Line { facts, ..note }, sealer).await?;
        tx.commit().await?;
        Ok(cut)
    }

    /// Tells whether there is a seal, which only the keychain's key can check.
    pub(crate) async fn is_log_sealed(&self) -> Result<bool, StorageError> {
        Ok(self.meta_if_any(SEAL).await?.is_some())
    }

    /// Looks at the whole log; with a sealer, at the seal as well.
    pub(crate) async fn look_at_log(&self, sealer: Option<&Sealer>) -> Result<Looked, StorageError> {
        // One view of table and `meta`, whoever writes meanwhile.
        let mut tx = self.pool.begin().await?;
        let head = place(&mut tx, HEAD).await?;
        let anchor = place(&mut tx, ANCHOR).await?;
        let seal = place(&mut tx, SEAL).await?;
        let start = anchor.clone().unwrap_or_else(Place::start);
        let mut walk = Walk { last: start, seal: seal.clone(), ..Walk::default() };
        {
            let mut rows = sqlx::query("SELECT * FROM activity ORDER BY id").fetch(&mut *tx);
            while let Some(row) = rows.try_next().await? {
                let hash: Option<Vec<u8>> = row.try_get("hash")?;
                walk.step(Line::read(&row)?, hash.map(|hash| hex(&hash)));
            }
        }
        Ok(walk.end(head, anchor, sealer))
    }
}

/// A walk along the chain. Once something is wrong, the rest is only counted.
#[derive(Default)]
struct Walk {
    last: Place,
    seal: Option<Place>,
    looked: Looked,
    /// An entry that does not fit, with its hash, until it is known what comes after it.
    doubtful: Option<(Line, String)>,
    /// The newest note of a cut.
    pruned: Option<Facts>,
    rewritten: bool,
}

impl Default for Place {
    fn default() -> Self {
        Self::start()
    }
}

impl Walk {
    fn step(&mut self, line: Line, hash: Option<String>) {
        self.looked.entries += 1;
        self.looked.since.get_or_insert_with(|| time(line.at));
        if self.looked.wrong.is_some() {
            return;
        }
        if let Some((doubtful, its_hash)) = self.doubtful.take() {
            let (number, other) = (doubtful.number, line.number);
            // The hashes may have been swapped along, or left where they were.
            let fit = link(&self.last.hash, &Line { number, ..line });
            let fits = its_hash == fit || hash.as_ref() == Some(&fit);
            self.looked.wrong = Some(if fits { Wrong::Swapped(number, other) } else { Wrong::Changed(number) });
            return;
        }
        let Some(hash) = hash else {
            self.looked.wrong = Some(Wrong::Foreign(line.number));
            return;
        };
        if hash != link(&self.last.hash, &line) {
            if line.number > self.last.number + 1 {
                self.looked.wrong = Some(Wrong::Removed(self.last.number + 1, line.number - 1));
            } else {
                self.doubtful = Some((line, hash));
            }
            return;
        }
        if let Some(seal) = self.seal.as_ref().filter(|seal| seal.number == line.number) {
            self.rewritten |= seal.hash != hash;
        }
        if line.is(What::Pruned) {
            self.pruned = serde_json::from_str(&line.facts).ok_or_none();
        }
        self.last = Place { number: line.number, hash, mac: String::new() };
    }

    fn end(mut self, head: Option<Place>, anchor: Option<Place>, sealer: Option<&Sealer>) -> Looked {
        let last = &self.last;
        if let Some((line, _)) = self.doubtful.take() {
            self.looked.wrong.get_or_insert(Wrong::Changed(line.number));
        }
        let cut = anchor.filter(|anchor| {
            let noted = self.pruned.as_ref();
            noted.is_none_or(|noted| noted.up_to != Some(anchor.number) || noted.hash.as_ref() != Some(&anchor.hash))
        });
        let ended = match head {
            None if self.looked.entries == 0 && self.seal.is_none() => None,
            None => Some(Wrong::NoHead),
            Some(head) if head.number > last.number => Some(Wrong::EndRemoved(last.number + 1, head.number)),
            Some(head) if head != *last => Some(Wrong::Foreign(last.number)),
            Some(_) => None,
        };
        let by_seal = self.seal.as_ref().and_then(|seal| {
            let forged = sealer.is_some_and(|sealer| !sealer.is_log_seal(&seal.sealed_bytes(), &seal.mac));
            match seal.number {
                number if forged => Some(Wrong::Forged(number)),
                number if number > last.number => Some(Wrong::EndRemoved(last.number + 1, number)),
                number if self.rewritten => Some(Wrong::Rewritten(number)),
                _ => None,
            }
        });
        self.looked.sealed_to = self.seal.as_ref().map(|seal| seal.number);
        self.looked.wrong = self.looked.wrong.or(ended).or(cut.map(|anchor| Wrong::Cut(anchor.number))).or(by_seal);
        self.looked
    }
}

#[cfg(test)]
#[path = "log_chain_test.rs"]
mod tests;
