//! Signing in from the window at a real server: found, approved, looked into, refreshed; or cancelled.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::{bare_command, project, until};
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::session::succeed;
use fobwatch_tests::window::{Window, key};
use url::Url;

use crate::desk::{Desk, SOON, holds, row};

pub(crate) const SEARCH: &str = "Search providers, or paste a key, a token or an issuer URL";

/// Fills the form of a custom issuer by keyboard, up to the sign-in.
pub(crate) async fn ask_to_sign_in(window: &Window, server: &Server, name: &str) -> Result<()> {
    fill_form(window, server.issuer(), "This issuer is on this computer.", name, "fobwatch-demo").await
}

/// Fills the form of a custom issuer, of which the form says `found`.
pub(crate) async fn fill_form(window: &Window, issuer: &str, found: &str, name: &str, client: &str) -> Result<()> {
    window.press(&[key::CONTROL, 'n']).await?;
    window.type_into("combobox", SEARCH, &format!("custom{}", key::ENTER)).await?;
    window.type_into("textbox", "Issuer URL", issuer).await?;
    window.shows(found).await?;
    let field = window.find("textbox", "Name").await?;
    field.clear().await?;
    field.send_keys(name).await?;
    window.type_into("textbox", "Client ID", client).await
}

/// Says no at the provider, as the person, and returns the address at which the provider delivers that. It begins
/// with where the window listens; the link of the sign-in stays on the clipboard.
pub(crate) async fn denial(desk: &Desk, window: &Window) -> Result<String> {
    decide(desk, window, "deny", None).await
}

/// Decides at the provider, as the person (under another account, when one is given), and returns the address at
/// which the provider delivers that.
pub(crate) async fn decide(desk: &Desk, window: &Window, decision: &str, account: Option<&str>) -> Result<String> {
    window.click("button", "Copy link").await?;
    let link = until("the link on the clipboard", SOON, || async {
        let text = desk.clipboard().await?;
        Ok(text.starts_with("http://").then_some(text))
    })
    .await?;
    let mut link = Url::parse(&link)?;
    if let Some(account) = account {
        let kept: Vec<_> = link.query_pairs().into_owned().filter(|(name, _)| name != "login_hint").collect();
        link.query_pairs_mut().clear().extend_pairs(kept).append_pair("login_hint", account);
    }
    let shown = window.text().await?;
    let (_, after) = shown.split_once("Listening on ").context("it does not listen")?;
    let (address, _) = after.split_once(',').context("it does not listen")?;
    let mut person = bare_command("node");
    person.arg(project().join("tests/support/approve.mjs"));
    person.args([link.as_str(), &format!("http://{address}/"), decision]);
    Ok(succeed(person).await?.trim().to_owned())
}

#[tokio::test]
async fn a_sign_in_from_the_window_brings_a_verified_token_that_can_be_refreshed() -> Result<()> {
    // Long enough that nothing refreshes it but the person.
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    ask_to_sign_in(&window, &server, "Northwind").await?;
    window.shows("PKCE").await?;
    window.click("button", "Sign in with browser").await?;
    window.find("dialog", "Signed in").await?;
    window.click("button", "Done").await?;
    window.gone("dialog", "Signed in").await?;

    window.click("tab", "Token").await?;
    window.shows("Signature verified").await?;
    window.shows(server.issuer()).await?;
    window.shows("fobwatch-demo").await?;
    let token = desk.fob.run(&["token", "Northwind"]).await?.stdout;
    let signature = token.trim().rsplit('.').next().context("not a JWT")?.to_owned();
    ensure!(!holds(&window, &signature).await?, "the signature is in the page before anybody asked");
    window.click("button", "Reveal").await?;
    window.shows(&signature).await?;
    // What changes elsewhere in the vault does not take it away again.
    desk.add_key("Another", "staging", "key-0123456789", &[]).await?;
    row(&window, "Another").await?;
    ensure!(holds(&window, &signature).await?, "the revealed token went by itself");
    window.click("button", "Hide").await?;
    let hidden = || async { Ok((!holds(&window, &signature).await?).then_some(())) };
    until("the signature to leave the page", SOON, hidden).await?;

    ensure!(desk.show("Northwind").await?["refresh_generation"] == 0, "somebody refreshed already");
    window.click("button", "Refresh now").await?;
    until("a new generation", SOON, || async {
        Ok((desk.show("Northwind").await?["refresh_generation"] == 1).then_some(()))
    })
    .await?;
    let next = desk.fob.run(&["token", "Northwind"]).await?.stdout;
    ensure!(next != token, "the token is the same");
    window.shows("Signature verified").await?;
    // The page follows: the payload that can be seen is the new token's.
    let payload = next.split('.').nth(1).context("not a JWT")?;
    window.shows(payload).await?;
    ensure!(server.record().await?.counts.refresh_ok == 1, "the server saw something else");
    Ok(())
}

#[tokio::test]
async fn a_cancelled_sign_in_frees_its_port_at_once() -> Result<()> {
    // Nobody approves here: the browser stays on the server's page.
    let server = Server::oidc(Oidc { auto: false, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    // The driver talks to the window through a socket of its own.
    let idle = desk.listening().await?;
    for by_key in [true, false] {
        ask_to_sign_in(&window, &server, "Northwind").await?;
        window.press(&[key::CONTROL, key::ENTER]).await?;
        window.find("dialog", "Approve in your browser").await?;
        let mut listening = desk.listening().await?;
        listening.retain(|address| !idle.contains(address));
        ensure!(listening.len() == 1 && listening[0].starts_with("127.0.0.1:"), "it listens on {listening:?}");
        if by_key {
            window.press(&[key::ESCAPE]).await?;
        } else {
            window.click("button", "Cancel").await?;
        }
        window.gone("dialog", "Approve in your browser").await?;
        until("the port to be free", SOON, || async { Ok((desk.listening().await? == idle).then_some(())) }).await?;
        ensure!(desk.fob.run(&["list", "--json"]).await?.json()? == serde_json::json!([]), "something was stored");
    }
    ensure!(server.record().await?.counts.token == 0, "a code was redeemed");
    Ok(())
}

#[tokio::test]
async fn tokens_are_bound_to_this_computer_when_asked_for() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    ask_to_sign_in(&window, &server, "Northwind").await?;
    window.click("button", "Advanced: account, redirect address, prompt, resource, bound tokens").await?;
    window.click("checkbox", "Bind tokens to this computer (DPoP)").await?;
    window.press(&[key::CONTROL, key::ENTER]).await?;
    window.find("dialog", "Signed in").await?;
    window.press(&[key::ESCAPE]).await?;
    window.shows("sent with a proof (DPoP)").await?;
    let shown = desk.show("Northwind").await?;
    ensure!(shown["token_type"] == "DPoP", "{shown}");
    Ok(())
}

#[tokio::test]
async fn a_client_is_registered_from_the_form_and_removed_with_the_login() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    window.press(&[key::CONTROL, 'n']).await?;
    window.type_into("combobox", SEARCH, &format!("custom{}", key::ENTER)).await?;
    window.type_into("textbox", "Issuer URL", server.issuer()).await?;
    window.click("button", "Register a client for me").await?;
    window.shows("Fobwatch registers a client of its own there.").await?;
    ensure!(!window.has("textbox", "Client ID").await?, "a client id is asked for all the same");
    ensure!(asked(&server, "POST /reg").await? == 0, "a client was registered before anybody signs in");
    let field = window.find("textbox", "Name").await?;
    field.clear().await?;
    field.send_keys("Northwind").await?;
    window.click("button", "Sign in with browser").await?;
    window.find("dialog", "Signed in").await?;
    window.click("button", "Done").await?;
    window.gone("dialog", "Signed in").await?;
    ensure!(asked(&server, "POST /reg").await? == 1, "no client was registered");
    let shown = desk.show("Northwind").await?;
    let client = shown["client_id"].as_str().context("no client id")?;

    window.click("button", "Refresh now").await?;
    window.shows("rotation 1").await?;
    ensure!(server.record().await?.counts.refresh_ok == 1, "the registered client does not renew");
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Delete Northwind").await?;
    window.press(&[key::ENTER]).await?;
    window.gone("dialog", "Delete Northwind").await?;
    let removed = format!("DELETE /reg/{client}");
    until("the client to be removed at the server", SOON, || async {
        Ok((asked(&server, &removed).await? == 1).then_some(()))
    })
    .await
}

/// How often the server was asked this.
async fn asked(server: &Server, request: &str) -> Result<u64> {
    let record = server.record().await?;
    Ok(record.requests.get(request).and_then(serde_json::Value::as_u64).unwrap_or_default())
}
