//! A wall clock that is set forward or back by years: nothing is lost, nobody is handed an ended token, nothing spins.

use std::time::Duration;

use crate::credential::CredentialId;
use crate::error::Error;
use crate::fakes::{Play, World};
use crate::refresh::Ask;
use crate::vault::Vault;

const TEN_YEARS: i64 = 10 * 365 * 86_400;

async fn token(vault: &Vault, id: CredentialId) -> Result<String, Error> {
    vault.access_token(id, Duration::from_mins(1)).await.map(|token| token.value.expose().to_owned())
}

#[tokio::test]
async fn a_token_of_a_clock_that_was_set_back_is_not_believed_for_years() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(TEN_YEARS);
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
    world.clock.advance(-TEN_YEARS);
    assert_eq!(token(&vault, id).await.unwrap(), "at-3", "the end of the one before lies ten years ahead");
    for _ in 0..5 {
        assert_eq!(token(&vault, id).await.unwrap(), "at-3", "one renewal is enough");
    }
    assert_eq!(world.seen(), ["rt-1", "rt-2"]);
}

#[tokio::test]
async fn a_no_from_the_future_does_not_keep_a_login_quiet_for_years() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(TEN_YEARS);
    world.play([Play::Say(400, r#"{"error":"invalid_client"}"#.to_owned())]);
    assert!(matches!(vault.refresh(id, Ask::Now).await, Err(Error::Misconfigured(_))));
    world.clock.advance(-TEN_YEARS);
    assert!(vault.refresh(id, Ask::Now).await.is_ok(), "the two quiet minutes are over, whatever the clock says");
}

#[tokio::test]
async fn a_pause_that_the_provider_asked_for_ends_although_the_clock_was_set_back() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(TEN_YEARS);
    world.play([Play::Later(600)]);
    for _ in 0..2 {
        assert!(matches!(vault.refresh(id, Ask::Now).await, Err(Error::TryAgain(_))));
    }
    assert_eq!(world.seen(), ["rt-1"], "the pause is kept");
    world.clock.advance(-TEN_YEARS);
    assert!(vault.refresh(id, Ask::Now).await.is_ok(), "ten years are no pause");
}
