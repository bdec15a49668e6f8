//! `fob login`: a sign-in through the browser, from the terminal.

use std::sync::Arc;

use fobwatch_core::credential::Environment;
use fobwatch_core::jwt::visible;
use fobwatch_core::login::{LoginOptions, LoginProgress};
use fobwatch_core::view::{CredentialView, LoginInput, ProviderView};
use fobwatch_core::{Error, Vault};
use serde_json::json;

use crate::args::Login;
use crate::desk::{About as _, Desk};
use crate::failure::Failure;
use crate::format::{called, span};
use crate::input::secret;
use crate::output::{answer, answer_json, say};

/// Signs in and stores the login, or signs in to a stored one again.
pub(crate) async fn login(args: Login, desk: &Desk) -> Result<(), Failure> {
    let vault = desk.vault().await?;
    let ready = vault.known_providers().views();
    known_provider(&args, &ready, vault)?;
    with_fields(&args, &ready)?;
    with_client(&args, &ready)?;
    let again =
        if args.provider.is_none() && args.issuer.is_none() { Some(stored(vault, &args.name).await?) } else { None };
    let before = match again {
        Some(id) => Some(vault.login_again(id).await.about(&args.name)?),
        None => None,
    };
    let client_secret = if args.client_secret { Some(secret("Client secret: ").await?) } else { None };
    let (name, no_browser, as_json) = (args.name.clone(), args.no_browser, desk.json);
    let input = LoginInput { client_secret: client_secret.clone(), ..wanted(args) };
    let input = match before {
        Some(before) => merged(before, input),
        None => input,
    };
    let options = LoginOptions { open_browser: !no_browser, again };
    let tell = Arc::new(move |progress| follow(&progress, no_browser, as_json));
    let credential = vault.login(input, options, tell).await.about(&name)?;
    if as_json {
        return answer_json(&credential);
    }
    say(&summary(&credential, desk));
    Ok(())
}

/// Finds the stored login to sign in to again.
async fn stored(vault: &Vault, name: &str) -> Result<fobwatch_core::credential::CredentialId, Failure> {
    match vault.find(name).await {
        Ok(id) => Ok(id),
        Err(Error::NotFound(_)) => Err(Failure::usage(
            format!("There is no login called “{}” yet, so say where to sign in.", visible(name)),
            format!("fob login {name} --issuer URL --client-id ID, or --provider NAME"),
        )),
        Err(error) => Err(error.into()),
    }
}

fn known_provider(args: &Login, ready: &[ProviderView], vault: &Vault) -> Result<(), Failure> {
    let Some(wanted) = &args.provider else { return Ok(()) };
    // The last one stands for an issuer that is typed.
    let mut offered = ready.iter().filter(|one| one.oauth && one.id != "custom");
    if offered.any(|one| one.id == *wanted) {
        return Ok(());
    }
    let message = format!("There is no ready provider called “{}”.", visible(wanted));
    let hint = if vault.look_at_provider_files().is_empty() {
        "fob providers lists them; for any other, give --issuer URL."
    } else {
        "A provider file is wrong, and may be the one: fob providers check says where."
    };
    Err(Failure::usage(message, hint))
}

/// Refuses a first sign-in without what the provider's addresses need, and a field that it does not have.
fn with_fields(args: &Login, ready: &[ProviderView]) -> Result<(), Failure> {
    let known = ready.iter().find(|one| Some(&one.id) == args.provider.as_ref());
    let fields = known.map(|one| one.fields.as_slice()).unwrap_or_default();
    let is_given = |name: &str| args.fields.iter().any(|(given, value)| given == name && !value.is_empty());
    if let Some((odd, _)) = args.fields.iter().find(|(name, _)| fields.iter().all(|field| field.name != *name)) {
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let hint = if names.is_empty() { "It has none.".to_owned() } else { format!("It has {}.", names.join(", ")) };
        return Err(Failure::usage(format!("The provider has no field “{}”.", visible(odd)), hint));
    }
    // An issuer that was typed needs no fields.
    let missing = fields.iter().find(|field| field.default.is_none() && !is_given(&field.name));
    match missing.filter(|_| args.issuer.is_none()) {
        Some(field) => Err(Failure::usage(
            format!("{} is needed to find the sign-in page.", visible(&field.label)),
            format!("Give --field {}={}.", field.name, visible(&field.example)),
        )),
        None => Ok(()),
    }
}

/// Refuses a first sign-in without a client id, and says where to get one and with which redirect address.
fn with_client(args: &Login, ready: &[ProviderView]) -> Result<(), Failure> {
    if args.client_id.is_some() || (args.provider.is_none() && args.issuer.is_none()) {
        return Ok(());
    }
    let known = ready.iter().find(|one| Some(&one.id) == args.provider.as_ref());
    let place = known
        .and_then(|one| one.clients_page.as_ref())
        .map_or_else(|| "with the provider".to_owned(), |page| format!("at {page}"));
    let redirect = known
        .and_then(|one| one.redirect.as_ref())
        .map_or_else(String::new, |address| format!(" with the redirect address {address}"));
    Err(Failure::usage(
        "A client id is needed to sign in.",
        format!("Register a client {place}{redirect} and give --client-id ID."),
    ))
}

/// What the arguments say, without any secret.
fn wanted(args: Login) -> LoginInput {
    LoginInput {
        name: args.name,
        provider: args.provider,
        issuer: args.issuer,
        fields: args.fields.into_iter().collect(),
        client_id: args.client_id,
        client_secret: None,
        scopes: args.scopes,
        audience: args.audience,
        account: args.account,
        environment: args.env.map_or(Environment::Development, Environment::from),
        redirect_uri: args.redirect_uri,
        prompt: args.prompt,
        timeout_seconds: Some(args.timeout.as_secs().max(1)),
    }
}

/// Puts what was typed over what the first sign-in knew.
fn merged(before: LoginInput, typed: LoginInput) -> LoginInput {
    LoginInput {
        client_id: typed.client_id.or(before.client_id),
        client_secret: typed.client_secret.or(before.client_secret),
        scopes: if typed.scopes.is_empty() { before.scopes } else { typed.scopes },
        audience: typed.audience.or(before.audience),
        account: typed.account.or(before.account),
        redirect_uri: typed.redirect_uri.or(before.redirect_uri),
        prompt: typed.prompt.or(before.prompt),
        timeout_seconds: typed.timeout_seconds,
        name: before.name,
        provider: before.provider,
        issuer: before.issuer,
        fields: before.fields,
        environment: before.environment,
    }
}

/// Tells the person (or the program that called) where the sign-in is.
fn follow(progress: &LoginProgress, no_browser: bool, as_json: bool) {
    match progress {
        LoginProgress::Listening { authorize, .. } if no_browser && as_json => {
            // A reader that is gone is noticed when the answer is written.
            answer(&json!({ "event": "authorize", "url": authorize }).to_string()).unwrap_or(());
        }
        LoginProgress::Listening { authorize, .. } if no_browser => {
            say(&format!("Open this address in a browser on this computer:\n{authorize}"));
        }
        LoginProgress::Listening { authorize, .. } => {
            say(&format!("Waiting for you in the browser. If none opens, use this address:\n{authorize}"));
        }
        LoginProgress::BrowserOpened(Err(error)) => say(&format!("The browser did not open: {error}.")),
        LoginProgress::BrowserOpened(Ok(())) | LoginProgress::Storing => {}
        // With --json, standard error is for the one error object.
        LoginProgress::Exchanging if as_json => {}
        LoginProgress::Exchanging => say("Approved. Checking the answer."),
    }
}

fn summary(credential: &CredentialView, desk: &Desk) -> String {
    let left = credential.access_token_expires_at.map(|end| span(end.duration_since(desk.ports.clock.now())));
    let lasts = match (left, credential.renews) {
        (Some(left), true) => format!("The token lasts {left} and renews itself."),
        (Some(left), false) => format!("The token lasts {left}; the provider gave nothing to renew it with."),
        (None, _) => "The provider did not say how long the token lasts.".to_owned(),
    };
    format!("Signed in: {}. {lasts}", called(credential))
}

#[cfg(test)]
mod tests {
    use fobwatch_core::secret::Secret;

    use super::*;

    fn input(client_id: Option<&str>) -> LoginInput {
        LoginInput {
            name: "typed".to_owned(),
            provider: None,
            issuer: None,
            fields: std::collections::BTreeMap::new(),
            client_id: client_id.map(str::to_owned),
            client_secret: None,
            scopes: Vec::new(),
            audience: None,
            account: None,
            environment: Environment::Development,
            redirect_uri: None,
            prompt: None,
            timeout_seconds: Some(60),
        }
    }

    #[test]
    fn a_field_that_is_missing_or_unknown_is_told_before_anything_happens() {
        use clap::Parser as _;
        let ready = fobwatch_core::provider::Providers::built_in().views();
        let said = |line: &str| {
            let cli = crate::args::Cli::try_parse_from(line.split(' ')).unwrap();
            let crate::args::Command::Login(args) = cli.command else { panic!("not login") };
            with_fields(&args, &ready).err().and_then(|failure| failure.said).map(|said| said.hint)
        };
        let hint = said("fob login n --provider okta").unwrap();
        assert_eq!(hint, "Give --field domain=acme.okta.com.");
        assert_eq!(said("fob login n --provider okta --field domain=a.okta.com"), None);
        assert_eq!(said("fob login n --provider okta --issuer https://a.okta.com"), None);
        assert_eq!(said("fob login n --provider okta --field realm=x").unwrap(), "It has domain, server.");
        assert_eq!(said("fob login n --provider github --field domain=x").unwrap(), "It has none.");
        assert_eq!(said("fob login n --provider gitlab"), None, "a default needs nothing");
        assert_eq!(said("fob login n"), None);
    }

    #[test]
    fn a_second_sign_in_keeps_what_was_not_typed_again() {
        let before = LoginInput {
            name: "stored".to_owned(),
            issuer: Some("https://id.test".to_owned()),
            client_secret: Some(Secret::new("hunter2")),
            scopes: vec!["openid".to_owned()],
            environment: Environment::Production,
            timeout_seconds: None,
            ..input(Some("old"))
        };
        let kept = merged(before.clone(), input(None));
        assert_eq!(kept.name, "stored");
        assert_eq!(kept.issuer.as_deref(), Some("https://id.test"));
        assert_eq!(kept.client_id.as_deref(), Some("old"));
        assert_eq!(kept.client_secret, Some(Secret::new("hunter2")));
        assert_eq!(kept.scopes, ["openid"]);
        assert_eq!(kept.environment, Environment::Production);
        assert_eq!(kept.timeout_seconds, Some(60));
        let changed = merged(before, LoginInput { scopes: vec!["email".to_owned()], ..input(Some("new")) });
        assert_eq!((changed.client_id.as_deref(), changed.scopes), (Some("new"), vec!["email".to_owned()]));
    }
}
