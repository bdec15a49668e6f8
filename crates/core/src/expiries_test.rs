//! What stands on the time line, and how small the answer stays.

use super::*;
use crate::catalog::{CredentialRow, LoginRow, LoginState};
use crate::credential::{CredentialId, Environment, Kind};
use crate::fakes::{World, settings};
use crate::secret::Secret;
use crate::view::AddApiKeyInput;

const DAY: i64 = 86_400;

fn now() -> Timestamp {
    "2025-10-16T13:17:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

fn key(name: &str, provider: &str, ends: Option<i64>) -> Entry {
    let credential = CredentialRow {
        id: CredentialId::random(),
        name: name.to_owned(),
        kind: Kind::ApiKey,
        provider: Some(provider.to_owned()),
        account: None,
        environment: Environment::Production,
        tags: Vec::new(),
        note: String::new(),
        header: String::new(),
        created_at: after(-100 * DAY),
        value_since: after(-100 * DAY),
        rotate_by: ends.map(after),
        rotate_every_days: None,
        last_used_at: None,
        generation: 0,
        fingerprint: None,
        shown_start: "sk_live_".to_owned(),
        shown_end: "last".to_owned(),
        value_len: 32,
        chosen: crate::catalog::Chosen::default(),
    };
    Entry { credential, login: None }
}

/// A login whose token ends in so many seconds and is renewed a minute before.
fn login(name: &str, provider: &str, state: LoginState, ends: i64, sign_in_ends: Option<i64>) -> Entry {
    let login = LoginRow {
        settings: settings(),
        subject: None,
        granted_scopes: Vec::new(),
        sealed_access: None,
        access_issued_at: Some(after(-3600)),
        access_expires_at: Some(after(ends)),
        access_alg: None,
        renews: true,
        rotations: 0,
        refresh_at: Some(after(ends - 60)),
        refreshed_at: None,
        sign_in_ends_at: sign_in_ends.map(after),
        sign_in_end_usual: false,
        signed_in_at: None,
        state,
        failing_since: None,
        failures: 0,
        keeps: 0,
        retry_demanded: false,
        error: None,
    };
    let mut entry = key(name, provider, None);
    entry.credential.kind = Kind::Oauth;
    entry.login = Some(Box::new(login));
    entry
}

fn cannot_renew(mut entry: Entry) -> Entry {
    let login = entry.login.as_mut().unwrap();
    (login.renews, login.refresh_at) = (false, None);
    entry
}

fn range(seconds: i64, each: bool, bars: i64) -> ExpiriesInput {
    let edges = (0..=bars).map(|bar| after(bar * seconds / bars)).collect();
    ExpiriesInput { from: now(), until: after(seconds), edges, each, environment: None }
}

async fn ask(entries: &[Entry], input: &ExpiriesInput) -> ExpiriesView {
    let known = World::new().open().await.inner.providers();
    let looked = Looked { input, now: now(), soon: SignedDuration::from_hours(7 * 24) };
    let found: Vec<_> = entries
        .iter()
        .map(|entry| looked.place(entry, status::of(entry, now(), SignedDuration::from_hours(7 * 24), false)))
        .collect();
    looked.answer(&known, &found)
}

fn names(section: &ExpirySectionView) -> Vec<&str> {
    section.lanes.iter().map(|lane| lane.name.as_str()).collect()
}

#[tokio::test]
async fn what_needs_you_is_soonest_first_and_what_is_beyond_the_range_is_counted() {
    let entries = [
        key("far", "stripe", Some(120 * DAY)),
        key("late", "stripe", Some(-2 * DAY)),
        key("soon", "stripe", Some(3 * DAY)),
        key("calm", "stripe", Some(30 * DAY)),
        key("none", "stripe", None),
        cannot_renew(login("over", "okta", LoginState::Ok, -7200, None)),
        // Its token goes on for days, the sign-in does not.
        login("refused", "okta", LoginState::SignInNeeded, 5 * DAY, None),
    ];
    let view = ask(&entries, &range(90 * DAY, false, 90)).await;
    assert_eq!(names(&view.needs_you), ["late", "over", "refused", "soon", "calm"]);
    let tones: Vec<Tone> = view.needs_you.lanes.iter().map(|lane| lane.tone).collect();
    assert_eq!(tones, [Tone::Warn, Tone::Bad, Tone::Bad, Tone::Warn, Tone::Neutral]);
    assert_eq!((view.needs_you.total, view.needs_you.later, view.undated), (5, 1, 1));
    assert_eq!(view.next.unwrap().name, "far");
    // What is overdue counts as now.
    assert_eq!(view.density[0], BinView { count: 3, tone: Tone::Bad });
    assert_eq!(view.density[3], BinView { count: 1, tone: Tone::Warn });
    assert_eq!(view.density.iter().map(|bin| bin.count).sum::<usize>(), 5);
}

#[tokio::test]
async fn a_sign_in_that_ends_within_the_threshold_moves_up() {
    let entries = [
        login("week", "okta", LoginState::Ok, 3000, Some(6 * DAY)),
        login("month", "okta", LoginState::Ok, 1800, Some(30 * DAY)),
        login("half", "okta", LoginState::Ok, 600, Some(200 * DAY)),
    ];
    let view = ask(&entries, &range(90 * DAY, false, 90)).await;
    assert_eq!(names(&view.needs_you), ["week"]);
    assert_eq!(view.needs_you.lanes[0].ending, Ending::SignIn);
    let [okta] = &view.renews.groups[..] else { panic!("{:?}", view.renews) };
    assert_eq!((okta.count, okta.later, okta.marks.len()), (2, 1, 1));
    assert_eq!(okta.marks[0].name.as_deref(), Some("month"));
    // In the next hour all three are renewed, and none of the sign-ins ends.
    let view = ask(&entries, &range(3600, true, 60)).await;
    assert!(view.needs_you.lanes.is_empty());
    assert_eq!(names(&view.renews), ["half", "month", "week"]);
    assert_eq!(view.renews.lanes[0].refresh_at, Some(after(540)));
    assert_eq!(view.density[9].count, 1);
}

#[tokio::test]
async fn what_ends_in_minutes_and_does_not_renew_is_grave() {
    let entries = [cannot_renew(login("jwt", "okta", LoginState::Ok, 240, None))];
    let view = ask(&entries, &range(3600, true, 60)).await;
    assert_eq!((view.needs_you.lanes[0].ending, view.needs_you.lanes[0].tone), (Ending::Token, Tone::Bad));
}

#[tokio::test]
async fn ten_thousand_credentials_are_an_answer_of_the_size_of_the_drawing() {
    const PROVIDERS: [&str; 6] = ["okta", "auth0", "github", "google", "stripe", "slack"];
    let entries: Vec<Entry> = (0..10_000_i64)
        .map(|index| {
            let (name, provider) = (format!("Worker {index}"), PROVIDERS[usize::try_from(index).unwrap() % 6]);
            match index % 3 {
                0 => key(&name, provider, Some(index * 700)),
                1 => login(&name, provider, LoginState::Ok, index % 3600, Some((20 + index % 60) * DAY)),
                _ => login(&name, provider, LoginState::SignInNeeded, -index, None),
            }
        })
        .collect();
    for input in [range(90 * DAY, false, 90), range(DAY, true, 24), range(3600, true, 60)] {
        let view = ask(&entries, &input).await;
        let size = serde_json::to_string(&view).unwrap().len();
        assert!(size < 120_000, "{size} bytes");
        assert!(view.needs_you.lanes.is_empty() && view.needs_you.groups.len() <= 6);
        let marked: usize = view.needs_you.groups.iter().flat_map(|group| &group.marks).map(|mark| mark.count).sum();
        assert_eq!(marked, view.needs_you.total, "a mark was lost");
    }
}

#[tokio::test]
async fn the_vault_answers_for_one_environment_and_without_a_value() {
    let world = World::new();
    let vault = world.open().await;
    for (name, environment) in [("Payments", Environment::Production), ("Sandbox", Environment::Development)] {
        let input = AddApiKeyInput {
            name: name.to_owned(),
            provider: Some("stripe".to_owned()),
            account: None,
            environment,
            tags: Vec::new(),
            header: None,
            rotate_by: Some("30d".to_owned()),
            note: String::new(),
            value: Secret::new(format!("sk_live_{name}_canary")),
            allow_twin: false,
        };
        vault.add_api_key(input).await.unwrap();
    }
    let input = ExpiriesInput { environment: Some(Environment::Production), ..range(90 * DAY, false, 90) };
    let view = vault.expiries(&input).await.unwrap();
    assert_eq!(names(&view.needs_you), ["Payments"]);
    assert!(!serde_json::to_string(&view).unwrap().contains("canary"));
}
