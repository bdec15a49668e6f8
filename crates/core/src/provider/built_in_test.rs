//! The built-in data is sound, and says what is needed of each provider.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::loopback::redirect_problem;

/// Those that sign-in is promised for.
const PROMISED: [&str; 27] = [
    "github",
    "google",
    "microsoft",
    "gitlab",
    "atlassian",
    "bitbucket",
    "okta",
    "auth0",
    "keycloak",
    "authentik",
    "zitadel",
    "ory",
    "cognito",
    "huggingface",
    "slack",
    "discord",
    "spotify",
    "dropbox",
    "notion",
    "linear",
    "zoom",
    "salesforce",
    "figma",
    "twitch",
    "box",
    "asana",
    "codeberg",
];

fn examples(oauth: &Oauth) -> BTreeMap<String, String> {
    oauth.fields.iter().map(|field| (field.name.clone(), field.example.clone())).collect()
}

#[test]
fn the_built_in_data_has_nothing_wrong_with_it() {
    let (checked, findings) = read("providers.toml", BUILT_IN, true);
    assert_eq!(findings.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
    let mut providers = Providers { list: Arc::default() };
    let count = checked.len();
    for one in checked {
        providers.add("providers.toml", one).unwrap();
    }
    assert_eq!(Providers::built_in().list.len(), count);
    let ids: BTreeSet<&str> = providers.list.iter().map(|provider| provider.id.as_str()).collect();
    assert_eq!(ids.len(), count);
    for promised in PROMISED {
        assert!(providers.find(promised).is_some_and(|provider| provider.oauth.is_some()), "{promised}");
    }
    for keys_only in ["stripe", "openai", "npm", "sendgrid"] {
        assert!(providers.find(keys_only).is_some_and(|provider| provider.keys_page.is_some()), "{keys_only}");
    }
}

#[test]
fn every_ready_sign_in_says_where_to_register_what_and_how_to_ask() {
    for provider in Providers::built_in().list.iter() {
        let Some(oauth) = &provider.oauth else { continue };
        let id = &provider.id;
        let place = oauth.place(&examples(oauth)).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(place.issuer.starts_with("https://"), "{id}");
        let redirect = oauth.redirect.as_ref().unwrap_or_else(|| panic!("{id} has no redirect rule"));
        assert_eq!(redirect_problem(redirect), None, "{id}");
        assert_eq!(redirect.path(), "/callback", "{id}");
        if let Some(metadata) = place.metadata {
            assert!(!oauth.client_auth.is_empty(), "{id} has endpoints of its own and no client authentication");
            assert_eq!(metadata.issuer, place.issuer, "{id}");
        }
        assert!(
            oauth.needs_secret
                || !oauth.client_auth.iter().all(|method| *method != "none")
                || oauth.client_auth.is_empty(),
            "{id}"
        );
        assert!(oauth.scopes.is_empty() || oauth.scopes.iter().any(|scope| scope.usual), "{id} asks for nothing");
        for scope in &oauth.scopes {
            assert!(
                scope.words.starts_with(char::is_uppercase) && !scope.words.ends_with('.'),
                "{id}: {}",
                scope.words
            );
        }
        for fact in provider.view().facts {
            assert!(fact.starts_with(char::is_uppercase) && fact.ends_with('.'), "{id}: {fact}");
        }
    }
}

#[test]
fn an_issuer_that_is_always_the_same_names_its_provider() {
    let providers = Providers::built_in();
    let id = |issuer| providers.of_issuer(issuer).map(|provider| provider.id.as_str());
    assert_eq!(id("https://accounts.google.com"), Some("google"));
    assert_eq!(id("https://github.com"), Some("github"));
    assert_eq!(id("https://gitlab.com"), Some("gitlab"), "the default of its field");
    assert_eq!(id("https://id.northwind.example"), None, "no pattern claims every host");
    assert_eq!(providers.face(Some("github"), "x").0, "GitHub");
    assert_eq!(providers.issuer_face("https://id.northwind.example").0, "id.northwind.example");
}

#[test]
fn known_endpoints_say_whether_they_sign_in_on_another_device() {
    let views = Providers::built_in().views();
    let device = |id: &str| views.iter().any(|view| view.id == id && view.offers == ["device"]);
    assert!(device("github"), "it has fixed endpoints, and one of them is for devices");
    assert!(!device("slack"));
    assert!(!device("google"), "its issuer is asked");
}

#[test]
fn a_pasted_key_names_its_provider() {
    assert_eq!(provider_of_key("ghp_x").as_deref(), Some("github"));
    assert_eq!(provider_of_key("sk_live_x").as_deref(), Some("stripe"));
    assert_eq!(provider_of_key("sk-x").as_deref(), Some("openai"));
    assert_eq!(provider_of_key("hello"), None);
}

#[test]
fn a_field_that_is_missing_or_odd_is_told_with_an_example() {
    let providers = Providers::built_in();
    let okta = providers.find("okta").and_then(|provider| provider.oauth.as_ref()).unwrap();
    let place = |domain: &str| okta.place(&[("domain".to_owned(), domain.to_owned())].into());
    assert_eq!(place(" https://acme.okta.com/ ").unwrap().issuer, "https://acme.okta.com/oauth2/default");
    for bad in ["", "acme.okta.com/evil", "acme.okta.com@evil.example", "10.0.0.1", "evil.example#"] {
        let error = place(bad).unwrap_err().to_string();
        assert!(error.contains("acme.okta.com") || error.contains("network"), "{bad}: {error}");
    }
    assert!(okta.place(&BTreeMap::new()).unwrap_err().to_string().contains("Okta domain"));
}
