//! Everything that can go wrong, as one façade that callers branch on.
//!
//! No variant holds a URL with a query, a response body or a token. The sentence that a person reads is made
//! in [`crate::sentence`], once.

use jiff::Timestamp;

use crate::app_lock::NotAuthenticated;
use crate::loopback::LoopbackError;
use crate::ports::{BrowserError, ClipboardError, HttpError, KeychainError};

/// Why the vault's own files did not do what they were asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// No space left on the disk.
    #[error("no space left on the disk")]
    Full,
    /// The database or its folder can't be written.
    #[error("the vault's files can't be written")]
    ReadOnly,
    /// Another process held the database for too long.
    #[error("the database is in use")]
    InUse,
    /// The file is not a database, or is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The database was made by a newer version.
    #[error("the database was made by a newer version")]
    Newer,
    /// The vault's folder is on a network file system: neither K3 nor K4 could be promised there.
    #[error("{place} is on a network file system ({kind})")]
    Network {
        /// The folder.
        place: String,
        /// The type of the file system.
        kind: String,
    },
    /// Locks do not keep processes apart in the vault's folder.
    #[error("file locks do not exclude")]
    NoLocks,
    /// Anything else.
    #[error("the database failed: {0}")]
    Other(String),
}

/// What the provider said when it said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The OAuth error code, or a word of ours: `answer_lost`, `redirected`.
    pub code: String,
    /// The provider's own words, made harmless; empty for none.
    pub detail: String,
    /// When it was said.
    pub at: Timestamp,
}

/// Why a sign-in ended without a login.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The issuer's metadata could not be used.
    #[error("discovery: {0}")]
    Discovery(#[from] DiscoveryError),
    /// The loopback listener could not be made.
    #[error("loopback: {0}")]
    Loopback(#[from] LoopbackError),
    /// The browser did not open.
    #[error("browser: {0}")]
    Browser(#[from] BrowserError),
    /// Nobody came back within the time limit.
    #[error("the sign-in timed out")]
    TimedOut,
    /// The person or the server said no at the authorization endpoint.
    #[error("the server refused: {code}")]
    Refused {
        /// The registered error code.
        code: String,
        /// The server's words, made harmless.
        detail: String,
    },
    /// The answer came from another issuer (RFC 9207).
    #[error("the answer belongs to another issuer")]
    IssuerMismatch,
    /// The token endpoint said no.
    #[error("the token endpoint refused: {code}")]
    Exchange {
        /// The OAuth error code.
        code: String,
        /// The server's words, made harmless.
        detail: String,
    },
    /// The token endpoint gave no answer that could be used, and no verdict either (429, 5xx, junk). A code is good for
    /// one try, so the sign-in starts again.
    #[error("the token endpoint did not answer as it should: {code}")]
    NoVerdict {
        /// The OAuth error code, or a word of ours: `http_503`, `bad_answer`.
        code: String,
        /// The server's words, made harmless.
        detail: String,
    },
    /// The server refused the request before the browser saw it (RFC 9126).
    #[error("the server refused the request: {code}")]
    Pushed {
        /// The OAuth error code.
        code: String,
        /// The server's words, made harmless.
        detail: String,
    },
    /// The issuer names another endpoint than at the sign-in before (D7).
    #[error("the issuer's {endpoint} changed from {before} to {after}")]
    EndpointsChanged {
        /// Which one.
        endpoint: &'static str,
        /// The host that it was at.
        before: String,
        /// The host that it is at now.
        after: String,
    },
    /// The server does not offer what was asked for.
    #[error("the server does not offer {0}")]
    NotOffered(&'static str),
    /// The server did not register a client, or another one than was asked for (RFC 7591).
    #[error("registration: {0}")]
    Registration(String),
    /// The code for the other device ran out (RFC 8628).
    #[error("the code expired")]
    CodeExpired,
    /// The token endpoint answered with something that is not a token answer.
    #[error("the token endpoint's answer can't be used: {0}")]
    BadAnswer(String),
    /// The ID token did not hold (OIDC Core §3.1.3.7).
    #[error("the ID token does not hold: {0}")]
    IdToken(String),
    /// Another account signed in than the one this credential belongs to.
    #[error("another account signed in")]
    WrongAccount {
        /// The account of the credential, as far as it has a name.
        expected: Option<String>,
        /// The account that signed in, as the provider names it; made harmless.
        got: Option<String>,
    },
    /// The sign-in was cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// Why an issuer's metadata can't be used (OIDC Discovery, RFC 8414).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// The issuer is not an https URL (or http on this computer), or has a query or fragment.
    #[error("not an issuer: {0}")]
    NotAnIssuer(String),
    /// No metadata at either place.
    #[error("no metadata at {0}")]
    NotFound(String),
    /// The issuer is there but can't answer just now (429, 5xx).
    #[error("{place} answered with HTTP {status}")]
    Unavailable {
        /// What was asked for.
        place: String,
        /// The HTTP status.
        status: u16,
    },
    /// The document's issuer is another than the one asked for (RFC 8414 §3.3).
    #[error("the document names another issuer")]
    IssuerMismatch {
        /// What it says, made harmless.
        found: String,
    },
    /// The document is not usable metadata.
    #[error("the metadata is not usable: {0}")]
    Invalid(String),
    /// An endpoint points to where it must not.
    #[error("{endpoint} points to an address that is not allowed")]
    ForbiddenEndpoint {
        /// The metadata member.
        endpoint: String,
    },
    /// Only `plain` PKCE is offered.
    #[error("PKCE S256 is not offered")]
    NoS256,
    /// No answer.
    #[error(transparent)]
    Http(#[from] HttpError),
}

/// Anything that the vault could not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No credential of that name or id.
    #[error("no credential called {0}")]
    NotFound(String),
    /// Several credentials of that name.
    #[error("{name} is ambiguous")]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// What it may mean, as `name@account` or id.
        choices: Vec<String>,
    },
    /// A credential of that name and account is there already.
    #[error("{0} exists already")]
    NameTaken(String),
    /// Something that was typed can't be used.
    #[error("{field}: {why}")]
    Invalid {
        /// The field or argument.
        field: &'static str,
        /// Why, and what would do.
        why: String,
    },
    /// The same value is stored under another name.
    #[error("this value is already stored as {name}")]
    DuplicateValue {
        /// The other credential's id.
        id: String,
        /// Its name.
        name: String,
        /// Its environment, in words.
        environment: String,
    },
    /// That is not something this kind of credential can do.
    #[error("{0}")]
    WrongKind(&'static str),
    /// The keychain.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// The keychain answers, but the item that belongs to this credential is not there or damaged.
    #[error("the keychain item is missing or damaged")]
    ItemLost,
    /// The keychain item was written by a copy of this vault on another device.
    #[error("the keychain item belongs to another device")]
    OtherDevice,
    /// The vault's files.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The provider ended the sign-in.
    #[error("sign-in needed: {}", .0.code)]
    SignInNeeded(Verdict),
    /// The provider refused the client or its settings.
    #[error("misconfigured: {}", .0.code)]
    Misconfigured(Verdict),
    /// Something did not match after a refresh.
    #[error("frozen: {}", .0.code)]
    Frozen(Verdict),
    /// The provider's answer does not belong to this credential.
    #[error("{0}")]
    Mismatch(&'static str),
    /// Network or provider unreachable; nothing is lost.
    #[error("try again later: {}", .0.code)]
    TryAgain(Verdict),
    /// Another process has been refreshing this credential for too long.
    #[error("another process is still refreshing")]
    Busy,
    /// Something of ours failed that never should: a task panicked.
    #[error("a fault of Fobwatch itself")]
    Fault,
    /// A sign-in failed.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// An issuer's metadata or keys can't be used.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The clipboard.
    #[error(transparent)]
    Clipboard(#[from] ClipboardError),
    /// This desktop has no way to give a value for one paste only.
    #[error("no single paste")]
    NoSinglePaste,
    /// The browser, for a page of the provider.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// A pasted token has ended, and nothing here can renew it.
    #[error("it ended")]
    Expired {
        /// When.
        at: Timestamp,
    },
    /// There is no value to hand out.
    #[error("there is no value")]
    NoValue,
    /// Window and tray are locked.
    #[error("Fobwatch is locked")]
    Locked,
    /// That is not the passphrase of the app lock.
    #[error("not the passphrase")]
    WrongPassphrase {
        /// How long the next try has to wait, in seconds.
        wait_seconds: u64,
    },
    /// The pause after a wrong passphrase is not over.
    #[error("wait {seconds} s")]
    TooSoon {
        /// How long it is still, in seconds.
        seconds: u64,
    },
    /// What loosens security needs the passphrase.
    #[error("the passphrase is needed")]
    PassphraseNeeded,
    /// The system did not say that its person is here.
    #[error("not authenticated: {0}")]
    NotAuthenticated(#[from] NotAuthenticated),
    /// The settings do not let the system's authentication unlock.
    #[error("the system's authentication is not to unlock")]
    SystemUnlockOff,
    /// There is no passphrase to lock with.
    #[error("no passphrase is set")]
    NoPassphrase,
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &error else {
            return match error {
                sqlx::Error::PoolTimedOut => Self::InUse,
                other => Self::Other(other.to_string()),
            };
        };
        let code = database.code().and_then(|code| code.parse().ok_or_none()).unwrap_or(0);
        Self::of_result_code(code, database.message())
    }
}

impl StorageError {
    /// Says what an extended result code of `SQLite` means (<https://sqlite.org/rescode.html>).
    fn of_result_code(code: i32, message: &str) -> Self {
        // The primary code is the low byte.
        match code & 0xff {
            5 | 6 => Self::InUse,
            3 | 8 | 14 => Self::ReadOnly,
            13 => Self::Full,
            // A full disk is not always said as such: writing, syncing and truncating fail, and so does making room
            // in the shared memory file, which even a reader needs.
            10 if matches!(code >> 8, 3..=6 | 18 | 19 | 21) => Self::Full,
            11 | 26 => Self::Damaged(message.to_owned()),
            _ => Self::Other(message.to_owned()),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// Drops an error on purpose: for parse results where the failure itself is the answer.
pub(crate) trait OrNone<T> {
    /// Returns the value, or none whatever the error was.
    fn ok_or_none(self) -> Option<T>;
}

impl<T, E> OrNone<T> for Result<T, E> {
    #[expect(clippy::disallowed_methods, reason = "the one place; the trait's name says what is done")]
    fn ok_or_none(self) -> Option<T> {
        self.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_however_sqlite_says_it() {
        // FULL, IOERR_WRITE, _FSYNC, _DIR_FSYNC, _TRUNCATE, _SHMOPEN, _SHMSIZE, _SHMMAP.
        for code in [13, 778, 1034, 1290, 1546, 4618, 4874, 5386] {
            assert_eq!(StorageError::of_result_code(code, ""), StorageError::Full, "{code}");
        }
        // READONLY_DIRECTORY, CANTOPEN, BUSY_SNAPSHOT, NOTADB, IOERR_READ.
        assert_eq!(StorageError::of_result_code(1544, ""), StorageError::ReadOnly);
        assert_eq!(StorageError::of_result_code(14, ""), StorageError::ReadOnly);
        assert_eq!(StorageError::of_result_code(517, ""), StorageError::InUse);
        assert_eq!(StorageError::of_result_code(26, ""), StorageError::Damaged(String::new()));
        assert_eq!(StorageError::of_result_code(266, ""), StorageError::Other(String::new()));
    }
}
