//! What can be typed after `fob`.
//!
//! No option takes a secret: arguments are read by every program of the same person (K7). Help texts are plain words
//! with one example each.

mod bench;
mod calendar;
mod change;
mod oauth;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use fobwatch_core::credential::Environment;
use fobwatch_core::quick_copy::Format;
use jiff::{SignedDuration, Timestamp};

pub(crate) use self::bench::{Compare, JwtTool, Sign};
pub(crate) use self::calendar::{Calendar, Feed};
pub(crate) use self::change::{AddJwt, Set};
pub(crate) use self::oauth::{AddClient, Login, Token, TokenShape};
use crate::manual::{Completions, WriteManual};
use crate::providers::Providers;

/// Keeps API keys and sign-ins, renews tokens, and hands out the right one.
///
/// Secrets are read from standard input or from a prompt without echo, never from an argument.
#[derive(Debug, Parser)]
#[command(name = "fob", version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Print the answer as JSON; errors are then one JSON object on standard error.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Everything that `fob` does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Store a credential.
    #[command(subcommand)]
    Add(Add),
    /// Sign in through the browser and keep the login fresh.
    #[command(after_help = "Example:\n  fob login northwind --issuer https://id.northwind.example --client-id my-cli")]
    Login(Login),
    /// List credentials.
    #[command(
        after_help = "Examples:\n  fob list stripe\n  fob list 'env:prod is:expiring'\n\nFilters: env: kind: provider: scope: tag: used-by: expires: is:"
    )]
    List(List),
    /// Show one credential, without its secrets.
    #[command(after_help = "Example:\n  fob show northwind --json")]
    Show(Name),
    /// Say how the keychain is and what needs attention.
    #[command(after_help = "Example:\n  fob status")]
    Status,
    /// Print a fresh token or key.
    #[command(
        after_help = "Example:\n  curl -H \"$(fob token northwind --as header)\" https://api.northwind.example/me"
    )]
    Token(Token),
    /// Copy a fresh token or key to the clipboard, for as long as the settings say (30 seconds).
    #[command(after_help = "Example:\n  fob copy stripe-test")]
    Copy(Copy),
    /// Renew a login if its token does not last.
    #[command(after_help = "Example:\n  fob refresh northwind --force")]
    Refresh(Refresh),
    /// Replace the value of an API key or of a pasted token.
    #[command(after_help = "Example:\n  fob rotate stripe-test --old-revoked < new-key.txt")]
    Rotate(Rotate),
    /// Change what a credential is called, where it is used, when it is rotated, whether it is renewed.
    #[command(after_help = "Example:\n  fob set northwind --env staging --tag billing --pause")]
    Set(Set),
    /// Look into a JWT, and check it.
    #[command(after_help = "Example:\n  fob jwt northwind --verify --issuer https://id.northwind.example")]
    Jwt(Jwt),
    /// Make a new random key.
    #[command(after_help = "Example:\n  fob generate --prefix sk_live_")]
    Generate(Generate),
    /// Check a key against the hash that a server stores of it. Exits 0 when they match, 7 when not.
    #[command(
        after_help = "Example:\n  fob verify-key --hash 3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"
    )]
    VerifyKey(VerifyKey),
    /// Remove a credential and its secrets from this computer.
    #[command(after_help = "Example:\n  fob remove northwind --revoke")]
    Remove(Remove),
    /// Take a login's tokens back at the provider; the credential stays.
    #[command(after_help = "Example:\n  fob revoke northwind")]
    Revoke(Name),
    /// Ask the provider whether a login's access token is alive. Exits 0 if it is, 7 if not.
    #[command(after_help = "Example:\n  fob introspect northwind --json")]
    Introspect(Name),
    /// Ask the provider who signed in.
    #[command(after_help = "Example:\n  fob userinfo northwind")]
    Userinfo(Name),
    /// Open the provider's own sign-out page in the browser.
    #[command(after_help = "Example:\n  fob logout northwind")]
    Logout(Name),
    /// List providers that are ready to sign in at, or check provider files of your own.
    #[command(after_help = "Example:\n  fob providers")]
    Providers(Providers),
    /// Say what happened: to all credentials, or to one, with the family of its refresh tokens.
    #[command(after_help = "Examples:\n  fob log northwind --since 7d\n  fob log --verify")]
    Log(Log),
    /// Print all dates to rotate by and ends of sign-ins as a calendar (.ics), or keep it as a file.
    #[command(after_help = "Examples:\n  fob calendar --output ends.ics\n  fob calendar --feed on")]
    Calendar(Calendar),
    /// Say what should be changed before it hurts, from what is stored. Asks nobody. Exits 0 whatever is found; other
    /// codes mean that it could not be looked at.
    #[command(after_help = "Example:\n  fob health --json")]
    Health,
    /// Open the app lock with its passphrase, so that values are given out again. A locked window stays locked.
    #[command(after_help = "Example:\n  fob unlock")]
    Unlock,
    /// Check what Fobwatch needs from this computer.
    #[command(after_help = "Example:\n  fob doctor")]
    Doctor,
    /// Keep all logins fresh for as long as this runs.
    #[command(after_help = "Example:\n  fob agent --foreground")]
    Agent(Agent),
    /// Try any client against an authorization server that misbehaves, on this computer.
    #[command(subcommand)]
    Lab(crate::lab::Lab),
    /// Print the completions of a shell.
    #[command(after_help = "Example:\n  fob completions bash > ~/.local/share/bash-completion/completions/fob")]
    Completions(Completions),
    /// Write the manual pages of every command into a folder, for packages.
    #[command(hide = true)]
    Man(WriteManual),
    /// Serves the clipboard after `fob copy` has ended.
    #[command(hide = true)]
    HoldClipboard(crate::clipboard_holder::HoldClipboard),
}

/// What can be stored.
#[derive(Debug, Subcommand)]
pub(crate) enum Add {
    /// Store an API key, read from standard input or a prompt.
    #[command(after_help = "Example:\n  fob add key stripe-test --provider stripe --env development < key.txt")]
    Key(AddKey),
    /// Store a client that gets tokens for itself, without a person. Its secret is read from standard input or a prompt.
    #[command(
        after_help = "Example:\n  fob add client billing-job --issuer https://id.northwind.example --client-id job < secret.txt"
    )]
    Client(AddClient),
    /// Store a token that somebody else issued, read from standard input or a prompt. It is not renewed.
    #[command(after_help = "Example:\n  fob add jwt ci-token --issuer https://id.northwind.example < token.txt")]
    Jwt(AddJwt),
}

/// `fob add key`.
#[derive(Debug, Args)]
pub(crate) struct AddKey {
    /// What to call it.
    pub(crate) name: String,
    /// Whose key it is.
    #[arg(long)]
    pub(crate) provider: Option<String>,
    /// The account it belongs to.
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// Where it is used.
    #[arg(long, value_enum, default_value_t = Env::Development)]
    pub(crate) env: Env,
    /// A tag; may be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// How it is sent, with {} for the key: 'X-API-Key: {}'.
    #[arg(long)]
    pub(crate) header: Option<String>,
    /// When to rotate it: 90d, a date, or none. Without it, in 90 days.
    #[arg(long, value_name = "90d|DATE|none")]
    pub(crate) rotate_by: Option<String>,
    /// A note.
    #[arg(long, default_value = "")]
    pub(crate) note: String,
    /// Store it although the same key is stored under another name.
    #[arg(long)]
    pub(crate) allow_twin: bool,
}

/// `fob list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Words to look for, and filters like env:prod, kind:jwt, expires:<7d; never compared with secrets.
    pub(crate) query: Option<String>,
}

/// `fob log`.
#[derive(Debug, Args)]
pub(crate) struct Log {
    /// The credential's name, name@account, or id; without it, all of them.
    pub(crate) name: Option<String>,
    /// How many entries at the most, the newest first.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) last: u32,
    /// Only the latest: 7d, 12h.
    #[arg(long, value_name = "AGE", value_parser = crate::log::age)]
    pub(crate) since: Option<SignedDuration>,
    /// Only failures.
    #[arg(long)]
    pub(crate) failures: bool,
    /// Check that nobody changed, removed or moved an entry. Exits 7 if somebody did.
    #[arg(long, conflicts_with_all = ["name", "since", "failures"])]
    pub(crate) verify: bool,
}

/// One credential.
#[derive(Debug, Args)]
pub(crate) struct Name {
    /// The credential's name, name@account, or id.
    pub(crate) name: String,
}

/// `fob copy`.
#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// The credential's name, name@account, or id.
    pub(crate) name: String,
    /// The shape in which it is copied.
    #[arg(long = "as", value_enum, default_value_t = CopyShape::Raw, value_name = "SHAPE")]
    pub(crate) shape: CopyShape,
    /// For one paste: the first program that pastes gets it, and then it is gone. Not on every desktop.
    #[arg(long)]
    pub(crate) once: bool,
}

/// `fob refresh`.
#[derive(Debug, Args)]
pub(crate) struct Refresh {
    /// The credential's name, name@account, or id.
    pub(crate) name: String,
    /// Renew it even if the token still lasts.
    #[arg(long)]
    pub(crate) force: bool,
}

/// `fob rotate`.
#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// The credential's name, name@account, or id.
    pub(crate) name: String,
    /// The old key was revoked at the provider.
    #[arg(long)]
    pub(crate) old_revoked: bool,
}

/// `fob jwt`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("keys").multiple(false), args_conflicts_with_subcommands = true)]
pub(crate) struct Jwt {
    #[command(subcommand)]
    pub(crate) tool: Option<JwtTool>,
    /// A stored login, or - for standard input.
    #[arg(default_value = "-")]
    pub(crate) name: String,
    /// Exit 0 only if signature and times (and the issuer, if given) hold; otherwise 7.
    #[arg(long)]
    pub(crate) verify: bool,
    /// Check with the keys of this issuer, which must also have issued the token.
    #[arg(long, value_name = "URL", group = "keys")]
    pub(crate) issuer: Option<String>,
    /// Check with the key set in this file or at this address.
    #[arg(long, value_name = "FILE|URL", group = "keys")]
    pub(crate) jwks: Option<String>,
    /// Check with a shared secret, read from the second line of standard input or a prompt.
    #[arg(long, group = "keys")]
    pub(crate) secret: bool,
    /// Check with the public key in this file.
    #[arg(long, value_name = "FILE", group = "keys")]
    pub(crate) key: Option<PathBuf>,
    /// Judge the times as of this moment: RFC 3339 or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) at: Option<Timestamp>,
}

/// `fob generate`.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// What the key begins with.
    #[arg(long, default_value = "")]
    pub(crate) prefix: String,
    /// How many random bits it has: 128 to 512.
    #[arg(long, value_name = "BITS", default_value_t = fobwatch_core::KEY_BITS)]
    pub(crate) bits: u16,
    /// Write the random part in hexadecimal digits instead of base64url.
    #[arg(long)]
    pub(crate) hex: bool,
    /// Also print the SHA-256 that a server stores, on a second line.
    #[arg(long)]
    pub(crate) hash: bool,
}

/// `fob verify-key`.
#[derive(Debug, Args)]
pub(crate) struct VerifyKey {
    /// The SHA-256 of the key: 64 hexadecimal digits.
    #[arg(long, value_name = "HEX")]
    pub(crate) hash: String,
}

/// `fob remove`.
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The credential's name, name@account, or id.
    pub(crate) name: String,
    /// Take its tokens back at the provider first.
    #[arg(long)]
    pub(crate) revoke: bool,
    /// Do not ask, and remove it even if the provider did not confirm.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `fob agent`.
#[derive(Debug, Args)]
pub(crate) struct Agent {
    /// Stay in this terminal until Ctrl+C.
    #[arg(long, required = true)]
    pub(crate) foreground: bool,
}

/// `--env`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Env {
    Development,
    Staging,
    Production,
}

impl From<Env> for Environment {
    fn from(env: Env) -> Self {
        match env {
            Env::Development => Self::Development,
            Env::Staging => Self::Staging,
            Env::Production => Self::Production,
        }
    }
}

/// `fob copy --as`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CopyShape {
    /// The value alone.
    Raw,
    /// A whole header line.
    Header,
    /// A NAME=value line.
    Env,
    /// The beginning of a curl command.
    Curl,
}

impl From<CopyShape> for Format {
    fn from(shape: CopyShape) -> Self {
        match shape {
            CopyShape::Raw => Self::Raw,
            CopyShape::Header => Self::Header,
            CopyShape::Env => Self::Env,
            CopyShape::Curl => Self::Curl,
        }
    }
}

/// Reads `60s`, `5m`, `1h30m`, or a number of seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let why = || "give a time like 60s or 5m".to_owned();
    if let Ok(seconds) = text.parse::<u32>() {
        return Ok(Duration::from_secs(u64::from(seconds)));
    }
    let span: SignedDuration = text.parse().map_err(|_| why())?;
    Duration::try_from(span).map_err(|_| why())
}

/// Reads `domain=acme.okta.com`.
fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it like domain=acme.okta.com")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Reads RFC 3339, or seconds since 1970.
fn moment(text: &str) -> Result<Timestamp, String> {
    let why = "give a time like 2026-03-01T12:00:00Z, or seconds since 1970";
    match text.parse::<i64>() {
        Ok(seconds) => Timestamp::from_second(seconds).map_err(|_| why.to_owned()),
        Err(_) => text.parse().map_err(|_| why.to_owned()),
    }
}

#[cfg(test)]
#[path = "args_test.rs"]
mod tests;
