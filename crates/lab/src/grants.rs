//! What was approved: codes, refresh tokens and their families.
//!
//! A replaced refresh token that comes again is what the policy says; whatever that is, it is recorded.

use std::collections::HashMap;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};

use crate::clock::passed;
use crate::keys::b64;
use crate::module::Reuse;

/// A code that was given out.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) scope: String,
    /// Who approves, where the client said whom it expects (`login_hint`).
    pub(crate) account: Option<String>,
    pub(crate) used: bool,
}

/// What a refresh token stands for.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) scope: String,
    pub(crate) account: Option<String>,
    family: u64,
    /// The place in its family.
    number: u32,
}

/// Everything that was given out.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    pub(crate) codes: HashMap<String, Code>,
    held: HashMap<String, Held>,
    /// The newest number of each family that was not ended.
    families: HashMap<u64, u32>,
    /// When a token was first replaced, on this server's clock.
    replaced: HashMap<(u64, u32), Duration>,
    /// How far this server's clock was moved.
    pub(crate) moved: Duration,
}

/// Makes a value that can be found wherever it turns up.
pub(crate) fn made_up(what: &str) -> String {
    format!("lab-{what}-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))
}

/// Makes a refresh token; what makes it longer is different at every place of it, so that a part that is missing or
/// twice there is noticed.
fn refresh_token(len: usize) -> String {
    let mut token = made_up("refresh");
    let len = len.max(token.len());
    let mut number = 0_u32;
    while token.len() < len {
        token.push('-');
        token.push_str(&number.to_string());
        number += 1;
    }
    token.truncate(len);
    token
}

/// Computes the S256 challenge of a verifier (RFC 7636 §4.2).
pub(crate) fn challenge(verifier: &str) -> String {
    b64(digest(&SHA256, verifier.as_bytes()))
}

impl Grants {
    /// Begins a family and returns its first refresh token, at least `len` bytes long.
    pub(crate) fn begin(&mut self, scope: &str, account: Option<&str>, len: usize) -> String {
        let family = fastrand::u64(..);
        self.families.insert(family, 0);
        let token = refresh_token(len);
        self.held.insert(
            token.clone(),
            Held { scope: scope.to_owned(), account: account.map(str::to_owned), family, number: 0 },
        );
        token
    }

    /// Looks at a refresh token that came; `None` is `invalid_grant`.
    pub(crate) fn present(&mut self, token: &str, reuse: Reuse) -> Option<Held> {
        let held = self.held.get(token)?.clone();
        let newest = *self.families.get(&held.family)?;
        let fine = match reuse {
            Reuse::Forever => true,
            Reuse::Grace => held.number + 1 >= newest,
            Reuse::Revoke => held.number == newest,
            Reuse::Within(time) => held.number == newest || self.age(&held) <= time,
            Reuse::PreviousWithin(time) => {
                held.number == newest || held.number + 1 == newest && self.age(&held) <= time
            }
        };
        if !fine {
            self.families.remove(&held.family);
        }
        fine.then_some(held)
    }

    /// How long ago a refresh token was first replaced, if it was ever given out.
    pub(crate) fn replaced_for(&self, token: &str) -> Option<Duration> {
        self.held.get(token).map(|held| self.age(held))
    }

    /// How long ago a token was replaced.
    fn age(&self, held: &Held) -> Duration {
        let when = self.replaced.get(&(held.family, held.number));
        when.map_or(Duration::ZERO, |when| (passed() + self.moved).saturating_sub(*when))
    }

    /// Replaces a refresh token by one that is at least `len` bytes long.
    pub(crate) fn rotate(&mut self, held: &Held, len: usize) -> String {
        self.replaced.entry((held.family, held.number)).or_insert_with(|| passed() + self.moved);
        let number = self.families.get(&held.family).map_or(0, |newest| newest + 1);
        self.families.insert(held.family, number);
        let token = refresh_token(len);
        self.held.insert(token.clone(), Held { number, ..held.clone() });
        token
    }

    /// Ends the family of a refresh token, as revocation does (RFC 7009 §2.1).
    pub(crate) fn end(&mut self, token: &str) {
        if let Some(held) = self.held.get(token) {
            self.families.remove(&held.family);
        }
    }

    /// Tells whether a refresh token is known here, whatever became of it.
    pub(crate) fn knows(&self, token: &str) -> bool {
        self.held.contains_key(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(reuse: Reuse, times: u32) -> (Grants, String) {
        let mut grants = Grants::default();
        let first = grants.begin("openid", None, 0);
        let mut newest = first.clone();
        for _ in 0..times {
            let held = grants.present(&newest, reuse).unwrap();
            newest = grants.rotate(&held, 0);
        }
        (grants, first)
    }

    #[test]
    fn a_replaced_token_that_comes_again_ends_its_family() {
        let (mut grants, first) = replaced(Reuse::Revoke, 1);
        assert!(grants.present(&first, Reuse::Revoke).is_none());
        let newest: Vec<String> = grants.held.keys().cloned().collect();
        assert!(newest.iter().all(|token| grants.present(token, Reuse::Revoke).is_none()));
    }

    #[test]
    fn a_grace_time_is_for_the_token_before_the_newest() {
        let (mut grants, first) = replaced(Reuse::Grace, 1);
        assert!(grants.present(&first, Reuse::Grace).is_some());
        let (mut grants, first) = replaced(Reuse::Grace, 2);
        assert!(grants.present(&first, Reuse::Grace).is_none());
    }

    #[test]
    fn the_challenge_is_that_of_the_rfc() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
