//! Which login a sign-in may replace, and what stays of it when something fails.

use std::sync::Arc;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::error::Error;
use crate::fakes::{Play, World, login_input};
use crate::login::LoginOptions;
use crate::ports::KeychainError;
use crate::refresh::Ask;
use crate::secret::Secret;
use crate::vault::{Vault, lock};
use crate::view::{CredentialView, LoginInput};

async fn sign_in(vault: &Vault, input: LoginInput) -> Result<CredentialView, Error> {
    again(vault, input, None).await
}

async fn again(
    vault: &Vault,
    input: LoginInput,
    again: Option<crate::credential::CredentialId>,
) -> Result<CredentialView, Error> {
    let options = LoginOptions { open_browser: true, again, ..LoginOptions::default() };
    vault.login(input, options, Arc::new(|_| {})).await
}

fn account(name: &str) -> LoginInput {
    LoginInput { account: Some(name.to_owned()), ..login_input("spot") }
}

fn without_refresh_token() -> Play {
    Play::Say(200, r#"{"access_token":"at-new","token_type":"Bearer","expires_in":3600}"#.to_owned())
}

/// Lets every commit of a credential fail from now on.
async fn break_commits(world: &World, statement: &str) {
    let options = SqliteConnectOptions::new().filename(world.home.path().join("vault.db"));
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let trigger =
        format!("CREATE TRIGGER broken BEFORE {statement} ON credential BEGIN SELECT RAISE(ABORT, 'broken'); END");
    sqlx::query(sqlx::AssertSqlSafe(trigger)).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn another_account_under_the_same_name_does_not_take_the_first_one_s_login() {
    let world = World::new();
    let vault = world.open().await;
    let ada = sign_in(&vault, account("ada")).await.unwrap();
    let bob = sign_in(&vault, account("bob")).await.unwrap();
    assert_ne!(ada.id, bob.id);
    assert!(world.keychain.holds("rt-1") && world.keychain.holds("rt-2"));
    // The same account again renews its own login, not the first that has the name.
    let renewed = sign_in(&vault, account("bob")).await.unwrap();
    assert_eq!(renewed.id, bob.id);
    assert!(world.keychain.holds("rt-1") && world.keychain.holds("rt-3") && !world.keychain.holds("rt-2"));
}

#[tokio::test]
async fn a_sign_in_again_renews_exactly_the_one_it_was_asked_for() {
    let world = World::new();
    let vault = world.open().await;
    sign_in(&vault, account("ada")).await.unwrap();
    let bob = sign_in(&vault, account("bob")).await.unwrap();
    let id = bob.id.parse().unwrap();
    let input = vault.login_again(id).await.unwrap();
    assert_eq!(again(&vault, input, Some(id)).await.unwrap().id, bob.id);
    assert!(world.keychain.holds("rt-1"), "the other account lost its token");
}

#[tokio::test]
async fn another_client_under_the_same_name_is_refused_before_anything_is_sent() {
    let world = World::new();
    let vault = world.open().await;
    sign_in(&vault, account("ada")).await.unwrap();
    lock(&world.http.forms).clear();
    let other = LoginInput { client_id: Some("other".to_owned()), ..account("ada") };
    assert_eq!(sign_in(&vault, other).await.unwrap_err(), Error::NameTaken("spot".to_owned()));
    assert!(lock(&world.http.forms).is_empty(), "something was sent");
    assert!(world.keychain.holds("rt-1"));
}

#[tokio::test]
async fn a_client_never_takes_a_person_s_login_of_the_same_name() {
    let world = World::new();
    let vault = world.open().await;
    sign_in(&vault, login_input("spot")).await.unwrap();
    let client = LoginInput { client_secret: Some(Secret::new("s3cret")), ..login_input("spot") };
    assert_eq!(vault.add_client(client).await.unwrap_err(), Error::NameTaken("spot".to_owned()));
    assert!(world.keychain.holds("rt-1") && !world.keychain.holds("s3cret"));
}

#[tokio::test]
async fn a_sign_in_again_without_a_refresh_token_keeps_the_stored_one() {
    let world = World::new();
    let vault = world.open().await;
    let before = sign_in(&vault, login_input("spot")).await.unwrap();
    world.play([without_refresh_token()]);
    let after = sign_in(&vault, login_input("spot")).await.unwrap();
    assert_eq!((after.id, after.renews), (before.id, true));
    // And it is the one that the next refresh sends.
    vault.refresh(vault.find("spot").await.unwrap(), Ask::Now).await.unwrap();
    assert_eq!(world.seen(), ["rt-1"]);
}

#[tokio::test]
async fn a_kept_token_that_may_have_been_sent_still_has_one_try_only() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "spot").await;
    let lost = || Play::Fail(crate::ports::HttpError::Timeout { host: "accounts.spotify.com".to_owned() });
    world.play([lost(), without_refresh_token(), lost()]);
    vault.refresh(id, Ask::Now).await.unwrap_err();
    sign_in(&vault, login_input("spot")).await.unwrap();
    for _ in 0..3 {
        drop(vault.refresh(id, Ask::Now).await);
    }
    assert_eq!(world.seen(), ["rt-1", "rt-1"], "K3");
}

#[tokio::test]
async fn an_old_slot_that_can_t_be_emptied_does_not_undo_a_sign_in() {
    let world = World::new();
    let vault = world.open().await;
    sign_in(&vault, login_input("spot")).await.unwrap();
    *lock(&world.keychain.failing_deletes) = Some(KeychainError::Locked);
    sign_in(&vault, login_input("spot")).await.unwrap();
    *lock(&world.keychain.failing_deletes) = None;
    vault.refresh(vault.find("spot").await.unwrap(), Ask::Now).await.unwrap();
    assert_eq!(world.seen(), ["rt-2"]);
}

#[tokio::test]
async fn a_new_login_that_is_not_committed_leaves_nothing_in_the_keychain() {
    let world = World::new();
    let vault = world.open().await;
    break_commits(&world, "INSERT").await;
    let input = LoginInput { client_secret: Some(Secret::new("s3cret")), ..login_input("spot") };
    sign_in(&vault, input).await.unwrap_err();
    assert_eq!(world.keychain.names(), ["escrow"]);
}

#[tokio::test]
async fn a_sign_in_again_that_is_not_committed_leaves_everything_as_it_was() {
    let world = World::new();
    let vault = world.open().await;
    let with = |secret: &str| LoginInput { client_secret: Some(Secret::new(secret)), ..login_input("spot") };
    sign_in(&vault, with("old-secret")).await.unwrap();
    let names = world.keychain.names();
    break_commits(&world, "UPDATE").await;
    sign_in(&vault, with("new-secret")).await.unwrap_err();
    assert_eq!(world.keychain.names(), names);
    for (value, stays) in [("old-secret", true), ("rt-1", true), ("new-secret", false), ("rt-2", false)] {
        assert_eq!(world.keychain.holds(value), stays, "{value}");
    }
}

#[tokio::test]
async fn a_bound_token_without_a_refresh_token_is_refused_and_the_stored_login_stays() {
    let world = World::new();
    let vault = world.open().await;
    let bound = || LoginInput { dpop: true, ..login_input("spot") };
    let answer = |more: &str| Play::Say(200, format!(r#"{{"access_token":"at-1","token_type":"DPoP"{more}}}"#));
    world.play([answer(r#","refresh_token":"rt-1""#), answer("")]);
    sign_in(&vault, bound()).await.unwrap();
    let refused = sign_in(&vault, bound()).await.unwrap_err();
    assert_eq!(refused.code(), "bad_answer");
    world.play([answer(r#","refresh_token":"rt-2""#)]);
    vault.refresh(vault.find("spot").await.unwrap(), Ask::Now).await.unwrap();
    assert_eq!(world.seen(), ["rt-1"]);
}
