//! The settings by keyboard alone: each change acts at once.

use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use fobwatch_tests::process::until;
use fobwatch_tests::window::{Window, key};
use serde_json::{Value, json};

use crate::desk::{Desk, SOON};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";
const RIGHT: char = '\u{e014}';
const ACTIVE: &str = "const one = document.activeElement;
    const labels = [...(one.labels ?? [])].map((label) => label.textContent.trim()).join(' ');
    return labels || one.getAttribute('aria-label') || one.textContent.trim();";

/// Presses Tab until the control of this name has the keyboard.
pub(crate) async fn reach(window: &Window, name: &str) -> Result<()> {
    for _ in 0..60 {
        if window.client().execute(ACTIVE, Vec::new()).await? == json!(name) {
            return Ok(());
        }
        window.press(&[key::TAB]).await?;
    }
    bail!("Tab does not lead to “{name}”")
}

/// Opens the settings, and a section of them by its place.
pub(crate) async fn open_section(window: &Window, place: usize, heading: &str) -> Result<()> {
    window.press(&[key::CONTROL, ',']).await?;
    window.find("tab", "General").await?;
    reach(window, "General").await?;
    for _ in 0..place {
        window.press(&[key::DOWN]).await?;
    }
    window.find("heading", heading).await?;
    Ok(())
}

/// Returns the chosen value of the select of this name.
pub(crate) async fn chosen(window: &Window, name: &str) -> Result<String> {
    let select = window.find("combobox", name).await?;
    Ok(select.prop("value").await?.unwrap_or_default())
}

async fn becomes(window: &Window, name: &str, value: &str) -> Result<()> {
    until(&format!("“{name}” to be {value}"), SOON, || async {
        Ok((chosen(window, name).await? == value).then_some(()))
    })
    .await
}

async fn stored(window: &Window) -> Result<Value> {
    const SETTINGS: &str = "const done = arguments[0];
        window.__TAURI_INTERNALS__.invoke('settings', {}).then(done, done);";
    Ok(window.client().execute_async(SETTINGS, Vec::new()).await?)
}

#[tokio::test]
async fn the_clipboard_is_cleared_when_the_settings_say() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "staging", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    open_section(&window, 1, "Security").await?;
    reach(&window, "Clear after copying").await?;
    window.press(&['5']).await?;
    becomes(&window, "Clear after copying", "5").await?;
    until("the setting to be stored", SOON, || async {
        Ok((stored(&window).await?["clear_clipboard_seconds"] == 5).then_some(()))
    })
    .await?;

    window.press(&[key::ALT, '1']).await?;
    window.find("heading", "Payments").await?;
    let copied = Instant::now();
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(KEY).await?;
    window.shows("Clipboard clears in").await?;
    desk.clipboard_holds("").await?;
    ensure!(copied.elapsed().as_secs() < 28, "it was cleared as before: {:?}", copied.elapsed());
    let said = desk.fob.run(&["copy", "Payments"]).await?;
    ensure!(said.stderr.contains("It is cleared in 5 seconds."), "{said:?}");
    desk.clipboard_holds("").await
}

#[tokio::test]
async fn theme_and_language_change_at_once_and_are_there_after_a_restart() -> Result<()> {
    const GROUND: &str = "return getComputedStyle(document.body).backgroundColor;";
    let desk = Desk::set().await?;
    desk.add_key("Payments", "staging", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    open_section(&window, 0, "General").await?;
    reach(&window, "System").await?;
    window.press(&[RIGHT]).await?;
    window.press(&[RIGHT]).await?;
    until("a dark window", SOON, || async {
        Ok((window.client().execute(GROUND, Vec::new()).await? == json!("rgb(23, 25, 29)")).then_some(()))
    })
    .await?;
    reach(&window, "Language").await?;
    window.press(&['D']).await?;
    window.find("heading", "Einstellungen").await?;
    window.find("heading", "Allgemein").await?;
    let tag = window.client().execute("return document.documentElement.lang;", Vec::new()).await?;
    ensure!(tag == json!("de"), "{tag}");
    // Not by the driver: one that is gone before the program has ended leaves it behind. It may lose the window before it
    // can answer.
    let pressed = window.press(&[key::CONTROL, 'q']).await;
    desk.app_ends().await.with_context(|| format!("{pressed:?}"))?;

    let window = Window::open(
        &desk.session,
        &fobwatch_tests::process::built("fobwatch")?,
        &[],
        &[("FOB_HOME", &desk.fob.home().display().to_string())],
    )
    .await?;
    window.find("button", "Einstellungen").await?;
    let ground = window.client().execute(GROUND, Vec::new()).await?;
    ensure!(ground == json!("rgb(23, 25, 29)"), "{ground}");
    Ok(())
}

#[tokio::test]
async fn settings_are_found_by_their_words() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "staging", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    open_section(&window, 0, "General").await?;
    window.press(&[key::CONTROL, 'f']).await?;
    window.type_into("searchbox", "Search settings", "rfc 7518").await?;
    window.find("combobox", "Shortest HS256 secret").await?;
    ensure!(!window.has("combobox", "Language").await?, "the search leaves in what does not fit");
    window.press(&[key::ESCAPE]).await?;
    window.find("combobox", "Language").await?;
    Ok(())
}

#[tokio::test]
async fn days_of_attention_move_a_key_into_what_needs_it() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "staging", KEY, &["--rotate-by", "10d"]).await?;
    let window = desk.open_app().await?;
    window.find("button", "Needs attention, 0").await?;
    open_section(&window, 0, "General").await?;
    reach(&window, "Needs attention starts").await?;
    window.press(&['1']).await?;
    becomes(&window, "Needs attention starts", "14").await?;
    window.find("button", "Needs attention, 1").await?;
    Ok(())
}

/// Chooses a section of the settings by its name.
async fn open_named(window: &Window, name: &str) -> Result<()> {
    window.press(&[key::CONTROL, ',']).await?;
    window.click("tab", name).await?;
    window.find("heading", name).await?;
    Ok(())
}

/// Waits until a switch stands like this.
async fn stands(window: &Window, name: &str, on: bool) -> Result<()> {
    until(&format!("“{name}” to be {on}"), SOON, || async {
        let switch = window.find("switch", name).await?;
        Ok((switch.attr("aria-checked").await?.as_deref() == Some(if on { "true" } else { "false" })).then_some(()))
    })
    .await
}

#[tokio::test]
async fn opening_at_login_is_what_the_desktops_own_entry_says() -> Result<()> {
    const ROW: &str = "Open at login, hidden";
    let desk = Desk::set().await?;
    desk.add_key("Payments", "staging", KEY, &[]).await?;
    let folder = desk.session.home().join(".config/autostart");
    let entry = folder.join("dev.fobwatch.Fobwatch.desktop");
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    open_named(&window, "General").await?;
    stands(&window, ROW, false).await?;
    ensure!(!entry.exists(), "it starts by itself although nobody wanted that");
    window.click("switch", ROW).await?;
    stands(&window, ROW, true).await?;
    let text = std::fs::read_to_string(&entry)?;
    let program = fobwatch_tests::process::built("fobwatch")?;
    ensure!(text.contains(&format!("Exec={} --hidden\n", program.display())), "{text}");
    // A desktop that switches it off does so in the file.
    std::fs::write(&entry, text.replace("X-GNOME-Autostart-enabled=true", "X-GNOME-Autostart-enabled=false"))?;
    let look_again = async || {
        window.press(&[key::ALT, '1']).await?;
        window.find("heading", "Payments").await?;
        open_named(&window, "General").await
    };
    look_again().await?;
    stands(&window, ROW, false).await?;
    window.click("switch", ROW).await?;
    stands(&window, ROW, true).await?;
    ensure!(std::fs::read_to_string(&entry)? == text, "the entry is not ours again");
    window.click("switch", ROW).await?;
    stands(&window, ROW, false).await?;
    ensure!(!entry.exists(), "the entry is still there");
    // Something else is where the folder should be.
    std::fs::remove_dir(&folder)?;
    std::fs::write(&folder, "")?;
    look_again().await?;
    window.shows("Open at login: ").await?;
    Ok(())
}

#[tokio::test]
async fn the_calendars_feed_is_switched_where_its_path_is_shown() -> Result<()> {
    const ROW: &str = "Keep a calendar of all ends";
    let desk = Desk::set().await?;
    desk.add_key("Payments", "staging", KEY, &["--rotate-by", "30d"]).await?;
    let file = desk.fob.home().join("calendar.ics");
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    open_named(&window, "Notifications").await?;
    stands(&window, ROW, false).await?;
    ensure!(!window.has("button", "Copy: Calendar file").await?, "the path of a file that is not there");
    window.click("switch", ROW).await?;
    stands(&window, ROW, true).await?;
    window.click("button", "Copy: Calendar file").await?;
    desk.clipboard_holds(&file.display().to_string()).await?;
    ensure!(std::fs::read_to_string(&file)?.contains("SUMMARY:Rotate Payments"), "no calendar");
    window.click("switch", ROW).await?;
    stands(&window, ROW, false).await?;
    ensure!(!file.exists(), "the calendar is still there");
    Ok(())
}

#[tokio::test]
async fn quiet_hours_and_kinds_of_notifications_are_stored_at_once() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "staging", KEY, &[]).await?;
    let window = desk.open_app().await?;
    window.find("heading", "Payments").await?;
    open_named(&window, "Notifications").await?;
    ensure!(!window.has("combobox", "From").await?, "hours that do not count");
    for name in ["A key is due for rotation", "Keep quiet at certain hours"] {
        window.click("switch", name).await?;
    }
    window.find("combobox", "From").await?;
    becomes(&window, "Until", "420").await?;
    until("the settings to be stored", SOON, || async {
        let now = stored(&window).await?;
        let so = now["notify_rotation"] == false && now["quiet_hours"] == true && now["notify_sign_in"] == true;
        Ok(so.then_some(()))
    })
    .await
}
