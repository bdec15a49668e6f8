//! Decides whether an ID token proves who signed in (`OpenID` Connect Core, section 3.1.3.7).
//!
//! Invariant: an [`IdToken`] exists only if every rule held, the signature among them; there is no other way to make
//! one. The rules stand in the order of the specification, one error variant each.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{self, SHA256, SHA384, SHA512};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::claims::{LEEWAY, audiences, is_early, is_expired};
use super::parse::Parsed;
use super::text::shown;
use super::time::When;
use super::{Signature, SignatureStatus};
use crate::secret::Secret;

/// The signing algorithms for ID tokens when the client registered none: any with a public key.
pub const ASYMMETRIC_ALGS: [&str; 11] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

/// How far in the future `iat` may lie.
const FUTURE: SignedDuration = SignedDuration::from_mins(10);
/// How old `iat` may be: a sign-in or a refresh issues its token on the spot (section 12.2), a replay does not.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// What an ID token must agree with.
#[derive(Debug, Clone, Copy)]
pub struct IdTokenExpect<'a> {
    /// The issuer as discovery gave it.
    pub issuer: &'a str,
    /// Our client id.
    pub client_id: &'a str,
    /// Audiences besides ours that are trusted; usually none.
    pub trusted_audiences: &'a [&'a str],
    /// The nonce that was sent, if one was.
    pub nonce: Option<&'a str>,
    /// The access token that came with it, for `at_hash`.
    pub access_token: Option<&'a Secret>,
    /// The subject known from before: a refresh may not change it (section 12.2).
    pub subject: Option<&'a str>,
    /// The time of the check.
    pub now: Timestamp,
    /// The algorithms that the client takes: the registered one, or [`ASYMMETRIC_ALGS`].
    pub allowed_algs: &'a [&'a str],
}

/// Who signed in. The identity is (`issuer`, `subject`), never the e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdToken {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `email`, for display.
    pub email: Option<String>,
    /// `preferred_username`, for display.
    pub preferred_username: Option<String>,
    /// `name`, for display.
    pub name: Option<String>,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
}

impl IdToken {
    /// Returns what to call the account, harmless to look at: e-mail, user name, name, else the subject.
    #[must_use]
    pub fn account(&self) -> String {
        let names = [&self.email, &self.preferred_username, &self.name];
        let name = names.into_iter().flatten().find(|name| !name.trim().is_empty());
        shown(name.unwrap_or(&self.subject))
    }
}

/// The rule that an ID token broke. No variant holds a value of the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// It is a JWE.
    #[error("the ID token is encrypted")]
    Encrypted,
    /// `alg` is not among those allowed (rule 7).
    #[error("the ID token is signed with an algorithm that is not allowed here")]
    AlgNotAllowed,
    /// The signature is not verified (rule 6); holds the reason word.
    #[error("the signature of the ID token is not verified ({0})")]
    NotVerified(String),
    /// It is an access token, a logout token, or another kind (RFC 8725, section 3.11).
    #[error("the token is not an ID token but of another type")]
    WrongType,
    /// A name stands in it more than once (RFC 7519, section 4).
    #[error("the ID token holds a name more than once")]
    DuplicateClaim,
    /// `iss` is missing or another (rule 2).
    #[error("the ID token is from another issuer")]
    IssuerMismatch,
    /// `aud` does not name the client (rule 3).
    #[error("the ID token is not meant for this client")]
    AudienceMismatch,
    /// `aud` names someone who is not trusted (rule 3).
    #[error("the ID token is also meant for an audience that is not trusted")]
    UntrustedAudience,
    /// Several audiences and no `azp` (rule 4).
    #[error("the ID token has several audiences and no authorised party")]
    AzpMissing,
    /// `azp` is not the client (rule 5).
    #[error("the ID token was issued to another client")]
    AzpMismatch,
    /// `exp` is missing, or a time is no number; holds the claim.
    #[error("“{0}” of the ID token is missing or not a number")]
    BadTime(&'static str),
    /// `exp` has passed (rule 9).
    #[error("the ID token has expired")]
    Expired,
    /// `nbf` is still to come.
    #[error("the ID token is not valid yet")]
    NotYetValid,
    /// `iat` lies more than ten minutes in the future (rule 10).
    #[error("the ID token was issued in the future")]
    IssuedInFuture,
    /// `iat` lies more than a day back (rule 10).
    #[error("the ID token was issued too long ago")]
    TooOld,
    /// A nonce was sent and none came back (rule 11).
    #[error("the ID token has no nonce")]
    NonceMissing,
    /// The nonce is another (rule 11).
    #[error("the nonce of the ID token is not the one that was sent")]
    NonceMismatch,
    /// `sub` is missing, empty, longer than 255 or not ASCII (section 2).
    #[error("the ID token names no usable subject")]
    BadSubject,
    /// `sub` is not the one known from before (section 12.2).
    #[error("the ID token is about another subject")]
    SubjectMismatch,
    /// `at_hash` does not fit the access token (section 3.1.3.8).
    #[error("the ID token does not belong to the access token")]
    AccessTokenMismatch,
}

/// Checks an ID token whose signature was looked at before.
///
/// # Errors
/// Names the first rule that does not hold.
pub fn check_id_token(
    parsed: &Parsed<'_>,
    signature: &Signature,
    expect: &IdTokenExpect<'_>,
) -> Result<IdToken, IdTokenError> {
    check_form(parsed, signature, expect)?;
    if parsed.claim_str("iss") != Some(expect.issuer) {
        return Err(IdTokenError::IssuerMismatch);
    }
    check_audience(parsed, expect)?;
    let (issued_at, expires_at) = check_times(parsed, expect.now)?;
    check_nonce(parsed, expect.nonce)?;
    let subject = check_subject(parsed, expect.subject)?;
    check_at_hash(parsed, expect.access_token)?;
    let text = |claim| parsed.claim_str(claim).map(str::to_owned);
    Ok(IdToken {
        issuer: expect.issuer.to_owned(),
        subject,
        email: text("email"),
        preferred_username: text("preferred_username"),
        name: text("name"),
        issued_at,
        expires_at,
    })
}

fn check_form(parsed: &Parsed<'_>, signature: &Signature, expect: &IdTokenExpect<'_>) -> Result<(), IdTokenError> {
    if parsed.jws.encrypted {
        return Err(IdTokenError::Encrypted);
    }
    if !parsed.jws.alg().is_some_and(|alg| expect.allowed_algs.contains(&alg)) {
        return Err(IdTokenError::AlgNotAllowed);
    }
    if signature.status != SignatureStatus::Verified {
        return Err(IdTokenError::NotVerified(signature.reason.clone()));
    }
    let other_type = match parsed.jws.header.get("typ") {
        None => false,
        // `at+jwt`, `logout+jwt`, `dpop+jwt`, with or without "application/": each says that it is something else.
        Some(Value::String(typ)) => typ.to_ascii_lowercase().ends_with("+jwt"),
        Some(_) => true,
    };
    // A logout token may come without a type of its own, but not without events (Back-Channel Logout, section 2.4).
    if other_type || parsed.claims.contains_key("events") {
        return Err(IdTokenError::WrongType);
    }
    if !parsed.jws.header_duplicates.is_empty() || !parsed.claim_duplicates.is_empty() {
        return Err(IdTokenError::DuplicateClaim);
    }
    Ok(())
}

fn check_audience(parsed: &Parsed<'_>, expect: &IdTokenExpect<'_>) -> Result<(), IdTokenError> {
    let audiences = audiences(parsed).unwrap_or_default();
    if !audiences.contains(&expect.client_id) {
        return Err(IdTokenError::AudienceMismatch);
    }
    let trusted = |audience: &&str| *audience == expect.client_id || expect.trusted_audiences.contains(audience);
    if !audiences.iter().all(trusted) {
        return Err(IdTokenError::UntrustedAudience);
    }
    match parsed.claims.get("azp") {
        None if audiences.len() > 1 => Err(IdTokenError::AzpMissing),
        Some(azp) if azp.as_str() != Some(expect.client_id) => Err(IdTokenError::AzpMismatch),
        _ => Ok(()),
    }
}

fn check_times(parsed: &Parsed<'_>, now: Timestamp) -> Result<(Timestamp, Timestamp), IdTokenError> {
    let required = |claim| When::of(&parsed.claims, claim).to_compare().ok_or(IdTokenError::BadTime(claim));
    let expires_at = required("exp")?;
    let issued_at = required("iat")?;
    if When::of(&parsed.claims, "nbf") == When::WrongType {
        return Err(IdTokenError::BadTime("nbf"));
    }
    if is_expired(parsed, now, LEEWAY) {
        return Err(IdTokenError::Expired);
    }
    if is_early(parsed, now, LEEWAY) {
        return Err(IdTokenError::NotYetValid);
    }
    if issued_at.duration_since(now) > FUTURE {
        return Err(IdTokenError::IssuedInFuture);
    }
    if now.duration_since(issued_at) > OLDEST {
        return Err(IdTokenError::TooOld);
    }
    Ok((issued_at, expires_at))
}

fn check_nonce(parsed: &Parsed<'_>, sent: Option<&str>) -> Result<(), IdTokenError> {
    let Some(sent) = sent else { return Ok(()) };
    let Some(nonce) = parsed.claims.get("nonce") else { return Err(IdTokenError::NonceMissing) };
    let nonce = nonce.as_str().unwrap_or_default();
    verify_slices_are_equal(nonce.as_bytes(), sent.as_bytes()).map_err(|_| IdTokenError::NonceMismatch)
}

fn check_subject(parsed: &Parsed<'_>, known: Option<&str>) -> Result<String, IdTokenError> {
    let subject = parsed.claim_str("sub").unwrap_or_default();
    if subject.is_empty() || subject.len() > 255 || !subject.is_ascii() {
        return Err(IdTokenError::BadSubject);
    }
    if known.is_some_and(|known| known != subject) {
        return Err(IdTokenError::SubjectMismatch);
    }
    Ok(subject.to_owned())
}

/// Compares `at_hash` with the left half of the access token's hash (section 3.1.3.6).
fn check_at_hash(parsed: &Parsed<'_>, access_token: Option<&Secret>) -> Result<(), IdTokenError> {
    let (Some(at_hash), Some(token)) = (parsed.claims.get("at_hash"), access_token) else { return Ok(()) };
    let algorithm = match parsed.jws.alg().unwrap_or_default() {
        alg if alg.ends_with("256") => &SHA256,
        alg if alg.ends_with("384") => &SHA384,
        // *512, and EdDSA, which hashes with SHA-512 inside.
        _ => &SHA512,
    };
    // The token is hashed to compare, and goes nowhere.
    let hash = digest::digest(algorithm, token.expose().as_bytes());
    let left_half = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..hash.as_ref().len() / 2]);
    let at_hash = at_hash.as_str().unwrap_or_default();
    verify_slices_are_equal(at_hash.as_bytes(), left_half.as_bytes()).map_err(|_| IdTokenError::AccessTokenMismatch)
}
