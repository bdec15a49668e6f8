//! Settings: what holds, what is refused, and what each of them does.

use serde_json::json;

use super::*;
use crate::fakes::World;

fn change(value: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn a_change_holds_and_leaves_the_rest() {
    let world = World::new();
    let vault = world.open().await;
    assert_eq!(vault.settings().await.unwrap(), Settings::default());
    vault.change_settings(&change(json!({ "keep_log_days": 30 })), None).await.unwrap();
    vault.change_settings(&change(json!({ "theme": "dark" })), None).await.unwrap();
    let wanted = Settings { keep_log_days: 30, theme: Theme::Dark, ..Settings::default() };
    assert_eq!(vault.settings().await.unwrap(), wanted);
}

#[tokio::test]
async fn what_can_not_be_is_refused_and_changes_nothing() {
    let world = World::new();
    let vault = world.open().await;
    for bad in [
        json!({ "keep_log_days": 0 }),
        json!({ "keep_log_days": "30" }),
        json!({ "reveal_seconds": 100_000 }),
        json!({ "theme": "pink" }),
        json!({ "language": "<script>" }),
        json!({ "no_such": 1 }),
        json!({ "attention_days": 14, "secret_bytes": 1 }),
    ] {
        assert!(vault.change_settings(&change(bad.clone()), None).await.is_err(), "{bad}");
    }
    assert_eq!(vault.settings().await.unwrap(), Settings::default());
}

#[test]
fn stored_nonsense_is_the_default_and_still_locks() {
    for bad in ["", "[]", "null", "{\"theme\":1}", "{\"keep_log_days\":0}"] {
        // Nobody's passphrase is switched off by damage.
        let wanted = Settings { lock_after_minutes: 15, ..Settings::default() };
        assert_eq!(Settings::read(bad), wanted, "{bad}");
    }
    assert_eq!(Settings::read("{\"from_a_newer_one\":1,\"key_age_days\":9}").key_age_days, 9);
}

#[tokio::test]
async fn what_loosens_security_needs_the_passphrase_and_what_tightens_it_does_not() {
    let world = World::new();
    let vault = world.open().await;
    let passphrase = Secret::new("correct horse battery");
    vault.change_settings(&change(json!({ "reveal_seconds": 60 })), None).await.unwrap();
    vault.set_passphrase(&passphrase, None).await.unwrap();
    for looser in [
        json!({ "lock_after_minutes": 30 }),
        json!({ "lock_after_minutes": 0 }),
        json!({ "clear_clipboard_seconds": 31 }),
        json!({ "clear_clipboard_seconds": 0 }),
        json!({ "reveal_seconds": 61 }),
        json!({ "theme": "dark", "reveal_seconds": 120 }),
    ] {
        let before = vault.settings().await.unwrap();
        let looser = change(looser);
        assert_eq!(vault.change_settings(&looser, None).await, Err(Error::PassphraseNeeded), "{looser:?}");
        let wrong = vault.change_settings(&looser, Some(&Secret::new("not the passphrase"))).await;
        assert!(matches!(wrong, Err(Error::WrongPassphrase { .. })), "{wrong:?}");
        assert_eq!(vault.settings().await.unwrap(), before);
        world.clock.advance(1);
        vault.change_settings(&looser, Some(&passphrase)).await.unwrap();
        for (name, value) in [("lock_after_minutes", 15), ("clear_clipboard_seconds", 30), ("reveal_seconds", 60)] {
            vault.change_settings(&change(json!({ name: value })), None).await.unwrap();
        }
    }
    for tighter in [
        json!({ "lock_after_minutes": 1 }),
        json!({ "clear_clipboard_seconds": 5 }),
        json!({ "reveal_seconds": 5 }),
        json!({ "refresh_while_locked": false }),
    ] {
        vault.change_settings(&change(tighter), None).await.unwrap();
    }
}

#[tokio::test]
async fn the_days_of_attention_decide_what_needs_it() {
    let world = World::new();
    let vault = world.open().await;
    let input = json!({
        "name": "key", "value": "key-0123456789", "environment": "development", "rotate_by": "10d", "tags": [], "note": ""
    });
    let id = vault.add_api_key(serde_json::from_value(input).unwrap()).await.unwrap().id;
    let needing = async || vault.list(&crate::view::ListInput::default()).await.unwrap().attention;
    assert_eq!(needing().await, 0);
    vault.change_settings(&change(json!({ "attention_days": 14 })), None).await.unwrap();
    assert_eq!(needing().await, 1);
    assert_eq!(vault.show(id.parse().unwrap()).await.unwrap().line, crate::credential::Line::Rotate);
}
