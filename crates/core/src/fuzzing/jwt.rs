//! The promises of looking into a token: nothing is verified that was changed, and nothing shown that misleads.

use std::borrow::Cow;
use std::sync::LazyLock;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;

use super::assert_harmless;
use crate::jwt::{
    ASYMMETRIC_ALGS, IdTokenExpect, Inspection, Jws, Keys, MAX_INSPECTED, Parsed, SignatureStatus, check,
    check_id_token, check_jws, inspect,
};
use crate::secret::Secret;

const SECRET: &str = "a-string-secret-at-least-256-bits-long";
const ISSUER: &str = "https://id.example";
const CLIENT: &str = "client-1";
const NONCE: &str = "n-1";
/// Published examples: tokens and the keys that confirm them.
const PUBLISHED: &str = include_str!("../jwt/testdata/rfc.json");
/// Those of them that are tried with keys from the input.
static TRIED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let file: Value = serde_json::from_str(PUBLISHED).unwrap_or_default();
    let vectors = file["vectors"].as_array().cloned().unwrap_or_default();
    let public = vectors.into_iter().filter(|vector| vector["jwk"]["kty"] != "oct");
    public.filter_map(|vector| Some(vector["token"].as_str()?.to_owned())).collect()
});

/// The day before the RFC's example expires.
fn now() -> Timestamp {
    Timestamp::constant(1_300_819_380 - 86_400, 0)
}

pub(super) fn check_both(input: &[u8]) {
    let (token, keys) = token(input);
    changed_never_verifies_with(keys);
    let Ok(text) = std::str::from_utf8(&token) else { return };
    let file = Keys::KeyFile { bytes: keys, source: "key file".to_owned() };
    laid_open(text, None);
    laid_open(text, Some(&file));
    if let Ok(keys) = std::str::from_utf8(keys) {
        laid_open(text, Some(&Keys::Jwks { text: keys, source: "the issuer".to_owned() }));
    }
    signed_by_us(text);
}

/// Returns the token and the keys. A first line that begins with `{` is a header in clear and the next one a payload,
/// since changing JSON gets further than changing its encoding.
fn token(input: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let line = |bytes: &'_ [u8]| bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (header, rest) = input.split_at(line(input));
    let rest = rest.get(1..).unwrap_or_default();
    if header.first() != Some(&b'{') {
        return (Cow::Borrowed(header), rest);
    }
    let (payload, keys) = rest.split_at(line(rest));
    let [header, payload, signature] =
        [header, payload, b"signature".as_slice()].map(|part| URL_SAFE_NO_PAD.encode(part));
    (Cow::Owned(format!("{header}.{payload}.{signature}").into_bytes()), keys.get(1..).unwrap_or_default())
}

/// Reads and checks a token; what is verified must be signed, and must not be when one bit of it is another.
fn laid_open(text: &str, keys: Option<&Keys<'_>>) {
    let Ok(inspection) = inspect(text, keys, now()) else { return };
    shown(&inspection);
    if inspection.signature.status != SignatureStatus::Verified {
        return;
    }
    let Some(keys) = keys else { panic!("verified without a key") };
    let Ok(parsed) = Parsed::parse(text.trim_ascii(), MAX_INSPECTED) else { panic!("verified what can't be read") };
    assert!(!parsed.jws.encrypted && !parsed.jws.header.contains_key("crit"), "verified what is not understood");
    assert!(!parsed.jws.alg().is_none_or(|alg| alg.eq_ignore_ascii_case("none")), "verified what is not signed");
    let shared = parsed.jws.alg().is_some_and(|alg| alg.starts_with("HS"));
    assert!(!shared || !matches!(keys, Keys::Jwks { .. }), "verified with a secret that is published");
    for changed in changes(&parsed.jws) {
        let changed = inspect(&changed, Some(keys), now());
        let verified = changed.is_ok_and(|changed| changed.signature.status == SignatureStatus::Verified);
        assert!(!verified, "a changed token is verified");
    }
}

/// The same token with another signature, and with another payload.
fn changes(jws: &Jws<'_>) -> Vec<String> {
    let (header, payload) = (jws.segments.header, jws.segments.payload);
    let mut changed = Vec::new();
    for at in [0, jws.signature.len() / 2, jws.signature.len().saturating_sub(1)] {
        let mut signature = jws.signature.clone();
        if let Some(byte) = signature.get_mut(at) {
            *byte ^= 1;
        }
        changed.push(format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(signature)));
    }
    let mut shorter = jws.signature.clone();
    shorter.pop();
    changed.push(format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(shorter)));
    changed.push(format!("{header}.{payload}."));
    let other = format!("{{\"x\":1,{}", String::from_utf8_lossy(jws.payload.get(1..).unwrap_or_default()));
    changed.push(format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(other), jws.segments.signature));
    changed
}

fn shown(inspection: &Inspection) {
    assert!(inspection.findings.len() <= 100 && inspection.rows.len() <= 501, "more than a window shows");
    assert!(inspection.findings.is_sorted_by(|one, next| one.severity >= next.severity), "not the gravest first");
    for finding in &inspection.findings {
        assert_harmless("a finding", &finding.message);
        assert_harmless("the claim of a finding", finding.claim.as_deref().unwrap_or_default());
    }
    for row in &inspection.rows {
        for text in [&row.part, &row.name, &row.value, &row.meaning, &row.note, &row.warning] {
            assert_harmless("a row", text);
        }
    }
    let signature = &inspection.signature;
    assert_harmless("the key's name", signature.key_id.as_deref().unwrap_or_default());
    assert_eq!(signature.status == SignatureStatus::Verified, signature.reason == "ok", "{}", signature.reason);
}

/// Puts a right signature under what came in, so that the rules behind it are reached too.
fn signed_by_us(text: &str) {
    let Ok(parsed) = Parsed::parse(text.trim_ascii(), MAX_INSPECTED) else { return };
    let algorithm = match parsed.jws.alg() {
        Some("HS256") => hmac::HMAC_SHA256,
        Some("HS384") => hmac::HMAC_SHA384,
        Some("HS512") => hmac::HMAC_SHA512,
        _ => return,
    };
    if parsed.jws.encrypted {
        return;
    }
    let tag = hmac::sign(&hmac::Key::new(algorithm, SECRET.as_bytes()), parsed.jws.signing_input.as_bytes());
    let signed = format!("{}.{}", parsed.jws.signing_input, URL_SAFE_NO_PAD.encode(tag));
    let (secret, other) = (Secret::new(SECRET), Secret::new("another secret"));
    laid_open(&signed, Some(&Keys::Secret(&secret)));
    let Ok(parsed) = Parsed::parse(&signed, MAX_INSPECTED) else { panic!("a signature made it unreadable") };
    let right = check(&parsed, &Keys::Secret(&secret));
    let understood = !parsed.jws.header.contains_key("crit");
    assert_eq!(right.status == SignatureStatus::Verified, understood, "{}", right.reason);
    let wrong = check(&parsed, &Keys::Secret(&other));
    assert_ne!(wrong.status, SignatureStatus::Verified, "two secrets are right");
    proves(&parsed, &["HS256", "HS384", "HS512"]);
}

/// An identity comes only from a token that says all of it, and once.
fn proves(parsed: &Parsed<'_>, allowed_algs: &[&str]) {
    let signature = check(parsed, &Keys::Secret(&Secret::new(SECRET)));
    let mut expect = IdTokenExpect {
        issuer: ISSUER,
        client_id: CLIENT,
        trusted_audiences: &[],
        nonce: Some(NONCE),
        access_token: None,
        subject: None,
        now: now(),
        allowed_algs,
    };
    let Ok(token) = check_id_token(parsed, &signature, &expect) else { return };
    let claim = |name: &str| parsed.claims.get(name);
    assert!(signature.status == SignatureStatus::Verified && parsed.claim_duplicates.is_empty(), "an unsure identity");
    assert!(parsed.claim_str("iss") == Some(ISSUER) && parsed.claim_str("nonce") == Some(NONCE), "another sign-in's");
    let alone = claim("aud")
        .is_some_and(|aud| *aud == CLIENT || aud.as_array().is_some_and(|all| all.iter().all(|one| one == CLIENT)));
    assert!(alone && claim("azp").is_none_or(|azp| *azp == CLIENT), "another client's");
    assert_eq!(claim("sub").and_then(Value::as_str), Some(token.subject.as_str()));
    let age = now().duration_since(token.issued_at).as_secs();
    assert!((-600..=86_400).contains(&age) && token.expires_at.duration_since(now()).as_secs() >= -60, "an old token");
    assert_harmless("the account", &token.account());
    expect.allowed_algs = &ASYMMETRIC_ALGS;
    assert!(check_id_token(parsed, &signature, &expect).is_err(), "a shared secret proved who signed in");
    expect.allowed_algs = allowed_algs;
    expect.subject = Some("somebody else");
    assert!(check_id_token(parsed, &signature, &expect).is_err(), "anybody signed in");
}

/// No keys, whatever they are, confirm a published token that was changed.
fn changed_never_verifies_with(keys: &[u8]) {
    for token in TRIED.iter() {
        let Ok(jws) = Jws::parse(token, MAX_INSPECTED) else { panic!("a published token is unreadable") };
        let Some(changed) = changes(&jws).into_iter().next() else { continue };
        let Ok(changed) = Jws::parse(&changed, MAX_INSPECTED) else { panic!("a changed token is unreadable") };
        let file = Keys::KeyFile { bytes: keys, source: String::new() };
        assert_ne!(check_jws(&changed, &file).status, SignatureStatus::Verified, "a key confirms anything");
    }
}
