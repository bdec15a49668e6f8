//! Revocation against a server that confirms, refuses or is away.

use super::*;
use crate::fakes::{Play, World};
use crate::ports::HttpError;
use crate::refresh::Ask;
use crate::vault::lock;

/// A login whose provider has a revocation endpoint, and the answers to what comes next.
async fn revoked_with(plays: Vec<Play>) -> (RevokedView, World, Vault, CredentialId) {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.inner.catalog.set_setting(id, "revocation_endpoint", "https://discord.com/revoke").await;
    lock(&world.http.forms).clear();
    world.play(plays);
    let view = vault.revoke(id).await.unwrap();
    (view, world, vault, id)
}

fn yes() -> Play {
    Play::Say(200, String::new())
}

#[tokio::test]
async fn both_tokens_are_taken_back_and_nothing_is_handed_out_any_more() {
    let (view, world, vault, id) = revoked_with(vec![yes(), yes()]).await;
    assert_eq!((view.outcome, view.access_ends_at), (Revoked::Confirmed, None));
    let forms = lock(&world.http.forms).clone();
    let tokens: Vec<_> = forms.iter().map(|form| (form["token"].as_str(), form["token_type_hint"].as_str())).collect();
    assert_eq!(tokens, [("rt-1", "refresh_token"), ("at-1", "access_token")]);
    let error = vault.access_token(id, std::time::Duration::ZERO).await.unwrap_err();
    assert_eq!(error.code(), "sign_in_needed");
    assert!(vault.refresh(id, Ask::Due).await.is_err() || lock(&world.http.seen).is_empty());
    assert!(lock(&world.http.seen).is_empty(), "a revoked token was sent");
    assert!(vault.show(id).await.unwrap().last_error.unwrap().message.starts_with("You revoked"));
}

#[tokio::test]
async fn what_is_not_confirmed_counts_as_alive() {
    let away = || Play::Fail(HttpError::Timeout { host: "discord.com".to_owned() });
    for play in [Play::Say(503, String::new()), Play::Say(400, r#"{"error":"invalid_client"}"#.to_owned()), away()] {
        let (view, _world, vault, id) = revoked_with(vec![play, yes()]).await;
        assert_eq!(view.outcome, Revoked::NotConfirmed);
        assert!(!view.why.is_empty());
        vault.access_token(id, std::time::Duration::ZERO).await.unwrap();
    }
}

#[tokio::test]
async fn an_access_token_that_can_t_be_taken_back_is_said_to_work_until_its_end() {
    let no = Play::Say(400, r#"{"error":"unsupported_token_type"}"#.to_owned());
    let (view, ..) = revoked_with(vec![yes(), no]).await;
    assert_eq!(view.outcome, Revoked::Confirmed);
    assert!(view.access_ends_at.is_some());
}

#[tokio::test]
async fn a_provider_without_an_endpoint_is_not_asked() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    lock(&world.http.forms).clear();
    let view = vault.revoke(id).await.unwrap();
    assert_eq!(view.outcome, Revoked::NotOffered);
    assert!(lock(&world.http.forms).is_empty());
    vault.access_token(id, std::time::Duration::ZERO).await.unwrap();
}
