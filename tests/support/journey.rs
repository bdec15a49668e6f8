//! Steps that many journeys share: signing in with `fob`, waiting for what the server sees.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::fob::Fob;
use crate::process::{Running, until};
use crate::servers::{Record, Server, browse};

/// A sign-in that waits for the browser.
#[derive(Debug)]
pub struct Waiting {
    /// The running `fob login`.
    pub fob: Running,
    /// What the browser is to open.
    pub authorize: url::Url,
    /// Where the browser comes back to.
    pub redirect: url::Url,
}

impl Waiting {
    /// Reads the event that names the addresses.
    pub fn new(fob: Running, event: &Value) -> Result<Self> {
        let address = |name: &str| anyhow::Ok(event[name].as_str().context("an address is missing")?.parse()?);
        Ok(Self { fob, authorize: address("url")?, redirect: address("redirect_uri")? })
    }

    /// Lets the person approve, and returns the exit code and the credential.
    pub async fn approve(mut self) -> Result<(i32, Value)> {
        browse(self.authorize.as_str()).await?;
        let (status, rest) = self.fob.finish().await?;
        let code = status.code().context("fob was killed")?;
        Ok((code, serde_json::from_str(&rest).unwrap_or(Value::Null)))
    }
}

/// Starts a sign-in of the public demo client and returns when it waits for the browser.
pub async fn start_login(fob: &Fob, server: &Server, name: &str, more: &[&str]) -> Result<Waiting> {
    let client = ["login", name, "--issuer", server.issuer(), "--client-id", "fobwatch-demo"];
    let mut arguments = client.to_vec();
    arguments.extend(["--env", "development", "--no-browser", "--json"]);
    arguments.extend_from_slice(more);
    let mut fob = fob.start(&arguments)?;
    let event: Value = serde_json::from_str(&fob.line().await?)?;
    ensure!(event["event"] == "authorize", "the first line is not the address: {event}");
    Waiting::new(fob, &event)
}

/// Signs in with the scopes that give a refresh token and returns the credential.
pub async fn sign_in(fob: &Fob, server: &Server, name: &str) -> Result<Value> {
    let scopes = ["--scope", "openid", "--scope", "email", "--scope", "offline_access"];
    let scopes = if server.is_django() { &scopes[..2] } else { &scopes[..] };
    let (code, credential) = start_login(fob, server, name, scopes).await?.approve().await?;
    ensure!(code == 0, "the sign-in ended with {code}");
    ensure!(credential["kind"] == "oauth", "not a login: {credential}");
    Ok(credential)
}

/// Lets every access token end as far as everybody can see, with nobody waiting for it.
pub async fn end_access_tokens(home: &Path) -> Result<()> {
    const END: &str =
        "UPDATE login SET access_expires_at = access_issued_at, refresh_at = access_issued_at, refreshed_at = NULL";
    let options = SqliteConnectOptions::new().filename(home.join("vault.db")).create_if_missing(false);
    let mut database = SqliteConnection::connect_with(&options).await?;
    sqlx::query(END).execute(&mut database).await?;
    Ok(database.close().await?)
}

/// Waits until the server granted `count` refreshes.
pub async fn refreshes(server: &Server, count: u32, within: Duration) -> Result<Record> {
    until(&format!("{count} refreshes"), within, || async {
        let record = server.record().await?;
        Ok((record.counts.refresh_ok >= count).then_some(record))
    })
    .await
}
