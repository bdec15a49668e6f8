//! What is remembered of a token without the token: marks for [`crate::health`]. No claim, no name of one.

use super::findings::scopes_in;
use super::leaks;
use super::parse::Parsed;
use super::time::When;
use crate::scopes::is_broad;

/// What a token is, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Whether it is not signed.
    pub(crate) alg_none: bool,
    /// How many of its claims look like secrets.
    pub(crate) secrets: usize,
    /// How many of its scopes are broad.
    pub(crate) broad_scopes: usize,
    /// From its issue to its expiry, in seconds, where it says both.
    pub(crate) lifetime: Option<i64>,
}

/// Reads the marks of a token.
pub(crate) fn marks(parsed: &Parsed<'_>) -> Marks {
    let alg_none = parsed.jws.alg().is_some_and(|alg| alg.eq_ignore_ascii_case("none"));
    if parsed.jws.encrypted || parsed.unclaimed.is_some() {
        return Marks { alg_none, ..Marks::default() };
    }
    let scopes = ["scope", "scp", "scopes", "permissions"].iter().filter_map(|claim| parsed.claims.get(*claim));
    let when = |claim| When::of(&parsed.claims, claim).to_compare();
    let start = when("iat").or_else(|| when("nbf"));
    let lifetime = when("exp").zip(start).map(|(end, start)| end.duration_since(start).as_secs());
    Marks {
        alg_none,
        secrets: parsed.claims.iter().filter(|(name, value)| leaks::find(name, value).is_some()).count(),
        broad_scopes: scopes.flat_map(scopes_in).filter(|scope| is_broad(scope)).count(),
        lifetime,
    }
}
