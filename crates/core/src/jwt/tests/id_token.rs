//! Each rule of `OpenID` Connect Core 3.1.3.7, and the claims of any token under `--verify`.

use jiff::ToSpan as _;
use serde_json::json;

use super::*;

const ISSUER: &str = "https://id.example";
const CLIENT: &str = "client-1";
const HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;
/// 2011-03-21.
const T: i64 = NOW;

fn good() -> Value {
    json!({"iss": ISSUER, "sub": "user-1", "aud": CLIENT, "iat": T, "exp": T + 3600, "nonce": "n-1",
        "email": "octavia@example.com"})
}

fn expect<'a>() -> IdTokenExpect<'a> {
    IdTokenExpect {
        issuer: ISSUER,
        client_id: CLIENT,
        trusted_audiences: &[],
        nonce: Some("n-1"),
        access_token: None,
        subject: None,
        now: now(),
        allowed_algs: &["RS256"],
    }
}

fn verified() -> Signature {
    Signature { status: SignatureStatus::Verified, reason: "ok".to_owned(), key_id: None, source: None }
}

fn check_with(header: &str, claims: &Value, expect: &IdTokenExpect<'_>) -> Result<IdToken, IdTokenError> {
    check_id_token(&parse(&token(header, &claims.to_string())).unwrap(), &verified(), expect)
}

/// Checks a good token in which some claims are replaced; `null` takes one out.
fn with(changes: &Value) -> Result<IdToken, IdTokenError> {
    let mut claims = good();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    check_with(HEADER, &claims, &expect())
}

#[test]
fn a_good_id_token_says_who_signed_in() {
    let token = with(&json!({})).unwrap();
    assert_eq!((token.issuer.as_str(), token.subject.as_str()), (ISSUER, "user-1"));
    assert_eq!(token.account(), "octavia@example.com");
    assert_eq!(with(&json!({"aud": [CLIENT], "azp": CLIENT})).unwrap().subject, "user-1");
    let bare = with(&json!({"email": null, "name": " ", "sub": "a\u{7f}b"})).unwrap();
    assert_eq!(bare.account(), "a\\u{7f}b");
}

#[test]
fn the_issuer_is_compared_letter_by_letter() {
    for iss in
        [json!("https://id.example1"), json!("https://id.example/"), json!("https://ID.example"), json!(7), json!(null)]
    {
        assert_eq!(with(&json!({"iss": iss})), Err(IdTokenError::IssuerMismatch), "{iss}");
    }
}

#[test]
fn the_audience_is_this_client_and_nobody_unknown() {
    for aud in
        [json!(null), json!("other"), json!("client-10"), json!("client"), json!([]), json!(7), json!([CLIENT, 7])]
    {
        assert_eq!(with(&json!({"aud": aud})), Err(IdTokenError::AudienceMismatch), "{aud}");
    }
    assert_eq!(with(&json!({"aud": [CLIENT, "other"], "azp": CLIENT})), Err(IdTokenError::UntrustedAudience));
    let both = json!({"aud": [CLIENT, "api"]});
    let trusting = IdTokenExpect { trusted_audiences: &["api"], ..expect() };
    let try_azp = |azp: Value| {
        let mut claims = good();
        claims["aud"] = both["aud"].clone();
        claims["azp"] = azp;
        check_with(HEADER, &claims, &trusting)
    };
    assert!(try_azp(json!(CLIENT)).is_ok());
    assert_eq!(try_azp(json!("api")), Err(IdTokenError::AzpMismatch));
    let mut none = good();
    none["aud"] = both["aud"].clone();
    assert_eq!(check_with(HEADER, &none, &trusting), Err(IdTokenError::AzpMissing));
    assert_eq!(with(&json!({"azp": "other"})), Err(IdTokenError::AzpMismatch));
    assert_eq!(with(&json!({"azp": 7})), Err(IdTokenError::AzpMismatch));
}

#[test]
fn only_a_verified_signature_by_an_allowed_algorithm_counts() {
    let text = token(HEADER, &good().to_string());
    let parsed = parse(&text).unwrap();
    for (status, reason) in [
        (SignatureStatus::Invalid, "mismatch"),
        (SignatureStatus::NotChecked, "unknown_key"),
        (SignatureStatus::Unsupported, "unsupported_alg"),
    ] {
        let signature = Signature { status, reason: reason.to_owned(), ..verified() };
        assert_eq!(check_id_token(&parsed, &signature, &expect()), Err(IdTokenError::NotVerified(reason.to_owned())));
    }
    for alg in ["\"ES256\"", "\"none\"", "\"rs256\"", "\"HS256\"", "7"] {
        let header = format!("{{\"alg\":{alg}}}");
        assert_eq!(check_with(&header, &good(), &expect()), Err(IdTokenError::AlgNotAllowed), "{alg}");
    }
    let jwe = format!("{}.AAAA.AAAA.AAAA.AAAA", b64(r#"{"alg":"dir","enc":"A128GCM"}"#));
    assert_eq!(check_id_token(&parse(&jwe).unwrap(), &verified(), &expect()), Err(IdTokenError::Encrypted));
}

#[test]
fn another_kind_of_token_is_no_id_token() {
    for typ in ["\"at+jwt\"", "\"AT+JWT\"", "\"application/at+jwt\"", "\"logout+jwt\"", "\"dpop+jwt\"", "7"] {
        let header = format!("{{\"alg\":\"RS256\",\"typ\":{typ}}}");
        assert_eq!(check_with(&header, &good(), &expect()), Err(IdTokenError::WrongType), "{typ}");
    }
    assert!(check_with(r#"{"alg":"RS256"}"#, &good(), &expect()).is_ok());
    let logout = json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}});
    assert_eq!(with(&logout), Err(IdTokenError::WrongType));
    let twice = good().to_string().replacen('{', "{\"sub\":\"admin\",", 1);
    let text = token(HEADER, &twice);
    assert_eq!(check_id_token(&parse(&text).unwrap(), &verified(), &expect()), Err(IdTokenError::DuplicateClaim));
    let twice = r#"{"alg":"RS256","kid":"a","kid":"b"}"#;
    assert_eq!(check_with(twice, &good(), &expect()), Err(IdTokenError::DuplicateClaim));
}

#[test]
fn the_times_hold_to_the_second() {
    assert!(with(&json!({"exp": T - 59})).is_ok());
    assert_eq!(with(&json!({"exp": T - 60})), Err(IdTokenError::Expired));
    assert_eq!(with(&json!({"exp": T - 360})), Err(IdTokenError::Expired));
    assert!(with(&json!({"nbf": T + 60})).is_ok());
    assert_eq!(with(&json!({"nbf": T + 61})), Err(IdTokenError::NotYetValid));
    assert!(with(&json!({"iat": T + 600})).is_ok());
    assert_eq!(with(&json!({"iat": T + 601})), Err(IdTokenError::IssuedInFuture));
    assert!(with(&json!({"iat": T - 86_400})).is_ok());
    assert_eq!(with(&json!({"iat": T - 86_401})), Err(IdTokenError::TooOld));
    assert_eq!(with(&json!({"iat": T - 7 * 86_400})), Err(IdTokenError::TooOld));
    for claim in ["exp", "iat"] {
        assert_eq!(with(&json!({ claim: null })), Err(IdTokenError::BadTime(claim)), "missing {claim}");
    }
    for claim in ["exp", "iat", "nbf"] {
        for value in [json!("9999999999"), json!(true), json!({}), json!([1])] {
            assert_eq!(with(&json!({ claim: value })), Err(IdTokenError::BadTime(claim)), "{claim} {value}");
        }
        let null = good().to_string().replacen('{', &format!("{{\"{claim}\":null,"), 1);
        // The member stands first and, for exp and iat, a second time: leave only the null.
        let mut claims: Value = serde_json::from_str(&null).unwrap();
        claims[claim] = Value::Null;
        assert_eq!(check_with(HEADER, &claims, &expect()), Err(IdTokenError::BadTime(claim)));
    }
}

#[test]
fn the_nonce_comes_back_as_it_went() {
    assert_eq!(with(&json!({"nonce": null})), Err(IdTokenError::NonceMissing));
    for nonce in [json!("n-2"), json!("n-1 "), json!(""), json!(7)] {
        assert_eq!(with(&json!({ "nonce": nonce })), Err(IdTokenError::NonceMismatch));
    }
    let none_sent = IdTokenExpect { nonce: None, ..expect() };
    assert!(check_with(HEADER, &good(), &none_sent).is_ok());
}

#[test]
fn the_subject_is_there_and_stays_the_same() {
    for sub in [json!(null), json!(""), json!(7), json!("é"), json!("x".repeat(256))] {
        assert_eq!(with(&json!({ "sub": sub })), Err(IdTokenError::BadSubject), "{sub}");
    }
    assert!(with(&json!({"sub": "x".repeat(255)})).is_ok());
    let known = IdTokenExpect { subject: Some("user-2"), ..expect() };
    assert_eq!(check_with(HEADER, &good(), &known), Err(IdTokenError::SubjectMismatch));
}

#[test]
fn the_access_token_is_the_one_it_was_issued_with() {
    // The example of OpenID Connect Core, appendix A.3 (RS256).
    let access_token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    let expect = IdTokenExpect { access_token: Some(&access_token), ..expect() };
    let with_hash = |at_hash: Value| {
        let mut claims = good();
        claims["at_hash"] = at_hash;
        check_with(HEADER, &claims, &expect)
    };
    assert!(with_hash(json!("77QmUPtjPfzWtF2AnpK9RQ")).is_ok());
    for wrong in [json!("77QmUPtjPfzWtF2AnpK9RA"), json!("77QmUPtjPfzWtF2AnpK9RQ=="), json!(""), json!(7), Value::Null]
    {
        assert_eq!(with_hash(wrong.clone()), Err(IdTokenError::AccessTokenMismatch), "{wrong}");
    }
    assert!(check_with(HEADER, &good(), &expect).is_ok(), "at_hash is optional");
    // The other hashes, over the token "token": the left half of SHA-384 and of SHA-512.
    let token = Secret::new("token");
    let expect = IdTokenExpect { access_token: Some(&token), allowed_algs: &ASYMMETRIC_ALGS, ..expect };
    for (alg, at_hash) in [
        ("PS384", "Cm6hANx1qgPTYYSWu3KFaieklEAsPkh3"),
        ("ES512", "ImXaughy_DrvFp0Hk2XlkPDLyO1GwqeYTIpkKAPP2Ww"),
        ("EdDSA", "ImXaughy_DrvFp0Hk2XlkPDLyO1GwqeYTIpkKAPP2Ww"),
        ("Ed25519", "ImXaughy_DrvFp0Hk2XlkPDLyO1GwqeYTIpkKAPP2Ww"),
    ] {
        let mut claims = good();
        claims["at_hash"] = json!(at_hash);
        assert!(check_with(&format!("{{\"alg\":\"{alg}\"}}"), &claims, &expect).is_ok(), "{alg}");
    }
}

#[test]
fn the_claims_of_any_token_are_held_against_what_was_asked() {
    let failures = |claims: &str, issuer, audience| {
        let text = token(HEADER, claims);
        let expect = ClaimExpect { now: now(), leeway: LEEWAY, issuer, audience };
        check_claims(&parse(&text).unwrap(), &expect).into_iter().map(|failure| failure.code).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(failures("{}", None, None), none);
    assert_eq!(failures(&good().to_string(), Some(ISSUER), Some(CLIENT)), none);
    assert_eq!(failures("{}", Some(ISSUER), Some(CLIENT)), ["issuer_mismatch", "audience_mismatch"]);
    assert_eq!(
        failures(r#"{"aud":"client-1x","iss":"https://id.example/"}"#, Some(ISSUER), Some(CLIENT)),
        ["issuer_mismatch", "audience_mismatch"]
    );
    assert_eq!(failures(r#"{"exp":"9999999999","nbf":null,"iat":true}"#, None, None), ["bad_time_type"; 3]);
    assert_eq!(failures(&json!({"exp": T - 60, "nbf": T + 61}).to_string(), None, None), ["expired", "not_yet_valid"]);
    assert_eq!(failures(&json!({"exp": T - 59, "nbf": T + 60}).to_string(), None, None), none);
    assert_eq!(failures(r#"{"exp":1e400,"nbf":-1e400,"iat":1.5}"#, None, None), none);
    assert_eq!(failures(r#"{"exp":-1,"nbf":292277026596}"#, None, None), ["expired", "not_yet_valid"]);
}

#[test]
fn time_is_what_the_caller_says() {
    let later = IdTokenExpect { now: now() + 2.hours(), ..expect() };
    assert_eq!(check_with(HEADER, &good(), &later), Err(IdTokenError::Expired));
}
