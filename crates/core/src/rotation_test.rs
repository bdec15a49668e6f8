//! The rotation protocol on controlled ports: every answer, every way to be cut off (`rotation.md`).

use std::sync::Arc;
use std::time::Duration;

use crate::credential::{CredentialId, Status};
use crate::error::Error;
use crate::fakes::{Play, World};
use crate::ports::{HttpError, KeychainError};
use crate::refresh::{Ask, Renewal};
use crate::secret::SecretBytes;
use crate::vault::{Vault, lock};

const MINUTE: Duration = Duration::from_mins(1);

fn host() -> String {
    "accounts.spotify.com".to_owned()
}

async fn token(vault: &Vault, id: CredentialId) -> Result<String, Error> {
    vault.access_token(id, MINUTE).await.map(|token| token.value.expose().to_owned())
}

#[tokio::test]
async fn a_fresh_token_asks_nobody_and_an_ended_one_is_renewed() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    assert_eq!(token(&vault, id).await.unwrap(), "at-1");
    assert_eq!(world.seen(), [""; 0]);
    world.clock.advance(3600);
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
    assert_eq!(world.seen(), ["rt-1"]);
    let view = vault.show(id).await.unwrap();
    assert_eq!((view.refresh_generation, view.rotations, view.status), (1, 1, Status::Fresh));
}

#[tokio::test]
async fn the_old_token_is_gone_after_the_commit_and_no_file_ever_holds_one() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    for generation in 1..4 {
        vault.refresh(id, Ask::Now).await.unwrap();
        assert!(world.keychain.holds(&format!("rt-{}", generation + 1)));
        assert!(!world.keychain.holds(&format!("\"rt-{generation}\"")));
        world.clock.advance(1);
    }
    for needle in ["rt-1", "rt-4", "at-1", "at-4", "the-code"] {
        assert!(!world.files_hold(needle), "{needle}");
    }
    // The search itself works.
    assert!(world.files_hold("accounts.spotify.com"));
    let slots = world.keychain.names().iter().filter(|name| name.ends_with("/a") || name.ends_with("/b")).count();
    assert_eq!(slots, 1);
}

#[tokio::test]
async fn many_callers_cause_one_request() {
    let world = World::new();
    let vault = world.open().await;
    let other_process = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    let callers = (0..40).map(|n| token(if n % 2 == 0 { &vault } else { &other_process }, id));
    for outcome in futures_util::future::join_all(callers).await {
        assert_eq!(outcome.unwrap(), "at-2");
    }
    assert_eq!(world.seen(), ["rt-1"]);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_cut_the_refresh() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    world.http.gate.forget_permits(10_000);
    {
        let mut caller = Box::pin(vault.refresh(id, Ask::Now));
        while world.http.gate.available_permits() == 0 && !vault.inner.flights.is_flying(id) {
            assert!(futures_util::poll!(&mut caller).is_pending());
            tokio::task::yield_now().await;
        }
        // The caller is dropped here, with the request under way.
    }
    world.http.gate.add_permits(1);
    vault.inner.flights.settle().await;
    assert!(world.keychain.holds("rt-2"));
    assert_eq!(vault.show(id).await.unwrap().refresh_generation, 1);
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    for odd in [
        "",
        r#","refresh_token":null"#,
        r#","refresh_token":"""#,
        r#","refresh_token":7"#,
        r#","refresh_token":"rt-1""#,
    ] {
        world.play([Play::Say(200, format!(r#"{{"access_token":"new","expires_in":3600{odd}}}"#))]);
        world.clock.advance(3600);
        assert_eq!(token(&vault, id).await.unwrap(), "new");
        assert!(world.keychain.holds("rt-1"));
    }
    world.clock.advance(3600);
    token(&vault, id).await.unwrap();
    assert_eq!(world.seen(), ["rt-1"; 6]);
}

#[tokio::test]
async fn only_a_definite_no_ends_a_login_and_even_then_the_token_is_kept() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    for (status, body) in [(429, ""), (500, ""), (503, "<html>"), (403, ""), (400, r#"{"error":"invalid_request"}"#)] {
        world.play([Play::Say(status, body.to_owned())]);
        assert!(matches!(token(&vault, id).await, Err(Error::TryAgain(_))), "{status}");
        assert_eq!(vault.show(id).await.unwrap().status, Status::Waiting);
        world.clock.advance(3600);
    }
    world.play([Play::Say(400, r#"{"error":"invalid_grant"}"#.to_owned())]);
    assert!(matches!(token(&vault, id).await, Err(Error::SignInNeeded(verdict)) if verdict.code == "invalid_grant"));
    assert_eq!(vault.show(id).await.unwrap().status, Status::SignInNeeded);
    assert!(world.keychain.holds("rt-1"));
    let asked = world.seen().len();
    // Within two minutes nobody asks again, not even the person; later only the person does.
    assert!(vault.refresh(id, Ask::Now).await.is_err());
    world.clock.advance(121);
    assert!(token(&vault, id).await.is_err());
    assert_eq!(world.seen().len(), asked);
    assert_eq!(vault.refresh(id, Ask::Now).await, Ok(Renewal::Renewed));
}

#[tokio::test]
async fn a_refused_client_is_not_asked_again_by_itself() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    world.play([Play::Say(401, r#"{"error":"invalid_client"}"#.to_owned())]);
    assert!(matches!(token(&vault, id).await, Err(Error::Misconfigured(_))));
    world.clock.advance(36_000);
    assert!(matches!(token(&vault, id).await, Err(Error::Misconfigured(_))));
    assert_eq!(vault.refresh(id, Ask::Due).await, Ok(Renewal::StillFresh));
    assert_eq!(world.seen().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_once_more_and_never_a_third_time() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    let lost = || Play::Fail(HttpError::Timeout { host: host() });
    world.play([lost(), lost()]);
    assert!(matches!(token(&vault, id).await, Err(Error::TryAgain(_))));
    // A request without the token goes first, so that an outage does not use up the last try.
    assert!(matches!(token(&vault, id).await, Err(Error::SignInNeeded(verdict)) if verdict.code == "answer_lost"));
    assert_eq!(*lock(&world.http.probes), 1);
    world.clock.advance(36_000);
    assert!(vault.refresh(id, Ask::Now).await.is_err());
    assert_eq!(world.seen(), ["rt-1", "rt-1"]);
    assert!(world.keychain.holds("rt-1"));
}

#[tokio::test]
async fn a_lost_answer_can_be_made_good() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    world.play([Play::Fail(HttpError::Broken { host: host() })]);
    assert!(token(&vault, id).await.is_err());
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
    assert_eq!(vault.show(id).await.unwrap().last_error, None);
}

#[tokio::test]
async fn no_connection_uses_up_no_try() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    world.play((0..20).map(|_| Play::Fail(HttpError::Connect { host: host() })));
    for _ in 0..20 {
        assert!(matches!(token(&vault, id).await, Err(Error::TryAgain(_))));
    }
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
}

#[tokio::test]
async fn a_locked_keychain_sends_nothing_and_is_not_a_logout() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    for error in [KeychainError::Locked, KeychainError::Unavailable("none".to_owned()), KeychainError::Denied] {
        *lock(&world.keychain.failing) = Some(error.clone());
        assert_eq!(token(&vault, id).await, Err(Error::Keychain(error)));
    }
    assert_eq!(world.seen(), [""; 0]);
    *lock(&world.keychain.failing) = None;
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
}

#[tokio::test]
async fn a_keychain_that_refuses_the_new_token_loses_nothing() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    *lock(&world.keychain.failing_writes) = Some(KeychainError::Locked);
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
    assert!(vault.show(id).await.unwrap().unsaved);
    assert!(world.keychain.holds("rt-1") && !world.keychain.holds("rt-2"));
    drop(vault);
    // Another process, and an open keychain: the sealed answer reaches it.
    *lock(&world.keychain.failing_writes) = None;
    let vault = world.open().await;
    vault.recover().await.unwrap();
    let view = vault.show(id).await.unwrap();
    assert!(!view.unsaved && view.refresh_generation == 1 && world.keychain.holds("rt-2"));
    world.clock.advance(3600);
    assert_eq!(token(&vault, id).await.unwrap(), "at-3");
    assert_eq!(world.seen(), ["rt-1", "rt-2"]);
}

#[tokio::test]
async fn a_slot_that_is_newer_than_the_row_is_followed() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let backup = std::fs::read(world.home.path().join("vault.db")).unwrap();
    vault.refresh(id, Ask::Now).await.unwrap();
    drop((vault, backup));
    // The commit is undone behind the vault's back: only the keychain knows of rt-2.
    let vault = world.open().await;
    vault.inner.catalog.undo_commit(id).await;
    world.clock.advance(3600);
    assert_eq!(token(&vault, id).await.unwrap(), "at-3");
    assert_eq!(world.seen(), ["rt-1", "rt-2"]);
    assert_eq!(vault.show(id).await.unwrap().refresh_generation, 2);
}

#[tokio::test]
async fn a_keychain_restored_from_a_backup_gets_its_one_try() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let backup = lock(&world.keychain.items).clone();
    vault.refresh(id, Ask::Now).await.unwrap();
    *lock(&world.keychain.items) = backup;
    world.clock.advance(3600);
    assert_eq!(token(&vault, id).await.unwrap(), "at-3");
    assert_eq!(world.seen(), ["rt-1", "rt-1"]);
    assert!(world.keychain.holds("rt-3"));
    world.clock.advance(3600);
    assert_eq!(token(&vault, id).await.unwrap(), "at-4");
}

#[tokio::test]
async fn a_copied_profile_asks_before_it_refreshes() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    let copy = world.open_on("another machine").await;
    assert_eq!(token(&copy, id).await, Err(Error::OtherDevice));
    assert_eq!(world.seen(), [""; 0]);
    assert_eq!(copy.refresh(id, Ask::Now).await, Ok(Renewal::Renewed));
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
}

#[tokio::test]
async fn a_token_never_goes_to_another_address_than_it_came_from() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.inner.catalog.change_endpoint(id, "https://evil.example/token").await;
    world.clock.advance(3600);
    assert!(
        matches!(token(&vault, id).await, Err(Error::Misconfigured(verdict)) if verdict.code == "endpoint_changed")
    );
    assert_eq!(world.seen(), [""; 0]);
}

#[tokio::test]
async fn a_grown_scope_is_stored_and_held_and_a_shrunk_one_is_shown() {
    let world = World::new();
    let vault = world.open().await;
    world.play([Play::Say(
        200,
        r#"{"access_token":"at","refresh_token":"rt","expires_in":3600,"scope":"identify email"}"#.to_owned(),
    )]);
    let id = world.sign_in(&vault, "api").await;
    world.play([
        Play::Say(
            200,
            r#"{"access_token":"at-b","refresh_token":"rt-b","expires_in":3600,"scope":"identify"}"#.to_owned(),
        ),
        Play::Say(
            200,
            r#"{"access_token":"at-c","refresh_token":"rt-c","expires_in":3600,"scope":"identify admin"}"#.to_owned(),
        ),
    ]);
    world.clock.advance(3600);
    assert_eq!(token(&vault, id).await.unwrap(), "at-b");
    assert_eq!(vault.show(id).await.unwrap().scopes, ["identify"]);
    world.clock.advance(3600);
    assert!(matches!(token(&vault, id).await, Err(Error::Frozen(verdict)) if verdict.code == "scope_grew"));
    assert!(matches!(token(&vault, id).await, Err(Error::Frozen(_))));
    assert!(world.keychain.holds("rt-c"));
    assert_eq!(vault.show(id).await.unwrap().status, Status::Frozen);
}

#[tokio::test]
async fn a_token_shorter_than_asked_for_is_renewed_once_and_not_in_a_loop() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    world.play((0..5).map(|_| Play::Rotate(15)));
    for _ in 0..10 {
        assert_eq!(token(&vault, id).await.unwrap(), "at-2");
    }
    world.clock.advance(10);
    assert_eq!(token(&vault, id).await.unwrap(), "at-3");
    assert_eq!(world.seen().len(), 2);
}

#[tokio::test]
async fn a_second_sign_in_of_the_same_account_replaces_the_tokens() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let again = world.sign_in(&vault, "api").await;
    assert_eq!(id, again);
    assert!(world.keychain.holds("rt-2") && !world.keychain.holds("rt-1\""));
    assert_eq!(vault.show(id).await.unwrap().refresh_generation, 1);
}

#[tokio::test]
async fn an_escrow_key_that_is_gone_is_not_replaced_while_a_token_waits_under_it() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(3600);
    *lock(&world.keychain.failing_writes) = Some(KeychainError::Locked);
    token(&vault, id).await.unwrap();
    *lock(&world.keychain.failing_writes) = None;
    let escrow = world.keychain.names().into_iter().find(|name| name == "escrow");
    assert!(escrow.is_some());
    let kept: Vec<(String, SecretBytes)> = lock(&world.keychain.items).drain().collect();
    let vault = world.open().await;
    assert!(matches!(token(&vault, id).await, Err(Error::ItemLost)));
    *lock(&world.keychain.items) = kept.into_iter().collect();
    let vault = world.open().await;
    vault.recover().await.unwrap();
    assert_eq!(token(&vault, id).await.unwrap(), "at-2");
    assert!(world.keychain.holds("rt-2"));
}

#[tokio::test]
async fn the_scheduler_renews_what_is_due_and_sleeps_otherwise() {
    let world = World::new();
    let vault = Arc::new(world.open().await);
    let id = world.sign_in(&vault, "api").await;
    let keeper = vault.clone();
    let keeping = vault.own(async move { keeper.keep_fresh(Box::pin(futures_util::stream::pending())).await });
    let mut passed = 0;
    for generation in 1..4 {
        while vault.show(id).await.unwrap().refresh_generation < generation {
            world.clock.advance(15);
            passed += 15;
        }
    }
    assert_eq!(world.seen(), ["rt-1", "rt-2", "rt-3"]);
    // Each lived for 3600 s and was renewed 300 to 330 s before its end, never earlier. How late is for the bench:
    // this clock runs on while a renewal is written.
    assert!(passed >= 3 * 3270, "{passed}");
    keeping.abort();
}
