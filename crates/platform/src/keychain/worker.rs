//! The one thread that talks to the keychain.
//!
//! A store's call may block for ever: on a prompt, or on a service that owns its name and never answers. It runs
//! on a thread of its own rather than in the runtime's pool, where a stuck call would also block the runtime's
//! shutdown. Jobs run in the order they came, and one whose caller has left is skipped.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fobwatch_core::ports::KeychainError;
use tokio::sync::oneshot;

use super::Deadlines;
use super::session::Session;

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// What the thread is doing now.
#[derive(Debug, Default)]
pub(super) struct Activity {
    since: Option<Instant>,
    prompting: bool,
}

/// Shared between the thread and whoever waits for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Status(Arc<Mutex<Activity>>);

impl Status {
    fn lock(&self) -> MutexGuard<'_, Activity> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a prompt is in front of the person, or no longer.
    pub(super) fn prompting(&self, now: bool) {
        self.lock().prompting = now;
    }

    fn is_prompting(&self) -> bool {
        self.lock().prompting
    }

    fn is_stuck(&self, limit: Duration) -> bool {
        let activity = self.lock();
        !activity.prompting && activity.since.is_some_and(|since| since.elapsed() > limit)
    }
}

/// A handle to the thread; the thread ends when the last handle is gone.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    queue: mpsc::Sender<Job>,
    status: Status,
    stuck_after: Duration,
    thread: Arc<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread.
    pub(super) fn start(deadlines: Deadlines) -> Result<Self, KeychainError> {
        let (queue, jobs) = mpsc::channel::<Job>();
        let status = Status::default();
        let seen = status.clone();
        let thread = std::thread::Builder::new()
            .name("keychain".into())
            .spawn(move || {
                let mut session = Session::new(deadlines, seen.clone());
                for job in jobs {
                    seen.lock().since = Some(Instant::now());
                    job(&mut session);
                    seen.lock().since = None;
                }
            })
            .map_err(|error| KeychainError::Unavailable(format!("no thread for the keychain: {error}")))?;
        Ok(Self { queue, status, stuck_after: deadlines.ordinary, thread: Arc::new(thread) })
    }

    /// Tells whether the thread still takes jobs; it ends early only if a store panicked.
    pub(super) fn is_alive(&self) -> bool {
        !self.thread.is_finished()
    }

    /// Runs `call` on the thread and waits at most `limit` for its answer.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        limit: Duration,
        call: impl FnOnce(&mut Session) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        if self.status.is_stuck(self.stuck_after) {
            return Err(silent());
        }
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |session| {
            // Its caller was told that it failed: it must not happen after all.
            if !reply.is_closed() {
                // A caller that leaves at this very moment hears nothing, as it wished.
                drop(reply.send(call(session)));
            }
        });
        self.queue.send(job).map_err(|_| ended())?;
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(ended()),
            // Behind somebody else's prompt: what the person has not unlocked is locked.
            Err(_) if self.status.is_prompting() => Err(KeychainError::Locked),
            Err(_) => Err(silent()),
        }
    }
}

fn silent() -> KeychainError {
    KeychainError::Unavailable("the keychain did not answer in time".into())
}

fn ended() -> KeychainError {
    KeychainError::Unavailable("the keychain's thread ended".into())
}
