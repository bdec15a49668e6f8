//! Whether an answer still belongs to the login it was asked for (OIDC Core §12.2, RFC 6749 §6).
//!
//! Pure, so that its verdict can be part of the commit.

use aws_lc_rs::digest::{SHA256, digest};

use crate::answer::Tokens;
use crate::catalog::LoginRow;
use crate::error::OrNone as _;
use crate::jwt::{MAX_STORED, Parsed};
use crate::sealer::hex;
use crate::secret::Secret;
use jiff::Timestamp;

/// SHA-256 in hex, of what is compared and never needed again.
pub(crate) fn sha256_hex(text: &str) -> String {
    hex(digest(&SHA256, text.as_bytes()).as_ref())
}

/// What can be seen of an access token from outside.
pub(crate) struct Peek {
    pub(crate) alg: String,
    pub(crate) expires_at: Option<Timestamp>,
}

/// Looks at a token that may be a JWT. Only the issuer can say what it means; this is for showing and timing.
pub(crate) fn peek(token: &Secret) -> Option<Peek> {
    // Exposed to the parser, which keeps header and claims only.
    let parsed = Parsed::parse(token.expose(), MAX_STORED).ok_or_none()?;
    let alg = parsed.jws.header.get("alg").and_then(|alg| alg.as_str()).unwrap_or("?").to_owned();
    let expires_at = crate::jwt::expires_at(&parsed.claims);
    Some(Peek { alg, expires_at })
}

/// Returns why the tokens must not be handed out: a code and a detail.
pub(crate) fn mismatch(login: &LoginRow, tokens: &Tokens, granted: &[String]) -> Option<(&'static str, String)> {
    match &tokens.foreign_type {
        Some(kind) if login.settings.dpop && kind.eq_ignore_ascii_case("dpop") => {}
        Some(kind) => return Some(("token_type", kind.clone())),
        None if login.settings.dpop => return Some(("token_type", "bearer".to_owned())),
        None => {}
    }
    let known = |scope: &String| login.granted_scopes.contains(scope) || login.settings.scopes.contains(scope);
    if !login.granted_scopes.is_empty()
        && let Some(scope) = granted.iter().find(|scope| !known(scope))
    {
        return Some(("scope_grew", scope.clone()));
    }
    // Exposed to the parser, which keeps header and claims only.
    let id_token = tokens.id_token.as_ref().filter(|_| login.settings.openid)?;
    let Ok(parsed) = Parsed::parse(id_token.expose(), MAX_STORED) else {
        return Some(("id_token_unreadable", String::new()));
    };
    let claim = |name: &str| parsed.claims.get(name).and_then(serde_json::Value::as_str);
    if claim("iss") != Some(&login.settings.issuer) {
        return Some(("issuer_changed", String::new()));
    }
    if login.subject.is_some() && claim("sub") != login.subject.as_deref() {
        return Some(("subject_changed", String::new()));
    }
    let named = match parsed.claims.get("aud") {
        Some(serde_json::Value::String(aud)) => *aud == login.settings.client_id,
        Some(serde_json::Value::Array(list)) => list.iter().any(|aud| aud.as_str() == Some(&login.settings.client_id)),
        _ => false,
    };
    // Without a remembered one there is nothing to compare; the sign-in was made without, or before it was kept.
    let remembered = login.settings.nonce_sha256.as_ref();
    let replayed = remembered.zip(claim("nonce")).is_some_and(|(sent, came)| *sent != sha256_hex(came));
    if replayed {
        return Some(("nonce_changed", String::new()));
    }
    let party = parsed.claims.get("azp").is_none_or(|azp| azp.as_str() == Some(&login.settings.client_id));
    (!named || !party).then(|| ("audience_changed", String::new()))
}
