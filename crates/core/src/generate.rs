//! New random keys, and what a server should store of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Error;
use crate::sealer::hex;
use crate::secret::Secret;

/// Random bits in a key, unless said otherwise.
pub const KEY_BITS: u16 = 256;
/// The fewest and the most random bits of a key: below is guessable, above helps nobody.
const BITS: std::ops::RangeInclusive<u16> = 128..=512;

/// How random bits are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum KeyFormat {
    /// Letters, digits, `-` and `_`: 6 bits a character.
    #[default]
    Base64url,
    /// Hexadecimal digits: 4 bits a character.
    Hex,
}

/// Makes a key of `bits` random bits after `prefix`.
///
/// # Errors
/// [`Error::Invalid`] for a prefix that is not short plain ASCII, and for bits that are no whole bytes or out of bounds.
pub fn generate_key(prefix: &str, bits: u16, format: KeyFormat) -> Result<Secret, Error> {
    let plain = prefix.len() <= 32 && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    if !plain {
        let why = "use at most 32 letters, digits, _, - or .".to_owned();
        return Err(Error::Invalid { field: "prefix", why });
    }
    if !BITS.contains(&bits) || !bits.is_multiple_of(8) {
        let why = "use 128 to 512 bits, in whole bytes".to_owned();
        return Err(Error::Invalid { field: "bits", why });
    }
    let mut bytes = zeroize::Zeroizing::new(vec![0_u8; usize::from(bits / 8)]);
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Error::Invalid { field: "key", why: "the system gave no randomness".to_owned() })?;
    let random = zeroize::Zeroizing::new(match format {
        KeyFormat::Base64url => URL_SAFE_NO_PAD.encode(&*bytes),
        KeyFormat::Hex => hex(&bytes),
    });
    // Large enough from the start: text that grows leaves unwiped copies of its beginning behind.
    let mut key = String::with_capacity(prefix.len() + random.len());
    key.push_str(prefix);
    key.push_str(&random);
    Ok(Secret::from(key))
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
        let made = |prefix| generate_key(prefix, KEY_BITS, KeyFormat::Base64url);
        let (one, two) = (made("sk_live_").unwrap(), made("sk_live_").unwrap());
        assert_ne!(one, two);
        assert_eq!(one.expose().len(), "sk_live_".len() + 43);
        assert!(key_matches(&one, &hash_key(&one)).unwrap());
        assert!(key_matches(&one, &hash_key(&one).to_uppercase()).unwrap());
        assert!(!key_matches(&two, &hash_key(&one)).unwrap());
        assert!(key_matches(&one, "abc").is_err());
        assert!(made("sk live").is_err());
    }

    #[test]
    fn a_key_is_as_long_as_its_bits_say_and_no_guessable_one_is_made() {
        for (bits, format, length) in [
            (128, KeyFormat::Base64url, 22),
            (128, KeyFormat::Hex, 32),
            (192, KeyFormat::Base64url, 32),
            (256, KeyFormat::Hex, 64),
            (512, KeyFormat::Base64url, 86),
        ] {
            assert_eq!(generate_key("", bits, format).unwrap().len(), length);
        }
        for bits in [0, 64, 127, 129, 520] {
            assert!(generate_key("", bits, KeyFormat::Hex).is_err(), "{bits}");
        }
    }
}
