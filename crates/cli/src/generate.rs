//! `fob generate` and `fob verify-key`: what needs no vault.

use fobwatch_core::{KeyFormat, generate_key, hash_key, key_matches};
use serde_json::json;

use crate::args::{Generate, VerifyKey};
use crate::desk::Desk;
use crate::failure::{Failure, REFUSED};
use crate::input::secret;
use crate::output::{answer, answer_json, answer_secret, say};

/// Makes a new random key.
pub(crate) fn generate(args: &Generate, desk: &Desk) -> Result<(), Failure> {
    let format = if args.hex { KeyFormat::Hex } else { KeyFormat::Base64url };
    let key = generate_key(&args.prefix, args.bits, format)?;
    let hash = args.hash.then(|| hash_key(&key));
    if desk.json {
        // Exposed because a new key is what was asked for.
        return answer_json(&json!({ "key": key.expose(), "sha256": hash }));
    }
    answer_secret(&key)?;
    if let Some(hash) = hash {
        answer(&hash)?;
    }
    Ok(())
}

/// Checks a key against its hash.
pub(crate) async fn verify_key(args: &VerifyKey, desk: &Desk) -> Result<(), Failure> {
    let key = secret("Key: ").await?;
    if !key_matches(&key, &args.hash)? {
        return Err(Failure::new(REFUSED, "no_match", "The key does not match this hash.", ""));
    }
    if desk.json {
        return answer_json(&json!({ "matches": true }));
    }
    say("The key matches.");
    Ok(())
}
