//! Writes what happened into the activity log, shows it, cuts what is too old, and tells whether it is whole.
//!
//! A log that can't be written never stops what it is about.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::activity::{By, Facts, Process};
use crate::catalog::{
    Catalog, CredentialRow, Entry, Group, Line, Looked, Wanted, What, Why, Wrong, day_of, time, word,
};
use crate::credential::CredentialId;
use crate::error::{Error, OrNone as _, StorageError};
use crate::show::tile;
use crate::vault::{Inner, Vault};
use crate::view::{ActivityView, LogCheckView, LogEntryView, LogInput, LogPageView, LogWrong, MonogramView};

/// How many entries a page has.
const PAGE: u32 = 200;
/// The most entries that are written to a file.
const EXPORTED: u32 = 1_000_000;
/// How long after its end an expiry is still news.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Inner {
    /// Notes what happened to a credential. A log that can't be written never stops it, so the failure is only logged.
    pub(crate) async fn note(&self, row: &CredentialRow, what: What, facts: Facts) {
        let by = self.asked_by();
        self.note_by(row, by, what, facts).await;
    }

    /// As [`Self::note`], for somebody else than whom this process works for.
    pub(crate) async fn note_by(&self, row: &CredentialRow, by: By, what: What, facts: Facts) {
        let line = self.line(Some(row), by, what, &facts);
        self.write(vec![line]).await;
    }

    /// For whom this process works.
    pub(crate) fn asked_by(&self) -> By {
        self.asker.get().map_or(By::You, |(by, _)| *by)
    }

    /// As [`Self::note`], several at once, for whoever wanted them.
    pub(crate) async fn note_all(&self, by: By, notes: &[(CredentialRow, What, Facts)]) {
        self.write(notes.iter().map(|(row, what, facts)| self.line(Some(row), by, *what, facts)).collect()).await;
    }

    /// Notes that a renewal failed, with its code, and whether the sign-in itself has ended.
    pub(crate) async fn note_refusal(&self, row: &CredentialRow, by: By, code: &str, ended: bool) {
        let facts = Facts { remark: ended.then(|| "sign_in_ended".to_owned()), ..Facts::default() };
        let line = self.line(Some(row), by, What::RefreshFailed, &facts);
        self.write(vec![Line { detail: code.to_owned(), ..line }]).await;
    }

    /// Notes what happened to the vault as a whole.
    pub(crate) async fn note_of_vault(&self, what: What, facts: Facts) {
        self.note_of_vault_by(self.asked_by(), what, facts).await;
    }

    /// As [`Self::note_of_vault`], for somebody else than whom this process works for.
    pub(crate) async fn note_of_vault_by(&self, by: By, what: What, facts: Facts) {
        let line = self.line(None, by, what, &facts);
        self.write(vec![line]).await;
    }

    /// For whom a renewal is.
    pub(crate) fn by(&self, why: Why) -> By {
        match why {
            Why::Due | Why::Recovered => By::Background,
            Why::SignedIn | Why::Wanted | Why::Asked | Why::TakenOver => self.asked_by(),
        }
    }

    async fn write(&self, lines: Vec<Line>) {
        if let Err(error) = self.catalog.append(lines, self.sealer_at_hand().as_deref()).await {
            tracing::warn!(%error, "what happened was not written into the activity log");
        }
    }

    fn line(&self, row: Option<&CredentialRow>, by: By, what: What, facts: &Facts) -> Line {
        let now = self.ports.clock.now();
        let process = self.asker.get().and_then(|(_, process)| process.as_ref()).filter(|_| by == By::Command);
        Line {
            number: 0,
            at: now.as_millisecond(),
            day: day_of(now),
            credential: row.map(|row| row.id.to_string()).unwrap_or_default(),
            name: row.map(|row| row.name.clone()).unwrap_or_default(),
            kind: row.and_then(|row| word(row.kind).ok_or_none()),
            provider: row.and_then(|row| row.provider.clone()),
            environment: row.and_then(|row| word(row.environment).ok_or_none()),
            what: what.word().to_owned(),
            detail: String::new(),
            by: by.word().to_owned(),
            process: process.and_then(|process| serde_json::to_string(process).ok_or_none()),
            facts: serde_json::to_string(facts).unwrap_or_else(|_| "{}".to_owned()),
            failed: i64::from(what.is_failure()),
        }
    }

    /// Notes the logins that ended since the last look and can't renew themselves; returns when the next one does.
    pub(crate) async fn note_expired(&self, now: Timestamp) -> Result<Option<Timestamp>, StorageError> {
        let since = now.checked_sub(NEWS).unwrap_or(Timestamp::MIN);
        if !self.catalog.newly_expired(since, now).await?.is_empty() {
            let mut tx = self.catalog.begin().await?;
            // Looked at again where no other process can note it meanwhile.
            let expired = Catalog::newly_expired_in(&mut tx, since, now).await?;
            let lines = expired.iter().map(|(row, ended_at)| {
                let facts = Facts { ended_at: Some(*ended_at), ..Facts::default() };
                self.line(Some(row), By::Background, What::Expired, &facts)
            });
            Catalog::append_in(&mut tx, lines.collect(), self.sealer_at_hand().as_deref()).await?;
            tx.commit().await?;
        }
        self.catalog.next_expiry(now).await
    }

    /// Cuts what is older than the person wants it kept.
    pub(crate) async fn prune_log(&self, days: u16) -> Result<u64, StorageError> {
        let now = self.ports.clock.now();
        let Some(cutoff) = now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24)).ok_or_none() else {
            return Ok(0);
        };
        if !self.catalog.is_log_old(cutoff).await? {
            return Ok(0);
        }
        // What was sealed is cut only by whoever can seal the rest.
        let sealer =
            if self.catalog.is_log_sealed().await? { self.sealer_if_any().await } else { self.sealer_at_hand() };
        let note = self.line(None, By::Background, What::Pruned, &Facts::default());
        self.catalog.prune_log(cutoff, note, sealer.as_deref()).await
    }
}

impl Vault {
    /// Says for whom this process works, and which program called it. Only the first word counts.
    pub fn asked_by(&self, by: By, process: Option<Process>) {
        self.inner.asker.get_or_init(|| (by, process));
    }

    /// Returns a page of the log, newest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a group that there is not; storage errors.
    pub async fn log(&self, input: &LogInput) -> Result<LogPageView, Error> {
        let catalog = &self.inner.catalog;
        let wanted = self.wanted(input)?;
        let most = input.most.unwrap_or(PAGE);
        let mut lines = catalog.lines(&wanted, most.saturating_add(1)).await?;
        let more = lines.len() > usize::try_from(most).unwrap_or(usize::MAX);
        if more {
            lines.pop();
        }
        let total = if input.before.is_none() { Some(catalog.count_lines(&wanted).await?) } else { None };
        let mut known = HashMap::new();
        let mut entries = Vec::with_capacity(lines.len());
        for (line, times) in &lines {
            let entry = self.about(&line.credential, &mut known).await?;
            entries.push(self.entry_view(line, *times, entry));
        }
        Ok(LogPageView { entries, more, total })
    }

    fn wanted(&self, input: &LogInput) -> Result<Wanted, Error> {
        let group = match input.group.as_str() {
            "" | "all" => Group::All,
            "copies" => Group::Copies,
            "refreshes" => Group::Refreshes,
            "sign_ins" => Group::SignIns,
            "rotations" => Group::Rotations,
            "programs" => Group::Programs,
            _ => return Err(Error::Invalid { field: "group", why: "there is no such group".to_owned() }),
        };
        let credential = match &input.credential {
            Some(id) => Some(id.parse::<CredentialId>().map_err(|_| Error::NotFound(String::new()))?),
            None => None,
        };
        let today = self.inner.ports.clock.now().to_zoned(jiff::tz::TimeZone::system());
        let since_day = input.days.map(|days| {
            let first = today.checked_sub(i64::from(days.saturating_sub(1)).days());
            first.map_or(0, |first| day_of(first.timestamp()))
        });
        Ok(Wanted {
            credential,
            group,
            failures: input.failures,
            query: input.query.clone(),
            since_day,
            since: input.since.map(Timestamp::as_millisecond),
            before: input.before,
            fold_of: input.fold_of,
            folded: input.folded && input.fold_of.is_none(),
        })
    }

    /// Returns the credential of an entry, if it is still there; each is asked for once.
    async fn about<'known>(
        &self,
        id: &str,
        known: &'known mut HashMap<String, Option<Entry>>,
    ) -> Result<Option<&'known Entry>, Error> {
        if !known.contains_key(id) {
            let entry = match id.parse::<CredentialId>() {
                Ok(parsed) => self.inner.catalog.entry(parsed).await?,
                Err(_) => None,
            };
            known.insert(id.to_owned(), entry);
        }
        Ok(known.get(id).and_then(Option::as_ref))
    }

    fn entry_view(&self, line: &Line, times: u32, entry: Option<&Entry>) -> LogEntryView {
        let about_one = !line.credential.is_empty();
        let providers = self.inner.providers();
        let monogram: Option<MonogramView> = match entry {
            Some(entry) => Some(tile(&providers, &entry.credential, entry.login.as_deref()).1),
            None if about_one => Some(providers.face(line.provider.as_deref(), &line.name).1),
            None => None,
        };
        let day = line.day;
        LogEntryView {
            number: line.number,
            credential: line.credential.clone(),
            name: line.name.clone(),
            gone: about_one && entry.is_none(),
            monogram,
            day: format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100),
            times,
            entry: activity(line),
        }
    }

    /// Tells whether the log is what was written. The keychain is asked only if there is a seal to check; one that is
    /// locked leaves that open.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn check_log(&self) -> Result<LogCheckView, Error> {
        let catalog = &self.inner.catalog;
        let sealer = if catalog.is_log_sealed().await? { self.inner.sealer_if_any().await } else { None };
        let looked: Looked = catalog.look_at_log(sealer.as_deref()).await?;
        Ok(LogCheckView {
            entries: looked.entries,
            since: looked.since,
            wrong: looked.wrong.map(wrong),
            sealed_to: looked.sealed_to,
            seal_checked: sealer.is_some(),
        })
    }

    /// Returns the entries that are wanted as one text to be put into a file: `csv` or `json`. No value is in it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another format; storage errors.
    pub async fn log_text(&self, input: &LogInput, format: &str) -> Result<(String, u64), Error> {
        let input = LogInput { most: Some(EXPORTED), before: None, folded: false, ..input.clone() };
        let entries = self.log(&input).await?.entries;
        let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let text = match format {
            "csv" => csv(&entries),
            "json" => serde_json::to_string_pretty(&entries).map_err(|_| Error::Fault)? + "\n",
            _ => return Err(Error::Invalid { field: "format", why: "it is csv or json".to_owned() }),
        };
        Ok((text, count))
    }

    /// Notes that so many entries of the log were written to a file.
    pub async fn log_exported(&self, entries: u64) {
        self.inner.note_of_vault(What::Exported, Facts { entries: Some(entries), ..Facts::default() }).await;
        self.inner.changed(Vec::new());
    }

    /// Cuts what is older than the settings say.
    pub(crate) async fn prune_log(&self) {
        let pruned = match self.settings().await {
            Ok(settings) => self.inner.prune_log(settings.keep_log_days).await.map_err(Error::from),
            Err(error) => Err(error),
        };
        match pruned {
            Ok(0) => {}
            Ok(cut) => tracing::info!(cut, "old entries of the activity log were cut"),
            Err(error) => tracing::warn!(code = error.code(), "old entries of the activity log were not cut"),
        }
    }
}

fn wrong(wrong: Wrong) -> LogWrong {
    let (code, from, to) = match wrong {
        Wrong::Changed(number) => ("changed", number, number),
        Wrong::Swapped(one, other) => ("swapped", one, other),
        Wrong::Foreign(number) => ("foreign", number, number),
        Wrong::Removed(from, to) => ("removed", from, to),
        Wrong::EndRemoved(from, to) => ("end_removed", from, to),
        Wrong::NoHead => ("no_head", 0, 0),
        Wrong::Cut(number) => ("cut", 0, number),
        Wrong::Rewritten(number) => ("rewritten", 0, number),
        Wrong::Broken(number) => ("broken", number, number),
        Wrong::Forged(number) => ("forged", number, number),
    };
    LogWrong { code: code.to_owned(), from, to }
}

/// An entry as it is shown; sentences are made where that is done.
pub(crate) fn activity(line: &Line) -> ActivityView {
    let parsed = |text: &Option<String>| text.clone().map(serde_json::Value::String);
    ActivityView {
        at: time(line.at),
        what: line.what.clone(),
        detail: line.detail.clone(),
        kind: parsed(&line.kind).and_then(|kind| serde_json::from_value(kind).ok_or_none()),
        environment: parsed(&line.environment).and_then(|word| serde_json::from_value(word).ok_or_none()),
        by: By::of_word(&line.by),
        process: line.process.as_deref().and_then(|text| serde_json::from_str(text).ok_or_none()),
        facts: serde_json::from_str(&line.facts).unwrap_or_default(),
        failed: line.failed != 0,
    }
}

/// RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe.
fn csv(entries: &[LogEntryView]) -> String {
    let mut out = "number,at,what,failed,credential,id,environment,asked_by,program,pid,detail,facts\r\n".to_owned();
    for one in entries {
        let entry = &one.entry;
        let process = entry.process.as_ref();
        let cells = [
            one.number.to_string(),
            entry.at.to_string(),
            entry.what.clone(),
            entry.failed.to_string(),
            one.name.clone(),
            one.credential.clone(),
            entry.environment.and_then(|one| word(one).ok_or_none()).unwrap_or_default(),
            entry.by.word().to_owned(),
            process.map(|one| one.program.clone()).unwrap_or_default(),
            process.map(|one| one.pid.to_string()).unwrap_or_default(),
            entry.detail.clone(),
            serde_json::to_string(&entry.facts).unwrap_or_default(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if guard.is_empty() && !cell.contains([',', '"', '\r', '\n']) {
        return cell.to_owned();
    }
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
#[path = "log_test.rs"]
mod tests;
