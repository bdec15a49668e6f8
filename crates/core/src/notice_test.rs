//! One cause, one notice.

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

fn login(issuer: &str, state: LoginState, code: &str, since: i64) -> Failing {
    let (issuer, code) = (format!("https://{issuer}"), code.to_owned());
    Failing { provider: None, issuer, state, code, since: at(since), ends_at: Some(at(600)) }
}

fn said(failing: &[Failing], last_renewal: Option<i64>) -> Vec<(NoticeKind, Tone, String, String)> {
    let world = World { providers: Providers::built_in(), now: at(0), last_renewal: last_renewal.map(at) };
    world.all(failing).into_iter().map(|notice| (notice.kind, notice.tone, notice.lead, notice.rest)).collect()
}

fn waiting(issuer: &str, code: &str, since: i64) -> Failing {
    login(issuer, LoginState::Waiting, code, since)
}

#[test]
fn one_login_that_fails_is_its_own_rows_business() {
    assert_eq!(said(&[waiting("a.test", "http_503", -60)], None), []);
    assert_eq!(said(&[login("a.test", LoginState::SignInNeeded, "invalid_grant", -60)], None), []);
}

#[test]
fn a_provider_that_is_down_is_one_notice_for_all_its_logins() {
    let mut failing = vec![waiting("a.test", "http_503", -60), waiting("a.test", "http_503", -90)];
    let said_now = said(&failing, Some(-10));
    let rest = "2 logins wait and resume by themselves. Tokens that are still fresh can be copied.";
    let lead = "a.test does not work since {since}.";
    assert_eq!(said_now, [(NoticeKind::ProviderDown, Tone::Warn, lead.to_owned(), rest.to_owned())]);
    failing[0].ends_at = Some(at(-1));
    let [(_, tone, _, rest)] = &said(&failing, None)[..] else { panic!("one notice") };
    assert_eq!(*tone, Tone::Bad);
    assert!(rest.contains("Some have a token"), "{rest}");
}

#[test]
fn several_providers_that_can_t_be_reached_are_one_network_that_is_gone() {
    let cut = [waiting("a.test", "no_connection", -60), waiting("b.test", "no_connection", -50)];
    let [(kind, tone, lead, _)] = &said(&cut, Some(-100))[..] else { panic!("one notice") };
    assert_eq!((*kind, *tone, lead.as_str()), (NoticeKind::Offline, Tone::Neutral, "Offline since {since}."));
    // A third one answered meanwhile: the network is there.
    assert_eq!(said(&cut, Some(-10)), []);
    let one = [cut[0].clone(), waiting("b.test", "http_503", -50)];
    assert_eq!(said(&one, None), []);
}

#[test]
fn a_provider_that_refuses_several_logins_is_named_with_its_answer() {
    let gone = |code| login("a.test", LoginState::SignInNeeded, code, -60);
    let [(kind, tone, lead, rest)] = &said(&[gone("invalid_grant"), gone("invalid_grant")], None)[..] else {
        panic!("one notice")
    };
    assert_eq!(
        (*kind, *tone, lead.as_str()),
        (NoticeKind::Refused, Tone::Bad, "a.test refuses 2 logins since {since}.")
    );
    assert!(rest.contains("ended the sign-ins"), "{rest}");
    // A lost answer, or what the person did, is not the provider's no.
    assert_eq!(said(&[gone("answer_lost"), gone(crate::revoke::REVOKED)], None), []);
}

#[test]
fn a_span_has_two_units_at_most() {
    for (seconds, text) in [
        (61, "1 min 1 s"),
        (250, "4 min 10 s"),
        (3_600, "1 h"),
        (3_700, "1 h 1 min"),
        (315_360_000, "3650 d"),
        (176_400, "2 d 1 h"),
    ] {
        assert_eq!(span(SignedDuration::from_secs(seconds)).replace('\u{a0}', " "), text);
    }
}
