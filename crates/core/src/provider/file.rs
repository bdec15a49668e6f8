//! The schema of a provider file, as `docs/providers.md` describes it.
//!
//! Only shapes are decided here; what the values mean is checked in `check.rs`. Every text remembers where it
//! stands, so that whatever is wrong with it can be told with its line.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// A text with its place in the file.
pub(super) type Text = Spanned<String>;

/// `[[provider]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProvider {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) monogram: Option<Text>,
    pub(super) tint: Option<Text>,
    pub(super) keys_page: Option<Text>,
    #[serde(default)]
    pub(super) key_prefixes: Vec<Text>,
    pub(super) oauth: Option<RawOauth>,
}

/// `[provider.oauth]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOauth {
    pub(super) issuer: Text,
    pub(super) authorization_endpoint: Option<Text>,
    pub(super) token_endpoint: Option<Text>,
    pub(super) device_authorization_endpoint: Option<Text>,
    pub(super) revocation_endpoint: Option<Text>,
    pub(super) introspection_endpoint: Option<Text>,
    pub(super) userinfo_endpoint: Option<Text>,
    pub(super) end_session_endpoint: Option<Text>,
    pub(super) jwks_uri: Option<Text>,
    #[serde(default)]
    pub(super) client_auth: Vec<Text>,
    #[serde(default)]
    pub(super) needs_secret: bool,
    pub(super) pkce: Option<bool>,
    pub(super) redirect: Option<Text>,
    #[serde(default)]
    pub(super) fields: Vec<RawField>,
    #[serde(default)]
    pub(super) scopes: Vec<RawScope>,
    #[serde(default)]
    pub(super) authorization_params: BTreeMap<Text, Text>,
    #[serde(default)]
    pub(super) refresh: RawRefresh,
    #[serde(default)]
    pub(super) quirks: RawQuirks,
    pub(super) clients_page: Option<Text>,
    pub(super) revoke_page: Option<Text>,
    pub(super) note: Option<Text>,
}

/// One of `fields`: a place in the addresses that the person fills.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    pub(super) name: Text,
    pub(super) label: Text,
    pub(super) example: Text,
    pub(super) default: Option<Text>,
}

/// One of `scopes`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScope {
    pub(super) scope: Text,
    pub(super) words: Text,
    #[serde(default)]
    pub(super) usual: bool,
}

/// `[provider.oauth.refresh]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRefresh {
    pub(super) needs: Option<Text>,
    pub(super) rotates: Option<bool>,
    pub(super) grace_seconds: Option<Spanned<i64>>,
    pub(super) replay_ends_sign_in: Option<bool>,
    pub(super) lifetime_days: Option<Spanned<i64>>,
    pub(super) idle_days: Option<Spanned<i64>>,
}

/// `[provider.oauth.quirks]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuirks {
    #[serde(default)]
    pub(super) form_answer: bool,
    pub(super) nested: Option<Text>,
    #[serde(default)]
    pub(super) bearer_names: Vec<Text>,
    #[serde(default)]
    pub(super) error_codes: BTreeMap<Text, Text>,
    pub(super) scope_separator: Option<Text>,
    pub(super) scope_parameter: Option<Text>,
    #[serde(default)]
    pub(super) json_body: bool,
    pub(super) refresh_endpoint: Option<Text>,
    #[serde(default)]
    pub(super) send_redirect_uri_on_refresh: bool,
    #[serde(default)]
    pub(super) token_params: BTreeMap<Text, Text>,
}
