//! What the provider says of a token, and what that does to it.

use std::time::Duration;

use crate::Vault;
use crate::credential::CredentialId;
use crate::fakes::{Play, World};

async fn asked(world: &World, vault: &Vault, id: CredentialId, answer: &str) -> bool {
    vault.inner.catalog.set_setting(id, "endpoints.introspection_endpoint", "https://as.test/introspect").await;
    world.play([Play::Say(200, answer.to_owned())]);
    vault.introspect(id).await.unwrap().active
}

#[tokio::test]
async fn only_the_word_true_means_alive() {
    for answer in [r#"{"active":false}"#, r#"{"active":"true"}"#, "{}", r#"{"active":1}"#] {
        let world = World::new();
        let vault = world.open().await;
        let id = world.sign_in(&vault, "api").await;
        assert!(!asked(&world, &vault, id, answer).await, "{answer}");
        // The next use gets another one.
        let token = vault.access_token(id, Duration::ZERO).await.unwrap();
        assert_eq!(token.value.expose(), "at-2", "{answer}");
    }
}

#[tokio::test]
async fn a_token_that_is_alive_stays() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    assert!(asked(&world, &vault, id, r#"{"active":true,"scope":"x"}"#).await);
    assert_eq!(vault.access_token(id, Duration::ZERO).await.unwrap().value.expose(), "at-1");
    assert!(world.seen().is_empty());
}

#[tokio::test]
async fn a_login_that_has_nothing_else_keeps_its_token() {
    let world = World::new();
    let vault = world.open().await;
    world.play([Play::Say(200, r#"{"access_token":"at-only","token_type":"Bearer","expires_in":3600}"#.to_owned())]);
    let id = world.sign_in(&vault, "api").await;
    assert!(!asked(&world, &vault, id, r#"{"active":false}"#).await);
    assert_eq!(vault.access_token(id, Duration::ZERO).await.unwrap().value.expose(), "at-only");
}

#[tokio::test]
async fn a_provider_that_is_busy_has_refused_nothing() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.inner.catalog.set_setting(id, "endpoints.introspection_endpoint", "https://as.test/introspect").await;
    for (status, body, exit) in [(503, "", 6), (429, "", 6), (401, r#"{"error":"invalid_client"}"#, 8)] {
        world.play([Play::Say(status, body.to_owned())]);
        assert_eq!(vault.introspect(id).await.unwrap_err().exit_code(), exit, "{status}");
        assert_eq!(vault.access_token(id, Duration::ZERO).await.unwrap().value.expose(), "at-1");
    }
}
