//! The vault of Fobwatch.
//!
//! One handle (`Vault`), a handful of journeys (add a key, sign in, refresh, copy, inspect), five [`ports`].
//! This crate knows no window, no keychain, no HTTP client and no wall clock.

pub mod credential;
pub mod jwt;
pub mod loopback;
pub mod ports;
pub mod secret;
pub mod view;

#[cfg(test)]
mod bindings_test;
