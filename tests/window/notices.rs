//! One cause for many logins is one banner, and it goes when the cause does; what happened to a login is in its history.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::journey::{end_access_tokens, sign_in};
use fobwatch_tests::process::{project, until};
use fobwatch_tests::servers::{Oidc, Server, TokenMode};
use fobwatch_tests::window::{Window, key};

use crate::desk::{Desk, SOON, choose};

const LOGINS: [&str; 2] = ["Orders", "Billing"];
/// The id of another computer.
const OTHER: &str = "0badc0de0badc0de0badc0de0badc0de";

/// Two logins at one provider, and one at another that is well.
struct Two {
    desk: Desk,
    server: Server,
    _other: Server,
}

impl Two {
    async fn signed_in() -> Result<Self> {
        let server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
        let other = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
        let desk = Desk::set().await?;
        for name in LOGINS {
            sign_in(&desk.fob, &server, name).await?;
        }
        sign_in(&desk.fob, &other, "Elsewhere").await?;
        Ok(Self { desk, server, _other: other })
    }

    /// Renews both, which ends with this exit code.
    async fn renew(&self, exit: i32) -> Result<()> {
        for name in LOGINS {
            let ended = self.desk.fob.run(&["refresh", name, "--force"]).await?;
            ensure!(ended.code == exit, "{ended:?}");
        }
        Ok(())
    }
}

/// Takes a picture of the banner for whoever wants to look.
async fn picture(window: &Window, name: &str) -> Result<()> {
    window.screenshot(&project().join(format!("target/screens/17f-{name}-light.png"))).await
}

/// Waits until this is nowhere to be read any more.
async fn is_gone(window: &Window, text: &str) -> Result<()> {
    until("the banner to go", SOON, || async { Ok((!window.text().await?.contains(text)).then_some(())) }).await
}

#[tokio::test]
async fn a_provider_that_is_down_is_one_banner_until_it_is_back() -> Result<()> {
    let two = Two::signed_in().await?;
    let window = two.desk.open_app().await?;
    two.server.set_token_mode(TokenMode::Down, None).await?;
    two.renew(6).await?;
    window.shows("127.0.0.1 can't be reached since").await?;
    window.shows("2 logins wait and resume by themselves. Tokens that are still fresh can be copied.").await?;
    picture(&window, "provider-down").await?;
    let status = two.desk.fob.run(&["status", "--json"]).await?.json()?;
    ensure!(status["notice"]["kind"] == "provider_down" && status["notice"]["count"] == 2, "{status}");
    two.server.set_token_mode(TokenMode::Ok, None).await?;
    two.renew(0).await?;
    is_gone(&window, "can't be reached since").await?;
    let status = two.desk.fob.run(&["status", "--json"]).await?.json()?;
    ensure!(status["notice"].is_null(), "{status}");
    Ok(())
}

#[tokio::test]
async fn a_provider_that_refuses_several_logins_is_one_banner_that_leads_to_them() -> Result<()> {
    let two = Two::signed_in().await?;
    two.server.revoke_grants().await?;
    two.renew(4).await?;
    let window = two.desk.open_app().await?;
    window.shows("127.0.0.1 refuses 2 logins since").await?;
    window.shows("invalid_grant").await?;
    picture(&window, "refused").await?;
    window.click("button", "Sign in again, one by one…").await?;
    until("the two and no other", SOON, || async {
        let names = window.names("option").await?;
        let both = LOGINS.iter().all(|login| names.iter().any(|name| name.starts_with(login)));
        Ok((names.len() == 2 && both).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_clock_that_was_wrong_is_said_until_it_is_seen_to_be_right() -> Result<()> {
    let two = Two::signed_in().await?;
    let late = two.desk.fob.clone().with_clock("-250s")?;
    // Both providers say so: one alone might be wrong itself.
    for name in [LOGINS[0], "Elsewhere"] {
        let renewed = late.run(&["refresh", name, "--force"]).await?;
        ensure!(renewed.code == 0, "{renewed:?}");
    }
    let shown = two.desk.show(LOGINS[0]).await?;
    let ahead = shown["provider_clock_ahead"].as_i64().unwrap_or_default();
    ensure!((240..=251).contains(&ahead), "{shown}");
    let window = two.desk.open_app().await?;
    window.shows("This computer's clock is 4\u{a0}min").await?;
    picture(&window, "clock").await?;
    window.click("button", "Check again").await?;
    is_gone(&window, "This computer's clock").await?;
    ensure!(two.desk.show(LOGINS[0]).await?["provider_clock_ahead"].is_null(), "still said of the login");
    Ok(())
}

#[tokio::test]
async fn the_history_names_each_refresh_token_and_why_it_came() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    sign_in(&desk.fob, &server, "Orders").await?;
    let window = desk.open_app().await?;
    choose(&window, "Orders", "Orders").await?;
    for _ in 0..2 {
        ensure!(desk.fob.run(&["refresh", "Orders", "--force"]).await?.code == 0, "not renewed");
    }
    window.click("button", "All history").await?;
    window.shows("2 current").await?;
    for reason in ["By you", "Signed in"] {
        window.shows(reason).await?;
    }
    let log = desk.fob.run(&["log", "Orders", "--json"]).await?.json()?;
    let generations = log["generations"].as_array().context("no generations")?;
    ensure!(generations.len() == 3, "{log}");
    for one in generations {
        window.shows(one["fingerprint"].as_str().unwrap_or("no fingerprint")).await?;
    }
    let words = desk.fob.run(&["log", "Orders"]).await?.stdout;
    ensure!(words.contains("Refresh tokens, by their fingerprints:") && words.contains("signed in"), "{words}");
    let all = desk.fob.run(&["log"]).await?.stdout;
    ensure!(all.contains("Orders") && all.contains("refreshed"), "{all}");
    Ok(())
}

#[tokio::test]
async fn a_vault_from_another_computer_asks_before_it_takes_a_sign_in_over() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    // Signed in by a computer with another machine id: to the window this is a copy of its vault.
    sign_in(&desk.fob.clone().on_machine(&desk.session, OTHER)?, &server, "Orders").await?;
    ensure!(desk.fob.run(&["token", "Orders", "--min-validity", "2h"]).await?.code == 0, "what is fresh can be used");
    end_access_tokens(desk.fob.home()).await?;
    let refused = desk.fob.run(&["token", "Orders", "--json"]).await?;
    ensure!(refused.code == 7 && refused.error_code()? == "other_device", "{refused:?}");
    let window = desk.open_app().await?;
    window.shows("This vault comes from another computer.").await?;
    choose(&window, "Orders", "Orders").await?;
    window.shows("stored by a copy of the vault on another computer").await?;
    picture(&window, "other-device").await?;
    window.press(&[key::CONTROL, 'r']).await?;
    window.find("dialog", "Take over Orders").await?;
    picture(&window, "take-over").await?;
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", "Take over Orders").await?;
    ensure!(server.record().await?.counts.refresh == 0, "it was taken over without a yes");
    window.click("button", "Take it over…").await?;
    window.click("button", "Take it over").await?;
    is_gone(&window, "This vault comes from another computer.").await?;
    ensure!(server.record().await?.counts.refresh_ok == 1, "not renewed");
    ensure!(desk.fob.run(&["token", "Orders"]).await?.code == 0, "not taken over");
    Ok(())
}
