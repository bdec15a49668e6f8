//! Recognises a secret that was put where everybody can read it: in the payload of a token.
//!
//! Invariant: only names and shapes decide, nothing is sent anywhere or tried. Shapes are the published prefixes of
//! providers; a name alone is enough when it ends like one of a secret and holds a text.

use serde_json::Value;

use super::parse::is_compact;

/// Why a claim looks like a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leak {
    /// By its name.
    Named,
    /// By the shape of its value.
    Shaped,
    /// It is a token in a token.
    Token,
}

/// What names of secrets end with, in lower case and without punctuation.
const NAMES: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "apikey",
    "secretkey",
    "privatekey",
    "accesskey",
    "accesstoken",
    "refreshtoken",
    "credential",
    "credentials",
    "connectionstring",
];

/// What keys of well-known providers begin with.
const PREFIXES: [&str; 27] = [
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "whsec_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxe-",
    "xapp-",
    "sk-ant-",
    "sk-proj-",
    "npm_",
    "pypi-",
    "dop_v1_",
    "shpat_",
    "hvs.",
    "ya29.",
    "AGE-SECRET-KEY-",
    "SG.",
];

/// The shortest rest after a prefix that makes a key: `npm_registry` is none.
const LEAST_AFTER_PREFIX: usize = 16;

/// Looks through a claim and everything inside it; the payload reader bounds the depth.
pub(super) fn find(name: &str, value: &Value) -> Option<Leak> {
    match value {
        Value::String(text) => is_compact(text)
            .then_some(Leak::Token)
            .or_else(|| is_key(text).then_some(Leak::Shaped))
            .or_else(|| (!text.is_empty() && is_secret_name(name)).then_some(Leak::Named)),
        Value::Array(all) => all.iter().find_map(|item| find(name, item)),
        Value::Object(members) => members.iter().find_map(|(name, value)| find(name, value)),
        _ => None,
    }
}

fn is_secret_name(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    NAMES.iter().any(|ending| plain.ends_with(ending))
}

fn is_key(text: &str) -> bool {
    let text = text.trim();
    let one_word = !text.contains(char::is_whitespace);
    (text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----"))
        || (one_word
            && PREFIXES.iter().any(|prefix| text.strip_prefix(prefix).is_some_and(|r| r.len() >= LEAST_AFTER_PREFIX)))
        || is_aws_key(text)
        || (text.len() == 39 && text.starts_with("AIza"))
}

fn is_aws_key(text: &str) -> bool {
    text.len() == 20
        && (text.starts_with("AKIA") || text.starts_with("ASIA"))
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_known_by_name_or_shape() {
        for (name, value, leak) in [
            ("password", json!("hunter2"), Leak::Named),
            ("Client-Secret", json!("x"), Leak::Named),
            ("db", json!({"conn": {"apiKey": ["x"]}}), Leak::Named),
            // In two pieces, so that no scanner takes it for a real one.
            ("note", json!(concat!("sk_", "live_00FAKE00notakey00000000fake")), Leak::Shaped),
            ("note", json!("AKIAIOSFODNN7EXAMPLE"), Leak::Shaped),
            ("note", json!(["x", "-----BEGIN PRIVATE KEY-----\nMII"]), Leak::Shaped),
            ("act", json!("eyJhbGciOiJub25lIn0.e30."), Leak::Token),
        ] {
            assert_eq!(find(name, &value), Some(leak), "{name} {value}");
        }
    }

    #[test]
    fn what_only_speaks_of_secrets_is_none() {
        for (name, value) in [
            ("password_changed_at", json!("2025-01-01")),
            ("has_password", json!(true)),
            ("secret", json!("")),
            ("pwd_exp", json!("1")),
            ("note", json!("npm_registry")),
            ("note", json!("eyJust.a.text with words")),
            ("sub", json!("auth0|00fake00user00")),
        ] {
            assert_eq!(find(name, &value), None, "{name} {value}");
        }
    }
}
