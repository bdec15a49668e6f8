//! The parts that the journeys stand on, tried by themselves.
//!
//! A journey that passes on a broken part proves nothing, so each part is asked for what it must find and for what
//! it must not. The modules are `cfg(test)` so that clippy takes their helpers for tests too.

#[cfg(test)]
#[path = "selftest/fake_item.rs"]
mod fake_item;
#[cfg(test)]
#[path = "selftest/mutations.rs"]
mod mutations;
#[cfg(test)]
#[path = "selftest/parts.rs"]
mod parts;
#[cfg(test)]
#[path = "selftest/security.rs"]
mod security;
#[cfg(test)]
#[path = "selftest/servers.rs"]
mod servers;
#[cfg(test)]
#[path = "selftest/window.rs"]
mod window;
