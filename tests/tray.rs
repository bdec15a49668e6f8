//! The tray, through a real `StatusNotifier` host on the session bus: what it says, and what choosing does.

#[path = "tray/changes.rs"]
mod changes;
#[expect(dead_code, reason = "the journeys of the window use the rest")]
#[path = "window/desk.rs"]
mod desk;
#[path = "tray/no_host.rs"]
mod no_host;
#[path = "tray/paths.rs"]
mod paths;
#[path = "tray/signing_in.rs"]
mod signing_in;

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fobwatch_tests::journey::{end_access_tokens, sign_in};
use fobwatch_tests::process::{Running, built, until};
use fobwatch_tests::servers::{Oidc, Server, TokenMode};
use fobwatch_tests::tray::{Entry, Item, Tray};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::desk::{Desk, SOON, has};

/// The name of the field of the sheet in which what to add is looked for.
const SEARCH: &str = "Search providers, or paste a key, a token or an issuer URL";
const KEY: &str = "sk_test_51Canary00000000000000aaaa";

/// Waits for an entry whose label starts with `start`, and returns the menu.
async fn menu_with(item: &Item, start: &str) -> Result<Vec<Entry>> {
    until(&format!("“{start}” in the tray"), SOON, || async {
        let menu = item.menu().await?;
        Ok(menu.iter().any(|entry| entry.label.starts_with(start)).then_some(menu))
    })
    .await
}

fn seconds_since_epoch() -> Result<u64> {
    #[expect(clippy::disallowed_methods, reason = "the test looks from outside, where there is no Clock port")]
    Ok(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs())
}

/// Returns the time at which a JWT ends.
fn ends(token: &str) -> Result<u64> {
    let payload = token.split('.').nth(1).context("not a JWT")?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?;
    claims["exp"].as_u64().context("no exp")
}

/// Starts the app as a desktop does.
fn start(desk: &Desk, arguments: &[&str]) -> Result<Running> {
    let mut command = desk.session.command(built("fobwatch")?);
    command.args(arguments).env("FOB_HOME", desk.fob.home()).stderr(Stdio::null());
    Running::start(command)
}

/// Waits for the end of a program, which must be a good one.
async fn ends_well(program: &mut Running) -> Result<()> {
    until("the program to end", SOON, || {
        let running = program.is_running();
        async move { Ok((!running?).then_some(())) }
    })
    .await?;
    let (status, _) = program.finish().await?;
    ensure!(status.success(), "the program ended with {status}");
    Ok(())
}

#[tokio::test]
async fn choosing_a_login_whose_token_has_ended_copies_a_fresh_one() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 15, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    sign_in(&desk.fob, &server, "Northwind").await?;
    desk.add_key("Payments", "production", KEY, &["--provider", "stripe", "--rotate-by", "58d"]).await?;
    let id = desk.show("Payments").await?["id"].as_str().context("no id")?.to_owned();
    let first = desk.fob.run(&["token", "Northwind"]).await?.stdout.trim().to_owned();
    let window = desk.open_app().await?;
    let item = tray.item().await?;

    let menu = menu_with(&item, "Northwind, dev — under 1\u{a0}min").await?;
    ensure!(menu[0].label == "Copy" && !menu[0].enabled, "no heading: {menu:?}");
    let labels: Vec<_> = menu.iter().map(|entry| entry.label.as_str()).collect();
    ensure!(labels.contains(&"Payments, prod — 57\u{a0}d"), "{labels:?}");
    ensure!(labels.ends_with(&["Open Fobwatch", "Settings…", "Quit"]), "{labels:?}");
    let all = format!("{menu:?}");
    for (what, word) in
        [("the key", KEY), ("an id", id.as_str()), ("the token", first.as_str()), ("a start", "sk_test")]
    {
        ensure!(!all.contains(word), "the menu holds {what}");
    }

    let over = ends(&first)?;
    until("the token to end", Duration::from_secs(30), || async { Ok((seconds_since_epoch()? > over).then_some(())) })
        .await?;
    item.click("Northwind").await?;
    let copied = until("a token on the clipboard", SOON, || async {
        let text = desk.clipboard().await?;
        Ok((!text.is_empty()).then_some(text))
    })
    .await?;
    ensure!(ends(&copied)? > seconds_since_epoch()?, "the token on the clipboard has ended");
    ensure!(copied != first, "the token on the clipboard is the old one");
    item.click("Payments").await?;
    desk.clipboard_holds(KEY).await?;
    ensure!(server.record().await?.counts.most_uses_of_one_refresh_token == 1, "a refresh token came twice");

    item.click("Quit").await?;
    desk.app_ends().await?;
    ensure!(desk.clipboard().await?.is_empty(), "the key is still on the clipboard");
    drop(window);
    Ok(())
}

#[tokio::test]
async fn a_locked_keyring_copies_nothing_and_the_window_says_why() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    desk.add_key("Another", "staging", "key-0123456789", &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Another").await?;
    let item = tray.item().await?;
    menu_with(&item, "Payments, prod — no expiry").await?;
    desk.session.lock().await?;
    item.click("Payments").await?;
    // The window comes up on that credential and says what was in the way.
    window.find("heading", "Payments").await?;
    window.find("alert", "Message").await?;
    window.shows("The keyring is locked.").await?;
    ensure!(desk.clipboard().await?.is_empty(), "something is on the clipboard");
    desk.session.unlock().await?;
    item.click("Payments").await?;
    desk.clipboard_holds(KEY).await
}

#[tokio::test]
async fn the_tray_brings_a_hidden_window_up() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &[]).await?;
    let mut app = start(&desk, &["--hidden"])?;
    let item = tray.item().await?;
    menu_with(&item, "Payments, prod — ").await?;
    ensure!(!desk.is_open().await?, "there is a window although none was asked for");
    item.click("Open Fobwatch").await?;
    until("the window", SOON, || async { Ok(desk.is_open().await?.then_some(())) }).await?;
    item.click("Quit").await?;
    ends_well(&mut app).await
}

#[tokio::test]
async fn a_click_means_the_line_that_was_shown_although_the_menu_changed_since() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &[]).await?;
    let window = desk.open_app().await?;
    let item = tray.item().await?;
    let shown = menu_with(&item, "Payments, prod — ").await?;
    let number = |menu: &[Entry], start: &str| {
        let found = menu.iter().find(|entry| entry.label.starts_with(start));
        found.map(|entry| entry.id).with_context(|| format!("no “{start}” in the tray"))
    };
    // One that needs attention and one that does not: lines appear above those that were shown, and between them.
    desk.add_key("Another", "staging", "key-0123456789", &[]).await?;
    desk.add_key("Overdue", "staging", "key-9876543210", &["--rotate-by", "1d"]).await?;
    let now = menu_with(&item, "Needs attention").await?;
    let now = if number(&now, "Another").is_ok() { now } else { menu_with(&item, "Another").await? };
    for start in ["Payments", "Open Fobwatch", "Quit"] {
        ensure!(number(&shown, start)? == number(&now, start)?, "“{start}” is another line: {shown:?} {now:?}");
    }
    item.click_number(number(&shown, "Payments")?).await?;
    desk.clipboard_holds(KEY).await?;
    item.click_number(number(&shown, "Quit")?).await?;
    desk.app_ends().await?;
    drop(window);
    Ok(())
}

/// The programs of the window that run on this desk, by their processes and the names of these.
fn of_the_window(desk: &Desk) -> Result<Vec<(i32, String)>> {
    let vault = format!("FOB_HOME={}", desk.fob.home().display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let process = entry?.path();
        // A process may go while it is looked at.
        let Ok(name) = std::fs::read_to_string(process.join("comm")) else { continue };
        if (name.starts_with("fobwatch-window") || name.starts_with("WebKit")) && has(&process, &vault) {
            let id = process.file_name().and_then(|id| id.to_str()).context("no id")?.parse()?;
            found.push((id, name.trim().to_owned()));
        }
    }
    Ok(found)
}

/// Closes the window as a person does, by the window manager's own key.
async fn close_by_key(desk: &Desk) -> Result<()> {
    until("the window to close", SOON, || async {
        // A new window gets the focus a moment after it is seen.
        desk.press_close().await?;
        Ok((!desk.is_open().await?).then_some(()))
    })
    .await
}

fn window_manager(desk: &Desk) -> Result<Running> {
    let mut manager = desk.session.command("openbox");
    manager.stderr(Stdio::null());
    Running::start(manager)
}

#[tokio::test]
async fn a_closed_window_leaves_no_web_engine_and_comes_back_from_the_tray_or_by_a_second_start() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    let _manager = window_manager(&desk)?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    let mut app = start(&desk, &[])?;
    let item = tray.item().await?;
    for again in ["from the tray", "by a second start", "at last"] {
        until("the window", SOON, || async { Ok(desk.is_open().await?.then_some(())) }).await?;
        // Without this the look could be blind.
        until("the web engine", SOON, || async {
            Ok(of_the_window(&desk)?.iter().any(|(_, name)| name.starts_with("WebKitWeb")).then_some(()))
        })
        .await?;
        close_by_key(&desk).await?;
        until("the window's programs to end", SOON, || async { Ok(of_the_window(&desk)?.is_empty().then_some(())) })
            .await?;
        ensure!(app.is_running()?, "the program ended with its window");
        match again {
            "from the tray" => item.click("Open Fobwatch").await?,
            "by a second start" => {
                let mut second = start(&desk, &[])?;
                ends_well(&mut second).await?;
            }
            _ => {}
        }
    }
    // It is there all the same.
    item.click("Payments").await?;
    desk.clipboard_holds(KEY).await?;
    item.click("Quit").await?;
    ends_well(&mut app).await
}

#[tokio::test]
async fn without_a_tray_the_window_is_the_program() -> Result<()> {
    let desk = Desk::set().await?;
    let _manager = window_manager(&desk)?;
    let mut app = start(&desk, &[])?;
    until("the window", SOON, || async { Ok(desk.is_open().await?.then_some(())) }).await?;
    close_by_key(&desk).await?;
    ends_well(&mut app).await?;
    until("the window's programs to end", SOON, || async { Ok(of_the_window(&desk)?.is_empty().then_some(())) }).await
}

#[tokio::test]
async fn a_window_that_breaks_takes_nothing_with_it() -> Result<()> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    let mut app = start(&desk, &[])?;
    let item = tray.item().await?;
    menu_with(&item, "Payments, prod — ").await?;
    until("the window", SOON, || async { Ok(desk.is_open().await?.then_some(())) }).await?;
    for (id, _) in of_the_window(&desk)?.into_iter().filter(|(_, name)| name.starts_with("fobwatch-window")) {
        kill_process(Pid::from_raw(id).context("no id")?, Signal::KILL)?;
    }
    until("the window to go", SOON, || async { Ok((!desk.is_open().await?).then_some(())) }).await?;
    item.click("Payments").await?;
    desk.clipboard_holds(KEY).await?;
    item.click("Open Fobwatch").await?;
    until("the window", SOON, || async { Ok(desk.is_open().await?.then_some(())) }).await?;
    item.click("Quit").await?;
    ends_well(&mut app).await
}

#[tokio::test]
async fn a_start_while_the_program_is_ending_is_another_program_afterwards() -> Result<()> {
    let mut server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    sign_in(&desk.fob, &server, "Northwind").await?;
    let mut app = start(&desk, &["--hidden"])?;
    let item = tray.item().await?;
    menu_with(&item, "Northwind, dev — ").await?;
    // A renewal that does not come back holds up the end.
    server.set_token_mode(TokenMode::Hang, None).await?;
    end_access_tokens(desk.fob.home()).await?;
    until("the app to ask the server", SOON, || async {
        let asked = server.record().await?.token_requests.iter().any(|one| !one.answered);
        Ok(asked.then_some(()))
    })
    .await?;
    item.click("Quit").await?;
    let mut second = start(&desk, &["--hidden"])?;
    let bus = zbus::fdo::DBusProxy::new(&desk.session.connect().await?).await?;
    until("the second start to wait for the first one's name", SOON, || async {
        let owners = bus.list_queued_owners("dev.fobwatch.Fobwatch".try_into()?).await?;
        Ok((owners.len() == 2).then_some(()))
    })
    .await?;
    ensure!(app.is_running()? && second.is_running()?, "the end was not held up");
    server.kill().await?;
    ends_well(&mut app).await?;
    let item = tray.item_after(&item).await?;
    menu_with(&item, "Quit").await?;
    ensure!(second.is_running()?, "the second start was lost");
    item.click("Quit").await?;
    ends_well(&mut second).await
}
