//! Signing in once more: what must not have changed meanwhile.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::*;
use crate::fakes::{Play, World};
use crate::vault::lock;

fn metadata(token_endpoint: &str) -> String {
    format!(
        r#"{{"issuer":"https://id.test","token_endpoint":"{token_endpoint}",
        "device_authorization_endpoint":"https://id.test/device","scopes_supported":["api"]}}"#
    )
}

fn approved() -> [Play; 2] {
    let offer = r#"{"device_code":"dc","user_code":"AB-CD","verification_uri":"https://id.test/d","expires_in":300}"#;
    [Play::Say(200, offer.to_owned()), Play::Rotate(3600)]
}

async fn sign_in(vault: &Vault, options: LoginOptions) -> Result<CredentialView, Error> {
    let input = LoginInput {
        name: "api".to_owned(),
        issuer: Some("https://id.test".to_owned()),
        client_id: Some("c".to_owned()),
        ..LoginInput::default()
    };
    vault.login(input, LoginOptions { device: true, ..options }, Arc::new(|_| {})).await
}

#[tokio::test]
async fn an_endpoint_that_moved_since_the_last_sign_in_needs_a_yes() {
    let world = World::new();
    world.clock.skips.store(true, Ordering::Relaxed);
    *lock(&world.http.document) = Some(metadata("https://id.test/token"));
    world.play(approved());
    let vault = world.open().await;
    sign_in(&vault, LoginOptions::default()).await.unwrap();
    let id = vault.find("api").await.unwrap();
    let again =
        |accept_new_endpoints| LoginOptions { again: Some(id), accept_new_endpoints, ..LoginOptions::default() };

    *lock(&world.http.document) = Some(metadata("https://other.test/token"));
    world.play(approved());
    lock(&world.http.forms).clear();
    let refused = sign_in(&vault, again(false)).await.unwrap_err();
    assert_eq!((refused.code(), refused.exit_code()), ("endpoints_changed", 7));
    assert!(lock(&world.http.forms).is_empty(), "something was sent");
    // The stored login goes on where it was.
    assert_eq!(vault.show(id).await.unwrap().token_endpoint.unwrap(), "https://id.test/token");

    sign_in(&vault, again(true)).await.unwrap();
    assert_eq!(vault.show(id).await.unwrap().token_endpoint.unwrap(), "https://other.test/token");
}

#[tokio::test]
async fn every_pinned_endpoint_is_compared_and_also_by_name() {
    let pinned = [
        ("authorization_endpoint", "https://id.test/authorize"),
        ("jwks_uri", "https://id.test/keys"),
        ("revocation_endpoint", "https://id.test/revoke"),
        ("device_authorization_endpoint", "https://id.test/device"),
        ("pushed_authorization_request_endpoint", "https://id.test/par"),
        ("introspection_endpoint", "https://id.test/introspect"),
        ("userinfo_endpoint", "https://id.test/userinfo"),
    ];
    let mut before: serde_json::Value = serde_json::from_str(&metadata("https://id.test/token")).unwrap();
    for (name, address) in pinned {
        before[name] = address.into();
    }
    let world = World::new();
    world.clock.skips.store(true, Ordering::Relaxed);
    *lock(&world.http.document) = Some(before.to_string());
    world.play(approved());
    let vault = world.open().await;
    sign_in(&vault, LoginOptions::default()).await.unwrap();
    lock(&world.http.forms).clear();
    for (name, address) in pinned.into_iter().chain([("token_endpoint", "https://id.test/token")]) {
        let mut moved = before.clone();
        moved[name] = address.replace("id.test", "other.test").into();
        *lock(&world.http.document) = Some(moved.to_string());
        let refused = sign_in(&vault, LoginOptions::default()).await.unwrap_err();
        assert_eq!(refused.code(), "endpoints_changed", "{name}");
    }
    assert!(lock(&world.http.forms).is_empty(), "something was sent");
}

#[test]
fn another_refresh_endpoint_is_a_move() {
    let before = crate::fakes::settings();
    let mut after = before.clone();
    assert!(moved_endpoint(&before, &after).is_ok());
    after.quirks.refresh_endpoint = Some("https://id.test/refresh".to_owned());
    assert!(moved_endpoint(&before, &after).is_err());
}
