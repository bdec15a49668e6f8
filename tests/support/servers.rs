//! Real authorization servers on loopback, and the browser without a person that signs in to them.
//!
//! The invariant: a server's record holds hashes, never a token, so that a failing test may print it whole.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use url::Url;

use crate::process::{Running, bare_command, project};
use crate::session::succeed;

/// How long one answer of a test server may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What access tokens look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A signed JWT (RFC 9068).
    Jwt,
    /// An opaque string.
    Opaque,
}

/// How oidc-provider is set up.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// The lifetime of access tokens, in seconds.
    pub access_ttl: u32,
    /// Whether a refresh gives a new refresh token and ends the family when the old one returns.
    pub rotate: bool,
    /// What access tokens look like.
    pub format: Format,
    /// Whether sign-in and consent happen without a person.
    pub auto: bool,
    /// Whether authorization requests may, or must, be pushed: `off`, `offered`, `required`.
    pub par: &'static str,
    /// Whether proofs of possession need the server's nonce.
    pub dpop_nonce: bool,
    /// Redirect addresses of the client `fobwatch-exact`, compared as a whole. Empty: no such client.
    pub redirect_uris: Vec<String>,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            access_ttl: 15,
            rotate: true,
            format: Format::Jwt,
            auto: true,
            par: "off",
            dpop_nonce: false,
            redirect_uris: Vec::new(),
        }
    }
}

/// How django-oauth-toolkit is set up.
#[derive(Debug, Clone, Copy)]
pub struct Django {
    /// The lifetime of access tokens, in seconds.
    pub access_ttl: u32,
    /// Whether a refresh gives a new refresh token.
    pub rotate: bool,
    /// How long the token before the newest is still taken, in seconds.
    pub grace: u32,
}

impl Default for Django {
    fn default() -> Self {
        Self { access_ttl: 15, rotate: true, grace: 0 }
    }
}

/// How Canaille is set up. It compares all of a redirect address, and always gives a new refresh token.
#[derive(Debug, Clone)]
pub struct Canaille {
    /// The lifetime of access tokens, in seconds; a refresh token lives no longer than the access token beside it.
    pub access_ttl: u32,
    /// The redirect addresses of its clients, port included.
    pub redirect_uris: Vec<String>,
}

impl Canaille {
    /// Its clients come back to this one address.
    #[must_use]
    pub fn with(redirect_uri: &str) -> Self {
        Self { access_ttl: 600, redirect_uris: vec![redirect_uri.to_owned()] }
    }
}

/// How the token endpoint behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenMode {
    /// As it should.
    Ok,
    /// Closes the connection without an answer and without doing anything.
    Down,
    /// Answers 500 with HTML.
    Error500,
    /// Answers 429, with a Retry-After of so many seconds.
    TooMany(Option<u32>),
    /// Never answers.
    Hang,
    /// Does its work, rotation included, and closes the connection before the answer.
    Lost,
}

/// One request that the token endpoint saw.
#[derive(Debug, Clone, Deserialize)]
pub struct TokenRequest {
    /// When it was answered, RFC 3339 UTC.
    pub at: String,
    /// The grant type; absent when the request was cut off before it was read.
    pub grant_type: Option<String>,
    /// The client.
    pub client_id: Option<String>,
    /// SHA-256 of the refresh token presented, in hex.
    pub refresh_token_sha256: Option<String>,
    /// SHA-256 of the refresh token issued, in hex.
    pub issued_refresh_token_sha256: Option<String>,
    /// `200`, an OAuth error code, or the kind of fault.
    pub outcome: Value,
    /// Whether the answer was sent.
    pub answered: bool,
}

/// The sums of a [`Record`].
#[derive(Debug, Clone, Deserialize)]
pub struct Counts {
    /// All requests to the token endpoint.
    pub token: u32,
    /// Refresh requests.
    pub refresh: u32,
    /// Refresh requests that the server granted.
    pub refresh_ok: u32,
    /// Refresh requests that the server refused.
    pub refresh_refused: u32,
    /// How often the same refresh token came, at most.
    pub most_uses_of_one_refresh_token: u32,
}

/// What a server saw.
#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    /// Every request to the token endpoint, in order.
    pub token_requests: Vec<TokenRequest>,
    /// Their sums.
    pub counts: Counts,
    /// How often each method and path was asked for.
    pub requests: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct Ready {
    issuer: Url,
    admin: Url,
}

/// A running authorization server. It ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    django: bool,
    process: Running,
    issuer: String,
    admin: Url,
}

impl Server {
    /// Starts oidc-provider.
    pub async fn oidc(options: Oidc) -> Result<Self> {
        let folder = folder("oidc");
        if !folder.join("node_modules").is_dir() {
            bail!("the packages of tests/servers/oidc are missing: run `scripts/setup.sh test`");
        }
        let mut command = bare_command("node");
        command.arg(folder.join("server.mjs")).arg("--until-stdin-closes");
        command.args(["--access-ttl", &options.access_ttl.to_string(), "--rotate", yes(options.rotate)]);
        command.args(["--format", if options.format == Format::Jwt { "jwt" } else { "opaque" }]);
        command.args(options.auto.then_some("--auto"));
        command.args(["--par", options.par]);
        command.args(options.dpop_nonce.then_some("--dpop-nonce"));
        for uri in &options.redirect_uris {
            command.args(["--redirect-uri", uri]);
        }
        Self::start(command).await
    }

    /// Starts django-oauth-toolkit.
    pub async fn django(options: Django) -> Result<Self> {
        let mut command = python(".cache/venv")?;
        command.arg(folder("django").join("server.py")).arg("--until-stdin-closes");
        command.args(["--access-ttl", &options.access_ttl.to_string(), "--rotate", yes(options.rotate)]);
        command.args(["--grace", &options.grace.to_string()]);
        Ok(Self { django: true, ..Self::start(command).await? })
    }

    /// Starts Canaille.
    pub async fn canaille(options: Canaille) -> Result<Self> {
        let mut command = python(".cache/venv-canaille")?;
        command.arg(folder("canaille").join("server.py")).arg("--until-stdin-closes");
        command.args(["--access-ttl", &options.access_ttl.to_string()]);
        for uri in &options.redirect_uris {
            command.args(["--redirect-uri", uri]);
        }
        Self::start(command).await
    }

    async fn start(mut command: Command) -> Result<Self> {
        command.stderr(std::process::Stdio::null());
        let mut process = Running::start(command)?;
        let Ready { issuer, admin } = serde_json::from_str(&process.line().await?)?;
        Ok(Self { django: false, process, issuer: issuer.as_str().trim_end_matches('/').to_owned(), admin })
    }

    /// Tells whether this is django-oauth-toolkit, which knows no `offline_access`.
    #[must_use]
    pub fn is_django(&self) -> bool {
        self.django
    }

    /// Returns the issuer identifier, exactly as the server spells it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Returns what the server saw until now.
    pub async fn record(&self) -> Result<Record> {
        Ok(serde_json::from_str(&ask(&self.admin, None).await?)?)
    }

    /// Makes the token endpoint behave so for the next `times` requests, or until told otherwise.
    pub async fn set_token_mode(&self, mode: TokenMode, times: Option<u32>) -> Result<()> {
        let (token, retry_after) = match mode {
            TokenMode::Ok => ("ok", None),
            TokenMode::Down => ("down", None),
            TokenMode::Error500 => ("500", None),
            TokenMode::TooMany(after) => ("429", after),
            TokenMode::Hang => ("hang", None),
            TokenMode::Lost => ("lost", None),
        };
        let mut order = json!({ "token": token });
        if let Some(times) = times {
            order["times"] = times.into();
        }
        if let Some(after) = retry_after {
            order["retry_after"] = after.into();
        }
        ask(&self.admin.join("/__mode")?, Some(&order.to_string())).await.map(drop)
    }

    /// Ends every grant, as an administrator or the person would at the provider; tells how many there were.
    pub async fn revoke_grants(&self) -> Result<u64> {
        let answer: Value = serde_json::from_str(&ask(&self.admin.join("/__revoke")?, Some("")).await?)?;
        answer["revoked"].as_u64().context("the server did not say how many grants it ended")
    }

    /// Signs with a new key from now on.
    pub async fn rotate_keys(&self) -> Result<()> {
        ask(&self.admin.join("/__rotate_keys")?, Some("")).await.map(drop)
    }

    /// Returns the private key of the client `fobwatch-key`, as PEM.
    pub async fn client_key(&self) -> Result<String> {
        let answer: Value = serde_json::from_str(&ask(&self.admin.join("/__client_key")?, None).await?)?;
        Ok(answer["pem"].as_str().context("no key")?.to_owned())
    }

    /// Ends the server at once; its port is then closed.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill().await
    }
}

/// Signs in at `url` as a browser would, up to the last page of the loopback listener.
///
/// The server must approve by itself ([`Oidc::auto`]; django-oauth-toolkit always does).
pub async fn browse(url: &str) -> Result<()> {
    let mut command = bare_command("node");
    command.arg(project().join("tests/servers/browser.mjs")).arg(url);
    succeed(command).await.map(drop)
}

/// Decides (`approve` or `deny`) as the person at a device's verification address.
pub async fn decide_on_phone(url: &str, decision: &str) -> Result<()> {
    let mut command = bare_command("node");
    command.arg(project().join("tests/support/device.mjs")).args([url, decision]);
    succeed(command).await.map(drop)
}

fn folder(name: &str) -> PathBuf {
    project().join("tests/servers").join(name)
}

fn python(environment: &str) -> Result<Command> {
    let program = project().join(environment).join("bin/python");
    if !program.is_file() {
        bail!("the Python environment {environment} is missing: run `scripts/setup.sh test`");
    }
    Ok(bare_command(program))
}

fn yes(so: bool) -> &'static str {
    if so { "yes" } else { "no" }
}

/// One request: GET, or POST when there is a body. HTTP/1.0 keeps the answer in one piece.
async fn ask(url: &Url, body: Option<&str>) -> Result<String> {
    let asking = async {
        let address = (url.host_str().context("no host")?, url.port().context("no port")?);
        let mut stream = TcpStream::connect(address).await?;
        let method = if body.is_some() { "POST" } else { "GET" };
        let body = body.unwrap_or_default();
        let (host, port) = address;
        let head = format!(
            "{method} {} HTTP/1.0\r\nHost: {host}:{port}\r\nContent-Length: {}\r\n\r\n",
            url.path(),
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer without a body")?;
        let status = head.split(' ').nth(1).unwrap_or_default();
        if status != "200" {
            bail!("{} answered {status}: {body}", url.path());
        }
        Ok(body.to_owned())
    };
    tokio::time::timeout(ANSWER_WITHIN, asking).await.with_context(|| format!("{} did not answer", url.path()))?
}
