//! A desktop that shows no tray icons: it is said once, with what it means, and that is true.

use anyhow::{Result, ensure};
use fobwatch_tests::notifications::{ALL, Notifications};
use fobwatch_tests::process::{Running, built, until};
use fobwatch_tests::tray::Tray;

use crate::desk::{Desk, SOON};
use crate::{close_by_key, ends_well, window_manager};

const SAID: &str = "This desktop shows no tray icons";

/// Opens the window of a program that writes down what it does.
async fn open(desk: &Desk) -> Result<Running> {
    let mut command = desk.session.command(built("fobwatch")?);
    command.env("FOB_HOME", desk.fob.home()).env("FOB_LOG", "info").stderr(std::process::Stdio::null());
    let app = Running::start(command)?;
    until("the window", SOON, || async { Ok(desk.is_open().await?.then_some(())) }).await?;
    Ok(app)
}

async fn said_once_and_true(desk: &Desk) -> Result<()> {
    let _manager = window_manager(desk)?;
    let service = Notifications::host(&desk.session, ALL).await?;
    let mut app = open(desk).await?;
    let said = service.say(SAID, SOON).await?;
    ensure!(said.body.contains("closing it quits") && said.actions.is_empty(), "{said:?}");
    close_by_key(desk).await?;
    ends_well(&mut app).await?;

    let mut app = open(desk).await?;
    let log = desk.fob.home().join("log/fobwatch.log");
    let knows = until("the app to know that it was said", SOON, || async {
        Ok(std::fs::read_to_string(&log)?.contains("this was told before what=NoTray").then_some(()))
    });
    if let Err(reason) = knows.await {
        let (running, open) = (app.is_running()?, desk.is_open().await?);
        return Err(reason.context(format!(
            "it runs: {running}, its window is there: {open}, {:?}; {}",
            service.said(),
            std::fs::read_to_string(&log)?
        )));
    }
    close_by_key(desk).await?;
    ends_well(&mut app).await?;
    ensure!(service.said().len() == 1, "{:?}", service.said());
    Ok(())
}

#[tokio::test]
async fn without_a_tray_a_person_is_told_once_that_closing_the_window_quits() -> Result<()> {
    said_once_and_true(&Desk::set().await?).await
}

#[tokio::test]
async fn a_desktop_that_takes_icons_and_shows_none_has_no_tray() -> Result<()> {
    let desk = Desk::set().await?;
    let _tray = Tray::without_host(&desk.session).await?;
    said_once_and_true(&desk).await
}
