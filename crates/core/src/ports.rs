//! What the operating system and the network do for the vault.
//!
//! A port exists only where the OS or the network is behind it *and* a test must control it. `SQLite`, file
//! locks and the loopback listener are not ports: they are fast and honest in tests.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::secret::{Secret, SecretBytes};
use crate::view::LockReason;

/// The real or controlled world that a vault lives in.
#[derive(Clone)]
pub struct Ports {
    /// Where secrets rest.
    pub keychain: std::sync::Arc<dyn Keychain>,
    /// What time it is, and waiting.
    pub clock: std::sync::Arc<dyn Clock>,
    /// Requests to authorization servers.
    pub http: std::sync::Arc<dyn Http>,
    /// The person's own browser.
    pub browser: std::sync::Arc<dyn Browser>,
    /// The desktop's clipboard.
    pub clipboard: std::sync::Arc<dyn Clipboard>,
}

/// Why the keychain did not do what it was asked. The kinds are never merged: each has its own remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// The keychain is open and holds no such item.
    #[error("no such item in the keychain")]
    Missing,
    /// The keychain is locked, or its prompt was dismissed.
    #[error("the keychain is locked")]
    Locked,
    /// There is no keychain service, or it does not answer. The text is for the log and holds no value.
    #[error("the keychain is unavailable: {0}")]
    Unavailable(String),
    /// The keychain refused this program.
    #[error("the keychain refused access")]
    Denied,
    /// The value is larger than this keychain takes, in bytes.
    #[error("the value is larger than the keychain takes ({limit} bytes)")]
    TooLong {
        /// The largest value that fits, in bytes.
        limit: usize,
    },
    /// The store would forget what it is given (a mock, a session-only or memory-only store).
    #[error("the keychain does not keep what it is given: {0}")]
    NotPersistent(String),
    /// Anything else. The text is for the log and holds no value.
    #[error("the keychain failed: {0}")]
    Other(String),
}

/// The name of one item: the service is always `dev.fobwatch`, this is its account part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ItemName(pub String);

/// The operating system's keychain.
///
/// Implementations run the blocking call off the async threads, one call at a time, with a deadline.
#[async_trait]
pub trait Keychain: Send + Sync {
    /// Reads an item. A locked keychain is [`KeychainError::Locked`], never [`KeychainError::Missing`].
    async fn get(&self, item: &ItemName) -> Result<SecretBytes, KeychainError>;
    /// Writes an item, replacing what was there. `label` is what keychain programs show; it holds no secret.
    async fn set(&self, item: &ItemName, label: &str, value: &SecretBytes) -> Result<(), KeychainError>;
    /// Removes an item; one that is not there is not an error.
    async fn delete(&self, item: &ItemName) -> Result<(), KeychainError>;
    /// Tells whether the keychain is there, persistent and unlocked, without raising a prompt.
    async fn check(&self) -> Result<(), KeychainError>;
    /// Asks the person to unlock the keychain (the system's own prompt).
    async fn unlock(&self) -> Result<(), KeychainError>;
    /// Returns the largest value that one item takes, in bytes, where there is a limit.
    fn limit(&self) -> Option<usize>;
    /// Returns the name of the store as people know it: "Login keyring", "macOS keychain".
    fn name(&self) -> String;
}

/// The wall clock, and waiting.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Returns the present moment.
    fn now(&self) -> Timestamp;
    /// Waits for `duration` of time that counts suspend as far as the platform can.
    async fn sleep(&self, duration: Duration);
    /// Waits until the clock shows `at`. Returns before that when the clock may have been set or the machine may have
    /// slept, so that the caller looks again: at once where the system tells, otherwise at least every 30 s.
    async fn sleep_until(&self, at: Timestamp);
}

/// What the system tells that makes waiting pointless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woke {
    /// The machine woke from suspend.
    Resumed,
    /// The network is there again, or another one.
    Online,
}

/// The system's news. No port: it only ever makes the scheduler look earlier, and where the system tells nothing it
/// stays silent.
pub type Wakes = futures_util::stream::BoxStream<'static, Woke>;

/// The system says that nobody may be in front of this computer any more.
pub struct LockCall {
    /// What happened.
    pub reason: LockReason,
    /// The system goes on when this is dropped, where it can wait: a computer sleeps only when all is locked.
    pub waits: Option<Box<dyn Send>>,
}

/// The system's calls to lock. No port, as [`Wakes`]: where the system tells nothing, it stays silent.
pub type LockCalls = futures_util::stream::BoxStream<'static, LockCall>;

/// Why no answer arrived. None of these says anything about a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// No connection: no network, refused, DNS. The request was certainly not processed.
    #[error("no connection to {host}")]
    Connect {
        /// The host that was asked, without path or query.
        host: String,
    },
    /// The TLS handshake failed: certificate or protocol. The request was not sent.
    #[error("no trusted connection to {host}: {reason}")]
    Tls {
        /// The host that was asked.
        host: String,
        /// What the TLS library said.
        reason: String,
    },
    /// The request went out and no (complete) answer came back in time.
    #[error("{host} did not answer in time")]
    Timeout {
        /// The host that was asked.
        host: String,
    },
    /// The connection broke after the request went out.
    #[error("the connection to {host} broke")]
    Broken {
        /// The host that was asked.
        host: String,
    },
    /// The name of the host leads to an address that its issuer must not point to. The request was not sent.
    #[error("{host} leads to an address that is not allowed")]
    Forbidden {
        /// The host that was asked.
        host: String,
    },
    /// The answer was larger than allowed after decompression.
    #[error("the answer of {host} was too large")]
    TooLarge {
        /// The host that was asked.
        host: String,
    },
}

/// The host of the issuer that a request is made for, in the request's extensions.
///
/// A name that leads into a private network is followed only if it is the issuer's own, or below it: a company's own
/// server may have a private address, but no stranger's metadata may send us there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBehalfOf(pub String);

/// One HTTP request at a time to an authorization server.
///
/// No name is followed to this computer or to a link-local address, and to a private network only as [`OnBehalfOf`]
/// allows; the address that was judged is the one that is connected to (no second lookup).
/// Behind a proxy the proxy looks the target's name up, and where it leads is for the proxy to judge; its own name is
/// the system's setting and is followed anywhere.
/// Implementations follow no redirect, retry nothing by themselves, take 10 s to connect, 30 s in all, and
/// 1 MiB of body after decompression. The answer is returned whatever its status.
#[async_trait]
pub trait Http: Send + Sync {
    /// Sends `request` and returns the whole answer. The body may hold tokens: callers wipe or seal it.
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError>;
}

/// Why the browser did not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrowserError {
    /// The URL is not http(s), or holds characters that no URL holds.
    #[error("only http and https addresses are opened in the browser")]
    Refused,
    /// No browser, or it did not start.
    #[error("the browser did not open: {0}")]
    Failed(String),
}

/// The person's browser.
#[async_trait]
pub trait Browser: Send + Sync {
    /// Opens `url`, passed as one argument and never through a shell.
    async fn open(&self, url: &url::Url) -> Result<(), BrowserError>;
}

/// Why the clipboard did not take or give a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the clipboard is unavailable: {0}")]
pub struct ClipboardError(pub String);

/// How a value that was there for one paste left the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// A program read it: the one of this name, where the desktop tells.
    Pasted(Option<String>),
    /// Something else was copied before anybody read it.
    Replaced,
    /// It was taken away unread.
    Cleared,
}

/// Says how a value that is there for one paste leaves; nothing if the one who serves it outlives this process.
pub type Leaving = tokio::sync::oneshot::Receiver<Left>;

/// Tells whether a text that is on the clipboard is the one that is meant.
pub type IsOurs = Box<dyn Fn(&Secret) -> bool + Send>;

/// The desktop's clipboard.
#[async_trait]
pub trait Clipboard: Send + Sync {
    /// Puts `value` there, marked as secret so that history programs leave it out.
    async fn put(&self, value: &Secret) -> Result<(), ClipboardError>;
    /// Puts `value` there, marked as secret, for one program to paste once. None, and nothing is put anywhere, on a
    /// desktop that has no way to do that.
    async fn put_once(&self, value: &Secret) -> Result<Option<Leaving>, ClipboardError>;
    /// Empties the clipboard if it holds what `is_ours` knows; tells whether it did. What another program holds for
    /// one paste is not read.
    async fn clear_ours(&self, is_ours: IsOurs) -> Result<bool, ClipboardError>;
    /// Empties the clipboard if it still holds `value`; tells whether it did.
    async fn clear_if(&self, value: &Secret) -> Result<bool, ClipboardError> {
        let value = value.clone();
        self.clear_ours(Box::new(move |read| *read == value)).await
    }
    /// Tells whether what was put stays there, for its time, when this process has ended.
    fn outlives_us(&self) -> bool {
        false
    }
}
