//! Changes that a person makes to credentials: where they are used, when they are rotated, what is renewed.
//!
//! One invariant: nothing here touches a value, a slot, a journal row or the time a login is due. So no change can lose
//! or replay a refresh token (K1–K6): pausing only hides a login from the scheduler, and what was under way lands.
//! Of several credentials either all change or none, and of several changes of one all hold or none.

pub(crate) mod one;

use jiff::{SignedDuration, Timestamp};

use self::one::Note;
use crate::activity::By;
use crate::add_api_key::{check_header, check_name};
use crate::catalog::{CredentialRow, Entry};
use crate::credential::{CredentialId, Environment, Line};
use crate::error::Error;
use crate::status::{self, end_of};
use crate::vault::Vault;
use crate::view::{ChangeInput, CredentialView, SetInput, TemplateView};

/// How many credentials may be changed at once.
const MANY: usize = 10_000;
/// The longest lead of a refresh, in seconds.
const LONGEST_LEAD: u32 = 86_400;
/// How many tags, and how many further shapes, one credential may have.
const FEW: usize = 50;
/// The longest tag, account or name of a variable or shape, in characters.
const SHORT: usize = 200;
/// The longest note or shape, in bytes.
const LONG: usize = 64 * 1024;

impl Vault {
    /// Moves credentials to another environment.
    ///
    /// # Errors
    /// [`Error::NotFound`], or a storage error; then none has moved.
    pub async fn move_to(&self, ids: &[CredentialId], to: Environment) -> Result<(), Error> {
        let mut rows = self.rows(ids).await?;
        let mut tx = self.inner.catalog.begin().await?;
        let mut notes = Vec::new();
        for row in &mut rows {
            notes.extend(one::move_to(&mut tx, row, to).await?);
        }
        tx.commit().await?;
        self.tell(self.inner.asked_by(), &notes).await;
        Ok(())
    }

    /// Says when the values of API keys, or the secrets of clients, are to be rotated: `90d` (from now on, and after
    /// each rotation), a date, or none.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for anything else, [`Error::Invalid`] for a time that can't be read or is past; then none
    /// has changed.
    pub async fn set_rotate_by(&self, ids: &[CredentialId], by: Option<&str>) -> Result<(), Error> {
        let mut rows = self.rows(ids).await?;
        let mut tx = self.inner.catalog.begin().await?;
        let mut notes = Vec::new();
        for row in &mut rows {
            notes.push(one::rotate_by(&mut tx, row, by, self.inner.ports.clock.now()).await?);
        }
        tx.commit().await?;
        self.tell(self.inner.asked_by(), &notes).await;
        Ok(())
    }

    /// Lets the end come that a credential is on its way to: until it has another end, it needs no attention. Off, it is
    /// told again.
    ///
    /// # Errors
    /// [`Error::Invalid`] when nothing ends that anybody would be told of.
    pub async fn let_expire(&self, id: CredentialId, on: bool) -> Result<(), Error> {
        let set = SetInput { let_expire: Some(on), ..SetInput::default() };
        self.set_all(id, &set).await
    }

    /// The end that a credential is on its way to, if somebody would be told of it.
    pub(crate) fn end_to_let_come(&self, entry: &Entry, soon: SignedDuration) -> Option<Timestamp> {
        let now = self.inner.ports.clock.now();
        let state = status::of(entry, now, soon, false);
        let comes = !matches!(state.line, Line::Renews | Line::Paused | Line::NoExpiry);
        end_of(entry, &state).filter(|_| comes)
    }

    /// Puts a credential among the first, or back.
    ///
    /// # Errors
    /// [`Error::NotFound`], or a storage error.
    pub async fn pin(&self, id: CredentialId, on: bool) -> Result<(), Error> {
        let set = SetInput { pinned: Some(on), ..SetInput::default() };
        self.set_all(id, &set).await
    }

    /// Changes what a credential is called and how it is sent. What is absent stays.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field for what can't be used, [`Error::NameTaken`]; then nothing has changed.
    pub async fn change(&self, id: CredentialId, change: &ChangeInput) -> Result<CredentialView, Error> {
        let set = SetInput { words: change.clone(), ..SetInput::default() };
        self.set(id, &set).await
    }

    /// Does several changes of one credential together, each as if it were done after those before it: the end that is
    /// let come is the one that was just set.
    ///
    /// # Errors
    /// Those of each of the changes; then nothing has changed.
    pub async fn set(&self, id: CredentialId, set: &SetInput) -> Result<CredentialView, Error> {
        self.set_all(id, set).await?;
        self.show(id).await
    }

    async fn set_all(&self, id: CredentialId, set: &SetInput) -> Result<(), Error> {
        check(&set.words)?;
        let now = self.inner.ports.clock.now();
        let soon = self.settings_or_default().await.soon();
        let mut entry = self.inner.entry(id).await?;
        let mut tx = self.inner.catalog.begin().await?;
        let mut notes = Vec::new();
        notes.extend(one::describe(&mut tx, &mut entry.credential, &set.words).await?);
        if let Some(by) = &set.rotate_by {
            notes.push(one::rotate_by(&mut tx, &mut entry.credential, Some(by), now).await?);
        }
        if let Some(on) = set.paused {
            notes.extend(one::pause(&mut tx, &mut entry.credential, on, None).await?);
        }
        if let Some(to) = set.environment {
            notes.extend(one::move_to(&mut tx, &mut entry.credential, to).await?);
        }
        if let Some(on) = set.let_expire {
            let end = self.end_to_let_come(&entry, soon);
            notes.push(one::let_expire(&mut tx, &mut entry.credential, end, on).await?);
        }
        if let Some(on) = set.pinned {
            notes.push(one::pin(&mut tx, &mut entry.credential, on).await?);
        }
        tx.commit().await?;
        self.tell(self.inner.asked_by(), &notes).await;
        Ok(())
    }

    pub(crate) async fn rows(&self, ids: &[CredentialId]) -> Result<Vec<CredentialRow>, Error> {
        if ids.len() > MANY {
            return Err(Error::Invalid { field: "ids", why: format!("at most {MANY} are changed at once") });
        }
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            rows.push(self.inner.entry(*id).await?.credential);
        }
        Ok(rows)
    }

    /// Notes what was changed and for whom, and tells everybody who listens.
    pub(crate) async fn tell(&self, by: By, notes: &[Note]) {
        if !notes.is_empty() {
            self.inner.note_all(by, notes).await;
            let mut ids: Vec<CredentialId> = notes.iter().map(|(row, ..)| row.id).collect();
            ids.dedup();
            self.inner.changed(ids);
        }
    }
}

fn check(change: &ChangeInput) -> Result<(), Error> {
    if let Some(name) = &change.name {
        check_name(name)?;
    }
    if let Some(account) = &change.account {
        short("account", account)?;
    }
    if let Some(tags) = &change.tags {
        check_tags(tags)?;
    }
    if change.note.as_ref().is_some_and(|note| note.len() > LONG) {
        return invalid("note", "a note has at most 65,536 bytes");
    }
    if let Some(header) = &change.header {
        check_header(header)?;
    }
    if let Some(name) = &change.env_name {
        check_env_name(name)?;
    }
    if change.lead_seconds.is_some_and(|lead| lead > LONGEST_LEAD) {
        return invalid("lead_seconds", "give at most a day");
    }
    change.templates.as_deref().map_or(Ok(()), check_templates)
}

/// Refuses tags that could not be shown or typed.
pub(crate) fn check_tags(tags: &[String]) -> Result<(), Error> {
    if tags.len() > FEW {
        return invalid("tags", "there are at most 50 tags");
    }
    for tag in tags {
        short("tags", tag)?;
        if tag.is_empty() {
            return invalid("tags", "a tag is a word");
        }
    }
    Ok(())
}

fn check_env_name(name: &str) -> Result<(), Error> {
    short("env_name", name)?;
    let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.starts_with(|first: char| first.is_ascii_digit());
    if fits { Ok(()) } else { invalid("env_name", "a variable has letters, digits and _, and begins with no digit") }
}

fn check_templates(templates: &[TemplateView]) -> Result<(), Error> {
    if templates.len() > FEW {
        return invalid("templates", "there are at most 50 shapes");
    }
    for template in templates {
        short("templates", &template.name)?;
        if template.name.is_empty() {
            return invalid("templates", "give it a name");
        }
        let places = template.text.matches("{}").count();
        if places != 1 || template.text.len() > LONG || template.text.chars().any(|c| c.is_control() && c != '\n') {
            return invalid("templates", "write the text with one {} for the value: --token={}");
        }
    }
    Ok(())
}

/// Refuses a line that could not be shown or typed.
pub(crate) fn short(field: &'static str, text: &str) -> Result<(), Error> {
    if text.chars().count() > SHORT {
        return invalid(field, "it has at most 200 characters");
    }
    if text.chars().any(char::is_control) || text.trim() != text {
        return invalid(field, "it has no control characters, and no spaces at its ends");
    }
    Ok(())
}

fn invalid(field: &'static str, why: &str) -> Result<(), Error> {
    Err(Error::Invalid { field, why: why.to_owned() })
}

#[cfg(test)]
#[path = "change_test.rs"]
mod tests;
