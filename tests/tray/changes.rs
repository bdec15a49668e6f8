//! What the menu says of itself while somebody looks at it: what changed, once, and nothing where nothing did.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::{bare_command, project};
use fobwatch_tests::session::succeed;
use fobwatch_tests::tray::{Entry, Tray};
use futures_util::{FutureExt as _, StreamExt as _};
use zbus::MessageStream;

use crate::desk::{Desk, SOON};
use crate::{KEY, ends_well, menu_with, start};

/// The name of the next signal; waits for it.
async fn next(said: &mut MessageStream) -> Result<String> {
    let message =
        tokio::time::timeout(SOON, said.next()).await.context("the menu said nothing")?.context("no bus")??;
    Ok(message.header().member().context("a signal without a name")?.to_string())
}

/// The names of the signals that came already.
fn so_far(said: &mut MessageStream) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(Some(Ok(message))) = said.next().now_or_never() {
        names.extend(message.header().member().map(ToString::to_string));
    }
    names
}

#[tokio::test]
async fn a_change_that_nobody_sees_is_not_told_and_one_that_is_seen_once() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    let mut app = start(&desk, &["--hidden"])?;
    let item = tray.item().await?;
    menu_with(&item, "Payments").await?;
    let mut said = item.said().await?;
    // Each is a change of the vault that the app hears of.
    for note in ["one", "two", "three", "four", "five", "six"] {
        ensure!(desk.fob.run(&["set", "Payments", "--note", note]).await?.code == 0);
        item.click("Payments").await?;
        desk.clipboard_holds(KEY).await?;
        ensure!(!item.about_to_show().await?, "the menu is to be read again although it says the same");
    }
    ensure!(desk.fob.run(&["set", "Payments", "--env", "staging"]).await?.code == 0);
    let menu = menu_with(&item, "Payments, staging — no expiry").await?;
    ensure!(next(&mut said).await? == "ItemsPropertiesUpdated");
    // A line that comes is another layout.
    desk.add_key("Another", "staging", "key-0123456789", &["--rotate-by", "none"]).await?;
    let now = menu_with(&item, "Another").await?;
    ensure!(now.len() == menu.len() + 1, "{now:?}");
    ensure!(next(&mut said).await? == "LayoutUpdated");
    item.layout().await?;
    let more = so_far(&mut said);
    ensure!(more.is_empty(), "it was told more than once: {more:?}");
    item.click("Quit").await?;
    ends_well(&mut app).await
}

/// All lines of a menu and of what opens beside it.
fn count(menu: &[Entry]) -> usize {
    menu.iter().map(|entry| 1 + count(&entry.children)).sum()
}

#[tokio::test]
async fn five_thousand_credentials_are_a_short_menu_that_comes_at_once() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    let mut seed = bare_command("python3");
    seed.arg(project().join("scripts/seed_vault.py")).arg(desk.fob.home()).arg("5000");
    succeed(seed).await?;
    // Many of those were used before; this one last.
    ensure!(desk.fob.run(&["token", "Payments"]).await?.code == 0);
    let mut app = start(&desk, &["--hidden"])?;
    let item = tray.item().await?;
    menu_with(&item, "Payments, prod").await?;
    let menu = menu_with(&item, "Needs attention (").await?;
    let attention = menu.iter().find(|entry| entry.label.starts_with("Needs attention")).context("no attention")?;
    ensure!(attention.children.len() == 10 && attention.label != "Needs attention (10)", "{attention:?}");
    ensure!(count(&menu) < 60, "{} lines", count(&menu));
    let asked = std::time::Instant::now();
    item.menu().await?;
    let took = asked.elapsed();
    // Of a build for tests, on a machine that does other things as well.
    ensure!(took < Duration::from_secs(1), "the menu took {took:?}");
    // What happens to one of them is seen as soon.
    ensure!(desk.fob.run(&["set", "Payments", "--env", "staging"]).await?.code == 0);
    menu_with(&item, "Payments, staging").await?;
    item.click("Payments").await?;
    desk.clipboard_holds(KEY).await?;
    item.click("Quit").await?;
    ends_well(&mut app).await
}
