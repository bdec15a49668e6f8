//! The other key to the door: the system's word that its own person is here (polkit on Linux).
//!
//! It opens what the passphrase opens and no more: the passphrase proves who is there and wraps no key, so neither does
//! this. One invariant: nothing opens on an answer that came after somebody had stopped asking, or had locked again.

use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::error::Error;
use crate::vault::Vault;

/// For how long the system's question is left on the screen.
const ASKS_FOR: Duration = Duration::from_mins(2);

/// Why the system did not say that its person is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthenticated {
    /// Nothing of the system can be asked.
    #[error("no service")]
    NoService,
    /// It can be asked, but does not know of us: no package put our action there.
    #[error("unknown action")]
    NoAction,
    /// Nothing in this session asks the person on the system's behalf.
    #[error("no agent")]
    NoAgent,
    /// It would say yes without asking anybody, to root for one.
    #[error("nobody would be asked")]
    NobodyAsked,
    /// It said no.
    #[error("refused")]
    Refused,
    /// The question was closed, there or here.
    #[error("dismissed")]
    Dismissed,
    /// Nobody answered.
    #[error("timed out")]
    TimedOut,
}

impl NotAuthenticated {
    /// Tells whether asking once more may end otherwise.
    pub(crate) fn may_pass(self) -> bool {
        matches!(self, Self::Refused | Self::Dismissed | Self::TimedOut)
    }
}

/// Says that nobody waits for the answer any more, and why. Whoever asks takes the question back then.
pub type GivenUp = BoxFuture<'static, NotAuthenticated>;

impl Vault {
    /// Unlocks on the word of `ask`, which puts the system's question and takes it back when told to. One question at a
    /// time: a new one takes the place of the one before.
    ///
    /// # Errors
    /// [`Error::NotAuthenticated`]; [`Error::SystemUnlockOff`] where the settings do not allow it; storage errors.
    pub async fn unlock_by_system<Asking>(&self, ask: impl FnOnce(GivenUp) -> Asking) -> Result<(), Error>
    where
        Asking: Future<Output = Result<(), NotAuthenticated>>,
    {
        self.stop_asking();
        let stops = self.inner.app_lock.stops.subscribe();
        let _one = self.inner.app_lock.asking.lock().await;
        self.may_open_by_system().await?;
        let (clock, mut stopped) = (self.inner.ports.clock.clone(), stops.clone());
        let given_up = async move {
            tokio::select! {
                _ = stopped.changed() => NotAuthenticated::Dismissed,
                () = clock.sleep(ASKS_FOR) => NotAuthenticated::TimedOut,
            }
        };
        ask(Box::pin(given_up)).await?;
        self.may_open_by_system().await?;
        if stops.has_changed().unwrap_or(true) {
            return Err(NotAuthenticated::Dismissed.into());
        }
        self.open_door(Some("by_system")).await
    }

    /// Takes the system's question back, if there is one.
    pub fn stop_asking(&self) {
        self.inner.app_lock.stops.send_modify(|times| *times = times.wrapping_add(1));
    }

    async fn may_open_by_system(&self) -> Result<(), Error> {
        if !self.has_passphrase().await? {
            return Err(Error::NoPassphrase);
        }
        if self.settings().await?.unlock_by_system { Ok(()) } else { Err(Error::SystemUnlockOff) }
    }
}

#[cfg(test)]
#[path = "by_system_test.rs"]
mod tests;
