//! What happens to a machine in the middle of a renewal: it sleeps, its network goes, its clock is set, the server dies.

#[path = "hostile/browser.rs"]
mod browser;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_lab::{At, Lab, Rotation};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::process::{Running, until};
use fobwatch_tests::session::{Keyring, Session, succeed};
use fobwatch_tests::visit::{begin, wait};
use rustix::process::Signal;
use serde_json::Value;

/// How long the second half of an answer takes: long enough to do something in between.
const PAUSE: Duration = Duration::from_secs(3);

/// A vault that is signed in, and its server.
struct Place {
    fob: Fob,
    lab: Lab,
    _session: Session,
}

impl Place {
    /// Signs in at a server whose second renewal answers in halves.
    async fn new(rotation: Rotation, pause: Duration) -> Result<Self> {
        let session = Session::start(Keyring::Unlocked).await?;
        let fob = Fob::new(&session)?;
        let lab = Lab::start(rotation.server().in_halves_once(1, pause), 0).await?;
        let arguments = ["--client-id", lab.client_id(), "--scope", "openid", "--scope", "offline_access"];
        let waiting = begin(&fob, &lab.place().issuer, "api", &arguments, "").await?;
        browser::browse(waiting.authorize.as_str(), None).await?;
        let ended = wait(waiting, &fob).await?;
        ensure!(ended.code == 0, "{ended:?}");
        let place = Self { fob, lab, _session: session };
        ensure!(place.refresh().await? == 0, "the first renewal failed");
        Ok(place)
    }

    async fn refresh(&self) -> Result<i32> {
        Ok(self.fob.run(&["refresh", "api", "--force", "--json"]).await?.code)
    }

    /// Waits until the server has begun to answer the `count`-th renewal.
    async fn renewals(&self, count: u32) -> Result<()> {
        until("a renewal at the server", Duration::from_secs(30), || async {
            Ok((self.lab.record().count(At::Refresh) >= count).then_some(()))
        })
        .await
    }

    async fn shown(&self) -> Result<Value> {
        self.fob.run(&["show", "api", "--json"]).await?.json()
    }
}

/// Waits for real time to pass: what is tried here is what the system's own timers do then.
#[expect(clippy::disallowed_methods, reason = "the time itself is what is tried")]
async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

#[tokio::test]
async fn a_process_that_stands_still_in_the_middle_of_an_answer_finds_it_when_it_goes_on() -> Result<()> {
    // Longer than a request may take. The environment may ask for minutes.
    let stall = std::env::var("FOB_STALL").map_or(Ok(34), |text| text.parse())?;
    let place = Place::new(Rotation::Family, PAUSE).await?;
    let mut sleeper = place.fob.start(&["refresh", "api", "--force"])?;
    place.renewals(2).await?;
    sleeper.signal(Signal::STOP)?;
    pass(Duration::from_secs(stall)).await;
    sleeper.signal(Signal::CONT)?;
    let (status, _) = sleeper.finish().await?;
    ensure!(status.success(), "the answer was there, and the renewal ended with {status}");
    ensure!(place.refresh().await? == 0, "the next renewal failed");
    ensure!(place.lab.record().most_sent() == 1, "a refresh token was sent twice");
    Ok(())
}

/// A renewal that stands still in the middle of the server's answer, and a `fob` that waits for it and has said so.
async fn behind_one_that_stands_still(place: &Place) -> Result<(Running, Running)> {
    let sleeper = place.fob.start(&["refresh", "api", "--force"])?;
    place.renewals(2).await?;
    sleeper.signal(Signal::STOP)?;
    let second = place.fob.start(&["refresh", "api", "--force"])?;
    let names_it = format!("(fob, process {}) is at work on api", sleeper.id().context("it has ended")?);
    until("the second to say for whom it waits", Duration::from_secs(30), || async {
        Ok(std::fs::read_to_string(place.fob.log())?.contains(&names_it).then_some(()))
    })
    .await?;
    ensure!(place.lab.record().count(At::Refresh) == 2, "a second request was sent over the head of the first");
    Ok((sleeper, second))
}

/// Waits until a `fob` stands before a lock: a thread of its own waits there.
async fn waits_for_a_lock(process: &Running) -> Result<()> {
    let tasks = format!("/proc/{}/task", process.id().context("it has ended")?);
    until("a process that waits for a lock", Duration::from_secs(30), || async {
        let names = std::fs::read_dir(&tasks)?.flatten();
        let mut names = names.map(|task| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default());
        Ok(names.any(|name| name.trim() == "lock").then_some(()))
    })
    .await
}

#[tokio::test]
async fn one_that_stands_still_is_named_and_waited_for_and_what_it_got_is_enough_for_both() -> Result<()> {
    let place = Place::new(Rotation::Family, PAUSE).await?;
    let (mut sleeper, mut second) = behind_one_that_stands_still(&place).await?;
    // Those who read no sentences wait as well, and hear nothing until the end.
    let mut third = place.fob.start(&["refresh", "api", "--force", "--json"])?;
    waits_for_a_lock(&third).await?;
    ensure!(second.is_running()? && third.is_running()?, "it did not wait");
    sleeper.signal(Signal::CONT)?;
    for process in [&mut sleeper, &mut second, &mut third] {
        let (status, _) = process.finish().await?;
        ensure!(status.success(), "it ended with {status}");
    }
    let said = std::fs::read_to_string(place.fob.log())?;
    ensure!(said.matches("is at work on").count() == 1, "it is said once, and not with --json: {said}");
    ensure!(place.lab.record().count(At::Refresh) == 2, "one renewal was enough for all");
    ensure!(place.refresh().await? == 0 && place.lab.record().most_sent() == 1, "a refresh token was sent twice");
    Ok(())
}

#[tokio::test]
async fn one_that_is_killed_while_it_stands_still_leaves_its_lock_and_its_journal_to_the_next() -> Result<()> {
    let place = Place::new(Rotation::Grace(Duration::from_mins(10)), PAUSE).await?;
    let (mut sleeper, mut second) = behind_one_that_stands_still(&place).await?;
    sleeper.kill().await?;
    let (status, _) = second.finish().await?;
    ensure!(status.success(), "it ended with {status}");
    ensure!(place.lab.record().count(At::Refresh) == 3, "the lost answer was not asked for again, or more than once");
    ensure!(place.refresh().await? == 0 && place.lab.record().most_sent() == 2, "{}", place.shown().await?);
    Ok(())
}

#[tokio::test]
async fn a_server_that_dies_in_the_middle_of_an_answer_has_not_ended_the_sign_in() -> Result<()> {
    let place = Place::new(Rotation::Family, Duration::from_mins(2)).await?;
    let mut running = place.fob.start(&["refresh", "api", "--force", "--json"])?;
    place.renewals(2).await?;
    let Place { fob, lab, _session } = place;
    drop(lab);
    let (status, _) = running.finish().await?;
    ensure!(status.code() == Some(6), "{status}");
    for _ in 0..3 {
        let again = fob.run(&["refresh", "api", "--force", "--json"]).await?;
        ensure!(again.code == 6 && again.error_code()? == "try_again", "{again:?}");
    }
    let shown = fob.run(&["show", "api", "--json"]).await?.json()?;
    ensure!(shown["status"] != "sign_in_needed", "nobody said no: {shown}");
    Ok(())
}

/// Runs one test of this program again, in a network of its own; tells whether this is that run.
async fn is_alone(test: &str) -> Result<bool> {
    let alone = fobwatch_tests::alone::is_alone(test, &["--net"]).await?;
    if alone {
        succeed(command("ip", &["link", "set", "lo", "up"])).await?;
    }
    Ok(alone)
}

fn command(program: &str, arguments: &[&str]) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(program);
    command.args(arguments);
    command
}

/// Cuts the network while half of an answer is there; returns the place with the network back.
async fn cut_in_the_middle(rotation: Rotation) -> Result<Place> {
    let place = Place::new(rotation, PAUSE).await?;
    let mut running = place.fob.start(&["refresh", "api", "--force", "--json"])?;
    place.renewals(2).await?;
    succeed(command("ip", &["link", "set", "lo", "down"])).await?;
    let (status, _) = running.finish().await?;
    ensure!(status.code() == Some(6), "without a network: {status}");
    let offline = place.fob.run(&["refresh", "api", "--force", "--json"]).await?;
    ensure!(offline.code == 6, "{offline:?}");
    succeed(command("ip", &["link", "set", "lo", "up"])).await?;
    Ok(place)
}

#[tokio::test]
async fn a_network_that_goes_in_the_middle_of_an_answer_costs_nothing_where_a_second_try_is_taken() -> Result<()> {
    let test = "a_network_that_goes_in_the_middle_of_an_answer_costs_nothing_where_a_second_try_is_taken";
    if !is_alone(test).await? {
        return Ok(());
    }
    let place = cut_in_the_middle(Rotation::Grace(Duration::from_mins(10))).await?;
    ensure!(
        place.refresh().await? == 0 && place.refresh().await? == 0,
        "the sign-in is lost: {}",
        place.shown().await?
    );
    ensure!(place.lab.record().most_sent() == 2, "the lost answer was not asked for again");
    Ok(())
}

#[tokio::test]
async fn a_network_that_goes_in_the_middle_of_an_answer_is_what_is_blamed_where_no_second_try_is_taken() -> Result<()> {
    let test = "a_network_that_goes_in_the_middle_of_an_answer_is_what_is_blamed_where_no_second_try_is_taken";
    if !is_alone(test).await? {
        return Ok(());
    }
    let place = cut_in_the_middle(Rotation::Family).await?;
    ensure!(place.refresh().await? == 4, "it goes on: {}", place.shown().await?);
    let shown = place.shown().await?;
    ensure!(shown["last_error"]["provider_code"] == "answer_lost", "{shown}");
    ensure!(place.refresh().await? == 4 && place.lab.record().most_sent() == 2, "it was sent a third time");
    Ok(())
}

#[tokio::test]
async fn a_wall_clock_that_is_ten_years_off_costs_a_renewal_and_nothing_else() -> Result<()> {
    let place = Place::new(Rotation::Family, Duration::ZERO).await?;
    let before = place.lab.record().count(At::Refresh);
    for (number, offset) in (1..).zip(["+3650d", "+0", "-3650d", "+0"]) {
        let fob = place.fob.clone().with_clock(offset)?;
        for _ in 0..3 {
            let token = fob.run(&["token", "api", "--min-validity", "1m"]).await?;
            ensure!(token.code == 0, "{offset}: {token:?}");
            let newest = place.lab.record().access_tokens.last().cloned().unwrap_or_default();
            ensure!(token.stdout.trim() == newest, "{offset}: not the token that the server gave last");
        }
        let renewals = place.lab.record().count(At::Refresh) - before;
        ensure!(renewals == number, "{offset}: {renewals} renewals after {number} jumps");
    }
    ensure!(place.lab.record().most_sent() == 1, "a refresh token was sent twice");
    ensure!(place.shown().await?["status"] == "fresh", "{}", place.shown().await?);
    Ok(())
}
