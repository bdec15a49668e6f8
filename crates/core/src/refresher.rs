//! The scheduler: renews what is due while nobody looks.
//!
//! Due times are in one ordered structure, the index on `login.refresh_at`: several processes write to the vault, and
//! an order of our own would have to be told of each of their commits. In memory is only what is due already
//! ([`Queue`]), read again at most once in [`READ_APART`]; between two reads, a refresh that ends starts the next one
//! from there. The loop sleeps until the soonest due time, or until something changes; with nothing due it does not
//! wake at all. A stale entry costs one look: the lock and the re-read inside a refresh find out that another process
//! has done the work (K4). What a person asks for never passes through here and never waits for a place.

mod queue;

use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::credential::CredentialId;
use crate::error::{Error, OrNone as _};
use crate::ports::{Wakes, Woke};
use crate::refresh::{Ask, Renewal};
use crate::vault::{Event, Vault, lock};
use queue::{Landed, Queue, SPREAD};

/// The database is asked at most this often what is due.
const READ_APART: SignedDuration = SignedDuration::from_secs(1);
/// After a failure that is not about the provider (keychain, disk), look again after this.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(15);
/// A database that can't be read is tried again after this.
const READ_AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// Renewed tokens that nothing took yet are tried to be saved this often.
const SAVE_AGAIN: SignedDuration = SignedDuration::from_secs(5);
/// A clock that goes back by more than this was set.
const SET_BACK: SignedDuration = SignedDuration::from_secs(5);
/// While this process itself writes, changes of others are told this far apart: the two look alike from outside.
const TELL_APART: SignedDuration = SignedDuration::from_secs(10);

/// The log is looked at for entries that are too old this far apart, when the scheduler is awake anyway.
const PRUNE_APART: SignedDuration = SignedDuration::from_hours(24);

/// What the scheduler knows between two looks.
struct Plan {
    queue: Queue,
    /// When the next login is due that is not in the queue yet.
    next: Option<Timestamp>,
    /// Whether the database may say something else by now.
    stale: bool,
    read_at: Option<Timestamp>,
    /// The time at the last look.
    seen: Option<Timestamp>,
    /// Whether somebody wrote to the vault of whom listeners were not told, and since when.
    untold: bool,
    untold_since: Option<Timestamp>,
    /// When this process itself last wrote to the vault, as far as the scheduler saw it.
    wrote_at: Option<Timestamp>,
    /// When the log was last looked at for entries that are too old.
    pruned_at: Option<Timestamp>,
    landed: mpsc::UnboundedSender<(CredentialId, Landed)>,
}

impl Vault {
    /// Renews logins as they come due, for as long as the future is polled. `wakes` is what the system tells of
    /// suspend and network.
    ///
    /// # Errors
    /// When the database can't be read at the start; later failures are logged and tried again.
    pub async fn keep_fresh(&self, wakes: Wakes) -> Result<(), Error> {
        self.recover().await?;
        let mut changes = self.watch();
        let mut wakes = wakes.chain(futures_util::stream::pending());
        let (landed, mut landings) = mpsc::unbounded_channel();
        let mut plan = Plan::new(landed);
        loop {
            let until = match self.round(&mut plan).await {
                Ok(until) => until,
                Err(error) => {
                    tracing::warn!(code = error.code(), "the scheduler could not look at what is due");
                    later(self.inner.ports.clock.now(), READ_AGAIN)
                }
            };
            tokio::select! {
                () = self.sleep_until(until) => {}
                () = self.inner.due_changed.notified() => plan.stale = true,
                Some((id, how)) = landings.recv() => {
                    plan.queue.landed(id, how, self.inner.ports.clock.now());
                }
                Some(()) = changes.receiver.recv() => {
                    // Everything that piled up is one piece of news.
                    while changes.receiver.try_recv().is_ok() {}
                    plan.stale = true;
                    plan.untold = true;
                }
                Some(woke) = wakes.next() => self.woke(woke, &mut plan).await,
            }
        }
    }

    /// Makes everything due that can be renewed: whichever scheduler runs renews it, with all its care for providers.
    /// What is paused, has ended, or waits for a time that its provider named, stays as it is.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn renew_all_soon(&self) -> Result<(), Error> {
        let made_due = self.inner.catalog.hurry_all(self.inner.ports.clock.now()).await?;
        tracing::info!(made_due, "a person wants everything renewed");
        self.inner.changed(Vec::new());
        Ok(())
    }

    /// Looks at what is due if that is news, and starts what may start; returns when to look again, if at all.
    async fn round(&self, plan: &mut Plan) -> Result<Option<Timestamp>, Error> {
        let now = self.inner.ports.clock.now();
        if plan.seen.replace(now).is_none_or(|seen| seen.duration_since(now) > SET_BACK) {
            // Nothing that was stored while the clock ran ahead may wait for that time to come.
            plan.read_at = None;
            plan.untold_since = None;
            plan.wrote_at = None;
            plan.stale = true;
            plan.queue.clock_was_set();
            self.inner.catalog.recall(now, SPREAD).await?;
        }
        if plan.pruned_at.is_none_or(|at| now.duration_since(at).abs() >= PRUNE_APART) {
            plan.pruned_at = Some(now);
            self.prune_log().await;
        }
        let untold = self.tell_changes(plan, now);
        plan.stale |= plan.next.is_some_and(|next| next <= now);
        let readable = plan.read_at.and_then(|at| later(at, READ_APART)).filter(|at| *at > now);
        if plan.stale && readable.is_none() {
            // What can't be resumed is no reason to renew nothing else.
            let resumes = self.end_pauses(now).await.unwrap_or_else(|error| {
                tracing::warn!(code = error.code(), "pauses that ended were not ended");
                later(now, READ_AGAIN)
            });
            plan.queue.fill(self.inner.catalog.due(now).await?, now);
            // The log never stops what it is about.
            let expires = self.inner.note_expired(now).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "what expired was not written into the log");
                None
            });
            let next = [self.inner.catalog.next_due(now).await?, expires, resumes];
            plan.next = next.into_iter().flatten().min();
            plan.read_at = Some(now);
            plan.stale = false;
        }
        if lock(&self.inner.keychain_seen).is_none() {
            plan.queue.keychain_works();
        }
        // Unlocking wakes the scheduler, also by another process: it writes to the vault.
        let locked = self.locked_since().await?.is_some();
        if locked {
            self.inner.forget_key();
        }
        let paused = locked && !self.settings_or_default().await.refresh_while_locked;
        while !paused && let Some(id) = plan.queue.take(now) {
            let (vault, landed) = (self.clone(), plan.landed.clone());
            drop(self.own(async move {
                let how = vault.renew_due(id).await;
                // Nobody listens once the scheduler has stopped.
                landed.send((id, how)).unwrap_or(());
            }));
        }
        let unsaved = if lock(&self.inner.unsaved).is_empty() { None } else { later(now, SAVE_AGAIN) };
        let read = if plan.stale { readable } else { plan.next };
        Ok([unsaved, read, untold, plan.queue.wakes_at(now)].into_iter().flatten().min())
    }

    /// Tells listeners of changes by others; returns when it can, if that is later. What this process does is told by
    /// name where it is done, and looks like somebody else's writing here.
    fn tell_changes(&self, plan: &mut Plan, now: Timestamp) -> Option<Timestamp> {
        if !plan.untold {
            return None;
        }
        let since = *plan.untold_since.get_or_insert(now);
        if self.inner.flights.any() {
            plan.wrote_at = Some(now);
        }
        let ours = plan.wrote_at.is_some_and(|at| now.duration_since(at) < READ_APART);
        let from = if ours { later(since, TELL_APART) } else { None };
        if from.is_some_and(|from| from > now) {
            return from;
        }
        plan.untold = false;
        plan.untold_since = None;
        drop(self.inner.events.send(Event::Changed(Vec::new())));
        None
    }

    async fn woke(&self, woke: Woke, plan: &mut Plan) {
        tracing::debug!(?woke, "looking at what is due");
        plan.stale = true;
        plan.read_at = None;
        plan.queue.ask_all_hosts();
        if let Err(error) = self.inner.catalog.retry_unreached(self.inner.ports.clock.now()).await {
            tracing::warn!(%error, "retries were not brought forward");
        }
    }

    async fn sleep_until(&self, until: Option<Timestamp>) {
        match until {
            Some(at) => self.inner.ports.clock.sleep_until(at).await,
            None => std::future::pending().await,
        }
    }

    async fn renew_due(&self, id: CredentialId) -> Landed {
        // Paused while it waited for its turn: nothing was sent, and it is due again when it goes on.
        if self.inner.entry(id).await.is_ok_and(|entry| entry.credential.chosen.paused) {
            return Landed::NotAsked;
        }
        let error = match self.refresh(id, Ask::Due).await {
            Ok(Renewal::Renewed) => return Landed::Answered,
            // Somebody else renewed it meanwhile.
            Ok(Renewal::StillFresh) => return Landed::NotAsked,
            Err(error) => error,
        };
        tracing::info!(code = error.code(), %id, "a refresh did not work");
        let now = self.inner.ports.clock.now();
        // A keychain or a disk that does not work leaves the row due; the pause keeps that from spinning.
        if let Some(later) = later(now, LOOK_AGAIN)
            && let Err(error) = self.inner.catalog.put_off(id, now, later).await
        {
            tracing::warn!(%error, "the next look was not written down");
            self.inner.ports.clock.sleep(Duration::from_secs(5)).await;
        }
        landed(&error)
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

impl Plan {
    fn new(landed: mpsc::UnboundedSender<(CredentialId, Landed)>) -> Self {
        let queue = Queue::default();
        Self {
            queue,
            next: None,
            stale: true,
            read_at: None,
            seen: None,
            untold: false,
            untold_since: None,
            wrote_at: None,
            pruned_at: None,
            landed,
        }
    }
}

/// News from other processes.
struct Changes {
    receiver: mpsc::Receiver<()>,
    _watcher: Option<notify::RecommendedWatcher>,
}

/// Says what a failure means for the other logins.
fn landed(error: &Error) -> Landed {
    match error {
        Error::Keychain(_) => Landed::KeychainFailed,
        // Another process is at it, or it is gone.
        Error::Busy | Error::NotFound(_) => Landed::NotAsked,
        Error::TryAgain(verdict) => match verdict.code.as_str() {
            "no_connection" | "timeout" | "connection_broke" | "tls" | "http_429" | "temporarily_unavailable" => {
                Landed::Silent
            }
            code if code.starts_with("http_5") => Landed::Silent,
            _ => Landed::Answered,
        },
        _ => Landed::Answered,
    }
}

fn later(at: Timestamp, wait: SignedDuration) -> Option<Timestamp> {
    at.checked_add(wait).ok_or_none()
}

#[cfg(test)]
#[path = "refresher_test.rs"]
mod tests;
