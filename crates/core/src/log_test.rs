//! What the log tells of a vault's life, and how it is read.

use serde_json::json;

use super::*;
use crate::fakes::World;
use crate::quick_copy::Format;
use crate::refresh::Ask;
use crate::secret::Secret;
use crate::view::AddApiKeyInput;

const KEY: &str = "sk_live_51Canary00000000000000aaaa";

async fn add(vault: &Vault, name: &str, key: &str) -> CredentialId {
    let input: AddApiKeyInput =
        serde_json::from_value(json!({ "name": name, "environment": "production", "value": key })).unwrap();
    vault.add_api_key(input).await.unwrap().id.parse().unwrap()
}

async fn page(vault: &Vault, input: LogInput) -> LogPageView {
    vault.log(&input).await.unwrap()
}

fn whats(page: &LogPageView) -> Vec<&str> {
    page.entries.iter().map(|one| one.entry.what.as_str()).collect()
}

#[tokio::test]
async fn each_entry_tells_who_asked_through_which_program_and_where_it_was_used_then() {
    let world = World::new();
    let vault = world.open().await;
    let process = Process { program: "make".to_owned(), pid: 7, ..Process::default() };
    vault.asked_by(By::Command, Some(process.clone()));
    let id = add(&vault, "pay", KEY).await;
    vault.copy(id, Format::Curl, By::Tray).await.unwrap();
    vault.rotate_api_key(id, Secret::new("sk_live_51Canary11111111111111bbbb"), true).await.unwrap();
    vault.remove(id).await.unwrap();
    let entries = page(&vault, LogInput::default()).await.entries;
    let told: Vec<_> = entries.iter().map(|one| (one.entry.what.as_str(), one.entry.by)).collect();
    let wanted = [("removed", By::Command), ("rotated", By::Command), ("copied", By::Tray), ("added", By::Command)];
    assert_eq!(told, wanted);
    assert!(entries.iter().all(|one| one.gone && one.name == "pay"));
    assert_eq!((entries[1].entry.facts.version, entries[1].entry.facts.old_revoked), (Some(2), Some(true)));
    assert_eq!((entries[2].entry.process.as_ref(), entries[2].entry.facts.shape.as_deref()), (None, Some("curl")));
    assert_eq!(entries[3].entry.process.as_ref(), Some(&process));
    assert_eq!(entries[3].entry.environment, Some(crate::credential::Environment::Production));
    let check = vault.check_log().await.unwrap();
    assert_eq!((check.entries, check.wrong, check.sealed_to, check.seal_checked), (4, None, Some(4), true));
    assert!(!world.files_hold(KEY));
}

#[tokio::test]
async fn a_vault_key_that_was_lost_leaves_no_seal_behind_that_looks_forged() {
    let world = World::new();
    add(&world.open().await, "pay", KEY).await;
    crate::vault::lock(&world.keychain.items).clear();
    let vault = world.open().await;
    add(&vault, "mail", "sk_live_51Canary22222222222222cccc").await;
    let check = vault.check_log().await.unwrap();
    assert_eq!((check.entries, check.wrong, check.sealed_to, check.seal_checked), (2, None, Some(2), true));
}

#[tokio::test]
async fn what_is_sealed_is_cut_for_its_age_by_a_process_that_has_no_key_at_hand_yet() {
    let world = World::new();
    add(&world.open().await, "pay", KEY).await;
    world.clock.advance(400 * 24 * 3600);
    let vault = world.open().await;
    *crate::vault::lock(&world.keychain.failing) = Some(crate::ports::KeychainError::Locked);
    assert_eq!(vault.inner.prune_log(180).await.unwrap(), 0, "the sealed entry waits for the keychain");
    *crate::vault::lock(&world.keychain.failing) = None;
    assert_eq!(vault.inner.prune_log(180).await.unwrap(), 1);
    let check = vault.check_log().await.unwrap();
    assert_eq!((check.entries, check.wrong, check.sealed_to, check.seal_checked), (1, None, Some(2), true));
}

#[tokio::test]
async fn a_locked_keychain_keeps_no_entry_and_no_check_waiting() {
    let world = World::new();
    add(&world.open().await, "pay", KEY).await;
    let vault = world.open().await;
    *crate::vault::lock(&world.keychain.failing) = Some(crate::ports::KeychainError::Locked);
    vault.change_settings(json!({ "theme": "dark" }).as_object().unwrap(), None).await.unwrap();
    let check = vault.check_log().await.unwrap();
    assert_eq!((check.entries, check.wrong, check.sealed_to, check.seal_checked), (2, None, Some(1), false));
    let newest = &page(&vault, LogInput::default()).await.entries[0];
    assert_eq!(
        (newest.entry.what.as_str(), &newest.entry.facts.names),
        ("settings_changed", &vec!["theme".to_owned()])
    );
    assert!(newest.credential.is_empty() && !newest.gone && newest.monogram.is_none());
}

#[tokio::test]
async fn background_renewals_of_a_day_are_one_entry_that_unfolds() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    for _ in 0..5 {
        world.clock.advance(60);
        vault.refresh(id, Ask::Now).await.unwrap();
        world.clock.advance(3600);
        vault.refresh(id, Ask::Due).await.unwrap();
    }
    let folded = page(&vault, LogInput { folded: true, ..LogInput::default() }).await;
    assert_eq!(folded.total, Some(11));
    let background: Vec<_> = folded.entries.iter().filter(|one| one.entry.by == By::Background).collect();
    assert!(background.len() <= 2, "one a day, and there is at most one midnight: {}", background.len());
    assert_eq!(background.iter().map(|one| one.times).sum::<u32>(), 5);
    let alone = folded.entries.iter().filter(|one| one.entry.by == By::You).count();
    assert_eq!(alone, 6, "what a person asked for is not folded");
    let fold = background[0];
    let inside = page(&vault, LogInput { fold_of: Some(fold.number), ..LogInput::default() }).await;
    assert_eq!(inside.entries.len(), usize::try_from(fold.times).unwrap());
    assert_eq!(inside.entries[0].number, fold.number);
}

#[tokio::test]
async fn filters_combine_and_pages_follow_each_other() {
    let world = World::new();
    let vault = world.open().await;
    let pay = add(&vault, "pay_100%", KEY).await;
    let mail = add(&vault, "mail", "key-0123456789").await;
    for _ in 0..3 {
        vault.copy(pay, Format::Raw, By::Window).await.unwrap();
        vault.hand_out(mail, std::time::Duration::ZERO, Format::Raw, By::Command).await.unwrap();
    }
    let named = |group: &str, query: &str| LogInput { group: group.into(), query: query.into(), ..LogInput::default() };
    assert_eq!(whats(&page(&vault, named("copies", "")).await), ["copied"; 3]);
    assert_eq!(whats(&page(&vault, named("programs", "")).await), ["handed_out"; 3]);
    assert_eq!(page(&vault, named("copies", "mail")).await.total, Some(0));
    assert_eq!(page(&vault, named("all", "_100% PAY")).await.total, Some(4));
    assert_eq!(page(&vault, named("all", "%%")).await.total, Some(0), "what is typed is no pattern");
    assert_eq!(page(&vault, LogInput { failures: true, ..LogInput::default() }).await.total, Some(0));
    assert!(vault.log(&named("nonsense", "")).await.is_err());
    let first = page(&vault, LogInput { most: Some(5), ..LogInput::default() }).await;
    assert!(first.more && first.entries.len() == 5);
    let before = first.entries.last().map(|one| one.number);
    let second = page(&vault, LogInput { most: Some(5), before, ..LogInput::default() }).await;
    assert_eq!((second.more, second.entries.len(), second.total), (false, 3, None));
    assert_eq!(second.entries[0].number + 1, before.unwrap());
    world.clock.advance(3 * 24 * 3600);
    assert_eq!(page(&vault, LogInput { days: Some(2), ..LogInput::default() }).await.total, Some(0));
    assert_eq!(page(&vault, LogInput { days: Some(30), ..LogInput::default() }).await.total, Some(8));
}

#[tokio::test]
async fn a_login_that_can_not_renew_itself_is_told_once_when_it_ends() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.inner.catalog.can_not_renew(id).await;
    let now = || vault.inner.ports.clock.now();
    assert!(vault.inner.note_expired(now()).await.unwrap().is_some(), "it will end");
    world.clock.advance(2 * 3600);
    for _ in 0..3 {
        assert_eq!(vault.inner.note_expired(now()).await.unwrap(), None);
    }
    let failures = page(&vault, LogInput { failures: true, ..LogInput::default() }).await;
    assert_eq!(whats(&failures), ["expired"]);
    assert!(failures.entries[0].entry.facts.ended_at.is_some());
}

#[tokio::test]
async fn what_is_older_than_the_person_wants_goes_and_nothing_else() {
    let world = World::new();
    let vault = world.open().await;
    add(&vault, "old", KEY).await;
    world.clock.advance(40 * 24 * 3600);
    add(&vault, "new", "key-0123456789").await;
    vault.prune_log().await;
    assert_eq!(page(&vault, LogInput::default()).await.total, Some(2), "180 days are kept");
    vault.change_settings(json!({ "keep_log_days": 30 }).as_object().unwrap(), None).await.unwrap();
    let left = page(&vault, LogInput::default()).await;
    assert_eq!(whats(&left), ["pruned", "settings_changed", "added"]);
    assert_eq!(left.entries[0].entry.facts.entries, Some(1));
    assert_eq!(vault.check_log().await.unwrap().wrong, None);
}

#[tokio::test]
async fn a_file_of_the_log_has_no_formulas() {
    let world = World::new();
    let vault = world.open().await;
    add(&vault, "=HYPERLINK(\"http://evil.example\",\"x\")", KEY).await;
    let (csv, entries) = vault.log_text(&LogInput::default(), "csv").await.unwrap();
    assert_eq!(entries, 1);
    assert!(csv.contains(",\"'=HYPERLINK(\"\"http"), "{csv}");
    let (text, _) = vault.log_text(&LogInput::default(), "json").await.unwrap();
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read[0]["what"], "added");
    assert!(vault.log_text(&LogInput::default(), "xlsx").await.is_err());
}
