//! Asks a token endpoint for tokens (RFC 6749 §4.1.3 and §6).
//!
//! The `oauth2` crate builds the request: form encoding, client authentication, the PKCE verifier. Sending and
//! reading are ours, because a renewed refresh token must be sealed before anything can fail to parse, and because
//! the crate's own error would carry the body.

use std::cell::Cell;

use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, PkceCodeVerifier, RedirectUrl, RefreshToken, TokenUrl,
};

use crate::catalog::{ClientAuth, LoginSettings};
use crate::ports::{Http, HttpError};
use crate::secret::{Secret, SecretBytes};

/// What is exchanged for tokens.
#[derive(Clone, Copy)]
pub(crate) enum Grant<'a> {
    /// An authorization code.
    Code {
        /// The code.
        code: &'a Secret,
        /// The PKCE verifier (RFC 7636).
        verifier: &'a Secret,
        /// The redirect address, exactly as in the authorization request.
        redirect_uri: &'a url::Url,
    },
    /// A refresh token.
    Refresh(&'a Secret),
}

/// An answer whose body is wiped when it is dropped.
pub(crate) struct RawAnswer {
    pub(crate) status: http::StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: SecretBytes,
}

/// The settings hold something that is not a URL.
#[derive(Debug)]
pub(crate) struct BadSettings;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The network.
    Http(HttpError),
    /// Our own settings.
    Settings(BadSettings),
}

impl From<BadSettings> for NoAnswer {
    fn from(bad: BadSettings) -> Self {
        Self::Settings(bad)
    }
}

/// The error that keeps `oauth2` from reading the answer.
#[derive(Debug, thiserror::Error)]
#[error("taken")]
struct Taken;

type Client = BasicClient<
    oauth2::EndpointSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointSet,
>;

/// Makes the client that both the authorization request and the token requests come from.
pub(crate) fn client(settings: &LoginSettings, secret: Option<&Secret>) -> Result<Client, BadSettings> {
    let authorization = AuthUrl::new(settings.authorization_endpoint.clone()).map_err(|_| BadSettings)?;
    let token = TokenUrl::new(settings.token_endpoint.clone()).map_err(|_| BadSettings)?;
    let mut client =
        BasicClient::new(ClientId::new(settings.client_id.clone())).set_auth_uri(authorization).set_token_uri(token);
    client = match settings.auth {
        ClientAuth::Basic => client.set_auth_type(AuthType::BasicAuth),
        ClientAuth::Post | ClientAuth::None => client.set_auth_type(AuthType::RequestBody),
    };
    if let (Some(secret), ClientAuth::Basic | ClientAuth::Post) = (secret, settings.auth) {
        // Exposed to the request that authenticates the client.
        client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
    }
    Ok(client)
}

/// Sends one token request and returns the whole answer.
pub(crate) async fn send(
    http: &dyn Http,
    settings: &LoginSettings,
    secret: Option<&Secret>,
    grant: Grant<'_>,
) -> Result<RawAnswer, NoAnswer> {
    let request = build(settings, secret, grant)?;
    let response = http.send(request).await.map_err(NoAnswer::Http)?;
    let (parts, body) = response.into_parts();
    Ok(RawAnswer { status: parts.status, headers: parts.headers, body: SecretBytes::new(body) })
}

/// Lets `oauth2` build the request, and takes it out of its hands before it would be sent.
fn build(
    settings: &LoginSettings,
    secret: Option<&Secret>,
    grant: Grant<'_>,
) -> Result<http::Request<Vec<u8>>, BadSettings> {
    let client = client(settings, secret)?;
    let built = Cell::new(None);
    let take = |request: http::Request<Vec<u8>>| {
        built.set(Some(request));
        Err::<http::Response<Vec<u8>>, Taken>(Taken)
    };
    // The outcome is always `Taken`; what matters was put aside.
    match grant {
        Grant::Code { code, verifier, redirect_uri } => {
            let redirect = RedirectUrl::new(redirect_uri.to_string()).map_err(|_| BadSettings)?;
            // Exposed to the request that redeems the code.
            let request = client
                .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
                .set_redirect_uri(std::borrow::Cow::Borrowed(&redirect))
                .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
            drop(request.request(&take));
        }
        Grant::Refresh(token) => {
            // Exposed to the one request that it exists for.
            let token = RefreshToken::new(token.expose().to_owned());
            drop(client.exchange_refresh_token(&token).request(&take));
        }
    }
    built.take().ok_or(BadSettings)
}
