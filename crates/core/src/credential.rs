//! What a credential is, without its secrets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The identity of a credential: random, never derived from a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialId(pub uuid::Uuid);

impl CredentialId {
    /// Makes a new random id.
    #[must_use]
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4())
    }
}

impl std::fmt::Display for CredentialId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.as_simple())
    }
}

impl std::str::FromStr for CredentialId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        uuid::Uuid::parse_str(text).map(Self)
    }
}

/// What kind of thing is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A static key that identifies an application.
    ApiKey,
    /// A login with a refresh token.
    Oauth,
    /// Machine-to-machine access (RFC 6749 §4.4).
    ClientCredentials,
    /// A pasted token.
    Jwt,
}

/// Where a credential is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// A developer's own machine and test data.
    #[default]
    Development,
    /// The rehearsal before production.
    Staging,
    /// Real users and real money.
    Production,
}

/// The state of a credential as scripts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Usable now.
    Fresh,
    /// A refresh is under way.
    Refreshing,
    /// Ends soon and nothing renews it.
    Expiring,
    /// Past its end.
    Expired,
    /// The provider ended the sign-in.
    SignInNeeded,
    /// The provider refused the client or its settings.
    Misconfigured,
    /// Provider or network unreachable; it is tried again.
    Waiting,
    /// Something did not match after a refresh; nothing is handed out until the person decides.
    Frozen,
    /// No end is known.
    NoExpiry,
}

/// The line of the design's status table (DESIGN.md section 5) that a credential is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The refresh was refused for good, or fails with an expired token: "Refresh failing".
    RefreshFailing,
    /// Expired and cannot renew: "Expired 2 h ago".
    Expired,
    /// The refresh fails for now, the token is still valid: "Retrying, 12 min".
    Retrying,
    /// Cannot renew and 5 minutes or less are left: "4 min".
    EndsNow,
    /// The sign-in itself ends within 7 days: "Sign in by Fri".
    SignInBy,
    /// The rotate-by date is within 7 days, or past: "Rotate in 3 d".
    Rotate,
    /// Cannot renew and ends within 7 days: "6 d".
    EndsSoon,
    /// The person paused its renewal: "Paused".
    Paused,
    /// Renews itself: "42 min".
    Renews,
    /// Has an end, far away: "58 d".
    Far,
    /// No end is known: "no expiry".
    NoExpiry,
}

/// How grave a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Nothing to do.
    Neutral,
    /// Will break.
    Warn,
    /// Does not work now.
    Bad,
}

/// A span of time that a meter draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetime {
    /// When it began.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}
