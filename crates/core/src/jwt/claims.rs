//! Checks what the claims say against the time and against what was asked for.
//!
//! Invariant: every claim that is there is judged; one of the wrong JSON type is a failure, never an absent one
//! (RFC 7519, section 4.1.4). All failures are returned, not only the first, because a person wants them all.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::parse::Parsed;
use super::time::When;

/// How far two clocks may be apart.
pub const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// What the claims are held against.
#[derive(Debug, Clone, Copy)]
pub struct ClaimExpect<'a> {
    /// The time of the check.
    pub now: Timestamp,
    /// How far the issuer's clock may be off; usually [`LEEWAY`].
    pub leeway: SignedDuration,
    /// The issuer that `iss` must equal, letter by letter.
    pub issuer: Option<&'a str>,
    /// The audience that `aud` must name.
    pub audience: Option<&'a str>,
}

/// A claim that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimFailure {
    /// A stable code: `expired`, `not_yet_valid`, `bad_time_type`, `issuer_mismatch`, `audience_mismatch`.
    pub code: &'static str,
    /// The claim.
    pub claim: &'static str,
    /// A plain sentence. It holds no value of the token.
    pub message: String,
}

/// Returns every claim that does not hold; an empty list is a pass.
///
/// A token without `exp` passes: it does not expire, which the findings say (RFC 7519, section 4.1.4: optional).
#[must_use]
pub fn check_claims(parsed: &Parsed<'_>, expect: &ClaimExpect<'_>) -> Vec<ClaimFailure> {
    let mut failures = Vec::new();
    let mut fail = |code, claim, message: String| failures.push(ClaimFailure { code, claim, message });
    for claim in ["exp", "nbf", "iat"] {
        if When::of(&parsed.claims, claim) == When::WrongType {
            fail("bad_time_type", claim, format!("“{claim}” must be a number of seconds, and it is not."));
        }
    }
    if is_expired(parsed, expect.now, expect.leeway) {
        fail("expired", "exp", "The token has expired.".to_owned());
    }
    if is_early(parsed, expect.now, expect.leeway) {
        fail("not_yet_valid", "nbf", "The token is not valid yet.".to_owned());
    }
    if let Some(issuer) = expect.issuer
        && parsed.claim_str("iss") != Some(issuer)
    {
        fail("issuer_mismatch", "iss", "The token is not from the issuer that was asked for.".to_owned());
    }
    if let Some(audience) = expect.audience
        && !audiences(parsed).is_some_and(|all| all.contains(&audience))
    {
        fail("audience_mismatch", "aud", "The token is not meant for the audience that was asked for.".to_owned());
    }
    failures
}

/// Tells whether `exp` has passed: the token is good only before it (RFC 7519, section 4.1.4).
pub(super) fn is_expired(parsed: &Parsed<'_>, now: Timestamp, leeway: SignedDuration) -> bool {
    let expires_at = When::of(&parsed.claims, "exp").to_compare();
    expires_at.is_some_and(|time| now.duration_since(time) >= leeway)
}

/// Tells whether `nbf` is still to come (RFC 7519, section 4.1.5).
pub(super) fn is_early(parsed: &Parsed<'_>, now: Timestamp, leeway: SignedDuration) -> bool {
    let not_before = When::of(&parsed.claims, "nbf").to_compare();
    not_before.is_some_and(|time| time.duration_since(now) > leeway)
}

/// Returns the audiences, or `None` when `aud` is absent or neither a string nor strings (RFC 7519, section 4.1.3).
pub(super) fn audiences<'p>(parsed: &'p Parsed<'_>) -> Option<Vec<&'p str>> {
    match parsed.claims.get("aud")? {
        Value::String(one) => Some(vec![one]),
        Value::Array(all) => all.iter().map(Value::as_str).collect(),
        _ => None,
    }
}
