//! What the desktop is told, through a stand-in for its notification service: each cause once, taken back when it is
//! over, nothing while locked or in quiet hours, and never a value.

#[expect(dead_code, reason = "the journeys of the window use the rest")]
#[path = "window/desk.rs"]
mod desk;
#[path = "notifications/dunst.rs"]
mod dunst;

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::app_lock::PASSPHRASE;
use fobwatch_tests::journey::sign_in;
use fobwatch_tests::notifications::{ALL, Notifications};
use fobwatch_tests::process::{Running, built, until};
use fobwatch_tests::servers::{Oidc, Server, TokenMode};
use fobwatch_tests::tray::Tray;
use serde_json::{Value, json};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::desk::{Desk, SOON};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";
const OTHER: &str = "sk_test_51Canary00000000000000bbbb";

/// Starts the app as a session does, and so that its browser is the one that approves.
fn start(desk: &Desk) -> Result<Running> {
    let mut command = desk.session.command(built("fobwatch")?);
    command.arg("--hidden").env("FOB_HOME", desk.fob.home()).stderr(Stdio::null());
    command.env("BROWSER", desk.session.home().join("browser"));
    Running::start(command)
}

/// Adds a key whose date to rotate it by was ten days ago.
async fn add_late(desk: &Desk, name: &str, value: &str) -> Result<()> {
    let before = desk.fob.clone().with_clock("-40d")?;
    let added = before.run_with(&["add", "key", name, "--env", "staging", "--rotate-by", "30d"], value).await?;
    ensure!(added.code == 0, "{added:?}");
    Ok(())
}

/// Writes into the vault's database what would otherwise take hours to come about.
async fn put(desk: &Desk, statement: &'static str) -> Result<()> {
    let options = SqliteConnectOptions::new().filename(desk.fob.home().join("vault.db")).create_if_missing(false);
    let mut database = SqliteConnection::connect_with(&options).await?;
    sqlx::query(statement).execute(&mut database).await?;
    Ok(database.close().await?)
}

/// Fails where a value was in anything that the service was told.
fn no_value(service: &Notifications, values: &[&str]) -> Result<()> {
    let all = format!("{:?}", service.said());
    ensure!(!service.said().is_empty() && values.iter().all(|value| !all.contains(value)), "a value was said: {all}");
    Ok(())
}

fn summaries(service: &Notifications) -> Vec<String> {
    service.said().into_iter().map(|note| note.summary).collect()
}

#[tokio::test]
async fn a_late_key_is_told_once_and_taken_back_when_it_has_another_date() -> Result<()> {
    let desk = Desk::set().await?;
    let service = Notifications::host(&desk.session, ALL).await?;
    add_late(&desk, "Payments", KEY).await?;
    let mut app = start(&desk)?;
    let late = service.say("Rotate Payments: it is late", SOON).await?;
    ensure!(late.acts() == ["default", "open"] && late.body.contains("It still works."), "{late:?}");
    ensure!(app.stop().await?.success());
    ensure!(!service.is_open(late.id), "it stays on the screen with nobody to answer it");

    let mut app = start(&desk)?;
    add_late(&desk, "Billing", OTHER).await?;
    // It would have been said before, or with this one.
    let billing = service.say("Rotate Billing: it is late", SOON).await?;
    ensure!(summaries(&service).len() == 2, "said again after a restart: {:?}", summaries(&service));
    // One that is on the screen is said with the next one, in the same place.
    add_late(&desk, "Cargo", "key-0123456789").await?;
    let both = service.say("Rotate 2 credentials: they are late", SOON).await?;
    ensure!(both.replaces == billing.id && both.body == "Billing, Cargo", "{both:?}");
    for name in ["Billing", "Cargo"] {
        let moved = desk.fob.run(&["set", name, "--rotate-by", "90d"]).await?;
        ensure!(moved.code == 0, "{moved:?}");
    }
    service.gone(both.id, SOON).await?;
    // It is no late one any more, so it may be told when it is one again.
    ensure!(desk.fob.run(&["set", "Billing", "--rotate-by", "3d"]).await?.code == 0);
    service.say("Rotate Billing by ", SOON).await?;
    no_value(&service, &[KEY, OTHER])?;
    ensure!(app.stop().await?.success());
    Ok(())
}

#[tokio::test]
async fn a_sign_in_that_ended_is_made_again_from_its_notification() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let service = Notifications::host(&desk.session, ALL).await?;
    sign_in(&desk.fob, &server, "<b>North</b>&wind").await?;
    let token = desk.fob.run(&["token", "<b>North</b>&wind"]).await?.stdout.trim().to_owned();
    let mut app = start(&desk)?;
    server.revoke_grants().await?;
    ensure!(desk.fob.run(&["refresh", "<b>North</b>&wind", "--force"]).await?.code == 4);
    let note = service.say("Sign in again: <b>North</b>&wind", SOON).await?;
    ensure!(note.acts() == ["default", "sign-in", "open"], "{note:?}");
    ensure!(note.body.starts_with("127.0.0.1 does not renew"), "{note:?}");
    service.choose(note.id, "sign-in").await?;
    until("the login to be fresh", SOON, || async {
        Ok((desk.show("<b>North</b>&wind").await?["status"] == "fresh").then_some(()))
    })
    .await?;
    // Two of one provider are one notification; their names are in a text that may be read as markup.
    sign_in(&desk.fob, &server, "Orders").await?;
    server.revoke_grants().await?;
    for name in ["<b>North</b>&wind", "Orders"] {
        ensure!(desk.fob.run(&["refresh", name, "--force"]).await?.code == 4);
    }
    let both = service.say("Sign in again: 2 logins at 127.0.0.1", SOON).await?;
    ensure!(both.body == "&lt;b&gt;North&lt;/b&gt;&amp;wind, Orders", "{both:?}");
    no_value(&service, &[&token])?;
    service.choose(both.id, "default").await?;
    let mut search = desk.session.command("xdotool");
    search.args(["search", "--sync", "--onlyvisible", "--name", "^Fobwatch$"]).kill_on_drop(true);
    ensure!(tokio::time::timeout(SOON, search.output()).await.context("no window")??.status.success());
    ensure!(app.stop().await?.success());
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_down_for_long_is_told_once_for_all_its_logins() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let service = Notifications::host(&desk.session, &["body"]).await?;
    for name in ["Orders", "Billing"] {
        sign_in(&desk.fob, &server, name).await?;
    }
    let mut app = start(&desk)?;
    server.set_token_mode(TokenMode::Error500, None).await?;
    for name in ["Orders", "Orders", "Orders", "Orders", "Orders", "Orders", "Billing"] {
        ensure!(desk.fob.run(&["refresh", name, "--force"]).await?.code == 6);
    }
    // A late key shows that the app has looked, and that some minutes are not long.
    add_late(&desk, "Payments", KEY).await?;
    service.say("Rotate Payments", SOON).await?;
    ensure!(summaries(&service).len() == 1, "{:?}", summaries(&service));
    // Two hours pass.
    put(&desk, "UPDATE login SET failing_since = failing_since - 7200000 WHERE failing_since IS NOT NULL").await?;
    let down = service.say("127.0.0.1 does not work since ", SOON).await?;
    ensure!(down.body == "2 logins wait and resume by themselves.", "{down:?}");
    ensure!(down.actions.is_empty(), "this service has no actions: {down:?}");
    server.set_token_mode(TokenMode::Ok, None).await?;
    for name in ["Orders", "Billing"] {
        ensure!(desk.fob.run(&["refresh", name, "--force"]).await?.code == 0);
    }
    service.gone(down.id, SOON).await?;
    ensure!(summaries(&service).len() == 2, "{:?}", summaries(&service));
    ensure!(app.stop().await?.success());
    Ok(())
}

#[tokio::test]
async fn a_renewed_token_that_the_keyring_does_not_take_is_told_until_it_does() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let service = Notifications::host(&desk.session, ALL).await?;
    sign_in(&desk.fob, &server, "Orders").await?;
    // The answer is sealed in the journal, and the power goes.
    let dying = desk.fob.clone().env("FOB_FAILPOINTS", "received.after=kill");
    ensure!(dying.run(&["refresh", "Orders", "--force"]).await?.code != 0);
    put(&desk, "UPDATE journal SET at = at - 60000").await?;
    desk.session.lock().await?;
    let mut app = start(&desk)?;
    let note = service.say("A renewed sign-in is not saved yet", SOON).await?;
    ensure!(!format!("{note:?}").contains("Orders") && note.body.contains("Unlock the keyring"), "{note:?}");
    desk.session.unlock().await?;
    let saved = desk.fob.run(&["refresh", "Orders", "--force"]).await?;
    ensure!(saved.code == 0, "{saved:?}");
    service.gone(note.id, SOON).await?;
    ensure!(app.stop().await?.success());
    Ok(())
}

/// Stores settings as another process would.
async fn set(desk: &Desk, settings: &Value) -> Result<()> {
    let options = SqliteConnectOptions::new().filename(desk.fob.home().join("vault.db")).create_if_missing(false);
    let mut database = SqliteConnection::connect_with(&options).await?;
    let store = "INSERT INTO meta (key, value) VALUES ('settings', ?) \
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    sqlx::query(store).bind(settings.to_string()).execute(&mut database).await?;
    Ok(database.close().await?)
}

#[tokio::test]
async fn what_comes_in_quiet_hours_is_told_when_they_end() -> Result<()> {
    let desk = Desk::set().await?;
    let service = Notifications::host(&desk.session, ALL).await?;
    add_late(&desk, "Payments", KEY).await?;
    add_late(&desk, "Billing", OTHER).await?;
    // They end with a minute of the clock on the wall, in half a minute at the earliest.
    let now = jiff::Zoned::now();
    let end = now
        .checked_add(jiff::SignedDuration::from_secs(90))?
        .round(jiff::ZonedRound::new().smallest(jiff::Unit::Minute).mode(jiff::RoundMode::Trunc))?;
    let minutes = |time: &jiff::Zoned| i32::from(time.hour()) * 60 + i32::from(time.minute());
    let from = (minutes(&end) + 1440 - 60) % 1440;
    set(&desk, &json!({ "quiet_hours": true, "quiet_from": from, "quiet_until": minutes(&end) })).await?;
    let mut app = start(&desk)?;
    // One of them is over before they end.
    ensure!(desk.fob.run(&["set", "Billing", "--rotate-by", "none"]).await?.code == 0);
    let late = service.say("Rotate Payments: it is late", Duration::from_mins(2)).await?;
    ensure!(jiff::Zoned::now() >= end, "it was said in the quiet hours");
    ensure!(summaries(&service) == [late.summary], "{:?}", summaries(&service));
    ensure!(app.stop().await?.success());
    Ok(())
}

#[tokio::test]
async fn a_locked_vault_tells_nothing() -> Result<()> {
    let desk = Desk::set().await?;
    // Where there is none, that is told.
    let _tray = Tray::host(&desk.session).await?;
    let service = Notifications::host(&desk.session, ALL).await?;
    add_late(&desk, "Payments", KEY).await?;
    let window = desk.open_app().await?;
    let late = service.say("Rotate Payments: it is late", SOON).await?;
    let ask = async |command: &str, arguments: Value| {
        const ASK: &str = "const [command, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, given).then(done, (error) => done({ refused: error.code }));";
        let told = window.client().execute_async(ASK, vec![json!(command), arguments]).await?;
        ensure!(told.get("refused").is_none(), "{command}: {told}");
        Ok(())
    };
    ask("set_passphrase", json!({ "new": PASSPHRASE, "before": null })).await?;
    ask("lock_now", json!({})).await?;
    service.gone(late.id, SOON).await?;
    add_late(&desk, "Billing", OTHER).await?;
    // A sign-in that has to be made names nobody either.
    window.find("heading", "Locked").await?;
    ensure!(summaries(&service).len() == 1, "{:?}", summaries(&service));
    ask("unlock", json!({ "passphrase": PASSPHRASE })).await?;
    service.say("Rotate Billing: it is late", SOON).await?;
    // Not what was told before; and nothing came while it was locked.
    ensure!(summaries(&service).len() == 2, "{:?}", summaries(&service));
    no_value(&service, &[KEY, OTHER, PASSPHRASE])
}

#[tokio::test]
async fn the_words_are_in_the_persons_language() -> Result<()> {
    let desk = Desk::set().await?;
    let service = Notifications::host(&desk.session, &[]).await?;
    add_late(&desk, "Payments", KEY).await?;
    set(&desk, &json!({ "language": "de" })).await?;
    let mut app = start(&desk)?;
    let late = service.say("Payments wechseln: überfällig", SOON).await?;
    ensure!(late.body.is_empty() && late.actions.is_empty(), "this service shows only one line: {late:?}");
    ensure!(app.stop().await?.success());
    Ok(())
}
