//! What the window tells of a sign-in, to the keyboard and to the clipboard, and what it asks before it goes elsewhere.

use std::cell::Cell;

use anyhow::{Context, Result, ensure};
use fobwatch_lab::{Lab, find};
use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Oidc, Server, browse};
use fobwatch_tests::small::Small;
use fobwatch_tests::window::{Window, key};
use serde_json::json;

use crate::desk::{Desk, SOON, choose};
use crate::sheet::{FAILED, close, report, secrets, tells};
use crate::sign_in::{ask_to_sign_in, denial};

/// Tells whether what has the keyboard says so, and whether it is unfolded.
async fn focused(window: &Window) -> Result<(String, String)> {
    const FOCUSED: &str = "const one = document.activeElement;
        return [one.innerText.trim(), one.getAttribute('aria-expanded') ?? ''];";
    Ok(serde_json::from_value(window.client().execute(FOCUSED, Vec::new()).await?)?)
}

#[tokio::test]
async fn a_denied_sign_in_tells_its_story_to_the_keyboard_and_the_clipboard() -> Result<()> {
    let server = Server::oidc(Oidc { auto: false, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    ask_to_sign_in(&window, &server, "Northwind").await?;
    window.click("button", "Sign in with browser").await?;
    window.find("dialog", "Approve in your browser").await?;
    let answer = denial(&desk, &window).await?;
    let hidden = [secrets(&desk.clipboard().await?)?, secrets(&answer)?].concat();
    ensure!(hidden.len() >= 4, "the link and the answer have {} secrets", hidden.len());
    browse(&answer).await?;
    window.find("dialog", FAILED).await?;
    window.shows("Approval was denied, or this account may not use the client. Nothing was saved.").await?;

    ensure!(!window.has("region", "What happened").await?, "Details are open before anybody asked");
    until("the keyboard to come to Details", SOON, || async {
        window.press(&[key::SHIFT, key::TAB]).await?;
        Ok((focused(&window).await? == ("Details".to_owned(), "false".to_owned())).then_some(()))
    })
    .await?;
    window.press(&[key::ENTER]).await?;
    let story = window.find("region", "What happened").await?.text().await?;
    ensure!(focused(&window).await?.1 == "true", "Details do not say that they are open");
    for told in ["published its endpoints", "Listening at http://127.0.0.1:", "refused: access_denied."] {
        ensure!(story.contains(told), "“{told}” is not told: {story}");
    }
    // The mark of the last line is a word too.
    let entries = window.names("listitem").await?;
    ensure!(entries.iter().any(|entry| entry.contains("Wrong:") && entry.contains("access_denied")), "{entries:?}");

    let report = report(&desk, &window).await?;
    ensure!(report.contains(" ! ") && report.contains("refused: access_denied."), "{report}");
    for secret in &hidden {
        ensure!(!report.contains(secret.as_str()), "the report holds what belongs to this sign-in only");
        ensure!(!story.contains(secret.as_str()), "Details hold what belongs to this sign-in only");
    }
    close(&window, FAILED).await
}

/// Metadata of `issuer` that lead to the endpoints of `lab`, and say nothing of PKCE.
fn metadata(issuer: &str, lab: &Lab) -> String {
    let at = &lab.place().issuer;
    json!({
        "issuer": issuer, "authorization_endpoint": format!("{at}/authorize"), "token_endpoint": format!("{at}/token"),
        "response_types_supported": ["code"], "token_endpoint_auth_methods_supported": ["none"],
    })
    .to_string()
}

#[tokio::test]
async fn endpoints_that_moved_are_taken_only_when_the_person_says_so() -> Result<()> {
    let honest = || find("HB17").context("there is no such module");
    let labs = [Lab::start(honest()?, 0).await?, Lab::start(honest()?, 0).await?];
    let at = Cell::new(0);
    let issuer = Small::bind().await?;
    let page = |path: &str, _: &str| {
        let asked = path == "/.well-known/openid-configuration";
        asked.then(|| ("application/json", metadata(issuer.address(), &labs[at.get()])))
    };
    let desk = Desk::set().await?;
    let work = async {
        let login = ["login", "Orders", "--issuer", issuer.address(), "--client-id", "lab", "--scope", "orders"];
        let signed_in = desk.fob.run(&login).await?;
        ensure!(signed_in.code == 0, "{signed_in:?}");
        at.set(1);
        let window = desk.open_app().await?;
        choose(&window, "Orders", "Orders").await?;
        window.click("button", "Sign in again").await?;
        window.find("dialog", FAILED).await?;
        window.shows("has moved from").await?;
        // The button beside it says what the command would do.
        ensure!(!window.text().await?.contains("fob login"), "a command is named where there is a button");
        ensure!(focused(&window).await?.0.starts_with("Close"), "the keyboard is on {:?}", focused(&window).await?);
        ensure!(labs[1].record().seen.is_empty(), "somebody was at the new endpoints already");
        window.click("button", "Sign in there anyway").await?;
        window.find("dialog", "Signed in").await?;
        let odd = "It does not say that it checks PKCE";
        window.shows(odd).await?;
        tells(&desk, &window, Some(&labs[1]), &[odd, "Everything is stored."]).await
    };
    issuer.serve(page, work).await?;
    ensure!(labs[1].record().count(fobwatch_lab::At::Code) == 1, "the new endpoints were not used");
    Ok(())
}
