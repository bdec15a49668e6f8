//! The tray icon and its menu, kept equal to what [`crate::tray_menu`] describes.
//!
//! The real menu changes only when its description does, and then only in the lines that differ
//! ([`crate::live_menu`]). Choosing a credential copies it fresh.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fobwatch_core::activity::By;
use fobwatch_core::error::Error;
use fobwatch_core::ports::Clock;
use fobwatch_core::quick_copy::Format;
use fobwatch_core::view::{ListInput, ListView};
use fobwatch_core::{Event, Vault};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager as _};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::desktop::Desktop;
use crate::live_menu::LiveMenu;
use crate::tray_menu::{ATTENTION, Described, TrayMenu, describe};
use crate::{commands, input, news, quit, window};

const TRAY: &str = "tray";
/// The least time between two looks at the vault: what changes in a burst is looked at once.
const PAUSE: Duration = Duration::from_millis(500);
/// How many of the recently used are looked at: enough to find some among them that work.
const RECENT: usize = 100;
const PLAIN: Image<'_> = tauri::include_image!("icons/tray.png");
const DOTTED: Image<'_> = tauri::include_image!("icons/tray-attention.png");

/// What is shown now.
struct Applied {
    menu: TrayMenu,
    lines: LiveMenu,
}

/// Puts the icon up; tells whether that worked. A desktop without the library for it does without the tray.
pub(crate) fn build(app: &AppHandle) -> bool {
    let icon = || -> tauri::Result<()> {
        let menu = Menu::with_id(app, TRAY)?;
        let mut lines = LiveMenu::new(menu.clone());
        let start = TrayMenu::default();
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

/// Tells whether the icon was put up, once the start is over that puts it up.
async fn came(app: &AppHandle) -> bool {
    let (tell, told) = tokio::sync::oneshot::channel();
    let asked = app.clone();
    // The start holds the main thread until it is done. Who asked may have gone by then, which changes nothing.
    let after = app.run_on_main_thread(move || tell.send(is_there(&asked)).unwrap_or(()));
    after.is_ok() && told.await.unwrap_or(false)
}

/// Tells whether the icon was put up.
pub(crate) fn is_there(app: &AppHandle) -> bool {
    app.tray_by_id(TRAY).is_some()
}

/// Keeps the menu true: looks again when the vault changed, and when time alone changes what it says.
pub(crate) async fn follow(app: AppHandle, vault: Vault) {
    if !came(&app).await {
        return;
    }
    let clock = app.state::<Desktop>().clock();
    let mut events = vault.events();
    loop {
        if vault.is_locked() {
            apply(&app, TrayMenu::locked());
            if !wait_for_change(&mut events).await {
                return;
            }
            continue;
        }
        let looked = look(&vault).await;
        let shown = async {
            match looked {
                Ok(list) => keep_true(&app, &*clock, &list).await,
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
        // Names leave the menu at once, not after the pause.
        if vault.is_locked() {
            continue;
        }
        clock.sleep(PAUSE).await;
        while events.try_recv().is_ok() {}
    }
}

/// What the menu is made of: the recently used, and behind them the gravest of those that need attention.
async fn look(vault: &Vault) -> Result<ListView, Error> {
    let recent = ListInput { order: "used".to_owned(), count: Some(RECENT), ..ListInput::default() };
    let mut list = vault.list(&recent).await?;
    let urgent = ListInput { attention_only: true, count: Some(ATTENTION), ..ListInput::default() };
    for row in vault.list(&urgent).await?.rows {
        if list.rows.iter().all(|known| known.id != row.id) {
            list.rows.push(row);
        }
    }
    Ok(list)
}

/// Keeps the texts of one look at the vault true, until a row moves to another line by time alone.
async fn keep_true(app: &AppHandle, clock: &dyn Clock, list: &ListView) {
    let zone = TimeZone::system();
    loop {
        let now = clock.now();
        if list.next_change_at.is_some_and(|at| at <= now) {
            return;
        }
        let Described { menu, until } = describe(list, now, &zone);
        apply(app, menu);
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
            Ok(Event::Changed(_) | Event::Settings | Event::Lock) | Err(RecvError::Lagged(_)) => return true,
            Ok(Event::Keychain | Event::Clipboard | Event::Waiting { .. }) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}

/// How long until `at` is past; never nothing, so that a clock that stands still is not asked without end.
fn just_after(now: Timestamp, at: Timestamp) -> Duration {
    let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
    wait + Duration::from_millis(250)
}

fn apply(app: &AppHandle, menu: TrayMenu) {
    let applied = app.state::<Mutex<Applied>>();
    let mut applied = applied.lock().unwrap_or_else(PoisonError::into_inner);
    if applied.menu == menu {
        return;
    }
    let outcome = applied.lines.become_like(app, &menu.lines()).and_then(|()| mark(app, &applied.menu, &menu));
    match outcome {
        Ok(()) => applied.menu = menu,
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
    if before.attention_count != after.attention_count {
        let tooltip = match after.attention_count {
            0 => "Fobwatch".to_owned(),
            1 => "Fobwatch: 1 needs attention".to_owned(),
            count => format!("Fobwatch: {count} need attention"),
        };
        tray.set_tooltip(Some(tooltip))?;
    }
    Ok(())
}

fn on_choice(app: &AppHandle, event: &MenuEvent) {
    match event.id().as_ref() {
        "open" | "unlock" => window::show(app),
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
    // A host may still show the menu from before, and nobody may have used the window for too long: the computer slept.
    let looked = vault.lock_if_idle().await;
    if looked.is_err() || vault.is_locked() {
        return window::show(&app);
    }
    vault.used_now();
    if let Err(error) = vault.copy(credential, Format::Raw, By::Tray).await {
        let said = commands::say(&vault, credential, &error).await;
        window::show(&app);
        news::show_credential(&app, &id);
        news::copy_failed(&app, &id, &said);
    }
}
