//! What the server saw, and what it holds against the client whatever the module.

use std::collections::HashMap;
use std::time::Duration;

use crate::module::At;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Where it arrived.
    pub at: At,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query.
    pub query: Vec<(String, String)>,
    /// The form, of a body that is one.
    pub form: Vec<(String, String)>,
    /// The header `Authorization`.
    pub authorization: Option<String>,
    /// The header `DPoP`: a proof of possession.
    pub dpop: Option<String>,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// Names of the headers that have no business here: cookies, a referrer, an origin.
    pub odd_headers: Vec<String>,
}

#[cfg(test)]
impl Seen {
    /// A request without anything but its place.
    pub(crate) fn bare(at: At) -> Self {
        Self {
            at,
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: Vec::new(),
            form: Vec::new(),
            authorization: None,
            dpop: None,
            content_type: None,
            odd_headers: Vec::new(),
        }
    }
}

impl Seen {
    /// Returns a member of the form.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// Returns a member of the query.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// Something that no client may do, whatever the server does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The rule it breaks.
    pub rule: &'static str,
    /// What was done.
    pub what: String,
}

/// Everything that one lab saw and gave out.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The requests, in order.
    pub seen: Vec<Seen>,
    /// What is held against the client.
    pub complaints: Vec<Complaint>,
    /// Connections to the listener that nobody has any business with, and requests to the honest neighbour's
    /// token endpoint with what this server gave.
    pub trapped: Vec<String>,
    /// The access tokens given out, in order.
    pub access_tokens: Vec<String>,
    /// The refresh tokens given out, in order.
    pub refresh_tokens: Vec<String>,
    /// How long after it was first replaced each refresh token came that was refused.
    pub refused_after: Vec<Duration>,
    /// The ID tokens given out, in order.
    pub id_tokens: Vec<String>,
    pub(crate) hits: HashMap<At, u32>,
    pub(crate) once: Vec<String>,
    /// How soon a device may ask again.
    pub(crate) pace: crate::pace::Pace,
    /// The identifiers of the proofs of possession that were seen.
    pub(crate) proofs: Vec<String>,
}

impl Record {
    /// Returns how many requests arrived at a place.
    #[must_use]
    pub fn count(&self, at: At) -> u32 {
        u32::try_from(self.seen.iter().filter(|seen| seen.at == at).count()).unwrap_or(u32::MAX)
    }

    /// Returns how often the most often sent refresh token was sent.
    #[must_use]
    pub fn most_sent(&self) -> u32 {
        let sent: Vec<&str> = self.seen.iter().filter_map(|seen| seen.form("refresh_token")).collect();
        let of = |token: &str| sent.iter().filter(|have| **have == token).count();
        u32::try_from(sent.iter().map(|token| of(token)).max().unwrap_or(0)).unwrap_or(u32::MAX)
    }

    pub(crate) fn complain(&mut self, rule: &'static str, what: impl Into<String>) {
        let complaint = Complaint { rule, what: what.into() };
        if !self.complaints.contains(&complaint) {
            self.complaints.push(complaint);
        }
    }

    /// Complains about a value that should be new every time and is not.
    pub(crate) fn only_once(&mut self, rule: &'static str, what: &str, value: &str) {
        let value = format!("{what}={value}");
        if self.once.contains(&value) {
            self.complain(rule, format!("{what} was used before"));
        }
        self.once.push(value);
    }
}
