//! A sign-in that waits, seen from the tray.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::tray::{Item, Tray};
use fobwatch_tests::window::key;

use crate::desk::{Desk, SOON};
use crate::{SEARCH, menu_with, window_manager};

/// What is left of the sign-in in seconds, as the menu says it.
async fn left(item: &Item) -> Result<u32> {
    let menu = item.menu().await?;
    let text = menu.iter().find_map(|entry| entry.label.strip_prefix("Signing in to Northwind… "));
    let clock = text.and_then(|text| text.strip_suffix(" left")).with_context(|| format!("{menu:?}"))?;
    let (minutes, seconds) = clock.split_once(':').context("no m:ss")?;
    ensure!(seconds.len() == 2, "{clock}");
    Ok(minutes.parse::<u32>()? * 60 + seconds.parse::<u32>()?)
}

#[tokio::test]
async fn a_sign_in_says_how_long_it_waits_and_brings_the_window_up() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    let _manager = window_manager(&desk)?;
    // Nobody approves.
    let window = desk.open_app_in(&[("BROWSER", "true")], "Add your first credential").await?;
    let item = tray.item().await?;
    window.press(&[key::CONTROL, 'n']).await?;
    window.type_into("combobox", SEARCH, &format!("custom{}", key::ENTER)).await?;
    window.type_into("textbox", "Issuer URL", server.issuer()).await?;
    window.shows("This issuer is on this computer.").await?;
    let field = window.find("textbox", "Name").await?;
    field.clear().await?;
    field.send_keys("Northwind").await?;
    window.type_into("textbox", "Client ID", "fobwatch-demo").await?;
    window.click("button", "Sign in with browser").await?;
    window.shows("Listening on ").await?;

    menu_with(&item, "Signing in to Northwind… ").await?;
    let first = left(&item).await?;
    ensure!((200..=300).contains(&first), "{first}");
    // Nobody looks: nothing is said, and the text is the one of before.
    let shown = item.layout().await?;
    until("a second to pass", SOON, || async { Ok((left(&item).await? < first).then_some(())) }).await?;
    ensure!(item.layout().await? != shown, "what was asked for is not what stands there");

    let mut minimize = desk.session.command("xdotool");
    minimize.args(["search", "--onlyvisible", "--name", "^Fobwatch$", "windowminimize"]);
    ensure!(minimize.status().await?.success());
    until("the window to go", SOON, || async { Ok((!desk.is_open().await?).then_some(())) }).await?;
    item.click("Signing in to Northwind").await?;
    until("the window", SOON, || async { Ok(desk.is_open().await?.then_some(())) }).await?;
    window.click("button", "Cancel").await?;
    until("the sign-in to leave the tray", SOON, || async {
        Ok(item.menu().await?.iter().all(|entry| !entry.label.starts_with("Signing in")).then_some(()))
    })
    .await
}
