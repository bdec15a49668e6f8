//! All credentials in memory, as the list needs them: built once, then kept current by the ids of what changed.
//!
//! The invariant: an answer is never older than the database at the moment it was asked for. Triggers number every
//! change, of this process or another, so keeping current is one small question, and most often its answer is "none".

use std::collections::HashMap;

use crate::catalog::{Entry, LoginSettings, word};
use crate::credential::CredentialId;
use crate::error::{Error, StorageError};
use crate::provider::Providers;
use crate::search::Searched;
use crate::show::{account_line, tile};
use crate::vault::Inner;
use crate::view::MonogramView;

/// A credential with what the list shows of it and finds it by.
pub(crate) struct Item {
    /// Without its note, its sealed token and what was agreed at sign-in.
    pub(crate) entry: Entry,
    /// Its name in lower case, for the order.
    pub(crate) name: String,
    pub(crate) provider_name: String,
    pub(crate) monogram: MonogramView,
    pub(crate) account: String,
    pub(crate) searched: Searched,
}

/// The credentials, in the order of their names.
#[derive(Default)]
pub(crate) struct Index {
    pub(crate) items: Vec<Item>,
    by_id: HashMap<CredentialId, usize>,
    /// Grows with every change of an item.
    pub(super) edition: u64,
    /// The latest change that is in here; none before the first reading.
    pub(crate) seq: Option<i64>,
    providers: Option<Providers>,
}

impl Index {
    /// Returns a credential.
    pub(crate) fn get(&self, id: CredentialId) -> Option<&Item> {
        self.items.get(*self.by_id.get(&id)?)
    }

    /// Returns where a credential stands among all.
    pub(crate) fn at(&self, id: CredentialId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// Reads what changed since the last time, whoever changed it.
    pub(crate) async fn keep_current(&mut self, inner: &Inner) -> Result<(), Error> {
        let known = inner.providers();
        // Asked before the rows are read: what is written in between is read once more next time.
        let latest = inner.catalog.latest_change().await?;
        let same_faces = self.providers.as_ref().is_some_and(|before| before.same(&known));
        match self.seq {
            Some(seq) if seq == latest && same_faces => return Ok(()),
            Some(seq) if seq <= latest && same_faces => {
                let ids = inner.catalog.changed_since(seq).await?;
                // Beyond that one long reading is quicker than many short ones.
                if ids.len() * 4 < self.items.len().max(64) {
                    self.read_again(inner, &known, &ids).await?;
                    self.seq = Some(latest);
                    return Ok(());
                }
            }
            // Nothing was read yet, the faces of providers changed, or the database is another one.
            _ => {}
        }
        self.edition += 1;
        self.items = inner.catalog.each_entry(|entry| Item::new(&known, entry)).await?;
        self.sort();
        self.seq = Some(latest);
        self.providers = Some(known);
        Ok(())
    }

    async fn read_again(&mut self, inner: &Inner, known: &Providers, ids: &[CredentialId]) -> Result<(), Error> {
        let mut moved = false;
        self.edition += 1;
        for id in ids {
            let entry = inner.catalog.entry(*id).await?;
            let new = entry.map(|entry| Item::new(known, entry)).transpose()?;
            match (self.at(*id), new) {
                (Some(at), Some(new)) => {
                    moved |= self.items[at].place() != new.place();
                    self.items[at] = new;
                }
                (Some(at), None) => {
                    self.items.remove(at);
                    self.number();
                }
                (None, Some(new)) => {
                    self.items.push(new);
                    moved = true;
                    self.by_id.insert(*id, self.items.len() - 1);
                }
                (None, None) => {}
            }
        }
        if moved {
            self.sort();
        }
        Ok(())
    }

    fn sort(&mut self) {
        self.items.sort_by(|one, other| one.place().cmp(&other.place()));
        self.number();
    }

    fn number(&mut self) {
        self.by_id = self.items.iter().enumerate().map(|(at, item)| (item.entry.credential.id, at)).collect();
    }
}

impl Item {
    fn new(known: &Providers, mut entry: Entry) -> Result<Self, StorageError> {
        let row = &entry.credential;
        let login = entry.login.as_deref();
        let (provider_name, monogram) = tile(known, row, login);
        let account = account_line(row, login);
        let mut words = vec![row.name.clone(), provider_name.clone(), word(row.environment)?];
        words.extend(row.account.clone());
        words.extend(row.tags.iter().cloned());
        let mut codes = vec![row.shown_start.clone(), row.shown_end.clone(), account.clone()];
        codes.extend(row.fingerprint.as_ref().map(|fingerprint| fingerprint.chars().take(16).collect()));
        if let Some(login) = login {
            codes.extend([login.settings.client_id.clone(), host(&login.settings.issuer).to_owned()]);
            codes.extend(login.granted_scopes.iter().cloned());
        }
        let name = row.name.to_lowercase();
        // Long, and of no use to a list.
        entry.credential.note = String::new();
        if let Some(login) = &mut entry.login {
            login.sealed_access = None;
            login.settings = LoginSettings::default();
        }
        Ok(Self { entry, name, provider_name, monogram, account, searched: Searched::new(words, codes) })
    }

    fn place(&self) -> (&str, Option<&str>, CredentialId) {
        let row = &self.entry.credential;
        (&self.name, row.account.as_deref(), row.id)
    }
}

/// The host of an issuer, as it is searched; what is no address stands for itself.
fn host(issuer: &str) -> &str {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}
