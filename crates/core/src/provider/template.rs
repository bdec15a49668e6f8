//! Addresses with places that the person fills: `https://{domain}/oauth2/default`.
//!
//! Invariant: what is filled in can't move the address to another host than the one it was typed for. Values are
//! letters, digits and a few marks; none of them ends a host, a path or a label of it.

use std::collections::BTreeMap;

use url::Url;

use crate::discovery::{endpoint_url, is_local};
use crate::error::OrNone as _;

/// The longest address, in bytes.
const LONGEST: usize = 2048;

/// An address with places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(String);

impl Template {
    /// Takes the text as it is; whether it is an address shows when it is filled.
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text with its places.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The names of the places, in order; an error for braces that make none.
    pub(super) fn places(&self) -> Result<Vec<&str>, &'static str> {
        let mut names = Vec::new();
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            let inside = rest[at..].strip_prefix('{').ok_or("has a } without its {")?;
            let (name, after) = inside.split_once('}').ok_or("has a { without its }")?;
            names.push(name);
            rest = after;
        }
        Ok(names)
    }

    /// Tells whether there is nothing to fill.
    pub(crate) fn is_whole(&self) -> bool {
        !self.0.contains('{')
    }

    /// Tells whether the whole host is a place.
    pub(super) fn is_anywhere(&self) -> bool {
        let host = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or_default();
        host.starts_with('{') && host.find('}') == Some(host.len().saturating_sub(1))
    }

    /// Puts the values in; none when one is missing.
    pub(crate) fn fill(&self, values: &BTreeMap<String, String>) -> Option<String> {
        let mut out = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            out.push_str(before);
            out.push_str(values.get(name)?);
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }

    /// The text with all places alike, to compare two of them.
    pub(super) fn shape(&self) -> String {
        let mut parts = self.0.split('{');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |out, part| format!("{out}{{}}{}", part.split_once('}').map_or("", |(_, after)| after)))
    }

    /// The same address without what does not tell two servers apart: capitals and a dot at the end of the host, the
    /// usual port, slashes at the end.
    pub(super) fn canonical(&self) -> Self {
        let parsed = if self.is_whole() { Url::parse(&self.0).ok_or_none() } else { None };
        let text = parsed.map_or_else(|| self.0.clone(), String::from);
        let Some((scheme, rest)) = text.split_once("://") else { return Self(text) };
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix(":443").unwrap_or(&host).trim_end_matches('.');
        Self(format!("{scheme}://{host}/{path}").trim_end_matches('/').to_owned())
    }

    /// Returns what has to be filled in so that this becomes `address`, if anything does.
    pub(super) fn values_of(&self, address: &str) -> Option<BTreeMap<String, String>> {
        let mut values = BTreeMap::new();
        let (mut rest, mut typed) = (self.0.as_str(), address);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            typed = typed.strip_prefix(before)?;
            // A value ends where the next fixed character stands; it never holds a slash.
            let end = match after.chars().next() {
                Some('{') => return None,
                Some(_) => typed.find(after.split('{').next().unwrap_or_default())?,
                None => typed.len(),
            };
            let (value, left) = typed.split_at(end);
            if !is_value(value) || values.insert(name.to_owned(), value.to_owned()).is_some_and(|old| old != value) {
                return None;
            }
            (rest, typed) = (after, left);
        }
        (rest == typed).then_some(values)
    }
}

/// Tells whether a text can stand in a place: a host, perhaps with a port, or one part of a path.
pub(super) fn is_value(text: &str) -> bool {
    let (main, port) = text.split_once(':').unwrap_or((text, "443"));
    (1..=253).contains(&main.len())
        && main.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        && !main.starts_with('.')
        && !main.contains("..")
        && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Takes off what people paste along with a domain: the scheme, and slashes at the end.
pub(super) fn tidied(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("https://").unwrap_or(text).trim_end_matches('/')
}

/// Says why an address of an authorization server can't be used, or returns it.
///
/// https only; http for a server on this computer, and then only when the issuer is there too. No user name, no
/// address of a private network (security.md D1 to D8).
pub(super) fn server_address(issuer: &str, address: &str) -> Result<Url, &'static str> {
    let url = plain_url(address)?;
    let home = Url::parse(issuer).map_err(|_| "is no address")?;
    if url.scheme() == "http" && !is_local(&url) {
        return Err("must start with https://; http is for a server on this computer only");
    }
    if is_local(&url) && !is_local(&home) {
        return Err("points to this computer, although the issuer is elsewhere");
    }
    endpoint_url(&home, "address", address).map_err(|_| "points to an address of a private network")
}

/// Says why an issuer can't be used, or returns it.
pub(super) fn issuer_address(issuer: &str) -> Result<Url, &'static str> {
    let url = server_address(issuer, issuer)?;
    if url.query().is_some() { Err("must have no ? in it") } else { Ok(url) }
}

/// Says why a page can't be opened for a person, or returns it.
pub(super) fn page_address(address: &str) -> Result<Url, &'static str> {
    if address.contains(['{', '}']) {
        return Err("can't have a place in it: only the issuer and the endpoints can");
    }
    let url = plain_url(address)?;
    if url.scheme() != "https" {
        return Err("must start with https://");
    }
    endpoint_url(&url, "page", address).map_err(|_| "points to an address of a private network")
}

fn plain_url(address: &str) -> Result<Url, &'static str> {
    if address.len() > LONGEST {
        return Err("is longer than 2048 characters");
    }
    if !address.starts_with("https://") && !address.starts_with("http://") {
        return Err("must start with https://");
    }
    if address.chars().any(char::is_whitespace) {
        return Err("has a space in it");
    }
    let url = Url::parse(address).map_err(|_| "is no address")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must have no user name or password in it");
    }
    if url.fragment().is_some() {
        return Err("must have no # in it");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn places_are_filled_by_name() {
        let template = Template::new("https://{domain}/realms/{realm}/x/{domain}");
        let filled = values(&[("domain", "id.test"), ("realm", "main")]);
        assert_eq!(template.fill(&filled).as_deref(), Some("https://id.test/realms/main/x/id.test"));
        assert_eq!(template.fill(&values(&[("domain", "id.test")])), None);
        assert_eq!(template.places(), Ok(vec!["domain", "realm", "domain"]));
        assert!(Template::new("https://}{").places().is_err() && Template::new("https://{a").places().is_err());
        assert_eq!(template.shape(), "https://{}/realms/{}/x/{}");
    }

    #[test]
    fn the_values_of_an_address_are_found_again() {
        let template = Template::new("https://{domain}/realms/{realm}");
        let found = template.values_of("https://id.test:8443/realms/main");
        assert_eq!(found, Some(values(&[("domain", "id.test:8443"), ("realm", "main")])));
        for other in ["https://id.test/realms/", "https://id.test/realms/a/b", "https://a/b/realms/c", "http://id.test"]
        {
            assert_eq!(template.values_of(other), None, "{other}");
        }
        assert_eq!(Template::new("https://a.test").values_of("https://a.test"), Some(BTreeMap::new()));
    }

    #[test]
    fn a_value_never_leaves_its_place() {
        for good in ["acme.okta.com", "id.test:8443", "master", "00000000-0000-0000-0000-000000000000", "eu-west-1_Ab"]
        {
            assert!(is_value(good), "{good}");
        }
        for bad in ["", "a/b", "a@b", "a?b", "a#b", "a b", "..", ".", "a..b", "a:b", "a:", "a:0", "a:1:2", "a%2fb", "é"]
        {
            assert!(!is_value(bad), "{bad}");
        }
        assert_eq!(tidied(" https://acme.okta.com/ "), "acme.okta.com");
    }

    #[test]
    fn only_public_https_addresses_and_this_computer_are_servers() {
        let remote = "https://id.test";
        for good in ["https://id.test/token", "https://other.test/token"] {
            assert!(server_address(remote, good).is_ok(), "{good}");
        }
        for bad in [
            "http://id.test/token",
            "ftp://id.test",
            "javascript:alert(1)",
            "https://user@id.test",
            "https://id.test/#x",
            "https://10.0.0.1/token",
            "https://169.254.169.254/",
            "https://[fd00::1]/",
            "https://127.0.0.1/token",
            "http://localhost/token",
            "https://2130706433/",
            "",
        ] {
            assert!(server_address(remote, bad).is_err(), "{bad}");
        }
        assert!(server_address("http://localhost:9000", "http://localhost:9000/token").is_ok());
        assert!(issuer_address("https://id.test?x=1").is_err() && issuer_address("https://192.168.0.1").is_err());
        assert!(page_address("http://id.test").is_err() && page_address("https://id.test/keys?a=1").is_ok());
    }
}
