//! What a client's requests look like on the wire.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;

/// An RSA-free key, made for this test alone: `openssl genpkey -algorithm ed25519`.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

fn settings(auth: ClientAuth) -> LoginSettings {
    LoginSettings { auth, ..crate::fakes::settings() }
}

fn sent(auth: ClientAuth, secret: Option<&str>) -> (Option<String>, Vec<(String, String)>) {
    let settings = settings(auth);
    let secret = secret.map(Secret::new);
    let client = Client { settings: &settings, secret: secret.as_ref(), dpop: None };
    let now = "2025-10-16T13:17:00Z".parse().unwrap();
    let request = client.request("https://id.test/token", &vec![("grant_type", "x")], now).unwrap();
    assert_eq!(request.method(), http::Method::POST);
    assert_eq!(request.headers()[CONTENT_TYPE], "application/x-www-form-urlencoded");
    let header = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    (header, form_urlencoded::parse(request.body()).into_owned().collect())
}

fn names(form: &[(String, String)]) -> Vec<&str> {
    form.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_public_client_names_itself() {
    let (header, form) = sent(ClientAuth::None, None);
    assert_eq!((header, names(&form)), (None, vec!["grant_type", "client_id"]));
}

#[test]
fn basic_encodes_both_halves_and_stands_alone() {
    let (header, form) = sent(ClientAuth::Basic, Some("s:1/ü"));
    let given = header.unwrap();
    let pair = String::from_utf8(STANDARD.decode(given.strip_prefix("Basic ").unwrap()).unwrap()).unwrap();
    assert_eq!(pair, "my+client:s%3A1%2F%C3%BC");
    assert_eq!(names(&form), ["grant_type"]);
}

#[test]
fn post_puts_the_secret_into_the_form_and_nowhere_else() {
    let (header, form) = sent(ClientAuth::Post, Some("s1"));
    assert_eq!(header, None);
    assert_eq!(form[1..], [("client_id".into(), "my client".into()), ("client_secret".into(), "s1".into())]);
}

#[test]
fn a_private_key_signs_a_short_assertion_for_this_issuer() {
    let (header, form) = sent(ClientAuth::PrivateKeyJwt, Some(KEY));
    assert_eq!(header, None);
    assert_eq!(names(&form), ["grant_type", "client_id", "client_assertion_type", "client_assertion"]);
    let parts: Vec<&str> = form[3].1.split('.').collect();
    let read =
        |part: &str| -> serde_json::Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    let (head, claims) = (read(parts[0]), read(parts[1]));
    assert_eq!((&head["alg"], &head["kid"]), (&"EdDSA".into(), &"k1".into()));
    assert_eq!((&claims["iss"], &claims["sub"]), (&"my client".into(), &"my client".into()));
    assert_eq!(claims["aud"], "https://id.test");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), ASSERTION_SECONDS);
    let (_, again) = sent(ClientAuth::PrivateKeyJwt, Some(KEY));
    assert_ne!(form[3].1, again[3].1, "an assertion was used twice");
    assert!(!form.iter().any(|(_, value)| value.contains("PRIVATE KEY")));
}

#[test]
fn only_a_private_key_can_sign() {
    assert!(can_sign(KEY));
    assert!(!can_sign("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
    assert!(!can_sign("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n"));
}

#[test]
fn a_provider_that_wants_json_gets_json() {
    let mut settings = settings(ClientAuth::Basic);
    settings.quirks.json_body = true;
    let secret = Secret::new("s1");
    let client = Client { settings: &settings, secret: Some(&secret), dpop: None };
    let now = "2025-10-16T13:17:00Z".parse().unwrap();
    let request = client.request("https://id.test/token", &vec![("grant_type", "x"), ("code", "a\"b")], now).unwrap();
    assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body, json!({ "grant_type": "x", "code": "a\"b" }));
    assert!(request.headers().contains_key(AUTHORIZATION));
}
