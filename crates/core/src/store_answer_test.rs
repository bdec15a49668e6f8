//! Answers that bring only half of what a renewal should.

use std::time::Duration;

use crate::credential::Status;
use crate::error::Error;
use crate::fakes::{Play, World};
use crate::refresh::{Ask, Renewal};

#[tokio::test]
async fn a_renewal_without_an_access_token_keeps_its_refresh_token_and_ends_nothing() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.play([Play::Say(200, r#"{"refresh_token":"rt-half","token_type":"Bearer"}"#.to_owned())]);
    let error = vault.refresh(id, Ask::Now).await.unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("try_again", 6));
    assert!(world.keychain.holds("rt-half") && !world.keychain.holds("rt-1"), "the new token was not kept");
    // It is not asked for again at once, and then with the new token.
    drop(vault.refresh(id, Ask::Due).await);
    assert_eq!(world.seen(), ["rt-1"]);
    let token = vault.access_token(id, Duration::from_mins(1)).await.unwrap();
    assert_eq!(token.value.expose(), "at-2");
    assert_eq!(world.seen(), ["rt-1", "rt-half"]);
}

#[tokio::test]
async fn a_refresh_token_that_can_t_be_used_is_told_and_the_one_before_stays() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let odd = r#"{"access_token":"at-2","refresh_token":7,"token_type":"Bearer","expires_in":3600}"#;
    world.play([Play::Say(200, odd.to_owned())]);
    vault.refresh(id, Ask::Now).await.unwrap();
    let recent = vault.show(id).await.unwrap().recent;
    assert!(recent.iter().any(|entry| entry.facts.remark.as_deref() == Some("token_kept")), "{recent:?}");
    assert!(world.keychain.holds("rt-1"));
}

/// Only the last byte may be missing, and the refresh token stand there whole: it is still not believed, since the
/// provider may have said more.
#[tokio::test]
async fn an_answer_that_ends_at_any_byte_is_lost_whole_and_asked_for_once_more() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let whole = r#"{"refresh_token":"cut-refresh","access_token":"cut-access"}"#;
    for end in 0..whole.len() {
        world.clock.advance(3600);
        let before = vault.show(id).await.unwrap().refresh_generation;
        world.play([Play::Say(200, whole[..end].to_owned())]);
        let outcome = vault.refresh(id, Ask::Now).await;
        assert!(matches!(&outcome, Err(Error::TryAgain(verdict)) if verdict.code == "bad_answer"), "{end} {outcome:?}");
        let view = vault.show(id).await.unwrap();
        assert_eq!((view.status, view.refresh_generation), (Status::Waiting, before), "{end}");
        assert!(!world.keychain.holds("cut-"), "{end}: half an answer was stored");
        assert_eq!(vault.refresh(id, Ask::Now).await, Ok(Renewal::Renewed), "{end}");
        assert_eq!(vault.show(id).await.unwrap().refresh_generation, before + 1, "{end}");
        let seen = world.seen();
        // The same token twice, and a new one at each position (K3).
        let last: Vec<&String> = seen.iter().rev().take(3).collect();
        assert!(last[0] == last[1] && last.get(2) != Some(&last[0]), "{end} {last:?}");
    }
    world.clock.advance(3600);
    world.play([Play::Say(200, whole.to_owned())]);
    assert_eq!(vault.refresh(id, Ask::Now).await, Ok(Renewal::Renewed));
    assert!(world.keychain.holds("cut-refresh"));
}
