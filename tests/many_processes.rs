//! One refresh for everybody who asks, in every process (K4).

use std::time::Duration;

use anyhow::{Result, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::journey::sign_in;
use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::session::{Keyring, Session};

#[tokio::test]
async fn sixteen_processes_at_the_moment_of_expiry_cause_one_refresh() -> Result<()> {
    // Long enough that sixteen processes on a slow machine meet the same new token.
    let server = Server::oidc(Oidc { access_ttl: 60, ..Oidc::default() }).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    sign_in(&fob, &server, "api").await?;
    // The token has ended as far as everybody can see; nobody has to wait a minute for it.
    let database = fob.home().join("vault.db");
    let mut end = session.command("python3");
    end.arg("-c").arg(
        "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); \
         c.execute('UPDATE login SET access_expires_at = access_issued_at, refresh_at = access_issued_at'); c.commit()",
    );
    end.arg(&database);
    fobwatch_tests::session::succeed(end).await?;
    let mut running = Vec::new();
    for _ in 0..16 {
        running.push(fob.start(&["token", "api"])?);
    }
    let mut tokens = Vec::new();
    for mut process in running {
        let (status, token) = process.finish().await?;
        ensure!(status.success(), "fob token ended with {status}");
        tokens.push(token);
    }
    tokens.sort();
    tokens.dedup();
    ensure!(tokens.len() == 1, "{} different tokens", tokens.len());
    let record = server.record().await?;
    ensure!(record.counts.refresh == 1, "the server saw {:?}", record.counts);
    Ok(())
}

#[tokio::test]
async fn what_another_process_does_is_noticed_by_the_agent() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 6, ..Oidc::default() }).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    // The agent runs in an empty vault, where nothing ever comes due by itself.
    fob.run(&["list"]).await?;
    let agent = fob.start(&["agent", "--foreground"])?;
    sign_in(&fob, &server, "api").await?;
    until("a refresh by the agent", Duration::from_secs(30), || async {
        Ok((server.record().await?.counts.refresh_ok >= 1).then_some(()))
    })
    .await?;
    drop(agent);
    Ok(())
}
