//! The story of a sign-in, and what it makes of a failure.

use super::*;
use crate::error::Verdict;

fn now() -> Timestamp {
    "2025-10-16T13:17:00Z".parse().unwrap()
}

fn headers(date: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(http::header::DATE, date.parse().unwrap());
    headers
}

fn published(missing: &[&str]) -> Fact {
    let missing = missing.iter().map(|scope| (*scope).to_owned()).collect();
    let host = "id.test".to_owned();
    Fact::Discovered(Box::new(Published { host, pkce: Some(true), names_itself: true, pushed: false, missing }))
}

fn advice(facts: &[Fact], error: LoginError) -> Option<String> {
    let mut known = Known::default();
    for fact in facts {
        known.hear(fact);
    }
    known.advice(&Error::Login(error))
}

fn listens() -> Fact {
    Fact::Listens { redirect_uri: "http://127.0.0.1:53817/callback".to_owned() }
}

fn refused(code: &str) -> LoginError {
    LoginError::Exchange { code: code.to_owned(), detail: String::new() }
}

#[test]
fn a_clock_that_is_off_is_told_with_its_direction() {
    assert_eq!(Fact::clock(&headers("Thu, 16 Oct 2025 13:17:30 GMT"), now(), now()), None);
    let behind = Fact::clock(&headers("Thu, 16 Oct 2025 13:22:00 GMT"), now(), now()).unwrap();
    assert_eq!(behind.note(now()).text, "This computer's clock is 300 s behind the server's.");
    let ahead = Fact::clock(&headers("Thu, 16 Oct 2025 12:16:59 GMT"), now(), now()).unwrap();
    assert_eq!(ahead.note(now()).text, "This computer's clock is 3600 s ahead of the server's.");
    assert_eq!(Fact::clock(&headers("yesterday"), now(), now()), None);
    assert_eq!(Fact::clock(&HeaderMap::new(), now(), now()), None);
}

#[test]
fn nobody_who_came_back_hears_which_address_to_register() {
    let text = advice(&[listens()], LoginError::TimedOut).unwrap();
    assert!(text.contains("register http://127.0.0.1/callback (any port)"), "{text}");
    assert!(text.contains("http://127.0.0.1:53817/callback for a server that compares all"), "{text}");
    assert!(advice(&[listens()], refused("invalid_grant")).unwrap().starts_with("Start again."));
}

#[test]
fn a_wrong_clock_explains_a_token_from_another_time() {
    let error = || LoginError::IdToken("it has expired".to_owned());
    assert!(advice(&[Fact::Clock(-7200)], error()).unwrap().contains("7200 s off"));
    assert_eq!(advice(&[], error()), None);
}

#[test]
fn both_ways_of_proving_that_were_tried_are_named() {
    let proves = Fact::ProvesItself { how: ClientAuth::Basic, listed: None };
    let text = advice(&[proves, Fact::TriesAgain(ClientAuth::Post)], refused("invalid_client")).unwrap();
    assert!(text.contains("client_secret_basic") && text.contains("client_secret_post"), "{text}");
}

#[test]
fn a_scope_that_the_server_does_not_list_is_named() {
    let text = advice(&[published(&["admin"])], refused("invalid_scope")).unwrap();
    assert!(text.contains("does not list admin"), "{text}");
    assert_eq!(advice(&[published(&[])], refused("invalid_scope")), None);
}

#[test]
fn a_certificate_that_nobody_knows_points_to_who_may_listen() {
    let tls = |reason: &str| HttpError::Tls { host: "id.test".to_owned(), reason: reason.to_owned() };
    let of = |reason: &str| advice(&[], LoginError::Discovery(tls(reason).into()));
    assert!(of("invalid peer certificate: UnknownIssuer").unwrap().contains("inspects TLS"));
    assert_eq!(of("invalid peer certificate: Expired"), None);
}

#[test]
fn errors_that_are_no_sign_in_s_are_left_as_they_are() {
    let verdict = Verdict { code: "x".to_owned(), detail: String::new(), at: now() };
    assert_eq!(Known::default().advice(&Error::TryAgain(verdict)), None);
}

#[test]
fn no_refresh_token_is_told_with_what_would_bring_one() {
    let granted =
        Granted { lasts: Some(300), renews: false, advice: "Ask for the scope offline_access to get one.".to_owned() };
    let note = Fact::Granted(Box::new(granted)).note(now());
    assert_eq!(note.tone, NoteTone::Odd);
    assert_eq!(
        note.text,
        "The server gave an access token for 300 s and no refresh token. Ask for the scope offline_access to get one."
    );
}

#[test]
fn a_way_that_the_server_does_not_list_and_that_worked_is_told() {
    let note = Fact::Worked(ClientAuth::Post).note(now());
    assert_eq!(note.tone, NoteTone::Odd);
    assert!(note.text.starts_with("That worked: ") && note.text.contains("client_secret_post"), "{}", note.text);
}

#[test]
fn a_report_counts_the_seconds_and_marks_what_matters() {
    let later = now().checked_add(jiff::SignedDuration::from_millis(1234)).unwrap();
    let notes = [listens().note(now()), Fact::Opened(false).note(later)];
    let lines: Vec<String> = report(&notes).lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "   0.000 s   Listening at http://127.0.0.1:53817/callback.");
    assert_eq!(lines[1], "   1.234 s ! No browser opened.");
}
