//! The promises of what an issuer says of itself: exactly the issuer that was asked, and no endpoint inside.

use std::sync::Mutex;

use async_trait::async_trait;
use futures_util::FutureExt as _;
use serde_json::Value;
use url::Url;

use super::{assert_endpoint, assert_harmless, is_here};
use crate::discovery::{Metadata, fetch};
use crate::error::{DiscoveryError, Error, LoginError};
use crate::ports::{Http, HttpError};
use crate::sentence::sentence;
use crate::vault::lock;

/// A server that says the same to everyone, and remembers where it was asked.
struct Says<'a> {
    body: &'a [u8],
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Http for Says<'_> {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError> {
        lock(&self.asked).push(request.uri().to_string());
        Ok(http::Response::new(self.body.to_vec()))
    }
}

pub(super) fn check(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (issuer, body) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    let Ok(issuer) = std::str::from_utf8(issuer) else { return };
    let http = Says { body, asked: Mutex::default() };
    let Some(outcome) = fetch(&http, issuer).now_or_never() else { panic!("nothing here waits") };
    for place in lock(&http.asked).iter() {
        assert_asked(issuer, place);
    }
    match outcome {
        Ok(metadata) => accepted(issuer, &metadata),
        Err(error) => refused(error),
    }
    crate::device::fuzzing::check(issuer, body);
    crate::register::fuzzing::check(body);
}

/// Nobody but the issuer is asked, and only at the two places of RFC 8414 §3 and OIDC Discovery §4.
fn assert_asked(issuer: &str, place: &str) {
    let (Ok(issuer), Ok(place)) = (Url::parse(issuer), Url::parse(place)) else { panic!("{place:?} was asked") };
    assert!(place.origin() == issuer.origin() && place.query().is_none(), "{place} was asked for {issuer}");
    let known = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];
    assert!(known.iter().any(|known| place.path().contains(known)), "{place} was asked");
}

fn accepted(asked: &str, metadata: &Metadata) {
    assert_eq!(metadata.issuer, asked, "another issuer was taken");
    let Ok(issuer) = Url::parse(asked) else { panic!("{asked:?} was taken for an issuer") };
    assert!(issuer.scheme() == "https" || issuer.scheme() == "http" && is_here(&issuer), "{asked:?}");
    assert!(issuer.query().is_none() && issuer.fragment().is_none() && issuer.username().is_empty(), "{asked:?}");
    let usual = [&metadata.authorization_endpoint, &metadata.jwks_uri, &metadata.revocation_endpoint];
    for address in usual.into_iter().flatten().chain([&metadata.token_endpoint]) {
        assert_endpoint(&issuer, address);
    }
    // By what is stored of them, so that a new one can't be forgotten.
    let Ok(Value::Object(others)) = serde_json::to_value(&metadata.endpoints) else {
        panic!("endpoints are an object")
    };
    for address in others.values() {
        assert_endpoint(&issuer, address.as_str().unwrap_or_default());
    }
    if let Some(methods) = &metadata.code_challenge_methods_supported {
        assert!(methods.iter().any(|method| method == "S256"), "PKCE without S256 was taken");
    }
}

fn refused(error: DiscoveryError) {
    assert_harmless("the error", &error.to_string());
    if let DiscoveryError::IssuerMismatch { found } = &error {
        assert_harmless("the issuer that was found", found);
    }
    assert_sayable(&Error::Login(LoginError::Discovery(error)));
}

/// Asserts that the sentence for an error can be shown.
fn assert_sayable(error: &Error) {
    let view = sentence(error, None);
    for text in [&view.message, &view.hint].into_iter().chain(&view.provider_code) {
        assert_harmless("the sentence", text);
    }
}
