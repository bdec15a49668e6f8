//! The stable codes of errors: one for scripts and the window to branch on, one for `fob` to exit with.
//!
//! The matches are exhaustive, so a new error can't be without either.

use crate::error::{DiscoveryError, Error, LoginError, StorageError};
use crate::loopback::LoopbackError;
use crate::ports::{HttpError, KeychainError};

impl Error {
    /// Returns the stable code that scripts and the window branch on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "not_found",
            Self::Ambiguous { .. } => "ambiguous",
            Self::NameTaken(_) => "name_taken",
            Self::Invalid { .. } => "invalid",
            Self::DuplicateValue { .. } => "duplicate_value",
            Self::WrongKind(_) => "wrong_kind",
            Self::Keychain(KeychainError::Locked) => "keychain_locked",
            Self::Keychain(KeychainError::Unavailable(_)) => "keychain_unavailable",
            Self::Keychain(KeychainError::Denied) => "keychain_denied",
            Self::Keychain(KeychainError::NotPersistent(_)) => "keychain_not_persistent",
            Self::Keychain(_) => "keychain_failed",
            Self::ItemLost => "keychain_item_lost",
            Self::OtherDevice => "other_device",
            Self::Storage(StorageError::Full) => "disk_full",
            Self::Storage(StorageError::ReadOnly) => "read_only",
            Self::Storage(StorageError::InUse) => "database_in_use",
            Self::Storage(StorageError::Damaged(_)) => "database_damaged",
            Self::Storage(StorageError::Newer) => "database_newer",
            Self::Storage(StorageError::Network { .. }) => "network_file_system",
            Self::Storage(StorageError::NoLocks) => "no_file_locks",
            Self::Storage(StorageError::Other(_)) => "storage_failed",
            Self::SignInNeeded(_) | Self::NoValue => "sign_in_needed",
            Self::Expired { .. } => "expired",
            Self::Misconfigured(_) => "misconfigured",
            Self::Frozen(_) => "frozen",
            Self::Mismatch(_) => "mismatch",
            Self::TryAgain(_) => "try_again",
            Self::Busy => "busy",
            Self::Fault => "fault",
            Self::Login(error) => login_code(error),
            Self::Discovery(_) => "discovery_failed",
            Self::Clipboard(_) => "clipboard_unavailable",
            Self::NoSinglePaste => "no_single_paste",
            Self::Browser(_) => "browser_failed",
            Self::Locked => "locked",
            Self::WrongPassphrase { .. } => "wrong_passphrase",
            Self::TooSoon { .. } => "too_soon",
            Self::PassphraseNeeded => "passphrase_needed",
            Self::NotAuthenticated(why) if why.may_pass() => "not_authenticated",
            Self::NotAuthenticated(_) => "no_system_authentication",
            Self::SystemUnlockOff => "system_unlock_off",
            Self::NoPassphrase => "no_passphrase",
        }
    }

    /// Returns the exit code of `fob` for this error.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Storage(_) | Self::Clipboard(_) | Self::NoSinglePaste | Self::Browser(_) | Self::Fault => 1,
            Self::NotFound(_) => 3,
            Self::Ambiguous { .. }
            | Self::NameTaken(_)
            | Self::Invalid { .. }
            | Self::DuplicateValue { .. }
            | Self::WrongKind(_)
            | Self::SystemUnlockOff
            | Self::NoPassphrase => 2,
            Self::SignInNeeded(_) | Self::NoValue => 4,
            Self::Keychain(_) | Self::ItemLost => 5,
            Self::TryAgain(_) | Self::Busy | Self::TooSoon { .. } => 6,
            Self::Frozen(_)
            | Self::Mismatch(_)
            | Self::OtherDevice
            | Self::Expired { .. }
            | Self::NotAuthenticated(_)
            | Self::Locked
            | Self::WrongPassphrase { .. }
            | Self::PassphraseNeeded => 7,
            Self::Misconfigured(_) => 8,
            Self::Login(error) => login_exit(error),
            Self::Discovery(error) => discovery_exit(error),
        }
    }
}

fn login_code(error: &LoginError) -> &'static str {
    match error {
        LoginError::Discovery(_) => "discovery_failed",
        LoginError::Loopback(_) => "loopback_failed",
        LoginError::Browser(_) => "browser_failed",
        LoginError::TimedOut => "timed_out",
        LoginError::Refused { .. } => "refused",
        LoginError::IssuerMismatch => "issuer_mismatch",
        LoginError::Exchange { .. } => "exchange_refused",
        LoginError::NoVerdict { .. } => "try_again",
        LoginError::Pushed { .. } => "request_refused",
        LoginError::NotOffered(_) => "not_offered",
        LoginError::EndpointsChanged { .. } => "endpoints_changed",
        LoginError::Registration(_) => "registration_refused",
        LoginError::CodeExpired => "code_expired",
        LoginError::BadAnswer(_) => "bad_answer",
        LoginError::IdToken(_) => "id_token_invalid",
        LoginError::WrongAccount { .. } => "wrong_account",
        LoginError::Cancelled => "cancelled",
    }
}

fn login_exit(error: &LoginError) -> u8 {
    match error {
        LoginError::Discovery(error) => discovery_exit(error),
        LoginError::Loopback(LoopbackError::BadRedirect(_)) => 2,
        LoginError::Loopback(_) | LoginError::Browser(_) => 1,
        LoginError::TimedOut | LoginError::CodeExpired | LoginError::NoVerdict { .. } | LoginError::BadAnswer(_) => 6,
        LoginError::EndpointsChanged { .. }
        | LoginError::Refused { .. }
        | LoginError::IssuerMismatch
        | LoginError::IdToken(_)
        | LoginError::WrongAccount { .. } => 7,
        LoginError::Exchange { .. }
        | LoginError::Pushed { .. }
        | LoginError::NotOffered(_)
        | LoginError::Registration(_) => 8,
        LoginError::Cancelled => 130,
    }
}

fn discovery_exit(error: &DiscoveryError) -> u8 {
    match error {
        DiscoveryError::NotAnIssuer(_) => 2,
        DiscoveryError::NotFound(_) | DiscoveryError::Invalid(_) | DiscoveryError::NoS256 => 8,
        DiscoveryError::IssuerMismatch { .. }
        | DiscoveryError::ForbiddenEndpoint { .. }
        | DiscoveryError::Http(HttpError::Forbidden { .. }) => 7,
        DiscoveryError::Http(_) | DiscoveryError::Unavailable { .. } => 6,
    }
}
