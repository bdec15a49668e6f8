//! The authorization request: what the browser opens (RFC 6749 §4.1.1, RFC 7636, RFC 9126).

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope};
use serde::Deserialize;
use url::Url;

use crate::answer;
use crate::catalog::LoginSettings;
use crate::client::{Client, Fields, NoAnswer};
use crate::error::{DiscoveryError, Error, LoginError, OrNone as _};
use crate::explain::{Fact, Story};
use crate::login_settings::{Plan, without_browser};
use crate::refusal::refused;
use crate::secret::Secret;
use crate::sentence::sentence;
use crate::vault::Inner;

/// The secrets of one sign-in, fresh for each (P3).
pub(crate) struct Transaction {
    pub(crate) authorize: Url,
    pub(crate) state: Secret,
    pub(crate) nonce: Option<Secret>,
    pub(crate) verifier: Secret,
}

/// Makes the authorization request, with everything in it that only this sign-in knows.
pub(crate) fn begin(settings: &LoginSettings, redirect_uri: &Url) -> Result<Transaction, Error> {
    let endpoint = settings.authorization_endpoint.clone().ok_or_else(without_browser)?;
    let endpoint = AuthUrl::new(endpoint)
        .map_err(|_| Error::Login(LoginError::Discovery(DiscoveryError::Invalid("endpoints".to_owned()))))?;
    let client = BasicClient::new(ClientId::new(settings.client_id.clone())).set_auth_uri(endpoint);
    let redirect = RedirectUrl::new(redirect_uri.to_string()).map_err(|_| bad_redirect())?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let nonce = settings.openid.then(|| CsrfToken::new_random_len(32));
    let mut request = client
        .authorize_url(|| CsrfToken::new_random_len(32))
        .set_redirect_uri(std::borrow::Cow::Owned(redirect))
        .set_pkce_challenge(challenge);
    let quirks = &settings.quirks;
    let (name, value) = quirks.scope_request(&settings.scopes);
    if quirks.scope_parameter.is_none() && quirks.scope_separator.is_none() {
        request = request.add_scopes(settings.scopes.iter().map(|scope| Scope::new(scope.clone())));
    } else if !value.is_empty() {
        request = request.add_extra_param(name, value);
    }
    let optional = [
        ("nonce", nonce.as_ref().map(|nonce| nonce.secret().clone())),
        ("prompt", settings.prompt.clone()),
        ("audience", settings.audience.clone()),
        ("login_hint", settings.account_hint.clone()),
    ];
    // What a person chose goes before what the provider's entry says; no parameter is sent twice (RFC 6749 §3.1).
    let chosen: Vec<&str> = optional.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| *name).collect();
    for (name, value) in settings.extra.iter().filter(|(name, _)| !chosen.contains(&name.as_str())) {
        request = request.add_extra_param(name.clone(), value.clone());
    }
    for (name, value) in optional {
        if let Some(value) = value {
            request = request.add_extra_param(name, value);
        }
    }
    for resource in &settings.resources {
        request = request.add_extra_param("resource", resource.clone());
    }
    let (authorize, state) = request.url();
    Ok(Transaction {
        authorize,
        state: Secret::new(state.into_secret()),
        nonce: nonce.map(|nonce| Secret::new(nonce.into_secret())),
        verifier: Secret::new(verifier.into_secret()),
    })
}

pub(crate) fn bad_redirect() -> Error {
    Error::Invalid { field: "redirect_uri", why: "give an address like http://127.0.0.1:8400/callback".to_owned() }
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

impl Inner {
    /// Hands the request over behind the browser's back where the server takes that (RFC 9126), so that nothing on the
    /// way can change it. Where the server does not insist, a refusal changes nothing: its own page will explain it.
    pub(crate) async fn push(
        &self,
        plan: &Plan,
        client: &Client<'_>,
        transaction: &mut Transaction,
        story: &Story,
    ) -> Result<(), Error> {
        let Some(endpoint) = &plan.settings.endpoints.pushed_authorization else {
            return Ok(());
        };
        let pushed = self.push_to(endpoint, client, &transaction.authorize).await;
        let code = |error: &Error| sentence(error, None).provider_code.unwrap_or_else(|| error.code().to_owned());
        story.note(&Fact::Pushed(pushed.as_ref().map(drop).map_err(code)));
        match pushed {
            Ok(address) => transaction.authorize = address,
            Err(error) if plan.metadata.require_pushed_authorization_requests => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }

    async fn push_to(&self, endpoint: &str, client: &Client<'_>, authorize: &Url) -> Result<Url, Error> {
        let pairs: Vec<(String, String)> = authorize
            .query_pairs()
            .filter(|(name, _)| name != "client_id")
            .map(|(n, v)| (n.into(), v.into()))
            .collect();
        let fields: Fields<'_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let raw = match self.post(client, endpoint, &fields).await {
            Ok(raw) => raw,
            Err(NoAnswer::Http(error)) => return Err(LoginError::Discovery(error.into()).into()),
            Err(NoAnswer::Settings(_)) => return Err(LoginError::BadAnswer("bad endpoints".to_owned()).into()),
        };
        if !raw.status.is_success() {
            let now = self.ports.clock.now();
            let answer = answer::read(raw.status, &raw.headers, &raw.body, now, &client.settings.quirks);
            return Err(match refused(answer) {
                LoginError::Exchange { code, detail } => LoginError::Pushed { code, detail },
                error => error,
            }
            .into());
        }
        // Exposed to the parser; a request address is good for one use by this client.
        let pushed: Option<Pushed> = serde_json::from_slice(raw.body.expose()).ok_or_none();
        let pushed = pushed.ok_or_else(|| LoginError::BadAnswer("it gave no request address".to_owned()))?;
        let mut address = authorize.clone();
        address
            .query_pairs_mut()
            .clear()
            .append_pair("client_id", &client.settings.client_id)
            .append_pair("request_uri", &pushed.request_uri);
        Ok(address)
    }
}
