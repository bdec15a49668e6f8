//! Asks a token endpoint for tokens, by any grant.
//!
//! With `DPoP` the server may refuse a proof because it wants its own nonce in it. That refusal comes before the grant
//! is looked at (RFC 9449 §8), so the one repetition does not count as a second use of a code or refresh token.

use crate::answer::{self, Answer};
use crate::catalog::{ClientAuth, LoginSettings};
use crate::client::{BadSettings, Client, Fields, NoAnswer, RawAnswer};
use crate::quirks::Quirks;
use crate::secret::Secret;
use crate::server_clock::SAME;
use crate::vault::Inner;

/// What is exchanged for tokens.
#[derive(Clone, Copy)]
pub(crate) enum Grant<'a> {
    /// An authorization code (RFC 6749 §4.1.3).
    Code {
        /// The code.
        code: &'a Secret,
        /// The PKCE verifier (RFC 7636).
        verifier: &'a Secret,
        /// The redirect address, exactly as in the authorization request.
        redirect_uri: &'a url::Url,
    },
    /// A refresh token (RFC 6749 §6).
    Refresh(&'a Secret),
    /// The client itself (RFC 6749 §4.4).
    ClientCredentials,
    /// A device code (RFC 8628 §3.4).
    Device(&'a Secret),
    /// An access token, for a narrower one (RFC 8693).
    Exchange(&'a Secret, &'a Narrower),
}

/// What a narrower token is to be good for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrower {
    /// The service, by the name that the provider knows it under.
    pub audience: Option<String>,
    /// The service, by its address (RFC 8707).
    pub resource: Option<String>,
    /// The scopes that are left.
    pub scopes: Vec<String>,
}

/// Lists the fields of a token request.
fn fields<'a>(settings: &'a LoginSettings, grant: Grant<'a>, scope: &'a str) -> Fields<'a> {
    let mut fields: Fields<'a> = match grant {
        // Each secret is exposed to the one request that it exists for.
        Grant::Code { code, verifier, redirect_uri } => vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", redirect_uri.as_str()),
            ("code_verifier", verifier.expose()),
        ],
        Grant::Refresh(token) => vec![("grant_type", "refresh_token"), ("refresh_token", token.expose())],
        Grant::ClientCredentials => vec![("grant_type", "client_credentials")],
        Grant::Device(code) => {
            vec![("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code.expose())]
        }
        Grant::Exchange(token, _) => vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", token.expose()),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ],
    };
    match grant {
        Grant::Exchange(_, wanted) => {
            fields.extend(wanted.audience.as_deref().map(|audience| ("audience", audience)));
            fields.extend(wanted.resource.as_deref().map(|resource| ("resource", resource)));
        }
        Grant::ClientCredentials => {
            fields.extend(settings.audience.as_deref().map(|audience| ("audience", audience)));
            fields.extend(settings.resources.iter().map(|resource| ("resource", resource.as_str())));
        }
        Grant::Code { .. } | Grant::Refresh(_) | Grant::Device(_) => {
            fields.extend(settings.resources.iter().map(|resource| ("resource", resource.as_str())));
        }
    }
    if let (Grant::Refresh(_), true, Some(address)) =
        (grant, settings.quirks.send_redirect_uri_on_refresh, &settings.used_redirect_uri)
    {
        fields.push(("redirect_uri", address));
    }
    if !scope.is_empty() {
        fields.push(("scope", scope));
    }
    fields.extend(settings.quirks.token_params.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    fields
}

impl Inner {
    /// Sends one token request and returns the whole answer. What is signed for it carries the server's time; where that
    /// was not known and is told by the very refusal of the signature, it is signed once more. Like the nonce of a
    /// proof, the client's signature is judged before the grant is looked at (RFC 6749 §3.2.1, RFC 9449 §5).
    pub(crate) async fn ask_for_tokens(&self, client: &Client<'_>, grant: Grant<'_>) -> Result<RawAnswer, NoAnswer> {
        let settings = client.settings;
        let endpoint = match grant {
            Grant::Refresh(_) => settings.refresh_endpoint(),
            _ => settings.token_endpoint.as_str(),
        };
        self.read_clocks().await;
        let signed_with = self.ahead_at(endpoint);
        let first = self.ask_once(client, grant, endpoint).await?;
        let signs = client.dpop.is_some() || settings.auth == ClientAuth::PrivateKeyJwt;
        let told = (self.ahead_at(endpoint) - signed_with).abs() > SAME;
        if signs && told && is_refused_signature(&first, self.ports.clock.now()) {
            return self.ask_once(client, grant, endpoint).await;
        }
        Ok(first)
    }

    async fn ask_once(&self, client: &Client<'_>, grant: Grant<'_>, endpoint: &str) -> Result<RawAnswer, NoAnswer> {
        let settings = client.settings;
        // A code, a refresh token and a device code carry their scopes themselves.
        let scope = match grant {
            Grant::ClientCredentials => settings.scopes.join(" "),
            Grant::Exchange(_, wanted) => wanted.scopes.join(" "),
            Grant::Code { .. } | Grant::Refresh(_) | Grant::Device(_) => String::new(),
        };
        let fields = fields(settings, grant, &scope);
        let Some(key) = client.dpop else {
            return self.post(client, endpoint, &fields).await;
        };
        let first = self.post_with_proof(client, key, endpoint, &fields).await?;
        if !asks_for_nonce(&first, self.ports.clock.now()) {
            return Ok(first);
        }
        self.post_with_proof(client, key, endpoint, &fields).await
    }

    async fn post_with_proof(
        &self,
        client: &Client<'_>,
        key: &crate::dpop::DpopKey,
        endpoint: &str,
        fields: &Fields<'_>,
    ) -> Result<RawAnswer, NoAnswer> {
        let now = self.time_at(endpoint).await;
        let mut request = client.request(endpoint, fields, now)?;
        let nonce = self.nonces.of(endpoint);
        let proof = key.proof("POST", endpoint, nonce.as_deref(), None, now).ok_or(BadSettings)?;
        let proof = http::HeaderValue::from_str(&proof).map_err(|_| BadSettings)?;
        request.headers_mut().insert("dpop", proof);
        let answer = self.send(&client.settings.issuer, request).await.map_err(NoAnswer::Http)?;
        self.nonces.learn(endpoint, &answer.headers);
        Ok(answer)
    }
}

/// Tells whether the server refused the proof for its nonce alone, and named the nonce that it wants.
fn asks_for_nonce(raw: &RawAnswer, now: jiff::Timestamp) -> bool {
    refusal(raw, now).as_deref() == Some("use_dpop_nonce") && raw.headers.contains_key("dpop-nonce")
}

/// Tells whether the server refused what the client signed.
fn is_refused_signature(raw: &RawAnswer, now: jiff::Timestamp) -> bool {
    matches!(refusal(raw, now).as_deref(), Some("invalid_client" | "invalid_dpop_proof"))
}

/// The code that an answer without tokens carries.
fn refusal(raw: &RawAnswer, now: jiff::Timestamp) -> Option<String> {
    match answer::read(raw.status, &raw.headers, &raw.body, now, &Quirks::default()) {
        Answer::TryAgain { said, .. } | Answer::Misconfigured(said) | Answer::Ended(said) => Some(said.code),
        Answer::Tokens(_) => None,
    }
}

#[cfg(test)]
#[path = "token_request_test.rs"]
mod tests;
