//! Whoever closes the window or quits over a form that is half-filled is asked once, by key, by the window manager and from
//! the tray; the end of a session and a page that hangs ask nobody.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::{Running, until};
use fobwatch_tests::tray::{Item, Tray};
use fobwatch_tests::window::{Window, key};
use rustix::process::{Pid, Signal, kill_process};

use crate::desk::{Desk, SOON};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";
const SEARCH: &str = "Search providers, or paste a key, a token or an issuer URL";
const TYPED: &str = "Half of a name";
const ASKED: &str = "Discard what you typed?";

struct Place {
    desk: Desk,
    item: Item,
    window: Window,
    _tray: Tray,
    _manager: Running,
}

impl Place {
    /// A window with a tray, and a form that is half-filled.
    async fn set() -> Result<Self> {
        let desk = Desk::set().await?;
        let tray = Tray::host(&desk.session).await?;
        let mut manager = desk.session.command("openbox");
        manager.stderr(Stdio::null());
        let manager = Running::start(manager)?;
        desk.add_key("Payments", "production", KEY, &[]).await?;
        let window = desk.open_app().await?;
        window.find("heading", "Payments").await?;
        let item = tray.item().await?;
        window.press(&[key::CONTROL, 'n']).await?;
        window.click("button", "API key You set a rotate-by date").await?;
        window.type_into("combobox", SEARCH, &format!("stripe{}", key::ENTER)).await?;
        window.type_into("textbox", "Name", TYPED).await?;
        Ok(Self { desk, item, window, _tray: tray, _manager: manager })
    }

    /// Goes back by `with`, and finds what was typed.
    async fn goes_back(&self, with: char) -> Result<()> {
        self.window.find("dialog", ASKED).await?;
        self.window.press(&[with]).await?;
        self.window.gone("dialog", ASKED).await?;
        let name = self.window.find("textbox", "Name").await?;
        ensure!(name.prop("value").await?.as_deref() == Some(TYPED), "what was typed is gone");
        ensure!(self.desk.app()?.is_some(), "it ended all the same");
        Ok(())
    }

    /// Presses the second button of the question. The driver may lose the window before it can answer.
    async fn discards(&self, name: &str) -> Result<()> {
        self.window.find("dialog", ASKED).await?;
        self.window.find("button", name).await?;
        self.window.press(&[key::TAB]).await?;
        drop(self.window.press(&[key::ENTER]).await);
        Ok(())
    }

    async fn closes(&self) -> Result<()> {
        until("the window to go", SOON, || async { Ok((!self.desk.is_open().await?).then_some(())) }).await
    }
}

#[tokio::test]
async fn a_window_over_a_half_filled_form_asks_before_it_closes() -> Result<()> {
    let place = Place::set().await?;
    place.desk.press_close().await?;
    // The way back has the keyboard, so that no Enter throws anything away.
    place.goes_back(key::ENTER).await?;
    place.desk.press_close().await?;
    place.discards("Discard and close").await?;
    place.closes().await?;
    ensure!(place.desk.app()?.is_some(), "the program ended with its window");
    // Nothing is typed any more: nobody is asked.
    place.item.click("Quit").await?;
    place.desk.app_ends().await
}

#[tokio::test]
async fn quitting_over_a_half_filled_form_asks_by_key_and_from_the_tray() -> Result<()> {
    let place = Place::set().await?;
    place.window.press(&[key::CONTROL, 'q']).await?;
    place.goes_back(key::ESCAPE).await?;
    place.item.click("Quit").await?;
    place.goes_back(key::ESCAPE).await?;
    // What is as it was before is no loss.
    for _ in TYPED.chars() {
        place.window.press(&['\u{e003}']).await?;
    }
    place.window.type_into("textbox", "Name", TYPED).await?;
    place.window.press(&[key::CONTROL, 'q']).await?;
    place.discards("Discard and quit").await?;
    place.desk.app_ends().await
}

#[tokio::test]
async fn a_form_that_was_only_opened_holds_nobody() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    window.press(&[key::CONTROL, 'n']).await?;
    window.find("dialog", "Add credential").await?;
    drop(window.press(&[key::CONTROL, 'q']).await);
    desk.app_ends().await
}

#[tokio::test]
async fn a_page_that_hangs_and_the_end_of_a_session_ask_nobody() -> Result<()> {
    let place = Place::set().await?;
    let app = place.desk.app()?.context("the app does not run")?;
    kill_process(Pid::from_raw(i32::try_from(app)?).context("no process id")?, Signal::TERM)?;
    place.desk.app_ends().await?;

    let place = Place::set().await?;
    // Busy for good, a moment after the driver has its answer.
    place.window.client().execute("setTimeout(() => { for (;;); }, 50);", Vec::new()).await?;
    until("the window to go from a page that hangs", SOON, || async {
        place.desk.press_close().await?;
        Ok((!place.desk.is_open().await?).then_some(()))
    })
    .await?;
    ensure!(place.desk.app()?.is_some(), "the program ended with its window");
    place.item.click("Quit").await?;
    place.desk.app_ends().await
}
