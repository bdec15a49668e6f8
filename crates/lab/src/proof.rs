//! Checks a proof of possession as a server does (RFC 9449 §4.3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

/// Checks one proof for a POST to `endpoint`; `seen` are the identifiers of those before it.
pub(crate) fn check(proof: &str, endpoint: &str, seen: &mut Vec<String>) -> Result<(), String> {
    let wrong = |what: &str| format!("a proof of possession {what}");
    let head = proof.split('.').next().unwrap_or_default();
    let head: Value = URL_SAFE_NO_PAD
        .decode(head)
        .map_err(|_| wrong("can't be read"))
        .and_then(|bytes| serde_json::from_slice(&bytes).map_err(|_| wrong("can't be read")))?;
    if head["typ"] != "dpop+jwt" || head["alg"] != "ES256" || head["jwk"].get("d").is_some() {
        return Err(wrong("is not of the right type, or shows its private key"));
    }
    let jwk: Jwk = serde_json::from_value(head["jwk"].clone()).map_err(|_| wrong("has no key"))?;
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| wrong("has no usable key"))?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    let claims: Value =
        jsonwebtoken::decode(proof, &key, &rules).map_err(|_| wrong("is not signed by the key it shows"))?.claims;
    if claims["htm"] != "POST" || claims["htu"] != endpoint || !claims["iat"].is_i64() {
        return Err(wrong("is for another request"));
    }
    let Some(id) = claims["jti"].as_str().map(str::to_owned) else { return Err(wrong("has no identifier")) };
    if seen.contains(&id) {
        return Err(wrong("was used twice"));
    }
    seen.push(id);
    Ok(())
}
