//! What stands in the calendar, for programs that read it as RFC 5545 says.

use std::collections::BTreeSet;

use icalendar::Component as _;
use jiff::tz;

use super::*;
use crate::credential::CredentialId;
use crate::fakes::World;
use crate::secret::Secret;

const DAY: i64 = 86_400;

fn now() -> Timestamp {
    "2025-10-16T13:17:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

fn row(name: &str) -> EndsRow {
    EndsRow {
        id: CredentialId::random(),
        name: name.to_owned(),
        account: None,
        provider: None,
        environment: Environment::Production,
        rotate_by: None,
        let_end: None,
        pasted_ends_at: None,
        login: None,
        change: 1,
    }
}

fn key(name: &str, by: i64) -> EndsRow {
    EndsRow { rotate_by: Some(after(by)), ..row(name) }
}

/// A login that renews itself and whose sign-in ends in so many seconds.
fn login(name: &str, sign_in_ends: Option<i64>) -> EndsRow {
    let login = EndsLogin {
        renews: true,
        access_expires_at: Some(after(3600)),
        sign_in_ends_at: sign_in_ends.map(after),
        sign_in_end_usual: false,
        fresh_since: Some(now()),
        state: LoginState::Ok,
        failing_since: None,
    };
    EndsRow { login: Some(login), ..row(name) }
}

fn changed(mut row: EndsRow, change: impl FnOnce(&mut EndsLogin)) -> EndsRow {
    change(row.login.as_mut().unwrap());
    row
}

fn in_zone(zone: TimeZone, rows: &[EndsRow]) -> String {
    let mut page = Page::begin(now(), zone, 7, Providers::built_in());
    for row in rows {
        page.add(row);
    }
    page.end().text
}

fn text(rows: &[EndsRow]) -> String {
    in_zone(TimeZone::UTC, rows)
}

/// What a parser that is not ours reads.
fn events(text: &str) -> Vec<icalendar::Event> {
    let calendar: icalendar::Calendar = text.parse().unwrap();
    calendar.events().cloned().collect()
}

fn summaries(text: &str) -> Vec<String> {
    events(text).iter().map(|event| event.get_summary().unwrap().to_owned()).collect()
}

fn property(event: &icalendar::Event, name: &str) -> String {
    event.property_value(name).unwrap_or_default().to_owned()
}

#[test]
fn the_text_is_this() {
    let id = |text: &str| text.parse().unwrap();
    let payments = EndsRow {
        id: id("00000000000000000000000000000001"),
        provider: Some("stripe".to_owned()),
        account: Some("ada@example.com".to_owned()),
        change: 12,
        ..key("Payments", 90 * DAY)
    };
    let ci = EndsRow {
        id: id("00000000000000000000000000000002"),
        environment: Environment::Staging,
        pasted_ends_at: Some(after(DAY + 1)),
        ..row("CI")
    };
    let wanted = "\
        BEGIN:VCALENDAR\n\
        VERSION:2.0\n\
        PRODID:-//Fobwatch//Fobwatch//EN\n\
        CALSCALE:GREGORIAN\n\
        NAME:Fobwatch\n\
        X-WR-CALNAME:Fobwatch\n\
        REFRESH-INTERVAL;VALUE=DURATION:PT1H\n\
        BEGIN:VEVENT\n\
        UID:00000000000000000000000000000001-rotate@fobwatch\n\
        DTSTAMP:20251016T131700Z\n\
        SEQUENCE:12\n\
        DTSTART;VALUE=DATE:20260114\n\
        SUMMARY:Rotate Payments (production)\n\
        DESCRIPTION:Stripe\\, ada@example.com. Make a new key at the provider\\, put \n\
        \x20it in with “fob rotate” or in the window\\, and revoke the old one.\n\
        CATEGORIES:Fobwatch,production\n\
        CLASS:PRIVATE\n\
        TRANSP:TRANSPARENT\n\
        BEGIN:VALARM\n\
        ACTION:DISPLAY\n\
        DESCRIPTION:Rotate Payments (production)\n\
        TRIGGER:-P6DT15H\n\
        END:VALARM\n\
        END:VEVENT\n\
        BEGIN:VEVENT\n\
        UID:00000000000000000000000000000002-token@fobwatch\n\
        DTSTAMP:20251016T131700Z\n\
        SEQUENCE:1\n\
        DTSTART:20251017T131701Z\n\
        SUMMARY:Replace the token CI (staging)\n\
        DESCRIPTION:Nobody renews it. Get a new one where it came from\\, and put it\n\
        \x20\x20in with “fob rotate” or in the window.\n\
        CATEGORIES:Fobwatch,staging\n\
        CLASS:PRIVATE\n\
        TRANSP:TRANSPARENT\n\
        BEGIN:VALARM\n\
        ACTION:DISPLAY\n\
        DESCRIPTION:Replace the token CI (staging)\n\
        TRIGGER:-P7D\n\
        END:VALARM\n\
        END:VEVENT\n\
        END:VCALENDAR\n";
    assert_eq!(text(&[payments, ci]), wanted.replace('\n', "\r\n"));
}

#[test]
fn what_renews_itself_is_left_out_and_what_nobody_renews_is_not() {
    let rows = [
        row("undated"),
        login("renews", None),
        // Renewing it moves its end, as where a refresh token lives for half an hour.
        login("short", Some(1800)),
        login("said", Some(30 * DAY)),
        changed(login("usual", Some(30 * DAY)), |login| login.sign_in_end_usual = true),
        changed(login("lasting", None), |login| login.renews = false),
        changed(login("refused", Some(30 * DAY)), |login| {
            (login.state, login.failing_since) = (LoginState::SignInNeeded, Some(after(-60)));
        }),
        EndsRow { rotate_by: Some(after(DAY)), ..login("client", None) },
    ];
    let text = text(&rows);
    let found: Vec<[String; 2]> = events(&text)
        .iter()
        .map(|event| [property(event, "SUMMARY").replace(" (production)", ""), property(event, "DTSTART")])
        .collect();
    let wanted = [
        ["Sign in again: said", "20251115T131700Z"],
        ["Sign in again: usual", "20251115"],
        ["Sign in again: lasting", "20251016T141700Z"],
        ["Sign in again: refused", "20251016T131600Z"],
        ["Rotate the client secret of client", "20251017"],
    ];
    assert_eq!(found, wanted.map(|pair| pair.map(str::to_owned)));
}

#[test]
fn an_end_that_may_come_is_told_without_a_reminder() {
    let kept = key("Old", 3 * DAY);
    let let_go = EndsRow { let_end: kept.rotate_by, ..kept.clone() };
    let another = EndsRow { let_end: Some(after(2 * DAY)), ..kept.clone() };
    let told = [kept, let_go, another].map(|row| {
        let text = text(&[row]);
        (summaries(&text).concat(), text.matches("BEGIN:VALARM").count())
    });
    let wanted = [("Rotate Old (production)", 1), ("Old (production) may end", 0), ("Rotate Old (production)", 1)];
    assert_eq!(told, wanted.map(|(summary, alarms)| (summary.to_owned(), alarms)));
}

#[test]
fn a_name_can_neither_end_a_line_nor_begin_an_event() {
    let long = "x".repeat(300);
    let emoji = "👨‍👩‍👧 😀".repeat(40);
    let names = [
        "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\r\nSUMMARY:b",
        "a\nDTSTART:19700101T000000Z",
        "one, two; three \\ four: \"five\"",
        "\\n is no end of a line",
        "\u{202e}gnp.exe\u{0}\u{7}",
        " ,;\\",
        &long,
        &emoji,
        "日本語の長い名前".repeat(10).as_str(),
    ]
    .map(str::to_owned);
    for name in &names {
        let hostile = EndsRow { account: Some(name.clone()), provider: Some(name.clone()), ..key(name, DAY) };
        let text = text(&[hostile]);
        for line in text.strip_suffix("\r\n").unwrap().split("\r\n") {
            assert!(line.len() <= 75, "{} octets: {line}", line.len());
            assert!(!line.contains(['\r', '\n']) && !line.chars().any(char::is_control), "{line:?}");
        }
        let [event] = &events(&text)[..] else { panic!("{text}") };
        assert_eq!(event.get_summary(), Some(format!("Rotate {} (production)", visible(name)).as_str()));
        assert_eq!(property(event, "DTSTART"), "20251017");
        assert!(property(event, "UID").ends_with("-rotate@fobwatch"));
        let description = event.get_description().unwrap();
        assert!(description.starts_with(&visible(&format!("{name}, {name}. Make a new key"))), "{description}");
    }
}

#[test]
fn the_reminder_of_a_day_comes_in_the_morning() {
    for (days, all_day, wanted) in
        [(1, true, "-PT15H"), (2, true, "-P1DT15H"), (90, true, "-P89DT15H"), (1, false, "-P1D"), (7, false, "-P7D")]
    {
        assert_eq!(trigger(days, all_day), wanted);
    }
}

#[test]
fn a_day_is_that_of_the_person_and_no_moment_is_beyond_the_calendar() {
    // Midnight of January 1st there is still the day before elsewhere.
    let by: Timestamp = "2025-12-31T11:00:00Z".parse().unwrap();
    let key = EndsRow { rotate_by: Some(by), ..row("key") };
    let zone = TimeZone::fixed(tz::offset(13));
    assert!(in_zone(zone.clone(), &[key]).contains("\r\nDTSTART;VALUE=DATE:20260101\r\n"));
    for (at, day, time) in
        [(Timestamp::MIN, "19700101", "19700101T000000Z"), (Timestamp::MAX, "99991231", "99991230T220000Z")]
    {
        let row = EndsRow { rotate_by: Some(at), pasted_ends_at: Some(at), ..row("far") };
        let text = in_zone(zone.clone(), &[row]);
        assert!(
            text.contains(&format!("VALUE=DATE:{day}\r\n")) && text.contains(&format!("DTSTART:{time}\r\n")),
            "{text}"
        );
    }
}

#[test]
fn ten_thousand_credentials_are_ten_thousand_events_with_uids_of_their_own() {
    let rows: Vec<EndsRow> = (0..10_000).map(|number| key(&format!("Worker {number}"), number * 700)).collect();
    let text = text(&rows);
    let uids: BTreeSet<&str> = text.lines().filter(|line| line.starts_with("UID:")).collect();
    assert_eq!(uids.len(), rows.len());
    assert!(text.len() < 7_000_000, "{} bytes", text.len());
}

#[tokio::test]
async fn an_end_that_moves_stays_the_same_event_and_is_newer() {
    let world = World::new();
    let vault = world.open().await;
    let input = serde_json::json!({
        "name": "Payments", "value": "sk_live_Canary0123456789abcd", "environment": "production", "rotate_by": "30d",
        "provider": "stripe", "tags": [], "note": ""
    });
    let id = vault.add_api_key(serde_json::from_value(input).unwrap()).await.unwrap().id;
    let look = async || {
        let calendar = vault.calendar().await.unwrap();
        assert_eq!(calendar.events, 1);
        assert!(
            !calendar.text.contains("Canary") && !calendar.text.contains("sk_live") && !calendar.text.contains("abcd")
        );
        let [event] = &events(&calendar.text)[..] else { panic!("{}", calendar.text) };
        (property(event, "UID"), property(event, "DTSTART"), event.get_sequence().unwrap())
    };
    let first = look().await;
    assert_eq!(first, look().await, "nothing happened");
    let id = id.parse().unwrap();
    vault.set_rotate_by(&[id], Some("60d")).await.unwrap();
    let moved = look().await;
    world.clock.advance(DAY);
    vault.rotate_api_key(id, Secret::new("sk_live_Canary1123456789abcd"), true).await.unwrap();
    let rotated = look().await;
    assert!(first.0 == moved.0 && first.0 == rotated.0, "a calendar would have it twice");
    assert!(first.1 < moved.1 && moved.1 < rotated.1, "{first:?} {moved:?} {rotated:?}");
    assert!(first.2 < moved.2 && moved.2 < rotated.2, "{first:?} {moved:?} {rotated:?}");
    vault.set_rotate_by(&[id], None).await.unwrap();
    assert_eq!(vault.calendar().await.unwrap().events, 0);
}

#[tokio::test]
async fn the_rows_of_the_vault_are_read_as_they_are_stored() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    assert_eq!(vault.calendar().await.unwrap().events, 0, "it renews itself");
    let mut stored = vault.inner.catalog.entry(id).await.unwrap().unwrap().login.unwrap();
    let mut put = async |change: &dyn Fn(&mut crate::catalog::LoginRow)| {
        change(&mut stored);
        let mut tx = vault.inner.catalog.begin().await.unwrap();
        crate::catalog::Catalog::put_login(&mut tx, id, &stored).await.unwrap();
        tx.commit().await.unwrap();
        let text = vault.calendar().await.unwrap().text;
        events(&text).iter().map(|event| [property(event, "SUMMARY"), property(event, "DTSTART")].join(" ")).collect()
    };
    let found: Vec<String> = put(&|login| login.sign_in_ends_at = Some(after(20 * DAY))).await;
    assert_eq!(found, ["Sign in again: api (development) 20251105T131700Z"]);
    let found: Vec<String> = put(&|login| login.refreshed_at = Some(after(20 * DAY - 1800))).await;
    assert!(found.is_empty(), "it is renewed for half an hour at a time: {found:?}");
    let found: Vec<String> = put(&|login| {
        (login.renews, login.access_expires_at, login.sign_in_ends_at) = (false, Some(after(60)), None);
    })
    .await;
    assert_eq!(found, ["Sign in again: api (development) 20251016T131800Z"]);
    let found: Vec<String> = put(&|login| {
        (login.renews, login.state, login.failing_since) = (true, LoginState::SignInNeeded, Some(after(5)));
    })
    .await;
    assert_eq!(found, ["Sign in again: api (development) 20251016T131705Z"]);
}
