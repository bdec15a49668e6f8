//! The app lock on a clock that moves when told, and a keychain that can fail.

use super::*;
use crate::fakes::World;
use crate::quick_copy::Format;

const PASSPHRASE: &str = "correct horse battery";

pub(super) fn secret() -> Secret {
    Secret::new(PASSPHRASE)
}

pub(super) fn wrong() -> Secret {
    Secret::new("wrong horse battery")
}

pub(super) async fn with_passphrase(world: &World) -> Vault {
    let vault = world.open().await;
    vault.start_locked().await.unwrap();
    assert!(!vault.is_locked(), "there is no passphrase yet");
    vault.set_passphrase(&secret(), None).await.unwrap();
    vault
}

#[tokio::test]
async fn without_a_passphrase_nothing_locks() {
    let world = World::new();
    let vault = world.open().await;
    vault.start_locked().await.unwrap();
    assert_eq!(vault.lock_now(LockReason::Asked).await, Err(Error::NoPassphrase));
    assert_eq!(vault.unlock(&secret()).await, Err(Error::NoPassphrase));
    assert!(!vault.is_locked());
}

#[tokio::test]
async fn the_passphrase_is_in_no_file_and_not_in_the_keychain_and_its_hash_not_in_a_file() {
    let world = World::new();
    with_passphrase(&world).await;
    assert!(!world.keychain.holds(PASSPHRASE) && !world.files_hold(PASSPHRASE));
    assert_eq!(world.keychain.names(), ["app-lock"]);
    assert!(world.keychain.holds("\"salt\"") && !world.files_hold("\"salt\""));
}

#[tokio::test]
async fn a_new_passphrase_locks_after_a_quarter_of_an_hour_and_keeps_a_choice() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    assert_eq!(vault.settings().await.unwrap().lock_after_minutes, 15);
    let other = World::new();
    let vault = other.open().await;
    let change = serde_json::json!({ "lock_after_minutes": 5 });
    vault.change_settings(change.as_object().unwrap(), None).await.unwrap();
    vault.set_passphrase(&secret(), None).await.unwrap();
    assert_eq!(vault.settings().await.unwrap().lock_after_minutes, 5);
}

#[tokio::test]
async fn a_program_that_starts_is_locked_until_the_passphrase_comes() {
    let world = World::new();
    drop(with_passphrase(&world).await);
    let vault = world.open().await;
    vault.start_locked().await.unwrap();
    assert!(vault.is_locked());
    assert_eq!(vault.lock_state().await.unwrap().reason, Some(LockReason::Start));
    vault.unlock(&secret()).await.unwrap();
    assert!(!vault.is_locked());
}

#[tokio::test]
async fn each_wrong_try_doubles_the_pause_and_a_restart_does_not_end_it() {
    let world = World::new();
    let mut vault = with_passphrase(&world).await;
    vault.lock_now(LockReason::Asked).await.unwrap();
    for seconds in [1, 2, 4, 8] {
        let refused = vault.unlock(&wrong()).await;
        assert_eq!(refused, Err(Error::WrongPassphrase { wait_seconds: seconds }));
        // Within the pause even the right one is not looked at, here or in another process.
        vault = world.open().await;
        vault.start_locked().await.unwrap();
        assert_eq!(vault.unlock(&secret()).await, Err(Error::TooSoon { seconds }));
        assert_eq!(u64::from(vault.lock_state().await.unwrap().wait_seconds), seconds);
        world.clock.advance(i64::try_from(seconds).unwrap());
    }
    vault.unlock(&secret()).await.unwrap();
    vault.lock_now(LockReason::Asked).await.unwrap();
    assert_eq!(vault.unlock(&wrong()).await, Err(Error::WrongPassphrase { wait_seconds: 1 }), "it starts over");
}

#[tokio::test]
async fn many_tries_at_once_are_one_try() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    vault.lock_now(LockReason::Asked).await.unwrap();
    let (passphrase, other) = (wrong(), world.open().await);
    let tries = [&vault, &vault, &other, &other].map(|one| one.unlock(&passphrase));
    let outcomes = futures_util::future::join_all(tries).await;
    let judged = outcomes.iter().filter(|one| matches!(one, Err(Error::WrongPassphrase { .. }))).count();
    let put_off = outcomes.iter().filter(|one| matches!(one, Err(Error::TooSoon { .. }))).count();
    assert_eq!((judged, put_off), (1, 3), "{outcomes:?}");
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_lock_a_person_out() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    vault.lock_now(LockReason::Asked).await.unwrap();
    vault.unlock(&wrong()).await.unwrap_err();
    world.clock.advance(-3600);
    assert_eq!(vault.lock_state().await.unwrap().wait_seconds, 1);
}

#[tokio::test]
async fn a_keychain_that_does_not_answer_is_no_wrong_guess() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    vault.lock_now(LockReason::Asked).await.unwrap();
    *lock(&world.keychain.failing) = Some(KeychainError::Unavailable("gone".to_owned()));
    let refused = vault.unlock(&secret()).await.unwrap_err();
    assert_eq!(refused.code(), "keychain_unavailable");
    // A locked one is asked to open first.
    *lock(&world.keychain.failing) = Some(KeychainError::Locked);
    vault.unlock(&secret()).await.unwrap();
}

#[tokio::test]
async fn a_hash_that_is_gone_opens_nothing() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    vault.lock_now(LockReason::Asked).await.unwrap();
    lock(&world.keychain.items).clear();
    assert_eq!(vault.unlock(&secret()).await, Err(Error::ItemLost));
    assert!(vault.is_locked());
    assert!(Kept::read(Some("nonsense".to_owned())).is_err(), "damage opens the door");
}

#[tokio::test]
async fn locking_takes_the_value_off_the_clipboard_and_makes_deletions_final() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    let id = world.sign_in(&vault, "api").await;
    let gone = world.sign_in(&vault, "gone").await;
    vault.copy(id, Format::Raw, crate::activity::By::You).await.unwrap();
    vault.remove(gone).await.unwrap();
    vault.lock_now(LockReason::Asked).await.unwrap();
    assert_eq!(*lock(&world.clipboard.cell), None);
    assert_eq!(vault.reveal(id).await.map(drop), Err(Error::Locked));
    assert_eq!(vault.copy(id, Format::Raw, crate::activity::By::You).await, Err(Error::Locked));
    assert_eq!(*lock(&world.clipboard.cell), None, "copied behind the lock");
    vault.unlock(&secret()).await.unwrap();
    assert!(matches!(vault.undo_remove(gone).await, Err(Error::NotFound(_))));
    vault.reveal(id).await.unwrap();
}

#[tokio::test]
async fn a_window_that_nobody_uses_locks_on_time_and_one_in_use_does_not() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    world.clock.advance(14 * 60);
    vault.used_now();
    world.clock.advance(14 * 60);
    assert!(vault.lock_if_idle().await.unwrap().is_some() && !vault.is_locked());
    world.clock.advance(60);
    assert_eq!(vault.lock_if_idle().await.unwrap(), None);
    assert!(vault.is_locked());
    assert_eq!(vault.lock_state().await.unwrap().reason, Some(LockReason::Idle));
}

#[tokio::test]
async fn the_log_says_when_it_was_locked_and_opened_and_by_whom_but_nothing_of_a_lock_that_did_not_come() {
    let world = World::new();
    let vault = world.open().await;
    vault.asked_by(By::Window, None);
    assert!(vault.lock_now(LockReason::Asked).await.is_err());
    vault.set_passphrase(&secret(), None).await.unwrap();
    vault.unlock(&secret()).await.unwrap();
    vault.lock_now(LockReason::Asked).await.unwrap();
    vault.lock_now(LockReason::Asked).await.unwrap();
    assert!(vault.unlock(&wrong()).await.is_err());
    world.clock.advance(1);
    vault.unlock(&secret()).await.unwrap();
    world.clock.advance(15 * 60);
    vault.lock_if_idle().await.unwrap();
    let entries = vault.log(&crate::view::LogInput::default()).await.unwrap().entries;
    let told: Vec<_> = entries.iter().map(|one| (one.entry.what.as_str(), one.entry.by)).collect();
    let locks = [("locked", By::Background), ("unlocked", By::Window), ("locked", By::Window)];
    assert_eq!(told[..3], locks);
    assert!(told[3..].iter().all(|(what, _)| *what == "settings_changed"), "{told:?}");
    assert!(entries.iter().all(|one| one.credential.is_empty()));
    assert_eq!(vault.check_log().await.unwrap().wrong, None);
}

#[tokio::test]
async fn the_lock_comes_by_itself() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    let (watched, mut events) = (vault.clone(), vault.events());
    let watching = vault.own(async move { watched.lock_when_idle().await });
    while !vault.is_locked() {
        world.clock.advance(60);
        tokio::task::yield_now().await;
    }
    assert_eq!(events.recv().await.unwrap(), Event::Lock);
    watching.abort();
}

#[tokio::test]
async fn changing_or_removing_the_passphrase_needs_the_one_before() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    let new = Secret::new("another passphrase");
    assert_eq!(vault.set_passphrase(&new, None).await, Err(Error::PassphraseNeeded));
    assert!(matches!(vault.set_passphrase(&new, Some(&wrong())).await, Err(Error::WrongPassphrase { .. })));
    world.clock.advance(1);
    vault.set_passphrase(&new, Some(&secret())).await.unwrap();
    assert!(vault.set_passphrase(&Secret::new("short"), Some(&new)).await.is_err());
    assert!(matches!(vault.remove_passphrase(&secret()).await, Err(Error::WrongPassphrase { .. })));
    world.clock.advance(1);
    vault.remove_passphrase(&new).await.unwrap();
    assert_eq!(world.keychain.names(), [""; 0]);
    assert_eq!(vault.lock_now(LockReason::Asked).await, Err(Error::NoPassphrase));
}

#[tokio::test]
async fn a_locked_window_stops_refreshing_only_if_the_settings_say_so() {
    for (keeps, renewed) in [(true, 1), (false, 0)] {
        let world = World::new();
        let vault = with_passphrase(&world).await;
        world.sign_in(&vault, "api").await;
        let change = serde_json::json!({ "refresh_while_locked": keeps });
        vault.change_settings(change.as_object().unwrap(), None).await.unwrap();
        vault.lock_now(LockReason::Asked).await.unwrap();
        // Due, and not ended: then it is renewed at once.
        world.clock.advance(3400);
        let scheduler = vault.clone();
        let mut events = vault.events();
        let running = vault.own(async move { scheduler.keep_fresh(Box::pin(futures_util::stream::empty())).await });
        if keeps {
            while world.seen().is_empty() {
                events.recv().await.unwrap();
            }
        } else {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(world.seen().len(), renewed);
        vault.unlock(&secret()).await.unwrap();
        while world.seen().is_empty() {
            events.recv().await.unwrap();
        }
        running.abort();
    }
}

#[tokio::test]
async fn a_lock_holds_for_every_process_and_is_opened_for_every_one() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    let id = world.sign_in(&vault, "api").await;
    let other = world.open().await;
    let (few, by) = (Duration::from_secs(1), By::Command);
    assert_eq!(other.locked_since().await.unwrap(), None);
    other.hand_out(id, few, Format::Raw, by).await.unwrap();
    vault.lock_now(LockReason::Asked).await.unwrap();
    assert!(!other.is_locked() && other.locked_since().await.unwrap().is_some());
    let handed_out = other.hand_out(id, few, Format::Raw, by).await.map(drop);
    assert_eq!(handed_out, Err(Error::Locked));
    assert_eq!(other.looked_into(id).await, Err(Error::Locked));
    assert_eq!(other.token(id, false).await.map(drop), Err(Error::Locked));
    assert_eq!(other.copy(id, Format::Raw, by).await, Err(Error::Locked));
    drop(vault);
    // Whoever locked it is gone: that opens nothing.
    assert_eq!(other.reveal(id).await.map(drop), Err(Error::Locked));
    other.show(id).await.unwrap();
    other.unlock(&secret()).await.unwrap();
    world.open().await.hand_out(id, few, Format::Raw, by).await.unwrap();
}

#[tokio::test]
async fn what_locks_once_more_locks_what_another_process_opened() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    let other = world.open().await;
    vault.lock_now(LockReason::Asked).await.unwrap();
    other.unlock(&secret()).await.unwrap();
    assert!(vault.is_locked() && other.locked_since().await.unwrap().is_none());
    vault.lock_now(LockReason::Sleep).await.unwrap();
    assert!(other.locked_since().await.unwrap().is_some());
    assert_eq!(vault.lock_state().await.unwrap().reason, Some(LockReason::Asked), "it was locked all the time");
    vault.remove_passphrase(&secret()).await.unwrap();
    assert!(other.locked_since().await.unwrap().is_none(), "locked, and nobody could open it");
}

#[tokio::test]
async fn the_system_s_call_locks_if_the_settings_say_so_and_waits_until_it_is_done() {
    struct Waits(std::sync::mpsc::Sender<bool>, Vault);
    impl Drop for Waits {
        fn drop(&mut self) {
            self.0.send(self.1.is_locked()).unwrap();
        }
    }
    for (reason, setting) in [(LockReason::Sleep, "lock_on_sleep"), (LockReason::Screen, "lock_on_screen_lock")] {
        for wanted in [true, false] {
            let world = World::new();
            let vault = with_passphrase(&world).await;
            let mut change = serde_json::Map::new();
            change.insert(setting.to_owned(), wanted.into());
            vault.change_settings(&change, Some(&secret())).await.unwrap();
            let (sender, locked) = std::sync::mpsc::channel();
            let waits: Option<Box<dyn Send>> = Some(Box::new(Waits(sender, vault.clone())));
            let calls = futures_util::stream::iter([crate::ports::LockCall { reason, waits }]);
            vault.lock_when_called(Box::pin(calls)).await;
            assert_eq!(locked.recv(), Ok(wanted), "{reason:?} went on too early, or locked unasked");
            assert_eq!(vault.lock_state().await.unwrap().reason, Some(reason).filter(|_| wanted));
        }
    }
}

#[tokio::test]
async fn a_locked_vault_keeps_no_key_and_whoever_has_it_goes_on() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    world.sign_in(&vault, "api").await;
    assert!(vault.inner.sealer_at_hand().is_some());
    let held = vault.inner.sealer().await.unwrap();
    vault.lock_now(LockReason::Asked).await.unwrap();
    // In the middle of something, with a keychain that was locked as well.
    *lock(&world.keychain.failing) = Some(KeychainError::Locked);
    assert!(std::sync::Arc::ptr_eq(&held, &vault.inner.sealer().await.unwrap()));
    drop(held);
    assert!(vault.inner.sealer_at_hand().is_none());
    assert_eq!(vault.inner.sealer().await.map(drop), Err(Error::Keychain(KeychainError::Locked)));
    *lock(&world.keychain.failing) = None;
    drop(vault.inner.sealer().await.unwrap());
    assert!(vault.inner.sealer_at_hand().is_none(), "kept behind the lock");
    vault.unlock(&secret()).await.unwrap();
    drop(vault.inner.sealer().await.unwrap());
    assert!(vault.inner.sealer_at_hand().is_some());
}

#[tokio::test]
async fn a_scheduler_of_another_process_stops_as_well_if_the_settings_say_so() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    world.sign_in(&vault, "api").await;
    let change = serde_json::json!({ "refresh_while_locked": false });
    vault.change_settings(change.as_object().unwrap(), None).await.unwrap();
    vault.lock_now(LockReason::Asked).await.unwrap();
    world.clock.advance(3400);
    let agent = world.open().await;
    let scheduler = agent.clone();
    let running = agent.own(async move { scheduler.keep_fresh(Box::pin(futures_util::stream::empty())).await });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.seen().len(), 0, "renewed behind the lock");
    assert!(agent.inner.sealer_at_hand().is_none());
    running.abort();
}
