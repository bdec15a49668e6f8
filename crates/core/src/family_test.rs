//! What a person sees of a login's refresh tokens, and what keeps them alive.

use std::time::Duration;

use crate::activity::By;
use crate::credential::{CredentialId, Line, Status};
use crate::error::Error;
use crate::fakes::{Play, World};
use crate::ports::HttpError;
use crate::refresh::{Ask, Renewal};
use crate::vault::Vault;
use crate::view::{NoticeKind, Why};

const MINUTE: Duration = Duration::from_mins(1);

async fn token(vault: &Vault, id: CredentialId) -> Result<String, Error> {
    vault.access_token(id, MINUTE).await.map(|token| token.value.expose().to_owned())
}

#[tokio::test]
async fn the_history_tells_each_refresh_token_with_its_reason_and_what_became_of_the_scopes() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.refresh(id, Ask::Now).await.unwrap();
    world.clock.advance(3600);
    token(&vault, id).await.unwrap();
    world.clock.advance(3600);
    world.play([Play::Say(
        200,
        r#"{"access_token":"at","refresh_token":"rt","expires_in":3600,"scope":""}"#.to_owned(),
    )]);
    vault.refresh(id, Ask::Due).await.unwrap();
    let history = vault.history(id, 10).await.unwrap();
    let told: Vec<(u64, Why)> = history.generations.iter().map(|one| (one.generation, one.why)).collect();
    assert_eq!(told, [(3, Why::Due), (2, Why::Wanted), (1, Why::Asked), (0, Why::SignedIn)]);
    let mut prints: Vec<&str> = history.generations.iter().map(|one| one.fingerprint.as_str()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), 4, "four tokens, four fingerprints");
    assert!(!world.files_hold("rt-2"));
    let told: Vec<(By, Option<&str>)> =
        history.entries.iter().map(|entry| (entry.by, entry.facts.remark.as_deref())).collect();
    assert_eq!(told[..3], [(By::Background, None), (By::You, Some("longer_wanted")), (By::You, None)]);
    // It goes with the credential, and comes back with it.
    vault.remove(id).await.unwrap();
    assert!(matches!(vault.history(id, 10).await, Err(Error::NotFound(_))));
    vault.undo_remove(id).await.unwrap();
    assert_eq!(vault.history(id, 10).await.unwrap().generations, history.generations);
}

#[tokio::test]
async fn a_copied_vault_waits_for_the_person_and_asks_nobody_meanwhile() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(1800);
    let copy = world.open_on("another machine").await;
    world.clock.advance(1600);
    assert_eq!(copy.refresh(id, Ask::Due).await, Err(Error::OtherDevice));
    let view = copy.show(id).await.unwrap();
    assert_eq!((view.status, view.line, view.next_refresh_at), (Status::Frozen, Line::RefreshFailing, None));
    assert_eq!(view.last_error.unwrap().code, "other_device");
    assert_eq!(copy.notice().await.unwrap().unwrap().kind, NoticeKind::OtherDevice);
    // What is still good may be used: only renewing is in question.
    assert_eq!(copy.access_token(id, Duration::ZERO).await.unwrap().value.expose(), "at-1");
    world.clock.advance(3600);
    assert_eq!(token(&copy, id).await, Err(Error::OtherDevice));
    assert_eq!(world.seen(), [""; 0]);
    // Taken over, it stays so, even where the provider gives no new token or no answer.
    world.play([Play::Fail(HttpError::Timeout { host: "id.test".to_owned() })]);
    assert_eq!(copy.refresh(id, Ask::Now).await.unwrap_err().code(), "try_again");
    world.clock.advance(10);
    world.play([Play::Say(200, r#"{"access_token":"at","expires_in":3600}"#.to_owned())]);
    assert_eq!(copy.refresh(id, Ask::Due).await, Ok(Renewal::Renewed));
    assert_eq!(copy.show(id).await.unwrap().status, Status::Fresh);
    assert_eq!(copy.notice().await.unwrap(), None);
    world.clock.advance(3600);
    assert!(token(&copy, id).await.is_ok());
    assert_eq!(world.seen(), ["rt-1"; 3]);
}

#[tokio::test]
async fn a_wish_to_renew_is_no_wish_to_take_over_before_it_was_said_whose_it_is() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let copy = world.open_on("another machine").await;
    assert_eq!(copy.refresh(id, Ask::Now).await, Err(Error::OtherDevice));
    assert_eq!(world.seen(), [""; 0]);
    assert_eq!(copy.refresh(id, Ask::Now).await, Ok(Renewal::Renewed));
}

#[tokio::test]
async fn a_token_whose_end_nobody_knows_is_renewed_for_whoever_asks_and_never_by_itself() {
    let world = World::new();
    let vault = world.open().await;
    let endless = |n: u32| Play::Say(200, format!(r#"{{"access_token":"at-{n}","refresh_token":"rt-{n}"}}"#));
    world.play([endless(1)]);
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(599);
    assert_eq!(token(&vault, id).await.unwrap(), "at-1");
    assert_eq!(vault.show(id).await.unwrap().status, Status::NoExpiry);
    assert_eq!(vault.refresh(id, Ask::Due).await, Ok(Renewal::StillFresh));
    world.clock.advance(1);
    world.play([endless(2)]);
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
    assert_eq!(world.seen().len(), 1);
    // When none can be had, the one at hand may be good still.
    world.clock.advance(600);
    world.play([Play::Say(503, String::new())]);
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
    assert_eq!(world.seen().len(), 2, "asked again before it was time");
}

#[tokio::test]
async fn a_refresh_token_that_would_die_unused_is_used_before_that() {
    let world = World::new();
    let vault = world.open().await;
    let says = r#"{"access_token":"at-1","refresh_token":"rt-1","refresh_expires_in":1800}"#;
    world.play([Play::Say(200, says.to_owned())]);
    let id = world.sign_in(&vault, "api").await;
    let view = vault.show(id).await.unwrap();
    let next = view.next_refresh_at.unwrap().duration_since(view.created_at).as_secs();
    assert!((985..=1080).contains(&next), "{next}");
    assert_eq!(view.sign_in_ends_at.unwrap().duration_since(view.created_at).as_secs(), 1800);
    assert!(!view.outlook.sign_in_end_usual);
    world.clock.advance(1080);
    assert_eq!(vault.refresh(id, Ask::Due).await, Ok(Renewal::Renewed));
    assert_eq!(world.seen(), ["rt-1"]);
}

#[tokio::test]
async fn who_hangs_with_one_login_keeps_the_scheduler_from_no_other() {
    let world = World::new();
    let vault = world.open().await;
    let (stuck, free) = (world.sign_in(&vault, "stuck").await, world.sign_in(&vault, "free").await);
    let held = vault.inner.locks.hold(&stuck.to_string()).await.unwrap();
    world.clock.advance(3400);
    assert_eq!(vault.refresh(stuck, Ask::Due).await, Err(Error::Busy));
    assert_eq!(vault.refresh(free, Ask::Due).await, Ok(Renewal::Renewed));
    // A person waits for it, and joining the scheduler's look at it is no answer.
    let due = vault.refresh(stuck, Ask::Due);
    let wanted = vault.refresh(stuck, Ask::Lasting(MINUTE * 10));
    let mut both = std::pin::pin!(futures_util::future::join(due, wanted));
    assert!(futures_util::poll!(&mut both).is_pending());
    tokio::time::timeout(MINUTE / 600, &mut both).await.unwrap_err();
    drop(held);
    assert_eq!(both.await, (Err(Error::Busy), Ok(Renewal::Renewed)));
}
