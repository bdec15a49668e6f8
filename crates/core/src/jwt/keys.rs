//! Turns key material into keys that know what they may check.
//!
//! Invariant: what a key may do is read from the key alone, never from a token (RFC 8725, section 3.1): its type, its
//! curve, its own `alg` and `use`. Parsing and range checks are left to aws-lc, which refuses points off the curve and
//! RSA moduli under 2048 bits; nothing here walks ASN.1.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{self, PublicEncryptingKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, ParsedPublicKey,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::secret::{Secret, SecretBytes};

/// The longest key file or JWKS that is read, in bytes.
const MAX_BYTES: usize = 1024 * 1024;
/// The most keys in one set; more is no honest issuer.
const MAX_KEYS: usize = 1000;

/// What kind of key an algorithm needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Secret,
    Rsa,
    P256,
    P384,
    P521,
    Ed25519,
}

/// An algorithm that can be checked here. `jsonwebtoken` has no ES512, so that one goes to aws-lc directly.
#[derive(Debug, PartialEq)]
pub(super) struct Alg {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    engine: Option<Algorithm>,
}

const ALGS: [Alg; 14] = [
    Alg { name: "HS256", kind: Kind::Secret, engine: Some(Algorithm::HS256) },
    Alg { name: "HS384", kind: Kind::Secret, engine: Some(Algorithm::HS384) },
    Alg { name: "HS512", kind: Kind::Secret, engine: Some(Algorithm::HS512) },
    Alg { name: "RS256", kind: Kind::Rsa, engine: Some(Algorithm::RS256) },
    Alg { name: "RS384", kind: Kind::Rsa, engine: Some(Algorithm::RS384) },
    Alg { name: "RS512", kind: Kind::Rsa, engine: Some(Algorithm::RS512) },
    Alg { name: "PS256", kind: Kind::Rsa, engine: Some(Algorithm::PS256) },
    Alg { name: "PS384", kind: Kind::Rsa, engine: Some(Algorithm::PS384) },
    Alg { name: "PS512", kind: Kind::Rsa, engine: Some(Algorithm::PS512) },
    Alg { name: "ES256", kind: Kind::P256, engine: Some(Algorithm::ES256) },
    Alg { name: "ES384", kind: Kind::P384, engine: Some(Algorithm::ES384) },
    Alg { name: "ES512", kind: Kind::P521, engine: None },
    Alg { name: "EdDSA", kind: Kind::Ed25519, engine: Some(Algorithm::EdDSA) },
    // The fully specified name of the same algorithm (RFC 9864, section 2.2).
    Alg { name: "Ed25519", kind: Kind::Ed25519, engine: Some(Algorithm::EdDSA) },
];

impl Alg {
    /// Looks `name` up, letter by letter: `rs256` is nothing (RFC 8725bis, section 3.1).
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        ALGS.iter().find(|alg| alg.name == name)
    }
}

/// One key, and what it may check.
pub(super) struct Key {
    pub(super) kid: Option<String>,
    kind: Kind,
    /// The key's own `alg`: then it is good for that one only (RFC 8725, section 3.1).
    alg: Option<String>,
    /// False for `use: enc`, or when `key_ops` leaves `verify` out.
    for_signatures: bool,
    material: Result<Material, Unusable>,
}

/// The material is malformed or too weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unusable;

enum Material {
    Secret(SecretBytes),
    /// A DER or SEC1 encoding, as aws-lc reads it.
    Public(Vec<u8>),
}

/// What a key says about a signature, what says least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    /// The key is malformed or too weak.
    BadKey,
    /// The key is for another algorithm, or not for signatures.
    OtherAlgorithm,
    Mismatch,
    Verified,
}

impl Key {
    /// Makes a key from a secret that was chosen as such.
    pub(super) fn from_secret(secret: &Secret) -> Self {
        // The bytes go straight into a container that wipes itself too.
        let bytes = SecretBytes::new(secret.expose().as_bytes().to_vec());
        let material = if secret.is_empty() { Err(Unusable) } else { Ok(Material::Secret(bytes)) };
        Self { kid: None, kind: Kind::Secret, alg: None, for_signatures: true, material }
    }

    /// Tells whether this is a shared secret rather than a public key.
    pub(super) fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }

    /// Tells whether the key, by its own data, may be used with `alg`.
    pub(super) fn may_check(&self, alg: &Alg) -> bool {
        let same = |own: &str| {
            own == alg.name || (alg.kind == Kind::Ed25519 && Alg::named(own).is_some_and(|own| own.kind == alg.kind))
        };
        self.for_signatures && self.kind == alg.kind && self.alg.as_deref().is_none_or(same)
    }

    /// Checks a signature: `encoded` is the segment of the token, `raw` its bytes.
    pub(super) fn check(&self, alg: &Alg, signing_input: &[u8], encoded: &str, raw: &[u8]) -> Answer {
        if !self.may_check(alg) {
            return Answer::OtherAlgorithm;
        }
        let Ok(material) = &self.material else { return Answer::BadKey };
        let holds = match (alg.engine, material) {
            (Some(engine), material) => {
                // An error of the library is a key or a signature that it could not take: not a confirmation.
                jsonwebtoken::crypto::verify(encoded, signing_input, &material.decoding_key(alg), engine)
                    .unwrap_or(false)
            }
            // jsonwebtoken 11 knows no P-521; aws-lc, which it stands on, does (RFC 7518, section 3.4).
            (None, Material::Public(point)) => {
                UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point).verify(signing_input, raw).is_ok()
            }
            (None, _) => false,
        };
        if holds { Answer::Verified } else { Answer::Mismatch }
    }
}

impl Material {
    fn decoding_key(&self, alg: &Alg) -> DecodingKey {
        match self {
            // The secret is the HMAC key; the library wipes its copy.
            Self::Secret(bytes) => DecodingKey::from_secret(bytes.expose()),
            Self::Public(der) => match alg.kind {
                Kind::Rsa => DecodingKey::from_rsa_der(der),
                Kind::Ed25519 => DecodingKey::from_ed_der(der),
                _ => DecodingKey::from_ec_der(der),
            },
        }
    }
}

/// The members of a JWK that matter here (RFC 7517, section 4); private members are never read.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    k: Option<Secret>,
}

impl Jwk {
    /// Makes a key; `None` when the type or the curve is not known here (RFC 7517, section 5: such keys are ignored).
    fn into_key(self) -> Option<Key> {
        let (kind, material) = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => (Kind::Rsa, self.rsa()),
            ("EC", Some("P-256")) => (Kind::P256, self.point(32, &ECDSA_P256_SHA256_FIXED)),
            ("EC", Some("P-384")) => (Kind::P384, self.point(48, &ECDSA_P384_SHA384_FIXED)),
            ("EC", Some("P-521")) => (Kind::P521, self.point(66, &ECDSA_P521_SHA512_FIXED)),
            ("OKP", Some("Ed25519")) => (Kind::Ed25519, self.ed25519()),
            ("oct", _) => (Kind::Secret, self.oct()),
            _ => return None,
        };
        let for_signatures = self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        Some(Key { kid: self.kid, kind, alg: self.alg, for_signatures, material })
    }

    fn rsa(&self) -> Result<Material, Unusable> {
        let components = RsaPublicKeyComponents { n: number(self.n.as_deref())?, e: number(self.e.as_deref())? };
        let spki: PublicKeyX509Der<'_> = components.as_der().map_err(|_| Unusable)?;
        rsa(spki.as_ref())
    }

    fn point(&self, size: usize, curve: &'static dyn VerificationAlgorithm) -> Result<Material, Unusable> {
        let (x, y) = (decode(self.x.as_deref())?, decode(self.y.as_deref())?);
        // Both coordinates have the full length of the curve (RFC 7518, section 6.2.1.2).
        if x.len() != size || y.len() != size {
            return Err(Unusable);
        }
        let point = [&[4][..], &x, &y].concat();
        ParsedPublicKey::new(curve, &point).map_err(|_| Unusable)?;
        Ok(Material::Public(point))
    }

    fn ed25519(&self) -> Result<Material, Unusable> {
        let x = decode(self.x.as_deref())?;
        if x.len() != 32 {
            return Err(Unusable);
        }
        ParsedPublicKey::new(&ED25519, &x).map_err(|_| Unusable)?;
        Ok(Material::Public(x))
    }

    fn oct(&self) -> Result<Material, Unusable> {
        // The member is the encoded HMAC key itself.
        let bytes = decode(self.k.as_ref().map(Secret::expose))?;
        if bytes.is_empty() { Err(Unusable) } else { Ok(Material::Secret(SecretBytes::new(bytes))) }
    }
}

fn decode(member: Option<&str>) -> Result<Vec<u8>, Unusable> {
    URL_SAFE_NO_PAD.decode(member.ok_or(Unusable)?).map_err(|_| Unusable)
}

/// Decodes an unsigned number. Some issuers send a leading zero byte, which the encoding forbids and aws-lc refuses
/// (RFC 7518, section 6.3.1.1).
fn number(member: Option<&str>) -> Result<Vec<u8>, Unusable> {
    let bytes = decode(member)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Ok(bytes[zeros..].to_vec())
}

/// Reads a JWK set, or a single JWK. Members of a set that make no sense are left out.
pub(super) fn from_json(text: &str) -> Result<Vec<Key>, Unusable> {
    if text.len() > MAX_BYTES {
        return Err(Unusable);
    }
    let mut set: Map<String, Value> = serde_json::from_str(text).map_err(|_| Unusable)?;
    let members = match set.remove("keys") {
        Some(Value::Array(keys)) if keys.len() <= MAX_KEYS => keys,
        Some(_) => return Err(Unusable),
        None => {
            let jwk: Jwk = serde_json::from_value(Value::Object(set)).map_err(|_| Unusable)?;
            return Ok(vec![jwk.into_key().ok_or(Unusable)?]);
        }
    };
    Ok(members.into_iter().flat_map(serde_json::from_value::<Jwk>).filter_map(Jwk::into_key).collect())
}

/// Reads a key file: a JWK, a JWK set, a public key in PEM (SPKI or PKCS#1), or the same in DER.
pub(super) fn from_file(bytes: &[u8]) -> Result<Vec<Key>, Unusable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unusable);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(vec![from_der(bytes)?]) };
    if text.trim_start().starts_with('{') {
        return from_json(text);
    }
    let der = pem(text, "PUBLIC KEY").or_else(|Unusable| pem(text, "RSA PUBLIC KEY"))?;
    Ok(vec![from_der(&der)?])
}

/// Returns what stands between the lines of the first block with this label (RFC 7468).
fn pem(text: &str, label: &str) -> Result<Vec<u8>, Unusable> {
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----")).ok_or(Unusable)?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----")).ok_or(Unusable)?;
    let body: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(body).map_err(|_| Unusable)
}

/// Lets aws-lc find out what the encoding holds.
fn from_der(der: &[u8]) -> Result<Key, Unusable> {
    // Bare points and raw keys would also be taken below; a key file holds a SEQUENCE.
    if der.first() != Some(&0x30) {
        return Err(Unusable);
    }
    let key = |kind, material| Key { kid: None, kind, alg: None, for_signatures: true, material: Ok(material) };
    if let Ok(material) = rsa(der) {
        return Ok(key(Kind::Rsa, material));
    }
    let kinds: [(Kind, &'static dyn VerificationAlgorithm); 4] = [
        (Kind::P256, &ECDSA_P256_SHA256_FIXED),
        (Kind::P384, &ECDSA_P384_SHA384_FIXED),
        (Kind::P521, &ECDSA_P521_SHA512_FIXED),
        (Kind::Ed25519, &ED25519),
    ];
    let (kind, _) = kinds.into_iter().find(|(_, alg)| ParsedPublicKey::new(*alg, der).is_ok()).ok_or(Unusable)?;
    Ok(key(kind, Material::Public(der.to_vec())))
}

/// Takes an RSA key in SPKI or PKCS#1. Parsing rules out an exponent of 1; only aws-lc's type for encryption
/// also rules out sizes below 2048 bits when it is made, so the key passes through it.
fn rsa(der: &[u8]) -> Result<Material, Unusable> {
    let key = rsa::PublicKey::from_der(der).map_err(|_| Unusable)?;
    let spki: PublicKeyX509Der<'_> = key.as_der().map_err(|_| Unusable)?;
    PublicEncryptingKey::from_der(spki.as_ref()).map_err(|_| Unusable)?;
    Ok(Material::Public(spki.as_ref().to_vec()))
}
