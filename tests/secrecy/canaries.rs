//! The values that must be nowhere, by kind: what the servers gave, what a person typed, what the keyring holds.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fobwatch_lab::Record;
use serde_json::Value;

pub(crate) const API_KEY: &str = "sk_live_canary_5f0e1d2c3b4a59687766554433221100";
/// The secret of the machine client of the real server.
pub(crate) const CLIENT_SECRET: &str = "northwind-machine-client-secret-c2a883";
/// Every kind there is.
pub(crate) const KINDS: [&str; 13] = [
    "API key",
    "access token",
    "refresh token",
    "authorization code",
    "PKCE verifier",
    "device code",
    "ID token",
    "client secret",
    "client private key",
    "registration token",
    "DPoP private key",
    "DPoP proof",
    "escrow key",
];
/// A P-256 key in PKCS #8 begins with this much that is no secret, and its scalar is so long.
const SCALAR: std::ops::Range<usize> = 36..68;

/// Values with their kinds.
#[derive(Default)]
pub(crate) struct Canaries(BTreeSet<(&'static str, Vec<u8>)>);

impl Canaries {
    /// Adds one value.
    pub(crate) fn add(&mut self, kind: &'static str, value: impl AsRef<[u8]>) {
        self.0.insert((kind, value.as_ref().to_vec()));
    }

    /// Adds a token, and of a JWT the signature alone: without it, the rest is worth nothing.
    pub(crate) fn add_token(&mut self, kind: &'static str, token: &str) {
        self.add(kind, token);
        if let Some((_, signature)) = token.rsplit_once('.') {
            self.add(kind, signature);
        }
    }

    /// Adds all that the lab gave and was given.
    pub(crate) fn add_lab(&mut self, record: &Record) {
        for (kind, tokens) in [
            ("access token", &record.access_tokens),
            ("refresh token", &record.refresh_tokens),
            ("ID token", &record.id_tokens),
        ] {
            for token in tokens {
                self.add_token(kind, token);
            }
        }
        for seen in &record.seen {
            for (name, kind) in
                [("code", "authorization code"), ("code_verifier", "PKCE verifier"), ("device_code", "device code")]
            {
                if let Some(value) = seen.form(name) {
                    self.add(kind, value);
                }
            }
            if let Some(proof) = &seen.dpop {
                self.add_token("DPoP proof", proof);
            }
        }
    }

    /// Adds what the keyring holds of ours.
    pub(crate) fn add_keyring(&mut self, items: &[Vec<u8>]) -> Result<()> {
        for item in items {
            let text = std::str::from_utf8(item).unwrap_or_default();
            match serde_json::from_str::<Value>(text) {
                Ok(slot) if slot.get("value").is_some() => self.add_slot(&slot)?,
                _ if text.contains("PRIVATE KEY") => {
                    // Each line by itself: a log may break them.
                    let lines = text.split_ascii_whitespace().filter(|line| line.len() > 40);
                    for line in lines {
                        self.add("client private key", line);
                    }
                }
                _ if text == CLIENT_SECRET => self.add("client secret", text),
                _ if item.len() == 32 && text.chars().any(|sign| !sign.is_ascii_graphic()) || text.is_empty() => {
                    self.add("escrow key", item);
                }
                _ => self.add("registration token", item),
            }
        }
        Ok(())
    }

    fn add_slot(&mut self, slot: &Value) -> Result<()> {
        let value = slot["value"].as_str().context("a slot without a value")?;
        self.add_token(if value == API_KEY { "API key" } else { "refresh token" }, value);
        let Some(key) = slot["dpop"].as_str() else { return Ok(()) };
        let bytes = URL_SAFE_NO_PAD.decode(key)?;
        self.add("DPoP private key", key);
        self.add("DPoP private key", bytes.get(SCALAR).context("another kind of key")?);
        self.add("DPoP private key", &bytes);
        Ok(())
    }

    /// Returns all of them, if there are some of every kind.
    pub(crate) fn all(&self) -> Result<Vec<(&'static str, &[u8])>> {
        for kind in KINDS {
            ensure!(self.0.iter().any(|(have, _)| *have == kind), "there is no canary of the kind “{kind}”");
        }
        Ok(self.0.iter().map(|(kind, value)| (*kind, value.as_slice())).collect())
    }
}
