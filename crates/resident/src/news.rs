//! Tells the window what changed. Events carry ids and states, never values.
//!
//! The first change goes out at once; what follows within [`PAUSE`] becomes one piece of news. So a burst (one
//! refresh writes several times, and the vault hears of its own writes as well) costs the window two looks.

use std::time::Duration;

use fobwatch_core::view::{ErrorView, HotKeyState, LoginView};
use fobwatch_core::{Event, Vault};
use serde::Serialize;
use serde_json::value::to_raw_value;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::host::Host;

/// The least time between two pieces of news.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Clone, Serialize)]
struct Changed {
    /// Empty means "look again at everything".
    ids: Vec<String>,
}

#[derive(Clone, Serialize)]
struct Shown<'a> {
    id: &'a str,
}

#[derive(Clone, Serialize)]
struct CopyFailed<'a> {
    id: &'a str,
    error: &'a ErrorView,
}

/// What has changed since the window was told last.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a piece of news of its own; they come together or apart")]
struct News {
    ids: Vec<String>,
    everything: bool,
    keychain: bool,
    clipboard: bool,
    settings: bool,
    lock: bool,
}

impl News {
    fn add(&mut self, event: Event) {
        match event {
            Event::Changed(ids) if ids.is_empty() => self.everything = true,
            Event::Changed(ids) => {
                for id in ids.iter().map(ToString::to_string) {
                    if !self.ids.contains(&id) {
                        self.ids.push(id);
                    }
                }
            }
            Event::Keychain => self.keychain = true,
            Event::Clipboard => self.clipboard = true,
            Event::Settings => self.settings = true,
            Event::Lock => self.lock = true,
            // The window shows that it waits, as it does for the provider.
            Event::Waiting { .. } => {}
        }
    }

    /// Stands for news that were missed.
    fn add_all(&mut self) {
        (self.everything, self.keychain, self.clipboard) = (true, true, true);
        (self.settings, self.lock) = (true, true);
    }
}

/// Tells the window of changes for as long as the vault lives.
pub(crate) async fn tell(host: Host, vault: Vault) {
    let clock = host.clock();
    let mut events = vault.events();
    // Whoever asked before the vault was open looks again.
    let mut news = News { everything: true, keychain: true, ..News::default() };
    loop {
        send(&host, &vault, std::mem::take(&mut news)).await;
        clock.sleep(PAUSE).await;
        match events.recv().await {
            Ok(event) => news.add(event),
            Err(RecvError::Lagged(_)) => news.add_all(),
            Err(RecvError::Closed) => return,
        }
        loop {
            match events.try_recv() {
                Ok(event) => news.add(event),
                Err(TryRecvError::Lagged(_)) => news.add_all(),
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
    }
}

async fn send(host: &Host, vault: &Vault, news: News) {
    if news.lock {
        if vault.is_locked() {
            host.workbench.forget();
        }
        match vault.lock_state().await {
            Ok(state) => emit(host, "lock-changed", state),
            Err(error) => tracing::warn!(code = error.code(), "the state of the app lock is not known"),
        }
    }
    if news.everything || !news.ids.is_empty() {
        let ids = if news.everything { Vec::new() } else { news.ids };
        emit(host, "vault-changed", Changed { ids });
    }
    if news.keychain {
        match vault.keychain().await {
            Ok(view) => emit(host, "keychain-changed", view),
            Err(error) => tracing::warn!(code = error.code(), "the keychain's state is not known"),
        }
    }
    if news.clipboard {
        emit(host, "clipboard-changed", vault.clipboard());
    }
    if news.settings {
        match vault.settings().await {
            Ok(settings) => emit(host, "settings-changed", settings),
            Err(error) => tracing::warn!(code = error.code(), "the settings could not be read"),
        }
    }
}

/// Tells the window how a sign-in goes.
pub(crate) fn login_changed(host: &Host, view: &LoginView) {
    emit(host, "login-changed", view);
}

/// Tells the window how the keys of the palette stand.
pub(crate) fn hot_key_changed(host: &Host, state: HotKeyState) {
    emit(host, "hot-key-changed", state);
}

/// Asks the window to show a credential.
pub(crate) fn show_credential(host: &Host, id: &str) {
    emit_surely(host, "show-credential", &Shown { id });
}

/// Asks the window to show the settings.
pub(crate) fn show_settings(host: &Host) {
    emit_surely(host, "show-settings", &());
}

/// Tells the window that copying from the tray did not work.
pub(crate) fn copy_failed(host: &Host, id: &str, error: &ErrorView) {
    emit_surely(host, "copy-failed", &CopyFailed { id, error });
}

/// What a locked window hears.
const WHILE_LOCKED: [&str; 2] = ["lock-changed", "settings-changed"];

fn emit(host: &Host, event: &str, payload: impl Serialize) {
    if host.is_locked() && !WHILE_LOCKED.contains(&event) {
        return;
    }
    match to_raw_value(&payload) {
        Ok(payload) => host.shell().tell(event, &payload),
        Err(error) => tracing::warn!(%error, event, "the window was not told"),
    }
}

/// As [`emit`], to a window that is only being opened as well.
fn emit_surely(host: &Host, event: &'static str, payload: &impl Serialize) {
    match to_raw_value(payload) {
        Ok(payload) if !host.is_locked() => host.tell_surely(event, payload),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, event, "the window was not told"),
    }
}

#[cfg(test)]
mod tests {
    use fobwatch_core::credential::CredentialId;

    use super::*;

    #[test]
    fn a_burst_of_changes_becomes_one_piece_of_news() {
        let (a, b) = (CredentialId::random(), CredentialId::random());
        let mut news = News::default();
        for event in [Event::Changed(vec![a]), Event::Clipboard, Event::Changed(vec![b, a]), Event::Clipboard] {
            news.add(event);
        }
        let ids = vec![a.to_string(), b.to_string()];
        assert_eq!(news, News { ids, clipboard: true, ..News::default() });
        news.add(Event::Changed(Vec::new()));
        assert!(news.everything);
    }
}
