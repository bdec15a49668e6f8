//! Receives the redirect that ends a sign-in in the browser (RFC 8252 §7.3).
//!
//! Invariant: only a request that carries this sign-in's `state` ends the wait, and only once. Everything else that
//! knocks (a favicon, a port scan, a page in the same browser, another user) is answered with an error and forgotten.
//!
//! There is no task behind it. The listener and all its connections live in the value that the sign-in holds, so that
//! dropping the sign-in closes the port at once. The browser that brought the code is not answered before the caller
//! knows how the sign-in ended: it waits in [`Tab`], and what the page then says is true.

mod address;
mod door;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod pages;
mod request;
#[cfg(test)]
mod tests;

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use thiserror::Error;
use tokio::time::timeout;
use url::Url;

use crate::error::OrNone as _;
use crate::secret::Secret;
use door::{Desk, Door};
use pages::Ending;

/// Where the authorization server sends the browser back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectAddress {
    /// `http://127.0.0.1:PORT/callback`, or `[::1]` where there is no IPv4, on a port that the system picks.
    Ephemeral,
    /// `http://` with the host `127.0.0.1`, `[::1]` or `localhost`, for servers that compare the whole address.
    ///
    /// Without a port the system picks one: such servers ignore it (RFC 8252 §7.3).
    Fixed(Url),
}

/// Says why `url` can't be a redirect address of ours, if it can't.
pub(crate) fn redirect_problem(url: &Url) -> Option<&'static str> {
    address::problem(url)
}

/// Why there is no listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LoopbackError {
    /// Another program listens there. The caller names the port and asks for another redirect address.
    #[error("port {port} is taken by another program")]
    PortTaken {
        /// The port of the fixed address.
        port: u16,
    },
    /// The system keeps the port for itself, as it does with those below 1024.
    #[error("the system does not allow port {port}")]
    PortForbidden {
        /// The port of the fixed address.
        port: u16,
    },
    /// The fixed address can't be one of ours; the text says what is wrong with it.
    #[error("not a loopback redirect address: {0}")]
    BadRedirect(&'static str),
    /// Neither `127.0.0.1` nor `::1` can be bound.
    #[error("no loopback address can be bound: {0}")]
    NoLoopback(io::ErrorKind),
}

/// What the one genuine redirect must carry.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The `state` of this sign-in, compared in constant time (RFC 6749 §10.12).
    pub state: Secret,
    /// The issuer, where it is known; without it an `iss` parameter is ignored.
    pub issuer: Option<ExpectedIssuer>,
}

/// The mix-up defence of RFC 9207 §2.4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedIssuer {
    /// The issuer, compared as a string: no normalising.
    pub issuer: String,
    /// Whether its metadata says `authorization_response_iss_parameter_supported`, so that a missing `iss` is wrong too.
    pub required: bool,
}

/// How the browser came back. Each of these carried the right `state`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redirect {
    /// The person agreed.
    Code {
        /// The authorization code, good for one request.
        code: Secret,
    },
    /// The server, or the person, refused (RFC 6749 §4.1.2.1).
    Refused {
        /// The error code: at most 64 characters of `%x21-7E`.
        error: String,
        /// What the server adds: at most 300 characters, none of them invisible.
        description: Option<String>,
    },
    /// The answer names another issuer, or none although this one always names itself. The code is gone.
    IssuerMismatch,
}

/// What the person reads in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish<'a> {
    /// Everything is stored.
    Done {
        /// The host of the issuer, from the configuration.
        host: &'a str,
    },
    /// The server said no, at the redirect or at the token endpoint.
    Refused {
        /// The error code; one that is not registered is shown as "other".
        error: &'a str,
    },
    /// The answer came from another issuer.
    Mismatch,
    /// Something else went wrong: the network, the ID token, the keychain.
    Failed,
    /// The person has to decide something in the window first.
    Pending,
}

/// How much a stranger may take, and how long the browser is made to wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at a time.
    seats: usize,
    /// Bytes of request line and headers.
    head: usize,
    /// From the connection to the end of the headers.
    head_within: Duration,
    /// How long the browser waits for the outcome before it is told to look at the window.
    hold: Duration,
    /// How long the port stays after the outcome, at most.
    farewell: Duration,
    /// How long the port stays after the last page.
    grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            seats: 16,
            // Cookies of other programs on 127.0.0.1 come along, whatever their port, and developers have many.
            head: 64 * 1024,
            head_within: Duration::from_secs(5),
            // Browsers give up after 30 s or more; a token endpoint that needs longer than this is rare.
            hold: Duration::from_secs(20),
            farewell: Duration::from_secs(5),
            grace: Duration::from_millis(300),
        }
    }
}

/// A bound port, before and while the browser is away.
///
/// Nobody is let in before [`Loopback::wait`]; until then connections queue in the system.
#[derive(Debug)]
pub struct Loopback {
    door: Door,
    redirect_uri: Url,
    local_addr: SocketAddr,
}

impl Loopback {
    /// Binds the port. To be called before the browser opens, so that nobody can take it in between.
    ///
    /// # Errors
    /// The address is not a loopback address, or can't be bound.
    pub async fn bind(address: &RedirectAddress) -> Result<Self, LoopbackError> {
        Self::bind_within(address, Limits::default()).await
    }

    async fn bind_within(address: &RedirectAddress, limits: Limits) -> Result<Self, LoopbackError> {
        let address::Bound { listeners, local_addr, redirect_uri } = address::bind(address).await?;
        let door = Door::new(listeners, Desk::new(&redirect_uri, limits));
        Ok(Self { door, redirect_uri, local_addr })
    }

    /// Returns the address for `redirect_uri`, with the port that was bound.
    #[must_use]
    pub fn redirect_uri(&self) -> &Url {
        &self.redirect_uri
    }

    /// Returns the bound address. With `localhost` there is a twin on the same port of `[::1]`, where that exists.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Waits for the genuine redirect, answering and ignoring everything else.
    ///
    /// There is no time limit in here: the caller sets one, and dropping the future closes the port and every connection.
    pub async fn wait(mut self, expected: Expected) -> (Redirect, Tab) {
        self.door.desk.expect(expected);
        let redirect = poll_fn(|cx| {
            self.door.poll(cx);
            self.door.desk.take_redirect().map_or(Poll::Pending, Poll::Ready)
        })
        .await;
        (redirect, Tab { door: self.door })
    }
}

/// Reads a redirect that the person copied out of the browser's address bar; `None` when it is another address, or
/// belongs to another sign-in, or says nothing.
#[must_use]
pub fn read_pasted(address: &Secret, redirect_uri: &Url, expected: &Expected) -> Option<Redirect> {
    // Exposed to be taken apart; what is used of it is wrapped again.
    let url = Url::parse(address.expose().trim()).ok_or_none()?;
    let here = url.origin() == redirect_uri.origin() && url.path() == redirect_uri.path();
    request::judge(url.query().filter(|_| here)?, expected)
}

/// The browser tab that brought the redirect and waits to hear how the sign-in ended. Dropping it closes the port.
#[derive(Debug)]
pub struct Tab {
    door: Door,
}

impl Tab {
    /// Runs `work` (the exchange of the code) while strays are still answered and the tab is kept waiting.
    ///
    /// After 20 s the tab is sent to a page that says to look at the window; `work` goes on.
    pub async fn attend<F: Future>(&mut self, work: F) -> F::Output {
        let mut work = pin!(work);
        poll_fn(|cx| {
            self.door.poll(cx);
            work.as_mut().poll(cx)
        })
        .await
    }

    /// Sends the tab to the page that says how it ended, serves that page, and closes the port.
    ///
    /// Returns at once when the tab is gone, shortly after the page was served otherwise, and after 5 s at most.
    pub async fn finish(mut self, outcome: Finish<'_>) {
        let limits = self.door.desk.limits;
        self.door.desk.settle(&Ending::of(outcome));
        if self.door.is_alone() {
            return;
        }
        let page = poll_fn(|cx| {
            self.door.poll(cx);
            if self.door.is_alone() { Poll::Ready(()) } else { Poll::Pending }
        });
        if timeout(limits.farewell, page).await.is_err() {
            return;
        }
        let lingering = poll_fn(|cx| {
            self.door.poll(cx);
            Poll::<()>::Pending
        });
        // The end of the grace is the plan, not a failure.
        drop(timeout(limits.grace, lingering).await);
    }
}
