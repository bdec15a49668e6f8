//! Seals what must survive outside the keychain, and recognises values without showing them.
//!
//! One 32-byte escrow key per vault rests in the keychain. Under it, access tokens and the answer of a refresh
//! under way are sealed (AES-256-GCM-SIV: a repeated nonce would not break it), each bound to its credential and
//! purpose, so that a blob moved to another row does not open (K7). Fingerprints are HMAC-SHA-256 under a key
//! derived from it, so that a stolen database can't be used to test guesses.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use zeroize::Zeroize;

use crate::credential::CredentialId;
use crate::secret::{Secret, SecretBytes};

/// The length of the escrow key, in bytes.
pub(crate) const KEY_LEN: usize = 32;

/// What a sealed blob is for; part of what is authenticated.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// The access token that a restart should not need to ask for again.
    Access,
    /// The answer of a refresh that is not committed yet.
    Received,
}

/// A blob did not open: another key, another row, or damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BrokenSeal;

/// The vault's escrow key, ready for use.
pub(crate) struct Sealer {
    aead: RandomizedNonceKey,
    fingerprints: hmac::Key,
    log: hmac::Key,
}

impl Sealer {
    /// Makes a sealer from the escrow key; fails if its length is wrong.
    pub(crate) fn new(key: &SecretBytes) -> Result<Self, BrokenSeal> {
        // Exposed to the cipher only.
        let bytes = key.expose();
        if bytes.len() != KEY_LEN {
            return Err(BrokenSeal);
        }
        let aead = RandomizedNonceKey::new(&AES_256_GCM_SIV, bytes).map_err(|_| BrokenSeal)?;
        let derive = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let derived = hmac::sign(&derive, b"fobwatch fingerprint 1");
        let for_log = hmac::sign(&derive, b"fobwatch log 1");
        let [fingerprints, log] = [derived, for_log].map(|key| hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()));
        Ok(Self { aead, fingerprints, log })
    }

    /// Seals a place of the activity log, which holds no secret: 64 hexadecimal digits.
    pub(crate) fn seal_log(&self, place: &[u8]) -> String {
        hex(hmac::sign(&self.log, place).as_ref())
    }

    /// Tells whether a seal of the log was made with this vault's key.
    pub(crate) fn is_log_seal(&self, place: &[u8], seal: &str) -> bool {
        // Both are hashes that everybody may see who sees the database.
        self.seal_log(place) == seal
    }

    fn context(id: CredentialId, purpose: Purpose) -> Vec<u8> {
        let mut aad = id.0.as_bytes().to_vec();
        aad.extend_from_slice(match purpose {
            Purpose::Access => b"access",
            Purpose::Received => b"received",
        });
        aad
    }

    /// Seals `plain`: nonce, ciphertext, tag.
    pub(crate) fn seal(&self, id: CredentialId, purpose: Purpose, plain: &SecretBytes) -> Result<Vec<u8>, BrokenSeal> {
        // Exposed to be encrypted in place; the copy becomes ciphertext.
        let mut body = plain.expose().to_vec();
        let aad = Aad::from(Self::context(id, purpose));
        let Ok(nonce) = self.aead.seal_in_place_append_tag(aad, &mut body) else {
            body.zeroize();
            return Err(BrokenSeal);
        };
        let mut blob = nonce.as_ref().to_vec();
        blob.append(&mut body);
        Ok(blob)
    }

    /// Opens what [`Self::seal`] made for the same credential and purpose.
    pub(crate) fn open(&self, id: CredentialId, purpose: Purpose, blob: &[u8]) -> Result<SecretBytes, BrokenSeal> {
        let (nonce, body) = blob.split_at_checked(NONCE_LEN).ok_or(BrokenSeal)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| BrokenSeal)?;
        let mut body = body.to_vec();
        let aad = Aad::from(Self::context(id, purpose));
        let plain = self.aead.open_in_place(nonce, aad, &mut body).map(|plain| plain.to_vec());
        body.zeroize();
        plain.map(SecretBytes::new).map_err(|_| BrokenSeal)
    }

    /// Returns the keyed fingerprint of a value: 64 hexadecimal digits.
    pub(crate) fn fingerprint(&self, value: &Secret) -> String {
        // Exposed to the MAC only.
        hex(hmac::sign(&self.fingerprints, value.expose().as_bytes()).as_ref())
    }
}

/// Writes bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String can't fail.
        write!(out, "{byte:02x}").unwrap_or(());
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&SecretBytes::new(vec![byte; KEY_LEN])).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_own_row_for_its_own_purpose() {
        let sealer = sealer(1);
        let (id, other) = (CredentialId::random(), CredentialId::random());
        let plain = SecretBytes::new(b"rt-1".to_vec());
        let blob = sealer.seal(id, Purpose::Access, &plain).unwrap();
        assert!(!blob.windows(4).any(|window| window == b"rt-1"));
        assert_eq!(sealer.open(id, Purpose::Access, &blob).unwrap(), plain);
        assert_eq!(sealer.open(other, Purpose::Access, &blob), Err(BrokenSeal));
        assert_eq!(sealer.open(id, Purpose::Received, &blob), Err(BrokenSeal));
        assert_eq!(self::sealer(2).open(id, Purpose::Access, &blob), Err(BrokenSeal));
        let mut bent = blob.clone();
        bent[NONCE_LEN] ^= 1;
        assert_eq!(sealer.open(id, Purpose::Access, &bent), Err(BrokenSeal));
        assert_eq!(sealer.open(id, Purpose::Access, &blob[..5]), Err(BrokenSeal));
    }

    #[test]
    fn a_fingerprint_depends_on_the_vault() {
        let value = Secret::new("sk_live_1");
        assert_eq!(sealer(1).fingerprint(&value), sealer(1).fingerprint(&value));
        assert_ne!(sealer(1).fingerprint(&value), sealer(2).fingerprint(&value));
    }
}
