//! A narrower token on its way to the clipboard.

use super::*;
use crate::fakes::{Play, World};
use crate::vault::lock;

const GIVEN: &str = r#"{"access_token":"narrow-1","token_type":"Bearer","expires_in":60,
    "issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}"#;

fn orders() -> Narrower {
    Narrower { audience: Some("orders".to_owned()), scopes: vec!["read".to_owned()], ..Narrower::default() }
}

#[tokio::test]
async fn the_narrower_token_is_copied_and_the_login_s_own_is_not() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    lock(&world.http.forms).clear();
    world.play([Play::Say(200, GIVEN.to_owned())]);
    let copied = vault.copy_narrower(id, &orders()).await.unwrap();
    assert_eq!(*lock(&world.clipboard.cell), Some(Secret::new("narrow-1")));
    assert_eq!(vault.clipboard().unwrap().clears_at, copied.clears_at);
    let forms = lock(&world.http.forms).clone();
    let sent = ["subject_token", "audience", "scope"].map(|field| forms[0][field].as_str());
    assert_eq!((forms.len(), sent), (1, ["at-1", "orders", "read"]));
    let shown = vault.show(id).await.unwrap();
    assert!(shown.recent[0].facts.narrower && shown.recent[0].by == crate::activity::By::Window);
    assert!(!world.files_hold("narrow-1"), "it was stored");
}

#[tokio::test]
async fn a_refused_exchange_leaves_the_clipboard_as_it_was() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    world.play([Play::Say(400, r#"{"error":"invalid_target"}"#.to_owned())]);
    let refused = vault.copy_narrower(id, &orders()).await.unwrap_err();
    assert!(matches!(&refused, Error::Login(LoginError::Exchange { code, .. }) if code == "invalid_target"));
    assert_eq!((lock(&world.clipboard.cell).clone(), vault.clipboard()), (None, None));
}

#[tokio::test]
async fn a_narrower_token_with_a_quote_in_it_stays_one_word_of_the_shell() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let given = GIVEN.replace("narrow-1", "x'; touch /tmp/x; '");
    for (format, shape) in [
        (Format::Raw, r"x'; touch /tmp/x; '"),
        (Format::Header, r"Authorization: Bearer x'; touch /tmp/x; '"),
        (Format::Env, r"API_TOKEN='x'\''; touch /tmp/x; '\'''"),
        (Format::Curl, r"curl -H 'Authorization: Bearer x'\''; touch /tmp/x; '\'''"),
    ] {
        world.play([Play::Say(200, given.clone())]);
        let token = vault.narrower_token(id, &orders(), format).await.unwrap();
        assert_eq!(token.value.expose(), shape);
    }
}
