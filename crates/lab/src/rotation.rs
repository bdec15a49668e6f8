//! Correct servers, by how they renew: what the fault tests and anybody's own client are tried against.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::answers::Reply;
use crate::module::{At, Module, Place, Reuse, module};
use crate::wire::Wire;

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

/// What one of them may do besides.
impl Module {
    /// The token endpoint is out of order for one renewal, after so many.
    #[must_use]
    pub fn out_of_order_once(self, after: u32) -> Self {
        self.instead(At::Refresh, |reply, _| reply.refuse(503, "temporarily_unavailable", "")).after(after).times(1)
    }

    /// The answer to one renewal comes in two halves, with a pause between them.
    #[must_use]
    pub fn in_halves_once(self, after: u32, pause: Duration) -> Self {
        self.wire(At::Refresh, Wire::Halves(pause)).after(after).times(1)
    }

    /// Once `wanted` is set, the answer to the next renewal breaks off in the middle of a token: the work is done, and
    /// what comes is not JSON. That clears it.
    #[must_use]
    pub fn junk_when(self, wanted: Arc<AtomicBool>) -> Self {
        let cut = move |reply: &mut Reply, _: &Place| {
            if wanted.swap(false, Ordering::SeqCst) {
                reply.body.truncate(reply.body.len() - reply.body.len() / 4);
            }
        };
        self.reply(At::Refresh, cut)
    }

    /// Refresh tokens are so many bytes long.
    #[must_use]
    pub fn refresh_tokens_of(self, bytes: usize) -> Self {
        self.policy(|policy| policy.refresh_len = bytes)
    }

    /// Access tokens live for so many seconds.
    #[must_use]
    pub fn access_tokens_for(self, seconds: u32) -> Self {
        self.policy(|policy| policy.access_life = seconds)
    }
}
