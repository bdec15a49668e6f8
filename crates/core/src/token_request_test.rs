//! Which fields go where, for every grant and every quirk of a request.

use super::*;
use crate::catalog::GrantKind;
use crate::fakes::settings;

fn names(fields: &Fields<'_>) -> Vec<String> {
    fields.iter().map(|(name, _)| (*name).to_owned()).collect()
}

#[test]
fn a_refresh_repeats_the_redirect_address_only_where_the_provider_wants_it() {
    let mut settings = settings();
    settings.used_redirect_uri = Some("http://127.0.0.1:8400/callback".to_owned());
    let token = Secret::new("rt");
    assert_eq!(names(&fields(&settings, Grant::Refresh(&token), "")), ["grant_type", "refresh_token"]);
    settings.quirks.send_redirect_uri_on_refresh = true;
    let sent = fields(&settings, Grant::Refresh(&token), "");
    assert_eq!(sent[2], ("redirect_uri", "http://127.0.0.1:8400/callback"));
}

#[test]
fn a_provider_s_own_parameters_go_with_every_token_request() {
    let mut settings = settings();
    settings.quirks.token_params.insert("x".to_owned(), "1".to_owned());
    for grant in [Grant::ClientCredentials, Grant::Device(&Secret::new("dc")), Grant::Refresh(&Secret::new("rt"))] {
        assert_eq!(fields(&settings, grant, "").last(), Some(&("x", "1")));
    }
}

#[test]
fn a_resource_goes_with_every_grant_but_the_exchange_that_names_its_own() {
    let mut settings = settings();
    settings.resources = vec!["https://api.test".to_owned()];
    settings.grant = GrantKind::ClientCredentials;
    assert!(fields(&settings, Grant::ClientCredentials, "").contains(&("resource", "https://api.test")));
    let (token, wanted) = (Secret::new("at"), Narrower { audience: Some("orders".to_owned()), ..Narrower::default() });
    let sent = fields(&settings, Grant::Exchange(&token, &wanted), "");
    assert!(sent.contains(&("audience", "orders")) && !names(&sent).contains(&"resource".to_owned()));
}

#[test]
fn a_refresh_token_goes_to_the_endpoint_that_was_pinned_for_it() {
    let mut settings = settings();
    assert_eq!(settings.refresh_endpoint(), settings.token_endpoint);
    settings.quirks.refresh_endpoint = Some("https://id.test/refresh".to_owned());
    assert_eq!(settings.refresh_endpoint(), "https://id.test/refresh");
}
