//! Pacing and endings of a sign-in on another device, with a clock that moves by itself.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use super::*;
use crate::fakes::{Play, World};
use crate::login::LoginOptions;
use crate::vault::lock;
use crate::view::LoginInput;

const METADATA: &str = r#"{"issuer":"https://id.test","token_endpoint":"https://id.test/token",
    "device_authorization_endpoint":"https://id.test/device","scopes_supported":["api"]}"#;

fn offer(more: &str) -> Play {
    let text = format!(
        r#"{{"device_code":"dc-1","user_code":"WDJB-MJHT","verification_uri":"https://id.test/d","expires_in":300{more}}}"#
    );
    Play::Say(200, text)
}

fn says(code: &str) -> Play {
    Play::Say(400, format!(r#"{{"error":"{code}"}}"#))
}

fn granted() -> Play {
    Play::Say(
        200,
        r#"{"access_token":"at-1","refresh_token":"rt-1","token_type":"Bearer","expires_in":3600}"#.to_owned(),
    )
}

/// Signs in while the server plays this; returns the outcome, what was told, and the pauses in seconds.
async fn play(plays: Vec<Play>) -> (Result<CredentialView, Error>, Vec<LoginProgress>, Vec<u64>, World) {
    play_for("api", plays).await
}

async fn play_for(
    scope: &str,
    plays: Vec<Play>,
) -> (Result<CredentialView, Error>, Vec<LoginProgress>, Vec<u64>, World) {
    let world = World::new();
    world.clock.skips.store(true, Ordering::Relaxed);
    *lock(&world.http.document) = Some(METADATA.to_owned());
    world.play(plays);
    let vault = world.open().await;
    let input = LoginInput {
        name: "tv".to_owned(),
        issuer: Some("https://id.test".to_owned()),
        client_id: Some("c".to_owned()),
        scopes: vec![scope.to_owned()],
        ..LoginInput::default()
    };
    let told = Arc::new(Mutex::new(Vec::new()));
    let hear = told.clone();
    let options = LoginOptions { device: true, ..LoginOptions::default() };
    let outcome = vault.login(input, options, Arc::new(move |progress| lock(&hear).push(progress))).await;
    vault.close().await;
    let slept = lock(&world.clock.slept).clone();
    let mut told = lock(&told).clone();
    told.retain(|progress| !matches!(progress, LoginProgress::Noted(_)));
    (outcome, told, slept, world)
}

fn error(outcome: Result<CredentialView, Error>) -> LoginError {
    match outcome {
        Err(Error::Login(error)) => error,
        other => panic!("not a refusal of the sign-in: {other:?}"),
    }
}

#[tokio::test]
async fn the_code_is_shown_and_the_login_is_stored_once_it_is_approved() {
    let (outcome, told, slept, world) = play(vec![offer(""), says("authorization_pending"), granted()]).await;
    let credential = outcome.unwrap();
    assert_eq!((credential.name.as_str(), credential.renews), ("tv", true));
    assert_eq!(slept, [5, 5], "without an interval it is five seconds");
    let LoginProgress::Device(device) = &told[0] else { panic!("no code was shown: {told:?}") };
    assert_eq!((device.user_code.as_str(), device.host.as_str()), ("WDJB-MJHT", "id.test"));
    assert!(device.qr.as_ref().is_some_and(|qr| qr.rows.len() == qr.rows[0].len()));
    assert!(world.keychain.holds("rt-1") && !world.files_hold("rt-1"));
    let forms = lock(&world.http.forms).clone();
    assert_eq!(forms[0]["scope"], "api");
    assert_eq!(forms[1]["device_code"], "dc-1");
    assert_eq!(forms[1]["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");
}

#[tokio::test]
async fn an_id_token_is_not_owed_to_a_device_but_one_that_comes_must_hold() {
    let (outcome, ..) = play_for("openid", vec![offer(""), granted()]).await;
    assert_eq!(outcome.unwrap().account, None);
    let odd = r#"{"access_token":"at-1","token_type":"Bearer","id_token":"eyJhbGciOiJub25lIn0.e30."}"#;
    let (outcome, ..) = play_for("openid", vec![offer(""), Play::Say(200, odd.to_owned())]).await;
    assert!(matches!(error(outcome), LoginError::IdToken(_)));
}

#[tokio::test]
async fn slow_down_adds_five_seconds_for_good() {
    let plays = vec![
        offer(r#","interval":7"#),
        says("slow_down"),
        says("authorization_pending"),
        says("slow_down"),
        says("authorization_pending"),
        granted(),
    ];
    let (outcome, _, slept, _) = play(plays).await;
    outcome.unwrap();
    assert_eq!(slept, [7, 12, 12, 17, 17]);
}

#[tokio::test]
async fn an_outage_makes_the_polls_rarer_and_ends_nothing() {
    let down = || Play::Fail(HttpError::Timeout { host: "id.test".to_owned() });
    let (outcome, _, slept, _) = play(vec![offer(""), down(), Play::Say(503, String::new()), granted()]).await;
    outcome.unwrap();
    assert_eq!(slept, [5, 10, 20]);
}

#[tokio::test]
async fn a_no_and_an_end_stop_the_polling() {
    for (code, ended) in
        [("access_denied", "refused"), ("expired_token", "code_expired"), ("invalid_grant", "exchange_refused")]
    {
        let (outcome, _, slept, world) = play(vec![offer(""), says(code), granted()]).await;
        assert_eq!(outcome.unwrap_err().code(), ended, "{code}");
        assert_eq!(slept.len(), 1, "{code}");
        assert!(!world.keychain.holds("rt-1"));
    }
}

#[tokio::test]
async fn a_server_that_gives_no_code_just_now_did_not_refuse() {
    for (status, body, exit) in
        [(429, "", 6), (503, "", 6), (502, "<html>", 6), (400, r#"{"error":"unauthorized_client"}"#, 8)]
    {
        let (outcome, ..) = play(vec![Play::Say(status, body.to_owned())]).await;
        assert_eq!(outcome.unwrap_err().exit_code(), exit, "{status} {body}");
    }
    let (outcome, ..) = play(vec![offer(""), Play::Say(200, "<html>".to_owned())]).await;
    assert_eq!(outcome.unwrap_err().exit_code(), 6, "junk for a poll");
}

#[tokio::test]
async fn the_code_s_own_end_stops_the_polling_too() {
    let pending = std::iter::repeat_with(|| says("authorization_pending")).take(100);
    let (outcome, _, slept, _) = play([offer("")].into_iter().chain(pending).collect()).await;
    assert_eq!(error(outcome), LoginError::CodeExpired);
    assert_eq!(slept.iter().sum::<u64>(), 300);
}

#[tokio::test]
async fn an_address_that_is_a_trap_is_not_shown() {
    for bad in ["http://id.test/d", "javascript:alert(1)", "https://u:p@id.test/", "https://127.0.0.1/d", "file:///etc"]
    {
        let text = format!(r#"{{"device_code":"d","user_code":"A","verification_uri":"{bad}","expires_in":300}}"#);
        let (outcome, told, slept, _) = play(vec![Play::Say(200, text)]).await;
        assert_eq!(outcome.unwrap_err().exit_code(), 7, "{bad}");
        assert!(told.is_empty() && slept.is_empty(), "{bad}");
    }
}

#[tokio::test]
async fn a_code_that_hides_something_is_refused_and_an_absurd_pause_as_well() {
    let hidden =
        r#"{"device_code":"d","user_code":"AB\u202eCD","verification_uri":"https://id.test/","expires_in":300}"#;
    for play_ in [Play::Say(200, hidden.to_owned()), offer(r#","interval":1000000000"#)] {
        let (outcome, _, slept, _) = play(vec![play_]).await;
        assert!(matches!(error(outcome), LoginError::BadAnswer(_)));
        assert!(slept.is_empty());
    }
}

#[test]
fn nonsense_for_a_pause_means_the_usual_one() {
    for (given, pause) in [("0", 5), ("-1", 5), ("\"8\"", 8), ("null", 5), ("[]", 5), ("3", 3)] {
        assert_eq!(interval(Some(&serde_json::from_str(given).unwrap())), Ok(pause), "{given}");
    }
    assert_eq!(interval(None), Ok(5));
}
