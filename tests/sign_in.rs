//! Signing in through the loopback.
