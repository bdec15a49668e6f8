//! The app lock by keyboard alone: set, locked, guessed at, opened; and what it keeps from page, clipboard and tray.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::app_lock::{PASSPHRASE, lock, set_passphrase};
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::process::until;
use fobwatch_tests::tray::{Item, Tray};
use fobwatch_tests::window::{Window, key};
use serde_json::{Value, json};

use crate::desk::{Desk, SOON, commands, holds};
use crate::settings::{chosen, open_section, reach};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";
/// What a locked window may ask.
const OPEN: [&str; 8] =
    ["platform", "settings", "lock_state", "listens", "unlock", "unlock_by_system", "stop_asking", "quit"];

async fn try_passphrase(window: &Window, passphrase: &str) -> Result<()> {
    window.type_into("textbox", "Passphrase", &format!("{passphrase}{}", key::ENTER)).await
}

/// Asks the backend what the page could ask it, and returns the code of the refusal.
async fn code_of(window: &Window, command: &str, arguments: Value) -> Result<Value> {
    const ASK: &str = "const [command, given, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(command, given).then(() => done('answered'), (error) => done(error.code ?? `${error}`));";
    Ok(window.client().execute_async(ASK, vec![json!(command), arguments]).await?)
}

async fn labels(item: &Item) -> Result<Vec<String>> {
    Ok(item.menu().await?.into_iter().map(|entry| entry.label).collect())
}

async fn nothing_shows(window: &Window, name: &str) -> Result<()> {
    ensure!(!holds(window, name).await?, "the page of a locked window holds the name");
    let title = window.client().title().await?;
    ensure!(title == "Fobwatch", "{title}");
    Ok(())
}

#[tokio::test]
async fn a_locked_window_has_nothing_of_the_vault_and_every_command_refuses() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    let item = tray.item().await?;
    set_passphrase(&window).await?;
    until("the key in the tray", SOON, || async {
        Ok(labels(&item).await?.iter().any(|label| label.starts_with("Payments")).then_some(()))
    })
    .await?;
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(KEY).await?;

    lock(&window).await?;
    nothing_shows(&window, "Payments").await?;
    desk.clipboard_holds("").await?;
    until("a tray without the vault", SOON, || async {
        Ok((labels(&item).await? == ["Unlock", "Quit"]).then_some(()))
    })
    .await?;
    let commands = commands()?;
    ensure!(commands.len() > 40 && OPEN.iter().all(|open| commands.iter().any(|one| one == open)), "{commands:?}");
    for command in commands.iter().filter(|command| !OPEN.contains(&command.as_str())) {
        let code = code_of(&window, command, json!({})).await?;
        ensure!(code == "locked", "{command}: {code}");
    }
    // What changes meanwhile is not told either.
    desk.add_key("Another", "staging", "key-0123456789", &[]).await?;
    nothing_shows(&window, "Another").await?;
    try_passphrase(&window, PASSPHRASE).await?;
    window.find("heading", "Payments").await?;
    until("the keys in the tray", SOON, || async {
        Ok(labels(&item).await?.iter().any(|label| label.starts_with("Another")).then_some(()))
    })
    .await?;
    assert_absent(desk.fob.home(), &[("passphrase", PASSPHRASE.as_bytes())])
}

/// For how many seconds the backend takes no passphrase.
async fn waits(window: &Window) -> Result<u64> {
    const ASK: &str = "const done = arguments[0];
        window.__TAURI_INTERNALS__.invoke('lock_state', {}).then((state) => done(state.wait_seconds), (error) => done(error));";
    window.client().execute_async(ASK, Vec::new()).await?.as_u64().context("no number of seconds")
}

#[tokio::test]
async fn guessing_gets_slower_and_a_restart_does_not_help() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    set_passphrase(&window).await?;
    lock(&window).await?;
    try_passphrase(&window, "wrong horse battery").await?;
    window.shows("That is not the passphrase.").await?;
    for (wrong, pause) in [("wrong again", 2), ("and again", 4), ("and once more", 8), ("and at last", 16)] {
        // The page is not what keeps a guesser waiting.
        until("the pause to end", SOON, || async {
            let code = code_of(&window, "unlock", json!({ "passphrase": wrong })).await?;
            ensure!(code == "wrong_passphrase" || code == "too_soon", "{code}");
            Ok((code == "wrong_passphrase").then_some(()))
        })
        .await?;
        let code = code_of(&window, "unlock", json!({ "passphrase": PASSPHRASE })).await?;
        ensure!(code == "too_soon", "after a pause of {pause} s: {code}");
        let wait = waits(&window).await?;
        ensure!(wait > pause / 2 && wait <= pause, "{wait} s, where {pause} s were due");
    }
    // A locked program can be quit by key. The driver may lose the window before it can answer.
    drop(window.press(&[key::CONTROL, 'q']).await);
    desk.app_ends().await?;
    drop(window);

    let window = desk.open_app().await?;
    window.find("heading", "Locked").await?;
    nothing_shows(&window, "Payments").await?;
    ensure!(waits(&window).await? > 0, "the restart ended the pause");
    ensure!(desk.fob.run(&["token", "Payments"]).await?.code == 7, "fob gives out what is behind the door");
    until("the pause to end", SOON, || async { Ok((!window.text().await?.contains("Try again in")).then_some(())) })
        .await?;
    try_passphrase(&window, PASSPHRASE).await?;
    window.find("heading", "Payments").await?;
    Ok(())
}

#[tokio::test]
async fn what_loosens_security_asks_for_the_passphrase_and_what_tightens_it_does_not() -> Result<()> {
    const CLEAR: &str = "Clear after copying";
    const ASKS: &str = "Less secure: passphrase needed";
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    set_passphrase(&window).await?;
    open_section(&window, 1, "Security").await?;
    reach(&window, CLEAR).await?;
    window.press(&['5']).await?;
    until("5 s", SOON, || async { Ok((chosen(&window, CLEAR).await? == "5").then_some(())) }).await?;
    ensure!(!window.has("dialog", ASKS).await?, "tightening asked");

    window.press(&[key::DOWN]).await?;
    window.find("dialog", ASKS).await?;
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", ASKS).await?;
    ensure!(chosen(&window, CLEAR).await? == "5", "it did not go back");
    let looser = json!({ "change": { "clear_clipboard_seconds": 60 }, "passphrase": null });
    let code = code_of(&window, "change_settings", looser).await?;
    ensure!(code == "passphrase_needed", "{code}");

    reach(&window, CLEAR).await?;
    window.press(&[key::DOWN]).await?;
    window.find("dialog", ASKS).await?;
    window.type_into("textbox", "Passphrase", &format!("{PASSPHRASE}{}", key::ENTER)).await?;
    window.gone("dialog", ASKS).await?;
    until("10 s", SOON, || async { Ok((chosen(&window, CLEAR).await? == "10").then_some(())) }).await
}
