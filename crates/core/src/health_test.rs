//! What the rules find, what they keep of tokens, and what the person decides about it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::facts::Stored;
use super::*;
use crate::fakes::{Play, World, login_input};
use crate::jwt::{Signature, SignatureStatus};
use crate::refresh::Ask;
use crate::secret::Secret;
use crate::view::{AcceptRiskInput, AddApiKeyInput};

const DAYS: i64 = 24 * 3600;

fn jwt(header: &serde_json::Value, claims: &serde_json::Value, signature: &str) -> String {
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

/// An answer with this access token.
fn gives(access_token: &str, refresh_token: &str) -> Play {
    let body = json!({ "access_token": access_token, "refresh_token": refresh_token, "token_type": "Bearer", "expires_in": 3600 });
    Play::Say(200, body.to_string())
}

fn key(name: &str, value: &str, environment: &str, rotate_by: &str) -> AddApiKeyInput {
    let input = json!({
        "name": name, "environment": environment, "rotate_by": rotate_by, "allow_twin": true, "value": value,
    });
    serde_json::from_value(input).unwrap()
}

async fn rules(vault: &Vault) -> Vec<(Rule, Vec<String>)> {
    let view = vault.health().await.unwrap();
    let names = |one: &HealthFindingView| one.credentials.iter().map(|it| it.name.clone()).collect();
    view.findings.iter().map(|one| (one.rule, names(one))).collect()
}

fn only(rule: Rule, name: &str) -> Vec<(Rule, Vec<String>)> {
    vec![(rule, vec![name.to_owned()])]
}

fn signature(status: SignatureStatus, reason: &str) -> Signature {
    Signature { status, reason: reason.to_owned(), key_id: None, source: None }
}

/// Names the access token that a login has now.
async fn stored(vault: &Vault, id: CredentialId) -> Stored {
    Stored::Access(vault.sealed_token(id, Duration::ZERO).await.unwrap().1)
}

fn risk(rule: Rule, credentials: &[&str], until: &str) -> AcceptRiskInput {
    let credentials = credentials.iter().map(|id| (*id).to_owned()).collect();
    AcceptRiskInput { rule, credentials, reason: "the vendor gives one key".to_owned(), until: until.to_owned() }
}

#[tokio::test]
async fn in_a_clean_vault_nothing_is_found() {
    let world = World::new();
    let vault = world.open().await;
    vault.add_api_key(key("Payments", "k-1", "production", "90d")).await.unwrap();
    vault.add_api_key(key("Mail", "k-2", "staging", "90d")).await.unwrap();
    // The same key twice in one environment is no leak from one to another.
    vault.add_api_key(key("Mail again", "k-2", "staging", "90d")).await.unwrap();
    world.sign_in(&vault, "api").await;
    let view = vault.health().await.unwrap();
    assert_eq!(view.findings, []);
    assert_eq!((view.clear, view.checked), (4, 4));
}

#[tokio::test]
async fn what_only_the_token_tells_is_found_while_the_keychain_is_locked_and_no_claim_is_kept() {
    let payload = |more: serde_json::Value| {
        let mut claims = json!({ "sub": "ada", "iat": 1_760_620_000, "exp": 1_760_623_600 });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    };
    let signed = json!({ "alg": "RS256", "kid": "1" });
    for (rule, token) in [
        (Rule::AlgNone, jwt(&json!({ "alg": "none" }), &payload(json!({})), "")),
        (Rule::SecretInPayload, jwt(&signed, &payload(json!({ "db_password": "Canary-hunter2" })), "c2ln")),
        (Rule::LongLifetime, jwt(&signed, &payload(json!({ "exp": 1_760_620_000 + 30 * DAYS })), "c2ln")),
        (Rule::BroadScopes, jwt(&signed, &payload(json!({ "scope": "read admin:canary" })), "c2ln")),
    ] {
        let world = World::new();
        let vault = world.open().await;
        world.play([gives(&token, "rt-1"), gives("at-2", "rt-2")]);
        let id = world.sign_in(&vault, "api").await;
        *crate::vault::lock(&world.keychain.failing) = Some(crate::ports::KeychainError::Locked);
        // A new process, which has never held the key that unseals tokens.
        assert_eq!(rules(&world.open().await).await, only(rule, "api"));
        assert!(!world.files_hold("anary") && !world.files_hold("db_password"), "{rule:?}");
        *crate::vault::lock(&world.keychain.failing) = None;
        // The next token is another one: what was wrong with this one is gone with it.
        vault.refresh(id, Ask::Now).await.unwrap();
        assert_eq!(rules(&vault).await, [], "{rule:?}");
    }
}

#[tokio::test]
async fn a_signature_that_the_issuer_does_not_confirm_is_kept_until_it_does() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault
        .note_looked(id, &stored(&vault, id).await, &[], &signature(SignatureStatus::Invalid, "mismatch"))
        .await
        .unwrap();
    assert_eq!(rules(&vault).await, only(Rule::SignatureMismatch, "api"));
    // A look without a key says nothing about it.
    vault
        .note_looked(id, &stored(&vault, id).await, &[], &signature(SignatureStatus::NotChecked, "keys_unavailable"))
        .await
        .unwrap();
    assert_eq!(rules(&vault).await, only(Rule::SignatureMismatch, "api"));
    vault.note_looked(id, &stored(&vault, id).await, &[], &signature(SignatureStatus::Verified, "ok")).await.unwrap();
    assert_eq!(rules(&vault).await, []);
}

#[tokio::test]
async fn what_a_look_at_an_old_token_finds_is_not_kept_of_the_new_one() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let old = stored(&vault, id).await;
    vault.refresh(id, Ask::Now).await.unwrap();
    let invalid = signature(SignatureStatus::Invalid, "mismatch");
    vault.note_looked(id, &old, &[(Fact::AlgNone, 1)], &invalid).await.unwrap();
    assert_eq!(rules(&vault).await, []);
    // Nor does it take away what is known of the new one.
    vault.note_looked(id, &stored(&vault, id).await, &[(Fact::AlgNone, 1)], &invalid).await.unwrap();
    vault.note_looked(id, &old, &[], &signature(SignatureStatus::Verified, "ok")).await.unwrap();
    assert_eq!(rules(&vault).await.len(), 2);

    let claims = json!({ "iat": 1_760_620_620, "exp": 1_760_620_620 + 90 * DAYS });
    let token = |signature| jwt(&json!({ "alg": "HS256" }), &claims, signature);
    let input = json!({ "name": "pasted", "environment": "staging", "value": token("c2ln") });
    let shown = vault.add_jwt(serde_json::from_value(input).unwrap()).await.unwrap();
    let pasted: CredentialId = shown.id.parse().unwrap();
    let before = vault.inner.entry(pasted).await.unwrap().credential.generation;
    vault.rotate_api_key(pasted, Secret::new(token("c2lo")), true).await.unwrap();
    vault.note_looked(pasted, &Stored::Pasted(before), &[], &invalid).await.unwrap();
    let known = vault.inner.catalog.facts(pasted).await.unwrap();
    assert_eq!(known, [(Fact::Lifetime, 90 * DAYS)]);
}

#[tokio::test]
async fn a_look_that_finds_nothing_new_writes_nothing() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let facts = [(Fact::Lifetime, 3600)];
    let token = stored(&vault, id).await;
    vault.note_looked(id, &token, &facts, &signature(SignatureStatus::Verified, "ok")).await.unwrap();
    vault.health().await.unwrap();
    vault.inner.catalog.refuse("INSERT ON token_fact").await;
    vault.note_looked(id, &token, &facts, &signature(SignatureStatus::Verified, "ok")).await.unwrap();
    vault.health().await.unwrap();
}

#[tokio::test]
async fn a_pasted_token_is_judged_like_one_that_was_given() {
    let world = World::new();
    let vault = world.open().await;
    let end = 1_760_620_620 + 2 * DAYS;
    let claims = json!({ "iat": 1_760_620_620, "exp": end, "api_key": "Canary", "scope": "admin" });
    let token = jwt(&json!({ "alg": "none" }), &claims, "");
    let input = json!({ "name": "pasted", "environment": "staging", "value": token });
    let shown = vault.add_jwt(serde_json::from_value(input).unwrap()).await.unwrap();
    let rules: Vec<Rule> = rules(&vault).await.into_iter().map(|(rule, _)| rule).collect();
    let all = [Rule::AlgNone, Rule::SecretInPayload, Rule::LongLifetime, Rule::BroadScopes, Rule::EndsSoon];
    assert_eq!(rules, all);
    assert!(!world.files_hold("Canary") && !world.files_hold("api_key"));
    vault.let_expire(shown.id.parse().unwrap(), true).await.unwrap();
    assert_eq!(vault.health().await.unwrap().findings.len(), 4, "an end that may come is found");
}

#[tokio::test]
async fn a_short_secret_counts_until_it_is_long_enough() {
    let world = World::new();
    let vault = world.open().await;
    let token = jwt(&json!({ "alg": "HS256" }), &json!({ "iat": 1, "exp": 2 }), "c2ln");
    world.play([gives(&token, "rt-1"), gives(&token, "rt-2")]);
    let id = world.sign_in(&vault, "api").await;
    vault.note_shared_secret(id, &Secret::new("Canary-short")).await.unwrap();
    assert_eq!(rules(&vault).await, only(Rule::ShortSecret, "api"));
    // The next token is signed with the same secret.
    vault.refresh(id, Ask::Now).await.unwrap();
    assert_eq!(rules(&vault).await, only(Rule::ShortSecret, "api"));
    assert!(!world.files_hold("Canary"));
    vault.note_shared_secret(id, &Secret::new("0123456789abcdef0123456789abcdef")).await.unwrap();
    assert_eq!(rules(&vault).await, []);
}

#[tokio::test]
async fn a_login_that_fails_for_good_is_found_and_a_network_that_is_away_only_once_the_token_ended() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.play([Play::Fail(crate::ports::HttpError::Connect { host: "x".to_owned() })]);
    vault.refresh(id, Ask::Now).await.unwrap_err();
    assert_eq!(rules(&vault).await, []);
    world.clock.advance(2 * 3600);
    let view = vault.health().await.unwrap();
    assert_eq!((view.findings[0].rule, view.findings[0].fix), (Rule::RefreshFailing, Fix::Refresh));
    world.play([Play::Say(400, r#"{"error":"invalid_grant"}"#.to_owned())]);
    vault.refresh(id, Ask::Now).await.unwrap_err();
    let view = vault.health().await.unwrap();
    assert_eq!((view.findings[0].rule, view.findings[0].fix), (Rule::RefreshFailing, Fix::SignIn));
}

#[tokio::test]
async fn a_token_that_ends_and_has_no_successor_is_found() {
    let world = World::new();
    let vault = world.open().await;
    world.play([Play::Say(200, r#"{"access_token":"at","token_type":"Bearer","expires_in":3600}"#.to_owned())]);
    world.sign_in(&vault, "api").await;
    assert_eq!(rules(&vault).await, only(Rule::EndsSoon, "api"));
}

#[tokio::test]
async fn a_refresh_token_that_stays_the_same_is_found_after_the_third_time() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    for found in [0, 0, 1] {
        world.play([gives("at", "rt-1")]);
        vault.refresh(id, Ask::Now).await.unwrap();
        assert_eq!(rules(&vault).await.len(), found);
    }
    assert_eq!(rules(&vault).await, only(Rule::RefreshNotRotated, "api"));
}

#[tokio::test]
async fn what_the_server_says_of_pkce_at_sign_in_is_kept() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let entry = vault.inner.catalog.entry(id).await.unwrap().unwrap();
    for (pkce, found) in [(Some(true), 0), (None, 0), (Some(false), 1)] {
        let mut login = entry.login.clone().unwrap();
        login.settings.pkce = pkce;
        let mut tx = vault.inner.catalog.begin().await.unwrap();
        crate::catalog::Catalog::put_login(&mut tx, id, &login).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rules(&vault).await.len(), found);
    }
    assert_eq!(rules(&vault).await, only(Rule::NoPkce, "api"));
}

#[tokio::test]
async fn keys_are_found_by_their_age_their_use_and_their_rotation() {
    let world = World::new();
    let vault = world.open().await;
    let shown = vault.add_api_key(key("Old", "k-1", "production", "3650d")).await.unwrap();
    world.clock.advance(89 * DAYS);
    assert_eq!(rules(&vault).await, []);
    world.clock.advance(DAYS);
    assert_eq!(rules(&vault).await, only(Rule::Unused, "Old"));
    vault.copy(shown.id.parse().unwrap(), "raw".parse().unwrap(), crate::activity::By::You).await.unwrap();
    assert_eq!(rules(&vault).await, []);
    world.clock.advance(89 * DAYS);
    assert_eq!(rules(&vault).await, []);
    world.clock.advance(DAYS);
    let view = vault.health().await.unwrap();
    assert_eq!((view.findings[0].rule, view.findings[0].credentials[0].number), (Rule::OldKey, Some(180)));
    let id = shown.id.parse().unwrap();
    vault.copy(id, "raw".parse().unwrap(), crate::activity::By::You).await.unwrap();
    vault.rotate_api_key(id, Secret::new("k-2"), false).await.unwrap();
    assert_eq!(rules(&vault).await, only(Rule::OldKeyNotRevoked, "Old"));
    vault.confirm_revoked(std::slice::from_ref(&shown.id)).await.unwrap();
    assert_eq!(rules(&vault).await, []);
    vault.set_rotate_by(&[id], None).await.unwrap();
    assert_eq!(rules(&vault).await, only(Rule::NoRotateBy, "Old"));
    vault.set_rotate_by(&[id], Some("3d")).await.unwrap();
    assert_eq!(rules(&vault).await, only(Rule::EndsSoon, "Old"));
}

#[tokio::test]
async fn the_limits_are_those_of_the_settings() {
    let world = World::new();
    let vault = world.open().await;
    vault.add_api_key(key("Key", "k-1", "production", "30d")).await.unwrap();
    world.sign_in(&vault, "api").await;
    world.clock.advance(5 * DAYS);
    let change = json!({ "key_age_days": 5, "unused_days": 5, "attention_days": 60, "token_hours": 1 });
    vault.change_settings(change.as_object().unwrap(), None).await.unwrap();
    let view = vault.health().await.unwrap();
    let limits: Vec<(Rule, Option<u16>)> = view.findings.iter().map(|one| (one.rule, one.limit)).collect();
    let expected = [(Rule::OldKey, Some(5)), (Rule::EndsSoon, Some(60)), (Rule::Unused, Some(5))];
    assert_eq!(limits, expected);
}

#[tokio::test]
async fn copies_of_a_key_belong_together_with_production_first_and_a_new_copy_ends_an_acceptance() {
    let world = World::new();
    let vault = world.open().await;
    let mut ids = Vec::new();
    for (name, value, environment) in
        [("A", "k-1", "staging"), ("B", "k-1", "production"), ("C", "k-2", "staging"), ("D", "k-2", "development")]
    {
        ids.push(vault.add_api_key(key(name, value, environment, "90d")).await.unwrap().id);
    }
    let view = vault.health().await.unwrap();
    let [finding] = view.findings.as_slice() else { panic!("{view:?}") };
    let shown: Vec<(&str, Fix)> = finding.credentials.iter().map(|one| (one.name.as_str(), one.fix)).collect();
    assert_eq!(shown, [("B", Fix::Open), ("A", Fix::Rotate), ("C", Fix::Open), ("D", Fix::Rotate)]);
    assert_eq!((finding.count, finding.fix, view.clear), (2, Fix::Rotate, 0));
    assert_eq!(finding.credentials[0].fingerprint, finding.credentials[1].fingerprint);
    assert_ne!(finding.credentials[0].fingerprint, finding.credentials[2].fingerprint);

    vault.accept_risk(&risk(Rule::SharedKey, &[&ids[0], &ids[1]], "90d")).await.unwrap();
    let view = vault.health().await.unwrap();
    assert_eq!((view.findings[0].count, view.accepted.len(), view.clear), (1, 2, 2));
    vault.add_api_key(key("E", "k-1", "development", "90d")).await.unwrap();
    let view = vault.health().await.unwrap();
    assert_eq!((view.findings[0].count, view.accepted.len()), (2, 0), "the copy that nobody accepted is not told");
}

#[tokio::test]
async fn an_accepted_risk_stands_apart_and_comes_back_after_its_day() {
    let world = World::new();
    let vault = world.open().await;
    let id = vault.add_api_key(key("Key", "k-1", "production", "none")).await.unwrap().id;
    for (reason, until) in [("", "90d"), ("why", "400d"), ("why", "2020-01-01"), ("why", "none"), ("why", "soon")] {
        let bad = AcceptRiskInput { reason: reason.to_owned(), ..risk(Rule::NoRotateBy, &[&id], until) };
        assert!(matches!(vault.accept_risk(&bad).await, Err(Error::Invalid { .. })), "{reason} {until}");
    }
    vault.accept_risk(&risk(Rule::NoRotateBy, &[&id], "30d")).await.unwrap();
    let view = vault.health().await.unwrap();
    assert_eq!((view.findings.len(), view.accepted.len(), view.clear), (0, 1, 1));
    assert_eq!(view.accepted[0].reason, "the vendor gives one key");
    world.clock.advance(31 * DAYS);
    assert_eq!(rules(&vault).await, only(Rule::NoRotateBy, "Key"));

    vault.accept_risk(&risk(Rule::NoRotateBy, &[&id], "365d")).await.unwrap();
    assert_eq!(rules(&vault).await, []);
    vault.take_back_risk(Rule::NoRotateBy, std::slice::from_ref(&id)).await.unwrap();
    assert_eq!(rules(&vault).await, only(Rule::NoRotateBy, "Key"));
}

#[tokio::test]
async fn a_finding_keeps_the_day_it_was_found_first_through_a_deletion_that_is_undone() {
    let world = World::new();
    let vault = world.open().await;
    let id = vault.add_api_key(key("Key", "k-1", "production", "none")).await.unwrap().id;
    let first = vault.health().await.unwrap().findings[0].found_at;
    vault.accept_risk(&risk(Rule::NoRotateBy, &[&id], "1d")).await.unwrap();
    vault.remove(id.parse().unwrap()).await.unwrap();
    assert_eq!(vault.health().await.unwrap().checked, 0);
    vault.undo_remove(id.parse().unwrap()).await.unwrap();
    assert_eq!(vault.health().await.unwrap().accepted.len(), 1, "the acceptance is gone");
    world.clock.advance(3 * DAYS);
    assert_eq!(vault.health().await.unwrap().findings[0].found_at, first);
    // What went and comes back is new.
    vault.set_rotate_by(&[id.parse().unwrap()], Some("90d")).await.unwrap();
    assert_eq!(rules(&vault).await, []);
    vault.set_rotate_by(&[id.parse().unwrap()], None).await.unwrap();
    assert!(vault.health().await.unwrap().findings[0].found_at > first);
}

#[tokio::test]
async fn ten_thousand_credentials_are_looked_at() {
    let world = World::new();
    let vault = world.open().await;
    vault
        .login(
            login_input("model"),
            crate::login::LoginOptions { open_browser: true, ..Default::default() },
            std::sync::Arc::new(|_| {}),
        )
        .await
        .unwrap();
    let shown = vault.add_api_key(key("Key", "k-1", "production", "none")).await.unwrap();
    vault.inner.catalog.copy_for_tests(vault.find("model").await.unwrap(), 6_000).await;
    vault.inner.catalog.copy_for_tests(shown.id.parse().unwrap(), 3_998).await;
    vault.health().await.unwrap();
    let view = vault.health().await.unwrap();
    assert_eq!((view.checked, view.findings[0].count), (10_000, 3_999));
}
