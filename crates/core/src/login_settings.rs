//! Where a sign-in goes and what it asks for: worked out from what was typed, the provider's data and its metadata.

use url::Url;

use crate::authorize::bad_redirect;
use crate::catalog::{ClientAuth, GrantKind, LoginSettings};
use crate::client::{PEM, can_sign};
use crate::discovery::{Metadata, endpoint_url, fetch, issuer_url};
use crate::error::{DiscoveryError, Error, LoginError, OrNone as _};
use crate::explain::{Fact, Story};
use crate::loopback::RedirectAddress;
use crate::provider::Oauth;
use crate::quirks::Quirks;
use crate::vault::Vault;
use crate::view::LoginInput;

/// What discovery and data say about one sign-in.
pub(crate) struct Plan {
    pub(crate) settings: LoginSettings,
    pub(crate) metadata: Metadata,
    /// Where the browser comes back to.
    pub(crate) address: RedirectAddress,
}

impl Vault {
    /// Works out where to sign in: a preset's own endpoints, what the issuer says of itself, or a bare token endpoint.
    pub(crate) async fn plan_login(&self, input: &LoginInput, grant: GrantKind, story: &Story) -> Result<Plan, Error> {
        check_key(input)?;
        let providers = self.inner.providers();
        let provider = input.provider.as_deref().and_then(|id| providers.find(id));
        let oauth = provider.and_then(|provider| provider.oauth.as_ref());
        let place = match oauth.map(|oauth| oauth.place(&input.fields)) {
            None => None,
            // An issuer that was typed is asked itself, unless it is the one that the entry stands for.
            Some(place) if input.issuer.is_some() => {
                place.ok_or_none().filter(|at| Some(&at.issuer) == input.issuer.as_ref())
            }
            Some(place) => Some(place?),
        };
        let (issuer, fixed, quirks) = match place {
            Some(place) => (Some(place.issuer), place.metadata, place.quirks),
            None => (input.issuer.clone(), None, Quirks::default()),
        };
        let is_known = fixed.is_some();
        let mut metadata = match (fixed, issuer, &input.token_endpoint) {
            (Some(fixed), ..) => fixed,
            (None, Some(issuer), _) => {
                fetch(&*self.inner.ports.http, &issuer).await.map_err(|error| Error::Login(error.into()))?
            }
            (None, None, Some(endpoint)) => bare(endpoint)?,
            (None, None, None) => {
                return Err(Error::Invalid { field: "issuer", why: "say which issuer to sign in at".to_owned() });
            }
        };
        if let Some(oauth) = oauth.filter(|oauth| !oauth.client_auth.is_empty()) {
            let known = oauth.client_auth.iter().map(|method| (*method).to_owned());
            metadata.token_endpoint_auth_methods_supported = Some(known.collect());
        }
        let client_id = input.client_id.clone().filter(|id| !id.trim().is_empty());
        let client_id = match client_id {
            Some(id) => id,
            None if input.register && metadata.endpoints.registration.is_some() => String::new(),
            None if input.register => return Err(LoginError::NotOffered("registration").into()),
            None => {
                let why = "a client id is needed; register a client with the provider to get one".to_owned();
                return Err(Error::Invalid { field: "client_id", why });
            }
        };
        let pkce = match oauth.filter(|_| is_known) {
            Some(known) => known.pkce,
            // An issuer of which only an endpoint was typed says nothing of itself.
            None => {
                metadata.authorization_endpoint.as_ref().map(|_| metadata.code_challenge_methods_supported.is_some())
            }
        };
        let pkce = pkce.filter(|_| grant == GrantKind::Code);
        let settings = LoginSettings { quirks, pkce, ..settings(input, oauth, &metadata, client_id, grant) };
        story.note(&match provider.filter(|_| is_known) {
            Some(provider) => Fact::Known(provider.name.clone()),
            None => Fact::discovered(&settings, &metadata),
        });
        let listed = metadata.token_endpoint_auth_methods_supported.clone();
        story.note(&Fact::ProvesItself { how: settings.auth, listed });
        Ok(Plan { settings, metadata, address: redirect_address(input, oauth)? })
    }
}

/// Refuses a private key that can't sign before anything is sent.
fn check_key(input: &LoginInput) -> Result<(), Error> {
    // Exposed to look at its form.
    let key = input.client_secret.as_ref().map(crate::secret::Secret::expose).filter(|key| key.starts_with(PEM));
    if key.is_none_or(can_sign) {
        return Ok(());
    }
    let why = "this PEM is no private key that can sign (RSA, P-256, P-384 or Ed25519, not encrypted)".to_owned();
    Err(Error::Invalid { field: "client_key", why })
}

/// A server of which only the token endpoint is known: that address stands for its issuer.
fn bare(endpoint: &str) -> Result<Metadata, Error> {
    let bad = |why: &str| Error::Invalid { field: "token_endpoint", why: why.to_owned() };
    let url = Url::parse(endpoint).map_err(|_| bad("it is not a URL"))?;
    let mut origin = url.clone();
    origin.set_query(None);
    origin.set_fragment(None);
    issuer_url(origin.as_str()).map_err(|_| bad("give an https address"))?;
    endpoint_url(&origin, "token_endpoint", endpoint).map_err(|_| bad("this address is not allowed"))?;
    Ok(Metadata { issuer: endpoint.to_owned(), token_endpoint: endpoint.to_owned(), ..Metadata::default() })
}

/// Where the browser comes back to: what was typed, what the provider compares, or any port.
fn redirect_address(input: &LoginInput, provider: Option<&Oauth>) -> Result<RedirectAddress, Error> {
    if let Some(text) = &input.redirect_uri {
        return Ok(RedirectAddress::Fixed(Url::parse(text).map_err(|_| bad_redirect())?));
    }
    let known = provider.and_then(|oauth| oauth.redirect.clone());
    Ok(known.map_or(RedirectAddress::Ephemeral, RedirectAddress::Fixed))
}

fn settings(
    input: &LoginInput,
    provider: Option<&Oauth>,
    metadata: &Metadata,
    client_id: String,
    grant: GrantKind,
) -> LoginSettings {
    let mut scopes = input.scopes.clone();
    let person = grant != GrantKind::ClientCredentials;
    if scopes.is_empty() && person {
        scopes = provider.map(Oauth::usual_scopes).unwrap_or_default();
    }
    if scopes.is_empty() && person && provider.is_none_or(|oauth| oauth.endpoints.is_empty()) {
        scopes = usual_scopes(metadata);
    }
    let openid = person && scopes.iter().any(|scope| scope == "openid");
    // OIDC Core §11: a refresh token is owed only after consent was asked for.
    let offline = scopes.iter().any(|scope| scope == "offline_access");
    let prompt = input.prompt.clone().or_else(|| (openid && offline).then(|| "consent".to_owned()));
    LoginSettings {
        issuer: metadata.issuer.clone(),
        client_id,
        auth: client_auth(input, metadata),
        authorization_endpoint: metadata.authorization_endpoint.clone(),
        token_endpoint: metadata.token_endpoint.clone(),
        jwks_uri: metadata.jwks_uri.clone(),
        revocation_endpoint: metadata.revocation_endpoint.clone(),
        scopes,
        audience: input.audience.clone(),
        redirect_uri: input.redirect_uri.clone(),
        prompt,
        account_hint: input.account.clone(),
        iss_in_response: metadata.authorization_response_iss_parameter_supported,
        id_token_algs: metadata.id_token_signing_alg_values_supported.clone(),
        openid,
        extra: provider.map(|oauth| oauth.authorization_params.clone()).unwrap_or_default(),
        quirks: Quirks::default(),
        fields: input.fields.clone(),
        used_redirect_uri: None,
        grant,
        endpoints: metadata.endpoints.clone(),
        resources: input.resources.clone(),
        dpop: input.dpop,
        client_key_id: input.client_key_id.clone(),
        registered_at: None,
        nonce_sha256: None,
        pkce: None,
    }
}

/// What is asked for when nobody says: who signed in, and a refresh token, as far as the issuer offers them.
fn usual_scopes(metadata: &Metadata) -> Vec<String> {
    // An issuer that lists no scopes but publishes signing keys speaks OpenID Connect, which has one for certain.
    if metadata.scopes_supported.is_empty() && metadata.jwks_uri.is_some() {
        return vec!["openid".to_owned()];
    }
    let offered = |scope: &&&str| metadata.scopes_supported.iter().any(|have| have == **scope);
    ["openid", "profile", "email", "offline_access"].iter().filter(offered).map(|scope| (*scope).to_owned()).collect()
}

/// Chooses how the client proves itself: Basic unless the server lists methods without it (RFC 8414 §2).
fn client_auth(input: &LoginInput, metadata: &Metadata) -> ClientAuth {
    // Exposed to look at its form.
    let Some(secret) = input.client_secret.as_ref().map(crate::secret::Secret::expose) else {
        return ClientAuth::None;
    };
    if secret.starts_with(PEM) {
        return ClientAuth::PrivateKeyJwt;
    }
    match &metadata.token_endpoint_auth_methods_supported {
        Some(methods) if !methods.iter().any(|method| method == "client_secret_basic") => ClientAuth::Post,
        _ => ClientAuth::Basic,
    }
}

/// What a failed discovery means for the form of a sign-in that has no browser part.
pub(crate) fn without_browser() -> Error {
    Error::Login(LoginError::Discovery(DiscoveryError::Invalid("there is no authorization endpoint".to_owned())))
}
