//! What locks it: sleep, the session's lock, a screen saver; each only if the settings say so.

use anyhow::{Result, ensure};
use fobwatch_tests::process::until;
use fobwatch_tests::system::lock_screen;
use fobwatch_tests::window::key;

use crate::desk::SOON;
use crate::{KEY, Place};

#[tokio::test]
async fn the_computer_sleeps_only_when_all_is_locked_and_wakes_to_a_locked_window() -> Result<()> {
    let place = Place::set().await?;
    place.system.is_inhibited(1).await?;
    let inhibited = place.system.inhibited()?;
    ensure!(inhibited == "sleep | Fobwatch | Locks before the computer sleeps | delay", "{inhibited}");
    place.is_open().await?;
    place.window.press(&[key::CONTROL, 'c']).await?;
    place.desk.clipboard_holds(KEY).await?;
    ensure!(!place.system.may_sleep()?, "the computer would sleep without waiting");

    place.system.prepare_for_sleep(true).await?;
    until("the computer to be let sleep", SOON, || async { Ok(place.system.may_sleep()?.then_some(())) }).await?;
    // At this very moment it may sleep: nothing is left to be done.
    ensure!(place.desk.clipboard().await?.is_empty(), "the value slept on the clipboard");
    place.fob_refuses().await?;
    place.is_locked("when the computer went to sleep").await?;

    place.system.prepare_for_sleep(false).await?;
    place.system.is_inhibited(2).await?;
    ensure!(!place.system.may_sleep()?, "the next sleep would not wait");
    place.is_locked("when the computer went to sleep").await?;
    place.unlock().await?;
    place.is_open().await
}

#[tokio::test]
async fn a_session_or_a_screen_that_locks_locks_the_window() -> Result<()> {
    let place = Place::set().await?;
    // Its listening is known to have begun by what it asked of logind.
    place.system.is_inhibited(1).await?;
    for how in ["session", "hint", "org.gnome.ScreenSaver", "org.freedesktop.ScreenSaver"] {
        place.is_open().await?;
        match how {
            "session" => place.system.lock_session().await?,
            "hint" => place.system.hint_locked(true).await?,
            saver => lock_screen(&place.desk.session, saver).await?,
        }
        place.is_locked("when the screen was locked").await.map_err(|reason| reason.context(how))?;
        place.fob_refuses().await?;
        if how == "hint" {
            // Opening the screen opens nothing here.
            place.system.hint_locked(false).await?;
            place.is_locked("when the screen was locked").await?;
        }
        place.unlock().await?;
    }
    Ok(())
}

#[tokio::test]
async fn each_of_them_can_be_switched_off_by_whoever_knows_the_passphrase() -> Result<()> {
    const ASKS: &str = "Less secure: passphrase needed";
    let place = Place::set().await?;
    place.system.is_inhibited(1).await?;
    let window = &place.window;
    window.press(&[key::CONTROL, ',']).await?;
    window.click("tab", "Security").await?;
    for (switch, off) in [("Lock when the computer sleeps", "sleep"), ("Lock when the screen locks", "screen")] {
        window.click("switch", switch).await?;
        window.find("dialog", ASKS).await?;
        window.type_into("textbox", "Passphrase", &format!("{}{}", crate::PASSPHRASE, key::ENTER)).await?;
        window.gone("dialog", ASKS).await?;
        until("the switch to be off", SOON, || async {
            let switch = window.find("switch", switch).await?;
            Ok((switch.attr("aria-checked").await?.as_deref() == Some("false")).then_some(()))
        })
        .await?;
        if off == "sleep" {
            place.system.prepare_for_sleep(true).await?;
            until("the computer to be let sleep", SOON, || async { Ok(place.system.may_sleep()?.then_some(())) })
                .await?;
            place.system.prepare_for_sleep(false).await?;
            place.system.is_inhibited(2).await?;
            ensure!(place.desk.fob.run(&["token", "Payments"]).await?.code == 0, "sleep locked all the same");
            // The other one still does, which also shows that this one came through.
            place.system.lock_session().await?;
            place.is_locked("when the screen was locked").await?;
            // It comes back to where it was.
            window.type_into("textbox", "Passphrase", &format!("{}{}", crate::PASSPHRASE, key::ENTER)).await?;
            window.click("tab", "Security").await?;
        }
    }
    place.system.lock_session().await?;
    // Heard after the other, in the same stream: where it has done nothing, that one has not either.
    place.system.prepare_for_sleep(true).await?;
    until("the computer to be let sleep", SOON, || async { Ok(place.system.may_sleep()?.then_some(())) }).await?;
    ensure!(place.desk.fob.run(&["token", "Payments"]).await?.code == 0, "the screen locked all the same");
    window.find("tab", "Security").await.map(drop)
}
