//! The clipboard of the built program, with other programs at it: history programs, people who copy meanwhile, a crash,
//! and values for one paste. On a real X server, and on Wayland.

#[expect(dead_code, reason = "the journeys of the window use the rest")]
#[path = "window/desk.rs"]
mod desk;
#[path = "clipboard/history.rs"]
mod history;
#[path = "clipboard/wayland.rs"]
mod wayland;

use anyhow::{Context as _, Result, ensure};
use fobwatch_tests::process::{Running, until};
use fobwatch_tests::window::{Window, key};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::desk::{Desk, SOON};

pub(crate) const KEY: &str = "sk_test_51Canary00000000000000aaaa";

/// A desk with one key, its window open on it.
pub(crate) async fn desk_with_key() -> Result<(Desk, Window)> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "staging", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    Ok((desk, window))
}

/// Another program copies. It serves what it copied until something else is.
pub(crate) async fn other_copies(desk: &Desk, text: &str) -> Result<()> {
    other_takes(desk, text).await?;
    desk.clipboard_holds(text).await
}

/// As [`other_copies`], without a look at what is there.
async fn other_takes(desk: &Desk, text: &str) -> Result<()> {
    let mut copy = desk.session.command("xclip");
    copy.args(["-selection", "clipboard", "-i", "-quiet"]).stderr(std::process::Stdio::null());
    let mut xclip = Running::start(copy)?;
    xclip.feed(text.as_bytes()).await?;
    // It ends by itself when it loses the clipboard.
    std::mem::forget(xclip);
    Ok(())
}

/// Lets copied values go after so many seconds.
async fn clear_after(window: &Window, seconds: u16) -> Result<()> {
    const CHANGE: &str = "const [change, done] = arguments;
        window.__TAURI_INTERNALS__.invoke('change_settings', { change, passphrase: null }).then(() => done(null), done);";
    let change = json!({ "clear_clipboard_seconds": seconds });
    let error = window.client().execute_async(CHANGE, vec![change]).await?;
    ensure!(error == Value::Null, "{error}");
    Ok(())
}

/// Waits until the strip of the clipboard shows no countdown.
async fn strip_goes(window: &Window) -> Result<()> {
    until("the strip to go", SOON, || async { Ok((!window.text().await?.contains("Clipboard clears")).then_some(())) })
        .await
}

#[tokio::test]
async fn what_another_program_copied_meanwhile_stays() -> Result<()> {
    let (desk, window) = desk_with_key().await?;
    clear_after(&window, 5).await?;
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(KEY).await?;
    window.shows("Clipboard clears in").await?;
    other_copies(&desk, "a shopping list").await?;
    strip_goes(&window).await?;
    ensure!(desk.clipboard().await? == "a shopping list", "it was cleared in time");
    // By hand neither.
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(KEY).await?;
    other_copies(&desk, "a shopping list").await?;
    window.click("button", "Clear the clipboard now").await?;
    strip_goes(&window).await?;
    ensure!(desk.clipboard().await? == "a shopping list", "it was cleared by hand");
    // Nor at the end.
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(KEY).await?;
    other_copies(&desk, "a shopping list").await?;
    // The driver may lose the window before it can answer.
    drop(window.press(&[key::CONTROL, 'q']).await);
    desk.app_ends().await?;
    ensure!(desk.clipboard().await? == "a shopping list", "it was cleared at the end");
    Ok(())
}

/// Ends the app as a crash does.
async fn crash(desk: &Desk, window: Window) -> Result<()> {
    let id = desk.app()?.and_then(|id| Pid::from_raw(i32::try_from(id).unwrap_or_default()));
    kill_process(id.context("the app does not run")?, Signal::KILL)?;
    desk.app_ends().await?;
    drop(window);
    Ok(())
}

#[tokio::test]
async fn what_a_clipboard_manager_kept_over_a_crash_is_cleared_at_the_next_start() -> Result<()> {
    let (desk, window) = desk_with_key().await?;
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(KEY).await?;
    // What a manager does that looks at no mark: it takes a copy, and with it the clipboard.
    other_copies(&desk, KEY).await?;
    crash(&desk, window).await?;
    ensure!(desk.clipboard().await? == KEY, "the manager did not keep it");
    let window = desk.open_app().await?;
    desk.clipboard_holds("").await?;

    // What was copied after the crash is not ours.
    window.find("heading", "Payments").await?;
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(KEY).await?;
    crash(&desk, window).await?;
    other_copies(&desk, "a shopping list").await?;
    let window = desk.open_app().await?;
    until("the trace to be looked at", SOON, || async { Ok((!trace(&desk).await?).then_some(())) }).await?;
    ensure!(desk.clipboard().await? == "a shopping list", "it was cleared");
    drop(window);
    Ok(())
}

/// Tells whether the vault remembers a value that it has to look for.
async fn trace(desk: &Desk) -> Result<bool> {
    use sqlx::Connection as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(desk.fob.home().join("vault.db")).read_only(true);
    let mut database = sqlx::SqliteConnection::connect_with(&options).await?;
    let found: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'clipboard')")
        .fetch_one(&mut database)
        .await?;
    Ok(found)
}

#[tokio::test]
async fn a_value_for_one_paste_goes_to_one_program_and_the_window_says_to_which() -> Result<()> {
    let (desk, window) = desk_with_key().await?;
    window.click("button", "Copy as…").await?;
    window.click("menuitem", "Copy for one paste").await?;
    window.shows("One paste, clears in").await?;
    desk.clipboard_holds(KEY).await?;
    window.shows("Pasted once by xclip, gone").await?;
    ensure!(desk.clipboard().await?.is_empty(), "a second program got it");
    window.click("button", "Dismiss").await?;
    window.gone("button", "Dismiss").await?;

    // Nobody pastes: it goes when the window locks, is quit or in time, like any other.
    clear_after(&window, 5).await?;
    window.click("button", "Copy as…").await?;
    window.click("menuitem", "Copy for one paste").await?;
    window.shows("One paste, clears in").await?;
    ensure!(targets(&desk).await?.contains("x-kde-passwordManagerHint"), "it is not marked");
    until("the clipboard to be given up", SOON, || async { Ok(targets(&desk).await?.is_empty().then_some(())) })
        .await?;

    // Something else is copied before anybody pastes.
    window.click("button", "Copy as…").await?;
    window.click("menuitem", "Copy for one paste").await?;
    window.shows("One paste, clears in").await?;
    other_takes(&desk, "a shopping list").await?;
    window.shows("Not pasted: replaced").await
}

/// The formats that the clipboard offers; asking for them is no paste.
async fn targets(desk: &Desk) -> Result<String> {
    let mut ask = desk.session.command("xclip");
    ask.args(["-selection", "clipboard", "-o", "-target", "TARGETS"]);
    let output = ask.output().await?;
    Ok(if output.status.success() { String::from_utf8(output.stdout)? } else { String::new() })
}

#[tokio::test]
async fn fob_copies_for_one_paste_and_nothing_of_ours_eats_it() -> Result<()> {
    // A window that was killed has something to look for.
    let (desk, window) = desk_with_key().await?;
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(KEY).await?;
    crash(&desk, window).await?;
    let copied = desk.fob.run(&["copy", "Payments", "--once"]).await?;
    ensure!(copied.code == 0 && copied.stderr.contains("Copied for one paste"), "{copied:?}");
    ensure!(!format!("{copied:?}").contains(KEY));
    // A doctor and a window that start meanwhile look at the clipboard, and read nothing.
    ensure!(desk.fob.run(&["doctor"]).await?.code == 0);
    let window = desk.open_app().await?;
    until("the trace to be looked at", SOON, || async { Ok((!trace(&desk).await?).then_some(())) }).await?;
    desk.clipboard_holds(KEY).await?;
    ensure!(desk.clipboard().await?.is_empty(), "a second program got it");
    until("the holder to end", SOON, || async { Ok(targets(&desk).await?.is_empty().then_some(())) }).await?;
    drop(window);
    let as_json = desk.fob.run(&["copy", "Payments", "--once", "--json"]).await?.json()?;
    ensure!(as_json["state"] == "once", "{as_json}");
    desk.clipboard_holds(KEY).await
}
