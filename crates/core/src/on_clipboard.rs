//! What becomes of a copied value: it is taken off the clipboard after a while, when the window locks, at the end, and
//! after a crash at the next start; or it is there for one paste. What somebody else copied since stays.
//!
//! A crash leaves nothing in memory to compare with, and the value itself must not be on disk. So a *trace* is kept in
//! the database for as long as the value is out: its fingerprint, HMAC-SHA-256 under a key that is in the keychain
//! ([`crate::sealer`]). Who reads the database alone can test no guess against it, however few the possible values
//! are: that takes the key, and the keychain that has the key has the values too. A slow hash would only slow such
//! guessing down.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::activity::{By, Facts};
use crate::catalog::{CredentialRow, What};
use crate::error::{Error, OrNone as _};
use crate::ports::{Leaving, Left};
use crate::secret::Secret;
use crate::vault::{Event, Vault, lock};
use crate::view::{ClipboardView, OnClipboardState as State};

/// The name of the trace in `meta`.
const TRACE: &str = "clipboard";
/// How often a clipboard that does not answer is asked to let go of a value.
const CLEAR_TRIES: usize = 10;
/// The pause between two of these.
const CLEAR_AGAIN: Duration = Duration::from_secs(5);
/// The longest plain text that is copied, in bytes.
const LONGEST_TEXT: usize = 64 * 1024;

/// How often a copied value can be pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pastes {
    /// As often as anybody likes, until it is cleared.
    Any,
    /// Once.
    One,
}

/// A copied value that is still ours to clear, or of which the window still says how it left.
pub(crate) struct OnClipboard {
    value: Secret,
    /// None: it stays until something else is copied, the window locks or the program ends.
    clears_at: Option<Timestamp>,
    for_seconds: u32,
    state: State,
    /// The program that read it.
    by: Option<String>,
    /// What the database has of it.
    trace: Option<String>,
    /// Tells this copy from another of the same value.
    copy: Arc<()>,
}

impl OnClipboard {
    fn view(&self) -> ClipboardView {
        ClipboardView {
            state: self.state,
            by: self.by.clone(),
            clears_at: self.clears_at,
            for_seconds: self.for_seconds,
        }
    }
}

/// What is remembered of the last copied value, should this process be killed before it is cleared.
#[derive(Debug, Serialize, Deserialize)]
struct Trace {
    fingerprint: String,
    at: Timestamp,
    /// Another process serves it until then, and clears it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    held_until: Option<Timestamp>,
}

impl Vault {
    /// Puts a value of a credential onto the clipboard, notes the use, and sees to it that it is taken away again.
    pub(crate) async fn put_for_a_while(
        &self,
        row: &CredentialRow,
        value: Secret,
        by: By,
        facts: Facts,
    ) -> Result<ClipboardView, Error> {
        self.put_several_for_a_while(&[row], value, by, facts).await
    }

    /// As [`Vault::put_for_a_while`], of a text that holds values of several credentials.
    pub(crate) async fn put_several_for_a_while(
        &self,
        rows: &[&CredentialRow],
        value: Secret,
        by: By,
        facts: Facts,
    ) -> Result<ClipboardView, Error> {
        let view = self.put(value, Pastes::Any).await?;
        for row in rows {
            self.used(row, by, What::Copied, facts.clone()).await;
        }
        self.unless_locked(view).await
    }

    /// Puts a value that belongs to no credential onto the clipboard, and sees to it that it is taken away again.
    pub(crate) async fn put_unnamed(&self, value: Secret) -> Result<ClipboardView, Error> {
        let view = self.put(value, Pastes::Any).await?;
        self.unless_locked(view).await
    }

    /// Takes a value away at once if the window was locked while it was fetched: nobody who is in front of it now
    /// asked for it.
    pub(crate) async fn unless_locked(&self, view: ClipboardView) -> Result<ClipboardView, Error> {
        if self.is_locked() {
            self.clear_clipboard().await;
            return Err(Error::Locked);
        }
        Ok(view)
    }

    pub(crate) async fn put(&self, value: Secret, pastes: Pastes) -> Result<ClipboardView, Error> {
        let for_seconds = u32::from(self.settings_or_default().await.clear_clipboard_seconds);
        let now = self.inner.ports.clock.now();
        let end = now.checked_add(SignedDuration::from_secs(i64::from(for_seconds))).unwrap_or(Timestamp::MAX);
        let clears_at = Some(end).filter(|_| for_seconds > 0);
        let (state, trace) = match pastes {
            Pastes::Any => (State::There, self.leave_trace(&value, now, clears_at).await),
            // It ends with the process that serves it, and whoever else has it was given it.
            Pastes::One => (State::Once, None),
        };
        let copy = Arc::new(());
        let ours =
            OnClipboard { value: value.clone(), clears_at, for_seconds, state, by: None, trace, copy: copy.clone() };
        let view = ours.view();
        // Before the value is there: a caller that goes away meanwhile must not leave it for ever.
        let before = lock(&self.inner.on_clipboard).replace(ours);
        if let Some(at) = clears_at {
            self.clear_at(at);
        }
        match self.hand_over(&value, pastes).await {
            Ok(None) => {}
            Ok(Some(leaving)) => self.hear_of(leaving, copy),
            Err(error) => {
                let trace = before.as_ref().and_then(|before| before.trace.clone());
                let failed = std::mem::replace(&mut *lock(&self.inner.on_clipboard), before);
                self.forget_trace(failed.and_then(|failed| failed.trace)).await;
                if let Some(trace) = trace {
                    self.keep_trace(&trace).await;
                }
                return Err(error);
            }
        }
        drop(self.inner.events.send(Event::Clipboard));
        Ok(view)
    }

    async fn hand_over(&self, value: &Secret, pastes: Pastes) -> Result<Option<Leaving>, Error> {
        let clipboard = &self.inner.ports.clipboard;
        match pastes {
            Pastes::Any => clipboard.put(value).await.map(|()| None).map_err(Error::from),
            Pastes::One => clipboard.put_once(value).await?.map(Some).ok_or(Error::NoSinglePaste),
        }
    }

    /// Notes how the value of this copy leaves the clipboard.
    fn hear_of(&self, leaving: Leaving, copy: Arc<()>) {
        let inner = Arc::downgrade(&self.inner);
        aside(async move {
            let Ok(left) = leaving.await else { return };
            let Some(inner) = inner.upgrade() else { return };
            let (state, by) = match left {
                Left::Pasted(by) => (State::Pasted, by),
                Left::Replaced => (State::Replaced, None),
                // By us, and noted where that was done.
                Left::Cleared => return,
            };
            match &mut *lock(&inner.on_clipboard) {
                Some(ours) if Arc::ptr_eq(&ours.copy, &copy) => (ours.state, ours.by) = (state, by),
                _ => return,
            }
            drop(inner.events.send(Event::Clipboard));
        });
    }

    fn clear_at(&self, clears_at: Timestamp) {
        let inner = Arc::downgrade(&self.inner);
        let clock = self.inner.ports.clock.clone();
        aside(async move {
            while let Ok(left) = Duration::try_from(clears_at.duration_since(clock.now()))
                && !left.is_zero()
            {
                clock.sleep(left).await;
            }
            // A clipboard that does not answer just now is asked again a few times.
            for _ in 0..CLEAR_TRIES {
                let Some(inner) = inner.upgrade() else { return };
                let vault = Self { inner };
                let due =
                    lock(&vault.inner.on_clipboard).as_ref().is_some_and(|copied| copied.clears_at == Some(clears_at));
                if !due {
                    return;
                }
                vault.clear_clipboard().await;
                drop(vault);
                clock.sleep(CLEAR_AGAIN).await;
            }
        });
    }

    /// Copies text that is no secret (an address, a fingerprint, a claim). It stays on the clipboard.
    ///
    /// # Errors
    /// [`Error::Invalid`] for text over 64 KiB, and [`Error::Clipboard`].
    pub async fn copy_text(&self, text: &str) -> Result<(), Error> {
        if text.len() > LONGEST_TEXT {
            return Err(Error::Invalid { field: "text", why: "it is longer than 65,536 bytes".to_owned() });
        }
        self.inner.ports.clipboard.put(&Secret::new(text)).await?;
        // Our value was replaced, so there is nothing left to take away.
        let replaced = lock(&self.inner.on_clipboard).take();
        if let Some(replaced) = replaced {
            self.forget_trace(replaced.trace).await;
            drop(self.inner.events.send(Event::Clipboard));
        }
        Ok(())
    }

    /// Takes our value off the clipboard now, if it is still there. Something copied since stays.
    pub async fn clear_clipboard(&self) {
        let Some(copied) = lock(&self.inner.on_clipboard).take() else { return };
        let there = matches!(copied.state, State::There | State::Once);
        let cleared = if there { self.inner.ports.clipboard.clear_if(&copied.value).await } else { Ok(false) };
        match cleared {
            // Another process still serves it.
            Ok(_) if self.inner.ports.clipboard.outlives_us() => {}
            Ok(_) => self.forget_trace(copied.trace).await,
            Err(error) => {
                tracing::warn!(%error, "the clipboard was not cleared");
                // It may be there still, unless something was copied since.
                lock(&self.inner.on_clipboard).get_or_insert(copied);
            }
        }
        drop(self.inner.events.send(Event::Clipboard));
    }

    /// Returns what is on the clipboard by us, or how it left.
    #[must_use]
    pub fn clipboard(&self) -> Option<ClipboardView> {
        lock(&self.inner.on_clipboard).as_ref().map(OnClipboard::view)
    }

    /// Takes a value away that was on the clipboard when this program was killed: a clipboard manager may hold it
    /// still. Waits for a keychain that is closed, and for `fob copy` while that serves what it copied.
    pub async fn clear_what_was_left(&self) {
        let mut events = self.events();
        let Some(trace) = self.trace().await else { return };
        // What was copied since is seen to by those who copied it.
        while self.trace().await.as_ref() == Some(&trace) && !self.cleared_by_trace(&trace).await {
            loop {
                match events.recv().await {
                    Ok(Event::Keychain) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => break,
                    Ok(_) => {}
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
                }
            }
        }
    }

    /// Looks whether the value of this trace is on the clipboard, and clears it; false when the keychain is closed.
    async fn cleared_by_trace(&self, kept: &str) -> bool {
        let clock = &self.inner.ports.clock;
        let Some(Trace { fingerprint, at, held_until }) = serde_json::from_str::<Trace>(kept).ok_or_none() else {
            self.forget_trace(Some(kept.to_owned())).await;
            return true;
        };
        while let Some(until) = held_until.filter(|until| *until > clock.now()) {
            clock.sleep_until(until).await;
        }
        let Some(sealer) = self.inner.sealer_if_any().await else { return false };
        let is_ours = Box::new(move |text: &Secret| sealer.fingerprint(text) == fingerprint);
        match self.inner.ports.clipboard.clear_ours(is_ours).await {
            Ok(cleared) => {
                if cleared {
                    tracing::info!(copied_at = %at, "a value that an ended process had left was cleared from the clipboard");
                }
                self.forget_trace(Some(kept.to_owned())).await;
            }
            Err(error) => tracing::warn!(%error, "whether the clipboard holds a value of before is not known"),
        }
        true
    }

    async fn trace(&self) -> Option<String> {
        self.inner.catalog.meta_if_any(TRACE).await.ok_or_none().flatten()
    }

    /// Writes down what a value on the clipboard is known by. Without keychain or disk there is no trace, and the value
    /// is copied all the same.
    async fn leave_trace(&self, value: &Secret, at: Timestamp, clears_at: Option<Timestamp>) -> Option<String> {
        let outlives_us = self.inner.ports.clipboard.outlives_us();
        if outlives_us && clears_at.is_none() {
            // Meant to stay.
            return None;
        }
        let fingerprint = self.inner.sealer_if_any().await?.fingerprint(value);
        let trace = Trace { fingerprint, at, held_until: clears_at.filter(|_| outlives_us) };
        let trace = serde_json::to_string(&trace).ok_or_none()?;
        self.keep_trace(&trace).await;
        Some(trace)
    }

    async fn keep_trace(&self, trace: &str) {
        if let Err(error) = self.inner.catalog.remember(TRACE, trace).await {
            tracing::warn!(%error, "the trace of a copied value was not kept");
        }
    }

    async fn forget_trace(&self, trace: Option<String>) {
        if let Some(trace) = trace
            && let Err(error) = self.inner.catalog.forget(TRACE, &trace).await
        {
            tracing::warn!(%error, "the trace of a copied value was not forgotten");
        }
    }
}

/// Runs what watches a copied value. Not a task that the vault owns: quitting clears at once and need not wait for it.
fn aside(work: impl Future<Output = ()> + Send + 'static) {
    #[expect(clippy::disallowed_methods, reason = "what waits for a clipboard must not hold up the vault's end")]
    drop(tokio::spawn(work));
}

#[cfg(test)]
#[path = "on_clipboard_test.rs"]
mod tests;
