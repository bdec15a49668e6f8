//! The scheduler at scale: 10,000 logins whose tokens live for 1 to 60 minutes.
//!
//! First on a stepped clock (`FOB_BENCH_HOURS` of it, with a night's sleep in the middle), where every figure is the
//! scheduler's own; then for `FOB_BENCH_REAL` seconds on the real one, where SQLite, locks and this machine take part.
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

mod person;
mod search;
mod world;

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use fobwatch_core::Vault;
use fobwatch_core::bench::Plant;
use fobwatch_core::login::LoginOptions;
use fobwatch_core::ports::{Clock, Ports};
use jiff::{SignedDuration, Timestamp};

use crate::person::{Approving, NoClipboard};
use crate::world::{Known, MemoryKeychain, RealClock, Renewal, Server, SteppedClock, lock};

/// How many providers the logins are spread over.
const HOSTS: usize = 50;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

struct Bench {
    vault: Vault,
    server: Arc<Server>,
    _home: tempfile::TempDir,
}

/// A vault with `count` fresh logins, and how long it took to open it again.
async fn planted(clock: Arc<dyn Clock>, count: usize) -> (Bench, Duration) {
    let home = tempfile::tempdir().unwrap();
    let server = Arc::new(Server::new(clock.clone()));
    let ports = Ports {
        keychain: Arc::new(MemoryKeychain::default()),
        clock: clock.clone(),
        http: server.clone(),
        browser: Arc::new(Approving),
        clipboard: Arc::new(NoClipboard),
    };
    let vault = Vault::open(home.path().to_owned(), ports.clone(), "bench").await.unwrap();
    let input = serde_json::from_value(serde_json::json!({
        "name": "model", "provider": "spotify", "client_id": "bench", "environment": "development",
    }))
    .unwrap();
    let options = LoginOptions { open_browser: true, ..LoginOptions::default() };
    let model = vault.login(input, options, Arc::new(|_| {})).await.unwrap();
    let now = clock.now();
    let plants: Vec<Plant> = (0..count)
        .map(|n| {
            let life = fastrand::i64(60..=3600);
            // As if it had been running for long: every token somewhere in its life, none due yet.
            let age = (life as f64 * 0.6 * fastrand::f64()) as i64;
            let issued_at = now.checked_sub(SignedDuration::from_secs(age)).unwrap();
            let life = SignedDuration::from_secs(life);
            let name = format!("login-{n}");
            lock(&server.logins).insert(name.clone(), Known { generation: 0, issued_at, life });
            let (token_endpoint, value) = (format!("https://h{}.test/token", n % HOSTS), format!("{name}.0"));
            Plant { name, token_endpoint, refresh_token: Some(value), issued_at, life }
        })
        .collect();
    vault.plant(model.id.parse().unwrap(), &plants).await.unwrap();
    let life = SignedDuration::from_hours(1);
    lock(&server.logins).insert("model".to_owned(), Known { generation: 0, issued_at: now, life });
    // Not closed: what it still waits for, it waits for on a clock that nobody steps now.
    drop(vault);
    let start = Instant::now();
    let vault = Vault::open(home.path().to_owned(), ports, "bench").await.unwrap();
    (Bench { vault, server, _home: home }, start.elapsed())
}

/// How late after the last moment that the plan allows a renewal came, in seconds (`refresh_time` in the core).
fn late(renewal: &Renewal) -> f64 {
    let life = renewal.life.as_millis();
    let lead = (life / 10).clamp(60_000, 300_000).min(life / 3) as f64 / 1000.0;
    (renewal.at.duration_since(renewal.ended_at).as_secs_f64() + lead).max(0.0)
}

fn row(name: &str, figure: impl std::fmt::Display, note: impl std::fmt::Display) {
    println!("{name:36} {:>10}   {note}", figure.to_string());
}

fn tell(clock: &str, renewals: &[Renewal], server: &Server, seconds: f64) {
    let mut lateness: Vec<f64> = renewals.iter().map(late).collect();
    lateness.sort_by(f64::total_cmp);
    let at = |share: f64| lateness.get((lateness.len() as f64 * share) as usize).copied().unwrap_or_default();
    let in_time = renewals.iter().filter(|one| one.at < one.ended_at).count();
    let share = 100.0 * in_time as f64 / renewals.len().max(1) as f64;
    let rate = renewals.len() as f64 / seconds;
    let note = format!("{} renewals in {seconds:.0} s, {rate:.1} a second", renewals.len());
    row(&format!("scale, {clock}: before the end"), format!("{share:.3} %"), note);
    let note = format!("p50 {:.2} s, most {:.2} s", at(0.5), lateness.last().copied().unwrap_or_default());
    row(&format!("scale, {clock}: late, p99"), format!("{:.2} s", at(0.99)), note);
    let refused = server.refused.load(SeqCst);
    let note = format!("most at one of {HOSTS} hosts: {}; refused: {refused}", server.most_at_host.load(SeqCst));
    row(&format!("scale, {clock}: in flight, most"), server.most_in_flight.load(SeqCst), note);
}

/// Runs the scheduler to `end` on the stepped clock.
async fn step_to(end: Timestamp, clock: &SteppedClock, bench: &Bench) {
    while clock.now() < end {
        let settled = || bench.vault.flying() == bench.server.serving() && clock.looking.load(SeqCst) > 0;
        let mut calm = 0;
        while calm < 8 {
            tokio::task::yield_now().await;
            calm = if settled() { calm + 1 } else { 0 };
        }
        clock.step(end);
    }
}

async fn stepped(count: usize, hours: u64) {
    let clock = Arc::new(SteppedClock::new("2025-10-16T13:17:00Z".parse().unwrap()));
    let (bench, _) = planted(clock.clone(), count).await;
    let keeper = bench.vault.clone();
    let keeping = tokio::task::spawn_local(async move { keeper.keep_fresh(never()).await });
    let day = SignedDuration::from_secs(i64::try_from(hours * 3600).unwrap());
    let start = Instant::now();
    step_to(clock.now().checked_add(day).unwrap(), &clock, &bench).await;
    let took = start.elapsed().as_secs_f64();
    let looks = clock.looks.load(SeqCst) as f64 / day.as_secs_f64();
    tell("stepped", &std::mem::take(&mut *lock(&bench.server.renewals)), &bench.server, day.as_secs_f64());
    row("scale, stepped: looks of the scheduler", format!("{looks:.1} /s"), format!("{hours} h in {took:.0} s"));
    clock.suspend(SignedDuration::from_hours(8));
    let woke = clock.now();
    step_to(woke.checked_add(SignedDuration::from_mins(10)).unwrap(), &clock, &bench).await;
    let renewals = std::mem::take(&mut *lock(&bench.server.renewals));
    let mut by_second = vec![0_u32; 601];
    let first = renewals.iter().filter(|one| one.ended_at < woke).map(|one| {
        let second = usize::try_from(one.at.duration_since(woke).as_secs()).unwrap_or(0).min(600);
        by_second[second] += 1;
        second
    });
    let (last, caught_up) = first.fold((0, 0), |(last, count), second| (last.max(second), count + 1));
    let most = by_second.iter().max().copied().unwrap_or_default();
    row(
        "scale, after 8 h of sleep: all renewed",
        format!("{last} s"),
        format!("{caught_up} ended; most {most} in a second"),
    );
    keeping.abort();
}

fn never() -> fobwatch_core::ports::Wakes {
    Box::pin(futures_util::stream::pending())
}

/// CPU seconds and voluntary context switches of this process.
fn used() -> (f64, u64) {
    let mut cpu = 0.0;
    let mut switches = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
        let read = |file: &str| std::fs::read_to_string(task.path().join(file)).unwrap_or_default();
        let stat = read("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |n: usize| fields.get(n).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
        cpu += (ticks(11) + ticks(12)) / 100.0;
        let status = read("status");
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        switches += line.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or_default();
    }
    (cpu, switches)
}

fn memory(of: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(of)).unwrap_or_default();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
}

async fn real(count: usize, seconds: u64) {
    let (bench, opened) = planted(Arc::new(RealClock), count).await;
    search::measure(&bench.vault).await;
    let keeper = bench.vault.clone();
    let start = Instant::now();
    let keeping = tokio::spawn(async move { keeper.keep_fresh(never()).await });
    let before = used();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let after = used();
    let took = start.elapsed().as_secs_f64();
    keeping.abort();
    let renewals = std::mem::take(&mut *lock(&bench.server.renewals));
    tell("real clock", &renewals, &bench.server, took);
    let each = (after.0 - before.0) * 1000.0 / renewals.len().max(1) as f64;
    let share = 100.0 * (after.0 - before.0) / took;
    row("scale, real clock: CPU", format!("{share:.1} %"), format!("of a core; {each:.1} ms for each renewal"));
    let switches = 60.0 * (after.1 - before.1) as f64 / took;
    row("scale, real clock: wake-ups", format!("{switches:.0} /min"), "voluntary context switches, all threads");
    let note = format!("at most {:.0} MiB, server and keychain of the bench included", memory("VmHWM"));
    row("scale, real clock: memory", format!("{:.0} MiB", memory("VmRSS")), note);
    let start = Instant::now();
    let standing = bench.vault.standing().await.unwrap();
    let failing = standing.iter().filter(|one| one.error.is_some()).count();
    let note = format!("all {count} read in {:.0} ms; {failing} failing", start.elapsed().as_secs_f64() * 1000.0);
    row("scale: opening the vault", format!("{:.1} ms", opened.as_secs_f64() * 1000.0), note);
}

fn main() {
    let count = usize::try_from(setting("FOB_BENCH_LOGINS", 10_000)).unwrap();
    let hours = setting("FOB_BENCH_HOURS", 1);
    let seconds = setting("FOB_BENCH_REAL", 300);
    if hours > 0 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, stepped(count, hours));
        runtime.shutdown_background();
    }
    if seconds > 0 {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(real(count, seconds));
    }
}
