//! The scheduler: renews what is due while nobody looks.
//!
//! It sleeps until the soonest due time, or until something changes; with nothing due it does not wake at all.
//! Another process may have done the work: the lock and the re-read inside a refresh find that out (K4). Its own
//! failures are written down by the refresh itself; here they only decide when to look again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::credential::CredentialId;
use crate::error::{Error, OrNone as _};
use crate::refresh::Ask;
use crate::vault::{Event, Vault, lock};

/// How many refreshes run at a time.
const AT_A_TIME: usize = 8;
/// Timers look again at least this often, because not every clock counts suspend.
const LOOK_AT_LEAST: Duration = Duration::from_secs(30);
/// After a failure that is not about the provider (keychain, disk), look again after this.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(15);

impl Vault {
    /// Renews logins as they come due, for as long as the future is polled.
    ///
    /// # Errors
    /// When the database can't be read at the start; later failures are logged and tried again.
    pub async fn keep_fresh(&self) -> Result<(), Error> {
        self.recover().await?;
        let mut changes = self.watch();
        let busy = Busy::default();
        loop {
            let wait = match self.round(&busy).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::warn!(code = error.code(), "the scheduler could not look at what is due");
                    Some(LOOK_AT_LEAST)
                }
            };
            self.sleep_until_news(wait, &mut changes).await;
        }
    }

    /// Starts what is due; returns how long to wait for the next, if there is one.
    async fn round(&self, busy: &Busy) -> Result<Option<Duration>, Error> {
        let now = self.inner.ports.clock.now();
        let (next, due) = self.inner.catalog.due(now).await?;
        for id in due {
            let started = {
                let mut busy = lock(busy);
                busy.len() < AT_A_TIME && busy.insert(id)
            };
            if started {
                let (vault, busy) = (self.clone(), busy.clone());
                drop(self.own(async move {
                    vault.renew_due(id).await;
                    lock(&busy).remove(&id);
                    vault.inner.due_changed.notify_one();
                }));
            }
        }
        // What is due and did not start, or runs, is looked at again when one of them ends.
        Ok(next.map(|at| until(now, at).min(LOOK_AT_LEAST)))
    }

    async fn renew_due(&self, id: CredentialId) {
        let Err(error) = self.refresh(id, Ask::Due).await else { return };
        tracing::info!(code = error.code(), %id, "a refresh did not work");
        let now = self.inner.ports.clock.now();
        let still_due = match self.inner.login_entry(id).await {
            Ok((_, login)) => login.refresh_at.is_some_and(|at| at <= now),
            Err(_) => false,
        };
        if still_due && let Ok(later) = now.checked_add(LOOK_AGAIN) {
            // A disk that takes no writes leaves the row due; the pause keeps that from spinning.
            if let Err(error) = self.inner.catalog.look_again(id, later).await {
                tracing::warn!(%error, "the next look was not written down");
                self.inner.ports.clock.sleep(Duration::from_secs(5)).await;
            }
        }
    }

    async fn sleep_until_news(&self, wait: Option<Duration>, changes: &mut Changes) {
        let unsaved = !lock(&self.inner.unsaved).is_empty();
        let wait = if unsaved { Some(Duration::from_secs(5)) } else { wait };
        let clock = self.inner.ports.clock.clone();
        let timer = async {
            match wait {
                Some(wait) => clock.sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = timer => {}
            () = self.inner.due_changed.notified() => {}
            Some(()) = changes.receiver.recv() => {
                // Another process wrote to the vault. Everything that piled up is one piece of news.
                while changes.receiver.try_recv().is_ok() {}
                drop(self.inner.events.send(Event::Changed(Vec::new())));
            }
        }
    }

    /// Watches the database's journal file, so that what other processes do is noticed without polling.
    fn watch(&self) -> Changes {
        let (sender, receiver) = mpsc::channel(1);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let wrote = |event: &notify::Event| {
                event.kind.is_modify() && event.paths.iter().any(|path| path.extension().is_some_and(|e| e == "db-wal"))
            };
            if event.as_ref().is_ok_and(wrote) {
                // A full channel means that the news is on its way already.
                sender.try_send(()).unwrap_or(());
            }
        });
        let watcher = watcher.and_then(|mut watcher| {
            watcher.watch(&self.inner.home, RecursiveMode::NonRecursive)?;
            Ok(watcher)
        });
        if let Err(error) = &watcher {
            tracing::warn!(%error, "changes by other processes are noticed later");
        }
        Changes { receiver, _watcher: watcher.ok_or_none() }
    }
}

/// The logins that the scheduler has a refresh running for.
type Busy = Arc<Mutex<HashSet<CredentialId>>>;

/// News from other processes.
struct Changes {
    receiver: mpsc::Receiver<()>,
    _watcher: Option<notify::RecommendedWatcher>,
}

fn until(now: Timestamp, at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO)
}
