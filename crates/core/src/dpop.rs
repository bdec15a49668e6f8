//! Tokens that are bound to a key (RFC 9449).
//!
//! The key is made for one sign-in and rests in the same keychain item as the refresh token, so that the two can't be
//! parted by a crash: a bound refresh token without its key is dead.

use std::collections::HashMap;
use std::sync::Mutex;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;
use url::Url;

use crate::error::OrNone as _;
use crate::secret::Secret;
use crate::vault::lock;

/// The longest nonce that is taken from a server, in bytes.
const LONGEST_NONCE: usize = 1024;
/// How many servers' nonces are remembered.
const MOST_SERVERS: usize = 256;

/// A P-256 key, as base64url of its PKCS #8 form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DpopKey(pub(crate) Secret);

impl DpopKey {
    /// Makes a new key; none if the system gives no randomness.
    pub(crate) fn generate() -> Option<Self> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).ok_or_none()?;
        Some(Self(Secret::new(URL_SAFE_NO_PAD.encode(made.as_ref()))))
    }

    fn pair(&self) -> Option<EcdsaKeyPair> {
        // Exposed to become a key again.
        let bytes = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(self.0.expose()).ok_or_none()?);
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes).ok_or_none()
    }

    /// Signs a proof for one request (RFC 9449 §4.2). `access_token` is given at a resource server.
    pub(crate) fn proof(
        &self,
        method: &str,
        url: &str,
        nonce: Option<&str>,
        access_token: Option<&Secret>,
        now: Timestamp,
    ) -> Option<String> {
        let pair = self.pair()?;
        // The address without query and fragment.
        let mut target = Url::parse(url).ok_or_none()?;
        target.set_query(None);
        target.set_fragment(None);
        let mut claims = json!({
            "jti": uuid::Uuid::new_v4().as_simple().to_string(),
            "htm": method,
            "htu": target,
            "iat": now.as_second(),
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        if let Some(token) = access_token {
            // Exposed to the hash only.
            let hash = digest(&SHA256, token.expose().as_bytes());
            claims["ath"] = URL_SAFE_NO_PAD.encode(hash.as_ref()).into();
        }
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk(&pair)? });
        // `jsonwebtoken` would need the key in yet another form to write the same three lines.
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).ok_or_none()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
    }
}

/// The public half as a JWK, with the members in the order of its thumbprint (RFC 7638 §3.2).
fn public_jwk(pair: &EcdsaKeyPair) -> Option<serde_json::Value> {
    let [4, point @ ..] = pair.public_key().as_ref() else { return None };
    let (x, y) = point.split_at_checked(32)?;
    let text = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    Some(json!({ "crv": "P-256", "kty": "EC", "x": text(x), "y": text(y) }))
}

/// The nonces that servers asked for, by origin. They are public and short-lived, so they live in memory only.
#[derive(Default)]
pub(crate) struct Nonces(Mutex<HashMap<String, String>>);

impl Nonces {
    /// Returns the nonce that the server at `url` wants.
    pub(crate) fn of(&self, url: &str) -> Option<String> {
        lock(&self.0).get(&origin(url)?).cloned()
    }

    /// Takes the nonce of an answer (RFC 9449 §8.2: any answer may bring a new one).
    pub(crate) fn learn(&self, url: &str, headers: &http::HeaderMap) {
        let given = headers.get("dpop-nonce").and_then(|value| value.to_str().ok_or_none());
        let (Some(nonce), Some(origin)) = (given.filter(|nonce| nonce.len() <= LONGEST_NONCE), origin(url)) else {
            return;
        };
        let mut known = lock(&self.0);
        if known.len() >= MOST_SERVERS && !known.contains_key(&origin) {
            known.clear();
        }
        known.insert(origin, nonce.to_owned());
    }
}

fn origin(url: &str) -> Option<String> {
    Some(Url::parse(url).ok_or_none()?.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    fn now() -> Timestamp {
        "2025-10-16T13:17:00Z".parse().unwrap()
    }

    fn read(proof: &str) -> (serde_json::Value, serde_json::Value) {
        let parts: Vec<&str> = proof.split('.').collect();
        let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
        (part(parts[0]), part(parts[1]))
    }

    #[test]
    fn a_proof_names_one_request_and_is_signed_by_the_key_it_shows() {
        let key = DpopKey::generate().unwrap();
        let proof = key.proof("GET", "https://api.test/me?x=1#y", Some("n1"), Some(&Secret::new("at")), now()).unwrap();
        let (header, claims) = read(&proof);
        assert_eq!((&header["typ"], &header["alg"]), (&"dpop+jwt".into(), &"ES256".into()));
        assert!(header["jwk"].get("d").is_none(), "the private half is in the proof");
        assert_eq!((&claims["htm"], &claims["htu"]), (&"GET".into(), &"https://api.test/me".into()));
        assert_eq!((&claims["iat"], &claims["nonce"]), (&now().as_second().into(), &"n1".into()));
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, b"at").as_ref());
        assert_eq!(claims["ath"], serde_json::Value::from(hash));
        let (signed, signature) = proof.rsplit_once('.').unwrap();
        let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(header["jwk"][name].as_str().unwrap()).unwrap();
        let point = [vec![4], coordinate("x"), coordinate("y")].concat();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        public.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    }

    #[test]
    fn no_two_proofs_are_alike() {
        let key = DpopKey::generate().unwrap();
        let proof = || read(&key.proof("POST", "https://as.test/token", None, None, now()).unwrap()).1;
        assert_ne!(proof()["jti"], proof()["jti"]);
        assert!(proof().get("nonce").is_none() && proof().get("ath").is_none());
    }

    #[test]
    fn a_nonce_belongs_to_one_server() {
        let nonces = Nonces::default();
        let mut headers = http::HeaderMap::new();
        headers.insert("dpop-nonce", "abc".parse().unwrap());
        nonces.learn("https://as.test/token", &headers);
        assert_eq!(nonces.of("https://as.test/other").as_deref(), Some("abc"));
        assert_eq!(nonces.of("https://as.test:8443/token"), None);
        assert_eq!(nonces.of("https://other.test/token"), None);
    }
}
