//! `kill -9` at every named step of a refresh, then a restart (K1–K3, K6).
//!
//! At the servers here a token that comes twice ends its whole family. So after each kill the server's own record
//! says whether the login could survive: if its answer had arrived, it must have.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::journey::sign_in;
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::session::{Keyring, Session};

/// The named steps, and whether the server's answer had arrived by then.
const STEPS: [(&str, Answer); 10] = [
    ("refresh_before_sent", Answer::NotAsked),
    ("refresh_after_sent", Answer::NotAsked),
    ("refresh_answer_in_memory", Answer::OnlyInMemory),
    ("refresh_before_received", Answer::OnlyInMemory),
    ("refresh_after_received", Answer::Durable),
    ("slot_before_write", Answer::Durable),
    ("slot_after_write", Answer::Durable),
    ("refresh_after_slot", Answer::Durable),
    ("refresh_after_commit", Answer::Durable),
    ("refresh_after_clear", Answer::Durable),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    NotAsked,
    /// The machine lost power between the network and the disk; no client can prevent that.
    OnlyInMemory,
    Durable,
}

/// Kills a refresh at `step` and returns the exit code of the next refresh: 0 while the login lives.
#[expect(clippy::print_stdout, reason = "the table of kills is for people who run this with --nocapture")]
async fn kill_at(server: &Server, session: &Session, step: &str) -> Result<i32> {
    let fob = Fob::with_home(session, &session.home().join(step))?;
    sign_in(&fob, server, "api").await?;
    let first = fob.run(&["token", "api"]).await?.stdout;
    let before = server.record().await?.counts;
    let killed = fob.clone().env("FOB_FAILPOINTS", &format!("{step}=kill")).run(&["refresh", "api", "--force"]).await?;
    ensure!(killed.code == 137, "{step}: the step was not reached: {killed:?}");
    // The next process settles what the dead one left. The sign-in's own token still lives, so refresh by force.
    let next = fob.run(&["refresh", "api", "--force"]).await?;
    let token = fob.run(&["token", "api"]).await?;
    let after = server.record().await?.counts;
    let shown = fob.run(&["show", "api", "--json"]).await?.json()?;
    println!(
        "{step:26} refresh {} token {} generation {} server +{} -{}",
        next.code,
        token.code,
        shown["refresh_generation"],
        after.refresh_ok - before.refresh_ok,
        after.refresh_refused - before.refresh_refused
    );
    // K1: one committed generation, and one slot that holds it.
    let items = session.search_items("service", "dev.fobwatch").await?;
    let id = shown["id"].as_str().context("no id")?;
    let slots = ["a", "b"].iter().filter(|slot| items.contains(&format!("{id}/{slot}"))).count();
    ensure!(slots == 1, "{step}: {slots} slots are left");
    // K7, at whatever step the process died. A login that is lost prints no token; the signed-in one is then searched.
    let printed = if token.code == 0 { token.stdout.trim() } else { first.trim() };
    assert_absent(
        fob.home(),
        &[("access token", printed.as_bytes()), ("signature", &printed.as_bytes()[printed.len() - 40..])],
    )?;
    Ok(next.code)
}

#[tokio::test]
async fn every_step_of_a_refresh_survives_a_kill_once_the_answer_is_durable() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    for (step, answer) in STEPS {
        let code = kill_at(&server, &session, step).await?;
        match answer {
            Answer::NotAsked | Answer::Durable => ensure!(code == 0, "{step}: the login is lost ({code})"),
            // The one more try was refused by a server that allows none: sign-in needed, and it says so.
            Answer::OnlyInMemory => ensure!(code == 4, "{step}: exit {code}"),
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_does_not_rotate_survives_a_kill_at_every_step() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, rotate: false, ..Oidc::default() }).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    for step in ["refresh_before_sent", "refresh_after_sent", "refresh_answer_in_memory"] {
        let code = kill_at(&server, &session, step).await?;
        ensure!(code == 0, "{step}: exit {code}");
    }
    Ok(())
}
