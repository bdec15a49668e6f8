//! What may be told of the app lock, whether it is locked or not: nothing of the vault.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why it is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LockReason {
    /// The program started.
    Start,
    /// The person asked for it.
    Asked,
    /// Nobody used the window for as long as the settings say.
    Idle,
    /// The computer went to sleep.
    Sleep,
    /// The screen was locked.
    Screen,
}

/// The app lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LockView {
    /// Whether window and tray are locked.
    pub locked: bool,
    /// Since when.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub since: Option<Timestamp>,
    /// Why.
    pub reason: Option<LockReason>,
    /// When the passphrase was set; without one nothing locks.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub passphrase_set_at: Option<Timestamp>,
    /// How long the next try has to wait after a wrong passphrase, in seconds.
    pub wait_seconds: u32,
}
