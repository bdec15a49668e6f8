//! The workbench: what is made stays here, and what is compared or signed is what was asked for.

use serde_json::json;

use crate::error::Error;
use crate::fakes::World;
use crate::generate::KeyFormat;
use crate::jwt::{Change, Keys, NotAJwt, Parsed, SignProblem, SignWith, SignatureStatus, check, compare, sign_test};
use crate::secret::Secret;
use crate::vault::lock;
use crate::view::{AddApiKeyInput, GenerateInput, KeysInput, LockReason, MadeWhat, SignInput, TokenSource};
use crate::workbench::Workbench;

const CLAIMS: &str = r#"{"iss":"https://test.invalid","sub":"a","scope":"read write"}"#;

fn key() -> GenerateInput {
    GenerateInput { prefix: "fw_test_".to_owned(), bits: 256, format: KeyFormat::Base64url }
}

#[tokio::test]
async fn a_made_key_is_shown_once_copied_and_stored_without_passing_the_window() {
    let world = World::new();
    let (vault, bench) = (world.open().await, Workbench::default());
    let view = bench.generate(&key()).unwrap();
    assert_eq!((view.length, view.bits, view.sha256.len()), (51, 256, 64));
    bench.copy(&vault, MadeWhat::Key).await.unwrap();
    let shown = bench.reveal(&vault, MadeWhat::Key).await.unwrap();
    assert_eq!(crate::hash_key(&Secret::new(shown.value.clone())), view.sha256);
    assert!(bench.reveal(&vault, MadeWhat::Key).await.is_err(), "it was shown twice");
    let input = AddApiKeyInput {
        name: "Made".to_owned(),
        provider: None,
        account: None,
        environment: crate::credential::Environment::Development,
        tags: Vec::new(),
        header: None,
        rotate_by: None,
        note: String::new(),
        value: Secret::new("what the window sends is not used"),
        allow_twin: false,
    };
    let stored = bench.store(&vault, input).await.unwrap();
    assert_eq!(vault.reveal(stored.id.parse().unwrap()).await.unwrap().value, shown.value);
    assert!(bench.copy(&vault, MadeWhat::Key).await.is_err(), "a stored key is still on the bench");
    assert!(!world.files_hold(&shown.value));
}

#[tokio::test]
async fn what_was_made_is_forgotten() {
    let world = World::new();
    let (vault, bench) = (world.open().await, Workbench::default());
    bench.generate(&key()).unwrap();
    bench.sign(&SignInput { alg: "HS256".to_owned(), claims: CLAIMS.to_owned(), key: None });
    bench.forget();
    for what in [MadeWhat::Key, MadeWhat::Token, MadeWhat::Secret] {
        assert!(bench.copy(&vault, what).await.is_err(), "{what:?}");
    }
}

#[tokio::test]
async fn behind_the_lock_nothing_that_was_made_is_shown_or_copied() {
    let world = World::new();
    let (vault, bench) = (world.open().await, Workbench::default());
    vault.set_passphrase(&Secret::new("correct horse battery"), None).await.unwrap();
    let change = json!({ "reveal_seconds": 7, "clear_clipboard_seconds": 9 });
    vault.change_settings(change.as_object().unwrap(), None).await.unwrap();
    bench.generate(&key()).unwrap();
    vault.lock_now(LockReason::Asked).await.unwrap();
    assert_eq!(bench.reveal(&vault, MadeWhat::Key).await.err(), Some(Error::Locked));
    assert_eq!(bench.copy(&vault, MadeWhat::Key).await, Err(Error::Locked));
    assert_eq!(*lock(&world.clipboard.cell), None);
    vault.unlock(&Secret::new("correct horse battery")).await.unwrap();
    // As long as the person chose, as for a stored value.
    assert_eq!(bench.copy(&vault, MadeWhat::Key).await.unwrap().for_seconds, 9);
    assert_eq!(bench.reveal(&vault, MadeWhat::Key).await.unwrap().for_seconds, 7);
}

#[test]
fn every_algorithm_signs_with_a_fresh_key_and_its_public_key_confirms_it() {
    for alg in ["ES256", "RS256", "EdDSA"] {
        let signed = sign_test(alg, CLAIMS, SignWith::Fresh).unwrap();
        let parsed = Parsed::parse(signed.token.expose(), 65_536).unwrap();
        let text = json!({ "keys": [signed.public_jwk.unwrap()] }).to_string();
        let verdict = check(&parsed, &Keys::Jwks { text: &text, source: String::new() });
        assert_eq!(verdict.status, SignatureStatus::Verified, "{alg}: {}", verdict.reason);
        assert!(verdict.key_id.unwrap().starts_with("fobwatch-test-"));
        assert!(!text.contains("\"d\""), "the private key is in the JWK");
    }
    let signed = sign_test("HS256", CLAIMS, SignWith::Fresh).unwrap();
    let parsed = Parsed::parse(signed.token.expose(), 65_536).unwrap();
    let verdict = check(&parsed, &Keys::Secret(&signed.secret.unwrap()));
    assert_eq!(verdict.status, SignatureStatus::Verified);
    assert!(signed.public_jwk.is_none(), "a shared secret is no public key");
}

#[test]
fn what_can_not_be_signed_is_said_and_where() {
    let problem = |claims: &str| sign_test("ES256", claims, SignWith::Fresh).unwrap_err();
    assert_eq!(problem("{\n  \"a\": 1,\n}"), SignProblem::NotJson { line: 3, column: 1 });
    assert_eq!(problem("[]"), SignProblem::NotClaims);
    assert_eq!(problem(r#"{"a":1,"a":2}"#), SignProblem::Duplicate);
    assert_eq!(problem(r#"{"exp":"tomorrow"}"#), SignProblem::BadTime);
    assert_eq!(problem(&" ".repeat(70_000)), SignProblem::TooLong);
    let given = |alg, text: &str| sign_test(alg, "{}", SignWith::Given(&Secret::new(text))).unwrap_err();
    assert_eq!(given("HS256", "short"), SignProblem::ShortSecret);
    assert_eq!(given("RS256", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), SignProblem::BadKey);
    assert_eq!(given("none", "x"), SignProblem::Algorithm);
}

#[test]
fn two_tokens_are_compared_claim_by_claim() {
    let sign = |claims: &str| sign_test("EdDSA", claims, SignWith::Fresh).unwrap().token;
    let first = sign(r#"{"iss":"a","exp":1,"scope":"read write","old":9007199254740993}"#);
    let second = sign(r#"{"iss":"a","exp":2,"scope":"read admin","new":"x\u202ey"}"#);
    let read = |token: &'_ Secret| Parsed::parse(token.expose(), 65_536).map(drop);
    assert_eq!(read(&first), Ok::<(), NotAJwt>(()));
    let (one, two) = (Parsed::parse(first.expose(), 65_536).unwrap(), Parsed::parse(second.expose(), 65_536).unwrap());
    let found = compare(&one, &two);
    let lines: Vec<_> = found.lines.iter().map(|line| (line.name.as_str(), line.change)).collect();
    let wanted = [
        ("kid", Change::Changed),
        ("exp", Change::Changed),
        ("scope", Change::Changed),
        ("new", Change::Added),
        ("old", Change::Removed),
    ];
    assert_eq!(lines, wanted);
    let scope = &found.lines[2];
    assert_eq!(
        (scope.gained.as_slice(), scope.lost.as_slice()),
        (&["admin".to_owned()][..], &["write".to_owned()][..])
    );
    assert_eq!(found.lines[1].after_at.unwrap().as_second(), 2);
    assert_eq!(found.lines[3].after.as_deref(), Some("x\\u{202e}y"));
    assert_eq!(found.lines[4].before.as_deref(), Some("9007199254740993"));
    assert_eq!(compare(&one, &one).lines, []);
}

#[tokio::test]
async fn a_pasted_token_is_laid_open_and_sent_nowhere() {
    let world = World::new();
    let vault = world.open().await;
    let signed = sign_test("ES256", CLAIMS, SignWith::Fresh).unwrap();
    let view = vault.decode(&signed.token, &KeysInput::Nothing).await;
    assert_eq!(view.inspection.unwrap().signature.reason, "not_asked");
    let jwk = Secret::new(signed.public_jwk.unwrap().to_string());
    let view = vault.decode(&signed.token, &KeysInput::Key { text: jwk }).await;
    assert_eq!(view.inspection.unwrap().signature.status, SignatureStatus::Verified);
    let opaque = vault.decode(&Secret::new("00FAKE00notakey"), &KeysInput::Nothing).await;
    assert_eq!(opaque.problem.unwrap().code, "opaque");
    let source = |text: &str| TokenSource::Text { text: Secret::new(text) };
    let compared = vault.compare_tokens(&source("x"), &source(signed.token.expose())).await.unwrap();
    assert_eq!(compared.first_problem.unwrap().code, "opaque");
    assert!(compared.second_problem.is_none() && compared.differences.is_none());
    assert_eq!(world.seen(), [""; 0]);
}

#[tokio::test]
async fn keys_are_fetched_from_https_or_this_computer_only() {
    let world = World::new();
    let vault = world.open().await;
    let signed = sign_test("ES256", CLAIMS, SignWith::Fresh).unwrap();
    for keys in [
        KeysInput::Jwks { url: "http://keys.example/jwks.json".to_owned() },
        KeysInput::Issuer { url: "http://keys.example".to_owned() },
        KeysInput::Jwks { url: "file:///etc/passwd".to_owned() },
        KeysInput::Jwks { url: "nonsense".to_owned() },
    ] {
        let verdict = vault.decode(&signed.token, &keys).await.inspection.unwrap().signature;
        assert_eq!(verdict.reason, "keys_unavailable", "{keys:?}");
    }
    assert_eq!(world.seen(), [""; 0], "something was asked over http");
}
