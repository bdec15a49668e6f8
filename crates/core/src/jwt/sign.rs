//! Makes a token to try a server with.
//!
//! Invariant: what is signed here is recognisable as a test: a key that was made for it carries a name that begins
//! `fobwatch-test-` and is forgotten once it has signed. The window and the command add an issuer under `.invalid`
//! (RFC 6761, section 6.4), which no server can be.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::json;
use super::parse::{NotAJwt, Part};
use super::time::When;
use crate::error::OrNone as _;
use crate::secret::Secret;

/// What can be signed with, in the order of the choice.
pub const SIGNING_ALGS: [&str; 4] = ["ES256", "RS256", "EdDSA", "HS256"];
/// The longest claims that are signed, in bytes.
const MAX_CLAIMS: usize = 64 * 1024;
/// How a key that was made for a test is called.
const TEST_KEY: &str = "fobwatch-test-";

/// What signs.
#[derive(Debug, Clone, Copy)]
pub enum SignWith<'a> {
    /// A new key that is forgotten afterwards.
    Fresh,
    /// A private key in PEM, or the shared secret of HS256.
    Given(&'a Secret),
}

/// A signed test token.
#[derive(Debug)]
pub struct Signed {
    /// The token.
    pub token: Secret,
    /// The public key as a JWK, so that a server can check the token; none for HS256.
    pub public_jwk: Option<Value>,
    /// The shared secret that was made for it.
    pub secret: Option<Secret>,
    /// The name of the key in the header.
    pub key_id: Option<String>,
}

/// Why nothing was signed. Holds nothing of key or claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignProblem {
    /// The algorithm is not one of [`SIGNING_ALGS`].
    #[error("the algorithm is one of ES256, RS256, EdDSA and HS256")]
    Algorithm,
    /// The claims are not JSON.
    #[error("the claims are not JSON: line {line}, column {column}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// The claims are JSON, but no object, or not to be signed for another reason.
    #[error("the claims are not a JSON object")]
    NotClaims,
    /// A name stands there twice.
    #[error("a claim stands there twice")]
    Duplicate,
    /// `exp`, `nbf` or `iat` is no number of seconds.
    #[error("exp, nbf and iat are numbers of seconds")]
    BadTime,
    /// More than is signed.
    #[error("the claims are longer than 65,536 bytes")]
    TooLong,
    /// The key can't be used with the algorithm.
    #[error("that is no private key for this algorithm; RSA, P-256 and Ed25519 keys are read as PEM, not encrypted")]
    BadKey,
    /// The secret is shorter than the hash (RFC 7518, section 3.2).
    #[error("the shared secret of HS256 has at least 32 bytes")]
    ShortSecret,
    /// No randomness.
    #[error("the system gave no randomness")]
    NoRandomness,
}

impl SignProblem {
    /// A stable word, and the place in the claims.
    #[must_use]
    pub fn told(self) -> (&'static str, usize, usize) {
        match self {
            Self::Algorithm => ("algorithm", 0, 0),
            Self::NotJson { line, column } => ("not_json", line, column),
            Self::NotClaims => ("not_claims", 0, 0),
            Self::Duplicate => ("duplicate", 0, 0),
            Self::BadTime => ("bad_time", 0, 0),
            Self::TooLong => ("too_long", 0, 0),
            Self::BadKey => ("bad_key", 0, 0),
            Self::ShortSecret => ("short_secret", 0, 0),
            Self::NoRandomness => ("no_randomness", 0, 0),
        }
    }
}

/// Signs `claims`, a JSON object, with `alg`.
///
/// # Errors
/// Says what of claims or key can't be used.
pub fn sign_test(alg: &str, claims: &str, with: SignWith<'_>) -> Result<Signed, SignProblem> {
    let engine = match alg {
        "HS256" => Algorithm::HS256,
        "RS256" => Algorithm::RS256,
        "ES256" => Algorithm::ES256,
        "EdDSA" => Algorithm::EdDSA,
        _ => return Err(SignProblem::Algorithm),
    };
    let claims = read(claims)?;
    let (key, secret) = key(engine, with)?;
    let fresh = matches!(with, SignWith::Fresh);
    let mut public_jwk = None;
    let mut key_id = None;
    if engine == Algorithm::HS256 {
        key_id = fresh.then(|| format!("{TEST_KEY}secret"));
    } else {
        let mut jwk = Jwk::from_encoding_key(&key, engine).map_err(|_| SignProblem::BadKey)?;
        if fresh {
            let print = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| SignProblem::BadKey)?;
            key_id = Some(format!("{TEST_KEY}{}", print.get(..8).unwrap_or_default()));
        }
        jwk.common.key_id.clone_from(&key_id);
        jwk.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Signature);
        public_jwk = serde_json::to_value(&jwk).ok_or_none();
    }
    let header = Header { kid: key_id.clone(), ..Header::new(engine) };
    let token = jsonwebtoken::encode(&header, &claims, &key).map_err(|_| SignProblem::BadKey)?;
    Ok(Signed { token: Secret::new(token), public_jwk, secret, key_id })
}

/// Checks claims as strictly as the inspector reads them.
fn read(claims: &str) -> Result<Map<String, Value>, SignProblem> {
    if claims.len() > MAX_CLAIMS {
        return Err(SignProblem::TooLong);
    }
    let (map, duplicates) = json::object(claims.as_bytes(), Part::Payload).map_err(|why| match why {
        NotAJwt::NotJson(_) => match serde_json::from_str::<Value>(claims) {
            Err(error) => SignProblem::NotJson { line: error.line(), column: error.column() },
            Ok(_) => SignProblem::NotClaims,
        },
        _ => SignProblem::NotClaims,
    })?;
    if !duplicates.is_empty() {
        return Err(SignProblem::Duplicate);
    }
    if ["exp", "nbf", "iat"].iter().any(|claim| When::of(&map, claim) == When::WrongType) {
        return Err(SignProblem::BadTime);
    }
    Ok(map)
}

/// Returns what signs, and the shared secret if one was made.
fn key(alg: Algorithm, with: SignWith<'_>) -> Result<(EncodingKey, Option<Secret>), SignProblem> {
    match (alg, with) {
        (Algorithm::HS256, SignWith::Fresh) => {
            let mut bytes = Zeroizing::new([0_u8; 32]);
            aws_lc_rs::rand::fill(&mut *bytes).map_err(|_| SignProblem::NoRandomness)?;
            let secret = Secret::new(URL_SAFE_NO_PAD.encode(*bytes));
            // The text itself is the secret, because that is what a person can put into a server's settings.
            Ok((EncodingKey::from_secret(secret.expose().as_bytes()), Some(secret)))
        }
        // Exposed to sign with it.
        (Algorithm::HS256, SignWith::Given(secret)) if secret.len() < 32 => Err(SignProblem::ShortSecret),
        (Algorithm::HS256, SignWith::Given(secret)) => Ok((EncodingKey::from_secret(secret.expose().as_bytes()), None)),
        (alg, SignWith::Fresh) => Ok((from_pem(alg, &made(alg)?)?, None)),
        (alg, SignWith::Given(pem)) => Ok((from_pem(alg, pem)?, None)),
    }
}

fn from_pem(alg: Algorithm, pem: &Secret) -> Result<EncodingKey, SignProblem> {
    // Exposed to become a key.
    let pem = pem.expose().trim().as_bytes();
    let key = match alg {
        Algorithm::RS256 => EncodingKey::from_rsa_pem(pem),
        Algorithm::ES256 => EncodingKey::from_ec_pem(pem),
        _ => EncodingKey::from_ed_pem(pem),
    };
    let key = key.map_err(|_| SignProblem::BadKey)?;
    // A P-384 key would also be read for ES256; only signing tells.
    jsonwebtoken::crypto::sign(b"", &key, alg).map_err(|_| SignProblem::BadKey)?;
    Ok(key)
}

/// Makes a private key as PEM, the one form that all three algorithms are read from.
fn made(alg: Algorithm) -> Result<Secret, SignProblem> {
    let random = SystemRandom::new();
    let none = |_| SignProblem::NoRandomness;
    let der = match alg {
        Algorithm::RS256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(none)?;
            let der: Pkcs8V1Der<'_> = pair.as_der().map_err(none)?;
            Zeroizing::new(der.as_ref().to_vec())
        }
        Algorithm::ES256 => {
            let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(none)?;
            Zeroizing::new(der.as_ref().to_vec())
        }
        _ => {
            let der = Ed25519KeyPair::generate_pkcs8v1(&random).map_err(none)?;
            Zeroizing::new(der.as_ref().to_vec())
        }
    };
    let body = Zeroizing::new(STANDARD.encode(&*der));
    let mut pem = String::with_capacity(body.len() + 128);
    pem.push_str("-----BEGIN PRIVATE KEY-----\n");
    for line in body.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    Ok(Secret::from(pem))
}
