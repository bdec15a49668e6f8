//! Signs in through the system browser (RFC 8252, authorization code with PKCE S256).
//!
//! One async function: preparing, waiting and being cancelled is one future, and cancelling is dropping it. Only
//! from the moment the code is exchanged the work belongs to the vault, because from then on there may be tokens
//! that must not be lost. Nothing is stored before everything about the answer has been checked.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use oauth2::{CsrfToken, PkceCodeChallenge, Scope};
use url::Url;

use crate::catalog::{ClientAuth, LoginSettings};
use crate::credential::CredentialId;
use crate::discovery::{Metadata, fetch, issuer_url};
use crate::error::{DiscoveryError, Error, LoginError, OrNone as _};
use crate::exchange::{Exchange, Signed};
use crate::loopback::{Expected, ExpectedIssuer, Finish, Loopback, Redirect, RedirectAddress};
use crate::provider::Oauth;
use crate::quirks::Quirks;
use crate::secret::Secret;
use crate::token_request;
use crate::vault::Vault;
use crate::view::{CredentialView, LoginInput};

/// How long the person has, unless said otherwise.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);

/// Something that happened during a sign-in, for the sheet and for `fob login`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginProgress {
    /// The listener is bound and the address for the browser is known. It holds `state` and `nonce` of this
    /// sign-in but neither code nor verifier.
    Listening {
        /// What the browser is to open.
        authorize: Url,
        /// `127.0.0.1:53817`.
        listening: String,
        /// When the sign-in gives up.
        deadline: Timestamp,
    },
    /// The browser was asked to open; whether it did.
    BrowserOpened(Result<(), crate::ports::BrowserError>),
    /// The person approved; the code is being exchanged.
    Exchanging,
    /// Everything was checked; the tokens go to the keychain.
    Storing,
}

/// Who hears of the progress.
pub type Tell = Arc<dyn Fn(LoginProgress) + Send + Sync>;

/// How a sign-in is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginOptions {
    /// Open the system browser; otherwise the caller shows the address.
    pub open_browser: bool,
    /// Sign in again to this credential; another account is then refused.
    pub again: Option<CredentialId>,
}

/// The secrets of one sign-in, fresh for each (P3).
struct Transaction {
    authorize: Url,
    state: Secret,
    nonce: Option<Secret>,
    verifier: Secret,
}

impl Vault {
    /// Signs in and stores the login.
    ///
    /// # Errors
    /// [`Error::Login`] with the step that failed; keychain, storage and discovery errors as they are. Nothing is
    /// stored then.
    pub async fn login(&self, input: LoginInput, options: LoginOptions, tell: Tell) -> Result<CredentialView, Error> {
        self.check_name(&input.name, options.again).await?;
        // Before the browser opens: a sign-in that could not be kept is not begun.
        self.inner.ports.keychain.check().await?;
        self.inner.sealer().await?;
        let (mut settings, address) = self.settings_for(&input).await?;
        let door = Loopback::bind(&address).await.map_err(LoginError::from)?;
        settings.used_redirect_uri = Some(door.redirect_uri().to_string());
        let transaction = begin(&settings, door.redirect_uri())?;
        let patience = input.timeout_seconds.map_or(PATIENCE, Duration::from_secs);
        let now = self.inner.ports.clock.now();
        tell(LoginProgress::Listening {
            authorize: transaction.authorize.clone(),
            listening: door.local_addr().to_string(),
            deadline: SignedDuration::try_from(patience).map_or(now, |wait| now.checked_add(wait).unwrap_or(now)),
        });
        if options.open_browser {
            tell(LoginProgress::BrowserOpened(self.inner.ports.browser.open(&transaction.authorize).await));
        }
        let expected = Expected {
            state: transaction.state.clone(),
            issuer: Some(ExpectedIssuer { issuer: settings.issuer.clone(), required: settings.iss_in_response }),
        };
        let redirect_uri = door.redirect_uri().clone();
        let (redirect, mut tab) =
            tokio::time::timeout(patience, door.wait(expected)).await.map_err(|_| LoginError::TimedOut)?;
        let code = match redirect {
            Redirect::Code { code } => code,
            Redirect::Refused { error, description } => {
                tab.finish(Finish::Refused { error: &error }).await;
                return Err(LoginError::Refused { code: error, detail: description.unwrap_or_default() }.into());
            }
            Redirect::IssuerMismatch => {
                tab.finish(Finish::Mismatch).await;
                return Err(LoginError::IssuerMismatch.into());
            }
        };
        tell(LoginProgress::Exchanging);
        let host = host_of(&settings.issuer);
        let exchange = Exchange {
            input,
            settings,
            again: options.again,
            signed: Signed { code, verifier: transaction.verifier, nonce: transaction.nonce, redirect_uri },
        };
        let vault = self.clone();
        let work = self.own(async move { vault.exchange(exchange, tell).await });
        let outcome = tab.attend(work).await.unwrap_or(Err(Error::Busy));
        let ending = match &outcome {
            Ok(_) => Finish::Done { host: &host },
            Err(Error::Login(LoginError::Exchange { code, .. })) => Finish::Refused { error: code },
            Err(_) => Finish::Failed,
        };
        tab.finish(ending).await;
        outcome
    }

    /// Refuses a name that could not be stored afterwards.
    async fn check_name(&self, name: &str, again: Option<CredentialId>) -> Result<(), Error> {
        crate::add_api_key::check_name(name)?;
        let entries = self.inner.catalog.entries().await?;
        let taken = entries
            .iter()
            .any(|entry| entry.credential.name == name && entry.login.is_none() && Some(entry.credential.id) != again);
        if taken { Err(Error::NameTaken(name.to_owned())) } else { Ok(()) }
    }

    /// Works out where to sign in and where to come back to: what a provider's entry says, or the issuer itself.
    async fn settings_for(&self, input: &LoginInput) -> Result<(LoginSettings, RedirectAddress), Error> {
        let providers = self.inner.providers();
        let provider = match &input.provider {
            Some(id) => providers.find(id).and_then(|provider| provider.oauth.as_ref()),
            None => None,
        };
        let client_id = input.client_id.clone().filter(|id| !id.trim().is_empty()).ok_or(Error::Invalid {
            field: "client_id",
            why: "a client id is needed; register a client with the provider to get one".to_owned(),
        })?;
        let place = match provider.map(|oauth| oauth.place(&input.fields)) {
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
        let mut metadata = match (fixed, issuer) {
            (Some(fixed), _) => fixed,
            (None, Some(issuer)) => {
                fetch(&*self.inner.ports.http, &issuer).await.map_err(|error| Error::Login(error.into()))?
            }
            (None, None) => {
                return Err(Error::Invalid { field: "issuer", why: "say which issuer to sign in at".to_owned() });
            }
        };
        if let Some(oauth) = provider.filter(|oauth| !oauth.client_auth.is_empty()) {
            let known = oauth.client_auth.iter().map(|method| (*method).to_owned());
            metadata.token_endpoint_auth_methods_supported = Some(known.collect());
        }
        let address = redirect_address(input, provider)?;
        Ok((LoginSettings { quirks, ..settings(input, provider, &metadata, client_id) }, address))
    }
}

/// Where the browser comes back to: what was typed, what the provider compares, or any port.
fn redirect_address(input: &LoginInput, provider: Option<&Oauth>) -> Result<RedirectAddress, Error> {
    if let Some(text) = &input.redirect_uri {
        return Ok(RedirectAddress::Fixed(Url::parse(text).map_err(|_| bad_redirect())?));
    }
    let known = provider.and_then(|oauth| oauth.redirect.clone());
    Ok(known.map_or(RedirectAddress::Ephemeral, RedirectAddress::Fixed))
}

fn settings(input: &LoginInput, provider: Option<&Oauth>, metadata: &Metadata, client_id: String) -> LoginSettings {
    let mut scopes = input.scopes.clone();
    if scopes.is_empty() {
        scopes = provider.map(Oauth::usual_scopes).unwrap_or_default();
    }
    if scopes.is_empty() && provider.is_none_or(|oauth| oauth.endpoints.is_empty()) {
        scopes = usual_scopes(metadata);
    }
    let openid = scopes.iter().any(|scope| scope == "openid");
    // OIDC Core §11: a refresh token is owed only after consent was asked for.
    let offline = scopes.iter().any(|scope| scope == "offline_access");
    let prompt = input.prompt.clone().or_else(|| (openid && offline).then(|| "consent".to_owned()));
    LoginSettings {
        issuer: metadata.issuer.clone(),
        client_id,
        auth: client_auth(input.client_secret.is_some(), metadata),
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
fn client_auth(has_secret: bool, metadata: &Metadata) -> ClientAuth {
    if !has_secret {
        return ClientAuth::None;
    }
    match &metadata.token_endpoint_auth_methods_supported {
        Some(methods) if !methods.iter().any(|method| method == "client_secret_basic") => ClientAuth::Post,
        _ => ClientAuth::Basic,
    }
}

/// Makes the authorization request, with everything in it that only this sign-in knows.
fn begin(settings: &LoginSettings, redirect_uri: &Url) -> Result<Transaction, Error> {
    let bad = |_| Error::Login(LoginError::Discovery(DiscoveryError::Invalid("endpoints".to_owned())));
    let client = token_request::client(settings, None).map_err(bad)?;
    let redirect = oauth2::RedirectUrl::new(redirect_uri.to_string()).map_err(|_| bad_redirect())?;
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
    let entry = settings.extra.iter().filter(|(name, _)| !chosen.contains(&name.as_str()));
    for (name, value) in entry {
        request = request.add_extra_param(name.clone(), value.clone());
    }
    for (name, value) in optional {
        if let Some(value) = value {
            request = request.add_extra_param(name, value);
        }
    }
    let (authorize, state) = request.url();
    Ok(Transaction {
        authorize,
        state: Secret::new(state.into_secret()),
        nonce: nonce.map(|nonce| Secret::new(nonce.into_secret())),
        verifier: Secret::new(verifier.into_secret()),
    })
}

fn bad_redirect() -> Error {
    Error::Invalid { field: "redirect_uri", why: "give an address like http://127.0.0.1:8400/callback".to_owned() }
}

/// The host of an issuer, for people.
pub(crate) fn host_of(issuer: &str) -> String {
    issuer_url(issuer)
        .map_or_else(|_| crate::answer::harmless(issuer, 80), |url| url.host_str().unwrap_or_default().to_owned())
}
