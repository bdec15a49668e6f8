//! What the provider answered when it was asked about a login's tokens.

use jiff::Timestamp;
use serde::Serialize;

/// What became of a revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Revoked {
    /// The provider says that the tokens are dead.
    Confirmed,
    /// The provider did not say so; they count as alive.
    NotConfirmed,
    /// The provider has no revocation endpoint.
    NotOffered,
}

/// The answer to a revocation (RFC 7009).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RevokedView {
    /// What became of it.
    pub outcome: Revoked,
    /// Why it is not confirmed; empty otherwise.
    pub why: String,
    /// Whether the access token works all the same: some providers can't take that back.
    pub access_lives: bool,
    /// Until when it does, if that is known.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub access_ends_at: Option<Timestamp>,
    /// Where it can be revoked by hand, when the provider has no endpoint for it.
    pub page: Option<String>,
}

/// What the provider says of a token (RFC 7662).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntrospectionView {
    /// Whether it is alive.
    pub active: bool,
    /// Everything else that it says, unchanged.
    pub claims: serde_json::Value,
}
