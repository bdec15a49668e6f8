//! The ports of the bench: a keychain in memory, a server in this process, a clock that is real or stepped.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use fobwatch_core::ports::{Clock, Http, HttpError, ItemName, Keychain, KeychainError};
use fobwatch_core::secret::SecretBytes;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A clock that is stepped from one wait's end to the next.
pub(crate) struct SteppedClock {
    now: Mutex<Timestamp>,
    waits: Mutex<BTreeMap<(Timestamp, u64), oneshot::Sender<()>>>,
    count: AtomicU64,
    /// Waits of the scheduler now, and in all.
    pub(crate) looking: AtomicUsize,
    pub(crate) looks: AtomicU64,
}

impl SteppedClock {
    pub(crate) fn new(now: Timestamp) -> Self {
        let (waits, count) = (Mutex::default(), AtomicU64::new(0));
        Self { now: now.into(), waits, count, looking: AtomicUsize::new(0), looks: AtomicU64::new(0) }
    }

    /// Moves on to the end of the soonest wait, or to `most` if that is sooner.
    pub(crate) fn step(&self, most: Timestamp) {
        let first = lock(&self.waits).first_key_value().map_or(most, |((at, _), _)| *at).min(most);
        let now = first.max(*lock(&self.now));
        *lock(&self.now) = now;
        let mut waits = lock(&self.waits);
        while waits.first_key_value().is_some_and(|((at, _), _)| *at <= now) {
            if let Some((_, wait)) = waits.pop_first() {
                // Whoever waited may have gone.
                wait.send(()).unwrap_or(());
            }
        }
    }

    /// The machine sleeps: time passes and nothing runs.
    pub(crate) fn suspend(&self, for_: SignedDuration) {
        let mut now = lock(&self.now);
        *now = now.checked_add(for_).expect("a time that exists");
    }

    async fn wait(&self, at: Timestamp) {
        let (end, ended) = oneshot::channel();
        let key = (at, self.count.fetch_add(1, Ordering::Relaxed));
        lock(&self.waits).insert(key, end);
        let _gone = Gone(|| drop(lock(&self.waits).remove(&key)));
        ended.await.unwrap_or(());
    }
}

/// Does something when it goes.
struct Gone<F: FnMut()>(F);

impl<F: FnMut()> Drop for Gone<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[async_trait]
impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        *lock(&self.now)
    }
    async fn sleep(&self, duration: Duration) {
        let wait = SignedDuration::try_from(duration).expect("a short wait");
        self.wait(self.now().checked_add(wait).expect("a time that exists")).await;
    }
    async fn sleep_until(&self, at: Timestamp) {
        self.looking.fetch_add(1, Ordering::SeqCst);
        self.looks.fetch_add(1, Ordering::SeqCst);
        let _gone = Gone(|| _ = self.looking.fetch_sub(1, Ordering::SeqCst));
        self.wait(at).await;
    }
}

/// The clock of this machine.
pub(crate) struct RealClock;

#[async_trait]
impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
    async fn sleep_until(&self, at: Timestamp) {
        let left = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
        tokio::time::sleep(left).await;
    }
}

/// A keychain in memory.
#[derive(Default)]
pub(crate) struct MemoryKeychain(Mutex<HashMap<ItemName, SecretBytes>>);

#[async_trait]
impl Keychain for MemoryKeychain {
    async fn get(&self, item: &ItemName) -> Result<SecretBytes, KeychainError> {
        lock(&self.0).get(item).cloned().ok_or(KeychainError::Missing)
    }
    async fn set(&self, item: &ItemName, _: &str, value: &SecretBytes) -> Result<(), KeychainError> {
        lock(&self.0).insert(item.clone(), value.clone());
        Ok(())
    }
    async fn delete(&self, item: &ItemName) -> Result<(), KeychainError> {
        lock(&self.0).remove(item);
        Ok(())
    }
    async fn check(&self) -> Result<(), KeychainError> {
        Ok(())
    }
    async fn unlock(&self) -> Result<(), KeychainError> {
        Ok(())
    }
    fn limit(&self) -> Option<usize> {
        None
    }
    fn name(&self) -> String {
        "memory".to_owned()
    }
}

/// What the server knows of a login.
pub(crate) struct Known {
    pub(crate) generation: u32,
    pub(crate) issued_at: Timestamp,
    pub(crate) life: SignedDuration,
}

/// One renewal as the server saw it.
pub(crate) struct Renewal {
    pub(crate) at: Timestamp,
    pub(crate) ended_at: Timestamp,
    pub(crate) life: SignedDuration,
}

/// An authorization server of many hosts that rotates and counts.
pub(crate) struct Server {
    clock: Arc<dyn Clock>,
    pub(crate) logins: Mutex<HashMap<String, Known>>,
    pub(crate) renewals: Mutex<Vec<Renewal>>,
    pub(crate) in_flight: Mutex<HashMap<String, usize>>,
    pub(crate) most_in_flight: AtomicUsize,
    pub(crate) most_at_host: AtomicUsize,
    pub(crate) refused: AtomicUsize,
}

impl Server {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            logins: Mutex::default(),
            renewals: Mutex::default(),
            in_flight: Mutex::default(),
            most_in_flight: AtomicUsize::new(0),
            most_at_host: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
        }
    }

    pub(crate) fn serving(&self) -> usize {
        lock(&self.in_flight).values().sum()
    }

    fn came(&self, host: &str) {
        let mut in_flight = lock(&self.in_flight);
        *in_flight.entry(host.to_owned()).or_default() += 1;
        self.most_in_flight.fetch_max(in_flight.values().sum(), Ordering::Relaxed);
        self.most_at_host.fetch_max(in_flight[host], Ordering::Relaxed);
    }

    /// The answer to a refresh token `NAME.GENERATION`.
    fn renew(&self, token: &str) -> Option<String> {
        let (name, generation) = token.split_once('.')?;
        let now = self.clock.now();
        let mut logins = lock(&self.logins);
        let known = logins.get_mut(name)?;
        if generation.parse() != Ok(known.generation) {
            return None;
        }
        let ended_at = known.issued_at.checked_add(known.life).unwrap_or(now);
        lock(&self.renewals).push(Renewal { at: now, ended_at, life: known.life });
        known.generation += 1;
        known.issued_at = now;
        Some(tokens(name, known.generation, known.life.as_secs()))
    }
}

pub(crate) fn tokens(name: &str, generation: u32, life: i64) -> String {
    format!(
        r#"{{"access_token":"at.{name}.{generation}","refresh_token":"{name}.{generation}","token_type":"Bearer","expires_in":{life}}}"#
    )
}

#[async_trait]
impl Http for Server {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let form: HashMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let Some(token) = form.get("refresh_token") else {
            return Ok(http::Response::new(tokens("model", 0, 3600).into_bytes()));
        };
        self.came(&host);
        self.clock.sleep(Duration::from_millis(fastrand::u64(50..=250))).await;
        let answer = self.renew(token);
        if let Some(count) = lock(&self.in_flight).get_mut(&host) {
            *count -= 1;
        }
        if answer.is_none() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        let status = if answer.is_some() { 200 } else { 400 };
        let body = answer.unwrap_or_else(|| r#"{"error":"invalid_grant"}"#.to_owned()).into_bytes();
        Ok(http::Response::builder().status(status).body(body).expect("a plain answer"))
    }
}
