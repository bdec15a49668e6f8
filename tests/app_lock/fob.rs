//! `fob` while the app is locked: what it refuses and what it still does; and that a kill, a restart and a request under
//! way open nothing and lose nothing.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::journey::{end_access_tokens, sign_in};
use fobwatch_tests::process::{stands_still, until};
use fobwatch_tests::servers::{Oidc, Server};
use rustix::process::{Pid, Signal, kill_process};

use crate::desk::SOON;
use crate::{KEY, PASSPHRASE, Place};

/// All that would give out a value, or what is inside one.
const GIVES_OUT: [&[&str]; 9] = [
    &["token", "Payments"],
    &["token", "Payments", "--as", "header"],
    &["token", "Payments", "--as", "env"],
    &["token", "Payments", "--as", "json"],
    &["token", "Northwind"],
    &["token", "Northwind", "--audience", "orders"],
    &["copy", "Payments"],
    &["jwt", "Northwind"],
    &["jwt", "compare", "Northwind", "Northwind"],
];

async fn succeeds(fob: &Fob, arguments: &[&str]) -> Result<String> {
    let ended = fob.run(arguments).await?;
    ensure!(ended.code == 0, "{arguments:?}: {ended:?}");
    Ok(ended.stdout)
}

#[tokio::test]
async fn what_gives_a_value_out_is_refused_with_a_sentence_and_the_rest_goes_on() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let place = Place::set().await?;
    let fob = &place.desk.fob;
    sign_in(fob, &server, "Northwind").await?;
    place.lock().await?;
    for arguments in GIVES_OUT {
        let refused = fob.run(arguments).await?;
        ensure!(refused.code == 7 && refused.stdout.is_empty(), "{arguments:?}: {refused:?}");
        for words in ["Fobwatch is locked", "fob unlock"] {
            ensure!(refused.stderr.contains(words), "{arguments:?} says {}", refused.stderr);
        }
    }
    ensure!(place.desk.clipboard().await?.is_empty(), "something is on the clipboard");
    ensure!(succeeds(fob, &["list"]).await?.contains("Payments"), "the names are in no list");
    for arguments in [&["show", "Northwind", "--json"][..], &["status"], &["log"], &["refresh", "Northwind", "--force"]]
    {
        succeeds(fob, arguments).await?;
    }
    let doctor = succeeds(fob, &["doctor"]).await?;
    ensure!(doctor.contains("warn  app lock   Locked since "), "{doctor}");

    let wrong = fob.run_with(&["unlock", "--json"], "wrong horse battery").await?;
    ensure!(wrong.code == 7 && wrong.error_code()? == "wrong_passphrase", "{wrong:?}");
    place.fob_refuses().await?;
    until("the pause after a wrong passphrase to end", SOON, || async {
        let opened = fob.run_with(&["unlock"], PASSPHRASE).await?;
        ensure!([0, 6].contains(&opened.code), "{opened:?}");
        Ok((opened.code == 0).then_some(()))
    })
    .await?;
    ensure!(succeeds(fob, &["token", "Payments"]).await?.trim() == KEY, "another key");
    // The window has its own door; and what locks it locks fob again, although it was locked all the time.
    ensure!(place.window.has("heading", "Locked").await?, "fob opened the window");
    place.system.prepare_for_sleep(true).await?;
    until("the computer to be let sleep", SOON, || async { Ok(place.system.may_sleep()?.then_some(())) }).await?;
    place.fob_refuses().await?;
    place.unlock().await?;
    ensure!(succeeds(fob, &["doctor"]).await?.contains("ok    app lock   Open."), "the doctor calls it locked");
    succeeds(fob, &["token", "Northwind"]).await.map(drop)
}

#[tokio::test]
async fn neither_a_kill_nor_a_restart_opens_it() -> Result<()> {
    let place = Place::set().await?;
    place.lock().await?;
    place.fob_refuses().await?;
    let app = Pid::from_raw(i32::try_from(place.app()?)?).context("no process id")?;
    kill_process(app, Signal::KILL)?;
    place.desk.app_ends().await?;
    place.fob_refuses().await?;
    let Place { desk, window, .. } = place;
    drop(window);

    let window = desk.open_app().await?;
    window.find("heading", "Locked").await?;
    ensure!(desk.fob.run(&["token", "Payments"]).await?.code == 7, "the restart opened it");
    window.type_into("textbox", "Passphrase", &format!("{PASSPHRASE}\u{e007}")).await?;
    window.find("heading", "Payments").await?;
    succeeds(&desk.fob, &["token", "Payments"]).await?;

    // A start locks too: what was open when the program was killed is open for fob until then.
    let app = Pid::from_raw(i32::try_from(desk.app()?.context("the app does not run")?)?).context("no process id")?;
    kill_process(app, Signal::KILL)?;
    desk.app_ends().await?;
    drop(window);
    succeeds(&desk.fob, &["token", "Payments"]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Locked").await?;
    ensure!(desk.fob.run(&["token", "Payments"]).await?.code == 7, "a start did not lock");
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_renewed_while_it_locks_is_stored_and_not_given_out() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let place = Place::set().await?;
    let fob = &place.desk.fob;
    sign_in(fob, &server, "Northwind").await?;
    // So that nobody else renews it.
    succeeds(fob, &["set", "Northwind", "--pause"]).await?;
    end_access_tokens(fob.home()).await?;
    let mut waits = fob.clone().env("FOB_FAILPOINTS", "answer=stop").start(&["token", "Northwind"])?;
    stands_still(&waits).await?;
    ensure!(server.record().await?.counts.refresh_ok == 1, "the server was not asked");
    place.lock().await?;
    waits.signal(Signal::CONT)?;
    let (status, said) = waits.finish().await?;
    ensure!(status.code() == Some(7) && said.is_empty(), "it ended with {status}");
    place.unlock().await?;
    ensure!(!succeeds(fob, &["token", "Northwind"]).await?.trim().is_empty(), "no token");
    let shown = fob.run(&["show", "Northwind", "--json"]).await?.json()?;
    ensure!(shown["refresh_generation"] == 1 && shown["status"] == "fresh", "{shown}");
    let counts = server.record().await?.counts;
    ensure!(counts.refresh_ok == 1 && counts.most_uses_of_one_refresh_token == 1, "{counts:?}");
    Ok(())
}
