//! Changes that a person makes to credentials: where they are used, when they are rotated, what is renewed.
//!
//! One invariant: nothing here touches a value, a slot, a journal row or the time a login is due. So no change can lose
//! or replay a refresh token (K1–K6): pausing only hides a login from the scheduler, and what was under way lands.
//! Of several credentials either all change or none.

use jiff::{SignedDuration, Timestamp};

use crate::activity::Facts;
use crate::add_api_key::{check_header, check_name, rotate_by};
use crate::catalog::{Catalog, CredentialRow, Entry, What, word};
use crate::credential::{CredentialId, Environment, Kind, Line};
use crate::error::Error;
use crate::status::{self, end_of};
use crate::vault::Vault;
use crate::view::{ChangeInput, CredentialView, TemplateView};

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
        let rows = self.rows(ids).await?;
        let mut tx = self.inner.catalog.begin().await?;
        for row in &rows {
            Catalog::move_to(&mut tx, row.id, to).await?;
        }
        tx.commit().await?;
        let moved: Vec<CredentialRow> = rows.into_iter().filter(|row| row.environment != to).collect();
        self.tell(&moved, What::Moved, Facts { to: Some(word(to)?), ..Facts::default() }).await;
        Ok(())
    }

    /// Says when the values of API keys, or the secrets of clients, are to be rotated: `90d` (from now on, and after
    /// each rotation), a date, or none.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for anything else, [`Error::Invalid`] for a time that can't be read or is past; then none
    /// has changed.
    pub async fn set_rotate_by(&self, ids: &[CredentialId], by: Option<&str>) -> Result<(), Error> {
        let rows = self.rows(ids).await?;
        if rows.iter().any(|row| !matches!(row.kind, Kind::ApiKey | Kind::ClientCredentials)) {
            return Err(Error::WrongKind("only API keys and the secrets of clients are rotated by hand"));
        }
        let (at, every) = rotate_by(Some(by.unwrap_or("none")), self.inner.ports.clock.now())?;
        let mut tx = self.inner.catalog.begin().await?;
        for row in &rows {
            Catalog::set_rotate_by(&mut tx, row.id, at, every).await?;
        }
        tx.commit().await?;
        let to = at.map_or_else(|| "none".to_owned(), |at| at.to_string());
        self.tell(&rows, What::RotateBySet, Facts { to: Some(to), ..Facts::default() }).await;
        Ok(())
    }

    /// Tells the scheduler to leave logins alone, or to look after them again. A refresh that is under way lands; who
    /// asks for a token of a paused login still gets a fresh one.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for what does not renew itself; then none has changed.
    pub async fn pause_refreshing(&self, ids: &[CredentialId], on: bool) -> Result<(), Error> {
        let rows = self.rows(ids).await?;
        if rows.iter().any(|row| !matches!(row.kind, Kind::Oauth | Kind::ClientCredentials)) {
            return Err(Error::WrongKind("only a login is refreshed, so nothing else can be paused"));
        }
        let mut tx = self.inner.catalog.begin().await?;
        for row in &rows {
            Catalog::pause(&mut tx, row.id, on).await?;
        }
        tx.commit().await?;
        let others: Vec<CredentialRow> = rows.into_iter().filter(|row| row.chosen.paused != on).collect();
        self.tell(&others, if on { What::Paused } else { What::Resumed }, Facts::default()).await;
        Ok(())
    }

    /// Looks after all logins again that were paused.
    ///
    /// # Errors
    /// Storage errors; then none has changed.
    pub async fn resume_all(&self) -> Result<(), Error> {
        let paused = self.inner.catalog.paused().await?;
        self.pause_refreshing(&paused, false).await
    }

    /// Lets the end come that a credential is on its way to: until it has another end, it needs no attention. Off, it is
    /// told again.
    ///
    /// # Errors
    /// [`Error::Invalid`] when nothing ends that anybody would be told of.
    pub async fn let_expire(&self, id: CredentialId, on: bool) -> Result<(), Error> {
        let inner = &self.inner;
        let entry = inner.entry(id).await?;
        let end = self.end_to_let_come(&entry, self.settings_or_default().await.soon());
        if on && end.is_none() {
            let why = "it has no end that could be let come".to_owned();
            return Err(Error::Invalid { field: "let_expire", why });
        }
        inner.catalog.let_end(id, end.filter(|_| on)).await?;
        let facts = Facts { to: end.map(|end| end.to_string()), ..Facts::default() };
        self.tell(&[entry.credential], if on { What::LetExpire } else { What::Watched }, facts).await;
        Ok(())
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
        let row = self.inner.entry(id).await?.credential;
        self.inner.catalog.pin(id, on).await?;
        self.tell(&[row], if on { What::Pinned } else { What::Unpinned }, Facts::default()).await;
        Ok(())
    }

    /// Changes what a credential is called and how it is sent. What is absent stays.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field for what can't be used, [`Error::NameTaken`]; then nothing has changed.
    pub async fn change(&self, id: CredentialId, change: &ChangeInput) -> Result<CredentialView, Error> {
        check(change)?;
        let mut row = self.inner.entry(id).await?.credential;
        let before = row.clone();
        apply(&mut row, change);
        if change.lead_seconds.is_some() && !matches!(row.kind, Kind::Oauth | Kind::ClientCredentials) {
            return Err(Error::WrongKind("only a login is refreshed, so nothing else has a lead"));
        }
        let fields = differing(&before, &row);
        if !fields.is_empty() {
            let mut tx = self.inner.catalog.begin().await?;
            if Catalog::is_taken(&mut tx, id, &row.name, row.account.as_deref()).await? {
                return Err(Error::NameTaken(row.name));
            }
            Catalog::describe(&mut tx, &row).await?;
            tx.commit().await?;
            self.tell(
                &[row],
                What::Changed,
                Facts { names: fields.iter().map(ToString::to_string).collect(), ..Facts::default() },
            )
            .await;
        }
        self.show(id).await
    }

    async fn rows(&self, ids: &[CredentialId]) -> Result<Vec<CredentialRow>, Error> {
        if ids.len() > MANY {
            return Err(Error::Invalid { field: "ids", why: format!("at most {MANY} are changed at once") });
        }
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            rows.push(self.inner.entry(*id).await?.credential);
        }
        Ok(rows)
    }

    /// Notes what was changed, and tells everybody who listens.
    async fn tell(&self, rows: &[CredentialRow], what: What, facts: Facts) {
        if !rows.is_empty() {
            self.inner.note_all(rows, what, &facts).await;
            self.inner.changed(rows.iter().map(|row| row.id).collect());
        }
    }
}

fn apply(row: &mut CredentialRow, change: &ChangeInput) {
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    if let Some(name) = &change.name {
        row.name.clone_from(name);
    }
    if let Some(account) = &change.account {
        row.account = filled(account);
    }
    if let Some(tags) = &change.tags {
        row.tags.clone_from(tags);
        let mut seen = std::collections::HashSet::new();
        row.tags.retain(|tag| seen.insert(tag.clone()));
    }
    if let Some(note) = &change.note {
        row.note.clone_from(note);
    }
    if let Some(header) = &change.header {
        row.header.clone_from(header);
    }
    if let Some(name) = &change.env_name {
        row.chosen.env_name = filled(name);
    }
    if let Some(lead) = change.lead_seconds {
        row.chosen.lead_seconds = Some(lead).filter(|lead| *lead > 0);
    }
    if let Some(templates) = &change.templates {
        row.chosen.templates.clone_from(templates);
    }
}

/// Names the fields in which two rows differ, as the log has them.
fn differing(before: &CredentialRow, after: &CredentialRow) -> Vec<&'static str> {
    let fields = [
        ("name", before.name != after.name),
        ("account", before.account != after.account),
        ("tags", before.tags != after.tags),
        ("note", before.note != after.note),
        ("header", before.header != after.header),
        ("env_name", before.chosen.env_name != after.chosen.env_name),
        ("lead_seconds", before.chosen.lead_seconds != after.chosen.lead_seconds),
        ("templates", before.chosen.templates != after.chosen.templates),
    ];
    fields.into_iter().filter(|(_, differ)| *differ).map(|(name, _)| name).collect()
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
