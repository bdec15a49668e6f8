//! No secret anywhere but in the keychain and in memory (K7): canaries of every kind, the loudest log, every fault.
//!
//! Looked at: every file below the session's home, everything that was said, command lines and environments of running
//! processes, core files, and the bytes on the session bus. Each look proves itself by finding what was planted.

#[path = "hostile/browser.rs"]
mod browser;
#[path = "secrecy/canaries.rs"]
mod canaries;
#[expect(dead_code, reason = "the journeys of the window use the rest")]
#[path = "window/desk.rs"]
mod desk;
#[path = "secrecy/desktop.rs"]
mod desktop;
#[path = "secrecy/forms.rs"]
mod forms;
#[expect(dead_code, reason = "the fault tests want the values as one text")]
#[path = "hostile/keyring.rs"]
mod keyring;
#[path = "secrecy/looks.rs"]
mod looks;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_lab::{Lab, Rotation};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::leaks::{assert_absent, contains, find};
use fobwatch_tests::process::stands_still;
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::tap::Tap;
use fobwatch_tests::visit::{begin, wait};
use rustix::process::Signal;

const API_KEY: &str = "sk_live_canary_5f0e1d2c3b4a59687766554433221100";
const PLANTED: &str = "planted-canary-0d9c8b7a69584736251403f2e1d0c9b8";
/// What goes wrong at the same time. `abort` is what the system does to a program that is broken.
const FAULTS: [&str; 9] = [
    "answer=panic",
    "answer=kill",
    "received.before=return(disk_full)",
    "received.after=panic",
    "slot.before=return(locked)",
    "slot.after=return(different)",
    "commit.before=return(error)",
    "commit.after=panic",
    "clear.before=return(gone)",
];

/// A vault with one secret of each kind.
struct Place {
    session: Session,
    fob: Fob,
    lab: Lab,
    /// What was said on standard error, and on standard output where no secret was asked for.
    said: String,
}

impl Place {
    async fn new() -> Result<Self> {
        let session = Session::start(Keyring::Unlocked).await?;
        let fob = Fob::new(&session)?.env("FOB_LOG", "trace").env("RUST_BACKTRACE", "full");
        let lab = Lab::start(Rotation::Grace(Duration::from_mins(10)).server(), 0).await?;
        Ok(Self { session, fob, lab, said: String::new() })
    }

    async fn run(&mut self, arguments: &[&str], input: &str) -> Result<()> {
        let ended = self.fob.run_with(arguments, input).await?;
        self.said.push_str(&ended.stderr);
        if !arguments.contains(&"token") {
            self.said.push_str(&ended.stdout);
        }
        Ok(())
    }

    async fn fill(&mut self) -> Result<()> {
        self.run(&["add", "key", "pay", "--env", "production"], API_KEY).await?;
        let arguments =
            ["--client-id", self.lab.client_id(), "--scope", "openid", "--scope", "offline_access", "--dpop"];
        let issuer = self.lab.place().issuer.clone();
        let waiting = begin(&self.fob, &issuer, "api", &arguments, "").await?;
        browser::browse(waiting.authorize.as_str(), None).await?;
        let ended = wait(waiting, &self.fob).await?;
        ensure!(ended.code == 0, "{ended:?}");
        self.said.push_str(&ended.stdout);
        self.said.push_str(&ended.stderr);
        Ok(())
    }

    async fn every_fault(&mut self) -> Result<()> {
        let fob = self.fob.clone();
        for fault in FAULTS {
            self.fob = fob.clone().env("FOB_FAILPOINTS", fault);
            self.run(&["refresh", "api", "--force", "--json"], "").await?;
            self.fob = fob.clone();
            self.run(&["refresh", "api", "--force"], "").await?;
            self.run(&["token", "api"], "").await?;
        }
        self.run(&["token", "pay", "--as", "header"], "").await?;
        self.run(&["introspect", "api"], "").await?;
        self.run(&["userinfo", "api"], "").await?;
        self.run(&["show", "api", "--json"], "").await?;
        self.run(&["doctor"], "").await
    }

    /// What must be nowhere: all that the server gave, and what a person typed.
    fn canaries(&self) -> Result<Vec<(&'static str, Vec<u8>)>> {
        let record = self.lab.record();
        ensure!(record.refresh_tokens.len() > FAULTS.len(), "{} refresh tokens only", record.refresh_tokens.len());
        let named =
            |what, tokens: &[String]| tokens.iter().map(move |token| (what, token.clone().into_bytes())).collect();
        let mut all: Vec<(&str, Vec<u8>)> = named("refresh token", &record.refresh_tokens);
        all.extend::<Vec<_>>(named("access token", &record.access_tokens));
        let forms = record.seen.iter().flat_map(|seen| &seen.form);
        let sent = forms.filter(|(name, _)| ["code", "code_verifier"].contains(&name.as_str()));
        all.extend(sent.map(|(_, value)| ("code or verifier", value.clone().into_bytes())));
        let proofs = record.seen.iter().filter_map(|seen| seen.dpop.clone());
        all.extend(proofs.map(|proof| ("proof of possession", proof.into_bytes())));
        all.push(("API key", API_KEY.as_bytes().to_vec()));
        ensure!(all.len() > 4 * FAULTS.len(), "{} canaries are too few", all.len());
        Ok(all)
    }
}

#[tokio::test]
async fn no_secret_is_in_any_file_word_or_message_whatever_goes_wrong() -> Result<()> {
    let mut place = Place::new().await?;
    let elsewhere = tempfile::tempdir()?;
    let tap = Tap::open(&place.session, elsewhere.path()).await?;
    place.fill().await?;
    place.every_fault().await?;
    let bus = tap.close(&place.session).await?;
    let canaries = place.canaries()?;
    let labelled: Vec<(&str, &[u8])> = canaries.iter().map(|(what, value)| (*what, value.as_slice())).collect();
    std::fs::write(place.session.home().join("said"), &place.said)?;
    let logs = find(place.session.home(), &[("the log", b"the keychain")])?;
    ensure!(
        logs.iter().any(|found| found.file.ends_with("fob.log")),
        "the log says nothing, so nothing is shown by it"
    );
    assert_absent(place.session.home(), &labelled)?;
    for (what, value) in &labelled {
        ensure!(!contains(&bus, value), "a {what} went over the bus as it is");
    }
    ensure!(contains(&bus, b"org.freedesktop.Secret"), "the keychain was not asked over this bus");
    Ok(())
}

/// What other programs can see of a running process: its command line, its environment, its core file.
#[tokio::test]
async fn a_process_that_holds_a_renewed_token_shows_it_to_nobody() -> Result<()> {
    let mut place = Place::new().await?;
    place.fill().await?;
    for point in ["answer", "received.after", "slot.after", "commit.after"] {
        let stopped = place.fob.clone().env("FOB_FAILPOINTS", &format!("{point}=stop")).env("PLANTED", PLANTED);
        let mut holds = stopped.start(&["refresh", "api", "--force"])?;
        let proc = format!("/proc/{}", holds.id().context("it is gone")?);
        stands_still(&holds).await?;
        let environment = std::fs::read(format!("{proc}/environ"))?;
        let shown = [std::fs::read(format!("{proc}/cmdline"))?, environment].concat();
        ensure!(contains(&shown, PLANTED.as_bytes()) && contains(&shown, b"refresh"), "the look is blind");
        for (what, value) in place.lab.record().refresh_tokens.iter().map(|token| ("refresh token", token)) {
            ensure!(
                !contains(&shown, value.as_bytes()),
                "{point}: a {what} is in the process's arguments or environment"
            );
        }
        let limits = std::fs::read_to_string(format!("{proc}/limits"))?;
        let core =
            limits.lines().find(|line| line.starts_with("Max core file size")).context("no limit of core files")?;
        ensure!(core.split_whitespace().filter(|word| *word == "0").count() == 2, "{core}");
        holds.signal(Signal::ABORT)?;
        holds.signal(Signal::CONT)?;
        let (status, _) = holds.finish().await?;
        ensure!(!status.success(), "{point}: it lived through an abort");
        let refreshed = place.fob.run(&["refresh", "api", "--force"]).await?;
        ensure!(refreshed.code == 0, "{point}: {refreshed:?}");
    }
    let tokens = place.lab.record().refresh_tokens;
    let labelled: Vec<(&str, &[u8])> = tokens.iter().map(|token| ("refresh token", token.as_bytes())).collect();
    assert_absent(place.session.home(), &labelled)
}
