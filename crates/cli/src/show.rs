//! `fob show`: one credential without its secrets.

use fobwatch_core::jwt::visible;
use fobwatch_core::view::CredentialView;
use jiff::Timestamp;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::format::{environment, kind, local, relative, status, table};
use crate::output::{answer_json, answer_text};

/// Shows one credential.
pub(crate) async fn show(name: &str, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(name).await?;
    let credential = vault.show(id).await?;
    if desk.json {
        return answer_json(&credential);
    }
    Ok(answer_text(&text(&credential, desk.ports.clock.now()))?)
}

/// A provider's clock against this computer's.
fn clock(ahead: i64) -> String {
    format!("the provider's is {} s {}", ahead.unsigned_abs(), if ahead > 0 { "ahead" } else { "behind" })
}

fn text(one: &CredentialView, now: Timestamp) -> String {
    let fields = is(one).into_iter().chain(renews(one, now)).chain(is_used(one, now));
    let rows: Vec<[String; 2]> = fields
        .filter_map(|(label, value)| value.filter(|value| !value.is_empty()).map(|value| (label, value)))
        .map(|(label, value)| [label.to_owned(), visible(&value)])
        .collect();
    table(&rows)
}

/// A line, if there is anything to say.
type Field = (&'static str, Option<String>);

fn when(at: Option<Timestamp>, now: Timestamp) -> Option<String> {
    at.map(|at| format!("{}, {}", local(at), relative(at, now)))
}

fn words(list: &[String]) -> Option<String> {
    (!list.is_empty()).then(|| list.join(" "))
}

/// What it is.
fn is(one: &CredentialView) -> Vec<Field> {
    let place = one.issuer.as_ref().map(|issuer| format!("{issuer}{}", if one.local { " (local)" } else { "" }));
    vec![
        ("name", Some(one.name.clone())),
        ("id", Some(one.id.clone())),
        ("kind", Some(kind(one.kind).to_owned())),
        ("provider", Some(one.provider_name.clone())),
        ("issuer", place),
        ("account", one.account.clone()),
        ("environment", Some(environment(one.environment).to_owned())),
        ("status", Some(status(one.status).to_owned())),
        ("refreshing", one.chosen.paused.then(|| "paused; asking for a token still gets a fresh one".to_owned())),
        ("attention", one.chosen.let_expire.then(|| "none: it may expire".to_owned())),
        ("scopes", words(&one.scopes)),
        ("audience", one.audience.clone()),
        ("client id", one.client_id.clone()),
    ]
}

/// How it is kept fresh, and what became of that.
fn renews(one: &CredentialView, now: Timestamp) -> Vec<Field> {
    let login = one.issuer.is_some();
    let usual = if one.outlook.sign_in_end_usual { " (usual there)" } else { "" };
    vec![
        ("token ends", when(one.access_token_expires_at, now)),
        ("next refresh", when(one.next_refresh_at, now)),
        ("last refresh", when(one.last_refresh_at, now)),
        ("failing since", when(one.outlook.failing_since, now)),
        ("sign-in ends", when(one.sign_in_ends_at, now).map(|at| at + usual)),
        ("kept alive", one.outlook.idle_days.map(|days| format!("renewed before it is unused for {days} days"))),
        ("clock", one.outlook.provider_clock_ahead.map(clock)),
        ("generation", login.then(|| one.refresh_generation.to_string())),
        ("last error", one.last_error.as_ref().map(|error| error.message.clone())),
        ("what to do", one.last_error.as_ref().map(|error| error.hint.clone())),
    ]
}

/// What a person said of it, and where it is used.
fn is_used(one: &CredentialView, now: Timestamp) -> Vec<Field> {
    vec![
        ("rotate by", when(one.rotate_by, now)),
        ("fingerprint", one.fingerprint.clone()),
        ("same key as", words(&one.also_in.iter().map(|twin| twin.name.clone()).collect::<Vec<_>>())),
        ("tags", words(&one.tags)),
        ("note", Some(one.note.clone())),
        ("header", Some(one.header.clone())),
        ("variable", Some(one.env_name.clone())),
        ("last used", when(one.last_used_at, now)),
        ("kept in", Some(one.keychain.clone())),
    ]
}
