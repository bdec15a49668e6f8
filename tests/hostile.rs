//! The built `fob` at every module of the hostile authorization server (`crates/lab`).
//!
//! `tests/hostile/rows.toml` says what must come out; the table that this writes is what did.

#[path = "hostile/browser.rs"]
mod browser;
#[path = "hostile/keyring.rs"]
mod keyring;
#[path = "hostile/rows.rs"]
mod rows;
#[path = "hostile/run.rs"]
mod run;
#[path = "hostile/swapped.rs"]
mod swapped;
#[path = "hostile/table.rs"]
mod table;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use fobwatch_lab::Module;
use fobwatch_tests::fob::Fob;
use fobwatch_tests::session::{Keyring, Session};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::rows::{Row, idle, row_of, rows};
use crate::run::{Left, run, stored};
use crate::table::{Line, Outcome, write};

/// How many run at a time: more than the cores of a small machine, since each waits most of the time.
const WORKERS: usize = 4;

type Queue = Arc<Mutex<VecDeque<(Module, Row)>>>;
type Ran = (Module, Row, Result<Left>);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_module_of_the_hostile_server_is_met_well() -> Result<()> {
    let rows = rows()?;
    let session = Session::start(Keyring::Unlocked).await?;
    let mut slow = Vec::new();
    let mut quick = VecDeque::new();
    for module in wanted() {
        let row = row_of(&rows, &module.id)?.clone();
        if row.slow { slow.push((module, row)) } else { quick.push_back((module, row)) }
    }
    let queue: Queue = Arc::new(Mutex::new(quick));
    let mut workers = JoinSet::new();
    let mut fobs = Vec::new();
    for (number, alone) in slow.into_iter().enumerate() {
        let fob = Fob::with_home(&session, &session.home().join(format!("slow-{number}")))?;
        fobs.push(fob.clone());
        workers.spawn(work(fob, Arc::new(Mutex::new(VecDeque::from([alone])))));
    }
    for number in 0..WORKERS {
        let fob = Fob::with_home(&session, &session.home().join(format!("vault-{number}")))?;
        fobs.push(fob.clone());
        workers.spawn(work(fob, queue.clone()));
    }
    let ran: Vec<Ran> = workers.join_all().await.into_iter().flatten().collect();
    let mut list = Vec::new();
    for fob in fobs {
        let listed = fob.run(&["list", "--json"]).await?.json()?;
        list.extend(listed.as_array().context("no list")?.iter().cloned());
    }
    let keyring = keyring::all(&session).await?;
    let failed = write(ran.into_iter().map(|ran| judged(ran, &list, &keyring)).collect())?;
    ensure!(failed.is_empty(), "{} modules failed:\n{}", failed.len(), failed.join("\n"));
    Ok(())
}

/// All modules, or those whose ids begin as `FOB_HOSTILE` says.
fn wanted() -> Vec<Module> {
    let mut modules = fobwatch_lab::modules();
    if let Ok(only) = std::env::var("FOB_HOSTILE") {
        modules.retain(|module| only.split(' ').any(|start| module.id.starts_with(start)));
    }
    modules
}

async fn work(fob: Fob, queue: Queue) -> Vec<Ran> {
    let mut ran = Vec::new();
    loop {
        let next = queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front();
        let Some((module, row)) = next else { return ran };
        let left = run(&fob, &module, &row).await;
        ran.push((module, row, left));
    }
}

fn judged((module, row, left): Ran, list: &[Value], keyring: &str) -> Line {
    let outcome = left.and_then(|left| stored(&left, &row, list, keyring));
    let outcome = match outcome {
        Ok(()) => Outcome::Passed,
        Err(error) => Outcome::Failed(format!("{error:#}")),
    };
    Line { id: module.id, title: module.title, outcome }
}

#[test]
fn every_module_has_one_row_and_every_row_a_module() -> Result<()> {
    let rows = rows()?;
    let modules = fobwatch_lab::modules();
    let ids: Vec<String> = modules.iter().map(|module| module.id.clone()).collect();
    for (at, id) in ids.iter().enumerate() {
        ensure!(!ids[..at].contains(id), "{id} is there twice");
    }
    ids.iter().try_for_each(|id| row_of(&rows, id).map(drop))?;
    idle(&rows, &ids)
}
