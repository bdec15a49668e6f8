//! The clipboard on a clock that moves when told.

use super::*;
use crate::fakes::World;

#[tokio::test]
async fn a_value_on_the_clipboard_goes_after_thirty_seconds_if_it_is_still_ours() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.copy(id, Format::Raw, By::You).await.unwrap();
    assert_eq!(*lock(&world.clipboard.cell), Some(Secret::new("at-1")));
    let mut events = vault.events();
    world.clock.advance(30);
    while vault.clipboard().is_some() {
        events.recv().await.unwrap();
    }
    assert_eq!(*lock(&world.clipboard.cell), None);
    vault.copy(id, Format::Header, By::You).await.unwrap();
    *lock(&world.clipboard.cell) = Some(Secret::new("something else"));
    vault.close().await;
    assert_eq!(*lock(&world.clipboard.cell), Some(Secret::new("something else")));
}

#[tokio::test]
async fn a_disk_that_takes_no_note_keeps_no_value_back_and_leaves_none_on_the_clipboard() {
    for refused in ["UPDATE OF last_used_at ON credential", "INSERT ON activity"] {
        let world = World::new();
        let vault = world.open().await;
        let id = world.sign_in(&vault, "api").await;
        vault.inner.catalog.refuse(refused).await;
        let token = vault.hand_out(id, Duration::ZERO, Format::Raw, By::You).await.unwrap();
        assert_eq!(token.value, Secret::new("at-1"), "{refused}");
        vault.copy(id, Format::Raw, By::You).await.unwrap();
        let mut events = vault.events();
        world.clock.advance(30);
        while vault.clipboard().is_some() {
            events.recv().await.unwrap();
        }
        assert_eq!(*lock(&world.clipboard.cell), None, "{refused}");
    }
}

#[tokio::test]
async fn a_clipboard_that_does_not_answer_is_asked_again() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.copy(id, Format::Raw, By::You).await.unwrap();
    *lock(&world.clipboard.failing) = true;
    vault.clear_clipboard().await;
    assert!(vault.clipboard().is_some(), "it was forgotten");
    assert!(vault.copy(id, Format::Header, By::You).await.is_err());
    *lock(&world.clipboard.failing) = false;
    let mut events = vault.events();
    world.clock.advance(30);
    while vault.clipboard().is_some() {
        events.recv().await.unwrap();
    }
    assert_eq!(*lock(&world.clipboard.cell), None);
}

#[tokio::test]
async fn clipboard_and_reveal_follow_the_settings() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let change = async |change: serde_json::Value| {
        vault.change_settings(change.as_object().unwrap(), None).await.unwrap();
    };
    change(serde_json::json!({ "clear_clipboard_seconds": 5, "reveal_seconds": 60 })).await;
    assert_eq!(vault.reveal(id).await.unwrap().for_seconds, 60);
    assert_eq!(vault.copy(id, Format::Raw, crate::activity::By::You).await.unwrap().for_seconds, 5);
    let mut events = vault.events();
    world.clock.advance(5);
    while vault.clipboard().is_some() {
        events.recv().await.unwrap();
    }
    change(serde_json::json!({ "clear_clipboard_seconds": 0 })).await;
    let copied = vault.copy(id, Format::Raw, crate::activity::By::You).await.unwrap();
    assert_eq!(copied, ClipboardView { clears_at: None, for_seconds: 0 });
    world.clock.advance(3600);
    assert!(vault.clipboard().is_some());
    vault.close().await;
    assert_eq!(*lock(&world.clipboard.cell), None, "left behind at the end");
}
