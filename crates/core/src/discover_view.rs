//! What the form shows of an issuer while it is typed.

use url::Url;

use crate::discovery::{Metadata, fetch, is_local, issuer_url};
use crate::error::{Error, OrNone as _};
use crate::provider::main_label;
use crate::vault::Vault;
use crate::view::{DiscoveryView, FoundView};

impl Vault {
    /// Asks an issuer about itself, for the form.
    ///
    /// # Errors
    /// [`Error::Discovery`].
    pub async fn discover(&self, issuer: &str) -> Result<DiscoveryView, Error> {
        let before = self.inner.ports.clock.now();
        let metadata = fetch(&*self.inner.ports.http, issuer).await?;
        let keys = match &metadata.jwks_uri {
            Some(uri) => self.inner.keyset(issuer, uri, false).await.map_or(None, |keys| count_keys(&keys.text)),
            None => None,
        };
        let took = self.inner.ports.clock.now().duration_since(before).as_millis();
        let url = issuer_url(issuer)?;
        let (_, monogram) = self.inner.providers().issuer_face(issuer);
        Ok(DiscoveryView {
            issuer: metadata.issuer.clone(),
            suggested_name: suggested_name(url.host_str().unwrap_or_default()),
            monogram,
            local: is_local(&url),
            found: found(&url, &metadata, keys),
            took_ms: u64::try_from(took).unwrap_or(0),
            offline_access: metadata.scopes_supported.iter().any(|scope| scope == "offline_access"),
            offers: offers(&metadata),
            scopes: metadata.scopes_supported,
        })
    }
}

fn offers(metadata: &Metadata) -> Vec<String> {
    let endpoints = &metadata.endpoints;
    let known = [("device", &endpoints.device_authorization), ("registration", &endpoints.registration)];
    known.into_iter().filter(|(_, endpoint)| endpoint.is_some()).map(|(what, _)| what.to_owned()).collect()
}

fn count_keys(text: &str) -> Option<usize> {
    let set: serde_json::Value = serde_json::from_str(text).ok_or_none()?;
    set.get("keys")?.as_array().map(Vec::len)
}

fn suggested_name(host: &str) -> String {
    let main = main_label(host);
    let mut letters = main.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The lines beside the form, in the order of the design.
fn found(issuer: &Url, metadata: &Metadata, keys: Option<usize>) -> Vec<FoundView> {
    let place = |value: &str| short(issuer, value);
    let line = |label: &str, value: Option<String>| FoundView {
        label: label.to_owned(),
        mark: if value.is_some() { "yes" } else { "no" }.to_owned(),
        value: value.unwrap_or_else(|| "Not offered".to_owned()),
    };
    let signing = metadata.jwks_uri.as_deref().map(|uri| match keys {
        Some(1) => format!("{}, 1 key", place(uri)),
        Some(count) => format!("{}, {count} keys", place(uri)),
        None => place(uri),
    });
    let pkce = match &metadata.code_challenge_methods_supported {
        Some(_) => FoundView { label: "PKCE".to_owned(), value: "S256 supported".to_owned(), mark: "yes".to_owned() },
        None => FoundView { label: "PKCE".to_owned(), value: "S256 not promised".to_owned(), mark: "warn".to_owned() },
    };
    let offline = metadata.scopes_supported.iter().any(|scope| scope == "offline_access");
    let sign_out = metadata.revocation_endpoint.as_deref().or(metadata.endpoints.end_session.as_deref());
    vec![
        line("Authorise", metadata.authorization_endpoint.as_deref().map(place)),
        line("Token", Some(place(&metadata.token_endpoint))),
        line("Signing keys", signing),
        pkce,
        line("Refresh", offline.then(|| "offline_access offered".to_owned())),
        line("Sign out", sign_out.map(place)),
        line("Device code", metadata.endpoints.device_authorization.as_deref().map(place)),
    ]
}

/// The path of an endpoint at the issuer itself; host and path of one elsewhere.
fn short(issuer: &Url, value: &str) -> String {
    match Url::parse(value) {
        Ok(url) if url.origin() == issuer.origin() => url.path().to_owned(),
        Ok(url) => format!("{}{}", url.host_str().unwrap_or_default(), url.path()),
        Err(_) => String::new(),
    }
}
