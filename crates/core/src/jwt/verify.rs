//! Says whether a signature holds, and never more than that.
//!
//! Invariant: [`SignatureStatus::Verified`] comes from one place, a key that the caller chose and that by its own data
//! may check this algorithm (RFC 8725, section 3.1). Nothing in the token adds an algorithm or a key: `jku`, `x5u`,
//! `x5c` and `jwk` are not read at all.

use super::keys::{self, Alg, Answer, Key, Kind};
use super::parse::{Jws, Parsed};
use super::{Signature, SignatureStatus};
use crate::secret::Secret;

/// The keys a caller chose for a token.
pub enum Keys<'a> {
    /// A JWK set as an issuer publishes it. Secrets in it are not used.
    Jwks {
        /// The JSON text.
        text: &'a str,
        /// Where it came from, for the person: a URL or a file.
        source: String,
    },
    /// One file: a public key (PEM, DER), a JWK, or a JWK set.
    KeyFile {
        /// The content.
        bytes: &'a [u8],
        /// What to call it: "key file".
        source: String,
    },
    /// A shared secret, for HS256, HS384 and HS512.
    Secret(&'a Secret),
}

/// Why no key is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoKeys {
    /// Nobody asked for a check.
    NotAsked,
    /// No keys are known for the issuer.
    NoneKnown,
    /// The keys could not be fetched; holds where from.
    Unavailable(String),
}

/// Checks the signature of a token.
#[must_use]
pub fn check(parsed: &Parsed<'_>, keys: &Keys<'_>) -> Signature {
    check_jws(&parsed.jws, keys)
}

/// Checks the signature of any compact JWS (RFC 7515, section 5.2), whatever its payload.
#[must_use]
pub fn check_jws(jws: &Jws<'_>, keys: &Keys<'_>) -> Signature {
    let alg = match algorithm(jws) {
        Ok(alg) => alg,
        Err(settled) => return settled,
    };
    // No extension is understood here, so any `crit`, well-formed or not, ends it (RFC 7515, section 4.1.11).
    if jws.header.contains_key("crit") {
        return verdict(jws, SignatureStatus::Invalid, "crit", None);
    }
    match keys {
        Keys::Secret(secret) => one(jws, alg, &Key::from_secret(secret), "shared secret"),
        Keys::KeyFile { bytes, source } => match keys::from_file(bytes).as_deref() {
            Ok([key]) => one(jws, alg, key, source),
            Ok(set) => several(jws, alg, set, source),
            Err(_) => verdict(jws, SignatureStatus::NotChecked, "bad_key", Some(source)),
        },
        Keys::Jwks { text, source } => match keys::from_json(text) {
            Ok(set) => several(jws, alg, &set, source),
            Err(_) => verdict(jws, SignatureStatus::NotChecked, "bad_key", Some(source)),
        },
    }
}

/// Says what can be said without any key.
#[must_use]
pub fn unchecked(parsed: &Parsed<'_>, why: &NoKeys) -> Signature {
    let jws = &parsed.jws;
    let alg = match algorithm(jws) {
        Ok(alg) => alg,
        Err(settled) => return settled,
    };
    if alg.kind == Kind::Secret {
        return verdict(jws, SignatureStatus::NotChecked, "needs_secret", None);
    }
    let (reason, source) = match why {
        NoKeys::NotAsked => ("not_asked", None),
        NoKeys::NoneKnown => ("no_keys", None),
        NoKeys::Unavailable(source) => ("keys_unavailable", Some(source.as_str())),
    };
    verdict(jws, SignatureStatus::NotChecked, reason, source)
}

/// Returns the algorithm of the token, or the verdict that its header already settles.
fn algorithm(jws: &Jws<'_>) -> Result<&'static Alg, Signature> {
    if jws.encrypted {
        return Err(verdict(jws, SignatureStatus::Unsupported, "encrypted", None));
    }
    match jws.alg() {
        Some("none") => Err(verdict(jws, SignatureStatus::Invalid, "alg_none", None)),
        alg => {
            alg.and_then(Alg::named).ok_or_else(|| verdict(jws, SignatureStatus::Unsupported, "unsupported_alg", None))
        }
    }
}

/// Asks the one key that was chosen; its name does not matter.
fn one(jws: &Jws<'_>, alg: &Alg, key: &Key, source: &str) -> Signature {
    conclude(jws, ask(jws, alg, key), key.kid.as_deref(), source)
}

/// Asks the keys of a set that the token names, or all that fit when it names none.
fn several(jws: &Jws<'_>, alg: &Alg, set: &[Key], source: &str) -> Signature {
    if set.is_empty() {
        return verdict(jws, SignatureStatus::NotChecked, "no_keys", Some(source));
    }
    // A secret in a published set is a secret no more, and one in a set was not chosen for this token.
    let public = set.iter().filter(|key| !key.is_secret());
    let candidates: Vec<&Key> = match jws.kid() {
        Some(kid) => public.filter(|key| key.kid.as_deref() == Some(kid)).collect(),
        None => public.filter(|key| key.may_check(alg)).collect(),
    };
    if candidates.is_empty() {
        let reason = if alg.kind == Kind::Secret { "needs_secret" } else { "unknown_key" };
        return verdict(jws, SignatureStatus::NotChecked, reason, Some(source));
    }
    // Several keys may fit: the first that confirms wins, else the answer that says most.
    let mut best = (Answer::BadKey, None);
    for key in candidates {
        let answer = ask(jws, alg, key);
        if answer >= best.0 {
            best = (answer, key.kid.as_deref());
        }
        if answer == Answer::Verified {
            break;
        }
    }
    let (answer, kid) = best;
    // The one key that failed is worth naming; of several that were only tried, none is.
    let kid = kid.filter(|_| answer == Answer::Verified || jws.kid().is_some());
    conclude(jws, answer, kid, source)
}

fn ask(jws: &Jws<'_>, alg: &Alg, key: &Key) -> Answer {
    key.check(alg, jws.signing_input.as_bytes(), jws.segments.signature, &jws.signature)
}

fn conclude(jws: &Jws<'_>, answer: Answer, kid: Option<&str>, source: &str) -> Signature {
    let (status, reason) = match answer {
        Answer::Verified => (SignatureStatus::Verified, "ok"),
        Answer::Mismatch => (SignatureStatus::Invalid, "mismatch"),
        Answer::OtherAlgorithm => (SignatureStatus::Invalid, "key_alg_mismatch"),
        // A broken key says nothing about the token.
        Answer::BadKey => (SignatureStatus::NotChecked, "bad_key"),
    };
    let mut signature = verdict(jws, status, reason, Some(source));
    if let Some(kid) = kid {
        signature.key_id = Some(super::text::shown(kid));
    }
    signature
}

fn verdict(jws: &Jws<'_>, status: SignatureStatus, reason: &str, source: Option<&str>) -> Signature {
    Signature {
        status,
        reason: reason.to_owned(),
        key_id: jws.kid().map(super::text::shown),
        source: source.map(str::to_owned),
    }
}
