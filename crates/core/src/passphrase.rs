//! The passphrase of the app lock, as far as it is kept: a salted Argon2id hash, in the keychain.
//!
//! The passphrase itself is nowhere. The hash is in the keychain rather than in the database, so that a copy of the
//! vault's folder (a backup, a synced disk) gives nobody anything to try words against.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::{Error, OrNone as _};
use crate::ports::KeychainError;
use crate::sealer::hex;
use crate::secret::{Secret, SecretBytes};

/// The shortest passphrase, in characters.
pub(crate) const SHORTEST: usize = 8;
/// The longest passphrase, in bytes.
const LONGEST: usize = 1024;
/// Memory in KiB, passes and lanes, as the OWASP Password Storage Cheat Sheet gives them for Argon2id.
const COST: Cost = Cost { memory: 19 * 1024, passes: 2, lanes: 1 };
/// Salt and hash, in bytes.
const SALT: usize = 16;
const HASH: usize = 32;

/// How much work a guess is. Kept beside the hash, so that later versions can ask for more.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// What the keychain holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    v: u8,
    #[serde(flatten)]
    cost: Cost,
    salt: String,
    hash: String,
}

/// Refuses what is too short to protect anything, or too long to be one.
pub(crate) fn check(passphrase: &Secret) -> Result<(), Error> {
    // Exposed to be counted.
    let characters = passphrase.expose().chars().count();
    if characters < SHORTEST || passphrase.len() > LONGEST {
        let why = format!("give {SHORTEST} characters or more");
        return Err(Error::Invalid { field: "passphrase", why });
    }
    Ok(())
}

/// Makes what the keychain is to hold for a new passphrase.
pub(crate) async fn keep(passphrase: &Secret) -> Result<SecretBytes, Error> {
    let mut salt = [0_u8; SALT];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| KeychainError::Other("no randomness".to_owned()))?;
    let hash = hashed(passphrase, COST, salt.to_vec()).await?;
    let kept = Kept { v: 1, cost: COST, salt: hex(&salt), hash: hex(&*hash) };
    let mut bytes = Vec::with_capacity(512);
    serde_json::to_writer(&mut bytes, &kept).map_err(|error| KeychainError::Other(error.to_string()))?;
    Ok(SecretBytes::new(bytes))
}

/// Tells whether `passphrase` is the one that `kept` was made of.
pub(crate) async fn fits(passphrase: &Secret, kept: &SecretBytes) -> Result<bool, Error> {
    // Exposed to the parser only.
    let kept: Kept = serde_json::from_slice(kept.expose()).map_err(|_| Error::ItemLost)?;
    let (salt, wanted) = (bytes(&kept.salt)?, Zeroizing::new(bytes(&kept.hash)?));
    let got = hashed(passphrase, kept.cost, salt).await?;
    Ok(aws_lc_rs::constant_time::verify_slices_are_equal(&*got, &wanted).is_ok())
}

/// Hashes away from the threads that everything else runs on: it takes as long as it is meant to.
async fn hashed(passphrase: &Secret, cost: Cost, salt: Vec<u8>) -> Result<Zeroizing<[u8; HASH]>, Error> {
    let passphrase = passphrase.clone();
    let work = move || {
        let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(HASH)).map_err(|_| Error::ItemLost)?;
        let mut hash = Zeroizing::new([0_u8; HASH]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            // Exposed to the hash only.
            .hash_password_into(passphrase.expose().as_bytes(), &salt, &mut *hash)
            .map_err(|_| Error::ItemLost)?;
        Ok(hash)
    };
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Fault))
}

fn bytes(hex: &str) -> Result<Vec<u8>, Error> {
    let digit = |at: usize| hex.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok_or_none());
    (0..hex.len()).step_by(2).map(|at| digit(at).ok_or(Error::ItemLost)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_passphrase_itself_fits_and_it_is_not_in_what_is_kept() {
        let passphrase = Secret::new("correct horse battery");
        let kept = keep(&passphrase).await.unwrap();
        assert!(fits(&passphrase, &kept).await.unwrap());
        for wrong in ["", "correct horse batter", "Correct horse battery", "correct horse battery "] {
            assert!(!fits(&Secret::new(wrong), &kept).await.unwrap(), "{wrong:?}");
        }
        assert!(!String::from_utf8_lossy(kept.expose()).contains("horse"));
        assert_ne!(kept, keep(&passphrase).await.unwrap(), "the same salt twice");
        assert_eq!(fits(&passphrase, &SecretBytes::new(b"{}".to_vec())).await, Err(Error::ItemLost));
    }

    #[test]
    fn a_passphrase_is_counted_in_characters() {
        assert!(check(&Secret::new("straßenb")).is_ok());
        assert!(check(&Secret::new("ßßßßßßß")).is_err(), "7 characters in 14 bytes");
        assert!(check(&Secret::new("x".repeat(LONGEST + 1))).is_err());
    }
}
