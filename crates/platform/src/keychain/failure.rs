//! What a store's error means for the vault.
//!
//! Each kind of the ecosystem's errors becomes exactly one of ours; "stale" is the one more question that the
//! session asks: did the call fail only because the service has been restarted since we connected?

use std::error::Error as StdError;

use fobwatch_core::ports::KeychainError;
use keyring::Error;

/// A failed call, and whether a new connection may help.
#[derive(Debug)]
pub(super) enum Failure {
    /// The connection was to a service that is gone.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only a keyring daemon can be restarted"))]
    Stale(KeychainError),
    /// The answer stands.
    Final(KeychainError),
}

impl Failure {
    pub(super) fn into_error(self) -> KeychainError {
        match self {
            Self::Stale(error) | Self::Final(error) => error,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Final(match error {
            Error::NoEntry => KeychainError::Missing,
            Error::NoStorageAccess(cause) => return refused(&*cause),
            Error::PlatformFailure(cause) => return failed(&*cause),
            Error::TooLong(_, limit) => KeychainError::TooLong { limit: usize::try_from(limit).unwrap_or(usize::MAX) },
            Error::NoDefaultStore => KeychainError::Unavailable("there is no keychain on this system".into()),
            Error::Ambiguous(_) => KeychainError::Other("there is more than one item of that name".into()),
            // The values in these hold what was read: only the kind is told.
            Error::BadEncoding(_) => KeychainError::Other("the item is not text".into()),
            Error::BadDataFormat(..) => KeychainError::Other("the item is damaged".into()),
            Error::BadStoreFormat(_) => KeychainError::Other("the store is damaged".into()),
            Error::Invalid(what, why) => KeychainError::Other(format!("{what} was refused: {why}")),
            Error::NotSupportedByStore(what) => KeychainError::Other(format!("the store cannot do that: {what}")),
            other => KeychainError::Other(other.to_string()),
        })
    }
}

/// Walks the chain of causes for one of the wanted type.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn cause<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// What is said where the service has no keyring to store in.
#[cfg(target_os = "linux")]
pub(super) const NO_DEFAULT: &str = "there is no default keyring";

/// A store that was not let in. Nothing found and a dismissed prompt have no type that reaches us, only a text
/// of the store, which says "locked", "prompt dismissed" or "result not returned".
#[cfg(target_os = "linux")]
fn refused(error: &(dyn StdError + Send + Sync + 'static)) -> Failure {
    let text = error.to_string();
    if text.contains("result not returned") {
        return Failure::Final(KeychainError::Unavailable(NO_DEFAULT.into()));
    }
    Failure::Final(KeychainError::Locked)
}

#[cfg(target_os = "linux")]
fn failed(error: &(dyn StdError + Send + Sync + 'static)) -> Failure {
    if let Some(bus) = cause::<zbus::Error>(error) {
        return bus.into();
    }
    match cause::<zbus::fdo::Error>(error) {
        Some(standard) => named(zbus::DBusError::name(standard).as_str(), &standard.to_string()),
        // No bus to connect to, or a service that speaks another protocol.
        None => Failure::Final(KeychainError::Unavailable(error.to_string())),
    }
}

#[cfg(target_os = "linux")]
impl From<&zbus::Error> for Failure {
    fn from(error: &zbus::Error) -> Self {
        match error {
            zbus::Error::MethodError(name, text, _) => named(name, text.as_deref().unwrap_or(name)),
            zbus::Error::FDO(standard) => named(zbus::DBusError::name(&**standard).as_str(), &standard.to_string()),
            zbus::Error::InputOutput(cause) if cause.kind() == std::io::ErrorKind::TimedOut => silent(),
            zbus::Error::InputOutput(_) => Self::Stale(KeychainError::Unavailable(error.to_string())),
            _ => Self::Final(KeychainError::Unavailable(error.to_string())),
        }
    }
}

/// The service is there and says nothing.
#[cfg(target_os = "linux")]
pub(super) fn silent() -> Failure {
    Failure::Final(KeychainError::Unavailable("the keychain service did not answer".into()))
}

/// Maps the name of a D-Bus error (Secret Service API 0.2, "Errors"; D-Bus specification, "Well-known errors").
#[cfg(target_os = "linux")]
fn named(name: &str, text: &str) -> Failure {
    const STANDARD: &str = "org.freedesktop.DBus.Error.";
    match name {
        "org.freedesktop.Secret.Error.IsLocked" => Failure::Final(KeychainError::Locked),
        "org.freedesktop.Secret.Error.NoSession" => Failure::Stale(KeychainError::Unavailable(text.into())),
        "org.freedesktop.Secret.Error.NoSuchObject" => Failure::Final(KeychainError::Missing),
        _ => match name.strip_prefix(STANDARD) {
            Some("AccessDenied" | "AuthFailed") => Failure::Final(KeychainError::Denied),
            Some("NoReply" | "Disconnected" | "NameHasNoOwner" | "UnknownObject" | "NoServer") => {
                Failure::Stale(KeychainError::Unavailable(text.into()))
            }
            Some("ServiceUnknown" | "Timeout" | "TimedOut") => Failure::Final(KeychainError::Unavailable(text.into())),
            Some(rest) if rest.starts_with("Spawn.") => Failure::Final(KeychainError::Unavailable(text.into())),
            _ => Failure::Final(KeychainError::Other(text.into())),
        },
    }
}

#[cfg(target_os = "macos")]
fn refused(error: &(dyn StdError + Send + Sync + 'static)) -> Failure {
    // errSecNotAvailable, errSecNoSuchKeychain, errSecInvalidKeychain; the others are missing permissions.
    match code(error) {
        Some(-25291 | -25294 | -25295) => Failure::Final(KeychainError::Unavailable(error.to_string())),
        _ => Failure::Final(KeychainError::Denied),
    }
}

#[cfg(target_os = "macos")]
fn failed(error: &(dyn StdError + Send + Sync + 'static)) -> Failure {
    Failure::Final(match code(error) {
        // errSecInteractionNotAllowed, errSecInteractionRequired, userCanceledErr: locked and not unlocked.
        Some(-25308 | -25315 | -128) => KeychainError::Locked,
        // errSecAuthFailed, errSecMissingEntitlement.
        Some(-25293 | -34018) => KeychainError::Denied,
        _ => KeychainError::Other(error.to_string()),
    })
}

#[cfg(target_os = "macos")]
fn code(error: &(dyn StdError + Send + Sync + 'static)) -> Option<i32> {
    cause::<security_framework::base::Error>(error).map(|error| error.code())
}

/// Outside the desktops with a keyring daemon, no access means that there is no logon session with a store.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn refused(error: &(dyn StdError + Send + Sync + 'static)) -> Failure {
    Failure::Final(KeychainError::Unavailable(error.to_string()))
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn failed(error: &(dyn StdError + Send + Sync + 'static)) -> Failure {
    Failure::Final(KeychainError::Other(error.to_string()))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn mapped(error: Error) -> KeychainError {
        Failure::from(error).into_error()
    }

    fn text(text: &str) -> Box<dyn StdError + Send + Sync> {
        text.into()
    }

    #[test]
    fn every_kind_of_the_store_keeps_its_kind() {
        assert_eq!(mapped(Error::NoEntry), KeychainError::Missing);
        assert_eq!(mapped(Error::NoStorageAccess(text("SS error: prompt dismissed"))), KeychainError::Locked);
        assert_eq!(mapped(Error::TooLong("secret".into(), 2560)), KeychainError::TooLong { limit: 2560 });
        assert!(matches!(mapped(Error::NoDefaultStore), KeychainError::Unavailable(_)));
        assert!(matches!(mapped(Error::PlatformFailure(text("no bus"))), KeychainError::Unavailable(_)));
        assert!(matches!(mapped(Error::Ambiguous(vec![])), KeychainError::Other(_)));
    }

    #[test]
    fn a_damaged_item_is_not_quoted() {
        for error in [
            Error::BadEncoding(b"hunter2".to_vec()),
            Error::BadDataFormat(b"hunter2".to_vec(), text("hunter2")),
            Error::BadStoreFormat("hunter2".into()),
        ] {
            assert!(!format!("{:?}", mapped(error)).contains("hunter2"));
        }
    }

    #[test]
    fn a_d_bus_refusal_is_denied_and_a_lost_session_is_worth_a_new_connection() {
        let denied = named("org.freedesktop.DBus.Error.AccessDenied", "rejected by policy");
        assert_eq!(denied.into_error(), KeychainError::Denied);
        assert!(matches!(named("org.freedesktop.Secret.Error.NoSession", ""), Failure::Stale(_)));
        assert!(matches!(named("org.freedesktop.DBus.Error.NoReply", ""), Failure::Stale(_)));
        assert!(matches!(named("org.example.Surprise", ""), Failure::Final(KeychainError::Other(_))));
    }
}
