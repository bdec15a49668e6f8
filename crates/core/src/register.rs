//! Registers a client with the issuer (RFC 7591), and removes it again (RFC 7592), so that a sign-in needs no set-up.
//!
//! What comes back is believed only if it is the client that was asked for: the same redirect address and no more
//! grants than that.

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::answer::harmless;
use crate::catalog::{ClientAuth, GrantKind, LoginSettings};
use crate::credential::CredentialId;
use crate::discovery::{endpoint_url, issuer_url};
use crate::error::{Error, LoginError, OrNone as _};
use crate::login_settings::Plan;
use crate::secret::Secret;
use crate::vault::{Inner, Vault};
use crate::view::LoginInput;

/// What a client registers that signs in on another device: no browser ever comes back, but a server wants an address.
const REDIRECT: &str = "http://127.0.0.1/callback";

/// The registration endpoint's answer.
#[derive(Deserialize)]
struct Registered {
    client_id: String,
    client_secret: Option<Secret>,
    client_secret_expires_at: Option<i64>,
    redirect_uris: Option<Vec<String>>,
    grant_types: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    registration_access_token: Option<Secret>,
    registration_client_uri: Option<String>,
}

/// The token that removes a client that was registered for a sign-in which is under way. When the last copy goes away
/// and the login is not stored, the client is removed again: no sign-in would ever use it.
#[derive(Clone)]
pub(crate) struct Registration(Arc<Fresh>);

struct Fresh {
    vault: Vault,
    issuer: String,
    address: String,
    token: Secret,
    kept: AtomicBool,
}

impl Registration {
    /// The token, for the keychain.
    pub(crate) fn token(&self) -> &Secret {
        &self.0.token
    }

    /// The login is stored, and its client with it.
    pub(crate) fn keep(&self) {
        self.0.kept.store(true, Ordering::Relaxed);
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        // A process that ends has no runtime to send anything with.
        if self.kept.load(Ordering::Relaxed) || tokio::runtime::Handle::try_current().is_err() {
            return;
        }
        let (vault, token) = (self.vault.clone(), self.token.clone());
        let (issuer, address) = (std::mem::take(&mut self.issuer), std::mem::take(&mut self.address));
        // One try; a vault that closes waits for it.
        drop(self.vault.own(async move {
            if !vault.inner.remove_client(&issuer, &address, &token).await {
                tracing::warn!("a client that was registered for a failed sign-in stays registered");
            }
        }));
    }
}

impl Vault {
    /// Registers a client where the person asked for that; returns what removes it again. `bound` is the address that
    /// the browser comes back to, which is pinned from then on: a server may compare its port as well.
    pub(crate) async fn register_if_asked(
        &self,
        input: &mut LoginInput,
        plan: &mut Plan,
        bound: Option<&Url>,
    ) -> Result<Option<Registration>, Error> {
        if !plan.settings.client_id.is_empty() {
            return Ok(None);
        }
        let redirect = bound.map(Url::to_string).or_else(|| input.redirect_uri.clone());
        let redirect = redirect.unwrap_or_else(|| REDIRECT.to_owned());
        let (registered, grants) = self.inner.register(&plan.settings, &redirect).await?;
        let settings = &mut plan.settings;
        // An address for removing that leads elsewhere is not kept.
        let issuer = issuer_url(&settings.issuer).map_err(LoginError::from)?;
        settings.registered_at = registered
            .registration_client_uri
            .clone()
            .filter(|address| endpoint_url(&issuer, "registration_client_uri", address).is_ok());
        let removal = registered.registration_access_token.clone().zip(settings.registered_at.clone());
        let registration = removal.map(|(token, address)| {
            let (vault, issuer, kept) = (self.clone(), settings.issuer.clone(), AtomicBool::new(false));
            Registration(Arc::new(Fresh { vault, issuer, address, token, kept }))
        });
        // Only now: a client that is not what was asked for is removed as well.
        check(&registered, &redirect, &grants, self.inner.ports.clock.now()).map_err(LoginError::Registration)?;
        settings.auth = match (registered.token_endpoint_auth_method.as_deref(), &registered.client_secret) {
            (Some("none"), _) | (_, None) => ClientAuth::None,
            (Some("client_secret_post"), Some(_)) => ClientAuth::Post,
            (_, Some(_)) => ClientAuth::Basic,
        };
        settings.client_id.clone_from(&registered.client_id);
        if bound.is_some() {
            settings.redirect_uri = Some(redirect);
        }
        input.client_id = Some(registered.client_id);
        input.client_secret = registered.client_secret.filter(|_| settings.has_secret());
        Ok(registration)
    }

    /// Removes a client that Fobwatch registered; `None` when it registered none. The answer is whether the server
    /// confirmed it.
    pub(crate) async fn unregister(&self, id: CredentialId, settings: &LoginSettings) -> Result<Option<bool>, Error> {
        let (Some(address), Some(token)) = (&settings.registered_at, self.inner.slots.registration(id).await?) else {
            return Ok(None);
        };
        Ok(Some(self.inner.remove_client(&settings.issuer, address, &token).await))
    }
}

impl Inner {
    /// Asks once (RFC 7592 §2.3); tells whether the server confirmed it.
    async fn remove_client(&self, issuer: &str, address: &str, token: &Secret) -> bool {
        // Exposed to the one request that it exists for.
        let request = http::Request::delete(address)
            .header(http::header::AUTHORIZATION, format!("Bearer {}", token.expose()))
            .body(Vec::new());
        let Ok(request) = request else { return false };
        self.send(issuer, request).await.is_ok_and(|raw| raw.status.is_success())
    }

    /// Registers; what comes back is not judged yet.
    async fn register(
        &self,
        settings: &LoginSettings,
        redirect: &str,
    ) -> Result<(Registered, Vec<&'static str>), Error> {
        let endpoint = settings.endpoints.registration.as_ref().ok_or(LoginError::NotOffered("registration"))?;
        let mut grants = vec!["authorization_code", "refresh_token"];
        if settings.grant == GrantKind::Device {
            grants.push("urn:ietf:params:oauth:grant-type:device_code");
        }
        let wanted = json!({
            "client_name": "Fobwatch",
            "application_type": "native",
            "redirect_uris": [redirect],
            "grant_types": grants,
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "scope": settings.scopes.join(" "),
        });
        let refused = |why: &str| Error::Login(LoginError::Registration(why.to_owned()));
        let request = http::Request::post(endpoint)
            .header(http::header::CONTENT_TYPE, "application/json")
            .header(http::header::ACCEPT, "application/json")
            .body(wanted.to_string().into_bytes())
            .map_err(|_| refused("its address can't be used"))?;
        let raw = self
            .send(&settings.issuer, request)
            .await
            .map_err(|error| Error::Login(LoginError::Discovery(error.into())))?;
        // Exposed to the parser; its error would quote the input, so it is dropped.
        let body = raw.body.expose();
        if !raw.status.is_success() {
            let said: Option<serde_json::Value> = serde_json::from_slice(body).ok_or_none();
            let word = |name: &str| said.as_ref().and_then(|said| said.get(name)?.as_str());
            let why = word("error_description").or(word("error")).unwrap_or("it refused");
            return Err(refused(&harmless(why, 200)));
        }
        let registered: Registered =
            serde_json::from_slice(body).ok_or_none().ok_or_else(|| refused("its answer can't be read"))?;
        Ok((registered, grants))
    }
}

/// Compares what was registered with what was asked for (RFC 7591 §3.2.1 lets a server change anything).
fn check(registered: &Registered, redirect: &str, grants: &[&str], now: Timestamp) -> Result<(), String> {
    if registered.client_id.is_empty() || !registered.client_id.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Err("it gave no usable client id".to_owned());
    }
    if registered.redirect_uris.as_ref().is_some_and(|uris| uris.len() != 1 || uris[0] != redirect) {
        return Err("it registered another redirect address".to_owned());
    }
    let more = |grant: &&String| !grants.contains(&grant.as_str());
    if let Some(grant) = registered.grant_types.iter().flatten().find(more) {
        return Err(format!("it added the grant {}", harmless(grant, 60)));
    }
    match registered.client_secret_expires_at {
        Some(at) if at != 0 && at <= now.as_second() => Err("the client secret has expired already".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "register_test.rs"]
mod tests;
