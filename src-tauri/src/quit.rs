//! Quits in order: sign-ins end, flights land, the clipboard is emptied of our value, then the process ends.

use tauri::{AppHandle, Manager as _};

use crate::desktop::Desktop;
use crate::window;

/// Begins to quit; the process ends when nothing is under way any more. Asking twice changes nothing.
pub(crate) fn quit(app: &AppHandle) {
    if !app.state::<Desktop>().begin_quitting() {
        return;
    }
    window::hide(app);
    let app = app.clone();
    drop(crate::own(async move {
        let desktop = app.state::<Desktop>();
        desktop.logins.cancel_all().await;
        if let Some(vault) = desktop.open_vault() {
            vault.close().await;
        }
        desktop.allow_exit();
        app.exit(0);
    }));
}

/// Quits on the signals that ask for it (the end of a session, `kill`, Ctrl+C in a terminal).
pub(crate) fn on_signals(app: &AppHandle) {
    let app = app.clone();
    drop(crate::own(async move {
        match asked_to_end().await {
            Ok(()) => quit(&app),
            Err(error) => tracing::warn!(%error, "signals are not heard"),
        }
    }));
}

#[cfg(unix)]
async fn asked_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut hang_up) = (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = hang_up.recv() => Ok(()),
        pressed = tokio::signal::ctrl_c() => pressed,
    }
}

#[cfg(not(unix))]
async fn asked_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
