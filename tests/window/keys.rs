//! API keys in the window: added by form, found by search, copied by key, and added by somebody else.

use anyhow::{Result, ensure};
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::process::until;
use fobwatch_tests::window::key;

use crate::desk::{Desk, SOON, choose, never_seen, row, watch_for};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";
const SEARCH: &str = "Search providers, or paste a key, a token or an issuer URL";

#[tokio::test]
async fn a_key_is_added_found_and_copied_and_the_page_never_holds_it() -> Result<()> {
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    window.find("heading", "Add your first credential").await?;
    watch_for(&window, KEY).await?;

    window.press(&[key::CONTROL, 'n']).await?;
    window.click("button", "API key You set a rotate-by date").await?;
    window.type_into("combobox", SEARCH, &format!("stripe{}", key::ENTER)).await?;
    window.type_into("textbox", "Name", "Payments sandbox").await?;
    window.type_into("textbox", "Key", KEY).await?;
    window.press(&[key::CONTROL, key::ENTER]).await?;
    window.find("heading", "Payments sandbox").await?;
    window.gone("dialog", "Add API key").await?;
    ensure!(row(&window, "Payments sandbox").await?.contains("development, Stripe, "), "not what was entered");
    desk.add_key("Mail", "staging", "key-0123456789", &["--provider", "mailgun"]).await?;
    row(&window, "Mail").await?;

    // The other one is open, so that the copy proves that the search chose.
    choose(&window, "Mail", "Mail").await?;
    window.press(&[key::CONTROL, 'f']).await?;
    window.type_into("searchbox", "Search", "sandb").await?;
    until("one row", SOON, || async { Ok((window.names("option").await?.len() == 1).then_some(())) }).await?;
    window.find("heading", "Payments sandbox").await?;
    window.press(&[key::CONTROL, 'c']).await?;
    window.shows("Clipboard clears in").await?;
    desk.clipboard_holds(KEY).await?;
    never_seen(&window, KEY).await?;

    window.click("button", "Clear the clipboard now").await?;
    desk.clipboard_holds("").await?;
    until("the strip to go", SOON, || async { Ok((!window.text().await?.contains("Clipboard clears")).then_some(())) })
        .await?;
    never_seen(&window, KEY).await?;
    assert_absent(desk.fob.home(), &[("key", KEY.as_bytes())])
}

#[tokio::test]
async fn what_the_command_adds_appears_without_a_click() -> Result<()> {
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    window.find("heading", "Add your first credential").await?;
    desk.add_key("First", "staging", KEY, &[]).await?;
    row(&window, "First, staging").await?;
    desk.add_key("Second", "production", "key-0123456789", &[]).await?;
    row(&window, "Second, production").await?;
    Ok(())
}

#[tokio::test]
async fn quitting_by_key_clears_the_clipboard_and_ends_the_program() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("First", "staging", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "First").await?;
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(KEY).await?;
    ensure!(desk.app()?.is_some(), "the app is not found by its process");
    // The driver may lose the window before it can answer.
    let pressed = window.press(&[key::CONTROL, 'q']).await;
    desk.app_ends().await?;
    ensure!(desk.clipboard().await?.is_empty(), "the key is still on the clipboard: {:?}", pressed.is_ok());
    Ok(())
}
