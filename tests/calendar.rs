//! The calendar through the command: printed, written to a file, and kept as a feed by whoever keeps logins fresh.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::process::until;
use fobwatch_tests::session::{Keyring, Session};

const KEY: &str = "sk_live_51Canary00000000000000wxyz";
const SOON: Duration = Duration::from_mins(1);

/// A vault with one key.
struct Place {
    session: Session,
    fob: Fob,
    feed: PathBuf,
}

impl Place {
    async fn new() -> Result<Self> {
        let session = Session::start(Keyring::Unlocked).await?;
        let fob = Fob::new(&session)?;
        let feed = fob.home().join("calendar.ics");
        let place = Self { session, fob, feed };
        place.add("Payments", KEY).await?;
        Ok(place)
    }

    async fn add(&self, name: &str, value: &str) -> Result<()> {
        let added =
            self.fob.run_with(&["add", "key", name, "--env", "production", "--rotate-by", "2099-03-01"], value).await?;
        ensure!(added.code == 0, "{added:?}");
        Ok(())
    }

    /// Runs `fob calendar`, which must work; returns what it printed.
    async fn calendar(&self, arguments: &[&str]) -> Result<String> {
        let ended = self.fob.run(&[&["calendar"], arguments].concat()).await?;
        ensure!(ended.code == 0, "{ended:?}");
        Ok(ended.stdout)
    }

    /// Waits until the feed is as `so` wants it.
    async fn fed(&self, what: &str, so: impl Fn(&str) -> bool) -> Result<String> {
        until(what, SOON, || async {
            let text = std::fs::read_to_string(&self.feed).unwrap_or_default();
            Ok(so(&text).then_some(text))
        })
        .await
    }
}

fn mode(path: &Path) -> Result<u32> {
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o777)
}

/// Nothing of a value, not even what a list shows of it.
fn has_nothing_of_the_key(text: &str) -> bool {
    !["Canary", "sk_live_", "wxyz"].iter().any(|part| text.contains(part))
}

#[tokio::test]
async fn a_calendar_is_printed_or_written_whole_to_a_private_file() -> Result<()> {
    let place = Place::new().await?;
    let printed = place.calendar(&[]).await?;
    assert!(printed.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && printed.ends_with("END:VCALENDAR\r\n"));
    assert!(printed.contains("\r\nSUMMARY:Rotate Payments (production)\r\n"), "{printed}");
    assert!(printed.contains("\r\nDTSTART;VALUE=DATE:20990301\r\n") && has_nothing_of_the_key(&printed));

    let file = place.session.home().join("ends.ics");
    std::fs::write(&file, "an older one, for everybody")?;
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644))?;
    let ended = place.fob.run(&["calendar", "--output", &file.display().to_string()]).await?;
    ensure!(ended.code == 0 && ended.stdout.is_empty() && ended.stderr.starts_with("1 date is in "), "{ended:?}");
    let stamped = |text: &str| -> String { text.lines().filter(|line| !line.starts_with("DTSTAMP:")).collect() };
    assert_eq!(stamped(&std::fs::read_to_string(&file)?), stamped(&printed));
    assert_eq!(mode(&file)?, 0o600);

    let nowhere = place.session.home().join("no/such/folder.ics").display().to_string();
    let ended = place.fob.run(&["calendar", "--output", &nowhere]).await?;
    ensure!(ended.code == 1 && ended.stderr.contains("could not be written"), "{ended:?}");
    let json = place.fob.run(&["calendar", "--json"]).await?.json()?;
    assert_eq!((&json["events"], json["calendar"].as_str().map(stamped)), (&1.into(), Some(stamped(&printed))));
    assert_eq!(place.fob.run(&["calendar", "--feed", "on", "--output", "x"]).await?.code, 2);
    assert_absent(place.session.home(), &[("key", KEY.as_bytes())])
}

#[tokio::test]
async fn the_feed_follows_the_vault_while_an_agent_runs_and_goes_when_it_is_switched_off() -> Result<()> {
    let place = Place::new().await?;
    assert_eq!(place.calendar(&["--feed", "status"]).await?, "There is no feed.\n");
    let agent = place.fob.start(&["agent", "--foreground"])?;
    let said = place.calendar(&["--feed", "on"]).await?;
    assert!(said.starts_with(&format!("The feed is {}, written ", place.feed.display())), "{said}");
    let first = std::fs::read_to_string(&place.feed)?;
    assert!(first.contains("SUMMARY:Rotate Payments (production)"), "{first}");
    assert_eq!((mode(&place.feed)?, mode(place.fob.home())?), (0o600, 0o700));

    // By another process than the one that writes the feed.
    place.add("Mail", "sk_live_51Canary11111111111111wxyz").await?;
    let text = place.fed("the new key", |text| text.contains("SUMMARY:Rotate Mail (production)")).await?;
    assert!(text.contains("SUMMARY:Rotate Payments (production)") && has_nothing_of_the_key(&text), "{text}");
    assert_eq!(mode(&place.feed)?, 0o600);
    ensure!(place.fob.run(&["set", "Mail", "--rotate-by", "none"]).await?.code == 0);
    place.fed("a date that is gone", |text| text.starts_with("BEGIN:") && !text.contains("Mail")).await?;
    let status = place.fob.run(&["calendar", "--feed", "status", "--json"]).await?.json()?;
    assert_eq!((&status["on"], status["path"].as_str()), (&true.into(), place.feed.to_str()));
    assert!(status["written_at"].is_string(), "{status}");

    assert_eq!(place.calendar(&["--feed", "off"]).await?, "There is no feed.\n");
    assert!(!place.feed.exists());
    drop(agent);
    let left: Vec<String> = std::fs::read_dir(place.fob.home())?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    assert!(!left.iter().any(|name| name.starts_with(".fobwatch-")), "{left:?}");
    assert_absent(place.session.home(), &[("key", KEY.as_bytes())])
}

#[tokio::test]
async fn a_calendar_of_somebody_else_is_left_alone() -> Result<()> {
    let place = Place::new().await?;
    std::fs::write(&place.feed, "BEGIN:VCALENDAR\r\nPRODID:-//Somebody//EN\r\nEND:VCALENDAR\r\n")?;
    let ended = place.fob.run(&["calendar", "--feed", "on", "--json"]).await?;
    ensure!(ended.code == 2 && ended.error_code()? == "invalid", "{ended:?}");
    assert_eq!(place.calendar(&["--feed", "off"]).await?, "There is no feed.\n");
    assert!(std::fs::read_to_string(&place.feed)?.contains("Somebody"));
    Ok(())
}
