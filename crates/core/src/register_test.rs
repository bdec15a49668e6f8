//! What is registered for a sign-in, and that it goes again with it.

use std::sync::Mutex;

use super::*;
use crate::fakes::{Play, World};
use crate::login::{LoginOptions, LoginProgress};
use crate::vault::lock;

fn registered(change: &serde_json::Value) -> Registered {
    let mut answer = json!({
        "client_id": "c1", "redirect_uris": [REDIRECT], "grant_types": ["authorization_code", "refresh_token"],
    });
    for (name, value) in change.as_object().unwrap() {
        answer[name] = value.clone();
    }
    serde_json::from_value(answer).unwrap()
}

#[test]
fn only_the_client_that_was_asked_for_is_taken() {
    let now: Timestamp = "2025-10-16T13:17:00Z".parse().unwrap();
    let grants = ["authorization_code", "refresh_token"];
    let judge = |change: serde_json::Value| check(&registered(&change), REDIRECT, &grants, now);
    assert_eq!(judge(json!({})), Ok(()));
    assert_eq!(judge(json!({ "client_secret_expires_at": 0 })), Ok(()));
    assert!(judge(json!({ "redirect_uris": ["https://evil.test/cb"] })).is_err());
    assert!(judge(json!({ "redirect_uris": [REDIRECT, "https://evil.test/cb"] })).is_err());
    assert!(judge(json!({ "grant_types": ["authorization_code", "implicit"] })).is_err());
    assert!(judge(json!({ "client_secret_expires_at": 1 })).is_err());
    assert!(judge(json!({ "client_id": "" })).is_err());
}

const METADATA: &str = r#"{"issuer":"https://id.test","token_endpoint":"https://id.test/token",
    "authorization_endpoint":"https://id.test/authorize","registration_endpoint":"https://id.test/register",
    "scopes_supported":["api"]}"#;

fn new_client(more: &str) -> Play {
    let text = format!(
        r#"{{"client_id":"c1","registration_access_token":"rat","registration_client_uri":"https://id.test/reg/c1"{more}}}"#
    );
    Play::Say(201, text)
}

/// Signs in with a client that is registered for it; returns how it ended and where the browser came back to.
async fn sign_in(world: &World, plays: Vec<Play>) -> (Result<crate::view::CredentialView, Error>, Option<Url>, Vault) {
    *lock(&world.http.document) = Some(METADATA.to_owned());
    world.play(plays);
    let vault = world.open().await;
    let input = LoginInput {
        name: "api".to_owned(),
        issuer: Some("https://id.test".to_owned()),
        register: true,
        ..LoginInput::default()
    };
    let back = Arc::new(Mutex::new(None));
    let hear = back.clone();
    let tell = Arc::new(move |progress| {
        if let LoginProgress::Listening { redirect_uri, .. } = progress {
            *lock(&hear) = Some(redirect_uri);
        }
    });
    let options = LoginOptions { open_browser: true, ..LoginOptions::default() };
    let outcome = vault.login(input, options, tell).await;
    let back = lock(&back).clone();
    (outcome, back, vault)
}

fn removals(world: &World) -> usize {
    lock(&world.http.asked).iter().filter(|asked| *asked == "DELETE https://id.test/reg/c1").count()
}

#[tokio::test]
async fn a_client_of_a_failed_sign_in_is_removed_again() {
    let no = || Play::Say(400, r#"{"error":"invalid_grant"}"#.to_owned());
    let other = new_client(r#","redirect_uris":["https://evil.test/cb"]"#);
    for plays in [vec![new_client(""), no()], vec![other]] {
        let world = World::new();
        let (outcome, _, vault) = sign_in(&world, plays).await;
        outcome.unwrap_err();
        vault.close().await;
        assert_eq!(removals(&world), 1);
    }
}

#[tokio::test]
async fn the_address_that_is_used_is_registered_and_used_again() {
    let world = World::new();
    let (outcome, back, vault) = sign_in(&world, vec![new_client(""), Play::Rotate(3600)]).await;
    let id = outcome.unwrap().id.parse().unwrap();
    let back = back.unwrap().to_string();
    let sent = lock(&world.http.forms)[0].keys().cloned().collect::<String>();
    assert!(sent.contains(&format!(r#""redirect_uris":["{back}"]"#)), "{sent}");
    assert_eq!(vault.login_again(id).await.unwrap().redirect_uri, Some(back));
    vault.close().await;
    assert_eq!(removals(&world), 0, "a client that is in use was removed");
}

#[tokio::test]
async fn a_sign_in_again_does_not_forget_where_its_client_is_removed() {
    let world = World::new();
    let (outcome, _, vault) = sign_in(&world, vec![new_client(""), Play::Rotate(3600)]).await;
    let id = outcome.unwrap().id.parse().unwrap();
    let input = vault.login_again(id).await.unwrap();
    let options = LoginOptions { open_browser: true, again: Some(id), ..LoginOptions::default() };
    vault.login(input, options, Arc::new(|_| {})).await.unwrap();
    assert_eq!(vault.remove_registered_client(id).await, Ok(Some(true)));
    assert_eq!(removals(&world), 1);
}
