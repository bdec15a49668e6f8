//! Keeps the key that brings the quick palette up as the settings say.

use std::sync::PoisonError;
use std::time::Duration;

use fobwatch_core::hot_key::Keys;
use fobwatch_core::view::HotKeyState;
use fobwatch_core::{Event, Vault};
use tokio::sync::broadcast::error::RecvError;

use crate::host::{Host, Inner};
use crate::{news, own, tray};

/// A palette is made ready this long after its key is ours: what starts with us goes first.
const AFTER_START: Duration = Duration::from_secs(5);

/// Asks the desktop for the keys that are chosen, now and whenever others are.
pub(crate) async fn keep(host: Host, vault: Vault) {
    let mut events = vault.events();
    let mut asked = None;
    loop {
        match vault.settings().await {
            Ok(settings) if asked.as_ref() != Some(&settings.palette_keys) => {
                // What can't be read was not written by us, and is no key.
                let keys = Keys::read(&settings.palette_keys).unwrap_or_default();
                host.shell().set_hot_key(&host, keys, &settings.palette_keys);
                asked = Some(settings.palette_keys);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(code = error.code(), "the hot key is not known"),
        }
        loop {
            match events.recv().await {
                Ok(Event::Settings) | Err(RecvError::Lagged(_)) => break,
                Ok(_) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }
}

impl Host {
    /// Notes how the keys stand, and tells the window.
    pub(crate) fn hot_key_is(&self, state: HotKeyState) {
        tracing::info!(?state, "the key of the palette");
        *self.hot_key.lock().unwrap_or_else(PoisonError::into_inner) = state;
        news::hot_key_changed(self, state);
        tray::become_true(self);
        let host = self.clone();
        drop(own(async move {
            host.clock().sleep(AFTER_START).await;
            host.keep_palette_ready();
        }));
    }

    /// Has a palette ready for the key, where there is one.
    pub(crate) fn keep_palette_ready(&self) {
        self.shell().keep_palette_ready(self.hot_key() == HotKeyState::Set);
    }
}

impl Inner {
    /// How the keys stand.
    pub(crate) fn hot_key(&self) -> HotKeyState {
        *self.hot_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
