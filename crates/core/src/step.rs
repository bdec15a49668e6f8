//! Named places at which tests make a step of the protocol go wrong. A build that is shipped has none of it.
//!
//! A place stands before and after everything durable, and inside the calls of the keychain. `fail` kills, stops or
//! panics there; with `return(KIND)` the step fails as a disk or a keychain would, before it was done or after.

/// Marks a place. With an error type, the step can be made to fail as that.
macro_rules! step {
    ($name:literal) => {
        fail::fail_point!($name);
    };
    ($name:literal, $error:ty) => {
        fail::fail_point!($name, |kind: Option<String>| {
            Err(<$error as $crate::step::Fails>::fails(&kind.unwrap_or_default()).into())
        });
    };
}
pub(crate) use step;

/// An error that a test can ask for by a word.
#[cfg(feature = "failpoints")]
pub(crate) trait Fails {
    /// Makes the error; an unknown word is one that nobody foresaw.
    fn fails(kind: &str) -> Self;
}

#[cfg(feature = "failpoints")]
impl Fails for crate::error::StorageError {
    fn fails(kind: &str) -> Self {
        match kind {
            "disk_full" => Self::Full,
            "read_only" => Self::ReadOnly,
            other => Self::Other(other.to_owned()),
        }
    }
}

#[cfg(feature = "failpoints")]
impl Fails for crate::ports::KeychainError {
    fn fails(kind: &str) -> Self {
        match kind {
            "locked" => Self::Locked,
            "gone" => Self::Unavailable("it went away".to_owned()),
            other => Self::Other(other.to_owned()),
        }
    }
}
