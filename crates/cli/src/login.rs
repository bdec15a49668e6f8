//! `fob login`: a sign-in through the browser, from the terminal.

use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fobwatch_core::credential::Environment;
use fobwatch_core::explain::line;
use fobwatch_core::jwt::visible;
use fobwatch_core::login::{LoginOptions, LoginProgress, Tell};
use fobwatch_core::view::{CredentialView, DeviceView, LoginInput, ProviderView, QrView};
use fobwatch_core::{Error, Vault};
use jiff::Timestamp;
use serde_json::json;

use crate::args::Login;
use crate::desk::{About as _, Desk};
use crate::failure::Failure;
use crate::format::{called, span};
use crate::input::{key_file, lines, secret};
use crate::output::{answer, answer_json, say};

/// How long the browser is waited for, unless said otherwise.
const PATIENCE: Duration = Duration::from_mins(5);

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
    let client_secret = match &args.client.client_key {
        Some(file) => Some(key_file(file).await?),
        None if args.client_secret => Some(secret("Client secret: ").await?),
        None => None,
    };
    let (name, paste, as_json) = (args.name.clone(), args.paste, desk.json);
    let explain = args.explain;
    let browser = match (paste, args.no_browser) {
        (true, _) => Browser::Elsewhere,
        (false, true) => Browser::Theirs,
        (false, false) => Browser::Ours,
    };
    let (device, accept_new_endpoints) = (args.device, args.accept_new_endpoints);
    let input = LoginInput { client_secret: client_secret.clone(), ..wanted(args) };
    let input = match before {
        Some(before) => merged(before, input),
        None => input,
    };
    let pasted = paste.then(lines);
    let options = LoginOptions { open_browser: browser == Browser::Ours, again, device, accept_new_endpoints, pasted };
    let shown = Shown { browser, as_json, explain };
    let advice = Arc::new(Mutex::new(None));
    let tell = teller(shown, advice.clone(), desk.ports.clock.now());
    let outcome = vault.login(input, options, tell).await;
    let advice = advice.lock().unwrap_or_else(PoisonError::into_inner).take();
    let credential = outcome.about(&name).map_err(|failure| failure.advised(advice))?;
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
    if args.client_id.is_some() || args.register || (args.provider.is_none() && args.issuer.is_none()) {
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
    // A device code has a time limit of its own.
    let usual = (!args.device).then_some(PATIENCE);
    LoginInput {
        name: args.name,
        provider: args.provider,
        issuer: args.issuer,
        fields: args.fields.into_iter().collect(),
        client_id: args.client_id,
        scopes: args.client.scopes,
        audience: args.client.audience,
        account: args.account,
        environment: args.env.map_or(Environment::Development, Environment::from),
        redirect_uri: args.redirect_uri,
        prompt: args.prompt,
        timeout_seconds: args.timeout.or(usual).map(|time| time.as_secs().max(1)),
        resources: args.client.resources,
        client_key_id: args.client.key_id,
        dpop: args.dpop,
        register: args.register,
        ..LoginInput::default()
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
        resources: if typed.resources.is_empty() { before.resources } else { typed.resources },
        client_key_id: typed.client_key_id.or(before.client_key_id),
        dpop: typed.dpop || before.dpop,
        register: false,
        token_endpoint: before.token_endpoint,
        name: before.name,
        provider: before.provider,
        issuer: before.issuer,
        fields: before.fields,
        environment: before.environment,
    }
}

/// How the progress is shown.
#[derive(Clone, Copy)]
struct Shown {
    browser: Browser,
    as_json: bool,
    explain: bool,
}

/// Where the browser is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Browser {
    /// We open it.
    Ours,
    /// The person opens it, on this computer.
    Theirs,
    /// It is on another computer.
    Elsewhere,
}

/// Makes the one who hears of the progress; what to do after a failure is put aside.
fn teller(shown: Shown, advice: Arc<Mutex<Option<String>>>, began: Timestamp) -> Tell {
    Arc::new(move |progress| match progress {
        LoginProgress::Advice(text) => *advice.lock().unwrap_or_else(PoisonError::into_inner) = Some(text),
        LoginProgress::Noted(note) if shown.explain => say(&visible(&line(&note, began))),
        progress => follow(&progress, shown),
    })
}

/// Tells the person (or the program that called) where the sign-in is.
fn follow(progress: &LoginProgress, shown: Shown) {
    match progress {
        LoginProgress::Listening { authorize, redirect_uri, .. } if shown.browser != Browser::Ours && shown.as_json => {
            event(&json!({ "event": "authorize", "url": authorize, "redirect_uri": redirect_uri }));
        }
        LoginProgress::Listening { authorize, .. } if shown.browser == Browser::Elsewhere => {
            say(&format!("Open this address in any browser:\n{authorize}"));
            say("The browser then shows an error page. Paste the address of that page here and press Enter:");
        }
        LoginProgress::Listening { authorize, .. } if shown.browser == Browser::Theirs => {
            say(&format!("Open this address in a browser on this computer:\n{authorize}"));
        }
        LoginProgress::Listening { authorize, .. } => {
            say(&format!("Waiting for you in the browser. If none opens, use this address:\n{authorize}"));
        }
        LoginProgress::Device(device) if shown.as_json => event(&json!({ "event": "device", "device": device })),
        LoginProgress::Device(device) => device_code(device),
        LoginProgress::PasteRefused => {
            say("That is not the address that this sign-in waits for. Paste the whole of it:");
        }
        LoginProgress::BrowserOpened(Err(error)) => say(&format!("The browser did not open: {error}.")),
        LoginProgress::BrowserOpened(Ok(()))
        | LoginProgress::Storing
        | LoginProgress::Noted(_)
        | LoginProgress::Advice(_) => {}
        // With --json, standard error is for the one error object.
        LoginProgress::Exchanging if shown.as_json => {}
        LoginProgress::Exchanging => say("Approved. Checking the answer."),
    }
}

/// Tells a program what happened. A reader that is gone is noticed when the answer is written.
fn event(what: &serde_json::Value) {
    answer(&what.to_string()).unwrap_or(());
}

/// Shows where the code is to be entered; two rows of a QR code fit into one line of text.
fn device_code(device: &DeviceView) {
    if let (Some(qr), true) = (&device.qr, std::io::stderr().is_terminal()) {
        say(&drawn(qr));
    }
    say(&format!("On any device, open {} and enter:\n\n    {}\n", device.verification_uri, device.user_code));
    say(&format!("Check that the page is at {} before you approve.", device.host));
}

/// Draws a QR code with half blocks, light on dark and with its quiet zone.
fn drawn(qr: &QrView) -> String {
    let width = qr.rows.len() + 4;
    let light = |row: usize, column: usize| {
        let inside = row.checked_sub(2).zip(column.checked_sub(2));
        let module = inside.and_then(|(row, column)| qr.rows.get(row)?.as_bytes().get(column));
        module != Some(&b'1')
    };
    let line = |row: usize| {
        let module = |column| match (light(row, column), light(row + 1, column)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        (0..width).map(module).collect::<String>()
    };
    (0..width).step_by(2).map(line).collect::<Vec<_>>().join("\n")
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
            client_id: client_id.map(str::to_owned),
            timeout_seconds: Some(60),
            ..LoginInput::default()
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
