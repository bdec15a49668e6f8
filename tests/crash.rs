//! A renewal that goes wrong at every step, in every way, at every kind of server (K1–K3, K5–K7).
//!
//! `make test` runs the kills; `make crash` runs the whole matrix and prints it.

#[path = "hostile/browser.rs"]
mod browser;
#[path = "crash/cell.rs"]
mod cell;
#[path = "hostile/keyring.rs"]
mod keyring;
#[path = "crash/kills.rs"]
mod kills;
#[path = "crash/table.rs"]
mod table;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use fobwatch_tests::session::{Keyring, Session};
use tokio::task::JoinSet;

use crate::cell::{Cell, Fault, Ran, SERVERS, cells, folder, one_value_each};
use crate::kills::{Count, kill_again_and_again};

/// How many cells run at a time, each worker with a keyring of its own: they wait for processes most of the time.
const WORKERS: usize = 4;

type Queue = Arc<Mutex<VecDeque<Cell>>>;

async fn work(queue: Queue) -> Result<Vec<(Cell, Result<Ran>)>> {
    let session = Session::start(Keyring::Unlocked).await?;
    let mut done = Vec::new();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(cell) = next else { break };
        let ran = cell.run(&session, &session.home().join(folder(cell))).await;
        done.push((cell, ran));
    }
    let good: Vec<&Ran> = done.iter().flat_map(|(_, ran)| ran).collect();
    one_value_each(&keyring::all(&session).await?, &good)?;
    Ok(done)
}

async fn run(wanted: impl Fn(Cell) -> bool) -> Result<()> {
    let queue: Queue =
        Arc::new(Mutex::new(cells().into_iter().filter(|cell| cell.is_reached() && wanted(*cell)).collect()));
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn(work(queue.clone()));
    }
    let mut done = Vec::new();
    while let Some(some) = workers.join_next().await {
        done.extend(some??);
    }
    let failed = table::write(&done)?;
    ensure!(failed.is_empty(), "{} of {} cells failed:\n{}", failed.len(), done.len(), failed.join("\n"));
    Ok(())
}

/// The environment asks for the whole matrix, which takes minutes; otherwise it is the kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_step_of_a_renewal_can_lose_a_login_that_the_provider_still_knows() -> Result<()> {
    let all = std::env::var_os("FOB_CRASH").is_some();
    run(|cell| all || cell.fault == Fault::Kill).await
}

/// The environment asks for thousands; otherwise it is enough to see that the test itself works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_at_any_moment_lose_no_login_that_could_be_kept() -> Result<()> {
    let wanted: u32 = std::env::var("FOB_KILLS").map_or(Ok(40), |text| text.parse())?;
    let vaults = u32::try_from(SERVERS.len())?;
    let mut workers = JoinSet::new();
    for server in 0..SERVERS.len() {
        workers.spawn(async move {
            let session = Session::start(Keyring::Unlocked).await?;
            let count = kill_again_and_again(&session, &session.home().join("vault"), server, wanted / vaults).await?;
            anyhow::Ok((server, count))
        });
    }
    let mut counts = Vec::new();
    while let Some(done) = workers.join_next().await {
        counts.push(done??);
    }
    counts.sort_by_key(|(server, _)| *server);
    let all: u32 = counts.iter().map(|(_, Count { kills, .. })| kills).sum();
    ensure!(all >= wanted / vaults * vaults, "{all} kills only");
    table::write_kills(&counts)
}
