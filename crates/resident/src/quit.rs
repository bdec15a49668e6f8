//! Quits in order: sign-ins end, flights land, the clipboard is emptied of our value, then the process ends.

use crate::host::Host;
use crate::own;

/// Begins to quit; the process ends when nothing is under way any more. Asking twice changes nothing.
pub fn quit(host: &Host) {
    if !host.begin_quitting() {
        return;
    }
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
            Ok(()) => quit(&host),
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
