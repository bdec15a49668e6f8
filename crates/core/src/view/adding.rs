//! What adding a credential needs and shows: providers, discovery, the forms, the sign-in sheet.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CredentialView, ErrorView, MonogramView};
use crate::credential::Environment;
use crate::explain::Note;
use crate::secret::Secret;

/// A ready provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProviderView {
    /// Its id: `github`; `custom` for an issuer typed by hand.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its tile.
    pub monogram: MonogramView,
    /// What the person must add: "+ domain"; empty for none.
    pub hint: String,
    /// The issuer to ask, if it is always the same.
    pub issuer: Option<String>,
    /// The issuer to ask, with its places: `https://{domain}`. None when its endpoints are known.
    pub pattern: Option<String>,
    /// The scopes to start with.
    pub scopes: Vec<String>,
    /// Whether a client secret is needed although PKCE is used.
    pub needs_secret: bool,
    /// Where to register a client.
    pub clients_page: Option<String>,
    /// Whether it offers an OAuth login here.
    pub oauth: bool,
    /// Whether it issues API keys.
    pub api_keys: bool,
    /// What its known endpoints offer besides: `device` (RFC 8628). An issuer that is asked says so itself.
    pub offers: Vec<String>,
    /// `built-in`, or the name of the file that it comes from.
    pub origin: String,
    /// What the person has to fill in before the addresses are known.
    pub fields: Vec<ProviderFieldView>,
    /// Scopes that are known here, in words.
    pub known_scopes: Vec<ProviderScopeView>,
    /// The redirect address to register; one without a port stands for any port.
    pub redirect: Option<String>,
    /// Where a sign-in is ended by hand.
    pub revoke_page: Option<String>,
    /// What is known of its tokens, in sentences.
    pub facts: Vec<String>,
}

/// A place in a provider's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProviderFieldView {
    /// Its name: `domain`.
    pub name: String,
    /// What it is, for people: "Okta domain".
    pub label: String,
    /// What it looks like: `acme.okta.com`.
    pub example: String,
    /// What it is when nothing is filled in.
    pub default: Option<String>,
}

/// A scope in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProviderScopeView {
    /// The scope as it is sent.
    pub scope: String,
    /// What it allows.
    pub words: String,
    /// Whether it is asked for when nothing is said.
    pub usual: bool,
}

/// One line of what discovery found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FoundView {
    /// `Authorise`, `Token`, `Signing keys`, `PKCE`, `Refresh`, `Sign out`, `Device code`.
    pub label: String,
    /// `/authorize`, "S256 supported", "Not offered".
    pub value: String,
    /// `yes`, `no` or `warn`.
    pub mark: String,
}

/// What an issuer says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DiscoveryView {
    /// The issuer.
    pub issuer: String,
    /// A name to start with: "Northwind".
    pub suggested_name: String,
    /// The tile.
    pub monogram: MonogramView,
    /// Whether it is on this computer.
    pub local: bool,
    /// What was found.
    pub found: Vec<FoundView>,
    /// How long it took, in milliseconds.
    #[cfg_attr(test, ts(type = "number"))]
    pub took_ms: u64,
    /// Whether `offline_access` is offered.
    pub offline_access: bool,
    /// The scopes that it lists.
    pub scopes: Vec<String>,
    /// What else it offers: `device` (RFC 8628), `registration` (RFC 7591).
    pub offers: Vec<String>,
}

/// A new API key.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AddApiKeyInput {
    /// Its name.
    pub name: String,
    /// The provider's id or name.
    pub provider: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// Its environment.
    pub environment: Environment,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// How it is sent; `Authorization: Bearer {}` when none.
    pub header: Option<String>,
    /// `90d`, `2026-03-01`, or `none`; 90 days when absent.
    pub rotate_by: Option<String>,
    /// The owner's note.
    #[serde(default)]
    pub note: String,
    /// The key.
    #[cfg_attr(test, ts(type = "string"))]
    pub value: Secret,
    /// Store it although the same value is already there.
    #[serde(default)]
    pub allow_twin: bool,
}

/// What a sign-in needs to know.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LoginInput {
    /// The credential's name.
    pub name: String,
    /// A preset's id.
    pub provider: Option<String>,
    /// The issuer, for one that is typed by hand.
    pub issuer: Option<String>,
    /// What was filled into the provider's addresses, by the names of its fields.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "std::collections::HashMap<String, String>"))]
    pub fields: BTreeMap<String, String>,
    /// The client id.
    pub client_id: Option<String>,
    /// The client secret of a confidential client, or its private key as PEM (`private_key_jwt`).
    #[cfg_attr(test, ts(type = "string | null"))]
    pub client_secret: Option<Secret>,
    /// The scopes to ask for; the preset's when empty.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The audience to ask for (Auth0 and others).
    pub audience: Option<String>,
    /// The account to offer (`login_hint`).
    pub account: Option<String>,
    /// Its environment.
    pub environment: Environment,
    /// A fixed redirect address for servers that compare all of it.
    pub redirect_uri: Option<String>,
    /// `prompt` of OpenID Connect: `login`, `consent`, `select_account`.
    pub prompt: Option<String>,
    /// How long to wait for the person, in seconds; 300 when absent.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub timeout_seconds: Option<u64>,
    /// The token endpoint, for a client of a server that publishes nothing of itself.
    pub token_endpoint: Option<String>,
    /// The services that the token is for, by address (RFC 8707).
    #[serde(default)]
    pub resources: Vec<String>,
    /// The name under which the provider knows the client's public key.
    pub client_key_id: Option<String>,
    /// Bind the tokens to a key of their own (RFC 9449): whoever steals one can't use it.
    #[serde(default)]
    pub dpop: bool,
    /// Without a client id: register a client with the issuer (RFC 7591).
    #[serde(default)]
    pub register: bool,
}

/// Where a sign-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LoginStep {
    /// Asking the issuer about itself and binding the listener.
    Preparing,
    /// The browser is open; waiting for the person.
    Waiting,
    /// Exchanging the code.
    Exchanging,
    /// Writing to the keychain.
    Storing,
    /// Done.
    Done,
    /// It ended without a login.
    Failed,
}

/// What the person enters on another device (RFC 8628).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeviceView {
    /// The code, as the server writes it: "WDJB-MJHT".
    pub user_code: String,
    /// Where it is entered.
    pub verification_uri: String,
    /// The host of that address, in its ASCII form, so that a look-alike can be told.
    pub host: String,
    /// The same with the code in it, where the server gives one.
    pub verification_uri_complete: Option<String>,
    /// The address as a QR code.
    pub qr: Option<QrView>,
    /// When the code runs out.
    #[cfg_attr(test, ts(type = "string"))]
    pub expires_at: Timestamp,
}

/// A QR code, without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct QrView {
    /// Its rows from top to bottom: `1` for dark, `0` for light.
    pub rows: Vec<String>,
}

/// A sign-in under way or ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LoginView {
    /// The sign-in's id (not the credential's).
    pub id: String,
    /// The credential's name.
    pub name: String,
    /// The issuer's host.
    pub host: String,
    /// The tile.
    pub monogram: MonogramView,
    /// Where it is.
    pub step: LoginStep,
    /// The step that failed, when `step` is `failed`.
    pub failed_at: Option<LoginStep>,
    /// `127.0.0.1:53817`.
    pub listening: Option<String>,
    /// Where the browser comes back to: what the server compares with the registered addresses.
    pub redirect: Option<String>,
    /// The code for another device, when it is signed in there.
    pub device: Option<DeviceView>,
    /// Whether the browser opened.
    pub browser_opened: bool,
    /// When it began.
    #[cfg_attr(test, ts(type = "string"))]
    pub started_at: Timestamp,
    /// When it gives up.
    #[cfg_attr(test, ts(type = "string"))]
    pub deadline: Timestamp,
    /// The outcome.
    pub credential: Option<CredentialView>,
    /// Why it failed.
    pub error: Option<ErrorView>,
    /// What the provider itself said, verbatim but made harmless.
    pub provider_text: Option<String>,
    /// What happened until now, for "Details". It holds no secret.
    pub notes: Vec<Note>,
    /// What to do, found out on the way; the error's hint once it failed.
    #[serde(skip)]
    pub advice: Option<String>,
}
