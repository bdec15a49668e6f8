//! What can be typed after `fob login`, `fob add client` and `fob token`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{Env, duration, field};

/// `fob login`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a person types")]
pub(crate) struct Login {
    /// What to call it; the name of a stored login signs in to it again.
    pub(crate) name: String,
    /// A ready provider, such as github or google.
    #[arg(long)]
    pub(crate) provider: Option<String>,
    /// The address of the OpenID or OAuth server.
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// What to fill into the provider's addresses, such as domain=acme.okta.com; fob providers names the fields.
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
    pub(crate) fields: Vec<(String, String)>,
    /// The client id that the server gave you.
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// The client has a secret; it is read from standard input or a prompt.
    #[arg(long, conflicts_with = "client_key")]
    pub(crate) client_secret: bool,
    /// Register a client with the issuer instead of giving a client id.
    #[arg(long, conflicts_with = "client_id")]
    pub(crate) register: bool,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Bind the tokens to a key of this computer (RFC 9449), so that a stolen one is useless.
    #[arg(long)]
    pub(crate) dpop: bool,
    /// What the server's page is to do: login, consent or `select_account`.
    #[arg(long)]
    pub(crate) prompt: Option<String>,
    /// The account to offer on the server's page.
    #[arg(long, value_name = "HINT")]
    pub(crate) account: Option<String>,
    /// Where it is used.
    #[arg(long, value_enum)]
    pub(crate) env: Option<Env>,
    /// The registered redirect address, for servers that compare all of it.
    #[arg(long, value_name = "http://127.0.0.1:PORT/PATH")]
    pub(crate) redirect_uri: Option<String>,
    /// Print the address instead of opening the browser.
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// The browser is on another computer: read the address that it ends at from standard input.
    #[arg(long, conflicts_with = "client_secret")]
    pub(crate) paste: bool,
    /// The server's endpoints have moved since the last sign-in, and that is right.
    #[arg(long)]
    pub(crate) accept_new_endpoints: bool,
    /// Sign in on another device, such as a phone, by a short code.
    #[arg(long, conflicts_with_all = ["no_browser", "paste", "redirect_uri"])]
    pub(crate) device: bool,
    /// Say on standard error what happens, step by step. It holds no secret and can be shown to anybody.
    #[arg(long)]
    pub(crate) explain: bool,
    /// How long to wait for you; 5m, or for a device code as long as it lasts.
    #[arg(long, value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
}

/// What a client asks for, and how it proves itself without a secret.
#[derive(Debug, Args)]
pub(crate) struct ClientArgs {
    /// The client proves itself with the private key in this PEM file (`private_key_jwt`).
    #[arg(long, value_name = "FILE")]
    pub(crate) client_key: Option<PathBuf>,
    /// The name under which the server knows that key.
    #[arg(long, value_name = "KID", requires = "client_key")]
    pub(crate) key_id: Option<String>,
    /// A scope to ask for; may be given several times.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
    /// The audience to ask for, where the server wants one.
    #[arg(long)]
    pub(crate) audience: Option<String>,
    /// The address of a service that the token is for; may be given several times.
    #[arg(long = "resource", value_name = "URL")]
    pub(crate) resources: Vec<String>,
}

/// `fob add client`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("server").required(true))]
pub(crate) struct AddClient {
    /// What to call it.
    pub(crate) name: String,
    /// The address of the OpenID or OAuth server.
    #[arg(long, value_name = "URL", group = "server")]
    pub(crate) issuer: Option<String>,
    /// The address that gives tokens, for a server that publishes nothing of itself.
    #[arg(long, value_name = "URL", group = "server")]
    pub(crate) token_endpoint: Option<String>,
    /// The client id that the server gave you.
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: String,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Where it is used.
    #[arg(long, value_enum, default_value_t = Env::Development)]
    pub(crate) env: Env,
}

/// `fob token`.
#[derive(Debug, Args)]
pub(crate) struct Token {
    /// The credential's name, name@account, or id.
    pub(crate) name: String,
    /// How long the token must last at least.
    #[arg(long, default_value = "60s", value_parser = duration, value_name = "TIME")]
    pub(crate) min_validity: Duration,
    /// The shape in which it is printed.
    #[arg(long = "as", value_enum, default_value_t = TokenShape::Raw, value_name = "SHAPE")]
    pub(crate) shape: TokenShape,
    /// A narrower token: only for this service, by its name.
    #[arg(long)]
    pub(crate) audience: Option<String>,
    /// A narrower token: only for the service at this address.
    #[arg(long, value_name = "URL")]
    pub(crate) resource: Option<String>,
    /// A narrower token: only with this scope; may be given several times.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
    /// For dpop-proof: the method of the request that is to be made.
    #[arg(long, default_value = "GET")]
    pub(crate) method: String,
    /// For dpop-proof: the address of that request.
    #[arg(long, required_if_eq("shape", "dpop-proof"))]
    pub(crate) url: Option<String>,
    /// For dpop-proof: the nonce that the service asked for.
    #[arg(long)]
    pub(crate) nonce: Option<String>,
}

/// `fob token --as`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenShape {
    /// The value alone.
    Raw,
    /// A whole header line.
    Header,
    /// A NAME=value line.
    Env,
    /// The beginning of a curl command.
    Curl,
    /// An object with the value and when it ends.
    Json,
    /// A proof that goes with a bound token, for one request (RFC 9449).
    DpopProof,
}
