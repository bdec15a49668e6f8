//! What is told: once, together with its like, not in quiet hours, and again only when it comes again.

use jiff::tz::TimeZone;
use serde_json::json;

use super::*;
use crate::fakes::{Play, World};
use crate::ports::KeychainError;
use crate::refresh::Ask;
use crate::vault::lock;

const ISSUER: &str = "https://id.test";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

fn topic(about: About) -> Topic {
    Topic { about, issuer: String::new() }
}

fn cause(about: About, key: &str) -> Cause {
    Cause {
        topic: topic(about),
        key: key.to_owned(),
        credential: None,
        name: key.to_owned(),
        provider: String::new(),
        at: at(0),
        count: 1,
    }
}

fn past(keys: &[&str]) -> Causes {
    let all = keys.iter().map(|key| cause(About::RotatePast, key)).collect();
    Causes { all, ..Causes::default() }
}

fn keys(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What is said and what is taken back, as words.
fn steps(causes: &Causes, told: &[&str], open: &[&str]) -> Vec<String> {
    let open = if open.is_empty() { Open::new() } else { Open::from([(topic(About::RotatePast), keys(open))]) };
    let word = |step| match step {
        Step::Show(_, causes) => causes.iter().map(|cause| cause.key.clone()).collect::<Vec<_>>().join("+"),
        Step::Close(topic) => format!("-{:?}", topic.about),
    };
    plan(causes, &keys(told), &open).into_iter().map(word).collect()
}

#[test]
fn what_is_new_is_said_once_and_together() {
    assert_eq!(steps(&past(&["a", "b"]), &[], &[]), ["a+b"]);
    assert_eq!(steps(&past(&["a", "b"]), &["a", "b"], &["a", "b"]), [""; 0]);
    // After a restart, or once it was waved away.
    assert_eq!(steps(&past(&["a", "b"]), &["a", "b"], &[]), [""; 0]);
    // What still stands on the screen is said with it; what was waved away is not.
    assert_eq!(steps(&past(&["a", "b"]), &["a"], &["a"]), ["a+b"]);
    assert_eq!(steps(&past(&["a", "b"]), &["a"], &[]), ["b"]);
}

#[test]
fn what_is_over_is_taken_back_and_may_be_said_again() {
    assert_eq!(steps(&past(&[]), &["a"], &["a"]), ["-RotatePast"]);
    assert_eq!(steps(&past(&["b"]), &["a", "b"], &["a", "b"]), ["-RotatePast"]);
    assert_eq!(steps(&past(&["b", "c"]), &["a", "b"], &["a", "b"]), ["b+c"]);
    assert_eq!(still_told(&past(&["b"]), &keys(&["a", "b"])), keys(&["b"]));
}

#[test]
fn quiet_hours_say_nothing_and_still_take_back() {
    let quiet = |names| Causes { quiet: true, ..past(names) };
    assert_eq!(steps(&quiet(&["a"]), &[], &[]), [""; 0]);
    assert_eq!(steps(&quiet(&["b"]), &["a"], &["a"]), ["-RotatePast"]);
    assert_eq!(steps(&past(&["a"]), &[], &[]), ["a"], "it is said when they end");
}

#[test]
fn each_topic_is_a_notification_of_its_own() {
    let all = vec![cause(About::Unsaved, "unsaved"), cause(About::RotatePast, "a"), cause(About::RotateSoon, "b")];
    assert_eq!(steps(&Causes { all, ..Causes::default() }, &[], &[]), ["b", "a", "unsaved"]);
}

#[test]
fn quiet_hours_go_by_the_clock_on_the_wall() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let ends = |from: u16, until: u16, now: &str| {
        let settings = Settings { quiet_hours: true, quiet_from: from, quiet_until: until, ..Settings::default() };
        let now = now.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp();
        let end = quiet::until(&settings, now, &zone)?;
        Some(end.to_zoned(zone.clone()).strftime("%F %H:%M").to_string())
    };
    let night = |now| ends(22 * 60, 7 * 60, now);
    assert_eq!(night("2026-05-01T21:59:59"), None);
    assert_eq!(night("2026-05-01T22:00:00").as_deref(), Some("2026-05-02 07:00"));
    assert_eq!(night("2026-05-02T06:59:59").as_deref(), Some("2026-05-02 07:00"));
    assert_eq!(night("2026-05-02T07:00:00"), None);
    let noon = |now| ends(12 * 60, 13 * 60 + 30, now);
    assert_eq!(noon("2026-05-01T12:10:00").as_deref(), Some("2026-05-01 13:30"));
    assert_eq!(noon("2026-05-01T22:10:00"), None);
    // The clock skips from two to three in that night, and has two twice in the other.
    assert_eq!(ends(60, 150, "2026-03-29T01:30:00").as_deref(), Some("2026-03-29 03:30"));
    assert_eq!(night("2026-10-24T23:00:00").as_deref(), Some("2026-10-25 07:00"));
    let off = Settings { quiet_hours: false, ..Settings::default() };
    assert_eq!(quiet::until(&off, at(0), &zone), None);
}

async fn add(vault: &Vault, name: &str, rotate_by: &str) {
    let input = json!({
        "name": name, "value": format!("key-{name}-0123456789"), "environment": "production", "rotate_by": rotate_by,
        "tags": [], "note": ""
    });
    vault.add_api_key(serde_json::from_value(input).unwrap()).await.unwrap();
}

async fn told_of(vault: &Vault) -> Vec<(About, String)> {
    vault.causes().await.unwrap().all.into_iter().map(|cause| (cause.topic.about, cause.name)).collect()
}

fn change(value: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn a_date_to_rotate_by_is_told_when_it_is_near_and_when_it_is_over() {
    const DAY: i64 = 86_400;
    let world = World::new();
    let vault = world.open().await;
    add(&vault, "Payments", "10d").await;
    let causes = vault.causes().await.unwrap();
    assert_eq!(causes.all, []);
    // The next look is when it comes near, and the one after that when it is over.
    let near = causes.changes_at.unwrap();
    world.clock.advance(near.duration_since(vault.inner.ports.clock.now()).as_secs() + 1);
    assert_eq!(told_of(&vault).await, [(About::RotateSoon, "Payments".to_owned())]);
    let over = vault.causes().await.unwrap().changes_at.unwrap();
    assert!(over.duration_since(near).as_secs().abs_diff(7 * DAY) < 2, "{over} {near}");
    world.clock.advance(7 * DAY);
    assert_eq!(told_of(&vault).await, [(About::RotatePast, "Payments".to_owned())]);
    let before = vault.causes().await.unwrap().all[0].key.clone();
    // Another date is another cause; one that may come is none.
    let id = vault.find("Payments").await.unwrap();
    vault.set_rotate_by(&[id], Some("3d")).await.unwrap();
    let now = vault.causes().await.unwrap().all;
    assert!(now[0].topic.about == About::RotateSoon && now[0].key != before);
    vault.let_expire(id, true).await.unwrap();
    assert_eq!(told_of(&vault).await, []);
    vault.let_expire(id, false).await.unwrap();
    vault.change_settings(&change(json!({ "notify_rotation": false })), None).await.unwrap();
    assert_eq!(told_of(&vault).await, [], "the person does not want to hear of it");
}

fn refused() -> Play {
    Play::Say(400, r#"{"error":"invalid_grant"}"#.to_owned())
}

#[tokio::test]
async fn a_sign_in_that_the_provider_ended_is_told_and_another_end_is_another_cause() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "Northwind").await;
    world.play([refused()]);
    assert!(vault.refresh(id, Ask::Now).await.is_err());
    let causes = vault.causes().await.unwrap().all;
    let [cause] = &causes[..] else { panic!("one cause: {causes:?}") };
    assert_eq!((cause.topic.about, cause.credential, &*cause.name), (About::SignIn, Some(id), "Northwind"));
    // The same for a restart, and when it is refused once more.
    world.clock.advance(600);
    world.play([refused()]);
    assert!(vault.refresh(id, Ask::Now).await.is_err());
    assert_eq!(world.open().await.causes().await.unwrap().all[0].key, cause.key);
    let again = crate::login::LoginOptions { open_browser: true, again: Some(id), ..Default::default() };
    vault.login(crate::fakes::login_input("Northwind"), again, std::sync::Arc::new(|_| {})).await.unwrap();
    assert_eq!(vault.causes().await.unwrap().all, []);
    world.clock.advance(60);
    world.play([refused()]);
    assert!(vault.refresh(id, Ask::Now).await.is_err());
    assert_ne!(vault.causes().await.unwrap().all[0].key, cause.key);
}

#[tokio::test]
async fn a_provider_is_down_for_long_only_when_it_was_asked_all_the_while() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "Northwind").await;
    let fail = async |seconds| {
        world.clock.advance(seconds);
        world.play([Play::Say(503, String::new())]);
        assert!(vault.refresh(id, Ask::Now).await.is_err());
    };
    fail(0).await;
    // The computer slept.
    fail(7200).await;
    assert_eq!(vault.causes().await.unwrap().all, []);
    for _ in 0..4 {
        fail(60).await;
    }
    let causes = vault.causes().await.unwrap().all;
    let [cause] = &causes[..] else { panic!("one cause: {causes:?}") };
    assert_eq!((cause.topic.about, cause.count), (About::ProviderDown, 1));
    assert!(!cause.provider.is_empty() && cause.name.is_empty(), "{cause:?}");
    vault.pause_refreshing(&[id], true).await.unwrap();
    assert_eq!(vault.causes().await.unwrap().all, [], "nobody waits for it");
}

#[tokio::test]
async fn a_token_that_waits_for_the_keychain_is_told_after_a_while() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "Northwind").await;
    *lock(&world.keychain.failing_writes) = Some(KeychainError::Locked);
    vault.refresh(id, Ask::Now).await.unwrap();
    let causes = vault.causes().await.unwrap();
    assert_eq!(causes.all, [], "it may just be on its way");
    assert!(causes.changes_at.is_some());
    world.clock.advance(31);
    assert_eq!(told_of(&vault).await, [(About::Unsaved, String::new())]);
    *lock(&world.keychain.failing_writes) = None;
    vault.recover().await.unwrap();
    assert_eq!(told_of(&vault).await, []);
}

#[tokio::test]
async fn what_was_told_is_remembered_and_damage_forgets_it() {
    let world = World::new();
    let vault = world.open().await;
    assert_eq!(vault.told().await.unwrap(), keys(&[]));
    vault.remember_told(&keys(&["a", ISSUER])).await.unwrap();
    assert_eq!(world.open().await.told().await.unwrap(), keys(&["a", ISSUER]));
    let mut tx = vault.inner.catalog.begin().await.unwrap();
    Catalog::set_meta(&mut tx, KEY, "{").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(vault.told().await.unwrap(), keys(&[]));
}

#[tokio::test]
async fn what_is_told_once_is_told_once_and_damage_tells_it_again() {
    let world = World::new();
    let vault = world.open().await;
    assert!(!vault.was_told(Once::NoTray).await.unwrap());
    vault.remember_once(Once::NoTray).await.unwrap();
    // What is told of credentials comes and goes beside it.
    vault.remember_told(&keys(&[])).await.unwrap();
    assert!(world.open().await.was_told(Once::NoTray).await.unwrap());
    let mut tx = vault.inner.catalog.begin().await.unwrap();
    Catalog::set_meta(&mut tx, once::KEY, "{").await.unwrap();
    tx.commit().await.unwrap();
    assert!(!vault.was_told(Once::NoTray).await.unwrap());
}
