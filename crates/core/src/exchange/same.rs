//! Which stored login a sign-in renews, if any.
//!
//! A login is replaced only by a sign-in of which it is certain that the same account did it: its token is worth
//! more than a name (K5). The identity is (issuer, subject), never the e-mail address (I15).

use crate::answer::harmless;
use crate::catalog::{Entry, GrantKind, LoginRow, LoginSettings};
use crate::credential::CredentialId;
use crate::error::{Error, LoginError};

/// What is known of a sign-in that looks for its stored login.
pub(crate) struct Asked<'a> {
    /// The credential that the person wants to sign in to again.
    pub(crate) again: Option<CredentialId>,
    pub(crate) name: &'a str,
    pub(crate) settings: &'a LoginSettings,
    /// Who signed in, where the ID token says so.
    pub(crate) subject: Option<&'a str>,
    /// What a new credential would be told apart by: the ID token's account, or the one that was typed.
    pub(crate) account: Option<&'a str>,
}

/// Finds the stored login that this sign-in renews; `None` when it makes a credential of its own.
///
/// # Errors
/// [`LoginError::WrongAccount`] when it is not the account of the one it was asked for; [`Error::NameTaken`] when it
/// could not be told from a stored one.
pub(crate) fn renewed<'a>(entries: &'a [Entry], asked: &Asked<'_>) -> Result<Option<&'a Entry>, Error> {
    if let Some(id) = asked.again {
        return asked_for(entries, id, asked).map(Some);
    }
    let namesakes = || entries.iter().filter(|entry| entry.credential.name == asked.name);
    if let Some(same) = namesakes().find(|entry| is_same(entry, asked)) {
        return Ok(Some(same));
    }
    if namesakes().any(|entry| entry.credential.account.as_deref() == asked.account) {
        return Err(Error::NameTaken(asked.name.to_owned()));
    }
    Ok(None)
}

fn asked_for<'a>(entries: &'a [Entry], id: CredentialId, asked: &Asked<'_>) -> Result<&'a Entry, Error> {
    let entry = entries.iter().find(|entry| entry.credential.id == id);
    let entry = entry.ok_or_else(|| Error::NotFound(id.to_string()))?;
    let login = entry.login.as_deref().ok_or(Error::WrongKind("an API key has no sign-in"))?;
    if is_program(&login.settings) != is_program(asked.settings) {
        return Err(Error::WrongKind("a client that signs in by itself has no sign-in of a person"));
    }
    match &login.subject {
        // Nothing was known of the account, so nothing can contradict.
        None => Ok(entry),
        Some(subject) if asked.subject == Some(subject) => Ok(entry),
        Some(_) => {
            let got = asked.account.map(|account| harmless(account, 120));
            Err(LoginError::WrongAccount { expected: entry.credential.account.clone(), got }.into())
        }
    }
}

fn is_same(entry: &Entry, asked: &Asked<'_>) -> bool {
    let Some(login) = &entry.login else { return false };
    let same_way = same_client(login, asked.settings) && login.settings.grant == asked.settings.grant;
    same_way
        && match (login.subject.as_deref(), asked.subject) {
            (Some(stored), Some(came)) => stored == came,
            // Without OpenID the name that the person gave the account is all there is.
            (None, None) => entry.credential.account.as_deref() == asked.account,
            _ => false,
        }
}

/// Tells whether a stored login was given to this client by this issuer.
pub(crate) fn same_client(login: &LoginRow, settings: &LoginSettings) -> bool {
    login.settings.issuer == settings.issuer && login.settings.client_id == settings.client_id
}

fn is_program(settings: &LoginSettings) -> bool {
    settings.grant == GrantKind::ClientCredentials
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::World;

    #[tokio::test]
    async fn only_the_same_subject_renews_a_login_that_has_one() {
        let world = World::new();
        let vault = world.open().await;
        let id = world.sign_in(&vault, "spot").await;
        let mut entries = vault.inner.catalog.entries().await.unwrap();
        let login = entries[0].login.as_mut().unwrap();
        login.subject = Some("ada".to_owned());
        let settings = login.settings.clone();
        entries[0].credential.account = Some("team@id.test".to_owned());
        let ask = |again, subject, account| {
            let asked = Asked { again, name: "spot", settings: &settings, subject, account: Some(account) };
            renewed(&entries, &asked).map(|entry| entry.map(|entry| entry.credential.id))
        };
        let taken = Err(Error::NameTaken("spot".to_owned()));
        assert_eq!(ask(None, Some("ada"), "new@id.test"), Ok(Some(id)), "an address may change, a subject does not");
        assert_eq!(ask(None, Some("bob"), "bob@id.test"), Ok(None));
        assert_eq!(ask(None, Some("bob"), "team@id.test"), taken);
        assert_eq!(ask(None, None, "team@id.test"), taken);
        assert_eq!(ask(Some(id), Some("ada"), "ada@id.test"), Ok(Some(id)));
        let named = |name: &str| Some(name.to_owned());
        let wrong = LoginError::WrongAccount { expected: named("team@id.test"), got: named("bob@id.test") };
        assert_eq!(ask(Some(id), Some("bob"), "bob@id.test"), Err(Error::Login(wrong)));
        // One that is gone meanwhile is not another one.
        let gone = CredentialId::random();
        assert_eq!(ask(Some(gone), Some("ada"), "team@id.test"), Err(Error::NotFound(gone.to_string())));
    }
}
