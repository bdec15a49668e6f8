//! Quits in order: sign-ins end, flights land, the clipboard is emptied of our value, then the process ends.
//!
//! A person who closes the window or quits is asked once where something would be lost (see [`crate::leaving`]). The end of
//! a session asks nobody: it would not wait for the answer.

use crate::host::Host;
use crate::leaving::{Wish, may_leave};
use crate::own;

/// Quits for a person: asks first where something would be lost.
pub fn quit_asked(host: &Host) {
    let host = host.clone();
    drop(own(async move {
        let lost = match host.open_vault() {
            Some(vault) if !vault.is_locked() => vault.would_lose().await,
            _ => 0,
        };
        if may_leave(&host, Wish::Quit, lost).await {
            quit(&host);
        }
    }));
}

/// Takes the window away for a person: asks first where something would be lost. Without a tray that is the end.
pub fn close_asked(host: &Host) {
    let host = host.clone();
    drop(own(async move {
        if !host.stays_without_window().await {
            return quit_asked(&host);
        }
        if may_leave(&host, Wish::Close, 0).await {
            close(&host);
        }
    }));
}

/// Takes the window away, whatever is in it.
pub(crate) fn close(host: &Host) {
    host.shell().put_window_away();
    host.window_closed();
}

/// Begins to quit; the process ends when nothing is under way any more. Asking twice changes nothing.
pub fn quit(host: &Host) {
    if !host.begin_quitting() {
        return;
    }
    tracing::info!("ending");
    host.page_is_gone();
    host.shell().close_window();
    let host = host.clone();
    drop(own(async move {
        #[cfg(target_os = "linux")]
        host.notifier.end().await;
        host.logins.cancel_all().await;
        if let Some(vault) = host.open_vault() {
            vault.close().await;
        }
        host.shell().end();
    }));
}

/// Quits on the signals that ask for it (the end of a session, `kill`, Ctrl+C in a terminal).
pub fn on_signals(host: &Host) {
    let host = host.clone();
    drop(own(async move {
        match asked_to_end().await {
            Ok(()) => {
                tracing::info!("a signal asks to end");
                quit(&host);
            }
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
