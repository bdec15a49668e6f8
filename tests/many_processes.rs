//! One refresh for everybody who asks, in every process (K4).

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::journey::{end_access_tokens, sign_in};
use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::session::{Keyring, Session};
use tokio::task::JoinSet;

/// How many processes ask at once, and for how many expiries: what the environment says (`64x200`), or few.
fn size() -> Result<(usize, u32)> {
    let text = std::env::var("FOB_MANY").unwrap_or_else(|_| "16x2".to_owned());
    let (processes, expiries) = text.split_once('x').context("FOB_MANY is PROCESSESxEXPIRIES")?;
    Ok((processes.parse()?, expiries.parse()?))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_processes_at_the_moment_of_expiry_cause_one_refresh() -> Result<()> {
    let (processes, expiries) = size()?;
    // Long enough that all of them meet the same new token, however slow the machine is.
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    sign_in(&fob, &server, "api").await?;
    for expiry in 1..=expiries {
        end_access_tokens(fob.home()).await?;
        let mut running = JoinSet::new();
        for _ in 0..processes {
            let mut process = fob.start(&["token", "api"])?;
            running.spawn(async move { process.finish().await });
        }
        let mut tokens = Vec::new();
        while let Some(ended) = running.join_next().await {
            let (status, token) = ended??;
            ensure!(status.success(), "fob token ended with {status}");
            tokens.push(token);
        }
        tokens.sort();
        tokens.dedup();
        ensure!(tokens.len() == 1, "{} different tokens at expiry {expiry}", tokens.len());
        let counts = server.record().await?.counts;
        ensure!(counts.refresh == expiry && counts.refresh_ok == expiry, "after {expiry} expiries: {counts:?}");
    }
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
