//! Ports that are named before they are bound.
//!
//! The invariant: nobody else is given such a port meanwhile. The system hands out ports of one range only, and the
//! tests beside this one take most of theirs from there; these are from below it.

use std::net::TcpListener;

use anyhow::{Context, Result};

/// Where no well-known server of a developer listens, and the system gives nothing away.
const FROM: u16 = 20_000;
const TRIES: u32 = 100;

/// Returns a port of 127.0.0.1 that is free, for somebody who binds it soon.
pub fn quiet_port() -> Result<u16> {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range")?;
    let given: u16 = range.split_whitespace().next().context("no range of ports")?.parse()?;
    (0..TRIES)
        .map(|_| fastrand::u16(FROM..given.max(FROM + 1)))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .context("every port is taken")
}
