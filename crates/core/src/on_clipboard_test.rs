//! The clipboard on a clock that moves when told.

use super::*;
use crate::credential::CredentialId;
use crate::fakes::World;
use crate::ports::KeychainError;
use crate::quick_copy::Format;

/// Lets seconds pass, and waits until nothing of ours is on the clipboard any more.
async fn cleared_after(world: &World, vault: &Vault, seconds: i64) {
    let mut events = vault.events();
    world.clock.advance(seconds);
    while vault.clipboard().is_some() {
        events.recv().await.unwrap();
    }
}

#[tokio::test]
async fn a_value_on_the_clipboard_goes_after_thirty_seconds_if_it_is_still_ours() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.copy(id, Format::Raw, By::You).await.unwrap();
    assert_eq!(*lock(&world.clipboard.cell), Some(Secret::new("at-1")));
    cleared_after(&world, &vault, 30).await;
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
    cleared_after(&world, &vault, 30).await;
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
    cleared_after(&world, &vault, 5).await;
    change(serde_json::json!({ "clear_clipboard_seconds": 0 })).await;
    let copied = vault.copy(id, Format::Raw, crate::activity::By::You).await.unwrap();
    assert_eq!(copied, ClipboardView { state: State::There, by: None, clears_at: None, for_seconds: 0 });
    world.clock.advance(3600);
    assert!(vault.clipboard().is_some());
    vault.close().await;
    assert_eq!(*lock(&world.clipboard.cell), None, "left behind at the end");
}

/// A vault that was killed with `at-1` on the clipboard, and the one that starts after it.
async fn killed_while_copied(world: &World) -> (CredentialId, Vault) {
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.copy(id, Format::Raw, By::You).await.unwrap();
    drop(vault);
    assert_eq!(*lock(&world.clipboard.cell), Some(Secret::new("at-1")), "the clipboard manager has it");
    (id, world.open().await)
}

#[tokio::test]
async fn what_a_killed_process_left_is_cleared_at_the_next_start() {
    let world = World::new();
    let (_, vault) = killed_while_copied(&world).await;
    vault.clear_what_was_left().await;
    assert_eq!(*lock(&world.clipboard.cell), None);
    assert_eq!(vault.trace().await, None);
}

#[tokio::test]
async fn what_was_copied_after_the_kill_stays() {
    let world = World::new();
    let (_, vault) = killed_while_copied(&world).await;
    *lock(&world.clipboard.cell) = Some(Secret::new("a shopping list"));
    vault.clear_what_was_left().await;
    assert_eq!(*lock(&world.clipboard.cell), Some(Secret::new("a shopping list")));
    assert_eq!(vault.trace().await, None, "there is nothing left to look for");
}

#[tokio::test]
async fn a_trace_can_not_be_guessed_from_without_the_keychain() {
    let world = World::new();
    let (_, vault) = killed_while_copied(&world).await;
    let trace: Trace = serde_json::from_str(&vault.trace().await.unwrap()).unwrap();
    let value = Secret::new("at-1");
    assert_eq!(trace.fingerprint, vault.inner.sealer().await.unwrap().fingerprint(&value));
    let stranger = crate::sealer::Sealer::new(&crate::secret::SecretBytes::new(vec![7; crate::sealer::KEY_LEN]));
    assert_ne!(trace.fingerprint, stranger.unwrap().fingerprint(&value), "it depends on no key");
    assert!(!world.files_hold("at-1"));
}

#[tokio::test]
async fn a_closed_keychain_puts_the_look_off_until_it_is_open() {
    let world = World::new();
    let (_, vault) = killed_while_copied(&world).await;
    *lock(&world.keychain.failing) = Some(KeychainError::Locked);
    assert_eq!(vault.keychain().await.unwrap().state, "locked");
    let looker = vault.clone();
    let looking = vault.own(async move { looker.clear_what_was_left().await });
    // It has asked the keychain, and was refused.
    while lock(&world.keychain.calls).last().is_none_or(|call| call.0 != "get") {
        tokio::task::yield_now().await;
    }
    assert_eq!(*lock(&world.clipboard.cell), Some(Secret::new("at-1")));
    vault.unlock_keychain().await.unwrap();
    looking.await.unwrap();
    assert_eq!(*lock(&world.clipboard.cell), None);
}

#[tokio::test]
async fn what_another_process_serves_is_not_touched_before_its_time() {
    let world = World::new();
    *lock(&world.clipboard.outlives_us) = true;
    let (_, vault) = killed_while_copied(&world).await;
    let sleeps = lock(&world.clock.slept).len();
    let looker = vault.clone();
    let looking = vault.own(async move { looker.clear_what_was_left().await });
    while lock(&world.clock.slept).len() == sleeps {
        assert!(!looking.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
    world.clock.advance(29);
    assert_eq!(*lock(&world.clipboard.cell), Some(Secret::new("at-1")));
    world.clock.advance(1);
    looking.await.unwrap();
    assert_eq!(*lock(&world.clipboard.cell), None);
}

#[tokio::test]
async fn a_value_that_left_in_good_order_leaves_no_trace() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.copy(id, Format::Raw, By::You).await.unwrap();
    assert!(vault.trace().await.is_some());
    vault.clear_clipboard().await;
    assert_eq!(vault.trace().await, None);
    vault.copy(id, Format::Raw, By::You).await.unwrap();
    vault.copy_text("an address").await.unwrap();
    assert_eq!(vault.trace().await, None);
    // One that was not put there leaves the trace of the one that is.
    vault.copy(id, Format::Raw, By::You).await.unwrap();
    let before = vault.trace().await;
    *lock(&world.clipboard.failing) = true;
    vault.copy(id, Format::Header, By::You).await.unwrap_err();
    assert_eq!(vault.trace().await, before);
}

#[tokio::test]
async fn a_value_for_one_paste_says_who_pasted_and_is_not_looked_for_again() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let copied = vault.copy_once(id, Format::Raw, By::You).await.unwrap();
    assert_eq!((copied.state, copied.for_seconds), (State::Once, 30));
    assert_eq!(vault.trace().await, None);
    let mut events = vault.events();
    world.clipboard.paste_once("firefox");
    assert_eq!(events.recv().await, Ok(Event::Clipboard));
    let after = vault.clipboard().unwrap();
    assert_eq!((after.state, after.by.as_deref()), (State::Pasted, Some("firefox")));
    // The same text, copied elsewhere since, is not ours.
    *lock(&world.clipboard.cell) = Some(Secret::new("at-1"));
    vault.clear_clipboard().await;
    assert_eq!((vault.clipboard(), lock(&world.clipboard.cell).clone()), (None, Some(Secret::new("at-1"))));
}

#[tokio::test]
async fn nobody_pastes_and_the_value_goes_in_time() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.copy_once(id, Format::Raw, By::You).await.unwrap();
    cleared_after(&world, &vault, 30).await;
    assert_eq!(*lock(&world.clipboard.cell), None);
}

#[tokio::test]
async fn a_desktop_without_single_pastes_says_so_and_copies_nothing() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.copy(id, Format::Header, By::You).await.unwrap();
    let (before, view) = (lock(&world.clipboard.cell).clone(), vault.clipboard());
    *lock(&world.clipboard.unable) = true;
    assert!(matches!(vault.copy_once(id, Format::Raw, By::You).await, Err(Error::NoSinglePaste)));
    assert_eq!((lock(&world.clipboard.cell).clone(), vault.clipboard()), (before, view));
}
