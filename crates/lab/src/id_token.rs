//! ID tokens, drafted right and changed before they are signed.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::clock::now;
use crate::keys::{KEYS, Signer, b64, hmac_sign};

/// How the draft is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sign {
    /// As the header's `alg` says, by this key.
    By(Signer),
    /// With HMAC SHA-256 and these bytes.
    Hmac(Vec<u8>),
    /// Not at all: an empty third part.
    Not,
    /// With these bytes.
    Bytes(Vec<u8>),
}

/// An ID token before it is signed.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) sign: Sign,
    /// The claims as text, where JSON values can't say it: a name twice, a huge number.
    pub(crate) claims_text: Option<String>,
}

/// Whom the token is about.
pub(crate) const SUBJECT: &str = "lab-subject-1";

impl Draft {
    /// What a correct server says of a sign-in.
    pub(crate) fn new(issuer: &str, client: &str, nonce: Option<&str>, access_token: &str) -> Self {
        let hash = digest(&SHA256, access_token.as_bytes());
        let mut claims = json!({
            "iss": issuer, "sub": SUBJECT, "aud": client, "exp": now() + 600, "iat": now(), "auth_time": now(),
            "at_hash": b64(&hash.as_ref()[..16]), "email": "ada@lab.example", "email_verified": true,
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = json!(nonce);
        }
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "rsa-1" });
        Self { header, claims, sign: Sign::By(Signer::First), claims_text: None }
    }

    /// Sets a claim.
    pub(crate) fn set(&mut self, claim: &str, value: impl Into<Value>) {
        self.claims[claim] = value.into();
    }

    /// Leaves a claim out.
    pub(crate) fn leave_out(&mut self, claim: &str) {
        if let Some(claims) = self.claims.as_object_mut() {
            claims.remove(claim);
        }
    }

    /// Writes a "1" behind a claim, as the conformance suite does.
    pub(crate) fn append(&mut self, claim: &str) {
        let longer = format!("{}1", self.claims[claim].as_str().unwrap_or_default());
        self.set(claim, longer);
    }

    /// Sets a member of the header.
    pub(crate) fn head(&mut self, member: &str, value: impl Into<Value>) {
        self.header[member] = value.into();
    }

    /// Leaves a member of the header out.
    pub(crate) fn head_without(&mut self, member: &str) {
        if let Some(header) = self.header.as_object_mut() {
            header.remove(member);
        }
    }

    /// Signs with the P-256 key.
    pub(crate) fn es256(&mut self) {
        self.header = json!({ "alg": "ES256", "kid": "ec-1" });
        self.sign = Sign::By(Signer::Ec);
    }

    /// The signed token.
    pub(crate) fn finish(&self) -> String {
        let claims = self.claims_text.clone().unwrap_or_else(|| self.claims.to_string());
        let input = format!("{}.{}", b64(self.header.to_string()), b64(claims));
        let signature = match &self.sign {
            Sign::By(signer) => {
                let alg = self.header["alg"].as_str().unwrap_or_default();
                KEYS.as_ref().map(|keys| keys.sign(*signer, alg, input.as_bytes())).unwrap_or_default()
            }
            Sign::Hmac(key) => hmac_sign(key, input.as_bytes()),
            Sign::Not => Vec::new(),
            Sign::Bytes(bytes) => bytes.clone(),
        };
        format!("{input}.{}", b64(signature))
    }
}
