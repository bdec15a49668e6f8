//! The keyring at bad moments, with the command: locked in the middle of a renewal, asked by many at once, put back to
//! an older state, copied to another computer; and values longer than some stores take.

#[path = "hostile/browser.rs"]
mod browser;
#[path = "keyring/copied.rs"]
mod copied;
#[path = "keyring/restored.rs"]
mod restored;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_lab::{At, Lab, Module, Rotation};
use fobwatch_tests::fob::{Finished, Fob};
use fobwatch_tests::leaks::contains;
use fobwatch_tests::process::{Running, stands_still, until};
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::tap::Tap;
use fobwatch_tests::visit::{begin, wait};
use rustix::process::Signal;
use serde_json::Value;
use tokio::task::JoinSet;

/// How long something may take that should happen at once, on a machine that does other things as well.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// A session with a login called `api`, and the server it is from.
pub(crate) struct Place {
    pub(crate) session: Session,
    pub(crate) fob: Fob,
    pub(crate) lab: Lab,
}

impl Place {
    pub(crate) async fn new(server: Module) -> Result<Self> {
        let session = Session::start(Keyring::Unlocked).await?;
        let fob = Fob::new(&session)?;
        let place = Self { session, fob, lab: Lab::start(server, 0).await? };
        place.sign_in("api").await?;
        Ok(place)
    }

    pub(crate) async fn sign_in(&self, name: &str) -> Result<()> {
        let arguments = ["--client-id", self.lab.client_id(), "--scope", "openid", "--scope", "offline_access"];
        let waiting = begin(&self.fob, &self.lab.place().issuer, name, &arguments, "").await?;
        browser::browse(waiting.authorize.as_str(), None).await?;
        let ended = wait(waiting, &self.fob).await?;
        ensure!(ended.code == 0, "{ended:?}");
        Ok(())
    }

    /// Renews now, whatever the token has left.
    pub(crate) async fn renew(&self) -> Result<Finished> {
        self.fob.run(&["refresh", "api", "--force", "--json"]).await
    }

    pub(crate) async fn shown(&self) -> Result<Value> {
        self.fob.run(&["show", "api", "--json"]).await?.json()
    }

    /// How many renewals the server was asked for.
    pub(crate) fn renewals(&self) -> u32 {
        self.lab.record().count(At::Refresh)
    }

    /// Fails unless the token that is handed out is the one that was given last.
    pub(crate) async fn has_the_last_token(&self) -> Result<()> {
        let token = self.fob.run(&["token", "api"]).await?;
        let given = self.lab.record().access_tokens.last().cloned().context("nothing was given")?;
        ensure!(token.code == 0 && token.stdout.trim() == given, "not the token that was given last: {}", token.code);
        Ok(())
    }
}

/// The files of a session's keyring.
pub(crate) fn keyrings(session: &Session) -> PathBuf {
    session.home().join(".local/share/keyrings")
}

/// Copies the files of one folder into another, which is made and emptied first.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.is_dir() {
        std::fs::remove_dir_all(to)?;
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_keyring_locked_between_answer_and_slot_gets_the_renewed_token_once_it_is_open() -> Result<()> {
    // A server that ends the sign-in when it sees the old token again.
    let place = Place::new(Rotation::Family.server()).await?;
    std::fs::write(place.fob.log(), "")?;
    let stopped = place.fob.clone().env("FOB_FAILPOINTS", "received.after=stop");
    let mut renewing = stopped.start(&["refresh", "api", "--force"])?;
    stands_still(&renewing).await?;
    place.session.lock().await?;
    renewing.signal(Signal::CONT)?;
    let (status, _) = renewing.finish().await?;
    let said = std::fs::read_to_string(place.fob.log())?;
    ensure!(status.success(), "a renewal whose token is safe failed: {said}");
    ensure!(said.contains("Unlock your keyring: a renewed sign-in is not saved yet."), "nobody was told: {said}");
    let shown = place.shown().await?;
    ensure!(shown["unsaved"] == true && shown["refresh_generation"] == 0, "{shown}");

    // While it is locked, nobody sends the token that the provider has replaced.
    for _ in 0..2 {
        let refused = place.renew().await?;
        ensure!(refused.code == 5 && refused.error_code()? == "keychain_locked", "{refused:?}");
    }
    ensure!(place.renewals() == 1, "{} renewals while the keyring was locked", place.renewals());

    place.session.unlock().await?;
    let mut agent = place.fob.start(&["agent", "--foreground"])?;
    until("the renewed token in the keyring", SOON, || async {
        Ok((place.shown().await?["unsaved"] == false).then_some(()))
    })
    .await?;
    agent.stop().await?;
    ensure!(place.shown().await?["refresh_generation"] == 1, "not committed");
    ensure!(place.renewals() == 1, "the provider was asked again for what it had given");
    place.has_the_last_token().await?;
    ensure!(place.renew().await?.code == 0 && place.renewals() == 2, "the saved token does not renew");
    Ok(())
}

#[tokio::test]
async fn many_processes_at_a_locked_keyring_raise_no_prompt_and_lose_nothing() -> Result<()> {
    let place = Place::new(Rotation::Family.server()).await?;
    place.session.lock().await?;
    let elsewhere = tempfile::tempdir()?;
    let tap = Tap::open(&place.session, elsewhere.path()).await?;
    let agent = place.fob.start(&["agent", "--foreground"])?;
    let mut running = JoinSet::new();
    for arguments in [&["token", "api"][..], &["refresh", "api", "--force"], &["doctor"], &["copy", "api"]].repeat(5) {
        let mut process = place.fob.start(arguments)?;
        running.spawn(async move { process.finish().await });
    }
    while let Some(ended) = running.join_next().await {
        let (status, _) = ended??;
        ensure!(status.code() == Some(5), "not told as locked: {status}");
    }
    drop(agent);
    let heard = tap.close(&place.session).await?;
    ensure!(contains(&heard, b"org.freedesktop.Secret"), "nobody asked the keyring");
    ensure!(!contains(&heard, PROMPT), "somebody raised a prompt");

    // The look is not blind: another program that wants the items raises one.
    let tap = Tap::open(&place.session, elsewhere.path()).await?;
    place.session.search_items("service", "dev.fobwatch").await?;
    ensure!(contains(&tap.close(&place.session).await?, PROMPT), "a prompt is not heard");

    place.session.unlock().await?;
    ensure!(place.renewals() == 0, "something was sent while the keyring was locked");
    place.has_the_last_token().await?;
    ensure!(place.renew().await?.code == 0, "the login is lost");
    Ok(())
}

/// The interface that a program calls to put the keyring's prompt on the screen.
const PROMPT: &[u8] = b"org.freedesktop.Secret.Prompt";

#[tokio::test]
async fn refresh_tokens_longer_than_some_stores_take_are_renewed_and_read_back() -> Result<()> {
    for length in [2_561, 64 * 1024] {
        // The server takes only exactly what it gave last.
        let place = Place::new(Rotation::Family.server().refresh_tokens_of(length)).await?;
        for count in 1..=3 {
            let renewed = place.renew().await?;
            ensure!(renewed.code == 0, "{length} bytes, renewal {count}: {renewed:?}");
            place.has_the_last_token().await?;
        }
        let record = place.lab.record();
        let sent: Vec<&str> = record.seen.iter().filter_map(|seen| seen.form("refresh_token")).collect();
        ensure!(sent == record.refresh_tokens[..3], "{length} bytes: not each as it was given, once");
        ensure!(record.refresh_tokens.iter().all(|token| token.len() == length), "the server gives shorter ones");
        ensure!(place.shown().await?["refresh_generation"] == 3, "{length} bytes: not three commits");
    }
    Ok(())
}

/// Ends a process that runs until it is told.
pub(crate) async fn end(mut process: Running) -> Result<()> {
    let status = process.stop().await?;
    ensure!(status.success(), "it ended with {status}");
    Ok(())
}
