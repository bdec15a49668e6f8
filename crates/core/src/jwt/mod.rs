//! Looking into a token, and checking it.
//!
//! Reading and checking are apart: anything well-formed is shown, whatever its algorithm; only what a key the
//! person chose (or the issuer's own JWKS) confirms is called verified.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

/// What became of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SignatureStatus {
    /// A key that was chosen for this token confirms it.
    Verified,
    /// A key was tried and does not confirm it, or the token is not signed.
    Invalid,
    /// Nobody asked, or there was no key to ask.
    NotChecked,
    /// The algorithm is not one that can be checked here.
    Unsupported,
}

/// The signature, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Signature {
    /// The verdict.
    pub status: SignatureStatus,
    /// A stable word for why: `ok`, `mismatch`, `alg_none`, `unknown_key`, `needs_secret`, `no_keys`, `keys_unavailable`,
    /// `encrypted`, `unsupported_alg`, `key_alg_mismatch`, `not_asked`, `bad_key`, `crit`.
    pub reason: String,
    /// The key that was used or asked for.
    pub key_id: Option<String>,
    /// Where the key came from: a JWKS URL, "key file", "shared secret".
    pub source: Option<String>,
}

/// The times in the claims.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Times {
    /// `iat`.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub issued_at: Option<Timestamp>,
    /// `nbf`.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub not_before: Option<Timestamp>,
    /// `exp`.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub expires_at: Option<Timestamp>,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be changed.
    Warning,
    /// Dangerous now.
    Critical,
}

/// Something worth knowing about a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Finding {
    /// A stable code: `alg_none`, `no_expiry`, `long_lifetime`, `weak_secret`, `personal_data`, `looks_like_secret`, …
    pub code: String,
    /// How grave.
    pub severity: Severity,
    /// A plain sentence. It holds no value of the token.
    pub message: String,
    /// The claim or header member it is about, if one.
    pub claim: Option<String>,
}

/// One line of the claims table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ClaimRow {
    /// `header` or `payload`.
    pub part: String,
    /// The name as it stands in the token.
    pub name: String,
    /// The value as text: strings without quotes, everything else as compact JSON, digits kept as sent.
    pub value: String,
    /// What the claim is: "Issuer", "Expires", "custom claim".
    pub meaning: String,
    /// More about this very value: "the API that may accept it"; empty when there is nothing to say.
    pub note: String,
    /// A time, when the value is one; the window says it in human words.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub at: Option<Timestamp>,
    /// A warning that belongs to this line; empty for none.
    pub warning: String,
}

/// A token laid open. Serialises as `fob jwt --json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Inspection {
    /// The JOSE header.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub header: Map<String, Value>,
    /// The claims; empty for an encrypted token.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub claims: Map<String, Value>,
    /// The verdict on the signature.
    pub signature: Signature,
    /// The times.
    pub times: Times,
    /// What is worth knowing, gravest first.
    pub findings: Vec<Finding>,
    /// The table: header first, then registered claims, then unknown ones.
    pub rows: Vec<ClaimRow>,
}
