//! The activity log through the command, with a database that somebody edited meanwhile.

use anyhow::{Result, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::process::until;
use fobwatch_tests::session::{Keyring, Session};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Executor as _};
use std::time::Duration;

const KEY: &str = "sk_live_51Canary00000000000000aaaa";
const SOON: Duration = Duration::from_secs(30);
/// What makes a vault one from before the log was a chain.
const FROM_BEFORE: &str = "UPDATE activity SET hash = NULL; DELETE FROM meta WHERE key LIKE 'log_%'";

/// A vault with six entries: a key that was added and handed out five times.
struct Place {
    session: Session,
    fob: Fob,
}

impl Place {
    async fn new() -> Result<Self> {
        let session = Session::start(Keyring::Unlocked).await?;
        let fob = Fob::new(&session)?;
        ensure!(fob.run_with(&["add", "key", "pay", "--env", "production"], KEY).await?.code == 0);
        for _ in 0..5 {
            ensure!(fob.run(&["token", "pay"]).await?.code == 0);
        }
        Ok(Self { session, fob })
    }

    async fn edit(&self, sql: &'static str) -> Result<()> {
        let options = SqliteConnectOptions::new().filename(self.fob.home().join("vault.db"));
        let mut database = SqliteConnection::connect_with(&options).await?;
        database.execute(sql).await?;
        Ok(database.close().await?)
    }

    /// Returns the exit code of the check, and what it said.
    async fn verify(&self) -> Result<(i32, String)> {
        let ended = self.fob.run(&["log", "--verify"]).await?;
        Ok((ended.code, ended.stdout + &ended.stderr))
    }
}

#[tokio::test]
async fn an_untouched_log_verifies_and_names_the_program_that_called() -> Result<()> {
    let place = Place::new().await?;
    let (code, said) = place.verify().await?;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("6 entries, chain unbroken since 20"), "{said}");
    assert!(said.contains("Sealed with the key in the keychain up to entry 1."), "{said}");
    let log = place.fob.run(&["log", "--json", "--last", "2"]).await?.json()?;
    let entries = log["entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(entries.len(), 2);
    let newest = &entries[0];
    assert_eq!((&newest["what"], &newest["name"]), (&"handed_out".into(), &"pay".into()));
    assert_eq!((&newest["by"], &newest["environment"]), (&"command".into(), &"production".into()));
    let process = &newest["process"];
    assert_eq!(process["pid"], std::process::id(), "this test called");
    assert!(process["program"].as_str().is_some_and(|name| name.starts_with("log")), "{process}");
    let file = std::env::current_exe()?;
    assert_eq!(process["path"].as_str(), file.to_str());
    let words = place.fob.run(&["log", "pay"]).await?.stdout;
    assert!(words.contains(&format!("pid {}", std::process::id())), "{words}");
    assert_absent(place.session.home(), &[("key", KEY.as_bytes())])
}

#[tokio::test]
async fn whatever_was_done_to_the_table_is_named_and_exits_7() -> Result<()> {
    for (sql, wanted) in [
        ("UPDATE activity SET name = 'other' WHERE id = 3", "Entry 3 of the log is not what was written."),
        ("DELETE FROM activity WHERE id = 3", "Entry 3 is missing from the log."),
        ("DELETE FROM activity WHERE id IN (2, 3)", "Entries 2 to 3 are missing from the log."),
        ("DELETE FROM activity WHERE id = 6", "Entry 6 is missing at the end of the log."),
        (
            "UPDATE activity SET id = -1 WHERE id = 3; UPDATE activity SET id = 3 WHERE id = 4; \
             UPDATE activity SET id = 4 WHERE id = -1",
            "Entries 3 and 4 of the log stand in each other's place.",
        ),
        (
            "INSERT INTO activity (credential_id, name, at, what, detail) VALUES ('', 'x', 0, 'copied', '')",
            "Entry 7 of the log was not written by Fobwatch.",
        ),
    ] {
        let place = Place::new().await?;
        place.edit(sql).await?;
        let (code, said) = place.verify().await?;
        assert!(code == 7 && said.contains(wanted), "{sql}: {code}, {said}");
        // The log can still be read, and what happens next does not hide it.
        assert_eq!(place.fob.run(&["token", "pay"]).await?.code, 0);
        assert_eq!(place.fob.run(&["log"]).await?.code, 0);
        assert_eq!(place.verify().await?.0, 7, "{sql} is forgotten");
        let json = place.fob.run(&["log", "--verify", "--json"]).await?;
        assert!(json.code == 7 && !json.json()?["wrong"].is_null(), "{json:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_seal_of_the_keychain_finds_hashes_that_were_made_anew() -> Result<()> {
    let place = Place::new().await?;
    // The first entry was sealed; the seal stays, everything else is computed again by the next start.
    place
        .edit(
            "CREATE TABLE kept AS SELECT * FROM meta WHERE key = 'log_seal'; \
             UPDATE activity SET hash = NULL, detail = 'x' WHERE id = 1; UPDATE activity SET hash = NULL; \
             DELETE FROM meta WHERE key LIKE 'log_%'",
        )
        .await?;
    assert_eq!(place.verify().await?.0, 0, "without a seal it looks whole");
    place.edit("INSERT INTO meta SELECT * FROM kept").await?;
    let (code, said) = place.verify().await?;
    assert!(code == 7 && said.contains("The log up to entry 1 was written anew"), "{code}, {said}");
    // A key that is added seals the log up to its entry, which makes it no less broken.
    ensure!(place.fob.run_with(&["add", "key", "mail"], "sk_live_51Canary00000000000000bbbb").await?.code == 0);
    let (code, said) = place.verify().await?;
    assert!(code == 7 && said.contains("Before entry 7 was written, the log was changed"), "{code}, {said}");
    Ok(())
}

#[tokio::test]
async fn a_log_from_before_is_chained_at_the_next_start_and_cut_by_whoever_keeps_logins_fresh() -> Result<()> {
    let place = Place::new().await?;
    place.edit("UPDATE activity SET at = at - 181 * 86400000 WHERE id <= 4").await?;
    place.edit(FROM_BEFORE).await?;
    let (code, said) = place.verify().await?;
    assert!(code == 0 && said.contains("6 entries"), "{code}, {said}");
    let agent = place.fob.start(&["agent", "--foreground"])?;
    until("the old entries to go", SOON, || async {
        let log = place.fob.run(&["log"]).await?.stdout;
        Ok(log.contains("old entries cut").then_some(()))
    })
    .await?;
    drop(agent);
    let (code, said) = place.verify().await?;
    assert!(code == 0 && said.contains("3 entries"), "what is 179 days old or younger stays: {code}, {said}");
    place.edit("DELETE FROM activity WHERE id = 5").await?;
    assert_eq!(place.verify().await?.0, 7);
    Ok(())
}

#[tokio::test]
async fn the_log_is_narrowed_by_age_and_failure() -> Result<()> {
    let place = Place::new().await?;
    place
        .edit("UPDATE activity SET at = at - 3 * 86400000 WHERE id <= 4; UPDATE activity SET failed = 1 WHERE id = 2")
        .await?;
    let count = |more: &'static [&'static str]| {
        let fob = place.fob.clone();
        async move {
            let log = fob.run(&[&["log", "--json"], more].concat()).await?.json()?;
            Ok::<_, anyhow::Error>(log["entries"].as_array().map(Vec::len))
        }
    };
    assert_eq!(count(&[]).await?, Some(6));
    assert_eq!(count(&["--since", "2d"]).await?, Some(2));
    assert_eq!(count(&["--failures"]).await?, Some(1));
    assert_eq!(count(&["--failures", "--since", "2d"]).await?, Some(0));
    assert_eq!(count(&["pay", "--since", "12h"]).await?, Some(2));
    assert_eq!(count(&["--last", "3"]).await?, Some(3));
    for bad in [&["log", "--since", "soon"][..], &["log", "pay", "--verify"]] {
        assert_eq!(place.fob.run(bad).await?.code, 2, "{bad:?}");
    }
    Ok(())
}
