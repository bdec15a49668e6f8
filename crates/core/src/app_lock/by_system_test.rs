//! The system's word, as a test gives it.

use super::*;
use crate::app_lock::tests::{secret, with_passphrase, wrong};
use crate::fakes::World;
use crate::vault::lock;
use crate::view::LockReason;

async fn allowed_by_system(world: &World) -> Vault {
    let vault = with_passphrase(world).await;
    let on = serde_json::json!({ "unlock_by_system": true });
    let on = on.as_object().unwrap();
    assert_eq!(vault.change_settings(on, None).await, Err(Error::PassphraseNeeded));
    vault.change_settings(on, Some(&secret())).await.unwrap();
    vault.lock_now(LockReason::Asked).await.unwrap();
    vault
}

async fn yes(_: GivenUp) -> Result<(), NotAuthenticated> {
    Ok(())
}

async fn never(given_up: GivenUp) -> Result<(), NotAuthenticated> {
    Err(given_up.await)
}

fn refused(why: NotAuthenticated) -> Result<(), Error> {
    Err(Error::NotAuthenticated(why))
}

#[tokio::test]
async fn the_system_s_word_opens_it_only_where_the_settings_say_so() {
    let world = World::new();
    let vault = with_passphrase(&world).await;
    vault.lock_now(LockReason::Asked).await.unwrap();
    assert_eq!(vault.unlock_by_system(yes).await, Err(Error::SystemUnlockOff));
    assert!(vault.is_locked());
    vault.unlock(&secret()).await.unwrap();

    let world = World::new();
    let vault = allowed_by_system(&world).await;
    let no = async |_: GivenUp| Err(NotAuthenticated::Refused);
    assert_eq!(vault.unlock_by_system(no).await, refused(NotAuthenticated::Refused));
    assert!(vault.is_locked() && vault.locked_since().await.unwrap().is_some());
    vault.unlock_by_system(yes).await.unwrap();
    assert!(!vault.is_locked() && vault.locked_since().await.unwrap().is_none());
}

#[tokio::test]
async fn nobody_decides_it_before_there_is_a_passphrase_and_it_goes_with_the_passphrase() {
    let world = World::new();
    let vault = world.open().await;
    let on = serde_json::json!({ "unlock_by_system": true });
    assert_eq!(vault.change_settings(on.as_object().unwrap(), None).await, Err(Error::NoPassphrase));
    let world = World::new();
    let vault = allowed_by_system(&world).await;
    vault.unlock(&secret()).await.unwrap();
    vault.remove_passphrase(&secret()).await.unwrap();
    assert!(!vault.settings().await.unwrap().unlock_by_system);
    assert_eq!(vault.unlock_by_system(yes).await, Err(Error::NoPassphrase));
}

#[tokio::test]
async fn a_question_that_nobody_answers_is_taken_back_in_the_end() {
    let world = World::new();
    let vault = allowed_by_system(&world).await;
    world.clock.skips.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(vault.unlock_by_system(never).await, refused(NotAuthenticated::TimedOut));
    assert_eq!(lock(&world.clock.slept).last(), Some(&120));
    assert!(vault.is_locked());
}

#[tokio::test]
async fn an_answer_that_comes_after_it_was_stopped_or_locked_again_opens_nothing() {
    let world = World::new();
    let vault = allowed_by_system(&world).await;
    for stop in ["cancel", "sleep"] {
        let late = async |_: GivenUp| {
            match stop {
                "cancel" => vault.stop_asking(),
                _ => vault.lock_now(LockReason::Sleep).await.unwrap(),
            }
            Ok(())
        };
        assert_eq!(vault.unlock_by_system(late).await, refused(NotAuthenticated::Dismissed), "{stop}");
        assert!(vault.is_locked(), "{stop}");
    }
    let (first, second) = tokio::join!(vault.unlock_by_system(never), vault.unlock_by_system(yes));
    assert_eq!((first, second), (refused(NotAuthenticated::Dismissed), Ok(())));
}

#[tokio::test]
async fn guessing_a_passphrase_stays_slow_however_often_the_system_is_asked() {
    let world = World::new();
    let vault = allowed_by_system(&world).await;
    assert_eq!(vault.unlock(&wrong()).await, Err(Error::WrongPassphrase { wait_seconds: 1 }));
    vault.unlock_by_system(yes).await.unwrap();
    vault.lock_now(LockReason::Asked).await.unwrap();
    assert_eq!(vault.unlock(&secret()).await, Err(Error::TooSoon { seconds: 1 }));
}
