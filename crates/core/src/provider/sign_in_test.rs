//! Sign-ins and refreshes at providers that a person wrote down, quirks and all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::*;
use crate::credential::CredentialId;
use crate::fakes::{Play, World};
use crate::login::{LoginOptions, LoginProgress};
use crate::refresh::Ask;
use crate::secret::SecretBytes;

const ENTRY: &str = r#"
[[provider]]
id = "contoso"
name = "Contoso"
[provider.oauth]
issuer = "https://{tenant}.contoso.example"
authorization_endpoint = "https://{tenant}.contoso.example/authorize"
token_endpoint = "https://{tenant}.contoso.example/token"
client_auth = ["none"]
redirect = "http://127.0.0.1/back"
authorization_params = { audience = "orders", prompt = "consent", owner = "user" }
fields = [{ name = "tenant", label = "Tenant", example = "acme" }]
scopes = [
  { scope = "a", words = "A", usual = true },
  { scope = "b", words = "B", usual = true },
  { scope = "c", words = "C" },
]
[provider.oauth.refresh]
needs = "the scope c"
[provider.oauth.quirks]
nested = "data"
form_answer = true
bearer_names = ["user"]
error_codes = { token_dead = "invalid_grant" }
scope_parameter = "user_scope"
scope_separator = ","
refresh_endpoint = "https://{tenant}.contoso.example/refresh"
send_redirect_uri_on_refresh = true
"#;

async fn opened(world: &World) -> Vault {
    let folder = world.home.path().join(user_files::FOLDER);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("contoso.toml"), ENTRY).unwrap();
    world.open().await
}

fn input(more: serde_json::Value) -> crate::view::LoginInput {
    let mut input = serde_json::json!({
        "name": "orders", "provider": "contoso", "client_id": "client", "environment": "development",
        "fields": { "tenant": "acme" },
    });
    let serde_json::Value::Object(more) = more else { panic!("an object") };
    input.as_object_mut().unwrap().extend(more);
    serde_json::from_value(input).unwrap()
}

/// Signs in and returns the parameters of the authorization request.
async fn sign_in(vault: &Vault, input: crate::view::LoginInput) -> Result<HashMap<String, String>, crate::Error> {
    let seen = Arc::new(Mutex::new(None));
    let tell = {
        let seen = seen.clone();
        Arc::new(move |progress: LoginProgress| {
            if let LoginProgress::Listening { authorize, .. } = progress {
                *lock(&seen) = Some(authorize);
            }
        })
    };
    vault.login(input, LoginOptions { open_browser: true, ..LoginOptions::default() }, tell).await?;
    let authorize = lock(&seen).clone().unwrap();
    let pairs: Vec<(String, String)> = authorize.query_pairs().into_owned().collect();
    let count = pairs.len();
    let query: HashMap<String, String> = pairs.into_iter().collect();
    assert_eq!(query.len(), count, "no parameter is sent twice: {authorize}");
    Ok(query)
}

fn tokens(n: u32) -> Play {
    let inner = format!(r#""access_token":"at-{n}","refresh_token":"rt-{n}","token_type":"user","expires_in":3600"#);
    Play::Say(200, format!(r#"{{"ok":true,"data":{{{inner}}}}}"#))
}

async fn settings(vault: &Vault, id: CredentialId) -> crate::catalog::LoginSettings {
    vault.inner.login_entry(id).await.unwrap().1.settings
}

#[tokio::test]
async fn a_provider_that_a_person_wrote_down_signs_in_as_it_says() {
    let world = World::new();
    let vault = opened(&world).await;
    world.play([tokens(1)]);
    let query = sign_in(&vault, input(serde_json::json!({ "audience": "mine" }))).await.unwrap();
    assert_eq!((query["user_scope"].as_str(), query.get("scope")), ("a,b", None));
    assert_eq!((query["audience"].as_str(), query["prompt"].as_str()), ("mine", "consent"));
    assert_eq!(query["owner"], "user");
    let redirect = url::Url::parse(&query["redirect_uri"]).unwrap();
    assert_eq!((redirect.host_str(), redirect.path()), (Some("127.0.0.1"), "/back"));
    let id = vault.find("orders").await.unwrap();
    let kept = settings(&vault, id).await;
    assert_eq!(kept.issuer, "https://acme.contoso.example");
    assert_eq!(kept.quirks.refresh_endpoint.as_deref(), Some("https://acme.contoso.example/refresh"));
    assert_eq!(kept.used_redirect_uri.as_deref(), Some(redirect.as_str()));
    assert_eq!(kept.fields["tenant"], "acme");
    let shown = vault.show(id).await.unwrap();
    assert_eq!((shown.provider_name.as_str(), shown.provider.as_deref()), ("Contoso", Some("contoso")));
}

#[tokio::test]
async fn without_a_refresh_token_it_is_told_what_this_provider_needs_to_give_one() {
    let world = World::new();
    let vault = opened(&world).await;
    world.play([Play::Say(200, r#"{"data":{"access_token":"at-1","token_type":"user"}}"#.to_owned())]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = {
        let told = told.clone();
        Arc::new(move |progress: LoginProgress| {
            if let LoginProgress::Noted(note) = progress {
                lock(&told).push(note.text);
            }
        })
    };
    let options = LoginOptions { open_browser: true, ..LoginOptions::default() };
    vault.login(input(serde_json::json!({})), options, tell).await.unwrap();
    let told = lock(&told).clone();
    assert!(told.iter().any(|text| text.contains("no refresh token. Here one takes the scope c.")), "{told:?}");
}

#[tokio::test]
async fn a_refresh_reads_the_provider_s_answers_and_errors() {
    let world = World::new();
    let vault = opened(&world).await;
    let form = "access_token=at-3&refresh_token=rt-3&token_type=user&expires_in=3600".to_owned();
    world.play([tokens(1), tokens(2), Play::Say(200, form), Play::Say(200, r#"{"error":"token_dead"}"#.to_owned())]);
    sign_in(&vault, input(serde_json::json!({}))).await.unwrap();
    let id = vault.find("orders").await.unwrap();
    for (sent, kept) in [("rt-1", "at-2"), ("rt-2", "at-3")] {
        vault.refresh(id, Ask::Now).await.unwrap();
        assert_eq!(world.seen().last().map(String::as_str), Some(sent));
        let token = vault.access_token(id, std::time::Duration::ZERO).await.unwrap();
        assert_eq!(token.value.expose(), kept);
    }
    let error = vault.refresh(id, Ask::Now).await.unwrap_err();
    assert!(matches!(error, crate::Error::SignInNeeded(verdict) if verdict.code == "token_dead"));
}

#[tokio::test]
async fn the_file_may_go_and_the_login_still_refreshes() {
    let world = World::new();
    let vault = opened(&world).await;
    world.play([tokens(1), tokens(2)]);
    sign_in(&vault, input(serde_json::json!({}))).await.unwrap();
    vault.close().await;
    std::fs::remove_dir_all(world.home.path().join(user_files::FOLDER)).unwrap();
    let vault = world.open().await;
    let id = vault.find("orders").await.unwrap();
    vault.refresh(id, Ask::Now).await.unwrap();
    let again = vault.login_again(id).await.unwrap();
    assert_eq!((again.provider, again.fields["tenant"].as_str()), (None, "acme"));
}

#[tokio::test]
async fn a_field_that_was_forgotten_is_asked_for_before_any_browser_opens() {
    let world = World::new();
    let vault = opened(&world).await;
    let error = sign_in(&vault, input(serde_json::json!({ "fields": {} }))).await.unwrap_err();
    assert!(error.to_string().contains("Tenant (tenant) is needed, like acme"), "{error}");
}

#[test]
fn an_answer_that_was_kept_without_its_headers_is_read_again_as_it_was() {
    let now = jiff::Timestamp::UNIX_EPOCH;
    let again = |body: &str, quirks: &crate::quirks::Quirks| {
        let tokens = crate::rotation::reread(&SecretBytes::new(body.as_bytes().to_vec()), now, quirks);
        tokens.and_then(|tokens| tokens.refresh_token).map(|token| token.expose().to_owned())
    };
    let nested = crate::quirks::Quirks { nested: Some("data".to_owned()), ..Default::default() };
    assert_eq!(again("access_token=a&refresh_token=r", &crate::quirks::Quirks::default()).as_deref(), Some("r"));
    assert_eq!(again(r#"{"data":{"access_token":"a","refresh_token":"r"}}"#, &nested).as_deref(), Some("r"));
}
