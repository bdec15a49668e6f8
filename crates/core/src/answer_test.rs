//! The table of `rotation.md`, row by row.

use super::*;

fn ask(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    ask_with(status, headers, body, &Quirks::default())
}

fn ask_with(status: u16, headers: &[(&str, &str)], body: &str, quirks: &Quirks) -> Answer {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    let now: Timestamp = "2025-10-16T13:17:00Z".parse().unwrap();
    read(StatusCode::from_u16(status).unwrap(), &map, &SecretBytes::new(body.as_bytes().to_vec()), now, quirks)
}

fn tokens_of(body: &str) -> Tokens {
    match ask(200, &[], body) {
        Answer::Tokens(tokens) => *tokens,
        other => panic!("not tokens: {other:?}"),
    }
}

/// The seconds to wait of a "try again", if it is one.
#[expect(clippy::option_option, reason = "the outer one is the kind of answer")]
fn waits(answer: &Answer) -> Option<Option<u64>> {
    match answer {
        Answer::TryAgain { after, .. } => Some(after.map(|after| after.as_secs())),
        _ => None,
    }
}

#[test]
fn an_invalid_grant_ends_the_sign_in_at_any_status() {
    for status in [200, 400, 401, 403, 404, 500] {
        let answer = ask(status, &[], r#"{"error":"invalid_grant","error_description":"used"}"#);
        assert!(matches!(answer, Answer::Ended(said) if said.code == "invalid_grant" && said.detail == "used"));
    }
    for code in ["interaction_required", "login_required", "consent_required"] {
        assert!(matches!(ask(400, &[], &format!(r#"{{"error":"{code}"}}"#)), Answer::Ended(_)));
    }
}

#[test]
fn a_refused_client_is_a_matter_of_settings() {
    for code in ["invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"] {
        assert!(matches!(ask(401, &[], &format!(r#"{{"error":"{code}"}}"#)), Answer::Misconfigured(_)));
    }
    for status in [301, 302, 303, 307, 308] {
        assert!(matches!(ask(status, &[("location", "https://evil.example")], ""), Answer::Misconfigured(_)));
    }
}

#[test]
fn a_429_is_not_a_logout() {
    for status in [408, 425, 429, 500, 502, 503, 504, 400, 401, 403, 404] {
        assert_eq!(waits(&ask(status, &[], "")), Some(None), "{status}");
    }
    for code in ["server_error", "temporarily_unavailable", "slow_down", "invalid_request", "made_up"] {
        assert_eq!(waits(&ask(400, &[], &format!(r#"{{"error":"{code}"}}"#))), Some(None), "{code}");
    }
}

#[test]
fn junk_with_a_200_is_not_a_verdict() {
    for body in [
        "",
        "<html>Sign in to the Wi-Fi</html>",
        "null",
        "[]",
        "{",
        r#"{"access_token":""}"#,
        r#"{"a":1}"#,
        "access_token=x",
    ] {
        assert_eq!(waits(&ask(200, &[], body)), Some(None), "{body}");
    }
    assert!(matches!(ask(200, &[], "<html>"), Answer::TryAgain { said, .. } if said.code == "html_answer"));
    let doubled = r#"{"access_token":"a","refresh_token":"r1","refresh_token":"r2"}"#;
    assert_eq!(waits(&ask(200, &[], doubled)), Some(None));
}

#[test]
fn a_truncated_answer_is_never_half_believed() {
    let whole = r#"{"access_token":"at","refresh_token":"rt","expires_in":3600}"#;
    for end in 0..whole.len() {
        assert_eq!(waits(&ask(200, &[], &whole[..end])), Some(None), "{end}");
    }
    assert_eq!(tokens_of(whole).refresh_token, Some(Secret::new("rt")));
}

#[test]
fn an_error_member_wins_over_a_200_and_over_tokens() {
    let body = r#"{"error":"invalid_grant","access_token":"at","refresh_token":"rt"}"#;
    assert!(matches!(ask(200, &[], body), Answer::Ended(_)));
    assert_eq!(waits(&ask(400, &[], r#"{"access_token":"at","refresh_token":"rt"}"#)), Some(None));
}

#[test]
fn retry_after_is_honoured_in_both_forms_and_capped() {
    let at = |value: &str| waits(&ask(429, &[("retry-after", value)], "")).unwrap();
    assert_eq!(at("5"), Some(5));
    assert_eq!(at("99999999"), Some(3600));
    assert_eq!(at("-1"), None);
    assert_eq!(at("Thu, 16 Oct 2025 13:18:00 GMT"), Some(60));
    assert_eq!(at("Thu, 16 Oct 2024 13:18:00 GMT"), None);
    assert_eq!(at(&"(".repeat(10_000)), None);
}

#[test]
fn no_new_refresh_token_keeps_the_old_one() {
    for body in [
        r#"{"access_token":"at"}"#,
        r#"{"access_token":"at","refresh_token":null}"#,
        r#"{"access_token":"at","refresh_token":""}"#,
    ] {
        let tokens = tokens_of(body);
        assert_eq!((tokens.refresh_token, tokens.unusable_refresh), (None, false));
    }
    for odd in ["0", "[]", "{}", "true", "1.5", "\"a\\r\\nb\"", "\"\\u0000\"", "\"é\""] {
        let tokens = tokens_of(&format!(r#"{{"access_token":"at","refresh_token":{odd}}}"#));
        assert_eq!((tokens.refresh_token, tokens.unusable_refresh), (None, true), "{odd}");
    }
}

#[test]
fn a_renewed_refresh_token_is_taken_even_without_an_access_token() {
    let tokens = tokens_of(r#"{"refresh_token":"rt","access_token":7}"#);
    assert_eq!(tokens.refresh_token, Some(Secret::new("rt")));
    assert_eq!(tokens.access_token, None);
}

#[test]
fn the_token_type_is_read_without_case_and_foreign_ones_are_told() {
    for kind in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        assert_eq!(tokens_of(&format!(r#"{{"access_token":"a","token_type":"{kind}"}}"#)).foreign_type, None);
    }
    assert_eq!(tokens_of(r#"{"access_token":"a"}"#).foreign_type, None);
    assert_eq!(tokens_of(r#"{"access_token":"a","token_type":"mac"}"#).foreign_type, Some("mac".to_owned()));
    assert_eq!(tokens_of(r#"{"access_token":"a","token_type":7}"#).foreign_type, Some("?".to_owned()));
}

#[test]
fn a_lifetime_of_any_type_is_read_or_unknown() {
    let life = |value: &str| tokens_of(&format!(r#"{{"access_token":"a","expires_in":{value}}}"#)).expires_in;
    for (value, expected) in [
        ("3600", Some(3600)),
        ("\"3600\"", Some(3600)),
        ("3600.9", Some(3600)),
        ("0", Some(0)),
        ("-1", Some(0)),
        ("null", None),
        ("true", None),
        ("[]", None),
        ("\"soon\"", None),
        ("1e308", None),
        ("9223372036854775808", None),
        ("31536001", None),
    ] {
        assert_eq!(life(value), expected, "{value}");
    }
    assert_eq!(tokens_of(r#"{"access_token":"a"}"#).expires_in, None);
}

#[test]
fn scopes_come_in_many_shapes() {
    let of = |value: &str| tokens_of(&format!(r#"{{"access_token":"a","scope":{value}}}"#)).scopes;
    let two = Some(vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!(of("\"a b\""), two);
    assert_eq!(of("\"a,b\""), two);
    assert_eq!(of("[\"a\",\"b\",\"a\"]"), two);
    assert_eq!(of("\"\""), None);
    assert_eq!(of("7"), None);
}

#[test]
fn a_stranger_s_words_are_made_harmless() {
    let body = "{\"error\":\"invalid_grant\",\"error_description\":\"a\\u001b[31m\\u202eb\"}";
    assert!(matches!(ask(400, &[], body), Answer::Ended(said) if said.detail == "a\u{fffd}[31m\u{fffd}b"));
    assert_eq!(harmless(&"x".repeat(400), 300).chars().count(), 301);
    // A direction mark outside the usual block, two line separators, a soft hyphen, an invisible tag.
    for hidden in ["\u{61c}", "\u{2028}", "\u{2029}", "\u{ad}", "\u{e0041}"] {
        assert_eq!(harmless(hidden, 9), "\u{fffd}", "{hidden:?}");
    }
}

#[test]
fn no_mutation_of_an_answer_panics_or_gives_a_token_with_control_characters() {
    let seeds = [
        r#"{"access_token":"at","refresh_token":"rt","expires_in":3600,"scope":"a b","token_type":"Bearer"}"#,
        r#"{"error":"invalid_grant","error_description":"no"}"#,
        r#"{"access_token":{"a":[1,2,{"b":null}]},"refresh_token":"\u0041","scope":["a"]}"#,
    ];
    let pieces: [&[u8]; 12] =
        [b"\"", b"{", b"}", b"[", b"\\u0000", b"\\ud800", b"1e999", b"null", b"\r\n", b"\xff", b",", b":"];
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..20_000_usize {
        let mut body = seeds[round % seeds.len()].as_bytes().to_vec();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(0..body.len());
            match random.u8(0..3) {
                0 => body[at] = random.u8(..),
                1 => drop(body.splice(at..at, random.choice(pieces).into_iter().flatten().copied())),
                _ => drop(body.remove(at)),
            }
        }
        let status = StatusCode::from_u16(*random.choice(&[200, 200, 200, 400, 503]).unwrap()).unwrap();
        let answer =
            read(status, &HeaderMap::new(), &SecretBytes::new(body), Timestamp::UNIX_EPOCH, &Quirks::default());
        if let Answer::Tokens(tokens) = answer {
            for token in [tokens.access_token, tokens.refresh_token].into_iter().flatten() {
                assert!(token.expose().bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
            }
        }
    }
}

const FORM: &[(&str, &str)] = &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")];

#[test]
fn a_form_that_says_it_is_one_is_read_like_json() {
    let body = "access_token=gho_a%2Bb&expires_in=28800&refresh_token=ghr_1&scope=repo%2Cgist&token_type=bearer\n";
    let Answer::Tokens(tokens) = ask(200, FORM, body) else { panic!("not tokens") };
    assert_eq!(tokens.access_token, Some(Secret::new("gho_a+b")));
    assert_eq!(tokens.refresh_token, Some(Secret::new("ghr_1")));
    assert_eq!((tokens.expires_in, tokens.foreign_type), (Some(28_800), None));
    assert_eq!(tokens.scopes, Some(vec!["repo".to_owned(), "gist".to_owned()]));
    let refused = "error=invalid_grant&error_description=The+code+is+old";
    assert!(matches!(ask(200, FORM, refused), Answer::Ended(said) if said.detail == "The code is old"));
    let both = "access_token=a&error=invalid_grant";
    assert!(matches!(ask(200, FORM, both), Answer::Ended(_)));
}

#[test]
fn what_is_no_whole_form_is_no_answer() {
    for body in [
        "access_token",
        "access_token=a&",
        "access_token=a&refresh_token",
        "=a&access_token=b",
        "access_token=a b",
        "access_token=%4",
        "access_token=%zz",
        "access_token=a&refresh_token=r1&refresh_token=r2",
        "<html>access_token=a</html>",
        "{\"access_token\":\"a\",\"access_token\":\"b\"}",
        "hello=1",
    ] {
        assert_eq!(waits(&ask(200, FORM, body)), Some(None), "{body}");
    }
    // A token with bytes that no token has is noted, not dropped in silence.
    let Answer::Tokens(tokens) = ask(200, FORM, "access_token=a&refresh_token=%ff") else { panic!("not tokens") };
    assert!(tokens.unusable_refresh);
}

#[test]
fn a_form_without_its_label_needs_the_provider_s_quirk() {
    let quirks = Quirks { form_answer: true, ..Quirks::default() };
    let body = "access_token=a&refresh_token=r";
    for headers in [&[][..], &[("content-type", "text/plain")]] {
        assert_eq!(waits(&ask(200, headers, body)), Some(None));
        assert!(matches!(ask_with(200, headers, body, &quirks), Answer::Tokens(_)));
    }
    assert_eq!(waits(&ask_with(200, &[("content-type", "text/html")], body, &quirks)), Some(None));
}

fn slack() -> Quirks {
    Quirks {
        nested: Some("authed_user".to_owned()),
        bearer_names: vec!["user".to_owned()],
        error_codes: [("invalid_refresh_token".to_owned(), "invalid_grant".to_owned())].into(),
        ..Quirks::default()
    }
}

#[test]
fn tokens_inside_of_a_member_are_found_there() {
    let body = r#"{"ok":true,"access_token":"","refresh_token":null,"scope":"","authed_user":{"id":"U1","scope":"a,b","access_token":"xoxp-1",
        "token_type":"user","refresh_token":"xoxe-1","expires_in":43200},"team":{"access_token":"not this"}}"#;
    let Answer::Tokens(tokens) = ask_with(200, &[], body, &slack()) else { panic!("not tokens") };
    assert_eq!(tokens.access_token, Some(Secret::new("xoxp-1")));
    assert_eq!(tokens.refresh_token, Some(Secret::new("xoxe-1")));
    assert_eq!((tokens.expires_in, tokens.foreign_type), (Some(43_200), None));
    assert_eq!(tokens.scopes, Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(waits(&ask(200, &[], body)), Some(None), "without the quirk there is no token");
}

#[test]
fn tokens_two_members_deep_are_found_by_their_path() {
    let quirks = Quirks { nested: Some("data.token".to_owned()), ..Quirks::default() };
    let body = r#"{"data":{"user":1,"token":{"access_token":"a","refresh_token":"r"}}}"#;
    let Answer::Tokens(tokens) = ask_with(200, &[], body, &quirks) else { panic!("not tokens") };
    assert_eq!((tokens.access_token, tokens.refresh_token), (Some(Secret::new("a")), Some(Secret::new("r"))));
    for body in [
        r#"{"data":{"token":{"access_token":"a"},"token":{"access_token":"b"}}}"#,
        r#"{"data":{"token":{"access_token":"a"}},"data":{}}"#,
        r#"{"data":"token"}"#,
        r#"{"data":{"token":null}}"#,
    ] {
        assert_eq!(waits(&ask_with(200, &[], body, &quirks)), Some(None), "{body}");
    }
}

#[test]
fn tokens_of_the_answer_itself_win_and_are_never_mixed_with_inner_ones() {
    let body = r#"{"refresh_token":"outer","authed_user":{"access_token":"inner","refresh_token":"inner"}}"#;
    let Answer::Tokens(tokens) = ask_with(200, &[], body, &slack()) else { panic!("not tokens") };
    assert_eq!((tokens.access_token, tokens.refresh_token), (None, Some(Secret::new("outer"))));
}

#[test]
fn an_inner_object_that_can_t_be_understood_is_no_answer() {
    for body in [
        r#"{"authed_user":{"access_token":"a","refresh_token":"r1","refresh_token":"r2"}}"#,
        r#"{"authed_user":{"access_token":"a"},"authed_user":{"access_token":"b"}}"#,
        r#"{"authed_user":"access_token"}"#,
        r#"{"authed_user":null}"#,
        r#"{"authed_user":{}}"#,
        r#"{"other":{"access_token":"a"}}"#,
    ] {
        assert_eq!(waits(&ask_with(200, &[], body, &slack())), Some(None), "{body}");
    }
    let refused = r#"{"ok":false,"error":"invalid_grant","authed_user":{"access_token":"a"}}"#;
    assert!(matches!(ask_with(200, &[], refused, &slack()), Answer::Ended(_)));
}

#[test]
fn a_provider_s_own_error_is_judged_as_the_registered_one_and_told_in_its_words() {
    let body = r#"{"ok":false,"error":"invalid_refresh_token"}"#;
    assert!(matches!(ask_with(200, &[], body, &slack()), Answer::Ended(said) if said.code == "invalid_refresh_token"));
    assert_eq!(waits(&ask(200, &[], body)), Some(None), "without the quirk it is no verdict");
    assert!(matches!(ask_with(400, &[], r#"{"error":"invalid_client"}"#, &slack()), Answer::Misconfigured(_)));
}

#[test]
fn further_words_for_bearer_are_the_provider_s_own() {
    let kind = |quirks: &Quirks, kind: &str| match ask_with(
        200,
        &[],
        &format!(r#"{{"access_token":"a","token_type":"{kind}"}}"#),
        quirks,
    ) {
        Answer::Tokens(tokens) => tokens.foreign_type,
        other => panic!("not tokens: {other:?}"),
    };
    assert_eq!(kind(&slack(), "user"), None);
    assert_eq!(kind(&slack(), "bearer"), None);
    assert_eq!(kind(&slack(), "bot"), Some("bot".to_owned()));
    assert_eq!(kind(&Quirks::default(), "user"), Some("user".to_owned()));
}

#[test]
fn no_quirk_drops_a_refresh_token() {
    let words = ["a", "authed_user", "refresh_token", "access_token", "scope", "token_type"];
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..5_000 {
        let member = |random: &mut fastrand::Rng| {
            let value = *random.choice(&["\"x\"", "null", "7", "{}", "\"user\"", "[\"a\"]", "\"\\u0000\""]).unwrap();
            format!("\"{}\":{value}", random.choice(words).unwrap())
        };
        let mut members: Vec<String> = (0..random.usize(0..4)).map(|_| member(&mut random)).collect();
        members.retain(|one| !one.starts_with("\"refresh_token\""));
        let inner = format!("\"authed_user\":{{{}}}", members.join(","));
        members.push("\"refresh_token\":\"rt\"".to_owned());
        members.push(inner);
        random.shuffle(&mut members);
        let body = format!("{{{}}}", members.join(","));
        let quirks = Quirks { form_answer: random.bool(), json_body: random.bool(), ..slack() };
        let plain = ask(200, &[], &body);
        let with = ask_with(200, &[], &body, &quirks);
        if let Answer::Tokens(plain) = plain {
            let Answer::Tokens(with) = with else { panic!("dropped: {body}") };
            assert_eq!(with.refresh_token, plain.refresh_token, "{body}");
            assert_eq!(with.unusable_refresh, plain.unusable_refresh, "{body}");
        }
    }
}
