//! Pausing all logins at once.

use jiff::SignedDuration;

use super::*;
use crate::fakes::World;
use crate::ports::Clock as _;
use crate::view::{AddApiKeyInput, NoticeKind};

async fn key(vault: &Vault) {
    let input = serde_json::json!({
        "name": "key", "environment": "development", "value": "sk_key", "rotate_by": "30d",
    });
    let input: AddApiKeyInput = serde_json::from_value(input).unwrap();
    vault.add_api_key(input).await.unwrap();
}

#[tokio::test]
async fn several_paused_logins_are_one_notice_and_resume_together() {
    let world = World::new();
    let vault = world.open().await;
    let ids = [world.sign_in(&vault, "one").await, world.sign_in(&vault, "two").await];
    vault.pause_refreshing(&ids[..1], true).await.unwrap();
    assert_eq!(vault.notice().await.unwrap(), None);
    vault.pause_refreshing(&ids, true).await.unwrap();
    let notice = vault.notice().await.unwrap().unwrap();
    assert_eq!((notice.kind, notice.count, notice.until), (NoticeKind::Paused, 2, None));
    vault.resume_all(By::Window).await.unwrap();
    assert_eq!(vault.notice().await.unwrap(), None);
}

#[tokio::test]
async fn a_pause_of_all_has_an_end_if_each_of_them_has() {
    let world = World::new();
    let vault = world.open().await;
    key(&vault).await;
    let ids = [world.sign_in(&vault, "one").await, world.sign_in(&vault, "two").await];
    let until = Some(world.clock.now().checked_add(SignedDuration::from_hours(1)).unwrap());
    vault.pause_all(By::Tray, until).await.unwrap();
    assert_eq!(vault.pauses().await.unwrap(), PausesView { paused: 2, others: 0, until });
    assert_eq!(vault.notice().await.unwrap().unwrap().until, until);
    vault.resume_all(By::Window).await.unwrap();
    assert_eq!(vault.pauses().await.unwrap(), PausesView { paused: 0, others: 2, until: None });
    // One that the person paused before is not resumed by that hour.
    vault.pause_refreshing(&ids[..1], true).await.unwrap();
    vault.pause_all(By::Tray, until).await.unwrap();
    assert_eq!(vault.pauses().await.unwrap(), PausesView { paused: 2, others: 0, until: None });
    world.clock.advance(3_600);
    assert_eq!(vault.end_pauses(world.clock.now()).await.unwrap(), None);
    assert_eq!(vault.pauses().await.unwrap(), PausesView { paused: 1, others: 1, until: None });
    assert!(vault.show(ids[0]).await.unwrap().chosen.paused);
}

#[tokio::test]
async fn the_end_of_a_pause_comes_back_with_an_undone_removal() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "one").await;
    let until = Some(world.clock.now().checked_add(SignedDuration::from_hours(1)).unwrap());
    vault.pause_all(By::Tray, until).await.unwrap();
    vault.remove(id).await.unwrap();
    vault.undo_remove(id).await.unwrap();
    assert_eq!(vault.pauses().await.unwrap(), PausesView { paused: 1, others: 0, until });
}

#[tokio::test]
async fn the_log_says_who_paused_and_who_resumed() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "one").await;
    vault.asked_by(By::Window, None);
    let until = Some(world.clock.now().checked_add(SignedDuration::from_hours(1)).unwrap());
    vault.pause_all(By::Tray, until).await.unwrap();
    world.clock.advance(3_600);
    vault.end_pauses(world.clock.now()).await.unwrap();
    let entries = vault.history(id, 2).await.unwrap().entries;
    let told: Vec<_> = entries.iter().map(|entry| (entry.what.as_str(), entry.by)).collect();
    assert_eq!(told, [("resumed", By::Background), ("paused", By::Tray)]);
}

#[tokio::test]
async fn a_pause_that_began_while_the_clock_ran_ahead_ends_with_that() {
    let world = World::new();
    let vault = world.open().await;
    world.sign_in(&vault, "one").await;
    let until = Some(world.clock.now().checked_add(SignedDuration::from_hours(49)).unwrap());
    vault.pause_all(By::Tray, until).await.unwrap();
    vault.end_pauses(world.clock.now()).await.unwrap();
    assert_eq!(vault.pauses().await.unwrap(), PausesView { paused: 0, others: 1, until: None });
}
