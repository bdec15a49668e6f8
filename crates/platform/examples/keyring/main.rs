//! What a renewal costs where every write rewrites the keyring, in a real one that holds so many items already.
//!
//!     keyring ITEMS [crowd]
//!
//! Runs inside a private session whose keyring was filled before (`scripts/keyring_file.py`); the vault has as many
//! logins, of which only those that are renewed have an item of their own. First one renewal at a time; then, if
//! asked for, the scheduler with a crowd of due logins, and a person who wants something in between. The server is in
//! this process and answers at once, so every figure is ours and the keyring's.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "figures of a bench, which is the program around the vault; a failure ends it"
)]

mod daemon;
#[path = "../../../core/examples/scale/person.rs"]
mod person;
mod world;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fobwatch_core::Vault;
use fobwatch_core::bench::Plant;
use fobwatch_core::credential::CredentialId;
use fobwatch_core::login::LoginOptions;
use fobwatch_core::ports::Ports;
use fobwatch_core::quick_copy::Format;
use fobwatch_core::refresh::{Ask, Renewal};
use fobwatch_platform::SystemClock;
use jiff::{SignedDuration, Timestamp};

use crate::daemon::{Daemon, file_size};
use crate::person::{Approving, NoClipboard};
use crate::world::{Counted, Server, lock, refresh_token};

/// Renewals at each size.
const RUNS: usize = 30;
/// Logins that are due at once while a person asks for something.
const CROWD: usize = 80;
/// How many providers the logins are spread over.
const HOSTS: usize = 50;
/// For how long a token asked for by a program lasts at least, as `fob token` asks.
const VALIDITY: Duration = Duration::from_mins(1);

struct Bench {
    home: PathBuf,
    vault: Vault,
    keychain: Arc<Counted>,
    server: Arc<Server>,
    daemon: Daemon,
    model: CredentialId,
    planted: usize,
}

fn row(name: &str, figure: impl std::fmt::Display, note: impl std::fmt::Display) {
    println!("{name:36} {:>10}   {note}", figure.to_string());
}

/// Median and 95th percentile, in milliseconds.
fn spread(taken: &mut [Duration]) -> (f64, f64) {
    taken.sort();
    let at = |share: f64| taken.get((taken.len() as f64 * share) as usize).copied().unwrap_or_default();
    (at(0.5).as_secs_f64() * 1000.0, at(0.95).as_secs_f64() * 1000.0)
}

fn spread_row(name: &str, mut taken: Vec<Duration>, note: &str) {
    let (median, late) = spread(&mut taken);
    row(name, format!("{median:.1} ms"), format!("p95 {late:.1} ms, {} runs{note}", taken.len()));
}

impl Bench {
    async fn new() -> Self {
        let home = PathBuf::from(std::env::var("HOME").unwrap()).join("vault");
        std::fs::create_dir_all(&home).unwrap();
        let (keychain, server) = (Arc::new(Counted::default()), Arc::new(Server::default()));
        let ports = Ports {
            keychain: keychain.clone(),
            clock: Arc::new(SystemClock),
            http: server.clone(),
            browser: Arc::new(Approving),
            clipboard: Arc::new(NoClipboard),
        };
        let vault = Vault::open(home.clone(), ports, "bench").await.unwrap();
        let input = serde_json::from_value(serde_json::json!({
            "name": "model", "provider": "spotify", "client_id": "bench", "environment": "development",
        }));
        let options = LoginOptions { open_browser: true, ..LoginOptions::default() };
        let model = vault.login(input.unwrap(), options, Arc::new(|_| {})).await.unwrap();
        let key = serde_json::json!({ "name": "key", "value": "sk_test_0123456789", "environment": "development" });
        vault.add_api_key(serde_json::from_value(key).unwrap()).await.unwrap();
        let daemon = Daemon::find().expect("the keyring daemon of this session");
        Self { home, vault, keychain, server, daemon, model: model.id.parse().unwrap(), planted: 0 }
    }

    /// Adds logins whose tokens are `age` old and live for `life`; hollow ones are rows only.
    async fn plant(&mut self, count: usize, hollow: bool, age: SignedDuration, life: SignedDuration) {
        let issued_at = Timestamp::now().checked_sub(age).unwrap();
        let plants: Vec<Plant> = (self.planted..self.planted + count)
            .map(|n| {
                let (name, host) = (format!("login-{n}"), n % HOSTS);
                let token_endpoint = format!("https://h{host}.example.test/oauth2/v1/token");
                let refresh_token = (!hollow).then(|| refresh_token(&name, 0));
                Plant { name, token_endpoint, refresh_token, issued_at, life }
            })
            .collect();
        self.planted += count;
        self.vault.plant(self.model, &plants).await.unwrap();
    }

    /// The ids of the logins that are renewed one at a time.
    async fn own(&self) -> Vec<CredentialId> {
        let mut ids = Vec::new();
        for n in 0..=RUNS {
            ids.push(self.vault.find(&format!("login-{n}")).await.unwrap());
        }
        ids
    }

    async fn renewals(&self, items: usize) {
        let ids = self.own().await;
        self.vault.refresh(ids[RUNS], Ask::Now).await.unwrap();
        lock(&self.keychain.calls).clear();
        let before = self.daemon.used();
        let mut taken = Vec::new();
        for id in &ids[..RUNS] {
            let start = Instant::now();
            assert_eq!(self.vault.refresh(*id, Ask::Now).await.unwrap(), Renewal::Renewed);
            taken.push(start.elapsed());
        }
        let after = self.daemon.used();
        let calls = std::mem::take(&mut *lock(&self.keychain.calls));
        spread_row(&format!("renewal at {items} items"), taken, "");
        let mut told = Vec::new();
        for kind in ["check", "get", "set", "delete"] {
            let mut of: Vec<Duration> = calls.iter().filter(|call| call.0 == kind).map(|call| call.1).collect();
            if !of.is_empty() {
                told.push(format!("{:.1} {kind} of {:.1} ms", of.len() as f64 / RUNS as f64, spread(&mut of).0));
            }
        }
        let all: Duration = calls.iter().map(|call| call.1).sum();
        let each = all.as_secs_f64() * 1000.0 / RUNS as f64;
        row("  of that in keyring calls", format!("{each:.1} ms"), told.join(", "));
        let cpu = (after.cpu_ms - before.cpu_ms) / RUNS as f64;
        row("  CPU of the keyring daemon", format!("{cpu:.1} ms"), "for each renewal");
        let written = (after.written - before.written) / RUNS as f64 / 1e6;
        let file = format!("for each renewal; the keyring's file has {:.1} MB", file_size() / 1e6);
        row("  written by the keyring daemon", format!("{written:.1} MB"), file);
    }

    /// What is asked for while nothing is renewed: by this process, and by a new one.
    async fn fresh(&self, items: usize) {
        let ids = self.own().await;
        let mut asked = Vec::new();
        for id in &ids[..RUNS] {
            let start = Instant::now();
            self.vault.access_token(*id, VALIDITY).await.unwrap();
            asked.push(start.elapsed());
        }
        spread_row(&format!("fresh token at {items} items"), asked, ", in a running process");
        let commands = (0..RUNS).map(|n| self.fob(&["token", &format!("login-{n}")])).collect();
        spread_row(&format!("fob token at {items} items"), commands, ", still fresh");
        let starts = (0..RUNS).map(|_| self.fob(&["status"])).collect();
        spread_row(&format!("fob status at {items} items"), starts, ", all read");
    }

    /// Runs the built command and returns how long it took.
    fn fob(&self, arguments: &[&str]) -> Duration {
        let program = std::env::var("FOB_BENCH_PROGRAM").unwrap_or_else(|_| "target/release/fob".to_owned());
        let start = Instant::now();
        let output = std::process::Command::new(program).args(arguments).env("FOB_HOME", &self.home).output().unwrap();
        let taken = start.elapsed();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        taken
    }

    /// A person asks for something while the scheduler renews a crowd.
    async fn crowd(&mut self, items: usize) {
        let (age, life) = (SignedDuration::from_mins(55), SignedDuration::from_mins(59));
        self.plant(CROWD, false, age, life).await;
        let key = self.vault.find("key").await.unwrap();
        let ids = self.own().await;
        let before = self.server.renewed();
        let keeper = self.vault.clone();
        let wakes: fobwatch_core::ports::Wakes = Box::pin(futures_util::stream::pending());
        let start = Instant::now();
        let keeping = tokio::spawn(async move { keeper.keep_fresh(wakes).await });
        let (mut copies, mut renewals, mut commands) = (Vec::new(), Vec::new(), Vec::new());
        for (n, id) in ids[..RUNS].iter().enumerate() {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let asked = Instant::now();
            self.vault.hand_out(key, VALIDITY, Format::Raw, fobwatch_core::activity::By::Command).await.unwrap();
            copies.push(asked.elapsed());
            let asked = Instant::now();
            self.vault.refresh(*id, Ask::Now).await.unwrap();
            renewals.push(asked.elapsed());
            commands.push(self.fob(&["token", &format!("login-{n}")]));
            if self.server.renewed() - before >= CROWD + n {
                // The crowd is through: what comes now would be measured at rest.
                break;
            }
        }
        let done = self.server.renewed() - before - renewals.len();
        let took = start.elapsed().as_secs_f64();
        keeping.abort();
        let note = format!("in the background meanwhile, at {items} items");
        row("crowd: renewals", format!("{:.1} /s", done as f64 / took), note);
        spread_row("crowd: a person copies a key", copies, "");
        spread_row("crowd: a person renews a login", renewals, "");
        spread_row("crowd: fob token, still fresh", commands, "");
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let items: usize = arguments.next().and_then(|text| text.parse().ok()).expect("how many items there are");
    let crowd = arguments.next().is_some_and(|word| word == "crowd");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut bench = Bench::new().await;
        let life = SignedDuration::from_hours(24);
        bench.plant(RUNS + 1, false, SignedDuration::ZERO, life).await;
        bench.plant(items.saturating_sub(RUNS + 1), true, SignedDuration::ZERO, life).await;
        bench.renewals(items).await;
        bench.fresh(items).await;
        if crowd {
            bench.crowd(items).await;
        }
        assert_eq!(*lock(&bench.server.refused), 0, "a replaced token went out");
    });
}
