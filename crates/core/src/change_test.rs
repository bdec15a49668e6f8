//! Changes of one and of several credentials.

use std::time::Duration;

use super::*;
use crate::activity::{By, Facts};
use crate::credential::{Status, Tone};
use crate::fakes::World;
use crate::refresh::Ask;
use crate::secret::Secret;
use crate::view::AddApiKeyInput;

fn key(name: &str) -> AddApiKeyInput {
    serde_json::from_value(serde_json::json!({
        "name": name, "environment": "development", "value": format!("sk_{name}"), "rotate_by": "30d",
    }))
    .unwrap()
}

async fn add(vault: &Vault, name: &str) -> CredentialId {
    let added = vault.add_api_key(key(name)).await.unwrap();
    added.id.parse().unwrap()
}

async fn log_of(vault: &Vault, id: CredentialId) -> Vec<(String, String)> {
    let entries = vault.history(id, 20).await.unwrap().entries;
    let said = |facts: &Facts| facts.to.as_ref().map_or_else(|| facts.names.join(" "), |to| format!("to {to}"));
    entries.into_iter().map(|entry| (said(&entry.facts), entry.what)).map(|(said, what)| (what, said)).collect()
}

#[tokio::test]
async fn several_are_moved_together_or_none_is() {
    let world = World::new();
    let vault = world.open().await;
    let ids = [add(&vault, "one").await, add(&vault, "two").await];
    let with_stranger = [ids[0], CredentialId::random()];
    assert!(matches!(vault.move_to(&with_stranger, Environment::Production).await, Err(Error::NotFound(_))));
    assert_eq!(vault.show(ids[0]).await.unwrap().environment, Environment::Development);
    vault.move_to(&ids, Environment::Production).await.unwrap();
    for id in ids {
        assert_eq!(vault.show(id).await.unwrap().environment, Environment::Production);
        assert_eq!(log_of(&vault, id).await[0], ("moved".to_owned(), "to production".to_owned()));
    }
    // What is there already has not moved.
    vault.move_to(&ids, Environment::Production).await.unwrap();
    assert_eq!(log_of(&vault, ids[0]).await.len(), 2);
}

#[tokio::test]
async fn what_many_changed_to_is_noted_in_one_transaction() {
    let world = World::new();
    let vault = world.open().await;
    let ids = [add(&vault, "one").await, add(&vault, "two").await];
    vault.inner.catalog.refuse("INSERT ON activity WHEN NEW.name = 'two'").await;
    vault.move_to(&ids, Environment::Production).await.unwrap();
    // The log never stops what it is about, and holds all of a change or nothing.
    assert_eq!(vault.show(ids[1]).await.unwrap().environment, Environment::Production);
    assert_eq!(log_of(&vault, ids[0]).await.len(), 1);
    vault.inner.catalog.allow().await;
    vault.move_to(&ids, Environment::Staging).await.unwrap();
    assert_eq!(log_of(&vault, ids[0]).await.len(), 2);
    assert_eq!(vault.check_log().await.unwrap().wrong, None);
}

#[tokio::test]
async fn a_rotate_by_is_set_for_keys_and_never_for_a_login() {
    let world = World::new();
    let vault = world.open().await;
    let id = add(&vault, "one").await;
    let login = world.sign_in(&vault, "api").await;
    assert!(matches!(vault.set_rotate_by(&[id, login], Some("180d")).await, Err(Error::WrongKind(_))));
    vault.set_rotate_by(&[id], Some("180d")).await.unwrap();
    let shown = vault.show(id).await.unwrap();
    assert_eq!((shown.rotate_every_days, shown.line), (Some(180), Line::Far));
    for bad in ["", "soon", "0d", "2020-01-01"] {
        assert!(vault.set_rotate_by(&[id], Some(bad)).await.is_err(), "{bad}");
    }
    vault.set_rotate_by(&[id], None).await.unwrap();
    let shown = vault.show(id).await.unwrap();
    assert_eq!((shown.rotate_by, shown.rotate_every_days, shown.line), (None, None, Line::NoExpiry));
    assert_eq!(log_of(&vault, id).await[0], ("rotate_by_set".to_owned(), "to none".to_owned()));
}

#[tokio::test]
async fn a_paused_login_is_never_due_and_still_gives_a_fresh_token_to_who_asks() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let catalog = &vault.inner.catalog;
    vault.pause_refreshing(&[id], true).await.unwrap();
    world.clock.advance(3590);
    let now = vault.inner.ports.clock.now();
    assert_eq!(catalog.due(now).await.unwrap(), vec![]);
    assert_eq!(catalog.next_due(now).await.unwrap(), None);
    let shown = vault.show(id).await.unwrap();
    assert_eq!((shown.chosen.paused, shown.line, shown.tone), (true, Line::Paused, Tone::Neutral));
    // Somebody asks: exactly one request, with the token that it has (K3).
    assert_eq!(vault.access_token(id, Duration::from_mins(1)).await.unwrap().value, Secret::new("at-2"));
    assert_eq!(world.seen(), ["rt-1"]);
    vault.refresh(id, Ask::Now).await.unwrap();
    assert_eq!(world.seen(), ["rt-1", "rt-2"]);
    assert!(vault.show(id).await.unwrap().chosen.paused, "asking does not resume it");
}

#[tokio::test]
async fn a_resumed_login_is_due_when_it_would_have_been_and_lost_nothing() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.pause_refreshing(&[id], true).await.unwrap();
    world.clock.advance(86_400);
    let now = vault.inner.ports.clock.now();
    assert_eq!(vault.show(id).await.unwrap().line, Line::Paused);
    vault.pause_refreshing(&[id], false).await.unwrap();
    assert_eq!(vault.inner.catalog.due(now).await.unwrap()[0].id, id);
    vault.refresh(id, Ask::Due).await.unwrap();
    assert_eq!(world.seen(), ["rt-1"]);
    let told: Vec<String> = log_of(&vault, id).await.into_iter().map(|(what, _)| what).collect();
    assert!(told.contains(&"paused".to_owned()) && told.contains(&"resumed".to_owned()), "{told:?}");
    assert!(matches!(vault.pause_refreshing(&[add(&vault, "key").await], true).await, Err(Error::WrongKind(_))));
}

#[tokio::test]
async fn what_may_expire_needs_no_attention_until_it_has_another_end() {
    let world = World::new();
    let vault = world.open().await;
    let id = add(&vault, "one").await;
    vault.set_rotate_by(&[id], Some("3d")).await.unwrap();
    let attention = async || vault.list(&crate::view::ListInput::default()).await.unwrap().attention;
    assert_eq!(attention().await, 1);
    vault.let_expire(id, true).await.unwrap();
    assert_eq!(attention().await, 0);
    let shown = vault.show(id).await.unwrap();
    assert_eq!((shown.line, shown.tone, shown.chosen.let_expire), (Line::Rotate, Tone::Neutral, true));
    // Also once it is past.
    world.clock.advance(10 * 86_400);
    assert_eq!(attention().await, 0);
    vault.set_rotate_by(&[id], Some("2d")).await.unwrap();
    assert_eq!(attention().await, 1);
    vault.let_expire(id, true).await.unwrap();
    vault.let_expire(id, false).await.unwrap();
    assert_eq!(attention().await, 1);
    vault.set_rotate_by(&[id], None).await.unwrap();
    assert!(matches!(vault.let_expire(id, true).await, Err(Error::Invalid { .. })));
}

#[tokio::test]
async fn a_login_that_renews_itself_has_no_end_to_let_come() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    assert!(vault.let_expire(id, true).await.is_err());
    world.play([crate::fakes::Play::Say(400, r#"{"error":"invalid_grant"}"#.to_owned())]);
    assert!(vault.refresh(id, Ask::Now).await.is_err());
    assert_eq!(vault.show(id).await.unwrap().tone, Tone::Bad);
    vault.let_expire(id, true).await.unwrap();
    let shown = vault.show(id).await.unwrap();
    assert_eq!((shown.status, shown.tone), (Status::SignInNeeded, Tone::Neutral));
}

#[tokio::test]
async fn a_change_keeps_the_value_and_what_it_does_not_name() {
    let world = World::new();
    let vault = world.open().await;
    let id = add(&vault, "one").await;
    let other = add(&vault, "two").await;
    let change = |json| serde_json::from_value::<ChangeInput>(json).unwrap();
    let shown = vault
        .change(id, &change(serde_json::json!({ "name": "uno", "env_name": "UNO", "tags": ["a", "a", "b"] })))
        .await
        .unwrap();
    assert_eq!((shown.name.as_str(), shown.env_name.as_str()), ("uno", "UNO"));
    assert_eq!(shown.tags, ["a", "b"]);
    assert_eq!(log_of(&vault, id).await[0], ("changed".to_owned(), "name tags env_name".to_owned()));
    assert_eq!(vault.key_value(&vault.inner.entry(id).await.unwrap().credential).await.unwrap(), Secret::new("sk_one"));
    let taken = vault.change(other, &change(serde_json::json!({ "name": "uno" }))).await;
    assert_eq!(taken.unwrap_err(), Error::NameTaken("uno".to_owned()));
    for bad in [
        serde_json::json!({ "name": " x" }),
        serde_json::json!({ "header": "X-Key" }),
        serde_json::json!({ "env_name": "1X" }),
        serde_json::json!({ "tags": [""] }),
        serde_json::json!({ "templates": [{ "name": "x", "text": "no place" }] }),
        serde_json::json!({ "lead_seconds": 60 }),
    ] {
        assert!(vault.change(id, &change(bad.clone())).await.is_err(), "{bad}");
    }
    vault
        .change(id, &change(serde_json::json!({ "templates": [{ "name": "npm", "text": "_authToken={};" }] })))
        .await
        .unwrap();
    let out = async |format: &str| vault.hand_out(id, Duration::ZERO, format.parse().unwrap(), By::You).await;
    assert_eq!(out("template-0").await.unwrap().value, Secret::new("_authToken=sk_one;"));
    assert!(out("template-1").await.is_err());
    // Emptied, the variable is made of the name again.
    assert_eq!(vault.change(id, &change(serde_json::json!({ "env_name": "" }))).await.unwrap().env_name, "UNO_KEY");
}

#[tokio::test]
async fn several_changes_of_one_hold_together_or_not_at_all() {
    let world = World::new();
    let vault = world.open().await;
    let id = add(&vault, "one").await;
    add(&vault, "two").await;
    let before = vault.inner.entry(id).await.unwrap();
    let words = |json| serde_json::from_value::<ChangeInput>(json).unwrap();
    let all = SetInput {
        words: words(serde_json::json!({ "name": "uno", "note": "for us" })),
        rotate_by: Some("2d".to_owned()),
        paused: None,
        environment: Some(Environment::Production),
        let_expire: Some(true),
        pinned: Some(true),
    };
    for bad in [
        SetInput { words: words(serde_json::json!({ "name": "two" })), ..all.clone() },
        SetInput { words: words(serde_json::json!({ "name": "uno", "lead_seconds": 60 })), ..all.clone() },
        SetInput { rotate_by: Some("soon".to_owned()), ..all.clone() },
        SetInput { paused: Some(true), ..all.clone() },
        SetInput { rotate_by: Some("none".to_owned()), ..all.clone() },
    ] {
        assert!(vault.set(id, &bad).await.is_err(), "{bad:?}");
        assert_eq!(vault.inner.entry(id).await.unwrap(), before, "{bad:?}");
        assert_eq!(log_of(&vault, id).await.len(), 1, "{bad:?}");
    }
    // A disk that fails at the last of them.
    vault.inner.catalog.refuse("UPDATE OF pinned ON credential").await;
    assert!(vault.set(id, &all).await.is_err());
    assert_eq!(vault.inner.entry(id).await.unwrap(), before);
    vault.inner.catalog.allow().await;
    let shown = vault.set(id, &all).await.unwrap();
    assert_eq!((shown.name.as_str(), shown.environment), ("uno", Environment::Production));
    assert!(shown.chosen.pinned && shown.chosen.let_expire, "the end that is let come is the one that was set along");
    let whats: Vec<String> = log_of(&vault, id).await.into_iter().map(|(what, _)| what).collect();
    assert_eq!(whats, ["pinned", "let_expire", "moved", "rotate_by_set", "changed", "added"]);
}

#[tokio::test]
async fn what_was_decided_comes_back_with_an_undone_removal() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.pin(id, true).await.unwrap();
    vault.pause_refreshing(&[id], true).await.unwrap();
    vault.remove(id).await.unwrap();
    let back = vault.undo_remove(id).await.unwrap();
    assert!(back.chosen.pinned && back.chosen.paused);
}

#[tokio::test]
async fn the_log_says_from_where_a_credential_was_used_and_how_often() {
    let world = World::new();
    let vault = world.open().await;
    let id = add(&vault, "one").await;
    let out = async |by| vault.hand_out(id, Duration::ZERO, crate::quick_copy::Format::Raw, by).await.unwrap();
    out(By::Command).await;
    world.clock.advance(60);
    out(By::Command).await;
    vault.copy(id, crate::quick_copy::Format::Raw, By::Tray).await.unwrap();
    vault.reveal(id).await.unwrap();
    let uses = vault.uses(id).await.unwrap();
    let of = |from: &str| uses.iter().find(|user| user.from == from).unwrap();
    assert_eq!((uses.len(), of("command_line").handed_out), (3, 2));
    assert_eq!(of("command_line").program, None);
    assert_eq!(of("command_line").last_at.duration_since(of("command_line").first_at).as_secs(), 60);
    assert_eq!((of("tray").copied, of("you").revealed), (1, 1));
}
