//! Registers a client with the issuer (RFC 7591), and removes it again (RFC 7592), so that a sign-in needs no set-up.
//!
//! What comes back is believed only if it is the client that was asked for: the same redirect address and no more
//! grants than that.

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::answer::harmless;
use crate::catalog::{ClientAuth, GrantKind, LoginSettings};
use crate::credential::CredentialId;
use crate::discovery::{endpoint_url, issuer_url};
use crate::error::{Error, LoginError, OrNone as _};
use crate::login_settings::Plan;
use crate::secret::Secret;
use crate::vault::{Inner, Vault};
use crate::view::LoginInput;

/// A port is chosen anew for every sign-in, and a server compares loopback addresses without it (RFC 8252 §7.3).
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

impl Vault {
    /// Registers a client where the person asked for that; returns the token that removes it again.
    pub(crate) async fn register_if_asked(
        &self,
        input: &mut LoginInput,
        plan: &mut Plan,
    ) -> Result<Option<Secret>, Error> {
        if !plan.settings.client_id.is_empty() {
            return Ok(None);
        }
        let redirect = input.redirect_uri.clone().unwrap_or_else(|| REDIRECT.to_owned());
        let registered = self.inner.register(&plan.settings, &redirect).await?;
        let settings = &mut plan.settings;
        settings.auth = match (registered.token_endpoint_auth_method.as_deref(), &registered.client_secret) {
            (Some("none"), _) | (_, None) => ClientAuth::None,
            (Some("client_secret_post"), Some(_)) => ClientAuth::Post,
            (_, Some(_)) => ClientAuth::Basic,
        };
        settings.client_id.clone_from(&registered.client_id);
        input.client_id = Some(registered.client_id);
        input.client_secret = registered.client_secret.filter(|_| settings.has_secret());
        // An address for removing that leads elsewhere is not kept.
        let issuer = issuer_url(&settings.issuer).map_err(LoginError::from)?;
        settings.registered_at = registered
            .registration_client_uri
            .filter(|address| endpoint_url(&issuer, "registration_client_uri", address).is_ok());
        Ok(registered.registration_access_token.filter(|_| settings.registered_at.is_some()))
    }

    /// Removes a client that Fobwatch registered; `None` when it registered none. The answer is whether the server
    /// confirmed it.
    pub(crate) async fn unregister(&self, id: CredentialId, settings: &LoginSettings) -> Result<Option<bool>, Error> {
        let (Some(address), Some(token)) = (&settings.registered_at, self.inner.slots.registration(id).await?) else {
            return Ok(None);
        };
        // Exposed to the one request that it exists for.
        let request = http::Request::delete(address)
            .header(http::header::AUTHORIZATION, format!("Bearer {}", token.expose()))
            .body(Vec::new());
        let Ok(request) = request else { return Ok(Some(false)) };
        let answer = self.inner.send(&settings.issuer, request).await;
        Ok(Some(answer.is_ok_and(|raw| raw.status.is_success())))
    }
}

impl Inner {
    async fn register(&self, settings: &LoginSettings, redirect: &str) -> Result<Registered, Error> {
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
        check(&registered, redirect, &grants, self.ports.clock.now()).map_err(|why| refused(&why))?;
        Ok(registered)
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
mod tests {
    use super::*;

    fn registered(change: &serde_json::Value) -> Registered {
        let mut answer = json!({
            "client_id": "c1", "redirect_uris": [REDIRECT], "grant_types": ["authorization_code", "refresh_token"],
        });
        for (name, value) in change.as_object().unwrap() {
            answer[name] = value.clone();
        }
        serde_json::from_value(answer).unwrap()
    }

    #[test]
    fn only_the_client_that_was_asked_for_is_taken() {
        let now: Timestamp = "2025-10-16T13:17:00Z".parse().unwrap();
        let grants = ["authorization_code", "refresh_token"];
        let judge = |change: serde_json::Value| check(&registered(&change), REDIRECT, &grants, now);
        assert_eq!(judge(json!({})), Ok(()));
        assert_eq!(judge(json!({ "client_secret_expires_at": 0 })), Ok(()));
        assert!(judge(json!({ "redirect_uris": ["https://evil.test/cb"] })).is_err());
        assert!(judge(json!({ "redirect_uris": [REDIRECT, "https://evil.test/cb"] })).is_err());
        assert!(judge(json!({ "grant_types": ["authorization_code", "implicit"] })).is_err());
        assert!(judge(json!({ "client_secret_expires_at": 1 })).is_err());
        assert!(judge(json!({ "client_id": "" })).is_err());
    }
}
