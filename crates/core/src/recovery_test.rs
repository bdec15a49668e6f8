//! What must not be sent, and what must not be written over, while something is still open.

use jiff::Timestamp;

use crate::catalog::{Generation, Why};
use crate::credential::Status;
use crate::fakes::{Play, World};
use crate::ports::{Clock as _, HttpError, KeychainError};
use crate::refresh::{Ask, Renewal};
use crate::rotation::Unsaved;
use crate::secret::{Secret, SecretBytes};
use crate::slots::{Envelope, Found, Slot};
use crate::store_answer::Received;
use crate::vault::lock;

fn refuse_writes(world: &World, refuse: bool) {
    *lock(&world.keychain.failing_writes) = refuse.then(|| KeychainError::Other("no".to_owned()));
}

#[tokio::test]
async fn a_renewed_token_that_waits_for_the_keychain_is_never_written_over_by_the_old_one() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    refuse_writes(&world, true);
    vault.refresh(id, Ask::Now).await.unwrap();
    // Whoever asks now: the old token has been replaced at the provider, and must not be shown there again.
    for _ in 0..3 {
        assert_eq!(vault.refresh(id, Ask::Now).await.unwrap_err().exit_code(), 5);
    }
    world.clock.advance(7200);
    assert!(vault.access_token(id, std::time::Duration::ZERO).await.is_err());
    assert_eq!(world.seen(), ["rt-1"]);
    refuse_writes(&world, false);
    assert_eq!(vault.refresh(id, Ask::Now).await, Ok(Renewal::Renewed));
    assert!(world.keychain.holds("rt-2") && !world.keychain.holds("rt-1"), "the renewed token is lost");
    assert_eq!(world.seen(), ["rt-1"], "the old token was sent again");
}

#[tokio::test]
async fn what_is_in_memory_of_an_older_token_does_not_touch_a_newer_one() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let body = br#"{"access_token":"at-old","refresh_token":"rt-old","token_type":"Bearer"}"#.to_vec();
    let received = Received { sent_at: Timestamp::UNIX_EPOCH, body: SecretBytes::new(body) };
    let stale = Unsaved { received, sent: "the fingerprint of another token".to_owned() };
    lock(&vault.inner.unsaved).insert(id, stale);
    vault.refresh(id, Ask::Now).await.unwrap();
    assert_eq!(world.seen(), ["rt-1"]);
    assert!(world.keychain.holds("rt-2") && !world.keychain.holds("rt-old"));
    assert!(lock(&vault.inner.unsaved).is_empty());
}

#[tokio::test]
async fn what_is_nowhere_but_in_memory_is_told_before_the_process_ends_and_is_tried_once_more() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    assert_eq!(vault.would_lose().await, 0);
    let received = Received { sent_at: Timestamp::UNIX_EPOCH, body: SecretBytes::new(b"{}".to_vec()) };
    lock(&vault.inner.unsaved).insert(id, Unsaved { received, sent: "of another token".to_owned() });
    *lock(&world.keychain.failing) = Some(KeychainError::Denied);
    assert_eq!(vault.would_lose().await, 1);
    *lock(&world.keychain.failing) = None;
    // The provider has given a newer one since: nothing would be lost any more.
    assert_eq!(vault.would_lose().await, 0);
}

fn host() -> String {
    "accounts.spotify.com".to_owned()
}

#[tokio::test]
async fn a_second_try_that_never_left_is_not_the_second_try() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let connect = || Play::Fail(HttpError::Connect { host: host() });
    let turned_away = Play::Say(503, String::new());
    world.play([Play::Fail(HttpError::Timeout { host: host() }), connect(), turned_away, connect(), Play::Rotate(60)]);
    for _ in 0..4 {
        assert_eq!(vault.refresh(id, Ask::Now).await.unwrap_err().code(), "try_again");
    }
    assert_eq!(vault.refresh(id, Ask::Now).await, Ok(Renewal::Renewed));
    assert!(world.keychain.holds("rt-2"));
}

#[tokio::test]
async fn a_fault_of_the_server_at_the_second_try_ends_the_trying() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.play([Play::Fail(HttpError::Timeout { host: host() }), Play::Say(500, String::new())]);
    assert_eq!(vault.refresh(id, Ask::Now).await.unwrap_err().code(), "try_again");
    let error = vault.refresh(id, Ask::Now).await.unwrap_err();
    assert_eq!(error.code(), "sign_in_needed");
    assert_eq!(vault.show(id).await.unwrap().last_error.unwrap().provider_code.as_deref(), Some("answer_lost"));
    drop(vault.refresh(id, Ask::Now).await);
    assert_eq!(world.seen().len(), 2, "a third sending");
}

#[tokio::test]
async fn the_same_trouble_is_logged_once() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    *lock(&world.keychain.failing) = Some(KeychainError::Locked);
    for _ in 0..5 {
        assert!(vault.refresh(id, Ask::Now).await.is_err());
    }
    *lock(&world.keychain.failing) = None;
    let log = vault.inner.catalog.activity(id, 50).await.unwrap();
    assert_eq!(log.iter().filter(|entry| entry.detail == "keychain_locked").count(), 1);
}

#[tokio::test]
async fn a_provider_that_punishes_replay_is_asked_again_within_its_grace_only() {
    for (grace, waits, sent) in [("600", 60, 2), ("600", 700, 1), ("0", 5, 1), ("null", 700, 2)] {
        let world = World::new();
        let vault = world.open().await;
        let id = world.sign_in(&vault, "api").await;
        vault.inner.catalog.set_json(id, "quirks.replay_ends_after", grace).await;
        world.play([Play::Fail(HttpError::Timeout { host: host() })]);
        assert!(vault.refresh(id, Ask::Now).await.is_err());
        world.clock.advance(waits);
        let outcome = vault.refresh(id, Ask::Now).await;
        assert_eq!(world.seen().len(), sent, "grace {grace}, after {waits} s");
        match outcome {
            Ok(renewal) => assert_eq!((renewal, sent), (Renewal::Renewed, 2)),
            Err(error) => assert_eq!((error.code(), sent), ("sign_in_needed", 1)),
        }
        assert!(world.keychain.holds(if sent == 2 { "rt-2" } else { "rt-1" }), "the token is gone");
    }
}

#[tokio::test]
async fn a_provider_that_never_gave_a_new_token_can_t_have_taken_the_old_one() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let same = || Play::Say(200, r#"{"access_token":"at","expires_in":3600}"#.to_owned());
    for _ in 0..3 {
        world.play([same()]);
        assert_eq!(vault.refresh(id, Ask::Now).await, Ok(Renewal::Renewed));
        world.clock.advance(1);
    }
    world.play((0..3).map(|_| Play::Fail(HttpError::Timeout { host: host() })));
    for _ in 0..3 {
        assert_eq!(vault.refresh(id, Ask::Now).await.unwrap_err().code(), "try_again");
    }
    world.play([same()]);
    assert_eq!(vault.refresh(id, Ask::Now).await, Ok(Renewal::Renewed));
    assert_eq!(world.seen(), ["rt-1"; 7]);
}

/// Whoever stores without the lock, such as a copy of an older version, must not be made to look like the end.
#[tokio::test]
async fn a_no_for_a_token_that_was_replaced_meanwhile_is_not_the_end() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.play([Play::Say(400, r#"{"error":"invalid_grant"}"#.to_owned())]);
    world.http.gate.forget_permits(10_000);
    let before = lock(&world.http.asked).len();
    let sibling = async {
        while lock(&world.http.asked).len() == before {
            tokio::task::yield_now().await;
        }
        let Found::Good(old) = vault.inner.slots.read(id, Slot::A).await.unwrap() else { panic!("no value") };
        let new = Envelope { generation: 1, value: Secret::new("rt-sibling"), ..*old };
        vault.inner.slots.write(&new, "api").await.unwrap();
        let newer = Generation {
            number: 1,
            at: world.clock.now(),
            why: Why::Due,
            fingerprint: String::new(),
            scopes: Vec::new(),
        };
        vault.inner.catalog.roll_forward(id, &newer).await.unwrap();
        world.http.gate.add_permits(10_000);
    };
    let (outcome, ()) = tokio::join!(vault.refresh(id, Ask::Now), sibling);
    assert_eq!(outcome, Ok(Renewal::StillFresh));
    assert_ne!(vault.show(id).await.unwrap().status, Status::SignInNeeded);
    assert!(world.keychain.holds("rt-sibling"));
    world.clock.advance(3600);
    assert_eq!(vault.refresh(id, Ask::Now).await, Ok(Renewal::Renewed));
    assert_eq!(world.seen(), ["rt-1", "rt-sibling"]);
}

#[tokio::test]
async fn a_keychain_older_than_the_vault_is_tried_once_and_then_named_as_the_reason() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let backup = lock(&world.keychain.items).clone();
    vault.refresh(id, Ask::Now).await.unwrap();
    let newer = std::mem::replace(&mut *lock(&world.keychain.items), backup);
    world.play([Play::Say(400, r#"{"error":"invalid_grant"}"#.to_owned())]);
    assert_eq!(vault.refresh(id, Ask::Now).await.unwrap_err().code(), "sign_in_needed");
    let error = vault.show(id).await.unwrap().last_error.unwrap();
    assert_eq!(error.provider_code.as_deref(), Some("keychain_older"));
    assert!(error.message.contains("restored from a backup"), "{}", error.message);
    // Whoever asks, however much later: the old token has been sent twice in its life by now.
    for _ in 0..3 {
        world.clock.advance(3600);
        assert_eq!(vault.refresh(id, Ask::Now).await.unwrap_err().code(), "sign_in_needed");
    }
    assert_eq!(world.seen(), ["rt-1", "rt-1"]);
    // The keychain of today comes back after all.
    *lock(&world.keychain.items) = newer;
    assert_eq!(vault.refresh(id, Ask::Now).await, Ok(Renewal::Renewed));
    assert_eq!(world.seen(), ["rt-1", "rt-1", "rt-2"]);
}

#[tokio::test]
async fn while_a_renewed_token_waits_the_keychain_is_said_to_be_what_it_waits_for() {
    let world = World::new();
    let vault = world.open().await;
    let (first, second) = (world.sign_in(&vault, "api").await, world.sign_in(&vault, "other").await);
    let said = async |error: KeychainError| {
        *lock(&world.keychain.failing) = Some(error);
        let said = vault.keychain().await.unwrap().error.unwrap().message;
        *lock(&world.keychain.failing) = None;
        said
    };
    let plain = said(KeychainError::Locked).await;
    assert!(plain.contains("is locked") && !plain.contains("not saved"), "{plain}");
    refuse_writes(&world, true);
    vault.refresh(first, Ask::Now).await.unwrap();
    let one = said(KeychainError::Locked).await;
    assert!(one.starts_with("Unlock your key") && one.ends_with(": a renewed sign-in is not saved yet."), "{one}");
    vault.refresh(second, Ask::Now).await.unwrap();
    let two = said(KeychainError::Denied).await;
    assert!(two.ends_with("Until it works, 2 renewed sign-ins are not saved yet."), "{two}");
    refuse_writes(&world, false);
    vault.unlock_keychain().await.unwrap();
    assert_eq!(said(KeychainError::Locked).await, plain);
    assert_eq!(world.seen().len(), 2, "the provider was asked again");
}
