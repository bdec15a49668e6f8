//! Deleting in the window: confirmed, undone, and final when the program ends.

use anyhow::{Result, ensure};
use fobwatch_tests::process::until;
use fobwatch_tests::window::{Window, key};

use crate::desk::{Desk, SOON, choose};

const LIVE: &str = "sk_live_51Canary00000000000000aaaa";
const STAGED: &str = "key-51Canary11111111111111bbbb";

async fn row_goes(window: &Window, start: &str) -> Result<()> {
    until("the row to go", SOON, || async {
        Ok((!window.names("option").await?.iter().any(|name| name.starts_with(start))).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_deleted_key_comes_back_by_undo_and_leaves_for_good_when_the_program_ends() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", LIVE, &["--provider", "stripe"]).await?;
    desk.add_key("Mail", "staging", STAGED, &["--provider", "mailgun"]).await?;
    let window = desk.open_app().await?;

    choose(&window, "Payments", "Payments").await?;
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Delete Payments").await?;
    // Production wants to be read: Enter alone does nothing, and another name neither.
    window.press(&[key::ENTER]).await?;
    let field = "Production: type the name to delete";
    window.type_into("textbox", field, &format!("payments{}", key::ENTER)).await?;
    ensure!(!window.find("button", "Delete").await?.is_enabled().await?, "Delete can be pressed");
    ensure!(desk.fob.run(&["token", "Payments"]).await?.stdout.trim() == LIVE, "it is deleted already");
    window.find("textbox", field).await?.clear().await?;
    window.type_into("textbox", field, &format!("Payments{}", key::ENTER)).await?;
    window.gone("dialog", "Delete Payments").await?;
    row_goes(&window, "Payments").await?;
    ensure!(!desk.session.search_items("service", "dev.fobwatch").await?.contains(LIVE), "the keyring still has it");
    window.click("button", "Undo").await?;
    window.find("heading", "Payments").await?;
    ensure!(desk.fob.run(&["token", "Payments"]).await?.stdout.trim() == LIVE, "the key is not what it was");

    // Elsewhere Enter is enough; and the program ends before the time to undo does.
    choose(&window, "Mail", "Mail").await?;
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Delete Mail").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("Deleted “Mail”").await?;
    let pressed = window.press(&[key::CONTROL, 'q']).await;
    desk.app_ends().await?;
    let found = desk.session.search_items("service", "dev.fobwatch").await?;
    ensure!(!found.contains(STAGED) && found.contains(LIVE), "not only the deleted one went: {:?}", pressed.is_ok());
    ensure!(desk.fob.run(&["token", "Mail"]).await?.code == 3, "the deleted key is still known");
    ensure!(desk.fob.run(&["token", "Payments"]).await?.stdout.trim() == LIVE, "the other one went too");
    Ok(())
}

#[tokio::test]
async fn escape_leaves_the_key_and_control_z_brings_it_back() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Mail", "staging", STAGED, &[]).await?;
    let window = desk.open_app().await?;
    choose(&window, "Mail", "Mail").await?;
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Delete Mail").await?;
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", "Delete Mail").await?;
    ensure!(desk.fob.run(&["token", "Mail"]).await?.stdout.trim() == STAGED, "Escape deleted it");
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Delete Mail").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("Deleted “Mail”").await?;
    // The vault is empty now; undo works from the first-run page as well.
    window.find("heading", "Add your first credential").await?;
    window.press(&[key::CONTROL, 'z']).await?;
    window.find("heading", "Mail").await?;
    ensure!(desk.fob.run(&["token", "Mail"]).await?.stdout.trim() == STAGED, "the key is not what it was");
    Ok(())
}
