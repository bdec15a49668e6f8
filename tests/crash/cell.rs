//! One cell of the matrix: a step of a renewal goes wrong in one way at one kind of server, and then life goes on.
//!
//! The witnesses are the server, which saw every token that came, and whoever starts `fob` next. A login may only be
//! lost where its answer died with the process and the server takes no second try (K6); nothing else explains one.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fobwatch_lab::{At, Lab, Rotation};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::leaks::{assert_absent, hex};
use fobwatch_tests::process::{Running, until};
use fobwatch_tests::session::Session;
use fobwatch_tests::visit::{begin, wait};
use rustix::process::Signal;
use serde_json::Value;

use crate::browser::browse;
use crate::keyring;

/// How long a process that was stopped stays so, and how long passes before the next one after a late kill.
const STALL: Duration = Duration::from_secs(30);
const GRACE: Duration = Duration::from_secs(5);
const PREVIOUS: Duration = Duration::from_mins(1);

/// The servers, by how they renew.
pub(crate) const SERVERS: [(&str, Rotation); 4] = [
    ("ends the family", Rotation::Family),
    ("5 s grace", Rotation::Grace(GRACE)),
    ("previous for 60 s", Rotation::Previous(PREVIOUS)),
    ("does not rotate", Rotation::Keeps),
];

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `kill -9`, and the next process comes at once.
    Kill,
    /// `kill -9`, and the next process comes half a minute later.
    KillLate,
    /// The process stands still for half a minute, and goes on.
    Stop,
    /// The code panics.
    Panic,
    /// The step fails with this error.
    Fails(&'static str),
}

impl Fault {
    fn action(self) -> String {
        match self {
            Self::Kill | Self::KillLate => "kill".to_owned(),
            Self::Stop => "stop".to_owned(),
            Self::Panic => "panic".to_owned(),
            Self::Fails(kind) => format!("return({kind})"),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::KillLate => "kill, 30 s",
            Self::Stop => "stall 30 s",
            Self::Panic => "panic",
            Self::Fails(kind) => kind,
        }
    }
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The step, as `FOB_FAILPOINTS` calls it.
    pub(crate) point: &'static str,
    /// What goes wrong there.
    pub(crate) fault: Fault,
    /// Which of [`SERVERS`].
    pub(crate) server: usize,
}

/// All points with what can go wrong there.
pub(crate) fn cells() -> Vec<Cell> {
    let any = [Fault::Kill, Fault::KillLate, Fault::Stop, Fault::Panic];
    let disk = ["sent", "received", "commit", "kept", "failed"];
    let mut all = Vec::new();
    let mut add = |point: &'static str, more: &[&'static str]| {
        for server in 0..SERVERS.len() {
            let fails = more.iter().map(|kind| Fault::Fails(kind));
            all.extend(any.into_iter().chain(fails).map(|fault| Cell { point, fault, server }));
        }
    };
    for name in disk {
        for point in POINTS.iter().filter(|point| point.split('.').next() == Some(name)) {
            add(point, &["error", "disk_full"]);
        }
    }
    add("answer", &[]);
    add("slot.before", &["locked", "gone"]);
    add("slot.after", &["locked", "gone", "different"]);
    add("clear.before", &["locked", "gone"]);
    add("clear.after", &["locked", "gone"]);
    all
}

const POINTS: [&str; 10] = [
    "sent.before",
    "sent.after",
    "received.before",
    "received.after",
    "commit.before",
    "commit.after",
    "kept.before",
    "kept.after",
    "failed.before",
    "failed.after",
];

/// What became of the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// It goes on.
    Lives,
    /// A new sign-in is needed, and it is said why: the answer was lost and the server takes no second try.
    Explained,
}

/// A cell that was run.
pub(crate) struct Ran {
    pub(crate) fate: Fate,
    /// For the look into the keyring.
    pub(crate) holds: Holds,
}

/// A credential and the generation that is committed.
pub(crate) struct Holds {
    id: String,
    generation: u64,
}

impl Cell {
    /// What must become of the login.
    pub(crate) fn expected(self) -> Fate {
        let answer_dies = matches!(self.point, "answer" | "received.before")
            && matches!(self.fault, Fault::Kill | Fault::KillLate | Fault::Panic);
        let no_second_try = match SERVERS[self.server].1 {
            Rotation::Family => true,
            Rotation::Grace(time) | Rotation::Previous(time) => self.fault == Fault::KillLate && STALL > time,
            Rotation::Keeps => false,
        };
        if answer_dies && no_second_try { Fate::Explained } else { Fate::Lives }
    }

    /// Tells whether the process dies before a new value can have been committed.
    fn dies_before_the_commit(self) -> bool {
        let committed = self.point == "commit.after" || self.point.starts_with("clear");
        matches!(self.fault, Fault::Kill | Fault::KillLate) && !committed
    }

    /// Tells whether this step is only reached when something else goes wrong before.
    fn before(self) -> Option<&'static str> {
        self.point.starts_with("kept").then_some("slot.before=return(locked)")
    }

    /// Tells whether this step exists at that server: without a new token there is nothing to receive and to write.
    pub(crate) fn is_reached(self) -> bool {
        let rotates = SERVERS[self.server].1 != Rotation::Keeps;
        rotates || ["sent", "answer", "commit", "failed"].contains(&self.point.split('.').next().unwrap_or_default())
    }

    /// Signs in, renews, lets the fault happen, and lets the next processes find what is left.
    pub(crate) async fn run(self, session: &Session, home: &Path) -> Result<Ran> {
        let fob = Fob::with_home(session, home)?;
        let mut server = SERVERS[self.server].1.server();
        if self.point.starts_with("failed") {
            server = server.out_of_order_once(1);
        }
        let lab = Lab::start(server, 0).await?;
        sign_in(&fob, &lab).await?;
        ensure!(refresh(&fob).await? == Ok(()), "the first renewal failed");
        let before = shown(&fob).await?;
        self.go_wrong(&fob, &lab).await?;
        if self.dies_before_the_commit() {
            let keyring = keyring::all(session).await?;
            ensure!(generations(&keyring, &before.id).contains(&before.generation), "the old value was touched (K2)");
        }
        let mut fate = Fate::Lives;
        // The next process settles what is left; the one after it is an ordinary renewal again.
        for _ in 0..2 {
            match refresh(&fob).await? {
                Ok(()) => {}
                Err(4) => fate = Fate::Explained,
                Err(code) => bail!("the next renewal ended with {code}"),
            }
        }
        let told = fob.run(&["show", "api", "--json"]).await?.json()?;
        let explained = told["status"] == "sign_in_needed" && told["last_error"]["provider_code"] == "answer_lost";
        ensure!((fate == Fate::Explained) == explained, "it says: {told}");
        self.seen(&lab)?;
        nothing_leaked(&fob, &lab)?;
        whole(&fob).await?;
        Ok(Ran { fate, holds: shown(&fob).await? })
    }

    async fn go_wrong(self, fob: &Fob, lab: &Lab) -> Result<()> {
        let here = format!("{}={}", self.point, self.fault.action());
        let points = self.before().map_or_else(|| here.clone(), |before| format!("{before};{here}"));
        let before = lab.record().count(At::Refresh);
        let mut unlucky = fob.clone().env("FOB_FAILPOINTS", &points).start(&["refresh", "api", "--force", "--json"])?;
        if self.fault == Fault::Stop {
            stands_still(&unlucky).await?;
            lab.advance(STALL);
            unlucky.signal(Signal::CONT)?;
        }
        let (status, stdout) = unlucky.finish().await?;
        let killed = status.code().is_none();
        let kill = matches!(self.fault, Fault::Kill | Fault::KillLate);
        ensure!(killed == kill, "the step was not reached: {status} {stdout}");
        if self.fault == Fault::KillLate {
            lab.advance(STALL);
        }
        let sent = lab.record().count(At::Refresh) - before;
        // Nothing goes out that was not written down before.
        let unwritten = self.point == "sent.before" && self.fault != Fault::Stop;
        ensure!(!unwritten || sent == 0, "{sent} requests went out although nothing was written down");
        Ok(())
    }

    /// K3: a token is sent twice only after its answer was lost, and never three times.
    fn seen(self, lab: &Lab) -> Result<()> {
        let record = lab.record();
        let sent = |token: &str| record.seen.iter().filter(|seen| seen.form("refresh_token") == Some(token)).count();
        if SERVERS[self.server].1 == Rotation::Keeps {
            return Ok(());
        }
        let most = record.refresh_tokens.iter().map(|token| sent(token)).max().unwrap_or_default();
        let lost = self.point == "answer" || self.point == "received.before" || self.point.starts_with("failed");
        ensure!(most <= if lost { 2 } else { 1 }, "a refresh token was sent {most} times");
        Ok(())
    }
}

/// Signs in at the lab as `api`.
pub(crate) async fn sign_in(fob: &Fob, lab: &Lab) -> Result<()> {
    let arguments = ["--client-id", lab.client_id(), "--scope", "openid", "--scope", "offline_access"];
    let waiting = begin(fob, &lab.place().issuer, "api", &arguments, "").await?;
    browse(waiting.authorize.as_str(), None).await?;
    let ended = wait(waiting, fob).await?;
    ensure!(ended.code == 0, "the sign-in failed: {ended:?}");
    Ok(())
}

/// Renews; the inner error is the exit code.
async fn refresh(fob: &Fob) -> Result<std::result::Result<(), i32>> {
    let code = fob.run(&["refresh", "api", "--force", "--json"]).await?.code;
    Ok(if code == 0 { Ok(()) } else { Err(code) })
}

/// Waits until a process has stopped itself.
async fn stands_still(process: &Running) -> Result<()> {
    let stat = format!("/proc/{}/stat", process.id().context("it is gone")?);
    until("a process that stands still", Duration::from_secs(30), || async {
        let stat = std::fs::read_to_string(&stat)?;
        let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
        ensure!(state != Some('Z'), "the process ended instead of standing still");
        Ok((state == Some('T')).then_some(()))
    })
    .await
}

/// K7: whatever happened, no token stands in a file.
fn nothing_leaked(fob: &Fob, lab: &Lab) -> Result<()> {
    let record = lab.record();
    let tokens: Vec<(&str, &[u8])> =
        record.refresh_tokens.iter().chain(&record.access_tokens).map(|token| ("a token", token.as_bytes())).collect();
    ensure!(tokens.len() >= 4, "{} tokens are too few to look for", tokens.len());
    assert_absent(fob.home(), &tokens)
}

/// `PRAGMA integrity_check`, as `fob doctor` runs it.
async fn whole(fob: &Fob) -> Result<()> {
    let doctor = fob.run(&["doctor", "--json"]).await?.json()?;
    let checks = doctor["checks"].as_array().context("no checks")?;
    let database = checks.iter().find(|check| check["check"] == "database").context("no look at the database")?;
    ensure!(database["state"] == "ok", "{database}");
    Ok(())
}

async fn shown(fob: &Fob) -> Result<Holds> {
    let shown = fob.run(&["show", "api", "--json"]).await?.json()?;
    let id = shown["id"].as_str().context("no id")?.to_owned();
    Ok(Holds { id, generation: shown["refresh_generation"].as_u64().context("no generation")? })
}

/// The generations of a credential's values in the keyring.
fn generations(keyring: &str, id: &str) -> Vec<u64> {
    let envelopes = keyring.lines().flat_map(serde_json::from_str::<Value>);
    envelopes.filter(|one| one["credential"] == id).filter_map(|one| one["generation"].as_u64()).collect()
}

/// K1, K5: each credential has one value in the keyring, of the generation that is committed.
pub(crate) fn one_value_each(keyring: &str, ran: &[&Ran]) -> Result<()> {
    for Ran { holds, .. } in ran {
        let own = generations(keyring, &holds.id);
        ensure!(own == [holds.generation], "{} has the generations {own:?}, not {}", holds.id, holds.generation);
    }
    Ok(())
}

/// A name for a cell's folder.
pub(crate) fn folder(cell: Cell) -> String {
    format!("{}-{}", cell.point, hex(format!("{:?}{}", cell.fault, cell.server).as_bytes()))
}
