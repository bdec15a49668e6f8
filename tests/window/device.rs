//! Signing in on another device from the window: the code shown, entered elsewhere by a person, and cancelled.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Oidc, Server, decide_on_phone};
use fobwatch_tests::window::{Window, key};

use crate::desk::{Desk, SOON};
use crate::sign_in::ask_to_sign_in;

const SHEET: &str = "Approve on another device";

/// Asks for a code and returns the address with it, which is what Copy link copies.
pub(crate) async fn ask_for_code(desk: &Desk, window: &Window, server: &Server, name: &str) -> Result<String> {
    ask_to_sign_in(window, server, name).await?;
    window.click("button", "Sign in on another device").await?;
    window.find("dialog", SHEET).await?;
    window.click("button", "Copy link").await?;
    let page = format!("{}/device?user_code=", server.issuer());
    until("the link on the clipboard", SOON, || async {
        let text = desk.clipboard().await?;
        Ok(text.starts_with(&page).then_some(text))
    })
    .await
}

/// How often a code was asked for.
async fn codes(server: &Server) -> Result<u64> {
    let record = server.record().await?;
    Ok(record.requests.get("POST /device/auth").and_then(serde_json::Value::as_u64).unwrap_or_default())
}

#[tokio::test]
async fn a_code_entered_on_another_device_signs_in_here() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    let idle = desk.listening().await?;
    let link = ask_for_code(&desk, &window, &server, "Television").await?;
    let code = link.rsplit('=').next().context("no code")?;
    window.shows(code).await?;
    window.shows(&format!("{}/device", server.issuer())).await?;
    window.find("img", "The address as a QR code").await?;
    ensure!(desk.listening().await? == idle, "a listener waits although no browser comes back");
    window.click("button", "Copy the code").await?;
    desk.clipboard_holds(code).await?;
    decide_on_phone(&link, "approve").await?;
    window.find("dialog", "Signed in").await?;
    window.shows("Tokens received").await?;
    window.press(&[key::ESCAPE]).await?;
    window.find("heading", "Television").await?;
    let shown = desk.show("Television").await?;
    ensure!(shown["status"] == "fresh" && shown["account"] == "octavia@northwind.example", "{shown}");
    let token = desk.fob.run(&["token", "Television"]).await?;
    ensure!(token.code == 0 && token.stdout.starts_with("ey"), "no token");
    ensure!(codes(&server).await? == 1, "more than one code was asked for");
    // The way it was done is the way it is done again.
    window.click("button", "Sign in again").await?;
    window.find("dialog", SHEET).await?;
    ensure!(codes(&server).await? == 2, "no other code was asked for");
    Ok(())
}

#[tokio::test]
async fn a_no_on_the_other_device_is_said_here_and_stores_nothing() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    let link = ask_for_code(&desk, &window, &server, "Television").await?;
    decide_on_phone(&link, "deny").await?;
    window.find("dialog", "Sign-in did not finish").await?;
    window.shows("access_denied").await?;
    window.shows("nothing was saved").await?;
    ensure!(desk.fob.run(&["list", "--json"]).await?.json()? == serde_json::json!([]), "something was stored");
    Ok(())
}

#[tokio::test]
async fn a_cancelled_code_is_worth_nothing_afterwards() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    let link = ask_for_code(&desk, &window, &server, "Television").await?;
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", SHEET).await?;
    // The person approves all the same; nobody asks for the tokens any more. A second sign-in that polls at the same
    // pace, and is through, shows that the first would have had its turn.
    decide_on_phone(&link, "approve").await?;
    let second = ask_for_code(&desk, &window, &server, "Tablet").await?;
    decide_on_phone(&second, "approve").await?;
    window.find("dialog", "Signed in").await?;
    let names = desk.fob.run(&["list", "--json"]).await?.json()?;
    ensure!(names.as_array().is_some_and(|all| all.len() == 1), "the cancelled one was stored: {names}");
    ensure!(names[0]["name"] == "Tablet", "{names}");
    ensure!(desk.fob.run(&["token", "Television"]).await?.code == 3, "the cancelled one can be used");
    Ok(())
}
