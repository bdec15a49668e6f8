//! What one module is: a title, the rules it provokes, what a good client does, and the one thing that is changed.
//!
//! A module is data with a few lines of change. It never knows how requests are read or answers are written, so that
//! a new piece of malice is a new row.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::answers::Reply;
use crate::authorize::{Asked, Visit};
use crate::flood::Flood;
use crate::id_token::Draft;
use crate::tls::Certificate;
use crate::wire::Wire;

/// A place of the server at which something can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum At {
    /// The metadata document.
    Discovery,
    /// The authorization endpoint.
    Authorize,
    /// The token endpoint, for an authorization code.
    Code,
    /// The token endpoint, for a refresh token.
    Refresh,
    /// The token endpoint, for any other grant.
    Grant,
    /// The key set.
    Keys,
    /// `UserInfo`.
    UserInfo,
    /// Revocation (RFC 7009).
    Revocation,
    /// Introspection (RFC 7662).
    Introspection,
    /// Device authorization (RFC 8628).
    Device,
    /// Pushed authorization requests (RFC 9126).
    Par,
    /// Client registration (RFC 7591).
    Registration,
    /// Nowhere that is known.
    Elsewhere,
}

/// How the client is registered at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Without a secret.
    Public,
    /// With a secret, sent by HTTP Basic.
    Basic,
    /// With a secret, sent in the form.
    Post,
}

/// What a good client ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Signed in, and renewed where it renews.
    SignedIn,
    /// Without a sign-in.
    Refused,
    /// Signed in; the answer to the renewal is not used, and the stored token is not thrown away.
    Kept,
}

/// What the server does with a refresh token that it has replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reuse {
    /// Takes its bearer for a thief and ends the whole family (RFC 9700 §4.14.2).
    Revoke,
    /// Takes it once more, as long as it is the one before the newest.
    Grace,
    /// Takes whatever was replaced no longer ago than this, and ends the family for anything older.
    Within(Duration),
    /// Takes the one before the newest no longer than this after it was replaced, and ends the family for anything else.
    PreviousWithin(Duration),
    /// Takes it for ever.
    Forever,
}

/// The settings of an otherwise correct server.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of servers that goes with any other")]
pub(crate) struct Policy {
    /// The path of the issuer, such as `/tenant`.
    pub(crate) path: &'static str,
    /// Whether the metadata is where RFC 8414 says, and not where OpenID Connect does.
    pub(crate) oauth_only: bool,
    /// Whether a refresh gives a new refresh token.
    pub(crate) rotate: bool,
    /// What happens to a replaced one that comes again.
    pub(crate) reuse: Reuse,
    /// Whether the redirect names the issuer (RFC 9207).
    pub(crate) names_issuer: bool,
    /// Whether a refresh brings an ID token.
    pub(crate) id_token_at_refresh: bool,
    /// How long refresh tokens are, in bytes, if longer than they need to be.
    pub(crate) refresh_len: usize,
    /// How long access tokens live, in seconds.
    pub(crate) access_life: u32,
}

/// Where the parts of a lab are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The issuer.
    pub issuer: String,
    /// Scheme, host and port of the server.
    pub origin: String,
    /// The issuer of an honest server next to it.
    pub other: String,
    /// The origin of a listener that nobody has any business with.
    pub trap: String,
}

type Change<T> = Arc<dyn Fn(&mut T, &Place) + Send + Sync>;

type ChangeVisits = Arc<dyn Fn(&mut Vec<Visit>, &Place, &Asked) + Send + Sync>;

/// What is changed.
#[derive(Clone)]
pub(crate) enum What {
    Json(Change<Value>),
    Visits(ChangeVisits),
    IdToken(Change<Draft>),
    Reply(Change<Reply>),
    /// In place of doing what was asked.
    Instead(Change<Reply>),
    Wire(Wire),
    /// In place of doing what was asked: the answer that the one before got there.
    Again,
    /// Two that come at the same time get each other's answer.
    Crossed,
}

/// One change, with its place and how often it happens there.
#[derive(Clone)]
pub(crate) struct Twist {
    pub(crate) at: At,
    /// The requests at that place that are answered as they should be before it.
    pub(crate) after: u32,
    /// How many requests it changes then.
    pub(crate) times: u32,
    pub(crate) what: What,
}

/// One way of misbehaving.
#[derive(Clone)]
pub struct Module {
    /// Its id, such as `HA02`; a variant follows after a dot.
    pub id: String,
    /// What the server does.
    pub title: String,
    /// The rules that it provokes.
    pub rules: Vec<&'static str>,
    /// What a good client does, in words.
    pub good: &'static str,
    /// What a good client ends with.
    pub ends: Ends,
    /// How often a good client redeems a code.
    pub redeems: u32,
    /// How often a good client sends a refresh token, at most, when it is asked to renew as often as it likes.
    pub refreshes: Option<u32>,
    /// How the client is registered.
    pub client: Client,
    pub(crate) policy: Policy,
    /// The certificate of a server with TLS.
    pub(crate) certificate: Option<Certificate>,
    /// How every request is answered at a server with HTTP/2.
    pub(crate) flood: Option<Flood>,
    pub(crate) twists: Vec<Twist>,
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Module").field("id", &self.id).field("title", &self.title).finish_non_exhaustive()
    }
}

/// Begins a module whose client signs in.
pub(crate) fn module(id: impl Into<String>, title: impl Into<String>, rules: &[&'static str]) -> Module {
    Module {
        id: id.into(),
        title: title.into(),
        rules: rules.to_vec(),
        good: "signs in",
        ends: Ends::SignedIn,
        redeems: 1,
        refreshes: None,
        client: Client::Public,
        policy: Policy {
            path: "",
            oauth_only: false,
            rotate: true,
            reuse: Reuse::Revoke,
            names_issuer: true,
            id_token_at_refresh: false,
            refresh_len: 0,
            access_life: 3600,
        },
        certificate: None,
        flood: None,
        twists: Vec::new(),
    }
}

impl Module {
    /// Says in words what a good client does.
    pub(crate) fn good(mut self, words: &'static str) -> Self {
        self.good = words;
        self
    }

    /// A good client refuses, having redeemed a code so often.
    pub(crate) fn refused(mut self, redeems: u32, words: &'static str) -> Self {
        (self.ends, self.redeems, self.good) = (Ends::Refused, redeems, words);
        self
    }

    /// A good client keeps its login, having sent a refresh token at most so often.
    pub(crate) fn kept(mut self, refreshes: u32, words: &'static str) -> Self {
        (self.ends, self.refreshes, self.good) = (Ends::Kept, Some(refreshes), words);
        self
    }

    /// A good client signs in and renews, having sent a refresh token at most so often.
    pub(crate) fn renews(mut self, refreshes: u32, words: &'static str) -> Self {
        (self.refreshes, self.good) = (Some(refreshes), words);
        self
    }

    /// Registers the client with a secret.
    pub(crate) fn client(mut self, client: Client) -> Self {
        self.client = client;
        self
    }

    /// The server has TLS, with this certificate.
    pub(crate) fn tls(mut self, certificate: Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// The server has HTTP/2, and answers every request so.
    pub(crate) fn flood(self, what: Flood) -> Self {
        Self { flood: Some(what), ..self.tls(Certificate::Good) }
    }

    /// One renewal, after so many, is answered with what the one before it got, whoever that was: what a cache does that
    /// looks at the address alone. Renewals bring an ID token, so that the client can see it.
    #[must_use]
    pub fn cached_once(self, after: u32) -> Self {
        self.policy(|policy| policy.id_token_at_refresh = true).twist(At::Refresh, What::Again).after(after).times(1)
    }

    /// Two renewals, after so many, wait for each other and get each other's answer.
    #[must_use]
    pub fn crossed_once(self, after: u32) -> Self {
        self.policy(|policy| policy.id_token_at_refresh = true).twist(At::Refresh, What::Crossed).after(after).times(2)
    }

    /// Sets up the server otherwise.
    pub(crate) fn policy(mut self, set: impl FnOnce(&mut Policy)) -> Self {
        set(&mut self.policy);
        self
    }

    /// The last change happens only from the request after so many.
    pub(crate) fn after(mut self, requests: u32) -> Self {
        if let Some(twist) = self.twists.last_mut() {
            twist.after = requests;
        }
        self
    }

    /// The last change happens so often, and then no more.
    pub(crate) fn times(mut self, times: u32) -> Self {
        if let Some(twist) = self.twists.last_mut() {
            twist.times = times;
        }
        self
    }

    fn twist(mut self, at: At, what: What) -> Self {
        self.twists.push(Twist { at, after: 0, times: u32::MAX, what });
        self
    }

    /// Changes the metadata.
    pub(crate) fn metadata(self, change: impl Fn(&mut Value, &Place) + Send + Sync + 'static) -> Self {
        self.json(At::Discovery, change)
    }

    /// Changes the JSON answer of a place.
    pub(crate) fn json(self, at: At, change: impl Fn(&mut Value, &Place) + Send + Sync + 'static) -> Self {
        self.twist(at, What::Json(Arc::new(change)))
    }

    /// Changes where the browser is sent.
    pub(crate) fn visits(self, change: impl Fn(&mut Vec<Visit>, &Place, &Asked) + Send + Sync + 'static) -> Self {
        self.twist(At::Authorize, What::Visits(Arc::new(change)))
    }

    /// Changes the ID token before it is signed.
    pub(crate) fn id_token(self, at: At, change: impl Fn(&mut Draft, &Place) + Send + Sync + 'static) -> Self {
        self.twist(at, What::IdToken(Arc::new(change)))
    }

    /// Changes status, headers or body of an answer.
    pub(crate) fn reply(self, at: At, change: impl Fn(&mut Reply, &Place) + Send + Sync + 'static) -> Self {
        self.twist(at, What::Reply(Arc::new(change)))
    }

    /// Answers so, and does nothing of what was asked.
    pub(crate) fn instead(self, at: At, change: impl Fn(&mut Reply, &Place) + Send + Sync + 'static) -> Self {
        self.twist(at, What::Instead(Arc::new(change)))
    }

    /// Writes the answer in a way that no correct server writes.
    pub(crate) fn wire(self, at: At, wire: Wire) -> Self {
        self.twist(at, What::Wire(wire))
    }
}
