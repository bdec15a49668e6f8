//! What is asked of the provider from the window: to take tokens back, to narrow one, to let a machine in.

use anyhow::{Result, ensure};
use fobwatch_tests::journey::sign_in;
use fobwatch_tests::process::{bare_command, until};
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::session::succeed;
use fobwatch_tests::window::{Window, key};

use crate::desk::{Desk, SOON, choose, never_seen, watch_for};

const SECRET: &str = "northwind-machine-client-secret-c2a883";

/// Opens the overflow menu and chooses from it.
pub(crate) async fn more(window: &Window, item: &str) -> Result<()> {
    window.click("button", "More").await?;
    window.click("menuitem", item).await
}

/// How many tokens the provider was asked to take back.
async fn taken_back(server: &Server) -> Result<u64> {
    let record = server.record().await?;
    Ok(record.requests.get("POST /token/revocation").and_then(serde_json::Value::as_u64).unwrap_or_default())
}

async fn is_gone(desk: &Desk, name: &str) -> Result<()> {
    until("the credential to go", SOON, || async {
        Ok((desk.fob.run(&["show", name, "--json"]).await?.code == 3).then_some(()))
    })
    .await
}

#[tokio::test]
async fn revoking_ends_the_tokens_at_the_provider_and_keeps_the_entry() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    sign_in(&desk.fob, &server, "Northwind").await?;
    let window = desk.open_app().await?;
    window.find("heading", "Northwind").await?;
    more(&window, "Revoke at provider…").await?;
    window.find("dialog", "Revoke Northwind").await?;
    ensure!(taken_back(&server).await? == 0, "it was revoked before anybody said so");
    window.click("button", "Revoke").await?;
    window.gone("dialog", "Revoke Northwind").await?;
    window.shows("Revoked at").await?;
    window.find("button", "Sign in again").await?;
    ensure!(taken_back(&server).await? >= 1, "the provider was not asked");
    ensure!(desk.show("Northwind").await?["status"] == "sign_in_needed", "it counts as signed in");
    ensure!(desk.fob.run(&["token", "Northwind"]).await?.code == 4, "a revoked token is handed out");
    Ok(())
}

#[tokio::test]
async fn a_provider_that_does_not_answer_has_not_revoked_anything() -> Result<()> {
    let mut server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    sign_in(&desk.fob, &server, "Northwind").await?;
    let window = desk.open_app().await?;
    window.find("heading", "Northwind").await?;
    server.kill().await?;
    more(&window, "Revoke at provider…").await?;
    window.click("button", "Revoke").await?;
    window.shows("so the tokens may still work.").await?;
    window.find("button", "Try again").await?;
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", "Revoke Northwind").await?;
    ensure!(desk.show("Northwind").await?["status"] == "fresh", "it counts as revoked");

    // Deleting asks for it as well, says that it is not sure, and lets the person go on.
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Delete Northwind").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("so the tokens may still work.").await?;
    ensure!(desk.show("Northwind").await?["status"] == "fresh", "it was deleted unasked");
    window.click("button", "Delete all the same").await?;
    window.gone("dialog", "Delete Northwind").await?;
    is_gone(&desk, "Northwind").await
}

#[tokio::test]
async fn deleting_takes_the_tokens_back_first_unless_told_not_to() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    sign_in(&desk.fob, &server, "Northwind").await?;
    sign_in(&desk.fob, &server, "Southwind").await?;
    let window = desk.open_app().await?;
    choose(&window, "Southwind", "Southwind").await?;
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Delete Southwind").await?;
    window.click("checkbox", "Also revoke at the provider").await?;
    window.click("button", "Delete").await?;
    // The sheet lies over the list until it is gone, and the neighbour is chosen then.
    window.gone("dialog", "Delete Southwind").await?;
    window.find("heading", "Northwind").await?;
    is_gone(&desk, "Southwind").await?;
    ensure!(taken_back(&server).await? == 0, "the provider was asked although the person said no");
    choose(&window, "Northwind", "Northwind").await?;
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Delete Northwind").await?;
    window.press(&[key::ENTER]).await?;
    is_gone(&desk, "Northwind").await?;
    ensure!(taken_back(&server).await? >= 1, "the provider was not asked");
    Ok(())
}

#[tokio::test]
async fn a_refused_narrower_token_says_why_and_copies_nothing() -> Result<()> {
    // This server exchanges opaque tokens only, and knows no JWT of its own again.
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    sign_in(&desk.fob, &server, "Northwind").await?;
    let window = desk.open_app().await?;
    window.find("heading", "Northwind").await?;
    more(&window, "Narrower token…").await?;
    window.type_into("textbox", "Audience optional", "orders").await?;
    window.click("button", "Copy").await?;
    window.shows("invalid_grant").await?;
    window.find("dialog", "Narrower token of Northwind").await?;
    ensure!(desk.clipboard().await?.is_empty(), "something was copied");
    let record = server.record().await?;
    let asked = record.token_requests.last().and_then(|request| request.grant_type.clone());
    ensure!(asked.as_deref() == Some("urn:ietf:params:oauth:grant-type:token-exchange"), "it asked for {asked:?}");
    Ok(())
}

#[tokio::test]
async fn a_machine_s_client_is_stored_with_its_first_token_and_asks_for_the_next() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    window.press(&[key::CONTROL, 'n']).await?;
    fill_client(&window, &server).await?;
    window.type_into("textbox", "Client secret", "wrong").await?;
    window.press(&[key::CONTROL, key::ENTER]).await?;
    window.shows("invalid_client").await?;
    ensure!(desk.fob.run(&["list", "--json"]).await?.json()? == serde_json::json!([]), "a refused client was stored");
    window.find("textbox", "Client secret").await?.clear().await?;
    window.type_into("textbox", "Client secret", SECRET).await?;
    window.click("button", "Get a token and store").await?;
    window.find("heading", "Nightly job").await?;
    window.shows("asks for a new token in").await?;
    watch_for(&window, SECRET).await?;
    ensure!(!window.has("button", "Sign in again").await?, "nobody can sign in to a client");
    ensure!(desk.show("Nightly job").await?["kind"] == "client_credentials", "another kind");
    let first = desk.fob.run(&["token", "Nightly job"]).await?.stdout;
    window.click("button", "Get a new token").await?;
    until("another token", SOON, || async {
        Ok((desk.fob.run(&["token", "Nightly job"]).await?.stdout != first).then_some(()))
    })
    .await?;
    never_seen(&window, SECRET).await
}

#[tokio::test]
async fn a_private_key_arrives_whole_and_is_never_readable() -> Result<()> {
    const KEY: &str = "console.log(crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' }))";
    let server = Server::oidc(Oidc::default()).await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    let mut maker = bare_command("node");
    maker.args(["-e", KEY]);
    let pem = succeed(maker).await?;
    window.press(&[key::CONTROL, 'n']).await?;
    fill_client(&window, &server).await?;
    window.type_into("radio", "Private key", " ").await?;
    window.type_into("textbox", "Private key (PEM)", "-----BEGIN PRIVATE KEY-----\nAAAA").await?;
    window.press(&[key::CONTROL, key::ENTER]).await?;
    window.shows("no private key that can sign").await?;
    let field = window.find("textbox", "Private key (PEM)").await?;
    field.clear().await?;
    field.send_keys(pem.trim()).await?;
    ensure!(field.css_value("-webkit-text-security").await? == "disc", "the key can be read");
    window.press(&[key::CONTROL, key::ENTER]).await?;
    // The key signs; the server's client has a secret instead, and says so.
    window.shows("invalid_client").await?;
    let record = server.record().await?;
    ensure!(record.counts.token == 1, "it asked {} times", record.counts.token);
    Ok(())
}

/// Chooses the form of a client and fills in all but the secret.
pub(crate) async fn fill_client(window: &Window, server: &Server) -> Result<()> {
    window.click("button", "Client credentials Machine to machine").await?;
    window.click("option", "Custom OIDC issuer, + issuer URL").await?;
    window.type_into("textbox", "Issuer URL", server.issuer()).await?;
    window.shows("This issuer is on this computer.").await?;
    let field = window.find("textbox", "Name").await?;
    field.clear().await?;
    field.send_keys("Nightly job").await?;
    window.type_into("textbox", "Client ID", "fobwatch-machine").await
}
