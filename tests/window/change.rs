//! What a person changes of a credential in the window: by keyboard in Setup, from the menu, and a token pasted in.

use anyhow::{Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use fobwatch_tests::journey::sign_in;
use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::window::{Window, key};

use crate::desk::{Desk, SOON, never_seen, row, watch_for};

/// Waits until what `fob show` says of a credential fits.
async fn shown(desk: &Desk, name: &str, what: &str, fits: impl Fn(&serde_json::Value) -> bool) -> Result<()> {
    until(what, SOON, || async { Ok(desk.show(name).await.is_ok_and(|shown| fits(&shown)).then_some(())) }).await
}

/// Opens the overflow menu and chooses an entry.
async fn choose_entry(window: &Window, entry: &str) -> Result<()> {
    window.click("button", "More").await?;
    window.click("menuitem", entry).await
}

#[tokio::test]
async fn a_key_is_renamed_in_setup_by_keyboard_and_an_escape_takes_typing_back() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "staging", "sk_test_51Canary00000000000000aaaa", &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    // Overview, Access, History, Setup: a key has no token.
    for _ in 0..3 {
        window.press(&[']']).await?;
    }
    window.find("textbox", "Account").await?;
    window.press(&['[']).await?;
    window.gone("textbox", "Account").await?;
    window.press(&[']']).await?;
    window.type_into("textbox", "Name", " gateway").await?;
    window.press(&[key::ESCAPE]).await?;
    window.find("textbox", "Name").await?;
    window.type_into("textbox", "Name", " EU").await?;
    window.press(&[key::ENTER]).await?;
    window.find("heading", "Payments EU").await?;
    row(&window, "Payments EU, staging").await?;
    shown(&desk, "Payments EU", "the new name", |_| true).await?;

    // What can't be used is said at the field, and nothing is stored.
    window.type_into("textbox", "Header template", " {}").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("Write it as a header with {} for the key").await?;
    shown(&desk, "Payments EU", "the header as it was", |one| one["header"] == "Authorization: Bearer {}").await
}

#[tokio::test]
async fn a_key_moves_and_may_expire_from_the_menu() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Mail", "staging", "key-0123456789", &["--rotate-by", "3d"]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Mail").await?;
    choose_entry(&window, "Let it expire").await?;
    shown(&desk, "Mail", "the key may expire", |one| one["let_expire"] == true && one["tone"] == "neutral").await?;
    until("no row that needs attention", SOON, || async {
        Ok((!window.text().await?.contains("Show all") && window.has("button", "More").await?).then_some(()))
    })
    .await?;
    choose_entry(&window, "Say when it ends").await?;
    shown(&desk, "Mail", "the key is watched", |one| one["let_expire"] == false && one["tone"] == "warn").await?;

    window.click("button", "More").await?;
    window.click("menuitem", "Move to").await?;
    window.click("menuitem", "prod").await?;
    row(&window, "Mail, production").await?;
    shown(&desk, "Mail", "the key in production", |one| one["environment"] == "production").await?;
    window.click("button", "Pin: show it among the first").await?;
    shown(&desk, "Mail", "the pin", |one| one["pinned"] == true).await
}

#[tokio::test]
async fn a_login_is_paused_and_resumed_and_copying_goes_on() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let desk = Desk::set().await?;
    sign_in(&desk.fob, &server, "Northwind").await?;
    let window = desk.open_app().await?;
    window.find("heading", "Northwind").await?;
    choose_entry(&window, "Pause refreshing").await?;
    window.find("heading", "Refreshing paused").await?;
    shown(&desk, "Northwind", "the pause", |one| one["paused"] == true && one["line"] == "paused").await?;
    window.press(&[key::CONTROL, 'c']).await?;
    window.shows("Clipboard clears in").await?;
    choose_entry(&window, "Resume refreshing").await?;
    window.gone("heading", "Refreshing paused").await?;
    shown(&desk, "Northwind", "the login renewing itself", |one| one["paused"] == false && one["line"] == "renews")
        .await
}

#[tokio::test]
async fn a_pasted_token_is_stored_looked_into_and_never_in_the_page() -> Result<()> {
    let desk = Desk::set().await?;
    // The end of the century.
    let claims = r#"{"sub":"ci","exp":4102444800}"#;
    let signature = "S1gnatureCanary00000000000000000000000000000";
    let token = format!("{}.{}.{signature}", B64.encode(r#"{"alg":"HS256"}"#), B64.encode(claims));
    let window = desk.open_app().await?;
    window.find("heading", "Add your first credential").await?;
    watch_for(&window, signature).await?;
    window.press(&[key::CONTROL, 'n']).await?;
    window.click("button", "JWT Pasted, not renewed").await?;
    window.type_into("textbox", "Name", "Build staging").await?;
    window.type_into("textbox", "Token", &token).await?;
    window.press(&[key::CONTROL, key::ENTER]).await?;
    window.find("heading", "Build staging").await?;
    // Its token is what is shown first, and it is not renewed.
    window.shows("Expires").await?;
    ensure!(!window.has("button", "Refresh now").await?, "nobody can renew a pasted token");
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(&token).await?;
    shown(&desk, "Build staging", "a JWT that ends", |one| one["kind"] == "jwt" && one["status"] == "fresh").await?;
    never_seen(&window, signature).await
}
