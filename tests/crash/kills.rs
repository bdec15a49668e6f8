//! Kills at random moments, under load: several processes at one vault, several vaults at once.
//!
//! A trigger in the database remembers every step that the journal took. A login may end only if both tries went out
//! and neither answer came into the journal (K3, K6).

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fobwatch_lab::{Lab, Rotation};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::session::Session;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::cell::{SERVERS, sign_in};

/// The longest time that a process is given before it is killed: longer than an undisturbed renewal takes here, so
/// that some run through.
const LONGEST: Duration = Duration::from_millis(600);

/// What came of the kills at one vault.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) kills: u32,
    /// Kills that left a journal row: the request was on its way, or its answer was there.
    pub(crate) sent: u32,
    pub(crate) received: u32,
    pub(crate) renewals: u32,
    /// New sign-ins because an answer was truly lost.
    pub(crate) explained: u32,
}

/// One vault whose processes are killed.
struct Target {
    fob: Fob,
    lab: Lab,
    rotation: Rotation,
    database: SqliteConnectOptions,
}

/// Kills at one vault until there were `kills` of them.
pub(crate) async fn kill_again_and_again(session: &Session, home: &Path, server: usize, kills: u32) -> Result<Count> {
    let fob = Fob::with_home(session, home)?;
    let rotation = SERVERS[server].1;
    let lab = Lab::start(rotation.server(), 0).await?;
    let database = SqliteConnectOptions::new().filename(home.join("vault.db")).disable_statement_logging();
    let target = Target { fob, lab, rotation, database };
    target.sign_in().await?;
    target.look("CREATE TABLE audit (fingerprint TEXT, phase TEXT, attempt INTEGER)").await?;
    for event in ["INSERT", "UPDATE"] {
        let note = "BEGIN INSERT INTO audit VALUES (NEW.fingerprint, NEW.phase, NEW.attempt); END";
        target.look(&format!("CREATE TRIGGER audit_{event} AFTER {event} ON journal {note}")).await?;
    }
    let mut count = Count::default();
    while count.kills < kills {
        target.kill_some(&mut count).await?;
        // Every few kills somebody is let through, and must find a login that lives, or one whose end is explained.
        if fastrand::u8(..4) == 0 {
            let settled = target.fob.run(&["refresh", "api", "--force", "--json"]).await?;
            match settled.code {
                0 => count.renewals += 1,
                4 => {
                    target.explained().await.with_context(|| format!("{settled:?}"))?;
                    count.explained += 1;
                    target.sign_in().await?;
                }
                code => bail!("a renewal after a kill ended with {code}: {settled:?}"),
            }
        }
    }
    let sent = target.lab.record().most_sent();
    ensure!(rotation == Rotation::Keeps || sent <= 2, "a refresh token was sent {sent} times");
    Ok(count)
}

impl Target {
    async fn sign_in(&self) -> Result<()> {
        sign_in(&self.fob, &self.lab).await
    }

    /// Runs a statement at the vault's database, and returns the first text that comes.
    async fn look(&self, statement: &str) -> Result<Option<String>> {
        let mut database = SqliteConnection::connect_with(&self.database).await?;
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_optional(&mut database).await?;
        database.close().await?;
        Ok(found)
    }

    /// How long the server takes a token that it has replaced: processes that die one after the other may need longer.
    fn grace(&self) -> Duration {
        match self.rotation {
            Rotation::Family => Duration::ZERO,
            Rotation::Grace(time) | Rotation::Previous(time) => time,
            Rotation::Keeps => Duration::MAX,
        }
    }

    /// Starts up to three processes at once, and kills each at a moment of its own.
    async fn kill_some(&self, count: &mut Count) -> Result<()> {
        let mut running = Vec::new();
        for _ in 0..fastrand::usize(1..=3) {
            let renews = fastrand::bool();
            let arguments: &[&str] =
                if renews { &["refresh", "api", "--force"] } else { &["token", "api", "--min-validity", "2h"] };
            running.push(self.fob.start(arguments)?);
        }
        for process in &mut running {
            after_a_while().await;
            if process.is_running()? {
                process.kill().await?;
                count.kills += 1;
            }
        }
        match self.look("SELECT phase FROM journal").await?.as_deref() {
            Some("received") => count.received += 1,
            Some(_) => count.sent += 1,
            None => {}
        }
        Ok(())
    }

    /// Tells why a login may have ended: both tries went out, and neither answer ever came into the journal. A server
    /// that takes a second try for a while has refused none within it: then both answers died with their processes.
    async fn explained(&self) -> Result<()> {
        let last = "SELECT fingerprint FROM audit ORDER BY rowid DESC LIMIT 1";
        let of_last =
            |what: &str| format!("SELECT CAST(count(*) AS TEXT) FROM audit WHERE fingerprint = ({last}) AND {what}");
        let kept = self.look(&of_last("phase = 'received'")).await?;
        ensure!(kept.as_deref() == Some("0"), "its answer was in the journal {kept:?} times");
        let second = self.look(&of_last("attempt = 2")).await?;
        ensure!(second.as_deref() != Some("0"), "the second try was never made");
        let refused = self.lab.record().refused_after;
        let in_spite = refused.iter().find(|after| **after <= self.grace());
        ensure!(in_spite.is_none(), "a try {in_spite:?} after the first was refused in spite of the grace");
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "a kill comes at any moment; nothing is waited for")]
async fn after_a_while() {
    tokio::time::sleep(LONGEST.mul_f64(fastrand::f64())).await;
}
