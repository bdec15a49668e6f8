//! The app keeps a login fresh while nobody looks, at a server that punishes replay.

use std::time::Duration;

use anyhow::{Result, ensure};
use fobwatch_tests::journey::{refreshes, sign_in};
use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::window::{Window, key};

use crate::desk::Desk;

const REFRESHES: u32 = 3;
const ACCESS_TTL: u32 = 9;

#[tokio::test]
async fn the_app_refreshes_each_token_once_and_never_shows_an_old_one() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: ACCESS_TTL, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    sign_in(&desk.fob, &server, "Northwind").await?;
    let window = desk.open_app().await?;
    window.find("heading", "Northwind").await?;
    window.click("tab", "Token").await?;
    for count in 1..=REFRESHES {
        refreshes(&server, count, Duration::from_mins(1)).await?;
        let token = desk.fob.run(&["token", "Northwind", "--as", "json"]).await?;
        ensure!(token.code == 0, "{token:?}");
        let token = token.json()?;
        let ends: jiff::Timestamp = token["expires_at"].as_str().unwrap_or_default().parse()?;
        ensure!(ends.as_second() > now()?, "fob printed a token that had ended at {ends}");
    }
    follows(&window, &desk, &server).await?;
    ensure!(desk.show("Northwind").await?["status"] == "fresh", "not fresh");
    // The driver may lose the window before it can answer.
    let _answered = window.press(&[key::CONTROL, 'q']).await.is_ok();
    desk.app_ends().await?;
    // Nothing is under way any more: the sums are final.
    let record = server.record().await?;
    ensure!(record.counts.most_uses_of_one_refresh_token == 1, "a refresh token came twice: {:?}", record.counts);
    ensure!(record.counts.refresh_refused == 0, "{:?}", record.counts);
    let generation = &desk.show("Northwind").await?["refresh_generation"];
    ensure!(*generation == record.counts.refresh_ok, "generation {generation}, but {:?}", record.counts);
    Ok(())
}

/// The page shows the payload of the token that is current.
async fn follows(window: &Window, desk: &Desk, server: &Server) -> Result<()> {
    window.shows(server.issuer()).await?;
    until("the current token on the page", Duration::from_secs(20), || async {
        let token = desk.fob.run(&["token", "Northwind"]).await?.stdout;
        let payload = token.split('.').nth(1).unwrap_or("no JWT").to_owned();
        Ok(window.text().await?.contains(&payload).then_some(()))
    })
    .await
}

fn now() -> Result<i64> {
    #[expect(clippy::disallowed_methods, reason = "the test looks from outside, where there is no Clock port")]
    Ok(i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs())?)
}
