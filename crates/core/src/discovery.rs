//! What an issuer says of itself, and the keys it signs with (OIDC Discovery, RFC 8414, OIDC Core §10.1.1).
//!
//! Metadata is believed only if it names exactly the issuer that was asked (RFC 8414 §3.3) and points only to
//! where an issuer may point: a remote one never to this computer or a private address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use url::{Host, Url};

use crate::answer::harmless;
use crate::catalog::Endpoints;
use crate::error::{DiscoveryError, Error, OrNone as _};
use crate::login::host_of;
use crate::ports::{Http, HttpError, OnBehalfOf};
use crate::vault::{Inner, lock};

/// An unknown key id causes at most one fetch in this time (I13).
const KEYS_AT_MOST_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// The members of the metadata that are used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) issuer: String,
    /// Missing where no grant needs a browser (RFC 8414 §2).
    pub(crate) authorization_endpoint: Option<String>,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: Option<String>,
    pub(crate) revocation_endpoint: Option<String>,
    #[serde(flatten)]
    pub(crate) endpoints: Endpoints,
    #[serde(default)]
    pub(crate) scopes_supported: Vec<String>,
    pub(crate) code_challenge_methods_supported: Option<Vec<String>>,
    pub(crate) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) id_token_signing_alg_values_supported: Vec<String>,
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
    /// The server takes authorization requests only when they were pushed (RFC 9126 §5).
    #[serde(default)]
    pub(crate) require_pushed_authorization_requests: bool,
}

/// Reads an issuer identifier: https, or http on this computer; no query, no fragment, no credentials.
pub(crate) fn issuer_url(issuer: &str) -> Result<Url, DiscoveryError> {
    let bad = |why: &str| DiscoveryError::NotAnIssuer(why.to_owned());
    let url = Url::parse(issuer).map_err(|_| bad("it is not a URL"))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("an issuer has no query and no fragment"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("an issuer has no user name in it"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_local(&url) => Ok(url),
        "http" => Err(bad("http is allowed on this computer only; use https")),
        _ => Err(bad("an issuer starts with https://")),
    }
}

/// Tells whether a URL points to this computer by name or address.
pub(crate) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Tells whether an address literal is one that no remote issuer may point to.
fn is_inside(url: &Url) -> bool {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4),
        Some(Host::Domain(name)) => {
            // A dot at the end changes nothing of where a name leads (RFC 1034 §3.1).
            let name = name.trim_end_matches('.');
            return name.is_empty() || name == "localhost" || name.ends_with(".localhost");
        }
        None => return true,
    };
    match address {
        IpAddr::V4(v4) => {
            v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.octets()[0] == 0
                || (v4 & Ipv4Addr::new(255, 192, 0, 0)) == Ipv4Addr::new(100, 64, 0, 0)
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Checks an endpoint that `issuer` names.
pub(crate) fn endpoint_url(issuer: &Url, name: &str, value: &str) -> Result<Url, DiscoveryError> {
    let forbidden = || DiscoveryError::ForbiddenEndpoint { endpoint: name.to_owned() };
    // A URL parser would mend these; a shell, a header or a log somewhere behind it might not (N15).
    let plain = value.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && !b"\"<>\\^`{|}".contains(&byte));
    if !plain || value.contains("$(") {
        return Err(forbidden());
    }
    let url = Url::parse(value).map_err(|_| forbidden())?;
    let clean = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let allowed = if is_local(issuer) {
        matches!(url.scheme(), "http" | "https") && is_local(&url) || url.scheme() == "https" && !is_inside(&url)
    } else {
        url.scheme() == "https" && !is_inside(&url)
    };
    if clean && allowed { Ok(url) } else { Err(forbidden()) }
}

/// Asks the issuer about itself: OpenID Connect first, then RFC 8414.
pub(crate) async fn fetch(http: &dyn Http, issuer: &str) -> Result<Metadata, DiscoveryError> {
    let url = issuer_url(issuer)?;
    let path = url.path().trim_end_matches('/').to_owned();
    let mut openid = url.clone();
    openid.set_path(&format!("{path}/.well-known/openid-configuration"));
    let mut oauth = url.clone();
    oauth.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
    let mut first_problem = None;
    for place in [&openid, &oauth] {
        match fetch_at(http, place).await {
            Ok(metadata) => return check(&url, issuer, metadata),
            Err(error @ (DiscoveryError::Http(_) | DiscoveryError::Unavailable { .. })) => return Err(error),
            Err(problem) => first_problem = first_problem.or(Some(problem)),
        }
    }
    Err(first_problem.unwrap_or(DiscoveryError::NotFound(openid.to_string())))
}

async fn fetch_at(http: &dyn Http, place: &Url) -> Result<Metadata, DiscoveryError> {
    let answer = get(http, place.as_str(), place).await?;
    available(&answer, place)?;
    if !answer.status().is_success() {
        return Err(DiscoveryError::NotFound(place.to_string()));
    }
    if answer.body().trim_ascii_start().first() == Some(&b'<') {
        return Err(DiscoveryError::Invalid("it is a web page (a captive portal, perhaps)".to_owned()));
    }
    serde_json::from_slice(answer.body()).map_err(|error| DiscoveryError::Invalid(harmless(&error.to_string(), 120)))
}

/// Tells an issuer that is overloaded or broken from one that has no such document.
fn available<B>(answer: &http::Response<B>, place: &Url) -> Result<(), DiscoveryError> {
    let status = answer.status();
    if status.is_server_error() || status == http::StatusCode::TOO_MANY_REQUESTS {
        return Err(DiscoveryError::Unavailable { place: place.to_string(), status: status.as_u16() });
    }
    Ok(())
}

async fn get(http: &dyn Http, issuer: &str, place: &Url) -> Result<http::Response<Vec<u8>>, HttpError> {
    let request = http::Request::get(place.as_str())
        .extension(OnBehalfOf(host_of(issuer)))
        .header(http::header::ACCEPT, "application/json")
        .body(Vec::new());
    match request {
        Ok(request) => http.send(request).await,
        Err(_) => Err(HttpError::Connect { host: place.host_str().unwrap_or_default().to_owned() }),
    }
}

fn check(url: &Url, issuer: &str, metadata: Metadata) -> Result<Metadata, DiscoveryError> {
    // Simple string comparison (RFC 8414 §3.3): no normalising, or two issuers could be one.
    if metadata.issuer != issuer {
        return Err(DiscoveryError::IssuerMismatch { found: harmless(&metadata.issuer, 200) });
    }
    endpoint_url(url, "token_endpoint", &metadata.token_endpoint)?;
    let usual = [
        ("authorization_endpoint", metadata.authorization_endpoint.as_ref()),
        ("jwks_uri", metadata.jwks_uri.as_ref()),
        ("revocation_endpoint", metadata.revocation_endpoint.as_ref()),
    ];
    for (name, value) in usual.into_iter().chain(metadata.endpoints.named()) {
        if let Some(value) = value {
            endpoint_url(url, name, value)?;
        }
    }
    match &metadata.code_challenge_methods_supported {
        // P2: never down to `plain`.
        Some(methods) if !methods.iter().any(|method| method == "S256") => Err(DiscoveryError::NoS256),
        _ => Ok(metadata),
    }
}

/// A JWK set as it was fetched.
#[derive(Debug, Clone)]
pub(crate) struct Keyset {
    pub(crate) text: Arc<str>,
    pub(crate) fetched_at: Timestamp,
}

/// The key sets of this process.
#[derive(Default)]
pub(crate) struct Keysets(Mutex<HashMap<String, (Option<Keyset>, Timestamp)>>);

impl Inner {
    /// Returns the keys at `jwks_uri`: the ones at hand, or fetched ones when there are none, or when `again`
    /// and the last fetch is long enough ago.
    pub(crate) async fn keyset(&self, issuer: &str, jwks_uri: &str, again: bool) -> Result<Keyset, Error> {
        let now = self.ports.clock.now();
        let known = lock(&self.keysets.0).get(jwks_uri).cloned();
        if let Some((keys, tried_at)) = known {
            let recent = now.duration_since(tried_at) < KEYS_AT_MOST_EVERY;
            if let Some(keys) = keys.filter(|_| recent || !again) {
                return Ok(keys);
            }
        }
        let place = Url::parse(jwks_uri).map_err(|_| DiscoveryError::Invalid("jwks_uri".to_owned()))?;
        let fetched = get(&*self.ports.http, issuer, &place).await;
        let keys = match fetched {
            Ok(answer) => available(&answer, &place).map(|()| answer),
            Err(error) => Err(DiscoveryError::Http(error)),
        };
        let keys = match keys {
            Ok(answer) if answer.status().is_success() => String::from_utf8(answer.into_body()).ok_or_none(),
            Ok(_) => None,
            Err(error) => {
                lock(&self.keysets.0).entry(jwks_uri.to_owned()).or_insert((None, now)).1 = now;
                return Err(error.into());
            }
        };
        let text = keys.ok_or_else(|| DiscoveryError::Invalid("the key set is not readable".to_owned()))?;
        let keyset = Keyset { text: text.into(), fetched_at: now };
        lock(&self.keysets.0).insert(jwks_uri.to_owned(), (Some(keyset.clone()), now));
        Ok(keyset)
    }
}

/// Fetches the keys that an issuer publishes, without any vault; returns them and where they are.
///
/// # Errors
/// Discovery and network errors.
pub async fn keys_of_issuer(http: &dyn Http, issuer: &str) -> Result<(String, String), Error> {
    let metadata = fetch(http, issuer).await?;
    let uri =
        metadata.jwks_uri.ok_or_else(|| DiscoveryError::Invalid("the issuer publishes no signing keys".to_owned()))?;
    Ok((keys_at(http, &uri).await?, uri))
}

/// Fetches a key set from an https address (or one on this computer), without any vault.
///
/// # Errors
/// Discovery and network errors.
pub async fn keys_at(http: &dyn Http, uri: &str) -> Result<String, Error> {
    let unreadable = || DiscoveryError::Invalid("the key set is not readable".to_owned());
    let place = Url::parse(uri).map_err(|_| unreadable())?;
    let answer = get(http, uri, &place).await.map_err(DiscoveryError::Http)?;
    if !answer.status().is_success() {
        return Err(unreadable().into());
    }
    String::from_utf8(answer.into_body()).map_err(|_| unreadable().into())
}

#[cfg(test)]
#[path = "discovery_test.rs"]
mod tests;
