//! Removals that are cut, refused half-way, and undone.

use super::*;
use crate::fakes::{Play, World};
use crate::ports::KeychainError;
use crate::refresh::Ask;

/// What the keychain holds besides the vault's own key.
fn items(world: &World) -> Vec<String> {
    world.keychain.names().into_iter().filter(|name| !name.contains("escrow")).collect()
}

#[tokio::test]
async fn a_removal_whose_caller_goes_away_runs_to_its_end() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    assert!(!items(&world).is_empty());
    tokio::select! {
        biased;
        _ = vault.remove(id) => panic!("it did not even wait"),
        () = std::future::ready(()) => {}
    }
    vault.close().await;
    assert!(vault.find("api").await.is_err() && items(&world).is_empty());
}

#[tokio::test]
async fn no_timer_takes_the_values_of_a_removal_that_failed() {
    let world = World::new();
    let vault = world.open().await;
    let (id, other) = (world.sign_in(&vault, "api").await, world.sign_in(&vault, "other").await);
    *lock(&world.keychain.deletions_left) = Some(1);
    let (removed, failed) = vault.remove_several(&[id]).await;
    assert_eq!((removed.len(), failed.len()), (0, 1));
    *lock(&world.keychain.failing) = None;
    *lock(&world.keychain.deletions_left) = None;
    // Whoever starts its ten seconds all the same: the row is still listed, and the values exist only here.
    vault.keep_removed(&[id]);
    vault.remove(other).await.unwrap();
    world.clock.advance(60);
    // The timer of what is really gone shows that both have run.
    while lock(&vault.inner.removed).contains_key(&other) {
        tokio::task::yield_now().await;
    }
    assert!(lock(&vault.inner.removed).contains_key(&id), "the only copy is gone");
    vault.undo_remove(id).await.unwrap();
    vault.refresh(id, Ask::Now).await.unwrap();
}

#[tokio::test]
async fn a_keychain_that_locks_half_way_leaves_a_row_that_can_be_removed_again_and_undone() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.inner.slots.set_registration(id, "", &Secret::new("reg-1")).await.unwrap();
    for deletions in 0..4 {
        *lock(&world.keychain.deletions_left) = Some(deletions);
        let refused = vault.remove(id).await.unwrap_err();
        assert_eq!(refused, Error::Keychain(KeychainError::Locked), "after {deletions}");
        assert_eq!(vault.find("api").await, Ok(id), "after {deletions}");
        *lock(&world.keychain.failing) = None;
        *lock(&world.keychain.deletions_left) = None;
        vault.remove(id).await.unwrap();
        assert!(vault.find("api").await.is_err() && items(&world).is_empty(), "after {deletions}");
        vault.undo_remove(id).await.unwrap();
        assert!(world.keychain.holds("rt-1") && world.keychain.holds("reg-1"), "after {deletions}");
    }
}

#[tokio::test]
async fn a_disk_that_keeps_the_row_keeps_the_values_too() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.inner.catalog.refuse("DELETE ON credential").await;
    assert!(matches!(vault.remove(id).await, Err(Error::Storage(_))));
    assert!(vault.find("api").await.is_ok() && world.keychain.holds("rt-1"));
    assert!(lock(&vault.inner.removed).is_empty());
}

#[tokio::test]
async fn an_undo_that_fails_leaves_no_secret_without_a_row_and_can_be_tried_again() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.remove(id).await.unwrap();
    vault.inner.catalog.refuse("INSERT ON credential").await;
    assert!(matches!(vault.undo_remove(id).await, Err(Error::Storage(_))));
    assert!(items(&world).is_empty());
    vault.inner.catalog.allow().await;
    vault.undo_remove(id).await.unwrap();
    assert!(world.keychain.holds("rt-1"));
}

#[tokio::test]
async fn undo_restores_the_living_token_of_a_refresh_that_waited_for_the_keychain() {
    for settles in [true, false] {
        let world = World::new();
        let vault = world.open().await;
        let id = world.sign_in(&vault, "api").await;
        *lock(&world.keychain.failing_writes) = Some(KeychainError::Locked);
        world.clock.advance(3700);
        drop(vault.refresh(id, Ask::Now).await);
        if settles {
            *lock(&world.keychain.failing_writes) = None;
        }
        vault.remove(id).await.unwrap();
        assert!(items(&world).is_empty(), "settles: {settles}");
        *lock(&world.keychain.failing_writes) = None;
        vault.undo_remove(id).await.unwrap();
        vault.recover().await.unwrap();
        assert!(world.keychain.holds("rt-2") && !world.keychain.holds("rt-1"), "settles: {settles}");
        world.play([Play::Rotate(3600)]);
        vault.refresh(id, Ask::Now).await.unwrap();
        assert_eq!(world.seen(), ["rt-1", "rt-2"], "settles: {settles}");
    }
}
