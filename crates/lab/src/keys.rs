//! The keys of the lab: two of RSA, one of P-256, and somebody else's. Made once in a process, and never kept.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256,
    RsaKeyPair,
};
use aws_lc_rs::{hmac, rsa};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signer {
    /// The key `rsa-1`, which is always published.
    First,
    /// The key `rsa-2`, which is published only where a module says so.
    Second,
    /// The key `ec-1`, always published.
    Ec,
    /// A key that no server publishes.
    Stranger,
}

pub(crate) struct Keys {
    first: RsaKeyPair,
    second: RsaKeyPair,
    stranger: RsaKeyPair,
    ec: EcdsaKeyPair,
}

/// The keys, or none if this machine can make no keys.
pub(crate) static KEYS: LazyLock<Option<Keys>> = LazyLock::new(Keys::make);

#[expect(clippy::disallowed_methods, reason = "a key that can't be made has one cause and no remedy")]
fn rsa_key() -> Option<RsaKeyPair> {
    rsa::KeyPair::generate(KeySize::Rsa2048).ok()
}

/// A number of bytes as JOSE writes it.
pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Keys {
    #[expect(clippy::disallowed_methods, reason = "a key that can't be made has one cause and no remedy")]
    fn make() -> Option<Self> {
        Some(Self {
            first: rsa_key()?,
            second: rsa_key()?,
            stranger: rsa_key()?,
            ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?,
        })
    }

    fn rsa(&self, signer: Signer) -> &RsaKeyPair {
        match signer {
            Signer::Second => &self.second,
            Signer::Stranger => &self.stranger,
            Signer::First | Signer::Ec => &self.first,
        }
    }

    /// Signs as `alg` says, with whatever key fits; an unknown algorithm signs like RS256.
    pub(crate) fn sign(&self, signer: Signer, alg: &str, input: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        if signer == Signer::Ec {
            return self.ec.sign(&random, input).map(|signature| signature.as_ref().to_vec()).unwrap_or_default();
        }
        let key = self.rsa(signer);
        let mut signature = vec![0; key.public_modulus_len()];
        let outcome = match alg {
            "PS256" => key.sign(&RSA_PSS_SHA256, &random, input, &mut signature),
            "RS384" => key.sign(&RSA_PKCS1_SHA384, &random, input, &mut signature),
            _ => key.sign(&RSA_PKCS1_SHA256, &random, input, &mut signature),
        };
        if outcome.is_ok() { signature } else { Vec::new() }
    }

    /// The public part of a key as a JWK with this id.
    pub(crate) fn jwk(&self, signer: Signer, kid: &str) -> Value {
        if signer == Signer::Ec {
            let point = self.ec.public_key().as_ref();
            let (x, y) = (b64(&point[1..33]), b64(&point[33..65]));
            return json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "use": "sig", "alg": "ES256" });
        }
        let n = b64(self.modulus(signer));
        json!({ "kty": "RSA", "n": n, "e": "AQAB", "kid": kid, "use": "sig", "alg": "RS256" })
    }

    /// The modulus, out of the fixed shape that a 2048-bit `RSAPublicKey` has in DER (RFC 8017 appendix A.1.1).
    fn modulus(&self, signer: Signer) -> &[u8] {
        let der = self.rsa(signer).public_key().as_ref();
        &der[9..9 + 256]
    }

    /// The public RSA key as files hold it: what a confused client would take for an HMAC key.
    pub(crate) fn public_bytes(&self, form: &str) -> Vec<u8> {
        let key = self.first.public_key().as_ref();
        // SubjectPublicKeyInfo around it: rsaEncryption, no parameters, a bit string.
        let mut der = vec![0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09];
        der.extend_from_slice(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00]);
        der.extend_from_slice(&[0x03, 0x82, 0x01, 0x0f, 0x00]);
        der.extend_from_slice(key);
        match form {
            "der" => der,
            "jwk" => self.jwk(Signer::First, "rsa-1").to_string().into_bytes(),
            _ => {
                let text = STANDARD.encode(der);
                let lines: Vec<&str> =
                    text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
                format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n")).into_bytes()
            }
        }
    }
}

/// Signs with HMAC SHA-256.
pub(crate) fn hmac_sign(key: &[u8], input: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), input).as_ref().to_vec()
}

/// The key set as it should be: one of RSA, one of P-256.
pub(crate) fn published() -> Value {
    let Some(keys) = KEYS.as_ref() else { return json!({ "keys": [] }) };
    json!({ "keys": [keys.jwk(Signer::First, "rsa-1"), keys.jwk(Signer::Ec, "ec-1")] })
}

/// A public key as a JWK, for modules that publish otherwise.
pub(crate) fn jwk(signer: Signer, kid: &str) -> Value {
    KEYS.as_ref().map_or(Value::Null, |keys| keys.jwk(signer, kid))
}
