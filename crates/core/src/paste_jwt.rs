//! Tokens that were pasted: a JWT that somebody else issued and nobody here can renew.
//!
//! Its value rests in the keychain like an API key. What it says of itself (who signed it, when it ends) is read once
//! and kept beside it, so that nobody need open the keychain to say how long it lasts. One invariant: once it has ended,
//! it is never handed out.

use jiff::Timestamp;

use crate::add_api_key::{BEARER, check_header, check_name, check_value};
use crate::catalog::{Chosen, CredentialRow, PastedJwt};
use crate::change::{check_tags, short};
use crate::credential::{CredentialId, Kind};
use crate::discovery::issuer_url;
use crate::error::Error;
use crate::health::facts::Stored;
use crate::inspect::{secret_in, shown};
use crate::jwt::{self, Keys, MAX_INSPECTED, MAX_STORED, NoKeys, Parsed, Signature};
use crate::secret::Secret;
use crate::vault::Vault;
use crate::view::{AddJwtInput, CredentialView, KeysInput, TokenView};

/// The longest key set that may be pasted, in bytes.
const LONGEST_KEYS: usize = 64 * 1024;

impl Vault {
    /// Stores a pasted token.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no JWT or has ended; otherwise as [`Self::add_api_key`].
    pub async fn add_jwt(&self, input: AddJwtInput) -> Result<CredentialView, Error> {
        check_name(&input.name)?;
        check_value(&input.value)?;
        check_tags(&input.tags)?;
        let account = input.account.filter(|account| !account.is_empty());
        short("account", account.as_deref().unwrap_or_default())?;
        let header = input.header.unwrap_or_else(|| BEARER.to_owned());
        check_header(&header)?;
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (issuer, jwks) = (filled(input.issuer), filled(input.jwks));
        check_keys(issuer.as_deref(), jwks.as_deref())?;
        let now = self.inner.ports.clock.now();
        let jwt = read_jwt(&input.value, issuer, jwks, now)?;
        let row = CredentialRow {
            id: CredentialId::random(),
            name: input.name,
            kind: Kind::Jwt,
            provider: None,
            account,
            environment: input.environment,
            tags: input.tags,
            note: input.note,
            header,
            created_at: now,
            value_since: now,
            rotate_by: None,
            rotate_every_days: None,
            last_used_at: None,
            generation: 0,
            fingerprint: None,
            shown_start: String::new(),
            shown_end: String::new(),
            value_len: 0,
            chosen: Chosen { jwt: Some(jwt), ..Chosen::default() },
        };
        let secret = input.shared_secret.filter(|secret| !secret.expose().is_empty());
        self.store_new(row, input.value, secret, input.allow_twin).await
    }

    /// Lays a pasted token open, whether it has ended or not. Without `keys` those that were given with it are used.
    pub(crate) async fn pasted_token(
        &self,
        row: &CredentialRow,
        jwt: &PastedJwt,
        again: bool,
        keys: &KeysInput,
    ) -> Result<TokenView, Error> {
        let value = self.key_value(row).await?;
        let now = self.inner.ports.clock.now();
        // Exposed to the parser; what it keeps of the text is header and payload.
        let Ok(parsed) = Parsed::parse(value.expose(), MAX_INSPECTED) else { return Err(Error::ItemLost) };
        let kept = match keys {
            KeysInput::Nothing => self.inner.slots.client_secret(row.id).await?,
            _ => None,
        };
        let secret = kept.as_ref().or_else(|| secret_in(keys));
        let (signature, fetched_at) = match keys {
            KeysInput::Nothing => self.kept_keys_say(&parsed, jwt, secret, again).await,
            keys => self.keys_say(&parsed, keys).await,
        };
        self.note_found(row.id, &Stored::Pasted(row.generation), &parsed, &signature, keys, secret).await;
        let mut view = TokenView { keys_fetched_at: fetched_at, ..shown(&parsed) };
        let context = self.token_context().await;
        view.inspection = Some(jwt::lay_out(parsed, signature, secret, now, &context));
        Ok(view)
    }

    /// Returns what the keys say that were given with a pasted token, and when they were fetched.
    async fn kept_keys_say(
        &self,
        parsed: &Parsed<'_>,
        jwt: &PastedJwt,
        secret: Option<&Secret>,
        again: bool,
    ) -> (Signature, Option<Timestamp>) {
        match (secret, jwt.jwks.as_deref(), jwt.issuer.as_deref()) {
            (Some(secret), ..) => (jwt::check(parsed, &Keys::Secret(secret)), None),
            (None, Some(text), _) if text.starts_with('{') => {
                (jwt::check(parsed, &Keys::Jwks { text, source: "pasted keys".to_owned() }), None)
            }
            (None, Some(uri), issuer) => self.issuer_says(parsed, issuer.unwrap_or(uri), Some(uri), again).await,
            (None, None, Some(issuer)) => self.found_issuer_says(parsed, issuer, again).await,
            (None, None, None) => (jwt::unchecked(parsed, &NoKeys::NoneKnown), None),
        }
    }

    /// Reads a pasted token for somebody who wants to use it.
    pub(crate) async fn living_jwt(&self, row: &CredentialRow, jwt: &PastedJwt) -> Result<Secret, Error> {
        match jwt.expires_at {
            Some(at) if at <= self.inner.ports.clock.now() => Err(Error::Expired { at }),
            _ => self.key_value(row).await,
        }
    }
}

/// Whether a key set holds what must not be stored in clear: shared secrets, or the private parts of keys (RFC 7518 §6).
fn has_secrets(keys: &serde_json::Value) -> bool {
    const PRIVATE: [&str; 8] = ["k", "d", "p", "q", "dp", "dq", "qi", "oth"];
    let all = keys.get("keys").and_then(serde_json::Value::as_array).into_iter().flatten();
    all.chain([keys]).any(|key| {
        PRIVATE.iter().any(|name| key.get(name).is_some()) || key.get("kty").is_some_and(|kind| kind == "oct")
    })
}

/// Refuses places of keys that nobody would be asked at: the same rule as for issuers.
fn check_keys(issuer: Option<&str>, jwks: Option<&str>) -> Result<(), Error> {
    let bad = |field, why: &str| Err(Error::Invalid { field, why: why.to_owned() });
    if issuer.is_some_and(|issuer| issuer_url(issuer).is_err()) {
        return bad("issuer", "give an https address (http only on this computer)");
    }
    match jwks {
        Some(text) if text.len() > LONGEST_KEYS => bad("jwks", "a key set has at most 65,536 bytes"),
        Some(text) if text.starts_with('{') => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(keys) if has_secrets(&keys) => bad(
                "jwks",
                "give public keys only; a shared secret has a field of its own, which keeps it in the keychain",
            ),
            Ok(keys) if keys.get("keys").is_some_and(serde_json::Value::is_array) => Ok(()),
            _ => bad("jwks", "a key set is JSON with a list of keys"),
        },
        Some(uri) if issuer_url(uri).is_err() => bad("jwks", "give a key set, or its https address"),
        _ => Ok(()),
    }
}

/// Reads what a token says of itself. Only the issuer can say what it means; this is for showing and timing.
pub(crate) fn read_jwt(
    value: &Secret,
    issuer: Option<String>,
    jwks: Option<String>,
    now: Timestamp,
) -> Result<PastedJwt, Error> {
    let bad = |why: String| Error::Invalid { field: "token", why };
    // Exposed to the parser, which keeps header and claims only.
    let parsed = Parsed::parse(value.expose(), MAX_STORED)
        .map_err(|_| bad("that is no JWT: three parts with dots between them".to_owned()))?;
    let times = jwt::times(&parsed);
    let expires_at = jwt::ends_at(&parsed);
    if expires_at.is_some_and(|at| at <= now) {
        return Err(bad("it has ended already, so nobody would accept it".to_owned()));
    }
    let alg = parsed.jws.header.get("alg").and_then(serde_json::Value::as_str).unwrap_or("?");
    Ok(PastedJwt {
        alg: alg.chars().filter(|c| !c.is_control()).take(20).collect(),
        issued_at: times.issued_at,
        not_before: times.not_before,
        expires_at,
        issuer,
        jwks,
    })
}

#[cfg(test)]
#[path = "paste_jwt_test.rs"]
mod tests;
