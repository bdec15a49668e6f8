//! What is known of a token besides its own words: which login it belongs to, and what the person calls long or short.

use jiff::SignedDuration;

/// What a token is held against when it is looked at. The default knows nothing and is strict as the RFCs are.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The issuer of the login that the token belongs to.
    pub issuer: Option<&'a str>,
    /// What was asked for as audience; a token for any of them is for the right one.
    pub audiences: Vec<&'a str>,
    /// The login's own client.
    pub client_id: Option<&'a str>,
    /// The longest life an access token should have, in hours.
    pub longest_hours: u16,
    /// The shortest shared secret of HS256, in bytes (RFC 7518, section 3.2).
    pub secret_bytes: u16,
}

impl Default for Context<'_> {
    fn default() -> Self {
        Self { issuer: None, audiences: Vec::new(), client_id: None, longest_hours: 24, secret_bytes: 32 }
    }
}

impl Context<'_> {
    pub(super) fn longest(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.longest_hours))
    }
}
