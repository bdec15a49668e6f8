//! A locked keyring in the window: said, worked around, and forgotten once it is open.

use std::cell::Cell;

use anyhow::{Context, Result, ensure};
use fobwatch_lab::{Lab, find};
use fobwatch_tests::process::{project, until};
use fobwatch_tests::session::Session;
use fobwatch_tests::small::Small;
use fobwatch_tests::window::key;
use serde_json::json;

use crate::desk::{Desk, SOON, choose};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";

#[tokio::test]
async fn a_locked_keyring_is_said_and_the_banner_goes_when_it_is_open() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("First", "staging", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("button", "Copy key").await?;
    desk.session.lock().await?;
    // The window hears of it when somebody needs the keyring.
    window.press(&[key::CONTROL, 'c']).await?;
    window.find("button", "Unlock and copy").await?;
    window.find("button", "Unlock keyring…").await?;
    window.shows("The keyring is locked. Copying and refreshing wait; nothing is lost.").await?;
    window.shows("in the locked keyring").await?;
    ensure!(desk.clipboard().await?.is_empty(), "something was copied");

    desk.session.unlock().await?;
    if window.has("button", "Unlock keyring…").await? {
        window.click("button", "Unlock keyring…").await?;
    }
    window.gone("button", "Unlock keyring…").await?;
    until("the sentence to go", SOON, || async { Ok((!window.text().await?.contains("is locked")).then_some(())) })
        .await?;
    window.click("button", "Copy key").await?;
    desk.clipboard_holds(KEY).await
}

/// A server that locks the person's keyring while it renews; the sign-in itself happens at the lab.
struct LocksAtRenewal<'a> {
    session: &'a Session,
    lab: &'a Lab,
    issuer: &'a str,
    given: Cell<u32>,
}

impl LocksAtRenewal<'_> {
    fn page(&self, path: &str, posted: &str) -> Option<(&'static str, String)> {
        let answer = match path {
            "/.well-known/openid-configuration" => json!({
                "issuer": self.issuer, "authorization_endpoint": format!("{}/authorize", self.lab.place().issuer),
                "token_endpoint": format!("{}/token", self.issuer), "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"], "token_endpoint_auth_methods_supported": ["none"],
            }),
            "/token" => {
                if posted.contains("grant_type=refresh_token") {
                    self.lock()?;
                }
                let number = self.given.replace(self.given.get() + 1);
                json!({
                    "access_token": format!("orders-access-{number}"), "refresh_token": format!("orders-refresh-{number}"),
                    "token_type": "Bearer", "expires_in": 600,
                })
            }
            _ => return None,
        };
        Some(("application/json", answer.to_string()))
    }

    /// Locks before the answer goes out. Without a success there is no answer, and the test fails by that.
    fn lock(&self) -> Option<()> {
        let mut script = std::process::Command::new(project().join("tests/session/keyring.sh"));
        script.arg("lock").envs(self.session.env());
        script.status().is_ok_and(|status| status.success()).then_some(())
    }
}

#[tokio::test]
async fn a_renewed_sign_in_that_the_locked_keyring_did_not_take_is_said_and_saved_once_it_is_open() -> Result<()> {
    const WAITS: &str = "Unlock your keyring: a renewed sign-in is not saved yet.";
    let desk = Desk::set().await?;
    let lab = Lab::start(find("HB17").context("there is no such module")?, 0).await?;
    let issuer = Small::bind().await?;
    let given = Cell::new(0);
    let server = LocksAtRenewal { session: &desk.session, lab: &lab, issuer: issuer.address(), given };
    let work = async {
        let login = ["login", "Orders", "--issuer", issuer.address(), "--client-id", "lab", "--scope", "orders"];
        let signed_in = desk.fob.run(&login).await?;
        ensure!(signed_in.code == 0, "{signed_in:?}");
        let window = desk.open_app().await?;
        choose(&window, "Orders", "Orders").await?;
        window.click("button", "Refresh now").await?;
        window.shows(WAITS).await?;
        window.shows("The newest token waits to be written there.").await?;
        ensure!(desk.session.is_locked().await?, "the keyring is open");
        let shown = desk.show("Orders").await?;
        ensure!(shown["unsaved"] == true && shown["refresh_generation"] == 0, "{shown}");

        // Nobody answers the prompt here, which is the same as dismissing it: nothing is lost, and it can be asked for
        // again.
        for _ in 0..2 {
            window.click("button", "Unlock keyring…").await?;
            window.find("button", "Unlock keyring…").await?;
            window.shows(WAITS).await?;
        }
        desk.session.unlock().await?;
        // The scheduler may have been first: it looks again by itself.
        if window.has("button", "Unlock keyring…").await? {
            window.click("button", "Unlock keyring…").await?;
        }
        window.gone("button", "Unlock keyring…").await?;
        until("the sentence to go", SOON, || async { Ok((!window.text().await?.contains(WAITS)).then_some(())) })
            .await?;
        let saved = || async { Ok((desk.show("Orders").await?["unsaved"] == false).then_some(())) };
        until("the renewed token in the keyring", SOON, saved).await?;
        ensure!(desk.show("Orders").await?["refresh_generation"] == 1, "not committed");
        let held = desk.session.search_items("service", "dev.fobwatch").await?;
        ensure!(held.contains("orders-refresh-1") && !held.contains("orders-refresh-0"), "not the renewed token");
        ensure!(server.given.get() == 2, "the provider was asked again for what it had given");
        Ok(())
    };
    issuer.serve(|path, posted| server.page(path, posted), work).await
}
