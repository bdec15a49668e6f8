//! One change of one credential, as part of a transaction; each returns what there is to be noted of it.
//!
//! The row is changed along, so that a later change sees the earlier ones.

use jiff::Timestamp;

use crate::activity::Facts;
use crate::add_api_key;
use crate::catalog::{Catalog, CredentialRow, Tx, What, word};
use crate::credential::{Environment, Kind};
use crate::error::Error;
use crate::view::ChangeInput;

/// The credential as the log is to show it, and what was changed of it.
pub(crate) type Note = (CredentialRow, What, Facts);

pub(super) async fn move_to(tx: &mut Tx, row: &mut CredentialRow, to: Environment) -> Result<Option<Note>, Error> {
    if row.environment == to {
        return Ok(None);
    }
    Catalog::move_to(tx, row.id, to).await?;
    let note = (row.clone(), What::Moved, Facts { to: Some(word(to)?), ..Facts::default() });
    row.environment = to;
    Ok(Some(note))
}

pub(super) async fn rotate_by(
    tx: &mut Tx,
    row: &mut CredentialRow,
    by: Option<&str>,
    now: Timestamp,
) -> Result<Note, Error> {
    if !matches!(row.kind, Kind::ApiKey | Kind::ClientCredentials) {
        return Err(Error::WrongKind("only API keys and the secrets of clients are rotated by hand"));
    }
    (row.rotate_by, row.rotate_every_days) = add_api_key::rotate_by(Some(by.unwrap_or("none")), now)?;
    Catalog::set_rotate_by(tx, row.id, row.rotate_by, row.rotate_every_days).await?;
    let to = row.rotate_by.map_or_else(|| "none".to_owned(), |at| at.to_string());
    Ok((row.clone(), What::RotateBySet, Facts { to: Some(to), ..Facts::default() }))
}

/// `until` is when a pause ends by itself, if it does.
pub(crate) async fn pause(
    tx: &mut Tx,
    row: &mut CredentialRow,
    on: bool,
    until: Option<Timestamp>,
) -> Result<Option<Note>, Error> {
    if !matches!(row.kind, Kind::Oauth | Kind::ClientCredentials) {
        return Err(Error::WrongKind("only a login is refreshed, so nothing else can be paused"));
    }
    if row.chosen.paused == on {
        return Ok(None);
    }
    Catalog::pause(tx, row.id, on, until).await?;
    (row.chosen.paused, row.chosen.paused_until) = (on, until);
    Ok(Some((row.clone(), if on { What::Paused } else { What::Resumed }, Facts::default())))
}

/// `end` is the end that it is on its way to.
pub(super) async fn let_expire(
    tx: &mut Tx,
    row: &mut CredentialRow,
    end: Option<Timestamp>,
    on: bool,
) -> Result<Note, Error> {
    if on && end.is_none() {
        let why = "it has no end that could be let come".to_owned();
        return Err(Error::Invalid { field: "let_expire", why });
    }
    row.chosen.let_end = end.filter(|_| on);
    Catalog::let_end(tx, row.id, row.chosen.let_end).await?;
    let facts = Facts { to: end.map(|end| end.to_string()), ..Facts::default() };
    Ok((row.clone(), if on { What::LetExpire } else { What::Watched }, facts))
}

pub(super) async fn pin(tx: &mut Tx, row: &mut CredentialRow, on: bool) -> Result<Note, Error> {
    Catalog::pin(tx, row.id, on).await?;
    row.chosen.pinned = on;
    Ok((row.clone(), if on { What::Pinned } else { What::Unpinned }, Facts::default()))
}

pub(super) async fn describe(
    tx: &mut Tx,
    row: &mut CredentialRow,
    change: &ChangeInput,
) -> Result<Option<Note>, Error> {
    let before = row.clone();
    apply(row, change);
    if change.lead_seconds.is_some() && !matches!(row.kind, Kind::Oauth | Kind::ClientCredentials) {
        return Err(Error::WrongKind("only a login is refreshed, so nothing else has a lead"));
    }
    let fields = differing(&before, row);
    if fields.is_empty() {
        return Ok(None);
    }
    if Catalog::is_taken(tx, row.id, &row.name, row.account.as_deref()).await? {
        return Err(Error::NameTaken(row.name.clone()));
    }
    Catalog::describe(tx, row).await?;
    let names = fields.iter().map(ToString::to_string).collect();
    Ok(Some((row.clone(), What::Changed, Facts { names, ..Facts::default() })))
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
