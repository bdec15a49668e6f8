//! The desktop program of Fobwatch: window, tray, commands, wiring. No rules live here: they are in the core.
//!
//! The window never waits for the vault: it is painted first, and a vault that can't be opened is what its commands
//! answer. All tasks of this crate start in [`own`].

mod commands;
mod config_test;
mod desktop;
mod input;
mod live_menu;
mod logging;
mod logins;
mod news;
mod quit;
mod tray;
mod tray_host;
mod tray_menu;
mod window;

use std::process::ExitCode;
use std::time::Duration;

use fobwatch_core::Vault;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager as _, RunEvent, WindowEvent};

use crate::desktop::Desktop;

/// How long after the start the first look at health and at the calendar's feed comes.
const LOOK_AFTER: Duration = Duration::from_secs(5);

/// Runs the program to its end.
#[must_use]
pub fn run() -> ExitCode {
    logging::start();
    fobwatch_platform::hardening::no_core_dumps();
    let app = tauri::Builder::default()
        // First of all plugins: a second start must end before it does anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _folder| {
            if !window::is_hidden_start(&arguments) {
                window::show(app);
            }
        }))
        .manage(Desktop::new())
        .invoke_handler(commands::handler())
        .setup(|app| {
            begin(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(on_event);
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the program could not start");
            ExitCode::FAILURE
        }
    }
}

/// Puts up window and tray while the vault opens behind them.
fn begin(app: &AppHandle) -> anyhow::Result<()> {
    quit::on_signals(app);
    let behind = app.clone();
    drop(own(async move {
        if let Err(error) = behind.state::<Desktop>().vault(&behind).await {
            tracing::error!(code = error.code(), "the vault could not be opened");
        }
    }));
    let arguments: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    if window::is_hidden_start(&arguments) {
        // Without a tray a hidden window could not be found again.
        let tray = tray::build(app);
        window::build(app, tray)?;
    } else {
        window::build(app, false)?;
        // The page loads meanwhile, in a process of its own.
        tray::build(app);
    }
    Ok(())
}

/// Starts what runs for as long as the vault is open.
pub(crate) fn attend(app: &AppHandle, vault: &Vault) {
    drop(own(desktop::keep_fresh(app.clone(), vault.clone())));
    let locking = vault.clone();
    drop(own(async move { locking.lock_when_idle().await }));
    let (health, clock) = (vault.clone(), app.state::<Desktop>().clock());
    drop(own(async move {
        // Long looks at everything: not while the window is about to be drawn.
        clock.sleep(LOOK_AFTER).await;
        tokio::join!(health.watch_health(), health.keep_calendar());
    }));
    drop(own(news::tell(app.clone(), vault.clone())));
    drop(own(tray::follow(app.clone(), vault.clone())));
}

/// Runs `work` in the background. The one place where this crate starts a task.
pub(crate) fn own<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    tauri::async_runtime::spawn(work)
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::WindowEvent { label, event: WindowEvent::CloseRequested { api, .. }, .. }
            if label == window::MAIN =>
        {
            api.prevent_close();
            drop(own(window::close(app.clone())));
        }
        RunEvent::ExitRequested { api, .. } if !app.state::<Desktop>().may_exit() => {
            api.prevent_exit();
            quit::quit(app);
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        _ => {}
    }
}
