//! The vault of Fobwatch.
//!
//! One handle ([`Vault`]), a handful of journeys (add a key, sign in, refresh, copy, inspect), five [`ports`].
//! This crate knows no window, no keychain, no HTTP client and no wall clock.

pub mod activity;
mod add_api_key;
mod answer;
pub mod app_lock;
mod authorize;
#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod bench;
pub mod calendar;
mod catalog;
mod change;
mod client;
mod client_credentials;
mod codes;
pub mod credential;
mod device;
mod discover_view;
mod discovery;
mod dpop;
pub mod error;
mod exchange;
mod expiries;
pub mod explain;
mod forecast;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod generate;
pub mod health;
mod history;
pub mod hot_key;
mod identity;
mod inspect;
mod introspect;
pub mod jwt;
mod keychain_state;
mod list;
mod locks;
mod log;
pub mod login;
mod login_again;
mod login_settings;
mod login_view;
pub mod loopback;
mod masked;
pub mod narrower;
mod notice;
pub mod notifications;
mod on_clipboard;
mod pages;
mod passphrase;
mod paste_jwt;
pub mod patience;
mod pause;
pub mod ports;
pub mod private_file;
pub mod provider;
pub mod quick_copy;
mod quirks;
mod recovery;
pub mod refresh;
mod refresher;
mod refusal;
mod register;
mod remove;
mod revoke;
mod rotation;
pub mod scopes;
mod sealer;
mod search;
pub mod secret;
pub mod sentence;
mod server_clock;
pub mod settings;
mod several;
mod show;
mod sign_out;
mod slots;
mod status;
mod step;
mod store_answer;
mod token_request;
mod uses;
mod vault;
pub mod view;
pub mod workbench;

pub use discovery::{keys_at, keys_of_issuer};
pub use error::Error;
pub use generate::{KEY_BITS, KeyFormat, generate_key, hash_key, key_matches};
pub use search::marks;
pub use vault::{Event, Holder, Vault};

#[cfg(test)]
mod bindings_test;
#[cfg(test)]
mod clock_jump_test;
#[cfg(test)]
mod cut_test;
#[cfg(test)]
mod fakes;
#[cfg(test)]
mod family_test;
#[cfg(test)]
mod keychain_turns_test;
#[cfg(test)]
mod rotation_test;
#[cfg(test)]
mod workbench_test;
