//! When it locks by itself: nobody uses the window for long enough, the computer sleeps, the screen locks.

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, OrNone as _};
use crate::ports::LockCalls;
use crate::vault::{Vault, lock};
use crate::view::LockReason;

/// When settings can't be read, look again after this.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(30);

impl Vault {
    /// Locks whenever the system calls for it and the settings do not say otherwise, for as long as the future is polled.
    pub async fn lock_when_called(&self, mut calls: LockCalls) {
        while let Some(call) = calls.next().await {
            if let Err(error) = self.lock_if_wanted(call.reason).await {
                tracing::warn!(code = error.code(), reason = ?call.reason, "locking was not finished");
            }
            // Only now may the system go on.
            drop(call.waits);
        }
    }

    async fn lock_if_wanted(&self, reason: LockReason) -> Result<(), Error> {
        let settings = self.settings_or_default().await;
        let wanted = match reason {
            LockReason::Sleep => settings.lock_on_sleep,
            LockReason::Screen => settings.lock_on_screen_lock,
            LockReason::Start | LockReason::Asked | LockReason::Idle => true,
        };
        if wanted && self.has_passphrase().await? { self.lock_now(reason).await } else { Ok(()) }
    }

    /// Locks if nobody has used the window for as long as the settings say; returns when to look again.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn lock_if_idle(&self) -> Result<Option<Timestamp>, Error> {
        if self.is_locked() {
            return Ok(None);
        }
        let minutes = self.settings().await?.lock_after_minutes;
        if minutes == 0 || !self.has_passphrase().await? {
            return Ok(None);
        }
        let now = self.inner.ports.clock.now();
        let used_at = {
            let mut state = lock(&self.inner.app_lock.now);
            // A clock that was set back must not keep the window open.
            let used_at = state.used_at.filter(|used| *used <= now).unwrap_or(now);
            state.used_at = Some(used_at);
            used_at
        };
        let ends = used_at.checked_add(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(now);
        if ends > now {
            return Ok(Some(ends));
        }
        self.lock_now(LockReason::Idle).await?;
        Ok(None)
    }

    /// Locks whenever nobody uses the window for long enough, for as long as the future is polled.
    pub async fn lock_when_idle(&self) {
        let mut events = self.events();
        let clock = &self.inner.ports.clock;
        loop {
            let until = match self.lock_if_idle().await {
                Ok(until) => until,
                Err(error) => {
                    tracing::warn!(code = error.code(), "whether to lock could not be looked up");
                    clock.now().checked_add(LOOK_AGAIN).ok_or_none()
                }
            };
            let ends = async {
                match until {
                    Some(at) => clock.sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = ends => {}
                heard = events.recv() => if heard == Err(tokio::sync::broadcast::error::RecvError::Closed) { return },
            }
        }
    }
}
