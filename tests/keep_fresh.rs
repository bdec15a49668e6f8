//! Tokens stay fresh while nobody looks: the agent against real authorization servers that punish replay.

use std::time::Duration;

use anyhow::{Result, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::journey::{refreshes, sign_in};
use fobwatch_tests::servers::{Django, Oidc, Server};
use fobwatch_tests::session::{Keyring, Session};

async fn stays_fresh(server: Server) -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    sign_in(&fob, &server, "api").await?;
    let mut agent = fob.start(&["agent", "--foreground"])?;
    let mut seen = Vec::new();
    for count in 1..=3 {
        refreshes(&server, count, Duration::from_mins(1)).await?;
        let token = fob.run(&["token", "api", "--as", "json"]).await?;
        ensure!(token.code == 0, "{token:?}");
        let token = token.json()?;
        let ends: jiff::Timestamp = token["expires_at"].as_str().unwrap_or_default().parse()?;
        let now = jiff::Timestamp::try_from(std::time::UNIX_EPOCH + now_since_epoch()?)?;
        ensure!(ends > now, "fob printed a token that had ended at {ends}; it is {now}");
        seen.push(token["token"].as_str().unwrap_or_default().to_owned());
    }
    let ended = agent.stop().await?;
    ensure!(ended.success(), "the agent ended with {ended}");
    seen.dedup();
    // The server counts a refresh before the agent has committed it, so a look may still get the token before.
    ensure!(seen.len() >= 2, "the token did not change");
    let record = server.record().await?;
    ensure!(record.counts.most_uses_of_one_refresh_token == 1, "a refresh token came twice: {:?}", record.counts);
    ensure!(record.counts.refresh_refused == 0, "{:?}", record.counts);
    let shown = fob.run(&["show", "api", "--json"]).await?.json()?;
    ensure!(shown["refresh_generation"] == record.counts.refresh_ok, "{shown}");
    ensure!(shown["status"] == "fresh", "{shown}");
    Ok(())
}

/// The time of the outside world, against which a printed token must still be valid.
fn now_since_epoch() -> Result<Duration> {
    #[expect(clippy::disallowed_methods, reason = "the test looks from outside, where there is no Clock port")]
    Ok(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?)
}

#[tokio::test]
async fn the_agent_keeps_a_login_fresh_at_a_server_that_punishes_replay() -> Result<()> {
    stays_fresh(Server::oidc(Oidc { access_ttl: 9, ..Oidc::default() }).await?).await
}

#[tokio::test]
async fn the_same_holds_at_another_server() -> Result<()> {
    stays_fresh(Server::django(Django { access_ttl: 9, ..Django::default() }).await?).await
}
