//! Several at once: the block, its names, and deleting together.

use super::*;
use crate::fakes::{Play, World};
use crate::vault::lock;
use crate::view::AddApiKeyInput;

async fn add(vault: &Vault, name: &str, account: &str, environment: Environment) -> CredentialId {
    let input = AddApiKeyInput {
        name: name.to_owned(),
        provider: Some("stripe".to_owned()),
        account: Some(account.to_owned()),
        environment,
        tags: Vec::new(),
        header: None,
        rotate_by: Some("none".to_owned()),
        note: String::new(),
        value: Secret::new(format!("value of {name} in {environment:?} for {account}")),
        allow_twin: false,
    };
    vault.add_api_key(input).await.unwrap().id.parse().unwrap()
}

#[tokio::test]
async fn a_block_holds_every_value_under_a_name_of_its_own() {
    let world = World::new();
    let vault = world.open().await;
    let ids = [
        add(&vault, "Payments", "eu", Environment::Production).await,
        add(&vault, "Payments", "us", Environment::Staging).await,
        add(&vault, "Payments", "uk", Environment::Staging).await,
        add(&vault, "Mail", "eu", Environment::Production).await,
    ];
    let view = vault.several(&ids).await.unwrap();
    assert_eq!((view.count, view.production, view.rotatable.len(), view.pausable.len()), (4, 2, 4, 0));
    let shown: Vec<&str> = view.variables.iter().map(|one| one.name.as_str()).collect();
    let names = ["MAIL_KEY", "PRODUCTION_PAYMENTS_KEY", "STAGING_PAYMENTS_KEY", "STAGING_PAYMENTS_KEY_2"];
    assert_eq!(shown, names);
    vault.copy_env_block(&ids, crate::activity::By::You).await.unwrap();
    let block = lock(&world.clipboard.cell).clone().unwrap();
    let lines: Vec<&str> = block.expose().lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0], "MAIL_KEY='value of Mail in Production for eu'");
    assert_eq!(lines[3], "STAGING_PAYMENTS_KEY_2='value of Payments in Staging for us'");
    for id in ids {
        assert!(vault.show(id).await.unwrap().last_used_at.is_some());
    }
}

#[tokio::test]
async fn one_that_cannot_be_had_leaves_the_clipboard_as_it_was() {
    let world = World::new();
    let vault = world.open().await;
    let key = add(&vault, "Payments", "eu", Environment::Production).await;
    let login = world.sign_in(&vault, "api").await;
    world.clock.advance(4000);
    lock(&world.http.plays).push(Play::Say(400, r#"{"error":"invalid_grant"}"#.to_owned()));
    let (which, error) = vault.copy_env_block(&[key, login], crate::activity::By::You).await.unwrap_err();
    assert_eq!((which, error.code()), (Some(login), "sign_in_needed"));
    assert!(lock(&world.clipboard.cell).is_none());
    let (which, error) = vault.copy_env_block(&[], crate::activity::By::You).await.unwrap_err();
    assert!(which.is_none() && matches!(error, Error::Invalid { .. }));
}

#[tokio::test]
async fn several_go_together_and_the_first_comes_back_as_long_as_the_last() {
    let world = World::new();
    let vault = world.open().await;
    let ids = [
        add(&vault, "One", "eu", Environment::Production).await,
        add(&vault, "Two", "eu", Environment::Production).await,
    ];
    vault.remove(ids[0]).await.unwrap();
    world.clock.advance(9);
    let (removed, failed) = vault.remove_several(&[ids[1], CredentialId::random()]).await;
    assert_eq!((removed.len(), failed.len()), (1, 1));
    vault.keep_removed(&ids);
    world.clock.advance(9);
    tokio::task::yield_now().await;
    for id in ids {
        vault.undo_remove(id).await.unwrap();
        assert!(vault.show(id).await.is_ok());
    }
}
