//! The views beside the list, for [`crate::pictures`].

use anyhow::Result;
use fobwatch_tests::app_lock::PASSPHRASE;
use fobwatch_tests::window::{Window, key};

use crate::desk::choose;
use crate::look::Album;

/// The sections of the settings.
const SECTIONS: [&str; 8] =
    ["General", "Security", "Refresh", "Health", "Activity", "Shortcuts", "Command line", "About"];

/// Expiries in its three spans, as a table, and with a card.
pub(crate) async fn expiries(album: &mut Album, window: &Window) -> Result<()> {
    window.press(&[key::ALT, '3']).await?;
    window.find("listbox", "Time line of expiries").await?;
    album.take(window, "08a-expiries-90d").await?;
    window.press(&[key::RIGHT]).await?;
    window.find("group", "Warehouse sync").await?;
    album.take(window, "08c-expiries-card").await?;
    window.press(&[key::ESCAPE]).await?;
    window.type_into("radio", "1 h", " ").await?;
    album.take(window, "08b-expiries-1h").await?;
    window.press(&['v']).await?;
    window.find("region", "Expiries, soonest first").await?;
    album.take(window, "08d-expiries-table").await?;
    window.press(&['v']).await
}

/// Health, Activity with its panel, the tools of the workbench, all settings.
pub(crate) async fn others(album: &mut Album, window: &Window) -> Result<()> {
    window.press(&[key::ALT, '4']).await?;
    window.find("button", "Check now").await?;
    album.take(window, "09-health").await?;
    window.press(&[key::ALT, '5']).await?;
    window.find("grid", "What happened, newest first").await?;
    album.take(window, "10-activity").await?;
    window.press(&[key::DOWN]).await?;
    window.press(&[key::ENTER]).await?;
    album.take(window, "10b-activity-panel").await?;
    window.press(&[key::ESCAPE]).await?;
    window.press(&[key::ALT, '6']).await?;
    window.find("heading", "Workbench").await?;
    let tools = [
        ("decode", "Look into a JWT and check it"),
        ("compare", "Two tokens, claim by claim"),
        ("generate", "A key, and the hash for the server"),
        ("verify", "A key against its hash"),
        ("sign", "A test JWT"),
    ];
    for (tool, heading) in tools {
        window.find("heading", heading).await?;
        album.take(window, &format!("21-workbench-{tool}")).await?;
        window.press(&[key::DOWN]).await?;
    }
    for (at, section) in SECTIONS.iter().enumerate() {
        window.press(&[key::CONTROL, ',']).await?;
        window.click("tab", section).await?;
        album.take(window, &format!("11{}-settings", char::from(b'a' + u8::try_from(at)?))).await?;
    }
    window.press(&[key::ALT, '1']).await
}

/// The tabs of the detail pane that the journeys do not pass, and several selected.
pub(crate) async fn detail(album: &mut Album, window: &Window) -> Result<()> {
    choose(window, "Payments gateway", "Payments gateway").await?;
    window.click("tab", "Setup").await?;
    album.take(window, "03c-setup").await?;
    window.click("tab", "Overview").await?;
    choose(window, "Northwind API", "Northwind API").await?;
    window.press(&[key::SHIFT, key::DOWN]).await?;
    window.press(&[key::SHIFT, key::DOWN]).await?;
    window.find("heading", "3 selected").await?;
    album.take(window, "18-several").await?;
    window.press(&[key::ESCAPE]).await?;
    window.press(&[key::CONTROL, 'f']).await?;
    window.type_into("searchbox", "Search", "strpie").await?;
    album.take(window, "13b-no-result").await?;
    window.press(&[key::ESCAPE]).await?;
    window.press(&[key::ESCAPE]).await
}

/// The commands, all of them and those that a few letters find.
pub(crate) async fn commands(album: &mut Album, window: &Window) -> Result<()> {
    choose(window, "Payments gateway", "Payments gateway").await?;
    window.press(&[key::CONTROL, 'k']).await?;
    window.find("option", "Copy key").await?;
    album.take(window, "14c-commands").await?;
    window.type_into("combobox", "Find a command", "cop").await?;
    window.gone("option", "Quit").await?;
    album.take(window, "14d-commands-found").await?;
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", "Commands").await
}

/// The app lock, from the asking for a passphrase to the locked window.
pub(crate) async fn locked(album: &mut Album, window: &Window) -> Result<()> {
    window.press(&[key::CONTROL, key::SHIFT, 'l']).await?;
    window.find("dialog", "Set a passphrase").await?;
    album.take(window, "12b-set-passphrase").await?;
    window.type_into("textbox", "New passphrase", PASSPHRASE).await?;
    window.type_into("textbox", "Once more", &format!("{PASSPHRASE}{}", key::ENTER)).await?;
    window.gone("dialog", "Set a passphrase").await?;
    window.press(&[key::CONTROL, key::SHIFT, 'l']).await?;
    window.find("heading", "Locked").await?;
    // A locked window takes no settings: it is seen as it is.
    album.take_as_it_is(window, "12-locked").await
}
