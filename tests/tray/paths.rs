//! Every way through the menu: what a person gets who chooses it.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::app_lock::set_passphrase;
use fobwatch_tests::journey::sign_in;
use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::tray::{Entry, Item, Tray};

use crate::desk::{Desk, SOON};
use crate::{KEY, ends_well, menu_with, start, window_manager};

const PNG: &[u8] = b"\x89PNG";

fn labels(menu: &[Entry]) -> Vec<&str> {
    menu.iter().map(|entry| entry.label.as_str()).collect()
}

fn entry<'a>(menu: &'a [Entry], start: &str) -> Result<&'a Entry> {
    menu.iter().find(|entry| entry.label.starts_with(start)).with_context(|| format!("no “{start}” in {menu:?}"))
}

/// Waits until a window with this title is on the screen.
async fn window_comes(desk: &Desk, title: &str) -> Result<()> {
    until(&format!("the window “{title}”"), SOON, || async {
        let mut search = desk.session.command("xdotool");
        search.args(["search", "--onlyvisible", "--name", &format!("^{title}$")]);
        Ok(search.output().await?.status.success().then_some(()))
    })
    .await
}

#[tokio::test]
async fn every_way_to_copy_stands_beside_its_credential_and_does_what_it_says() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    sign_in(&desk.fob, &server, "Northwind").await?;
    let mut app = start(&desk, &["--hidden"])?;
    let item = tray.item().await?;
    let menu = menu_with(&item, "Payments, prod — no expiry").await?;
    let ways = &entry(&menu, "Copy as")?.children;
    let of_key = &entry(ways, "Payments, prod")?.children;
    ensure!(labels(of_key) == ["Copy key", "Copy as header", "Copy as curl", "Copy as .env line"], "{of_key:?}");
    let of_login = &entry(ways, "Northwind, dev")?.children;
    ensure!(labels(of_login).first() == Some(&"Copy token"), "{of_login:?}");
    ensure!(labels(of_login).last() == Some(&"Refresh, then copy"), "{of_login:?}");

    for (way, copied) in [
        ("Copy as header", format!("Authorization: Bearer {KEY}")),
        ("Copy as curl", format!("curl -H 'Authorization: Bearer {KEY}'")),
        ("Copy as .env line", format!("PAYMENTS_KEY={KEY}")),
        ("Copy key", KEY.to_owned()),
    ] {
        item.click_in(&["Copy as", "Payments", way]).await?;
        // The message names no value.
        until(way, SOON, || async { Ok(desk.clipboard().await?.starts_with(&copied).then_some(())) }).await?;
    }
    let before = desk.show("Northwind").await?["refresh_generation"].as_u64().context("no generation")?;
    item.click_in(&["Copy as", "Northwind", "Refresh, then copy"]).await?;
    until("a renewed token on the clipboard", SOON, || async {
        let renewed = desk.show("Northwind").await?["refresh_generation"].as_u64() > Some(before);
        let token = desk.fob.run(&["token", "Northwind"]).await?.stdout.trim().to_owned();
        Ok((renewed && desk.clipboard().await? == token).then_some(()))
    })
    .await?;
    item.click("Quit").await?;
    ends_well(&mut app).await
}

#[tokio::test]
async fn a_gauge_stands_before_each_credential() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Endless", "production", KEY, &["--rotate-by", "none"]).await?;
    desk.add_key("Half", "staging", "key-0123456789", &["--rotate-by", "30d"]).await?;
    desk.add_key("Late", "staging", "key-9876543210", &["--rotate-by", "1d"]).await?;
    let mut app = start(&desk, &["--hidden"])?;
    let item = tray.item().await?;
    menu_with(&item, "Endless").await?;
    let menu = menu_with(&item, "Needs attention (1)").await?;
    let late = entry(&menu, "Needs attention")?;
    ensure!(
        [late, &late.children[0], entry(&menu, "Endless")?].iter().all(|one| one.icon.starts_with(PNG)),
        "{menu:?}"
    );
    ensure!(entry(&menu, "Endless")?.icon != late.icon, "what needs attention looks like what does not");
    // What is no credential and warns of nothing has none.
    for plain in ["Copy", "Copy another", "Copy as", "Open Fobwatch", "Quit"] {
        ensure!(entry(&menu, plain)?.icon.is_empty(), "{plain}");
    }
    item.click_in(&["Needs attention", "Late"]).await?;
    window_comes(&desk, "Fobwatch").await?;
    item.click("Quit").await?;
    ends_well(&mut app).await
}

#[tokio::test]
async fn copy_another_brings_the_palette_up() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    let _manager = window_manager(&desk)?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    let mut app = start(&desk, &["--hidden"])?;
    let item = tray.item().await?;
    let keys = until("the keys of the palette in the tray", SOON, || async {
        let keys = entry(&menu_with(&item, "Copy another…").await?, "Copy another…")?.keys.clone();
        Ok((!keys.is_empty()).then_some(keys))
    });
    ensure!(keys.await? == ["Control", "Alt", "K"]);
    item.click("Copy another…").await?;
    window_comes(&desk, "Fobwatch palette").await?;
    ensure!(!desk.is_open().await?, "the window came as well");
    item.click("Quit").await?;
    ends_well(&mut app).await
}

/// Waits until the menu has these lines and no others.
async fn has_only(item: &Item, wanted: &[&str]) -> Result<()> {
    until(&format!("{wanted:?} in the tray"), SOON, || async {
        let menu = item.menu().await?;
        Ok((labels(&menu) == wanted && menu.iter().all(|entry| entry.children.is_empty())).then_some(()))
    })
    .await
}

#[tokio::test]
async fn lock_now_is_there_with_a_passphrase_and_a_menu_from_before_gives_nothing_out() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    let window = desk.open_app().await?;
    let item = tray.item().await?;
    let menu = menu_with(&item, "Payments").await?;
    ensure!(!labels(&menu).contains(&"Lock now"), "it offers a lock that nobody could open: {menu:?}");
    set_passphrase(&window).await?;
    let before = menu_with(&item, "Lock now").await?;
    item.click("Lock now").await?;
    window.find("heading", "Locked").await?;
    has_only(&item, &["Unlock", "Quit"]).await?;

    let header = &entry(&entry(&before, "Copy as")?.children, "Payments")?.children[1];
    for old in [entry(&before, "Payments")?, header, entry(&before, "Lock now")?] {
        item.click_number(old.id).await?;
    }
    let refused = desk.fob.run(&["token", "Payments"]).await?;
    ensure!(refused.code == 7, "{refused:?}");
    has_only(&item, &["Unlock", "Quit"]).await?;
    ensure!(desk.clipboard().await?.is_empty(), "a locked vault gave something out");
    item.click("Quit").await?;
    desk.app_ends().await
}

#[tokio::test]
async fn refresh_all_now_renews_what_renews_itself() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    let mut app = start(&desk, &["--hidden"])?;
    let item = tray.item().await?;
    let menu = menu_with(&item, "Payments").await?;
    ensure!(!labels(&menu).contains(&"Refresh all now"), "nothing renews itself: {menu:?}");
    for name in ["Northwind", "Southwind"] {
        sign_in(&desk.fob, &server, name).await?;
    }
    menu_with(&item, "Refresh all now").await?;
    item.click("Refresh all now").await?;
    until("both to be renewed", SOON, || async {
        let mut renewed = true;
        for name in ["Northwind", "Southwind"] {
            renewed &= desk.show(name).await?["refresh_generation"].as_u64() > Some(0);
        }
        Ok(renewed.then_some(()))
    })
    .await?;
    ensure!(server.record().await?.counts.refresh == 2, "one was renewed twice");
    item.click("Quit").await?;
    ends_well(&mut app).await
}

#[tokio::test]
async fn all_logins_are_paused_for_a_while_and_resumed() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    for name in ["Northwind", "Southwind"] {
        sign_in(&desk.fob, &server, name).await?;
    }
    let window = desk.open_app().await?;
    let item = tray.item().await?;
    let menu = menu_with(&item, "Pause refreshing").await?;
    let spans = &entry(&menu, "Pause refreshing")?.children;
    ensure!(labels(spans) == ["For 1 hour", "Until 8:00 tomorrow", "Until you resume it"], "{spans:?}");
    ensure!(!labels(&menu).iter().any(|label| label.starts_with("Resume")), "nothing is paused: {menu:?}");
    item.click_in(&["Pause refreshing", "For 1 hour"]).await?;
    let menu = menu_with(&item, "Resume refreshing (2)").await?;
    ensure!(!labels(&menu).contains(&"Pause refreshing") && !labels(&menu).contains(&"Refresh all now"), "{menu:?}");
    window.shows("Refreshing of 2 logins is paused.").await?;
    window.shows("It goes on at ").await?;
    item.click("Resume refreshing (2)").await?;
    until("the banner to go", SOON, || async {
        Ok((!window.text().await?.contains("Refreshing of 2 logins")).then_some(()))
    })
    .await?;
    menu_with(&item, "Pause refreshing").await?;
    item.click_in(&["Pause refreshing", "Until you resume it"]).await?;
    window.shows("Refreshing of 2 logins is paused.").await?;
    ensure!(!window.text().await?.contains("It goes on at "), "it has an end of its own");
    item.click("Quit").await?;
    desk.app_ends().await
}

/// libdbusmenu, by which XFCE and others show menus, asks for a group and then for what is in it, and shows an empty group
/// where it hears that the other way round.
#[tokio::test]
async fn a_host_hears_of_a_group_before_what_is_in_it() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    let mut app = start(&desk, &["--hidden"])?;
    let item = tray.item().await?;
    let menu = menu_with(&item, "Copy as").await?;
    let mut questions = vec![vec![0]];
    let mut level: Vec<&Entry> = menu.iter().collect();
    while !level.is_empty() {
        questions.push(level.iter().map(|entry| entry.id).collect());
        level = level.into_iter().flat_map(|entry| &entry.children).collect();
    }
    ensure!(questions.len() == 4, "the menu, its lines, the credential, its ways: {questions:?}");
    // Many at once, so that answers that may overtake each other do.
    let questions = vec![questions; 25].concat();
    let heard = item.ask_at_once(&questions).await?;
    for (at, (place, lines)) in heard.iter().enumerate() {
        ensure!(at == *place, "answer {at} is to question {place}");
        let mut wanted = questions[at].clone();
        let mut got = lines.clone();
        wanted.sort_unstable();
        got.sort_unstable();
        ensure!(got == wanted, "{wanted:?} were asked for, and {got:?} told");
    }
    item.click("Quit").await?;
    ends_well(&mut app).await
}

#[tokio::test]
async fn the_settings_come_up() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    let window = desk.open_app().await?;
    let item = tray.item().await?;
    menu_with(&item, "Settings…").await?;
    item.click("Settings…").await?;
    window.find("heading", "Settings").await?;
    item.click("Quit").await?;
    desk.app_ends().await
}
