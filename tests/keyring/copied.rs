//! A profile that was copied, keyring and all, to a computer with another machine id (machine-id(5)).

use anyhow::{Context, Result, ensure};
use fobwatch_lab::Rotation;
use fobwatch_tests::fob::Fob;
use fobwatch_tests::journey::end_access_tokens;
use fobwatch_tests::process::until;
use fobwatch_tests::session::{Keyring, Session};
use serde_json::Value;

use crate::{Place, SOON, copy, end, keyrings};

/// The id of the other computer.
const OTHER: &str = "0badc0de0badc0de0badc0de0badc0de";

/// Makes a session on the other computer with a copy of the first one's vault and keyring.
async fn move_to(place: &Place) -> Result<(Session, Fob)> {
    let mut session = Session::start(Keyring::None).await?;
    copy(&keyrings(&place.session), &keyrings(&session))?;
    let vault = session.home().join("vault");
    copy(place.fob.home(), &vault)?;
    session.start_keyring().await?;
    let fob = Fob::with_home(&session, &vault)?.on_machine(&session, OTHER)?;
    end_access_tokens(&vault).await?;
    Ok((session, fob))
}

async fn shown(fob: &Fob) -> Result<Value> {
    fob.run(&["show", "api", "--json"]).await?.json()
}

#[tokio::test]
async fn a_copied_profile_renews_on_another_computer_only_when_the_person_takes_it_over() -> Result<()> {
    let place = Place::new(Rotation::Family.server()).await?;
    let (_session, copied) = move_to(&place).await?;
    let agent = copied.start(&["agent", "--foreground"])?;
    until("the agent to say why it does nothing", SOON, || async {
        let said = std::fs::read_to_string(copied.log())?;
        Ok(said.contains("on another computer").then_some(()))
    })
    .await?;
    end(agent).await?;
    for arguments in [["token", "api", "--json"], ["copy", "api", "--json"]] {
        let refused = copied.run(&arguments).await?;
        ensure!(refused.code == 7 && refused.error_code()? == "other_device", "{arguments:?}: {refused:?}");
        ensure!(refused.stderr.contains("on another computer"), "{arguments:?}: {}", refused.stderr);
        ensure!(refused.stderr.contains("fob refresh api --force"), "{arguments:?}: {}", refused.stderr);
    }
    let told = shown(&copied).await?;
    ensure!(told["last_error"]["code"] == "other_device", "whoever looks at it does not see why: {told}");
    ensure!(place.renewals() == 0, "something was sent before anybody took it over");

    let over = copied.run(&["refresh", "api", "--force", "--json"]).await?;
    ensure!(over.code == 0 && place.renewals() == 1, "{over:?}");
    let token = copied.run(&["token", "api"]).await?;
    ensure!(Some(token.stdout.trim()) == place.lab.record().access_tokens.last().map(String::as_str), "another token");
    let told = shown(&copied).await?;
    // Taking over makes the token this computer's own before it is sent; the renewal is the generation after.
    ensure!(told["refresh_generation"] == 2 && told["last_error"].is_null(), "{told}");
    ensure!(told["rotations"] == 1, "{told}");
    // From then on it is this computer's own.
    let again = copied.run(&["refresh", "api", "--force", "--json"]).await?;
    ensure!(again.code == 0, "{again:?}");
    Ok(())
}

#[tokio::test]
async fn the_same_computer_is_known_again_in_the_namespace_that_the_copy_lives_in() -> Result<()> {
    // What refuses the copy is the machine id and nothing else about where it runs.
    let place = Place::new(Rotation::Family.server()).await?;
    let (session, copied) = move_to(&place).await?;
    let own = std::fs::read_to_string("/etc/machine-id").context("this machine has no id")?;
    std::fs::write(session.home().join("machine-id"), own)?;
    let token = copied.run(&["token", "api"]).await?;
    ensure!(token.code == 0 && place.renewals() == 1, "{token:?}");
    Ok(())
}
