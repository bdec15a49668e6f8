//! Answers that belong to another login: a cache that looks at the address alone, and two answers that change places.
//!
//! A renewal's ID token tells whose it is. What came is stored (it may be the only copy), and nobody gets it.

use anyhow::{Context, Result, ensure};
use fobwatch_lab::{At, Lab, Module, Rotation};
use fobwatch_tests::fob::{Finished, Fob};
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::visit::{begin, wait};
use serde_json::Value;

use crate::browser::browse;
use crate::keyring;

/// Two people's logins at one server, in one vault.
struct Two {
    fob: Fob,
    lab: Lab,
    session: Session,
}

impl Two {
    async fn new(server: Module) -> Result<Self> {
        let session = Session::start(Keyring::Unlocked).await?;
        let two = Self { fob: Fob::new(&session)?, lab: Lab::start(server, 0).await?, session };
        two.sign_in("ada").await?;
        two.sign_in("bea").await?;
        Ok(two)
    }

    /// Signs in as the person of this name, to a login of the same name.
    async fn sign_in(&self, name: &str) -> Result<()> {
        let scopes = ["--scope", "openid", "--scope", "offline_access"];
        let arguments = [&["--client-id", self.lab.client_id(), "--account", name][..], &scopes].concat();
        let waiting = begin(&self.fob, &self.lab.place().issuer, name, &arguments, "").await?;
        browse(waiting.authorize.as_str(), None).await?;
        let ended = wait(waiting, &self.fob).await?;
        ensure!(ended.code == 0, "{name} is not signed in: {ended:?}");
        Ok(())
    }

    async fn refresh(&self, name: &str) -> Result<Finished> {
        self.fob.run(&["refresh", name, "--force", "--json"]).await
    }

    /// Nothing of this login is handed out, and it says why.
    async fn is_held_back(&self, name: &str) -> Result<()> {
        let sent = self.lab.record().count(At::Refresh);
        for arguments in [&["token", name, "--json"][..], &["token", name, "--min-validity", "0s", "--json"]] {
            let token = self.fob.run(arguments).await?;
            ensure!(token.code == 7 && token.error_code()? == "frozen" && token.stdout.is_empty(), "{token:?}");
        }
        let refreshed = self.refresh(name).await?;
        ensure!(refreshed.code == 7 && refreshed.error_code()? == "frozen", "{refreshed:?}");
        let shown = self.fob.run(&["show", name, "--json"]).await?.json()?;
        ensure!(shown["status"] == "frozen" && shown["last_error"]["provider_code"] == "subject_changed", "{shown}");
        ensure!(self.lab.record().count(At::Refresh) == sent, "somebody's token was sent again");
        Ok(())
    }

    /// This login's token is the one that the server gave last.
    async fn is_served(&self, name: &str) -> Result<()> {
        let token = self.fob.run(&["token", name]).await?;
        let newest = self.lab.record().access_tokens.last().cloned().context("no token was given")?;
        ensure!(token.code == 0 && token.stdout == format!("{newest}\n"), "{name} gets another token than its own");
        Ok(())
    }

    /// The refresh tokens that are stored for a login.
    async fn stored(&self, name: &str) -> Result<Vec<String>> {
        let id = self.fob.run(&["show", name, "--json"]).await?.json()?["id"].clone();
        let all = keyring::all(&self.session).await?;
        let envelopes = all.lines().flat_map(serde_json::from_str::<Value>).filter(|one| one["credential"] == id);
        Ok(envelopes.filter_map(|one| one["value"].as_str().map(str::to_owned)).collect())
    }

    fn given(&self, number: usize) -> Result<String> {
        self.lab.record().refresh_tokens.get(number).cloned().context("so many were not given")
    }
}

#[tokio::test]
async fn an_answer_for_another_login_is_stored_and_held_back_and_the_other_is_unharmed() -> Result<()> {
    let two = Two::new(Rotation::Family.server().cached_once(1)).await?;
    ensure!(two.refresh("bea").await?.code == 0, "bea is not renewed");
    let beas = two.given(2)?;
    let refreshed = two.refresh("ada").await?;
    ensure!(refreshed.code == 7 && refreshed.error_code()? == "frozen", "{refreshed:?}");
    ensure!(two.stored("ada").await? == [beas.clone()], "what came is not what is stored");
    two.is_held_back("ada").await?;
    // The other login has its token, renews with it, and its server sees no second use of it.
    ensure!(two.stored("bea").await? == [beas], "bea's own token is gone");
    two.is_served("bea").await?;
    ensure!(two.refresh("bea").await?.code == 0, "bea was harmed");
    two.is_served("bea").await?;
    two.sign_in("ada").await?;
    ensure!(two.refresh("ada").await?.code == 0, "a new sign-in does not help");
    two.is_served("ada").await?;
    ensure!(two.lab.record().most_sent() == 1, "a refresh token was sent twice");
    Ok(())
}

#[tokio::test]
async fn two_answers_that_change_places_are_both_stored_and_both_held_back() -> Result<()> {
    let two = Two::new(Rotation::Family.server().crossed_once(0)).await?;
    let (ada, bea) = tokio::join!(two.refresh("ada"), two.refresh("bea"));
    for refreshed in [ada?, bea?] {
        ensure!(refreshed.code == 7 && refreshed.error_code()? == "frozen", "{refreshed:?}");
    }
    // Neither of the two that the server gave is lost.
    let mut stored = [two.stored("ada").await?, two.stored("bea").await?].concat();
    let mut given = vec![two.given(2)?, two.given(3)?];
    stored.sort();
    given.sort();
    ensure!(stored == given, "what came is not what is stored");
    for name in ["ada", "bea"] {
        two.is_held_back(name).await?;
    }
    for name in ["ada", "bea"] {
        two.sign_in(name).await?;
        ensure!(two.refresh(name).await?.code == 0, "a new sign-in does not help {name}");
        two.is_served(name).await?;
    }
    ensure!(two.lab.record().most_sent() == 1, "a refresh token was sent twice");
    Ok(())
}
