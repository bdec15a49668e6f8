//! Looking into a token, and checking it.
//!
//! Reading and checking are apart: anything well-formed is shown, whatever its algorithm; only what a key the
//! person chose (or the issuer's own JWKS) confirms is called verified.

mod claims;
mod compare;
mod context;
mod findings;
mod id_token;
mod json;
mod keys;
mod leaks;
mod marks;
mod parse;
mod sign;
mod table;
mod text;
mod time;
mod verify;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

pub use claims::{ClaimExpect, ClaimFailure, LEEWAY, check_claims};
pub use compare::{Change, Difference, Differences, compare};
pub use context::Context;
pub use id_token::{ASYMMETRIC_ALGS, IdToken, IdTokenError, IdTokenExpect, check_id_token};
pub(crate) use marks::marks;
pub use parse::{Jws, MAX_INSPECTED, MAX_STORED, NotAJwt, Parsed, Part, Segments};
pub use sign::{SIGNING_ALGS, SignProblem, SignWith, Signed, sign_test};
pub(crate) use text::is_hidden;
pub use text::{has_hidden, shown, visible};
pub use verify::{Keys, NoKeys, check, check_jws, unchecked};

use crate::secret::Secret;
use time::When;

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
    /// The numbers of the sentence, in its order.
    #[cfg_attr(test, ts(type = "number[]"))]
    pub counts: Vec<usize>,
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
    /// A stable word for the note; empty for none.
    pub note_code: String,
    /// The code of the finding that the warning is about; empty for none.
    pub warning_code: String,
    /// The numbers of note or warning, in their order.
    #[cfg_attr(test, ts(type = "number[]"))]
    pub counts: Vec<usize>,
    /// Whether the value is longer than what stands here.
    pub cut: bool,
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

/// Lays a token open: what it says, whether the keys confirm it, what is worth knowing.
///
/// White space around the token is taken off (a pasted line ends with one); inside, nothing is forgiven. Without
/// `keys` nothing is checked. No network, no clock: the token goes nowhere.
///
/// # Errors
/// Says what the text is instead of a JWT.
pub fn inspect(text: &str, keys: Option<&Keys<'_>>, now: Timestamp) -> Result<Inspection, NotAJwt> {
    let parsed = Parsed::parse(text.trim_ascii(), MAX_INSPECTED)?;
    let signature = match keys {
        Some(keys) => check(&parsed, keys),
        None => unchecked(&parsed, &NoKeys::NotAsked),
    };
    let secret = match keys {
        Some(Keys::Secret(secret)) => Some(*secret),
        _ => None,
    };
    Ok(lay_out(parsed, signature, secret, now, &Context::default()))
}

/// Puts an inspection together from a verdict that was reached before; `secret` is the one that was used for it.
#[must_use]
pub fn lay_out(
    parsed: Parsed<'_>,
    signature: Signature,
    secret: Option<&Secret>,
    now: Timestamp,
    context: &Context<'_>,
) -> Inspection {
    let found = findings::collect(&parsed, &signature, secret, now, context);
    let rows = table::rows(&parsed, &signature, &found, context);
    let times = times(&parsed);
    let findings = found.into_iter().map(|found| found.finding).collect();
    Inspection { header: parsed.jws.header, claims: parsed.claims, signature, times, findings, rows }
}

/// Returns the times in the claims, where they are times.
pub(crate) fn times(parsed: &Parsed<'_>) -> Times {
    let at = |claim| When::of(&parsed.claims, claim).to_show();
    Times { issued_at: at("iat"), not_before: at("nbf"), expires_at: at("exp") }
}

/// Returns when a token has ended, also where that lies beyond the calendar.
pub(crate) fn ends_at(parsed: &Parsed<'_>) -> Option<Timestamp> {
    When::of(&parsed.claims, "exp").to_compare()
}

/// Lays members out as lines that are no token: what a provider says of one.
#[must_use]
pub fn plain_rows(members: &Map<String, Value>) -> Vec<ClaimRow> {
    table::plain(members)
}

/// Returns `exp` where it is a time.
pub(crate) fn expires_at(claims: &Map<String, Value>) -> Option<Timestamp> {
    When::of(claims, "exp").to_show()
}
