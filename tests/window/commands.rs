//! The commands of the window (Ctrl+K): found by a few letters and run, by keyboard alone.

use anyhow::{Result, ensure};
use fobwatch_tests::app_lock::PASSPHRASE;
use fobwatch_tests::process::until;
use fobwatch_tests::window::{Window, key};
use serde_json::json;

use crate::desk::{Desk, SOON, never_seen, watch_for};

const MAIL: &str = "key-0123456789abcdef";
const PAYMENTS: &str = "sk_test_51Canary00000000000000aaaa";

async fn two(desk: &Desk) -> Result<()> {
    desk.add_key("Mail", "staging", MAIL, &["--provider", "mailgun", "--rotate-by", "none"]).await?;
    desk.add_key("Payments", "production", PAYMENTS, &["--provider", "stripe", "--rotate-by", "none"]).await
}

/// Waits until the keyboard is on what has this accessible name.
async fn focused(window: &Window, name: &str) -> Result<()> {
    until(&format!("the focus on “{name}”"), SOON, || async {
        let on = window.client().execute("return document.activeElement?.getAttribute('aria-label')", vec![]).await?;
        Ok((on == json!(name)).then_some(()))
    })
    .await
}

/// Waits until Enter would run this command.
async fn chosen(window: &Window, name: &str) -> Result<()> {
    const CHOSEN: &str = "const id = document.activeElement?.getAttribute('aria-activedescendant');
        return document.getElementById(id ?? '')?.getAttribute('aria-label') ?? null;";
    until(&format!("“{name}” to be chosen"), SOON, || async {
        Ok((window.client().execute(CHOSEN, vec![]).await? == json!(name)).then_some(()))
    })
    .await
}

/// Opens the commands, wherever the keyboard is, and waits until they take letters.
async fn open(window: &Window) -> Result<()> {
    window.press(&[key::CONTROL, 'k']).await?;
    window.find("dialog", "Commands").await?;
    focused(window, "Find a command").await
}

/// Runs the command that these letters find first.
async fn run(window: &Window, letters: &str, name: &str) -> Result<()> {
    open(window).await?;
    for letter in letters.chars() {
        window.press(&[letter]).await?;
    }
    chosen(window, name).await?;
    window.press(&[key::ENTER]).await?;
    window.gone("dialog", "Commands").await
}

#[tokio::test]
async fn a_command_is_found_by_a_few_letters_and_done_to_what_is_selected() -> Result<()> {
    let desk = Desk::set().await?;
    two(&desk).await?;
    let window = desk.open_app().await?;
    watch_for(&window, PAYMENTS).await?;
    window.find("heading", "Mail").await?;
    focused(&window, "Credentials").await?;
    window.press(&[key::DOWN]).await?;
    window.find("heading", "Payments").await?;

    open(&window).await?;
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", "Commands").await?;
    focused(&window, "Credentials").await?;

    run(&window, "copy", "Copy key").await?;
    desk.clipboard_holds(PAYMENTS).await?;
    focused(&window, "Credentials").await?;
    run(&window, "curl", "Copy as curl command").await?;
    until("the command on the clipboard", SOON, || async {
        let held = desk.clipboard().await?;
        Ok((held.starts_with("curl ") && held.contains(PAYMENTS)).then_some(()))
    })
    .await?;
    never_seen(&window, PAYMENTS).await?;

    run(&window, "act", "Activity").await?;
    window.find("grid", "What happened, newest first").await?;
    open(&window).await?;
    // No credential is to be seen there, so none can be meant.
    window.find("option", "All credentials").await?;
    ensure!(!window.has("option", "Copy key").await?, "a credential out of sight can be copied");
    ensure!(!window.has("option", "Activity").await?, "it offers what is open");
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", "Commands").await?;
    run(&window, "all", "All credentials").await?;
    window.find("heading", "Payments").await?;
    never_seen(&window, PAYMENTS).await
}

#[tokio::test]
async fn an_undo_is_offered_while_there_is_something_to_undo() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Mail", "staging", MAIL, &["--provider", "mailgun", "--rotate-by", "none"]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Mail").await?;
    open(&window).await?;
    ensure!(!window.has("option", "Undo a deletion").await?, "there is nothing to undo");
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", "Commands").await?;

    run(&window, "del", "Delete…").await?;
    window.find("dialog", "Delete Mail").await?;
    window.press(&[key::ENTER]).await?;
    window.find("heading", "Add your first credential").await?;
    // Nothing is stored any more; what needs nothing is offered all the same.
    run(&window, "un", "Undo a deletion").await?;
    window.find("heading", "Mail").await?;
    let value = desk.fob.run(&["token", "Mail"]).await?;
    ensure!(value.stdout.trim_end() == MAIL, "the value is another one after undo");
    Ok(())
}

#[tokio::test]
async fn the_commands_open_neither_over_another_dialog_nor_while_locked() -> Result<()> {
    let desk = Desk::set().await?;
    two(&desk).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Mail").await?;
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Delete Mail").await?;
    window.press(&[key::CONTROL, 'k']).await?;
    // Keys arrive one after the other: once Escape has done its work, the one before had its chance.
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", "Delete Mail").await?;
    ensure!(window.names("dialog").await?.is_empty(), "opened over another dialog");

    run(&window, "lock", "Lock now").await?;
    window.find("dialog", "Set a passphrase").await?;
    window.type_into("textbox", "New passphrase", PASSPHRASE).await?;
    window.type_into("textbox", "Once more", &format!("{PASSPHRASE}{}", key::ENTER)).await?;
    window.gone("dialog", "Set a passphrase").await?;
    run(&window, "lock", "Lock now").await?;
    window.find("heading", "Locked").await?;
    window.press(&[key::CONTROL, 'k']).await?;
    window.type_into("textbox", "Passphrase", &format!("{PASSPHRASE}{}", key::ENTER)).await?;
    window.find("heading", "Mail").await?;
    ensure!(window.names("dialog").await?.is_empty(), "opened while locked");
    Ok(())
}
