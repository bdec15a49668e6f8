//! Signs in through the system browser (RFC 8252, authorization code with PKCE S256), or on another device.
//!
//! One async function: preparing, waiting and being cancelled is one future, and cancelling is dropping it. Only
//! from the moment the code is exchanged the work belongs to the vault, because from then on there may be tokens
//! that must not be lost. Nothing is stored before everything about the answer has been checked.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::Receiver;
use url::Url;

use crate::authorize::begin;
use crate::catalog::{GrantKind, LoginSettings};
use crate::client::Client;
use crate::credential::CredentialId;
use crate::discovery::issuer_url;
use crate::dpop::DpopKey;
use crate::error::{Error, LoginError};
use crate::exchange::same::{Asked, renewed, same_client};
use crate::exchange::{Exchange, Signed};
use crate::explain::{Fact, Note, Story};
use crate::login_settings::Plan;
use crate::loopback::{Expected, ExpectedIssuer, Finish, Loopback, Redirect, Tab, read_pasted};
use crate::secret::Secret;
use crate::vault::Vault;
use crate::view::{CredentialView, DeviceView, LoginInput};

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
        /// Where the browser comes back to; a request that was pushed does not show it.
        redirect_uri: Url,
        /// `127.0.0.1:53817`.
        listening: String,
        /// When the sign-in gives up.
        deadline: Timestamp,
    },
    /// The browser was asked to open; whether it did.
    BrowserOpened(Result<(), crate::ports::BrowserError>),
    /// What was pasted is not the address that this sign-in waits for; it waits on.
    PasteRefused,
    /// The person is to enter a code on another device (RFC 8628).
    Device(DeviceView),
    /// The person approved; the code is being exchanged.
    Exchanging,
    /// Everything was checked; the tokens go to the keychain.
    Storing,
    /// Something happened that helps to understand how the sign-in went.
    Noted(Note),
    /// It failed, and more is known of what to do than the error says by itself.
    Advice(String),
}

/// Who hears of the progress.
pub type Tell = Arc<dyn Fn(LoginProgress) + Send + Sync>;

/// How a sign-in is done.
#[derive(Debug, Default)]
pub struct LoginOptions {
    /// Open the system browser; otherwise the caller shows the address.
    pub open_browser: bool,
    /// Sign in again to this credential; another account is then refused.
    pub again: Option<CredentialId>,
    /// Sign in on another device, by a code (RFC 8628).
    pub device: bool,
    /// The person knows that the issuer's endpoints have changed since the sign-in before.
    pub accept_new_endpoints: bool,
    /// Addresses that the person pastes because the browser runs on another computer.
    pub pasted: Option<Receiver<Secret>>,
}

impl Vault {
    /// Signs in and stores the login.
    ///
    /// # Errors
    /// [`Error::Login`] with the step that failed; keychain, storage and discovery errors as they are. Nothing is
    /// stored then.
    pub async fn login(&self, input: LoginInput, options: LoginOptions, tell: Tell) -> Result<CredentialView, Error> {
        let story = Story::new(tell, self.inner.ports.clock.clone());
        self.login_told(input, options, &story).await.inspect_err(|error| story.fail(error))
    }

    async fn login_told(
        &self,
        mut input: LoginInput,
        options: LoginOptions,
        story: &Story,
    ) -> Result<CredentialView, Error> {
        self.check_name(&input.name, options.again).await?;
        // Before the browser opens: a sign-in that could not be kept is not begun.
        self.inner.ports.keychain.check().await?;
        let _key = self.inner.sealer().await?;
        let grant = if options.device { GrantKind::Device } else { GrantKind::Code };
        let mut plan = self.plan_login(&input, grant, story).await?;
        self.check_place(&input, options.again, &plan).await?;
        if !options.accept_new_endpoints {
            self.same_endpoints(&input, options.again, &plan).await?;
        }
        // Before a client is registered: what it registers is the address that is really used.
        let door = match grant {
            GrantKind::Device => None,
            _ => Some(Loopback::bind(&plan.address).await.map_err(LoginError::from)?),
        };
        let bound = door.as_ref().map(Loopback::redirect_uri);
        let registration = self.register_if_asked(&mut input, &mut plan, bound).await?;
        let dpop = if input.dpop { Some(DpopKey::generate().ok_or(Error::Fault)?) } else { None };
        let exchange =
            Exchange { input, settings: plan.settings.clone(), again: options.again, nonce: None, dpop, registration };
        match door {
            None => self.login_by_device(exchange, story).await,
            Some(door) => self.login_by_browser(exchange, &plan, door, options, story).await,
        }
    }

    /// Refuses endpoints that moved since the sign-in that this one would replace: whoever moved them gets the next
    /// token (D7).
    async fn same_endpoints(&self, input: &LoginInput, again: Option<CredentialId>, plan: &Plan) -> Result<(), Error> {
        for entry in self.inner.catalog.entries().await? {
            let Some(login) = &entry.login else { continue };
            let by_name = again.is_none()
                && entry.credential.name == input.name
                && login.settings.grant != GrantKind::ClientCredentials
                && same_client(login, &plan.settings);
            if by_name || again == Some(entry.credential.id) {
                moved_endpoint(&login.settings, &plan.settings)?;
            }
        }
        Ok(())
    }

    async fn login_by_browser(
        &self,
        mut exchange: Exchange,
        plan: &Plan,
        door: Loopback,
        options: LoginOptions,
        story: &Story,
    ) -> Result<CredentialView, Error> {
        let redirect_uri = door.redirect_uri().clone();
        exchange.settings.used_redirect_uri = Some(redirect_uri.to_string());
        story.note(&Fact::Listens { redirect_uri: redirect_uri.to_string() });
        let mut transaction = begin(&exchange.settings, &redirect_uri)?;
        let secret = exchange.input.client_secret.clone();
        let client = Client { settings: &exchange.settings, secret: secret.as_ref(), dpop: None };
        self.inner.push(plan, &client, &mut transaction, story).await?;
        let patience = exchange.input.timeout_seconds.map_or(PATIENCE, Duration::from_secs);
        let now = self.inner.ports.clock.now();
        story.tell(LoginProgress::Listening {
            authorize: transaction.authorize.clone(),
            redirect_uri: redirect_uri.clone(),
            listening: door.local_addr().to_string(),
            deadline: SignedDuration::try_from(patience).map_or(now, |wait| now.checked_add(wait).unwrap_or(now)),
        });
        if options.open_browser {
            let opened = self.inner.ports.browser.open(&transaction.authorize).await;
            story.note(&Fact::Opened(opened.is_ok()));
            story.tell(LoginProgress::BrowserOpened(opened));
        }
        let required = exchange.settings.iss_in_response;
        let expected = Expected {
            state: transaction.state.clone(),
            issuer: Some(ExpectedIssuer { issuer: exchange.settings.issuer.clone(), required }),
        };
        let back = come_back(door, expected, options.pasted, story);
        let (redirect, tab) = tokio::time::timeout(patience, back).await.map_err(|_| LoginError::TimedOut)?;
        let code = match redirect {
            Redirect::Code { code } => code,
            Redirect::Refused { error, description } => {
                story.note(&Fact::Refused { host: host_of(&exchange.settings.issuer), code: error.clone() });
                finish(tab, Finish::Refused { error: &error }).await;
                return Err(LoginError::Refused { code: error, detail: description.unwrap_or_default() }.into());
            }
            Redirect::IssuerMismatch => {
                finish(tab, Finish::Mismatch).await;
                return Err(LoginError::IssuerMismatch.into());
            }
        };
        story.note(&Fact::CameBack { pasted: tab.is_none() });
        story.tell(LoginProgress::Exchanging);
        exchange.nonce = transaction.nonce;
        let signed = Signed { code, verifier: transaction.verifier, redirect_uri };
        self.end_in(tab, exchange, signed, story.clone()).await
    }

    /// Exchanges the code in a task that the vault owns, and tells the browser's page how it ended.
    async fn end_in(
        &self,
        mut tab: Option<Tab>,
        exchange: Exchange,
        signed: Signed,
        story: Story,
    ) -> Result<CredentialView, Error> {
        let host = host_of(&exchange.settings.issuer);
        let vault = self.clone();
        let work = self.own(async move { vault.exchange(exchange, signed, &story).await });
        let outcome = match &mut tab {
            Some(tab) => tab.attend(work).await,
            None => work.await,
        };
        let outcome = outcome.unwrap_or(Err(Error::Fault));
        let ending = match &outcome {
            Ok(_) => Finish::Done { host: &host },
            Err(Error::Login(LoginError::Exchange { code, .. })) => Finish::Refused { error: code },
            Err(_) => Finish::Failed,
        };
        finish(tab, ending).await;
        outcome
    }

    /// Refuses, before the browser opens, a sign-in that could not be stored. With OpenID only the ID token tells.
    async fn check_place(&self, input: &LoginInput, again: Option<CredentialId>, plan: &Plan) -> Result<(), Error> {
        if plan.settings.openid {
            return Ok(());
        }
        let entries = self.inner.catalog.entries().await?;
        let (name, account, settings) = (input.name.as_str(), input.account.as_deref(), &plan.settings);
        renewed(&entries, &Asked { again, name, settings, subject: None, account }).map(|_| ())
    }

    /// Refuses a name that could not be stored afterwards.
    pub(crate) async fn check_name(&self, name: &str, again: Option<CredentialId>) -> Result<(), Error> {
        crate::add_api_key::check_name(name)?;
        let entries = self.inner.catalog.entries().await?;
        let taken = entries
            .iter()
            .any(|entry| entry.credential.name == name && entry.login.is_none() && Some(entry.credential.id) != again);
        if taken { Err(Error::NameTaken(name.to_owned())) } else { Ok(()) }
    }
}

/// Waits for the browser on this computer, or for the address that the person pastes from another one.
async fn come_back(
    door: Loopback,
    expected: Expected,
    pasted: Option<Receiver<Secret>>,
    story: &Story,
) -> (Redirect, Option<Tab>) {
    let redirect_uri = door.redirect_uri().clone();
    let paste = async {
        let Some(mut addresses) = pasted else { return std::future::pending().await };
        while let Some(address) = addresses.recv().await {
            if let Some(redirect) = read_pasted(&address, &redirect_uri, &expected) {
                return redirect;
            }
            story.tell(LoginProgress::PasteRefused);
        }
        std::future::pending().await
    };
    tokio::select! {
        (redirect, tab) = door.wait(expected.clone()) => (redirect, Some(tab)),
        redirect = paste => (redirect, None),
    }
}

async fn finish(tab: Option<Tab>, ending: Finish<'_>) {
    if let Some(tab) = tab {
        tab.finish(ending).await;
    }
}

/// Refuses settings of which an endpoint is another than at the sign-in before (D7). One that was not there before
/// is no move.
pub(crate) fn moved_endpoint(before: &LoginSettings, after: &LoginSettings) -> Result<(), Error> {
    let refresh = |settings: &LoginSettings| Some(settings.refresh_endpoint().to_owned());
    let (old, new) = (&before.endpoints, &after.endpoints);
    let pairs = [
        ("token endpoint", Some(before.token_endpoint.clone()), Some(after.token_endpoint.clone())),
        ("refresh endpoint", refresh(before), refresh(after)),
        ("sign-in page", before.authorization_endpoint.clone(), after.authorization_endpoint.clone()),
        // Keys are public, and some issuers give them a new path every time; what counts is who publishes them.
        ("host of the signing keys", origin_of(before.jwks_uri.as_deref()), origin_of(after.jwks_uri.as_deref())),
        ("revocation endpoint", before.revocation_endpoint.clone(), after.revocation_endpoint.clone()),
        ("device endpoint", old.device_authorization.clone(), new.device_authorization.clone()),
        ("endpoint for pushed requests", old.pushed_authorization.clone(), new.pushed_authorization.clone()),
        ("introspection endpoint", old.introspection.clone(), new.introspection.clone()),
        ("userinfo endpoint", old.userinfo.clone(), new.userinfo.clone()),
    ];
    for (endpoint, before, after) in pairs {
        if before != after && before.is_some() {
            let place = |url: Option<String>| url.map(|url| place_of(&url)).unwrap_or_default();
            let (before, after) = (place(before), place(after));
            return Err(LoginError::EndpointsChanged { endpoint, before, after }.into());
        }
    }
    Ok(())
}

fn origin_of(url: Option<&str>) -> Option<String> {
    Some(Url::parse(url?).map(|url| url.origin().ascii_serialization()).unwrap_or_default())
}

/// Host and path of an endpoint, for people.
fn place_of(endpoint: &str) -> String {
    let url = Url::parse(endpoint).map(|url| format!("{}{}", url.host_str().unwrap_or_default(), url.path()));
    crate::answer::harmless(&url.unwrap_or_default(), 200)
}

/// The host of an issuer, for people.
pub(crate) fn host_of(issuer: &str) -> String {
    issuer_url(issuer)
        .map_or_else(|_| crate::answer::harmless(issuer, 80), |url| url.host_str().unwrap_or_default().to_owned())
}

#[cfg(test)]
#[path = "login_test.rs"]
mod tests;
