//! The promises of the redirect: without the right `state` nothing happens, and nothing is read in two ways.

use std::borrow::Cow;

use http::header::{HeaderName, HeaderValue};
use http::request::Parts;
use http::{Request, Version};
use url::{Url, form_urlencoded};

use super::request::{Asked, Place, judge};
use super::{Expected, ExpectedIssuer, Redirect, pages, read_pasted};
use crate::fuzzing::assert_harmless;
use crate::secret::Secret;

const STATE: &str = "s3cr3t-state";
const ISSUER: &str = "https://as.test";
const REDIRECT_URI: &str = "http://127.0.0.1:8400/callback";

pub(crate) fn check(input: &[u8]) {
    let Ok(redirect_uri) = Url::parse(REDIRECT_URI) else { return };
    if let Some(head) = head(input) {
        check_head(&redirect_uri, &head);
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    check_query(text);
    check_pasted(&redirect_uri, text);
}

fn expected(state: &str, required: Option<bool>) -> Expected {
    let issuer = required.map(|required| ExpectedIssuer { issuer: ISSUER.to_owned(), required });
    Expected { state: Secret::new(state), issuer }
}

/// Reads a request line and headers, as much of them as the HTTP library's own types allow.
fn head(input: &[u8]) -> Option<Parts> {
    let mut lines = input.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut words = lines.next()?.splitn(3, |byte| *byte == b' ');
    let (method, target) = (words.next()?, words.next()?);
    let version = if words.next() == Some(b"HTTP/1.0") { Version::HTTP_10 } else { Version::HTTP_11 };
    let mut request = Request::builder().method(method).uri(target).version(version);
    for line in lines.take_while(|line| !line.is_empty()) {
        let at = line.iter().position(|byte| *byte == b':')?;
        let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(&line[..at]), HeaderValue::from_bytes(line[at + 1..].trim_ascii()))
        else {
            return None;
        };
        request = request.header(name, value);
    }
    let Ok(request) = request.body(()) else { return None };
    Some(request.into_parts().0)
}

fn check_head(redirect_uri: &Url, head: &Parts) {
    let Ok(asked) = Place::of(redirect_uri).read(head) else { return };
    let values = |name: &str| head.headers.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
    assert_eq!(values("host"), [b"127.0.0.1:8400"], "another host was let in");
    assert_eq!((head.method.as_str(), head.version), ("GET", Version::HTTP_11));
    for name in ["content-length", "transfer-encoding", "upgrade", "expect", "sec-purpose", "purpose", "x-moz"] {
        assert!(values(name).is_empty(), "{name} was let in");
    }
    for (name, value) in [("sec-fetch-mode", b"navigate".as_slice()), ("sec-fetch-dest", b"document")] {
        let values = values(name);
        assert!(values.is_empty() || values == [value], "{name} was let in");
    }
    let target = head.uri.to_string();
    match asked {
        Asked::Redirect(query) => {
            let rest = target.strip_prefix("/callback");
            assert!(rest == Some(query) || rest.and_then(|rest| rest.strip_prefix('?')) == Some(query), "{target:?}");
            check_query(query);
        }
        Asked::Page(path) => assert!(pages::PATHS.contains(&path) && target == path, "{target:?}"),
    }
}

fn check_query(query: &str) {
    for issuer in [None, Some(false), Some(true)] {
        let Some(redirect) = judge(query, &expected(STATE, issuer)) else { continue };
        assert!(judge(query, &expected("another", issuer)).is_none(), "two states are right");
        assert!(judge(&format!("{query}&state={STATE}"), &expected(STATE, issuer)).is_none(), "a doubled state");
        consistent(query, issuer, &redirect);
    }
}

/// Holds what was read against what a common reader of forms finds in the query.
fn consistent(query: &str, issuer: Option<bool>, redirect: &Redirect) {
    let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(query.as_bytes()).collect();
    let all = |name: &str| -> Vec<&str> {
        pairs.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_ref()).collect()
    };
    assert_eq!(all("state"), [STATE], "the state is not the right one");
    let iss = all("iss");
    let right = issuer.is_none_or(|required| iss == [ISSUER] || iss.is_empty() && !required);
    match redirect {
        Redirect::Code { code } => {
            // Exposed to be compared with the other reading.
            assert_eq!(all("code"), [code.expose()], "another code was read");
            assert!(!code.is_empty() && !code.expose().chars().any(char::is_control), "a code with control characters");
            assert!(right && all("error").is_empty(), "a code in spite of an error or another issuer");
        }
        Redirect::Refused { error, description } => {
            assert!(right && all("error").len() == 1, "an error from nowhere or from another issuer");
            assert!((1..=64).contains(&error.len()) && error.chars().all(|c| c.is_ascii_graphic()), "{error:?}");
            if let Some(text) = description {
                assert_harmless("the description", text);
                assert!((1..=300).contains(&text.chars().count()) && text.trim() == text, "{text:?}");
            }
        }
        Redirect::IssuerMismatch => assert!(!right, "the right issuer was refused"),
    }
}

fn check_pasted(redirect_uri: &Url, text: &str) {
    let Some(redirect) = read_pasted(&Secret::new(text), redirect_uri, &expected(STATE, Some(false))) else { return };
    let Ok(url) = Url::parse(text.trim()) else { panic!("what is no address was taken") };
    let place = (url.scheme(), url.host_str(), url.port(), url.path());
    assert_eq!(place, ("http", Some("127.0.0.1"), Some(8400), "/callback"), "another address was taken");
    consistent(url.query().unwrap_or_default(), Some(false), &redirect);
}
