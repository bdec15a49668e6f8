//! Correct servers, by how they renew: what the fault tests and anybody's own client are tried against.

use std::time::Duration;

use crate::module::{Module, Reuse, module};

/// How a correct server renews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// With a new refresh token; an old one that comes again ends the family (RFC 9700 §4.14.2).
    Family,
    /// With a new refresh token; an old one is taken for so long after it was replaced.
    Grace(Duration),
    /// With a new refresh token; only the one before the newest is taken, for so long.
    Previous(Duration),
    /// With the same refresh token.
    Keeps,
}

impl Rotation {
    /// A correct server that renews so.
    #[must_use]
    pub fn server(self) -> Module {
        module("correct", "a correct server", &[]).policy(|policy| {
            policy.rotate = self != Self::Keeps;
            policy.reuse = match self {
                Self::Family => Reuse::Revoke,
                Self::Grace(time) => Reuse::Within(time),
                Self::Previous(time) => Reuse::PreviousWithin(time),
                Self::Keeps => Reuse::Forever,
            };
        })
    }
}
