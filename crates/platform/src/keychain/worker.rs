//! The one thread that talks to the keychain.
//!
//! A store's call may block for ever: on a prompt, or on a service that owns its name and never answers. It runs
//! on a thread of its own rather than in the runtime's pool, where a stuck call would also block the runtime's
//! shutdown. Jobs run in the order they came, but those that nobody waits for ([`Patience`]) after all others; one
//! whose caller has left is skipped.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fobwatch_core::patience::Patience;
use fobwatch_core::ports::KeychainError;
use tokio::sync::oneshot;

use super::Deadlines;
use super::session::Session;

/// Who lets others go first waits for them up to so many times its deadline, and lets them for half of that time.
const PATIENT: u32 = 4;

/// A call that waits for its turn.
struct Job {
    call: Box<dyn FnOnce(&mut Session) + Send>,
    patience: Patience,
    came: Instant,
}

/// The calls that wait.
struct Queue {
    coming: mpsc::Receiver<Job>,
    waiting: VecDeque<Job>,
    /// Nobody lets others go first for longer than this.
    longest: Duration,
}

impl Queue {
    /// Waits for a call and returns the one whose turn it is; none once nobody can ask any more.
    fn next(&mut self) -> Option<Job> {
        if self.waiting.is_empty() {
            let Ok(first) = self.coming.recv() else { return None };
            self.waiting.push_back(first);
        }
        self.waiting.extend(self.coming.try_iter());
        let goes_now = |job: &Job| !job.patience.lets_others_go_first() || job.came.elapsed() > self.longest;
        let turn = self.waiting.iter().position(goes_now).unwrap_or(0);
        self.waiting.remove(turn)
    }
}

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
    #[cfg(any(target_os = "linux", test))]
    pub(super) fn prompting(&self, now: bool) {
        let mut activity = self.lock();
        activity.prompting = now;
        // A person's time is not the service's: what comes after the prompt has its full deadline.
        activity.since = Some(Instant::now());
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
        let (queue, coming) = mpsc::channel::<Job>();
        let mut jobs = Queue { coming, waiting: VecDeque::new(), longest: deadlines.ordinary * PATIENT / 2 };
        let status = Status::default();
        let seen = status.clone();
        let thread = std::thread::Builder::new()
            .name("keychain".into())
            .spawn(move || {
                let mut session = Session::new(deadlines, seen.clone());
                while let Some(job) = jobs.next() {
                    seen.lock().since = Some(Instant::now());
                    (job.call)(&mut session);
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
        let ((reply, answer), (starting, mut started)) = (oneshot::channel(), oneshot::channel());
        let call = Box::new(move |session: &mut Session| {
            // Its caller was told that it failed: it must not happen after all.
            if !reply.is_closed() {
                // Whoever is not patient does not listen for this.
                starting.send(()).unwrap_or(());
                // A caller that leaves at this very moment hears nothing, as it wished.
                drop(reply.send(call(session)));
            }
        });
        let (patience, came) = (Patience::here(), Instant::now());
        self.queue.send(Job { call, patience: patience.clone(), came }).map_err(|_| ended())?;
        // That others went first is no silence of the service.
        while patience.lets_others_go_first() && tokio::time::timeout(limit, &mut started).await.is_err() {
            if self.status.is_stuck(self.stuck_after) || came.elapsed() > limit * PATIENT {
                return Err(self.late());
            }
        }
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(ended()),
            Err(_) => Err(self.late()),
        }
    }

    fn late(&self) -> KeychainError {
        // Behind somebody else's prompt: what the person has not unlocked is locked.
        if self.status.is_prompting() { KeychainError::Locked } else { silent() }
    }
}

fn silent() -> KeychainError {
    KeychainError::Unavailable("the keychain did not answer in time".into())
}

fn ended() -> KeychainError {
    KeychainError::Unavailable("the keychain's thread ended".into())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::future::{join, join3, join4};

    use super::*;

    fn worker(ordinary: Duration) -> Worker {
        Worker::start(Deadlines { ordinary, unlock: ordinary }).unwrap()
    }

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(work)
    }

    /// A call that lasts until the other end is told or dropped.
    fn lasting() -> (mpsc::Sender<()>, impl FnOnce(&mut Session) -> Result<(), KeychainError> + Send + 'static) {
        let (release, gate) = mpsc::channel();
        (release, move |_: &mut Session| gate.recv().map_err(|_| KeychainError::Denied))
    }

    const LIMIT: Duration = Duration::from_millis(200);

    #[test]
    fn a_stuck_call_delays_nobody_twice() {
        let worker = worker(LIMIT);
        let (release, call) = lasting();
        run(async {
            assert!(matches!(worker.ask(LIMIT, call).await, Err(KeychainError::Unavailable(_))));
            // This one may still slip into the queue; its caller hears the same.
            assert!(matches!(worker.ask(LIMIT, |_| Ok(())).await, Err(KeychainError::Unavailable(_))));
            let started = Instant::now();
            assert!(matches!(worker.ask(LIMIT * 10, |_| Ok(())).await, Err(KeychainError::Unavailable(_))));
            assert!(started.elapsed() < LIMIT, "a stuck keychain must be refused at once");
            release.send(()).unwrap();
            while worker.ask(LIMIT, |_| Ok(())).await.is_err() {}
        });
    }

    #[test]
    fn a_call_whose_caller_has_left_never_happens() {
        let worker = worker(Duration::from_mins(1));
        let happened = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&happened);
        let (release, call) = lasting();
        run(async {
            let first = worker.ask(Duration::from_mins(1), call);
            let second = async {
                let late = worker.ask(LIMIT, move |_| {
                    seen.store(true, Ordering::SeqCst);
                    Ok(())
                });
                assert!(matches!(late.await, Err(KeychainError::Unavailable(_))));
                release.send(()).unwrap();
            };
            assert_eq!(tokio::join!(first, second).0, Ok(()));
            assert_eq!(worker.ask(Duration::from_mins(1), |_| Ok(())).await, Ok(()));
            assert!(!happened.load(Ordering::SeqCst), "a write that was reported as failed happened after all");
        });
    }

    #[test]
    fn what_somebody_waits_for_goes_before_what_nobody_waits_for() {
        let worker = worker(Duration::from_mins(1));
        let (order, joined) = (Arc::new(Mutex::new(Vec::new())), Patience::of_scheduler());
        let note = |what: &'static str| {
            let order = Arc::clone(&order);
            worker.ask(Duration::from_mins(1), move |_| {
                order.lock().unwrap().push(what);
                Ok(())
            })
        };
        let (release, call) = lasting();
        let ended = run(async {
            let first = worker.ask(Duration::from_mins(1), call);
            let crowd = Patience::of_scheduler().during(note("background"));
            let joining = joined.clone().during(note("joined"));
            // Polled in this order: all others wait by now.
            let go = async {
                joined.end();
                release.send(()).unwrap();
                Ok::<(), KeychainError>(())
            };
            let person = join(note("person"), go);
            join4(first, crowd, joining, person).await
        });
        assert_eq!(ended, (Ok(()), Ok(()), Ok(()), (Ok(()), Ok(()))));
        assert_eq!(*order.lock().unwrap(), ["joined", "person", "background"]);
    }

    #[test]
    fn that_others_go_first_is_no_silence_of_the_keychain() {
        let worker = worker(Duration::from_mins(1));
        let (release, call) = lasting();
        let ended = run(async {
            let first = worker.ask(Duration::from_mins(1), call);
            let crowd = Patience::of_scheduler().during(worker.ask(LIMIT, |_| Ok(())));
            let person = async {
                let asked = worker.ask(LIMIT, |_| Ok(())).await;
                release.send(()).unwrap();
                asked
            };
            join3(first, crowd, person).await
        });
        assert!(matches!(ended, (Ok(()), Ok(()), Err(KeychainError::Unavailable(_)))), "{ended:?}");
    }

    #[test]
    fn nobody_lets_others_go_first_for_ever() {
        let (sender, coming) = mpsc::channel();
        let mut queue = Queue { coming, waiting: VecDeque::new(), longest: Duration::from_secs(5) };
        let now = Instant::now();
        let waited = [(true, 1), (true, 6), (false, 0)];
        for (patient, seconds) in waited {
            let patience = if patient { Patience::of_scheduler() } else { Patience::default() };
            let came = now.checked_sub(Duration::from_secs(seconds)).unwrap();
            sender.send(Job { call: Box::new(|_| ()), patience, came }).unwrap();
        }
        drop(sender);
        let turns: Vec<u64> = std::iter::from_fn(|| queue.next()).map(|job| (now - job.came).as_secs()).collect();
        assert_eq!(turns, [6, 0, 1]);
    }

    #[test]
    fn behind_a_prompt_the_keychain_is_locked_and_not_broken() {
        let worker = worker(LIMIT);
        let status = worker.status.clone();
        let (release, call) = lasting();
        run(async {
            let prompt = worker.ask(LIMIT * 100, move |session| {
                status.prompting(true);
                let answer = call(session);
                status.prompting(false);
                answer
            });
            let waiting = async {
                for _ in 0..2 {
                    assert_eq!(worker.ask(LIMIT, |_| Ok(())).await, Err(KeychainError::Locked));
                }
                release.send(()).unwrap();
            };
            assert_eq!(tokio::join!(prompt, waiting).0, Ok(()));
            assert_eq!(worker.ask(LIMIT * 100, |_| Ok(())).await, Ok(()));
        });
    }

    #[test]
    fn a_store_that_panics_costs_its_thread_and_not_the_keychain() {
        let keychain = crate::OsKeychain::new();
        run(async {
            let lost = keychain.ask(LIMIT * 100, |_| -> Result<(), _> { panic!("the store has a bug") }).await;
            assert!(matches!(lost, Err(KeychainError::Unavailable(_))));
            while keychain.ask(LIMIT * 100, |_| Ok(())).await.is_err() {}
        });
    }
}
