//! django-oauth-toolkit: a device grant at endpoints that it does not publish, and its grace for a lost answer.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::journey::sign_in;
use fobwatch_tests::process::Running;
use fobwatch_tests::servers::{Django, Server, decide_on_phone};
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::visit::{begin_with, end};
use serde_json::Value;

/// What somebody wrote who had read docs/providers.md and nothing else.
const FILE: &str = include_str!("servers/django/toolkit.toml");

/// A session with its vault, and the server.
struct Place {
    fob: Fob,
    server: Server,
    _session: Session,
}

impl Place {
    async fn with(options: Django) -> Result<Self> {
        let session = Session::start(Keyring::Unlocked).await?;
        Ok(Self { fob: Fob::new(&session)?, server: Server::django(options).await?, _session: session })
    }

    /// Puts a provider file for this server's port into the vault's folder: discovery names no device endpoint here.
    fn describe(&self) -> Result<()> {
        let folder = self.fob.home().join("providers");
        std::fs::create_dir_all(&folder)?;
        let file = FILE.replace("http://127.0.0.1:8731/o", self.server.issuer());
        Ok(std::fs::write(folder.join("toolkit.toml"), file)?)
    }

    /// Starts a sign-in on another device, and returns it with the address that has the code in it.
    async fn begin_device(&self) -> Result<(Running, String)> {
        self.describe()?;
        let client = ["--client-id", "fobwatch-device", "--device", "--json"];
        let mut fob = self.fob.start(&[&["login", "tv", "--provider", "toolkit"], &client[..]].concat())?;
        let event: Value = serde_json::from_str(&fob.line().await?)?;
        let address = event["device"]["verification_uri_complete"].as_str().context("no address")?;
        Ok((fob, address.to_owned()))
    }

    /// Refreshes, and dies when the answer is there but nowhere kept: only the server's grace can help then.
    async fn lose_an_answer(&self) -> Result<()> {
        let dying = self.fob.clone().env("FOB_FAILPOINTS", "answer=kill");
        let killed = dying.run(&["refresh", "api", "--force"]).await?;
        ensure!(killed.code == 137, "{killed:?}");
        Ok(())
    }
}

#[tokio::test]
async fn a_code_is_entered_at_a_server_that_publishes_no_device_endpoint() -> Result<()> {
    let place = Place::with(Django::default()).await?;
    let (mut fob, address) = place.begin_device().await?;
    decide_on_phone(&address, "approve").await?;
    let (status, stdout) = fob.finish().await?;
    ensure!(status.success(), "{status}: {stdout}");
    let credential: Value = serde_json::from_str(&stdout)?;
    ensure!(credential["provider"] == "toolkit" && credential["renews"] == true, "{credential}");
    ensure!(place.fob.run(&["refresh", "tv", "--force"]).await?.code == 0, "it does not renew");
    ensure!(place.server.record().await?.counts.most_uses_of_one_refresh_token == 1, "a refresh token came twice");
    Ok(())
}

#[tokio::test]
async fn a_provider_file_written_from_the_document_alone_signs_in() -> Result<()> {
    let place = Place::with(Django::default()).await?;
    place.describe()?;
    let arguments = ["login", "shop", "--provider", "toolkit", "--client-id", "fobwatch-demo"];
    let waiting = begin_with(&place.fob, &arguments, "").await?;
    let scopes = waiting.authorize.query_pairs().find(|(name, _)| name == "scope").context("no scope")?.1.into_owned();
    ensure!(scopes == "openid email orders:read", "the usual ones were not asked for: {scopes}");
    let ended = end(waiting, &place.fob).await?;
    ensure!(ended.code == 0, "{ended:?}");
    ensure!(place.fob.run(&["refresh", "shop", "--force"]).await?.code == 0, "it does not renew");
    let person = place.fob.run(&["userinfo", "shop", "--json"]).await?;
    ensure!(person.code == 0 && person.stdout.contains("octavia"), "{person:?}");
    let revoked = place.fob.run(&["revoke", "shop"]).await?;
    ensure!(revoked.code == 0, "{revoked:?}");
    let asked = place.server.record().await?.requests;
    ensure!(asked.contains_key("POST /o/revoke_token/"), "{asked:?}");
    Ok(())
}

#[tokio::test]
async fn a_code_that_is_denied_there_stores_nothing() -> Result<()> {
    let place = Place::with(Django::default()).await?;
    let (mut fob, address) = place.begin_device().await?;
    decide_on_phone(&address, "deny").await?;
    let (status, _) = fob.finish().await?;
    ensure!(status.code() == Some(7), "{status}");
    ensure!(place.fob.run(&["show", "tv"]).await?.code == 3, "something was stored");
    Ok(())
}

#[tokio::test]
async fn within_its_grace_a_lost_answer_costs_nothing() -> Result<()> {
    let place = Place::with(Django { grace: 120, ..Django::default() }).await?;
    sign_in(&place.fob, &place.server, "api").await?;
    place.lose_an_answer().await?;
    for _ in 0..2 {
        let refreshed = place.fob.run(&["refresh", "api", "--force"]).await?;
        ensure!(refreshed.code == 0, "{refreshed:?}");
    }
    let counts = place.server.record().await?.counts;
    ensure!(counts.refresh_ok == 3 && counts.refresh_refused == 0, "{counts:?}");
    ensure!(counts.most_uses_of_one_refresh_token == 2, "the lost answer was not asked for again: {counts:?}");
    Ok(())
}

#[tokio::test]
async fn without_a_grace_a_lost_answer_asks_for_a_new_sign_in_and_says_why() -> Result<()> {
    let place = Place::with(Django::default()).await?;
    sign_in(&place.fob, &place.server, "api").await?;
    place.lose_an_answer().await?;
    let refused = place.fob.run(&["refresh", "api", "--force"]).await?;
    ensure!(refused.code == 4, "{refused:?}");
    let shown = place.fob.run(&["show", "api", "--json"]).await?.json()?;
    ensure!(shown["status"] == "sign_in_needed", "{shown}");
    ensure!(shown["last_error"].to_string().contains("answer_lost"), "{shown}");
    let sent = place.server.record().await?.counts.most_uses_of_one_refresh_token;
    ensure!(sent == 2, "the token was sent {sent} times");
    Ok(())
}
