//! Pasted tokens: stored, shown, checked, refused once they have ended.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;

use super::*;
use crate::credential::{Line, Status, Tone};
use crate::fakes::World;
use crate::health::Rule;
use crate::jwt::{Inspection, SignatureStatus};
use crate::quick_copy::Format;

/// A token signed with `secret` (HS256).
fn token(claims: &serde_json::Value, secret: &str) -> String {
    let signed = format!("{}.{}", B64.encode(r#"{"alg":"HS256","typ":"JWT"}"#), B64.encode(claims.to_string()));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    let signature = B64.encode(aws_lc_rs::hmac::sign(&key, signed.as_bytes()).as_ref());
    format!("{signed}.{signature}")
}

fn input(name: &str, value: String) -> AddJwtInput {
    AddJwtInput { name: name.to_owned(), value: Secret::from(value), ..AddJwtInput::default() }
}

const SECRET: &str = "a shared secret of forty-one characters..";

#[tokio::test]
async fn a_pasted_token_says_when_it_ends_and_is_refused_once_it_has() {
    let world = World::new();
    let vault = world.open().await;
    let now = vault.inner.ports.clock.now().as_second();
    let value = token(&serde_json::json!({ "iat": now - 60, "exp": now + 600, "sub": "ci" }), SECRET);
    let shown = vault.add_jwt(input("ci", value.clone())).await.unwrap();
    assert_eq!((shown.kind, shown.status, shown.line), (Kind::Jwt, Status::Expiring, Line::EndsSoon));
    assert_eq!((shown.access_token_alg.as_deref(), shown.renews), (Some("HS256"), false));
    let id = vault.find("ci").await.unwrap();
    vault.copy(id, Format::Raw, crate::activity::By::You).await.unwrap();
    world.clock.advance(601);
    let refused = vault.copy(id, Format::Raw, crate::activity::By::You).await.unwrap_err();
    assert!(matches!(refused, Error::Expired { .. }), "{refused:?}");
    assert!(vault.hand_out(id, std::time::Duration::ZERO, Format::Raw, crate::activity::By::You).await.is_err());
    let shown = vault.show(id).await.unwrap();
    assert_eq!((shown.status, shown.line, shown.tone), (Status::Expired, Line::Expired, Tone::Bad));
    assert!(!world.files_hold(&value), "the value rests in the keychain alone");
    // It can still be looked into, and replaced.
    assert!(vault.token(id, false).await.unwrap().inspection.is_some());
    let next = token(&serde_json::json!({ "exp": now + 864_000 * 10 }), SECRET);
    let shown = vault.rotate_api_key(id, Secret::from(next.clone()), false).await.unwrap();
    assert_eq!((shown.line, shown.versions.len()), (Line::Far, 2));
    assert_eq!(vault.looked_into(id).await.unwrap(), Secret::from(next));
}

#[tokio::test]
async fn a_shared_secret_checks_it_and_rests_in_the_keychain() {
    let world = World::new();
    let vault = world.open().await;
    let value = token(&serde_json::json!({ "sub": "ci" }), SECRET);
    let with = |name: &str, secret: &str| AddJwtInput {
        shared_secret: Some(Secret::new(secret)),
        allow_twin: true,
        ..input(name, value.clone())
    };
    vault.add_jwt(with("right", SECRET)).await.unwrap();
    vault.add_jwt(with("wrong", "another")).await.unwrap();
    for (name, status) in [("right", SignatureStatus::Verified), ("wrong", SignatureStatus::Invalid)] {
        let id = vault.find(name).await.unwrap();
        let view = vault.token(id, false).await.unwrap();
        assert_eq!(view.inspection.unwrap().signature.status, status, "{name}");
        assert_eq!(vault.show(id).await.unwrap().line, Line::NoExpiry);
    }
    assert!(!world.files_hold(SECRET));
    let id = vault.find("right").await.unwrap();
    vault.remove(id).await.unwrap();
    assert!(world.keychain.holds("another") && !world.keychain.holds(SECRET));
}

#[tokio::test]
async fn a_key_that_is_tried_says_nothing_of_the_token_when_it_does_not_fit() {
    const SHORT: &str = "ten-bytes.";
    let world = World::new();
    let vault = world.open().await;
    vault.add_jwt(input("ci", token(&serde_json::json!({ "sub": "ci" }), SHORT))).await.unwrap();
    let id = vault.find("ci").await.unwrap();
    let look = async |secret: &str| {
        let keys = KeysInput::Secret { text: Secret::new(secret) };
        let view = vault.check_token(id, &keys).await.unwrap();
        let codes = |found: Inspection| found.findings.into_iter().map(|one| one.code).collect::<Vec<_>>();
        view.inspection.map(|found| (found.signature.status, codes(found))).unwrap()
    };
    let rules = async || vault.health().await.unwrap().findings.into_iter().map(|one| one.rule).collect::<Vec<_>>();
    assert_eq!(look("another").await.0, SignatureStatus::Invalid);
    assert!(!rules().await.contains(&Rule::SignatureMismatch));
    let (status, codes) = look(SHORT).await;
    assert!(status == SignatureStatus::Verified && codes.contains(&"weak_secret".to_owned()), "{codes:?}");
    assert!(rules().await.contains(&Rule::ShortSecret), "how long the secret is was not kept");
}

#[tokio::test]
async fn what_is_no_token_or_has_ended_is_not_stored() {
    let world = World::new();
    let vault = world.open().await;
    let now = vault.inner.ports.clock.now().as_second();
    let good = token(&serde_json::json!({ "exp": now + 60 }), SECRET);
    for bad in [
        input("x", "sk_live_no_token_at_all".to_owned()),
        input("x", token(&serde_json::json!({ "exp": now }), SECRET)),
        AddJwtInput { issuer: Some("http://id.example".to_owned()), ..input("x", good.clone()) },
        AddJwtInput { jwks: Some("{}".to_owned()), ..input("x", good.clone()) },
        AddJwtInput { jwks: Some(r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#.to_owned()), ..input("x", good.clone()) },
        AddJwtInput {
            jwks: Some(r#"{"keys":[{"kty":"EC","d":"cHJpdmF0ZQ"}]}"#.to_owned()),
            ..input("x", good.clone())
        },
        AddJwtInput { jwks: Some("ftp://id.example".to_owned()), ..input("x", good.clone()) },
    ] {
        assert!(matches!(vault.add_jwt(bad).await, Err(Error::Invalid { .. })));
    }
    assert!(world.keychain.names().is_empty());
    vault.add_jwt(input("x", good.clone())).await.unwrap();
    assert!(matches!(vault.add_jwt(input("y", good)).await, Err(Error::DuplicateValue { .. })));
}
