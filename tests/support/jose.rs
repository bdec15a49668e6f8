//! The published examples of signed tokens, and tokens of our own, signed by Node.
//!
//! The invariant: no line of the product says here what a good signature is.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::process::{Running, bare_command};

const SIGN: &str = "
    const { header, payload, key } = JSON.parse(require('node:fs').readFileSync(0));
    const input = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.');
    const hmac = require('node:crypto').createHmac('sha256', Buffer.from(key, 'base64')).update(input);
    process.stdout.write(`${input}.${hmac.digest('base64url')}`);";
const EXPORT: &str = "
    const { jwk, format } = JSON.parse(require('node:fs').readFileSync(0));
    const key = require('node:crypto').createPublicKey({ key: jwk, format: 'jwk' });
    const spki = key.export({ type: 'spki', format });
    process.stdout.write(Buffer.from(spki).toString('base64'));";

/// A published example: a token and the key that confirms it.
#[derive(Debug, Deserialize)]
pub struct Example {
    /// RFC, section and algorithm.
    pub name: String,
    /// The token.
    pub token: String,
    /// The key.
    pub jwk: Value,
}

/// Returns the examples of RFC 7515, RFC 7519 and RFC 8037.
pub fn examples() -> Result<Vec<Example>> {
    let mut file: Value = serde_json::from_str(include_str!("../../crates/core/src/jwt/testdata/rfc.json"))?;
    Ok(serde_json::from_value(file["vectors"].take())?)
}

/// Returns the example whose name begins so.
pub fn example(name: &str) -> Result<Example> {
    examples()?.into_iter().find(|example| example.name.starts_with(name)).context("no such example")
}

async fn node(script: &str, input: &Value) -> Result<String> {
    let mut command = bare_command("node");
    command.args(["-e", script]);
    let mut node = Running::start(command)?;
    node.feed(input.to_string().as_bytes()).await?;
    let (status, out) = node.finish().await?;
    ensure!(status.success(), "node ended with {status}");
    Ok(out)
}

/// Signs with HMAC SHA-256, whatever the header says.
pub async fn hs256(header: &str, payload: &str, key: &[u8]) -> Result<String> {
    node(SIGN, &json!({ "header": header, "payload": payload, "key": STANDARD.encode(key) })).await
}

/// Writes a public key as `pem` or `der`.
pub async fn public_key(jwk: &Value, format: &str) -> Result<Vec<u8>> {
    Ok(STANDARD.decode(node(EXPORT, &json!({ "jwk": jwk, "format": format })).await?)?)
}
