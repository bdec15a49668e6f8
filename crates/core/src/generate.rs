//! New random keys, and what a server should store of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Error;
use crate::sealer::hex;
use crate::secret::Secret;

/// Random bytes in a key.
const KEY_BYTES: usize = 32;

/// Makes a key of 256 random bits, base64url, after `prefix`.
///
/// # Errors
/// [`Error::Invalid`] for a prefix that is not short plain ASCII.
pub fn generate_key(prefix: &str) -> Result<Secret, Error> {
    let plain = prefix.len() <= 32 && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    if !plain {
        let why = "use at most 32 letters, digits, _, - or .".to_owned();
        return Err(Error::Invalid { field: "prefix", why });
    }
    let mut bytes = zeroize::Zeroizing::new([0_u8; KEY_BYTES]);
    aws_lc_rs::rand::fill(&mut *bytes)
        .map_err(|_| Error::Invalid { field: "key", why: "the system gave no randomness".to_owned() })?;
    Ok(Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(*bytes))))
}

/// Returns the SHA-256 that a server stores of a key: 64 hexadecimal digits.
#[must_use]
pub fn hash_key(key: &Secret) -> String {
    // Exposed to the hash only.
    hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key.expose().as_bytes()).as_ref())
}

/// Tells in constant time whether `hash` is the SHA-256 of `key`.
///
/// # Errors
/// [`Error::Invalid`] when `hash` is not 64 hexadecimal digits.
pub fn key_matches(key: &Secret, hash: &str) -> Result<bool, Error> {
    let hash = hash.trim().to_ascii_lowercase();
    if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::Invalid { field: "hash", why: "a SHA-256 has 64 hexadecimal digits".to_owned() });
    }
    Ok(aws_lc_rs::constant_time::verify_slices_are_equal(hash_key(key).as_bytes(), hash.as_bytes()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_key_has_256_bits_and_matches_its_own_hash_only() {
        let (one, two) = (generate_key("sk_live_").unwrap(), generate_key("sk_live_").unwrap());
        assert_ne!(one, two);
        assert_eq!(one.expose().len(), "sk_live_".len() + 43);
        assert!(key_matches(&one, &hash_key(&one)).unwrap());
        assert!(key_matches(&one, &hash_key(&one).to_uppercase()).unwrap());
        assert!(!key_matches(&two, &hash_key(&one)).unwrap());
        assert!(key_matches(&one, "abc").is_err());
        assert!(generate_key("sk live").is_err());
    }
}
