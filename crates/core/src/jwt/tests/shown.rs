//! What a person gets to see: findings and the table.

use serde_json::json;

use super::*;

const HEADER: &str = r#"{"alg":"RS256","typ":"at+jwt","kid":"nw-2025-09"}"#;

fn of(claims: &Value) -> Inspection {
    inspect(&token(HEADER, &claims.to_string()), None, now()).unwrap()
}

fn row<'i>(inspection: &'i Inspection, name: &str) -> &'i ClaimRow {
    inspection.rows.iter().find(|row| row.name == name).unwrap()
}

#[test]
fn a_quiet_token_has_nothing_to_say() {
    let inspection =
        of(&json!({"iss": "https://id.example/", "iat": NOW, "exp": NOW + 3600, "scope": "openid profile"}));
    assert_eq!(codes(&inspection), [""; 0]);
    let signature = inspection.signature;
    assert_eq!((signature.status, signature.reason.as_str()), (SignatureStatus::NotChecked, "not_asked"));
    assert_eq!(signature.key_id.as_deref(), Some("nw-2025-09"));
}

#[test]
fn each_thing_worth_knowing_is_found() {
    let live = |more: Value| {
        let mut claims = json!({"iat": NOW, "exp": NOW + 3600});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    };
    for (claims, wanted) in [
        (json!({}), vec!["no_expiry"]),
        (live(json!({"exp": NOW + 86_400})), vec![]),
        (live(json!({"exp": NOW + 86_401})), vec!["long_lifetime"]),
        (live(json!({"exp": "x"})), vec!["bad_time_type"]),
        (live(json!({"exp": null})), vec!["bad_time_type"]),
        (live(json!({"iat": NOW - 10, "exp": NOW})), vec!["expired"]),
        (live(json!({"nbf": NOW + 1})), vec!["not_yet_valid"]),
        (live(json!({"iat": NOW + 61})), vec!["issued_in_future"]),
        (live(json!({"email": "o@example.com", "birthdate": "1970"})), vec!["personal_data"; 2]),
        (live(json!({"password": "hunter2", "email": "o@example.com"})), vec!["looks_like_secret", "personal_data"]),
        (live(json!({"id_token": token(HEADER, "{}")})), vec!["looks_like_secret"]),
        (live(json!({"scope": "openid admin:*"})), vec!["broad_scope"]),
        (live(json!({"scp": ["read", "*"]})), vec!["broad_scope"]),
        (live(json!({"note": "a\u{202e}b"})), vec!["hidden_characters"]),
        (live(json!({"iss": "https://\u{430}ccounts.google.com"})), vec!["odd_issuer"]),
    ] {
        assert_eq!(codes(&of(&claims)), wanted, "{claims}");
    }
}

#[test]
fn a_name_that_stands_twice_is_told() {
    let text = token(r#"{"alg":"RS256","alg":"RS256"}"#, r#"{"exp":1300819380,"iss":"a","iss":"b","iat":1300732980}"#);
    let inspection = inspect(&text, None, now()).unwrap();
    assert_eq!(codes(&inspection), ["duplicate_claim"; 2]);
    assert_eq!(row(&inspection, "iss").value, "b");
    assert_eq!(row(&inspection, "iss").warning, "stands there more than once");
}

#[test]
fn none_in_any_spelling_is_told() {
    for alg in ["none", "None", "nOnE"] {
        let text = token(&format!("{{\"alg\":\"{alg}\"}}"), r#"{"iat":1300732980,"exp":1300736580}"#);
        let inspection = inspect(&text, None, now()).unwrap();
        assert_eq!(codes(&inspection), ["alg_none"]);
        assert_eq!(row(&inspection, "alg").warning, "not signed, anyone can forge it");
    }
}

#[test]
fn a_weak_secret_is_told_only_when_it_is_the_right_one() {
    let judged = |alg: &str, secret: &str, tried: &str| {
        let text = hs256(&format!(r#"{{"alg":"{alg}"}}"#), r#"{"iat":1300732980,"exp":1300736580}"#, secret.as_bytes());
        let tried = Secret::new(tried);
        let inspection = inspect(&text, Some(&Keys::Secret(&tried)), now()).unwrap();
        let severity = inspection.findings.first().map(|finding| finding.severity);
        (inspection.signature.reason, severity)
    };
    let strong = "kHq3wV9xTz5LmB7nR2cJ8dF4gS6pY1aE";
    assert_eq!(judged("HS256", "secret", "secret"), ("ok".to_owned(), Some(Severity::Critical)));
    assert_eq!(judged("HS256", "your-256-bit-secret", "your-256-bit-secret").1, Some(Severity::Critical));
    assert_eq!(judged("HS256", &strong[..31], &strong[..31]), ("ok".to_owned(), Some(Severity::Warning)));
    assert_eq!(judged("HS256", strong, strong), ("ok".to_owned(), None));
    assert_eq!(judged("HS256", strong, "secret"), ("mismatch".to_owned(), None));
}

#[test]
fn the_gravest_comes_first_and_none_holds_a_value() {
    let text = token(
        r#"{"alg":"none","jku":"https://canary.example/"}"#,
        r#"{"email":"octavia@example.com","password":"hunter2","scope":"admin:canary *","iss":"https://canary.example/"}"#,
    );
    let inspection = inspect(&text, None, now()).unwrap();
    let severities: Vec<Severity> = inspection.findings.iter().map(|finding| finding.severity).collect();
    assert!(severities.is_sorted_by(|a, b| a >= b), "{severities:?}");
    assert_eq!(codes(&inspection)[..2], ["alg_none", "looks_like_secret"]);
    for finding in &inspection.findings {
        let message = &finding.message;
        assert!(message.ends_with('.') && !message.contains('\n'), "{message}");
        for value in ["octavia", "hunter2", "canary"] {
            assert!(!message.contains(value), "{message}");
        }
    }
}

#[test]
fn a_hostile_token_cannot_flood_the_findings() {
    let claims: serde_json::Map<String, Value> = (0..5_000).map(|at| (format!("p{at}_password"), json!("x"))).collect();
    let inspection = of(&Value::Object(claims));
    assert_eq!(inspection.findings.len(), 100);
}

#[test]
fn the_table_reads_like_the_picture() {
    let inspection = of(&json!({
        "zeta": {"b": [1, 2.50], "a": null}, "email": "octavia@northwind.example", "scope": "openid a b c d admin:*",
        "exp": 1_760_623_140, "nbf": 1_760_619_540, "iat": 1_760_619_540, "azp": "kQ2fakeClientId9",
        "aud": "https://api.northwind.example", "sub": "auth0|00fake00user00", "iss": "https://id.northwind.example/",
        "alpha": true
    }));
    let lines: Vec<[&str; 5]> = inspection
        .rows
        .iter()
        .map(|row| [row.part.as_str(), &row.name, &row.meaning, &row.note, &row.warning])
        .collect();
    assert_eq!(
        lines,
        [
            ["header", "alg", "Algorithm", "asymmetric", ""],
            ["header", "typ", "Type", "access token", ""],
            ["header", "kid", "Key id", "", ""],
            ["payload", "iss", "Issuer", "", ""],
            ["payload", "sub", "Subject", "", ""],
            ["payload", "aud", "Audience", "the API that may accept it", ""],
            ["payload", "azp", "Authorised party", "the client it was issued to", ""],
            ["payload", "iat", "Issued at", "", "in the future"],
            ["payload", "nbf", "Not before", "", "in the future"],
            ["payload", "exp", "Expires", "", ""],
            ["payload", "scope", "Scopes", "", "6 granted, 1 broad"],
            ["payload", "email", "E-mail", "", "readable by whoever holds the token"],
            ["payload", "zeta", "custom claim", "", ""],
            ["payload", "alpha", "custom claim", "", ""],
        ]
    );
    assert_eq!(row(&inspection, "zeta").value, r#"{"b":[1,2.5],"a":null}"#);
    assert_eq!(row(&inspection, "exp").at, Some("2025-10-16T13:59:00Z".parse().unwrap()));
    assert_eq!(row(&inspection, "alpha").at, None);
}

#[test]
fn no_claim_can_draw_over_its_neighbours() {
    let hostile = "\u{1b}[2J\u{202e}evil\u{200b}\u{feff}\r\n\u{9b}";
    let inspection = of(&json!({ "note": hostile, hostile: {"deep": hostile} }));
    for row in &inspection.rows {
        for text in [&row.name, &row.value, &row.warning, &row.note] {
            assert!(!has_hidden(text), "{text:?}");
        }
    }
    assert!(inspection.findings.iter().all(|finding| !has_hidden(&finding.message)));
    assert!(inspection.findings.iter().all(|finding| !finding.claim.as_deref().is_some_and(has_hidden)));
    assert_eq!(row(&inspection, "note").value, "\\u{1b}[2J\\u{202e}evil\\u{200b}\\u{feff}\\u{d}\\u{a}\\u{9b}");
    // What `--json` prints stays what the token said.
    assert_eq!(inspection.claims["note"], hostile);
}

#[test]
fn without_keys_the_verdict_says_what_is_missing() {
    let reason = |header: &str, why: NoKeys| {
        let text = token(header, "{}");
        let signature = unchecked(&parse(&text).unwrap(), &why);
        assert_ne!(signature.status, SignatureStatus::Verified);
        (signature.reason, signature.source)
    };
    let rs = r#"{"alg":"RS256"}"#;
    assert_eq!(reason(rs, NoKeys::NotAsked), ("not_asked".to_owned(), None));
    assert_eq!(reason(rs, NoKeys::NoneKnown), ("no_keys".to_owned(), None));
    let source = Some("https://id.example/jwks".to_owned());
    assert_eq!(
        reason(rs, NoKeys::Unavailable("https://id.example/jwks".to_owned())),
        ("keys_unavailable".to_owned(), source)
    );
    assert_eq!(reason(r#"{"alg":"HS512"}"#, NoKeys::NotAsked).0, "needs_secret");
    assert_eq!(reason(r#"{"alg":"none"}"#, NoKeys::NotAsked).0, "alg_none");
    assert_eq!(reason(r#"{"alg":"ES256K"}"#, NoKeys::NotAsked).0, "unsupported_alg");
}

#[test]
fn the_json_has_the_shape_of_the_contract() {
    let json = serde_json::to_value(of(&json!({"exp": NOW}))).unwrap();
    assert_eq!(json["signature"]["status"], "not_checked");
    assert_eq!(json["times"]["expires_at"], "2011-03-21T18:43:00Z");
    assert_eq!(json["times"]["issued_at"], Value::Null);
    assert_eq!(json["findings"][0]["code"], "expired");
    assert_eq!(json["findings"][0]["severity"], "warning");
    assert!(json["header"].is_object() && json["claims"].is_object());
}

#[test]
fn a_signed_message_that_is_no_jwt_is_shown_and_never_taken_for_one() {
    let shown = |text: &str| {
        let parsed = Parsed::parse_any(text, MAX_INSPECTED).unwrap();
        let signature = unchecked(&parsed, &NoKeys::NotAsked);
        lay_out(parsed, signature, None, now(), &Context::default())
    };
    let text = vector("RFC 7515 A.4").token;
    assert_eq!(parse(&text).unwrap_err(), NotAJwt::NotJson(Part::Payload));
    let inspection = shown(&text);
    assert_eq!(inspection.header["alg"], "ES512");
    assert!(inspection.claims.is_empty());
    assert_eq!(codes(&inspection), ["not_claims"]);
    assert_eq!(row(&inspection, "payload").value, "Payload");
    let inner = token(HEADER, "{}");
    assert_eq!(row(&shown(&token(HEADER, &inner)), "payload").value, format!("{} bytes", inner.len()));
    assert_eq!(row(&shown(&token(HEADER, "[1]")), "payload").value, "[1]");
    assert_eq!(row(&shown(&token(HEADER, "\u{1b}[31m")), "payload").value, "\\u{1b}[31m");
}

#[test]
fn a_token_of_another_issuer_audience_or_lifetime_than_the_login_is_told() {
    let claims = json!({"iss": "https://id.example", "aud": ["orders"], "azp": "me", "iat": NOW, "exp": NOW + 7200});
    let text = token(HEADER, &claims.to_string());
    let laid = |context: &Context<'_>| {
        let parsed = parse(&text).unwrap();
        let signature = unchecked(&parsed, &NoKeys::NotAsked);
        lay_out(parsed, signature, None, now(), context)
    };
    let fits = Context {
        issuer: Some("https://id.example"),
        audiences: vec!["mail", "orders"],
        client_id: Some("me"),
        ..Context::default()
    };
    let inspection = laid(&fits);
    assert_eq!(codes(&inspection), [""; 0]);
    assert_eq!(row(&inspection, "iss").note_code, "same_issuer");
    assert_eq!(row(&inspection, "azp").note_code, "own_client");
    let other = Context {
        issuer: Some("https://id.example/"),
        audiences: vec!["mail"],
        longest_hours: 1,
        ..Context::default()
    };
    let inspection = laid(&other);
    assert_eq!(codes(&inspection), ["long_lifetime", "wrong_issuer", "wrong_audience"]);
    assert_eq!(row(&inspection, "aud").warning_code, "wrong_audience");
    assert_eq!(row(&inspection, "exp").counts, [1]);
}
