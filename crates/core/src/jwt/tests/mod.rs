//! Tests of the whole room: published vectors, forgeries, bad input, ID tokens, what is shown.

mod corpus;
mod forgeries;
mod id_token;
mod shown;
mod vectors;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::*;

/// 22 March 2011, the moment the RFC's example expires, less one day.
const NOW: i64 = 1_300_819_380 - 86_400;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Puts a token together; the signature is anything.
fn token(header: &str, payload: &str) -> String {
    format!("{}.{}.{}", b64(header), b64(payload), b64("signature"))
}

/// Signs with a secret, whatever the header says.
fn hs256(header: &str, payload: &str, secret: &[u8]) -> String {
    let input = format!("{}.{}", b64(header), b64(payload));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
    format!("{input}.{}", b64(tag))
}

fn parse(text: &str) -> Result<Parsed<'_>, NotAJwt> {
    Parsed::parse(text, MAX_INSPECTED)
}

fn jwks_of(keys: &[Value]) -> String {
    serde_json::json!({ "keys": keys }).to_string()
}

/// Returns status and reason of a check with a JWK set.
fn with_jwks(text: &str, jwks: &str) -> (SignatureStatus, String) {
    let signature = check(&parse(text).unwrap(), &Keys::Jwks { text: jwks, source: "the issuer".to_owned() });
    (signature.status, signature.reason)
}

fn with_file(text: &str, file: &[u8]) -> (SignatureStatus, String) {
    let signature = check(&parse(text).unwrap(), &Keys::KeyFile { bytes: file, source: "key file".to_owned() });
    (signature.status, signature.reason)
}

fn with_secret(text: &str, secret: &str) -> (SignatureStatus, String) {
    let signature = check(&parse(text).unwrap(), &Keys::Secret(&Secret::new(secret)));
    (signature.status, signature.reason)
}

fn codes(inspection: &Inspection) -> Vec<&str> {
    inspection.findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// A published example: a token and the key that confirms it.
#[derive(Deserialize)]
struct Vector {
    name: String,
    token: String,
    jwk: Value,
}

fn vectors() -> Vec<Vector> {
    #[derive(Deserialize)]
    struct File {
        vectors: Vec<Vector>,
    }
    serde_json::from_str::<File>(include_str!("../testdata/rfc.json")).unwrap().vectors
}

fn vector(name: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.name.starts_with(name)).unwrap()
}
