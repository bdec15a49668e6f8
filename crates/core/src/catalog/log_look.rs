//! Looks at the whole log and tells what is wrong with it; how it is written is in [`super::log_chain`].

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::Row;

use super::activity::{Line, What};
use super::log_chain::{ANCHOR, HEAD, Place, link, place};
use super::log_seal::{Seal, seal};
use super::{Catalog, time};
use crate::activity::Facts;
use crate::error::{OrNone as _, StorageError};
use crate::sealer::{Sealer, hex};

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
    /// When this entry was written, the log was not what had been sealed.
    Broken(i64),
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

impl Catalog {
    /// Looks at the whole log; with a sealer, at the seal as well.
    pub(crate) async fn look_at_log(&self, sealer: Option<&Sealer>) -> Result<Looked, StorageError> {
        // One view of table and `meta`, whoever writes meanwhile.
        let mut tx = self.pool.begin().await?;
        let head = place(&mut tx, HEAD).await?;
        let anchor = place(&mut tx, ANCHOR).await?;
        let seal = seal(&mut tx).await?;
        let last = anchor.clone().unwrap_or_else(Place::start);
        let mut walk = Walk { last, seal, ..Walk::default() };
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
    seal: Option<Seal>,
    looked: Looked,
    /// An entry that does not fit, with its hash, until it is known what comes after it.
    doubtful: Option<(Line, String)>,
    /// The newest note of a cut.
    pruned: Option<Facts>,
    /// Whether the sealed entry is there.
    seal_kept: bool,
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
            if line.number > self.last.number.saturating_add(1) {
                self.looked.wrong = Some(Wrong::Removed(self.last.number + 1, line.number - 1));
            } else {
                self.doubtful = Some((line, hash));
            }
            return;
        }
        if line.is(What::Pruned) {
            self.pruned = serde_json::from_str(&line.facts).ok_or_none();
        }
        self.last = Place { number: line.number, hash };
        self.seal_kept |= self.seal.as_ref().is_some_and(|seal| seal.place == self.last);
    }

    fn end(mut self, head: Option<Place>, anchor: Option<Place>, sealer: Option<&Sealer>) -> Looked {
        let last = &self.last;
        if let Some((line, _)) = self.doubtful.take() {
            self.looked.wrong.get_or_insert(Wrong::Changed(line.number));
        }
        let cut = anchor.filter(|anchor| {
            let noted = self.pruned.as_ref();
            // The sealed entry is never cut.
            self.seal.as_ref().is_some_and(|seal| seal.place.number <= anchor.number)
                || noted
                    .is_none_or(|noted| noted.up_to != Some(anchor.number) || noted.hash.as_ref() != Some(&anchor.hash))
        });
        let ended = match head {
            None if self.looked.entries == 0 && self.seal.is_none() => None,
            None => Some(Wrong::NoHead),
            Some(head) if head.number > last.number => Some(Wrong::EndRemoved(last.number + 1, head.number)),
            Some(head) if head != *last => Some(Wrong::Foreign(last.number)),
            Some(_) => None,
        };
        let by_seal = self.seal.as_ref().and_then(|seal| {
            let forged = sealer.is_some_and(|sealer| !seal.is_of(sealer));
            match (seal.place.number, seal.broken) {
                (number, _) if forged => Some(Wrong::Forged(number)),
                (_, Some(number)) => Some(Wrong::Broken(number)),
                (number, _) if number > last.number => Some(Wrong::EndRemoved(last.number + 1, number)),
                (number, _) if !self.seal_kept => Some(Wrong::Rewritten(number)),
                _ => None,
            }
        });
        self.looked.sealed_to = self.seal.as_ref().map(|seal| seal.place.number);
        self.looked.wrong = self.looked.wrong.or(ended).or(cut.map(|anchor| Wrong::Cut(anchor.number))).or(by_seal);
        self.looked
    }
}
