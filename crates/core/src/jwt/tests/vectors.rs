//! The examples of the RFCs verify, and nothing that differs from them by one bit does.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaEncoding,
};
use base64::engine::general_purpose::STANDARD;

use super::*;

/// Checks any JWS with a key file: two of the published payloads are no JSON.
fn verified(token: &str, jwk: &str) -> bool {
    let keys = Keys::KeyFile { bytes: jwk.as_bytes(), source: "key file".to_owned() };
    Jws::parse(token, MAX_INSPECTED).is_ok_and(|jws| check_jws(&jws, &keys).status == SignatureStatus::Verified)
}

#[test]
fn the_published_examples_verify() {
    for vector in vectors() {
        assert!(verified(&vector.token, &vector.jwk.to_string()), "{}", vector.name);
    }
}

#[test]
fn one_changed_bit_anywhere_is_refused() {
    for vector in vectors() {
        let jwk = vector.jwk.to_string();
        let (input, signature) = vector.token.rsplit_once('.').unwrap();
        let (header, payload) = input.split_once('.').unwrap();
        let segments = [header, payload, signature].map(|segment| URL_SAFE_NO_PAD.decode(segment).unwrap());
        for part in 0..3 {
            for at in 0..segments[part].len() {
                let mut changed = segments.clone();
                changed[part][at] ^= 1 << (at % 8);
                let token = changed.map(b64).join(".");
                assert!(!verified(&token, &jwk), "{}: part {part}, byte {at}", vector.name);
            }
        }
        for cut in 0..segments[2].len() {
            assert!(!verified(&format!("{input}.{}", b64(&segments[2][..cut])), &jwk), "{} cut", vector.name);
        }
    }
}

#[test]
fn one_other_character_anywhere_is_refused() {
    for vector in vectors() {
        let jwk = vector.jwk.to_string();
        for at in 0..vector.token.len() {
            let mut changed = vector.token.clone().into_bytes();
            // Also the bits that fall off the end of a segment: a signature has one spelling only.
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(!verified(std::str::from_utf8(&changed).unwrap(), &jwk), "{} at {at}", vector.name);
        }
    }
}

#[test]
fn the_public_keys_verify_from_a_published_set() {
    for name in ["RFC 7515 A.2", "RFC 7515 A.3"] {
        let vector = vector(name);
        let both = [self::vector("RFC 7515 A.2").jwk, self::vector("RFC 7515 A.3").jwk];
        assert_eq!(with_jwks(&vector.token, &jwks_of(&both)), (SignatureStatus::Verified, "ok".to_owned()), "{name}");
    }
}

#[test]
fn the_unsecured_example_is_laid_open_and_never_valid() {
    // RFC 7515 A.5 and RFC 7519 section 6.1.
    let text = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
    let inspection = inspect(text, None, now()).unwrap();
    assert_eq!(inspection.claims["iss"], "joe");
    assert_eq!(inspection.claims["http://example.com/is_root"], true);
    assert_eq!(inspection.times.expires_at, Some("2011-03-22T18:43:00Z".parse().unwrap()));
    assert_eq!(
        (inspection.signature.status, inspection.signature.reason.as_str()),
        (SignatureStatus::Invalid, "alg_none")
    );
    assert_eq!(codes(&inspection)[0], "alg_none");
    let refused = (SignatureStatus::Invalid, "alg_none".to_owned());
    assert_eq!(with_secret(text, ""), refused);
    assert_eq!(with_jwks(text, r#"{"keys":[]}"#), refused);
    assert_eq!(with_file(text, b""), refused);
}

fn pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

fn confirm(alg: &str, der: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) {
    let input = format!("{}.{}", b64(format!(r#"{{"alg":"{alg}"}}"#)), b64(r#"{"sub":"x"}"#));
    let token = format!("{input}.{}", b64(sign(input.as_bytes())));
    let ok = (SignatureStatus::Verified, "ok".to_owned());
    assert_eq!(with_file(&token, pem(der).as_bytes()), ok, "{alg} PEM");
    assert_eq!(with_file(&token, der), ok, "{alg} DER");
    let other = format!("{input}.{}", b64(sign(b"something else")));
    assert_eq!(with_file(&other, der), (SignatureStatus::Invalid, "mismatch".to_owned()), "{alg}");
}

#[test]
fn every_kind_of_public_key_file_verifies() {
    let random = SystemRandom::new();
    let curves: [(&str, &'static EcdsaSigningAlgorithm); 3] = [
        ("ES256", &ECDSA_P256_SHA256_FIXED_SIGNING),
        ("ES384", &ECDSA_P384_SHA384_FIXED_SIGNING),
        ("ES512", &ECDSA_P521_SHA512_FIXED_SIGNING),
    ];
    for (alg, curve) in curves {
        let pair = EcdsaKeyPair::generate(curve).unwrap();
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        confirm(alg, der.as_ref(), |input| pair.sign(&random, input).unwrap().as_ref().to_vec());
    }
    let pair = Ed25519KeyPair::generate().unwrap();
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    for alg in ["EdDSA", "Ed25519"] {
        confirm(alg, der.as_ref(), |input| pair.sign(input).as_ref().to_vec());
    }
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let encodings: [(&str, &'static dyn RsaEncoding); 2] = [("RS384", &RSA_PKCS1_SHA384), ("PS256", &RSA_PSS_SHA256)];
    for (alg, encoding) in encodings {
        let sign = |input: &[u8]| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &random, input, &mut signature).unwrap();
            signature
        };
        confirm(alg, der.as_ref(), sign);
        // PKCS#1, the older form.
        confirm(alg, pair.public_key().as_ref(), sign);
    }
}
