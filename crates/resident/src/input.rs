//! What comes in from the window is not believed (U7): ids are parsed, and texts have a largest length.
//!
//! The core checks what the values mean; here only what would cost memory or time before it gets there.

use fobwatch_core::Error;
use fobwatch_core::credential::CredentialId;
use fobwatch_core::jwt::MAX_INSPECTED;
use fobwatch_core::narrower::Narrower;
use fobwatch_core::secret::Secret;
use fobwatch_core::view::{
    AcceptRiskInput, AddApiKeyInput, AddJwtInput, ChangeInput, ExpiriesInput, KeysInput, ListInput, LogInput,
    LoginInput, SignInput,
};

/// The longest line of text, in bytes.
const LINE: usize = 2 * 1024;
/// The longest note, in bytes.
const NOTE: usize = 64 * 1024;
/// The largest secret, in bytes.
const SECRET: usize = 64 * 1024;
/// The longest pasted token, in bytes: twice what the inspector reads, so that it can say that one is too long.
const PASTED: usize = 2 * MAX_INSPECTED;
/// The longest key set, in bytes.
const KEYS: usize = 1024 * 1024;
/// How many tags or scopes.
const MANY: usize = 200;
/// How many credentials are changed at once.
const SELECTED: usize = 100_000;
/// How many bars a time line has.
const BARS: usize = 1000;
/// The longest that a sign-in may wait, in seconds.
const PATIENCE: u64 = 3600;

/// How many rows of the list are asked for at once.
const ROWS: usize = 500;
/// Reads a credential's id.
pub(crate) fn id(text: &str) -> Result<CredentialId, Error> {
    // Not the text itself: it is whatever somebody sent.
    text.parse().map_err(|_| Error::NotFound(text.chars().filter(char::is_ascii_alphanumeric).take(40).collect()))
}

/// Reads the ids of several credentials.
pub(crate) fn ids(texts: &[String]) -> Result<Vec<CredentialId>, Error> {
    at_most("ids", texts.len(), SELECTED)?;
    texts.iter().map(|text| id(text)).collect()
}

/// Refuses a text that is too long.
pub(crate) fn line(field: &'static str, text: &str) -> Result<(), Error> {
    at_most(field, text.len(), LINE)
}

/// Refuses a secret that is too long.
pub(crate) fn secret(field: &'static str, value: &Secret) -> Result<(), Error> {
    at_most(field, value.len(), SECRET)
}

/// Refuses a pasted token that is longer than anything one could say about it.
pub(crate) fn pasted(token: &Secret) -> Result<(), Error> {
    at_most("token", token.len(), PASTED)
}

pub(crate) fn keys(keys: &KeysInput) -> Result<(), Error> {
    match keys {
        KeysInput::Nothing => Ok(()),
        KeysInput::Issuer { url } | KeysInput::Jwks { url } => line("keys", url),
        KeysInput::Key { text } => at_most("keys", text.len(), KEYS),
        KeysInput::Secret { text } => secret("secret", text),
    }
}

pub(crate) fn sign(input: &SignInput) -> Result<(), Error> {
    line("algorithm", &input.alg)?;
    // The core says itself that claims are too long; here only what is far beyond.
    at_most("claims", input.claims.len(), KEYS)?;
    input.key.as_ref().map_or(Ok(()), |key| secret("key", key))
}

fn at_most(field: &'static str, len: usize, most: usize) -> Result<(), Error> {
    if len <= most { Ok(()) } else { Err(Error::Invalid { field, why: format!("it is longer than {most} bytes") }) }
}

fn optional(field: &'static str, text: Option<&String>) -> Result<(), Error> {
    text.map_or(Ok(()), |text| line(field, text))
}

fn lines(field: &'static str, texts: &[String]) -> Result<(), Error> {
    if texts.len() > MANY {
        return Err(Error::Invalid { field, why: format!("there are more than {MANY}") });
    }
    texts.iter().try_for_each(|text| line(field, text))
}

pub(crate) fn list(input: &ListInput) -> Result<(), Error> {
    line("query", &input.query)?;
    line("order", &input.order)?;
    // The window never needs all rows: it asks for those that it shows.
    if input.count.is_none_or(|count| count > ROWS) {
        return Err(Error::Invalid { field: "count", why: format!("give at most {ROWS}") });
    }
    optional("selected", input.selected.as_ref())?;
    optional("provider", input.provider.as_ref())
}

/// A time line that is drawn has a few hundred bars, in order, and runs forward.
pub(crate) fn expiries(input: &ExpiriesInput) -> Result<(), Error> {
    if input.edges.len() > BARS || !input.edges.is_sorted() || input.from >= input.until {
        return Err(Error::Invalid { field: "range", why: "that is no range of time".to_owned() });
    }
    Ok(())
}

pub(crate) fn api_key(input: &AddApiKeyInput) -> Result<(), Error> {
    line("name", &input.name)?;
    optional("provider", input.provider.as_ref())?;
    optional("account", input.account.as_ref())?;
    optional("header", input.header.as_ref())?;
    optional("rotate_by", input.rotate_by.as_ref())?;
    lines("tags", &input.tags)?;
    at_most("note", input.note.len(), NOTE)?;
    secret("key", &input.value)
}

pub(crate) fn change(input: &ChangeInput) -> Result<(), Error> {
    let texts =
        [("name", &input.name), ("account", &input.account), ("header", &input.header), ("env_name", &input.env_name)];
    for (field, text) in texts {
        optional(field, text.as_ref())?;
    }
    lines("tags", input.tags.as_deref().unwrap_or_default())?;
    at_most("note", input.note.as_ref().map_or(0, String::len), NOTE)?;
    let templates = input.templates.as_deref().unwrap_or_default();
    at_most("templates", templates.len(), MANY)?;
    for template in templates {
        line("templates", &template.name)?;
        at_most("templates", template.text.len(), NOTE)?;
    }
    Ok(())
}

pub(crate) fn jwt(input: &AddJwtInput) -> Result<(), Error> {
    line("name", &input.name)?;
    optional("account", input.account.as_ref())?;
    optional("header", input.header.as_ref())?;
    optional("issuer", input.issuer.as_ref())?;
    at_most("jwks", input.jwks.as_ref().map_or(0, String::len), NOTE)?;
    lines("tags", &input.tags)?;
    at_most("note", input.note.len(), NOTE)?;
    secret("token", &input.value)?;
    input.shared_secret.as_ref().map_or(Ok(()), |value| secret("shared_secret", value))
}

pub(crate) fn login(input: &LoginInput) -> Result<(), Error> {
    line("name", &input.name)?;
    lines("scopes", &input.scopes)?;
    at_most("fields", input.fields.len(), MANY)?;
    for (name, value) in &input.fields {
        line("fields", name)?;
        line("fields", value)?;
    }
    lines("resources", &input.resources)?;
    let texts = [
        ("provider", &input.provider),
        ("issuer", &input.issuer),
        ("client_id", &input.client_id),
        ("audience", &input.audience),
        ("account", &input.account),
        ("redirect_uri", &input.redirect_uri),
        ("prompt", &input.prompt),
        ("token_endpoint", &input.token_endpoint),
        ("client_key_id", &input.client_key_id),
    ];
    for (field, text) in texts {
        optional(field, text.as_ref())?;
    }
    if let Some(value) = &input.client_secret {
        secret("client_secret", value)?;
    }
    if input.timeout_seconds.is_some_and(|seconds| !(1..=PATIENCE).contains(&seconds)) {
        return Err(Error::Invalid { field: "timeout", why: format!("give 1 to {PATIENCE} seconds") });
    }
    Ok(())
}

pub(crate) fn risk(risk: &AcceptRiskInput) -> Result<(), Error> {
    ids(&risk.credentials)?;
    line("reason", &risk.reason)?;
    line("until", &risk.until)
}

pub(crate) fn narrower(wanted: &Narrower) -> Result<(), Error> {
    optional("audience", wanted.audience.as_ref())?;
    optional("resource", wanted.resource.as_ref())?;
    lines("scopes", &wanted.scopes)
}

/// A page of the log; how long it is, is not for the window to say.
pub(crate) fn log(input: &LogInput) -> Result<(), Error> {
    line("group", &input.group)?;
    line("query", &input.query)?;
    optional("credential", input.credential.as_ref())?;
    if input.most.is_some() || input.days.is_some_and(|days| days > 3650) {
        return Err(Error::Invalid { field: "days", why: "give 1 to 3650".to_owned() });
    }
    Ok(())
}

/// Settings are numbers, switches and short words; anything else is not one.
pub(crate) fn settings(change: &serde_json::Map<String, serde_json::Value>) -> Result<(), Error> {
    at_most("settings", change.len(), MANY)?;
    for (name, value) in change {
        line("settings", name)?;
        match value {
            serde_json::Value::String(text) => line("settings", text)?,
            serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                return Err(Error::Invalid { field: "settings", why: "that is no setting".to_owned() });
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login_input() -> LoginInput {
        LoginInput { name: "x".to_owned(), ..LoginInput::default() }
    }

    #[test]
    fn what_is_not_an_id_names_no_credential_and_is_not_echoed() {
        for bad in ["", "../../etc/passwd", "<script>", &"x".repeat(1_000_000), "' OR 1=1--"] {
            let Err(Error::NotFound(shown)) = id(bad) else { panic!("{bad}") };
            assert!(shown.len() <= 40 && !shown.contains(['<', '/', '\'']), "{shown}");
        }
        assert!(id("00000000000040008000000000000001").is_ok());
    }

    #[test]
    fn a_text_of_a_hundred_megabytes_goes_no_further() {
        let long = || "x".repeat(LINE + 1);
        let part = || ListInput { count: Some(100), ..ListInput::default() };
        assert!(list(&part()).is_ok());
        assert!(list(&ListInput { query: long(), ..part() }).is_err());
        assert!(list(&ListInput { count: None, ..part() }).is_err());
        assert!(list(&ListInput { count: Some(usize::MAX), ..part() }).is_err());
        assert!(ids(&vec![String::new(); SELECTED + 1]).is_err());
        assert!(login(&login_input()).is_ok());
        for bad in [
            LoginInput { issuer: Some(long()), ..login_input() },
            LoginInput { scopes: vec![String::new(); MANY + 1], ..login_input() },
            LoginInput { fields: [("domain".to_owned(), long())].into(), ..login_input() },
            LoginInput { client_secret: Some(Secret::new("x".repeat(SECRET + 1))), ..login_input() },
            LoginInput { token_endpoint: Some(long()), ..login_input() },
            LoginInput { client_key_id: Some(long()), ..login_input() },
            LoginInput { resources: vec![long()], ..login_input() },
            LoginInput { timeout_seconds: Some(u64::MAX), ..login_input() },
            LoginInput { timeout_seconds: Some(0), ..login_input() },
        ] {
            assert!(login(&bad).is_err());
        }
    }

    #[test]
    fn what_the_views_send_has_a_largest_size_as_well() {
        let long = || "x".repeat(LINE + 1);
        let id = "00000000000040008000000000000001";
        let accepted = |credential: &str, reason: String| AcceptRiskInput {
            rule: fobwatch_core::health::Rule::OldKey,
            credentials: vec![credential.to_owned()],
            reason,
            until: "90d".to_owned(),
        };
        assert!(risk(&accepted(id, "why".to_owned())).is_ok());
        assert!(risk(&accepted(id, long())).is_err());
        assert!(risk(&accepted("../x", "why".to_owned())).is_err());
        assert!(ids(&vec![id.to_owned(); SELECTED + 1]).is_err());
        assert!(change(&ChangeInput::default()).is_ok());
        for bad in [
            ChangeInput { name: Some(long()), ..ChangeInput::default() },
            ChangeInput { tags: Some(vec![String::new(); MANY + 1]), ..ChangeInput::default() },
            ChangeInput { note: Some("x".repeat(NOTE + 1)), ..ChangeInput::default() },
        ] {
            assert!(change(&bad).is_err());
        }
        let line = |from: &str, edges| ExpiriesInput {
            from: from.parse().expect("a time"),
            until: "2025-10-17T00:00:00Z".parse().expect("a time"),
            edges,
            each: false,
            environment: None,
        };
        let midnight = "2025-10-16T00:00:00Z";
        let edge = line(midnight, Vec::new()).until;
        assert!(expiries(&line(midnight, vec![edge; 3])).is_ok());
        assert!(expiries(&line(midnight, vec![edge; BARS + 1])).is_err());
        assert!(expiries(&line("2025-10-18T00:00:00Z", Vec::new())).is_err());
        assert!(
            pasted(&Secret::new("x".repeat(PASTED))).is_ok() && pasted(&Secret::new("x".repeat(PASTED + 1))).is_err()
        );
        assert!(keys(&KeysInput::Nothing).is_ok());
        for bad in [
            KeysInput::Issuer { url: long() },
            KeysInput::Jwks { url: long() },
            KeysInput::Key { text: Secret::new("x".repeat(KEYS + 1)) },
            KeysInput::Secret { text: Secret::new("x".repeat(SECRET + 1)) },
        ] {
            assert!(keys(&bad).is_err());
        }
        let to_sign = |claims: String, key| SignInput { alg: "ES256".to_owned(), claims, key };
        assert!(sign(&to_sign(String::new(), None)).is_ok());
        assert!(sign(&to_sign("x".repeat(KEYS + 1), None)).is_err());
        assert!(sign(&to_sign(String::new(), Some(Secret::new("x".repeat(SECRET + 1))))).is_err());
        assert!(narrower(&Narrower::default()).is_ok());
        for bad in [
            Narrower { audience: Some(long()), ..Narrower::default() },
            Narrower { resource: Some(long()), ..Narrower::default() },
            Narrower { scopes: vec![String::new(); MANY + 1], ..Narrower::default() },
        ] {
            assert!(narrower(&bad).is_err());
        }
    }
}
