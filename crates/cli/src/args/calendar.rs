//! `fob calendar`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What is done with the calendar.
#[derive(Debug, Args)]
pub(crate) struct Calendar {
    /// Write it to this file, which nobody else can read, instead of standard output.
    #[arg(long, value_name = "FILE", conflicts_with = "feed")]
    pub(crate) output: Option<PathBuf>,
    /// Keep it as a private file in the vault's folder, up to date while the window or fob agent runs; off removes it.
    /// It holds names and dates, and goes on while the window is locked.
    #[arg(long, value_enum, value_name = "on|off|status")]
    pub(crate) feed: Option<Feed>,
}

/// `fob calendar --feed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Feed {
    On,
    Off,
    Status,
}
