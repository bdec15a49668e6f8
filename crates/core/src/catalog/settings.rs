//! What was agreed at sign-in and is pinned from then on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::quirks::Quirks;

/// How the client proves itself at the token endpoint (RFC 6749 §2.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClientAuth {
    /// A public client: `client_id` only.
    #[default]
    None,
    /// HTTP Basic with the secret.
    Basic,
    /// The secret in the form.
    Post,
    /// An assertion signed with the client's private key (RFC 7523).
    PrivateKeyJwt,
}

/// How a login's tokens are come by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GrantKind {
    /// A person signed in through the browser (RFC 6749 §4.1).
    #[default]
    Code,
    /// A person signed in on another device (RFC 8628).
    Device,
    /// The client itself: each renewal is a new grant (RFC 6749 §4.4).
    ClientCredentials,
}

/// The endpoints that not every server has. Metadata and settings name them alike.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Endpoints {
    #[serde(rename = "device_authorization_endpoint", skip_serializing_if = "Option::is_none")]
    pub(crate) device_authorization: Option<String>,
    #[serde(rename = "introspection_endpoint", skip_serializing_if = "Option::is_none")]
    pub(crate) introspection: Option<String>,
    #[serde(rename = "userinfo_endpoint", skip_serializing_if = "Option::is_none")]
    pub(crate) userinfo: Option<String>,
    #[serde(rename = "end_session_endpoint", skip_serializing_if = "Option::is_none")]
    pub(crate) end_session: Option<String>,
    #[serde(rename = "pushed_authorization_request_endpoint", skip_serializing_if = "Option::is_none")]
    pub(crate) pushed_authorization: Option<String>,
    #[serde(rename = "registration_endpoint", skip_serializing_if = "Option::is_none")]
    pub(crate) registration: Option<String>,
}

impl Endpoints {
    /// Returns them with the names that metadata gives them.
    pub(crate) fn named(&self) -> [(&'static str, Option<&String>); 6] {
        [
            ("device_authorization_endpoint", self.device_authorization.as_ref()),
            ("introspection_endpoint", self.introspection.as_ref()),
            ("userinfo_endpoint", self.userinfo.as_ref()),
            ("end_session_endpoint", self.end_session.as_ref()),
            ("pushed_authorization_request_endpoint", self.pushed_authorization.as_ref()),
            ("registration_endpoint", self.registration.as_ref()),
        ]
    }
}

/// What was agreed at sign-in. The endpoints are pinned: a refresh token goes nowhere else (R4, P9).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LoginSettings {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) auth: ClientAuth,
    /// Where the browser goes; a client that signs in by itself needs none.
    pub(crate) authorization_endpoint: Option<String>,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: Option<String>,
    pub(crate) revocation_endpoint: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) audience: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) prompt: Option<String>,
    pub(crate) account_hint: Option<String>,
    /// Whether the issuer answers with `iss` (RFC 9207).
    pub(crate) iss_in_response: bool,
    /// The algorithms that the issuer signs ID tokens with.
    pub(crate) id_token_algs: Vec<String>,
    /// Whether sign-in speaks OpenID Connect, so that an ID token is owed.
    pub(crate) openid: bool,
    /// Further parameters of the authorization request, from provider data.
    pub(crate) extra: BTreeMap<String, String>,
    /// What the provider does differently, as it was known at sign-in.
    #[serde(default)]
    pub(crate) quirks: Quirks,
    /// What the person filled into the provider's addresses ("domain" and the like).
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, String>,
    /// The redirect address that was really used, for servers that compare it again at a refresh.
    #[serde(default)]
    pub(crate) used_redirect_uri: Option<String>,
    #[serde(default)]
    pub(crate) grant: GrantKind,
    #[serde(default)]
    pub(crate) endpoints: Endpoints,
    /// The services that the token is for, by address (RFC 8707).
    #[serde(default)]
    pub(crate) resources: Vec<String>,
    /// Whether the tokens are bound to a key (RFC 9449).
    #[serde(default)]
    pub(crate) dpop: bool,
    /// The name under which the provider knows the client's public key.
    #[serde(default)]
    pub(crate) client_key_id: Option<String>,
    /// Where this client can be removed again, if we registered it (RFC 7592).
    #[serde(default)]
    pub(crate) registered_at: Option<String>,
    /// SHA-256 of the nonce of the sign-in: an ID token of a refresh has the same one, or none (OIDC Core §12.2).
    #[serde(default)]
    pub(crate) nonce_sha256: Option<String>,
    /// Whether the server says that it checks PKCE (RFC 8414 §2, RFC 9700 §2.1.1), as far as that was known at sign-in.
    #[serde(default)]
    pub(crate) pkce: Option<bool>,
}

impl LoginSettings {
    /// Returns where the refresh token goes, and nowhere else.
    pub(crate) fn refresh_endpoint(&self) -> &str {
        self.quirks.refresh_endpoint.as_deref().unwrap_or(&self.token_endpoint)
    }

    /// Tells whether the client proves itself by something that is kept in the keychain.
    pub(crate) fn has_secret(&self) -> bool {
        self.auth != ClientAuth::None
    }
}
