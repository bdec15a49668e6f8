//! What can be typed after `fob jwt`, besides the name of a token.

use std::path::PathBuf;
use std::time::Duration;

use super::duration;
use clap::{Args, Subcommand};
use fobwatch_core::jwt::SIGNING_ALGS;

/// `fob jwt sign` and `fob jwt compare`.
#[derive(Debug, Subcommand)]
pub(crate) enum JwtTool {
    /// Sign a JWT to try a server with. Without --key or --secret the key is made for it and forgotten.
    #[command(after_help = "Example:\n  fob jwt sign --claim sub=ada --public")]
    Sign(Sign),
    /// Say what differs between two tokens, claim by claim.
    #[command(after_help = "Example:\n  fob jwt compare northwind - < other.jwt")]
    Compare(Compare),
}

/// `fob jwt sign`.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The algorithm.
    #[arg(long, default_value = "ES256", value_parser = SIGNING_ALGS)]
    pub(crate) alg: String,
    /// The claims: a file with a JSON object. Without it: an issuer that cannot be real, and --expires-in.
    #[arg(long, value_name = "FILE")]
    pub(crate) claims: Option<PathBuf>,
    /// One claim; a value that is JSON is taken as such, anything else as text.
    #[arg(long = "claim", value_name = "NAME=VALUE")]
    pub(crate) claim: Vec<String>,
    /// For how long the token is good.
    #[arg(long, value_name = "SPAN", default_value = "1h", value_parser = duration)]
    pub(crate) expires_in: Duration,
    /// Sign with the private key in this file (PEM).
    #[arg(long, value_name = "FILE", conflicts_with = "secret")]
    pub(crate) key: Option<PathBuf>,
    /// Sign with a shared secret, read from standard input or a prompt. HS256 only, which needs it.
    #[arg(long)]
    pub(crate) secret: bool,
    /// Also print the public key as a JWK, on a second line.
    #[arg(long)]
    pub(crate) public: bool,
}

/// `fob jwt compare`.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// A stored login, or - for standard input.
    pub(crate) first: String,
    /// A stored login, or -; with - twice the tokens are two lines of standard input.
    pub(crate) second: String,
}
