//! What happened during a sign-in, told so that a person can mend it and show it to anybody.
//!
//! Redacted by construction: a fact has no place for a code, a state, a verifier, a token or an address with a query.
//! What a stranger wrote is made harmless before it becomes part of one.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use http::HeaderMap;
use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use crate::answer::{Tokens, harmless};
use crate::catalog::{ClientAuth, GrantKind, LoginSettings};
use crate::discovery::Metadata;
use crate::error::{DiscoveryError, Error, LoginError, OrNone as _};
use crate::login::{LoginProgress, Tell, host_of};
use crate::ports::{Clock, HttpError};
use crate::sentence::sentence;
use crate::server_clock;
use crate::vault::lock;

/// How a note is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NoteTone {
    /// As it should be.
    Fine,
    /// Worth knowing.
    Odd,
    /// Why it failed.
    Wrong,
}

/// One line of the story of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Note {
    /// When.
    #[cfg_attr(test, ts(type = "string"))]
    pub at: Timestamp,
    /// What happened, as a sentence. It holds no secret.
    pub text: String,
    /// How it is meant.
    pub tone: NoteTone,
}

/// What can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fact {
    /// The provider's data has the endpoints.
    Known(String),
    /// The issuer published its metadata.
    Discovered(Box<Published>),
    /// How the client proves itself.
    ProvesItself { how: ClientAuth, listed: Option<Vec<String>> },
    /// The clock of the server against ours.
    Clock(i64),
    /// The port is bound.
    Listens { redirect_uri: String },
    /// The request was handed over behind the browser's back.
    Pushed(Result<(), String>),
    /// A code is shown for another device.
    ShowsCode { host: String },
    /// The browser opened, or did not.
    Opened(bool),
    /// The browser came back, or its address was pasted.
    CameBack { pasted: bool },
    /// The server refused at the redirect or at the token endpoint.
    Refused { host: String, code: String },
    /// The client is tried once more in the other way.
    TriesAgain(ClientAuth),
    /// The other way was taken: the client is registered for it, whatever the metadata says.
    Worked(ClientAuth),
    /// Tokens came.
    Granted(Box<Granted>),
    /// Scopes that were asked for did not come.
    Withheld(Vec<String>),
    /// The ID token holds.
    IdTokenHolds,
    /// The tokens are in the keychain.
    Stored,
}

/// What an issuer says of itself, as far as it matters for what can fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    host: String,
    /// Whether it says that it checks PKCE; none where no browser is used, so that it does not matter.
    pkce: Option<bool>,
    names_itself: bool,
    pushed: bool,
    missing: Vec<String>,
}

/// What was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Granted {
    lasts: Option<i64>,
    renews: bool,
    advice: String,
}

impl Fact {
    /// Tells what discovery found, beside what is asked for.
    pub(crate) fn discovered(settings: &LoginSettings, metadata: &Metadata) -> Self {
        let offered = &metadata.scopes_supported;
        let missing = |scope: &&String| !offered.is_empty() && !offered.contains(scope);
        Self::Discovered(Box::new(Published {
            host: host_of(&metadata.issuer),
            pkce: (settings.grant == GrantKind::Code).then_some(metadata.code_challenge_methods_supported.is_some()),
            names_itself: metadata.authorization_response_iss_parameter_supported,
            pushed: metadata.endpoints.pushed_authorization.is_some(),
            missing: settings.scopes.iter().filter(missing).map(|scope| harmless(scope, 60)).collect(),
        }))
    }

    /// Tells what was granted, beside what was asked for. `needs` is what a refresh token takes at this provider, where
    /// that is known.
    pub(crate) fn granted(settings: &LoginSettings, tokens: &Tokens, needs: Option<&str>) -> Self {
        let offline = settings.scopes.iter().any(|scope| scope == "offline_access");
        Self::Granted(Box::new(Granted {
            lasts: tokens.expires_in,
            renews: tokens.refresh_token.is_some(),
            advice: match needs {
                Some(needs) => format!("Here one takes {needs}."),
                None if settings.openid && !offline => "Ask for the scope offline_access to get one.".to_owned(),
                None => "This client may not have the grant refresh_token; its registration says so.".to_owned(),
            },
        }))
    }

    /// Tells which scopes were asked for and not granted; none if all were, or if the server does not say.
    pub(crate) fn withheld(settings: &LoginSettings, tokens: &Tokens) -> Option<Self> {
        let given = tokens.scopes.as_ref()?;
        let missing = settings.scopes.iter().filter(|scope| !given.contains(scope));
        let missing: Vec<String> = missing.map(|scope| harmless(scope, 60)).collect();
        (!missing.is_empty()).then_some(Self::Withheld(missing))
    }

    /// Compares the server's clock with ours, by the Date of an answer; none if that does not matter.
    pub(crate) fn clock(headers: &HeaderMap, sent_at: Timestamp, now: Timestamp) -> Option<Self> {
        let ahead = server_clock::ahead(headers, sent_at, now)?;
        (ahead.abs() > server_clock::MATTERS).then_some(Self::Clock(ahead.as_secs()))
    }

    /// Makes the note.
    pub(crate) fn note(&self, at: Timestamp) -> Note {
        let (tone, text) = self.say();
        Note { at, text, tone }
    }

    fn say(&self) -> (NoteTone, String) {
        use NoteTone::{Fine, Odd, Wrong};
        match self {
            Self::Known(name) => (Fine, format!("The endpoints of {name} are known.")),
            Self::Discovered(found) => found.say(),
            Self::ProvesItself { how, listed } => {
                let listed =
                    listed.as_ref().map(|list| format!(" The server lists {}.", harmless(&list.join(", "), 200)));
                (Fine, format!("The client {}.{}", way(*how), listed.unwrap_or_default()))
            }
            Self::Clock(off) => {
                let way = if *off > 0 { "behind" } else { "ahead of" };
                (Odd, format!("This computer's clock is {} s {way} the server's.", off.unsigned_abs()))
            }
            Self::Listens { redirect_uri } => (Fine, format!("Listening at {redirect_uri}.")),
            Self::Pushed(Ok(())) => (Fine, "The request was pushed to the server.".to_owned()),
            Self::Pushed(Err(code)) => (Odd, format!("The server did not take a pushed request: {code}.")),
            Self::ShowsCode { host } => (Fine, format!("Showing a code to be entered at {host}.")),
            Self::Opened(true) => (Fine, "The browser was asked to open.".to_owned()),
            Self::Opened(false) => (Wrong, "No browser opened.".to_owned()),
            Self::CameBack { pasted: false } => (Fine, "The browser came back with the right state.".to_owned()),
            Self::CameBack { pasted: true } => (Fine, "An address with the right state was pasted.".to_owned()),
            Self::Refused { host, code } => (Wrong, format!("{host} refused: {code}.")),
            Self::TriesAgain(how) => (Fine, format!("Tried once more: the client {}.", way(*how))),
            Self::Worked(how) => {
                (Odd, format!("That worked: the client {}. From now on it does so at once.", way(*how)))
            }
            Self::Granted(granted) => granted.say(),
            Self::Withheld(scopes) => (Odd, format!("The server did not grant {}.", scopes.join(", "))),
            Self::IdTokenHolds => (Fine, "The ID token holds: signature, issuer, audience, times.".to_owned()),
            Self::Stored => (Fine, "Everything is stored.".to_owned()),
        }
    }
}

impl Published {
    fn say(&self) -> (NoteTone, String) {
        let mut text = format!("{} published its endpoints", self.host);
        let offers = [
            ("PKCE", self.pkce == Some(true)),
            ("its name in the answer", self.names_itself),
            ("pushed requests", self.pushed),
        ];
        let offers: Vec<&str> = offers.iter().filter(|(_, offered)| *offered).map(|(name, _)| *name).collect();
        if !offers.is_empty() {
            // Writing into a String does not fail.
            write!(text, " and offers {}", offers.join(", ")).unwrap_or(());
        }
        text.push('.');
        let unsure = self.pkce == Some(false);
        if unsure {
            text.push_str(" It does not say that it checks PKCE; state is compared in any case.");
        }
        if self.missing.is_empty() {
            return (if unsure { NoteTone::Odd } else { NoteTone::Fine }, text);
        }
        write!(text, " It does not list the scope {}.", self.missing.join(", ")).unwrap_or(());
        (NoteTone::Odd, text)
    }
}

impl Granted {
    fn say(&self) -> (NoteTone, String) {
        let lasts =
            self.lasts.map_or("for a time that it did not say".to_owned(), |seconds| format!("for {seconds} s"));
        let mut text = format!("The server gave an access token {lasts}");
        text.push_str(if self.renews { " and a refresh token." } else { " and no refresh token. " });
        if self.renews {
            return (NoteTone::Fine, text);
        }
        text.push_str(&self.advice);
        (NoteTone::Odd, text)
    }
}

fn way(how: ClientAuth) -> &'static str {
    match how {
        ClientAuth::None => "names itself and has no secret",
        ClientAuth::Basic => "proves itself with its secret in the header (client_secret_basic)",
        ClientAuth::Post => "proves itself with its secret in the form (client_secret_post)",
        ClientAuth::PrivateKeyJwt => "proves itself with its private key (private_key_jwt)",
    }
}

/// What is known beyond the error itself when a sign-in fails, for a better hint.
#[derive(Debug, Default, Clone)]
pub(crate) struct Known {
    pub(crate) redirect_uri: Option<String>,
    pub(crate) clock_off: Option<i64>,
    pub(crate) tried: Vec<ClientAuth>,
    pub(crate) missing_scopes: Vec<String>,
}

impl Known {
    /// Remembers what a fact says.
    pub(crate) fn hear(&mut self, fact: &Fact) {
        match fact {
            Fact::Listens { redirect_uri } => self.redirect_uri = Some(redirect_uri.clone()),
            Fact::Clock(off) => self.clock_off = Some(*off),
            Fact::ProvesItself { how, .. } | Fact::TriesAgain(how) => self.tried.push(*how),
            Fact::Discovered(found) => self.missing_scopes.clone_from(&found.missing),
            _ => {}
        }
    }

    /// Returns what to do, where more is known than the error says by itself.
    pub(crate) fn advice(&self, error: &Error) -> Option<String> {
        let Error::Login(error) = error else { return None };
        match error {
            LoginError::TimedOut => Some(self.about_redirect("If the provider's page showed an error instead, ")),
            LoginError::Exchange { code, .. } if code == "invalid_grant" => {
                Some(self.about_redirect("Start again. If it stays, "))
            }
            LoginError::Refused { code, .. } | LoginError::Exchange { code, .. } | LoginError::Pushed { code, .. }
                if code == "invalid_scope" && !self.missing_scopes.is_empty() =>
            {
                Some(format!("The server does not list {}; leave that out.", self.missing_scopes.join(", ")))
            }
            LoginError::Exchange { code, .. } | LoginError::Pushed { code, .. } if code == "invalid_client" => {
                let tried: Vec<&str> = self.tried.iter().map(|how| way(*how)).collect();
                Some(format!("Check the client id and secret. Tried: the client {}.", tried.join("; it ")))
            }
            LoginError::IdToken(_) => self.clock_off.map(|off| {
                format!("This computer's clock is {} s off; set it right and start again.", off.unsigned_abs())
            }),
            LoginError::Discovery(DiscoveryError::Http(HttpError::Tls { reason, .. }))
                if reason.contains("UnknownIssuer") =>
            {
                let text = "A program or a network between here and the server opens the connection: a proxy that \
                            inspects TLS, perhaps. Ask for its certificate to be installed, or use another network.";
                Some(text.to_owned())
            }
            _ => None,
        }
    }

    fn about_redirect(&self, start: &str) -> String {
        let Some(address) = self.redirect_uri.as_deref().and_then(|uri| Url::parse(uri).ok_or_none()) else {
            return "Start the sign-in again.".to_owned();
        };
        let mut any_port = address.clone();
        // A server that compares loopback addresses as RFC 8252 says leaves the port out.
        any_port.set_port(None).unwrap_or(());
        format!(
            "{start}the redirect address is probably not registered: register {any_port} (any port), or {address} for \
             a server that compares all of it, with --redirect-uri."
        )
    }
}

/// Who hears of a sign-in, with what was told so far.
#[derive(Clone)]
pub(crate) struct Story {
    tell: Tell,
    clock: Arc<dyn Clock>,
    known: Arc<Mutex<Known>>,
}

impl Story {
    pub(crate) fn new(tell: Tell, clock: Arc<dyn Clock>) -> Self {
        Self { tell, clock, known: Arc::default() }
    }

    /// Tells where the sign-in is.
    pub(crate) fn tell(&self, progress: LoginProgress) {
        (self.tell)(progress);
    }

    /// Tells what happened.
    pub(crate) fn note(&self, fact: &Fact) {
        lock(&self.known).hear(fact);
        self.tell(LoginProgress::Noted(fact.note(self.clock.now())));
    }

    /// Looks at the clock of whoever answered.
    pub(crate) fn look_at_clock(&self, headers: &HeaderMap, sent_at: Timestamp) {
        if let Some(fact) = Fact::clock(headers, sent_at, self.clock.now()) {
            self.note(&fact);
        }
    }

    /// Tells how it failed, and what to do where more is known than the error says.
    pub(crate) fn fail(&self, error: &Error) {
        let advice = lock(&self.known).advice(error);
        self.tell(LoginProgress::Noted(Note {
            at: self.clock.now(),
            text: sentence(error, None).message,
            tone: NoteTone::Wrong,
        }));
        if let Some(advice) = advice {
            self.tell(LoginProgress::Advice(advice));
        }
    }
}

/// Writes a note as one line of a report: seconds since `start`, a mark, and the sentence.
#[must_use]
pub fn line(note: &Note, start: Timestamp) -> String {
    let mark = match note.tone {
        NoteTone::Fine => ' ',
        NoteTone::Odd => '?',
        NoteTone::Wrong => '!',
    };
    format!("{:>8.3} s {mark} {}", note.at.duration_since(start).as_secs_f64(), note.text)
}

/// Writes notes as a report that can be pasted anywhere.
#[must_use]
pub fn report(notes: &[Note]) -> String {
    let Some(first) = notes.first() else { return String::new() };
    notes.iter().map(|note| line(note, first.at)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[path = "explain_test.rs"]
mod tests;
