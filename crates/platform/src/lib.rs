//! The five ports on real operating systems.
//!
//! [`ports`] builds them without touching the machine: nothing connects before its first use, so a start never
//! waits for a keychain, a display or a certificate store. Whatever the core asks of the world passes through
//! this crate, and each dangerous thing has one file here.

use std::sync::Arc;

use fobwatch_core::ports::Ports;

pub mod browser;
pub mod caller;
pub mod clipboard;
pub mod clock;
pub mod downloads;
pub mod file_system;
pub mod hardening;
pub mod http;
pub mod keychain;
pub mod lock_calls;
pub mod machine;
pub mod open;
pub mod paths;
mod reach;
#[cfg(target_os = "linux")]
mod signals;
pub mod system_auth;
pub mod wakes;

pub use browser::SystemBrowser;
pub use caller::caller;
pub use clipboard::SystemClipboard;
pub use clock::SystemClock;
pub use http::ReqwestHttp;
pub use keychain::OsKeychain;
pub use lock_calls::lock_calls;
pub use machine::machine_id;
pub use open::open_vault;
pub use paths::Home;
pub use wakes::wakes;

/// Builds the five ports of this machine; each connects at its first use.
#[must_use]
pub fn ports() -> Ports {
    Ports {
        keychain: Arc::new(OsKeychain::new()),
        clock: Arc::new(SystemClock),
        http: Arc::new(ReqwestHttp::new()),
        browser: Arc::new(SystemBrowser),
        clipboard: Arc::new(SystemClipboard::new()),
    }
}
