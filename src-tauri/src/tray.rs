//! The tray icon and its menu, kept equal to what [`fobwatch_resident::tray_menu`] describes.
//!
//! The real menu changes only in the lines that differ ([`crate::live_menu`]).

use std::sync::{Mutex, PoisonError};

use fobwatch_resident::tray_menu::TrayMenu;
use fobwatch_resident::{Host, tray};
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager as _};

use crate::live_menu::LiveMenu;

const TRAY: &str = "tray";
const PLAIN: Image<'_> = tauri::include_image!("icons/tray.png");
const DOTTED: Image<'_> = tauri::include_image!("icons/tray-attention.png");

/// What is shown now.
struct Applied {
    menu: TrayMenu,
    lines: LiveMenu,
}

/// Puts the icon up; tells whether that worked.
pub(crate) fn build(app: &AppHandle) -> bool {
    let icon = || -> tauri::Result<()> {
        let menu = Menu::with_id(app, TRAY)?;
        let mut lines = LiveMenu::new(menu.clone());
        let start = TrayMenu::starting();
        lines.become_like(app, &start.lines())?;
        app.manage(Mutex::new(Applied { menu: start, lines }));
        TrayIconBuilder::with_id(TRAY)
            .icon(PLAIN)
            .tooltip("Fobwatch")
            .menu(&menu)
            .on_menu_event(|app, event| on_choice(app, &event))
            .build(app)
            .map(drop)
    };
    match icon() {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, "there is no tray icon");
            false
        }
    }
}

/// Tells whether the icon was put up.
pub(crate) fn is_there(app: &AppHandle) -> bool {
    app.tray_by_id(TRAY).is_some()
}

/// Makes menu and mark say this.
pub(crate) fn show(app: &AppHandle, menu: &TrayMenu) {
    let Some(applied) = app.try_state::<Mutex<Applied>>() else { return };
    let mut applied = applied.lock().unwrap_or_else(PoisonError::into_inner);
    let outcome = applied.lines.become_like(app, &menu.lines()).and_then(|()| mark(app, &applied.menu, menu));
    match outcome {
        Ok(()) => applied.menu = menu.clone(),
        // What was done so far is known, so that the next look goes on from there.
        Err(error) => tracing::warn!(%error, "the tray's menu did not change"),
    }
}

/// Puts the mark and the tooltip right. Only where they change: each new icon is a new file on Linux.
fn mark(app: &AppHandle, before: &TrayMenu, after: &TrayMenu) -> tauri::Result<()> {
    let Some(tray) = app.tray_by_id(TRAY) else { return Ok(()) };
    let dot = after.attention_count > 0;
    if (before.attention_count > 0) != dot {
        tray.set_icon(Some(if dot { DOTTED } else { PLAIN }))?;
    }
    let words = after.attention_words();
    if before.attention_words() != words {
        let tooltip = if words.is_empty() { "Fobwatch".to_owned() } else { format!("Fobwatch: {words}") };
        tray.set_tooltip(Some(tooltip))?;
    }
    Ok(())
}

fn on_choice(app: &AppHandle, event: &MenuEvent) {
    let (host, line) = (app.state::<Host>().inner().clone(), event.id().as_ref().to_owned());
    drop(tauri::async_runtime::spawn(async move { tray::choose(&host, &line) }));
}
