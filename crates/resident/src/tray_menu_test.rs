//! The tray's menu, from lists that are made by hand.

use fobwatch_core::credential::{Environment, Kind, Line as Ending};
use fobwatch_core::view::MonogramView;
use jiff::SignedDuration;

use super::*;

fn now() -> Timestamp {
    "2025-10-16T13:17:00Z".parse().unwrap()
}

fn row(name: &str, line: Ending, tone: Tone, left: Option<SignedDuration>) -> RowView {
    RowView {
        id: format!("id-of-{name}"),
        name: name.to_owned(),
        kind: Kind::Oauth,
        monogram: MonogramView { code: "No".to_owned(), tint: "h1".to_owned() },
        provider_name: "Northwind".to_owned(),
        account: "octavia@northwind.example".to_owned(),
        environment: Environment::Production,
        line,
        tone,
        starts_at: left.map(|_| now()),
        ends_at: left.map(|left| now().checked_add(left).unwrap()),
        pinned: false,
        section: "all".to_owned(),
    }
}

fn renews(name: &str, minutes: i64) -> RowView {
    row(name, Ending::Renews, Tone::Neutral, Some(SignedDuration::from_mins(minutes)))
}

fn list(rows: Vec<RowView>) -> ListView {
    let attention = rows.iter().filter(|row| row.tone > Tone::Neutral).count();
    ListView { total: rows.len(), rows, attention, ..ListView::default() }
}

fn looked(rows: Vec<RowView>) -> Looked {
    Looked { list: list(rows), ..Looked::default() }
}

fn described_at(looked: &Looked, at: Timestamp) -> Described {
    describe(looked, &[], at, &TimeZone::UTC, true)
}

fn described(rows: Vec<RowView>) -> Described {
    described_at(&looked(rows), now())
}

fn texts(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| entry.line("copy").text).collect()
}

fn ids(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.id.as_str()).collect()
}

fn inside(line: &Line) -> &[Line] {
    let Shape::Group(inside) = &line.shape else { panic!("{line:?} is no group") };
    inside
}

#[test]
fn a_line_says_name_environment_and_time_left() {
    let mut staging = renews("Deploy bot", 6 * 60 + 59);
    staging.environment = Environment::Staging;
    let menu = described(vec![renews("Northwind API", 42), staging]).menu;
    assert_eq!(texts(&menu.copies), ["Northwind API, prod — 42\u{a0}min", "Deploy bot, staging — 6\u{a0}h"]);
    assert_eq!(menu.copies[0].id, "id-of-Northwind API");
}

#[test]
fn five_can_be_copied_and_none_that_is_broken() {
    let mut rows: Vec<RowView> = (0..7).map(|n| renews(&format!("n{n}"), 42)).collect();
    rows.insert(0, row("dead", Ending::RefreshFailing, Tone::Bad, None));
    let menu = described(rows).menu;
    assert_eq!(menu.copies.len(), 5);
    assert_eq!(menu.copies[0].id, "id-of-n0");
    assert_eq!(texts(&menu.attention), ["dead, prod — refresh failing"]);
}

#[test]
fn the_gravest_comes_first_and_the_count_is_of_all() {
    let days = |days: i64| Some(SignedDuration::from_hours(days * 24));
    let mut rows: Vec<RowView> = (0..12).map(|n| row(&format!("k{n}"), Ending::Rotate, Tone::Warn, days(6))).collect();
    rows.push(row("soon", Ending::Rotate, Tone::Warn, days(2)));
    rows.push(row("dead", Ending::Expired, Tone::Bad, Some(SignedDuration::from_hours(-2))));
    let menu = described(rows).menu;
    assert_eq!(menu.attention_count, 14);
    assert_eq!(menu.attention.len(), ATTENTION);
    assert_eq!(texts(&menu.attention[..2]), ["dead, prod — expired", "soon, prod — rotate in 2\u{a0}d"]);
}

#[test]
fn the_lines_that_are_always_there_end_the_menu_and_groups_appear_with_their_lines() {
    assert_eq!(ids(&TrayMenu::default().lines()), ["open", "settings", "quit"]);
    let rows = vec![renews("a", 42), row("dead", Ending::Expired, Tone::Bad, None)];
    let lines = described(rows).menu.lines();
    let wanted = [
        "copies",
        "copy:id-of-a",
        "palette",
        "after-copies",
        "attention",
        "after-attention",
        "open",
        "settings",
        "quit",
    ];
    assert_eq!(ids(&lines), wanted);
    assert_eq!(ids(inside(&lines[4])), ["show:id-of-dead"]);
    assert_eq!([1, 4].map(|at| lines[at].gauge), [Some(Gauge::Left(100)), Some(Gauge::Triangle)]);
    assert_eq!(inside(&lines[4])[0].gauge, Some(Gauge::Cross));
}

#[test]
fn the_ways_to_copy_stand_beside_their_credential_and_a_lock_where_there_is_one() {
    let way = |format: &str, renew, name: &str| Way { format: format.to_owned(), renew, name: name.to_owned() };
    let ways =
        vec![way("raw", false, "Copy token"), way("template-0", false, "\u{202e}txt"), way("raw", true, "Fresh")];
    let looked = Looked {
        ways: HashMap::from([("id-of-a".to_owned(), ways)]),
        can_lock: true,
        ..looked(vec![renews("a", 42), renews("b", 42)])
    };
    let lines = described_at(&looked, now()).menu.lines();
    let ends = ["palette", "ways", "after-copies", "lock", "after-lock", "open", "settings", "quit"];
    assert!(ids(&lines).ends_with(&ends), "{lines:?}");
    let ways = &lines.iter().find(|line| line.id == "ways").unwrap();
    assert_eq!(ids(inside(ways)), ["ways:id-of-a"]);
    let of_a = &inside(ways)[0];
    assert_eq!(of_a.text, "a, prod");
    assert_eq!(ids(inside(of_a)), ["as:raw:id-of-a", "as:template-0:id-of-a", "renew:raw:id-of-a"]);
    assert_eq!(inside(of_a)[1].text, "\\u{202e}txt");
}

#[test]
fn what_renews_itself_can_be_renewed_at_once_paused_and_resumed() {
    let told = |paused, others| {
        let pauses = PausesView { paused, others, until: None };
        described_at(&Looked { pauses, ..looked(vec![renews("a", 42)]) }, now()).menu.lines()
    };
    let rest = ["after-lock", "open", "settings", "quit"];
    for (paused, others, expected) in [
        (0, 0, [].as_slice()),
        (0, 2, &["refresh", "pause"]),
        (1, 1, &["refresh", "pause", "resume"]),
        (2, 0, &["resume"]),
    ] {
        let lines = told(paused, others);
        let before = ids(&lines).iter().position(|id| *id == "after-copies").unwrap();
        let rest = if expected.is_empty() { &rest[1..] } else { &rest };
        assert_eq!(ids(&lines[before + 1..]), [expected, rest].concat(), "{paused} of {}", paused + others);
    }
    let both = told(1, 1);
    let line = |id: &str| both.iter().find(|line| line.id == id).unwrap();
    assert_eq!(ids(inside(line("pause"))), ["pause:hour", "pause:tomorrow", "pause:resumed"]);
    assert_eq!(line("resume").text, "Resume refreshing (1)");
}

#[test]
fn the_palette_s_keys_are_told() {
    let looked = Looked { palette_keys: "Ctrl+Alt+K".to_owned(), ..looked(vec![renews("a", 42)]) };
    let lines = described_at(&looked, now()).menu.lines();
    assert_eq!(lines.iter().map(|line| line.keys.as_str()).collect::<String>(), "Ctrl+Alt+K");
    assert_eq!(lines[2].keys, "Ctrl+Alt+K", "they stand with Copy another…");
}

#[test]
fn a_sign_in_says_what_is_left_of_its_time() {
    let until = Some(now().checked_add(SignedDuration::from_secs(245)).unwrap());
    let one = |id: &str, until| SigningIn { id: id.to_owned(), name: "Northwind".to_owned(), until };
    let under_way = [one("1", until), one("2", None)];
    let told = |asked| describe(&looked(vec![]), &under_way, now(), &TimeZone::UTC, asked);
    let lines = told(true).menu.lines();
    assert_eq!(ids(&lines), ["sign-in:1", "sign-in:2", "after-sign-ins", "open", "settings", "quit"]);
    assert_eq!(lines[0].text, "Signing in to Northwind… 4:05 left");
    assert_eq!(lines[1].text, "Signing in to Northwind…");
    // Where nobody asks before it opens, the text is not one for every second.
    assert_eq!(told(false).menu.lines()[0].text, "Signing in to Northwind… 4\u{a0}min left");
    assert_eq!(told(false).until, Some(now().checked_add(SignedDuration::from_secs(5)).unwrap()));
}

#[test]
fn it_speaks_german_and_no_name_hides_anything() {
    let german = Looked { language: Language::German, can_lock: true, ..looked(vec![renews("a\u{202e}b", 42)]) };
    let menu = described_at(&german, now()).menu;
    let lines = menu.lines();
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).filter(|text| !text.is_empty()).collect();
    let copy = "a\\u{202e}b, Prod — 42\u{a0}min";
    let rest = ["Jetzt sperren", "Fobwatch öffnen", "Einstellungen…", "Beenden"];
    assert_eq!(texts, [["Kopieren", copy, "Anderes kopieren…"].as_slice(), &rest].concat());
    let locked = TrayMenu::locked(Language::German).lines();
    assert_eq!(locked.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["Entsperren", "Beenden"]);
}

#[test]
fn a_text_is_replaced_at_the_moment_it_stops_being_true() {
    let left = SignedDuration::from_secs(42 * 60 + 20);
    let looked = looked(vec![row("a", Ending::Renews, Tone::Neutral, Some(left)), renews("b", 330)]);
    let first = described_at(&looked, now());
    let until = first.until.unwrap();
    assert_eq!(until, now().checked_add(SignedDuration::from_secs(20)).unwrap());
    let just_before = until.checked_sub(SignedDuration::from_secs(1)).unwrap();
    assert_eq!(described_at(&looked, just_before).menu, first.menu);
    let after = described_at(&looked, until.checked_add(SignedDuration::from_secs(1)).unwrap());
    assert_eq!(texts(&after.menu.copies)[0], "a, prod — 41\u{a0}min");
    assert_eq!(ids(&after.menu.lines()), ids(&first.menu.lines()), "a text is no reason for another line");
}

#[test]
fn nothing_wakes_for_a_menu_without_times() {
    let rows = vec![row("a", Ending::NoExpiry, Tone::Neutral, None), row("b", Ending::Expired, Tone::Bad, None)];
    assert_eq!(described(rows).until, None);
}

#[test]
fn every_line_of_the_status_table_has_its_words() {
    let in_ = |seconds| Some(SignedDuration::from_secs(seconds));
    let day = 24 * 3600;
    for (line, left, words) in [
        (Ending::RefreshFailing, in_(-5), "refresh failing"),
        (Ending::Expired, in_(-7200), "expired"),
        (Ending::Retrying, in_(720), "retrying, 12\u{a0}min"),
        (Ending::EndsNow, in_(59), "under 1\u{a0}min"),
        (Ending::EndsNow, in_(299), "4\u{a0}min"),
        (Ending::SignInBy, in_(day), "sign in by Fri"),
        (Ending::Rotate, in_(3 * day), "rotate in 3\u{a0}d"),
        (Ending::Rotate, in_(-3 * day), "rotate, late"),
        (Ending::EndsSoon, in_(6 * day + 5), "6\u{a0}d"),
        (Ending::Far, in_(58 * day), "58\u{a0}d"),
        (Ending::Far, in_(138 * day), "3 Mar 2026"),
        (Ending::NoExpiry, None, "no expiry"),
    ] {
        let (said, _) = Language::English.status(&row("x", line, Tone::Neutral, left), now(), &TimeZone::UTC);
        assert_eq!(small(&said), words, "{line:?}");
    }
}

#[test]
fn a_long_name_is_cut_and_the_time_is_not() {
    let menu = described(vec![renews(&"long ".repeat(20), 42)]).menu;
    let text = &texts(&menu.copies)[0];
    assert!(text.ends_with("…, prod — 42\u{a0}min") && text.chars().count() < 60, "{text}");
}

#[test]
fn a_locked_vault_shows_two_lines_and_nothing_of_itself() {
    let lines = TrayMenu::locked(Language::English).lines();
    let shown: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(shown, ["Unlock", "Quit"]);
}
