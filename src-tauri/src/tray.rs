//! The tray icon and its menu, kept equal to what [`crate::tray_menu`] describes.
//!
//! The real menu changes only when its description does: new texts are put into the same lines, so that an open
//! menu does not jump, and only other lines make a new menu. Choosing a credential copies it fresh.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use fobwatch_core::ports::Clock;
use fobwatch_core::quick_copy::Format;
use fobwatch_core::view::{ListInput, ListView};
use fobwatch_core::{Event, Vault};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager as _, Wry};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::desktop::Desktop;
use crate::tray_menu::{Described, Entry, TrayMenu, describe};
use crate::{commands, input, news, quit, window};

const TRAY: &str = "tray";
/// The least time between two looks at the vault: what changes in a burst is looked at once.
const PAUSE: Duration = Duration::from_millis(500);
const PLAIN: Image<'_> = tauri::include_image!("icons/tray.png");
const DOTTED: Image<'_> = tauri::include_image!("icons/tray-attention.png");

/// A menu that is shown, with the lines whose texts may change.
struct Applied {
    menu: TrayMenu,
    lines: Vec<MenuItem<Wry>>,
    attention: Option<Submenu<Wry>>,
}

/// Puts the icon up; tells whether that worked. A desktop without the library for it does without the tray.
pub(crate) fn build(app: &AppHandle) -> bool {
    let icon = || -> tauri::Result<()> {
        let (menu, _) = menu(app, &TrayMenu::default())?;
        TrayIconBuilder::with_id(TRAY)
            .icon(PLAIN)
            .tooltip("Fobwatch")
            .menu(&menu)
            .on_menu_event(|app, event| on_choice(app, &event))
            .build(app)
            .map(drop)
    };
    // The library is loaded at run time, and its absence is a panic there.
    match catch_unwind(AssertUnwindSafe(icon)) {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "there is no tray icon");
            false
        }
        Err(_) => {
            tracing::warn!("there is no tray icon: libayatana-appindicator3 is not installed");
            false
        }
    }
}

/// Tells whether the icon was put up.
pub(crate) fn is_there(app: &AppHandle) -> bool {
    app.tray_by_id(TRAY).is_some()
}

/// Keeps the menu true: looks again when the vault changed, and when time alone changes what it says.
pub(crate) async fn follow(app: AppHandle, vault: Vault) {
    if !is_there(&app) {
        return;
    }
    let clock = app.state::<Desktop>().clock();
    let mut events = vault.events();
    let mut applied = None;
    loop {
        let look = vault.list(&ListInput { order: "used".to_owned(), ..ListInput::default() }).await;
        let shown = async {
            match look {
                Ok(list) => keep_true(&app, &*clock, &mut applied, &list).await,
                Err(error) => {
                    tracing::warn!(code = error.code(), "the tray could not look at the vault");
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! {
            heard = wait_for_change(&mut events) => if !heard { return },
            () = shown => {}
        }
        clock.sleep(PAUSE).await;
        while events.try_recv().is_ok() {}
    }
}

/// Keeps the texts of one look at the vault true, until a row moves to another line by time alone.
async fn keep_true(app: &AppHandle, clock: &dyn Clock, applied: &mut Option<Applied>, list: &ListView) {
    let zone = TimeZone::system();
    loop {
        let now = clock.now();
        if list.next_change_at.is_some_and(|at| at <= now) {
            return;
        }
        let Described { menu, until } = describe(list, now, &zone);
        apply(app, applied, menu);
        match [until, list.next_change_at].into_iter().flatten().min() {
            Some(at) => clock.sleep(just_after(now, at)).await,
            None => std::future::pending().await,
        }
    }
}

/// Waits for the vault to change; false when there will be no more news.
async fn wait_for_change(events: &mut Receiver<Event>) -> bool {
    loop {
        match events.recv().await {
            Ok(Event::Changed(_)) | Err(RecvError::Lagged(_)) => return true,
            Ok(Event::Keychain | Event::Clipboard) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}

/// How long until `at` is past; never nothing, so that a clock that stands still is not asked without end.
fn just_after(now: Timestamp, at: Timestamp) -> Duration {
    let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
    wait + Duration::from_millis(250)
}

fn apply(app: &AppHandle, applied: &mut Option<Applied>, menu: TrayMenu) {
    if applied.as_ref().is_some_and(|applied| applied.menu == menu) {
        return;
    }
    let dotted = applied.as_ref().map(|before| before.menu.attention_count > 0);
    let outcome = match applied {
        Some(applied) if applied.menu.has_lines_of(&menu) => retext(applied, menu),
        _ => replace(app, &menu, dotted).map(|new| *applied = Some(new)),
    };
    if let Err(error) = outcome {
        tracing::warn!(%error, "the tray's menu did not change");
        // The next look makes a new one.
        *applied = None;
    }
}

fn retext(applied: &mut Applied, menu: TrayMenu) -> tauri::Result<()> {
    let before = applied.menu.copies.iter().chain(&applied.menu.attention);
    let after = menu.copies.iter().chain(&menu.attention);
    for ((before, after), line) in before.zip(after).zip(&applied.lines) {
        if before != after {
            line.set_text(plain(&after.text))?;
        }
    }
    if let Some(attention) = &applied.attention {
        attention.set_text(heading(&menu))?;
    }
    applied.menu = menu;
    Ok(())
}

/// Puts a new menu up. The icon is left alone where it is right (`dotted` says which it is, if that is known):
/// each new one is a new file on Linux.
fn replace(app: &AppHandle, menu: &TrayMenu, dotted: Option<bool>) -> tauri::Result<Applied> {
    let (made, applied) = self::menu(app, menu)?;
    if let Some(tray) = app.tray_by_id(TRAY) {
        tray.set_menu(Some(made))?;
        let dot = menu.attention_count > 0;
        if dotted != Some(dot) {
            tray.set_icon(Some(if dot { DOTTED } else { PLAIN }))?;
        }
        let tooltip = match menu.attention_count {
            0 => "Fobwatch".to_owned(),
            1 => "Fobwatch: 1 needs attention".to_owned(),
            count => format!("Fobwatch: {count} need attention"),
        };
        tray.set_tooltip(Some(tooltip))?;
    }
    Ok(applied)
}

/// Makes the real menu of a description.
fn menu(app: &AppHandle, menu: &TrayMenu) -> tauri::Result<(Menu<Wry>, Applied)> {
    let made = Menu::new(app)?;
    let mut lines = Vec::new();
    if !menu.copies.is_empty() {
        made.append(&MenuItem::with_id(app, "heading", "Copy", false, None::<&str>)?)?;
        for entry in &menu.copies {
            let line = line(app, "copy", entry)?;
            made.append(&line)?;
            lines.push(line);
        }
        made.append(&PredefinedMenuItem::separator(app)?)?;
    }
    let mut attention = None;
    if menu.attention_count > 0 {
        let submenu = Submenu::with_id(app, "attention", heading(menu), true)?;
        for entry in &menu.attention {
            let line = line(app, "show", entry)?;
            submenu.append(&line)?;
            lines.push(line);
        }
        made.append(&submenu)?;
        made.append(&PredefinedMenuItem::separator(app)?)?;
        attention = Some(submenu);
    }
    made.append(&MenuItem::with_id(app, "open", "Open Fobwatch", true, None::<&str>)?)?;
    made.append(&MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?)?;
    Ok((made, Applied { menu: menu.clone(), lines, attention }))
}

fn line(app: &AppHandle, verb: &str, entry: &Entry) -> tauri::Result<MenuItem<Wry>> {
    MenuItem::with_id(app, format!("{verb}:{}", entry.id), plain(&entry.text), true, None::<&str>)
}

fn heading(menu: &TrayMenu) -> String {
    format!("Needs attention ({})", menu.attention_count)
}

/// Keeps an ampersand in a name from becoming a shortcut.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn on_choice(app: &AppHandle, event: &MenuEvent) {
    match event.id().as_ref() {
        "open" => window::show(app),
        "quit" => quit::quit(app),
        chosen => {
            if let Some(id) = chosen.strip_prefix("copy:") {
                drop(crate::own(copy(app.clone(), id.to_owned())));
            } else if let Some(id) = chosen.strip_prefix("show:") {
                window::show(app);
                news::show_credential(app, id);
            }
        }
    }
}

/// Copies a fresh value; what goes wrong is shown in the window, on that credential.
async fn copy(app: AppHandle, id: String) {
    let Some(vault) = app.state::<Desktop>().open_vault() else { return };
    let Ok(credential) = input::id(&id) else { return };
    if let Err(error) = vault.copy(credential, Format::Raw, "by you, from the tray").await {
        let said = commands::say(&vault, credential, &error).await;
        window::show(&app);
        news::show_credential(&app, &id);
        news::copy_failed(&app, &id, &said);
    }
}
