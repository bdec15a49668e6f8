//! A locked keyring in the window: said, worked around, and forgotten once it is open.

use anyhow::{Result, ensure};
use fobwatch_tests::process::until;
use fobwatch_tests::window::key;

use crate::desk::{Desk, SOON};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";

#[tokio::test]
async fn a_locked_keyring_is_said_and_the_banner_goes_when_it_is_open() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("First", "staging", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("button", "Copy key").await?;
    desk.session.lock().await?;
    // The window hears of it when somebody needs the keyring.
    window.press(&[key::CONTROL, 'c']).await?;
    window.find("button", "Unlock and copy").await?;
    window.find("button", "Unlock keyring…").await?;
    window.shows("The keyring is locked. Copying and refreshing wait; nothing is lost.").await?;
    window.shows("in the locked keyring").await?;
    ensure!(desk.clipboard().await?.is_empty(), "something was copied");

    desk.session.unlock().await?;
    if window.has("button", "Unlock keyring…").await? {
        window.click("button", "Unlock keyring…").await?;
    }
    window.gone("button", "Unlock keyring…").await?;
    until("the sentence to go", SOON, || async { Ok((!window.text().await?.contains("is locked")).then_some(())) })
        .await?;
    window.click("button", "Copy key").await?;
    desk.clipboard_holds(KEY).await
}
