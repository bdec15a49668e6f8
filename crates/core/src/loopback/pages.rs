//! The pages that the browser shows, and the headers of every answer.
//!
//! Invariant: an answer is made of constants, the issuer's host from the configuration and an error code from a fixed
//! list. Nothing of a request is in it, no script runs, nothing else is loaded, and no other origin may read it.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::header::{self, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;

use super::Finish;

/// The paths that the listener answers itself; no redirect address may use them.
pub(super) const PATHS: [&str; 3] = ["/done", "/error", PENDING];

const PENDING: &str = "/pending";

const STYLE: &str = "\
:root{color-scheme:light dark;--bg:#fff;--ink:#171a20;--ink2:#464d5a;--ink3:#5d6573;--ok:#17703d;--bad:#b0241c;--acc:#1f4fb8}\
@media(prefers-color-scheme:dark){:root{--bg:#17191d;--ink:#ebedf0;--ink2:#b3bac5;--ink3:#9098a5;--ok:#6cc78f;--bad:#ff958c;--acc:#8fb3ff}}\
*{box-sizing:border-box;margin:0}\
body{min-height:100vh;display:flex;align-items:center;justify-content:center;padding:24px;background:var(--bg);color:var(--ink2);\
font:14.5px/1.4 system-ui,-apple-system,\"Segoe UI\",sans-serif}\
main{display:flex;gap:12px;width:400px;max-width:100%}\
svg{flex:none;width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}\
.ok{color:var(--ok)}.bad{color:var(--bad)}.acc{color:var(--acc)}\
h1{font-size:20px;line-height:24px;font-weight:600;color:var(--ink);margin-bottom:10px}\
code{display:block;margin-top:16px;color:var(--ink3);font:12.5px/1.4 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}\
p+p,code+p{margin-top:20px}";

/// The registered error codes of RFC 6749, OpenID Connect and their extensions: the only ones that a page repeats.
const ERROR_CODES: [&str; 24] = [
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "invalid_authorization_details",
    "invalid_client",
    "invalid_dpop_proof",
    "invalid_grant",
    "invalid_request",
    "invalid_request_object",
    "invalid_request_uri",
    "invalid_scope",
    "invalid_target",
    "login_required",
    "registration_not_supported",
    "request_not_supported",
    "request_uri_not_supported",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unmet_authentication_requirements",
    "unsupported_grant_type",
    "unsupported_response_type",
    "use_dpop_nonce",
];

const CHECK: &str = r#"<path d="m8 12.3 2.8 2.7L16 9.5"/>"#;
const CROSS: &str = r#"<path d="m9 9 6 6m0-6-6 6"/>"#;
const DOTS: &str = r#"<path d="M8 12h.01M12 12h.01M16 12h.01"/>"#;

/// What every kind of answer is.
pub(super) type Answer = Response<Full<Bytes>>;

/// A page and the clean address that it is served at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ending {
    /// One of [`PATHS`]: the only thing that a `Location` is ever made of.
    pub(super) path: &'static str,
    html: Bytes,
}

impl Ending {
    /// Returns the page for `outcome`.
    pub(super) fn of(outcome: Finish<'_>) -> Self {
        match outcome {
            Finish::Done { host } => Self::page(
                "/done",
                ("ok", CHECK),
                "Signed in. Close this tab.",
                "Fobwatch has what it needs. This page holds no token, and its address was cleaned of the code.",
                Some(host).filter(|host| is_host(host)),
                "",
            ),
            Finish::Refused { error } => Self::failed(
                "The server refused the sign-in. Nothing was saved.",
                Some(ERROR_CODES.iter().find(|known| **known == error).copied().unwrap_or("other")),
            ),
            Finish::Mismatch => Self::failed("This answer belongs to another sign-in. Nothing was saved.", None),
            Finish::Failed => Self::failed("Fobwatch could not finish it. Nothing was saved.", None),
            Finish::Pending => Self::pending(),
        }
    }

    /// Returns the page for a browser that can't be told yet.
    pub(super) fn pending() -> Self {
        Self::page(
            PENDING,
            ("acc", DOTS),
            "Go back to Fobwatch",
            "The sign-in goes on there. This page holds no token, and its address was cleaned of the code.",
            None,
            "You can close this tab.",
        )
    }

    fn failed(text: &str, code: Option<&str>) -> Self {
        let last = "Fobwatch shows why and lets you try again.";
        Self::page("/error", ("bad", CROSS), "Sign-in did not finish", text, code, last)
    }

    fn page(
        path: &'static str,
        (class, glyph): (&str, &str),
        title: &str,
        text: &str,
        mono: Option<&str>,
        last: &str,
    ) -> Self {
        let mono = mono.map(|text| format!("<code>{text}</code>")).unwrap_or_default();
        let last = if last.is_empty() { String::new() } else { format!("<p>{last}</p>") };
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <title>{title}</title><style>{STYLE}</style></head><body><main>\
             <svg class=\"{class}\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"10\"/>{glyph}</svg>\
             <div><h1>{title}</h1><p>{text}</p>{mono}{last}</div></main></body></html>\n"
        );
        Self { path, html: Bytes::from(html) }
    }

    /// Sends the browser to the clean address (RFC 9700 §4.3.1).
    pub(super) fn redirect(&self) -> Answer {
        let mut answer = answer(StatusCode::SEE_OTHER, Bytes::new());
        answer.headers_mut().insert(header::LOCATION, HeaderValue::from_static(self.path));
        answer
    }

    /// Serves the page.
    pub(super) fn serve(&self) -> Answer {
        answer(StatusCode::OK, self.html.clone())
    }
}

/// Answers a request that is none of ours. What it was is not repeated.
pub(super) fn stray(status: StatusCode) -> Answer {
    let mut answer = answer(status, Bytes::from_static(b"Not a sign-in that Fobwatch waits for.\n"));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
    }
    answer
}

/// Allows this one style sheet and nothing else.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    policy.parse().unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
});

fn answer(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::CONNECTION, "close"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    answer
}

/// Tells whether `host` is made of the characters of a host and port, none of which mean anything in HTML.
fn is_host(host: &str) -> bool {
    (1..=255).contains(&host.len())
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(outcome: Finish<'_>) -> String {
        String::from_utf8(Ending::of(outcome).html.to_vec()).unwrap()
    }

    #[test]
    fn every_page_is_small_and_loads_nothing() {
        for outcome in [
            Finish::Done { host: "id.northwind.example" },
            Finish::Refused { error: "access_denied" },
            Finish::Mismatch,
            Finish::Failed,
            Finish::Pending,
        ] {
            let html = html(outcome);
            assert!(html.len() < 4096, "{outcome:?}: {}", html.len());
            for banned in ["<script", "<img", "<link", "<a ", "href", "src=", "url(", "@import", "@font-face", "http:"]
            {
                assert!(!html.contains(banned), "{outcome:?}: {banned}");
            }
            assert!(PATHS.contains(&Ending::of(outcome).path));
        }
    }

    #[test]
    fn the_policy_allows_exactly_the_style_of_the_page() {
        let page = html(Finish::Failed);
        let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        let hash = BASE64_STANDARD.encode(digest(&SHA256, style.as_bytes()));
        let answer = Ending::of(Finish::Failed).serve();
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with(&format!("default-src 'none'; style-src 'sha256-{hash}';")), "{policy}");
    }

    #[test]
    fn the_done_page_names_the_issuer_and_no_markup_gets_in_that_way() {
        let page = html(Finish::Done { host: "id.northwind.example:8443" });
        assert!(page.contains("Signed in. Close this tab.") && page.contains("<code>id.northwind.example:8443</code>"));
        for host in ["<svg onload=alert(1)>", "a b", "", "a&b", &"a".repeat(256)] {
            assert!(!html(Finish::Done { host }).contains("<code>"), "{host}");
        }
    }

    #[test]
    fn the_error_page_repeats_only_registered_codes() {
        assert!(html(Finish::Refused { error: "access_denied" }).contains("<code>access_denied</code>"));
        for error in ["<svg onload=alert(1)>", "call_0800_1234", "Access_Denied", ""] {
            assert!(html(Finish::Refused { error }).contains("<code>other</code>"), "{error}");
        }
    }

    #[test]
    fn only_a_refusal_is_called_one() {
        for outcome in [Finish::Mismatch, Finish::Failed] {
            assert!(!html(outcome).contains("refused"), "{outcome:?}");
        }
    }
}
