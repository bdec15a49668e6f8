//! The corpus: everything that may knock besides the redirect, as data.
//!
//! `{host}`, `{path}` and `{state}` stand for those of the sign-in that waits, `{good}` for the target of its redirect
//! with a code that nobody gave: what is wrong with a case must be enough by itself.

use fobwatch_tests::strays::strays;

/// How a case is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// Written, and the answer read to its end.
    Whole,
    /// Written, and the connection left open beside what follows.
    Open,
    /// Written, then our side is closed.
    HalfClosed,
    /// Written, then reset.
    Reset,
}

/// One case.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) how: How,
}

const TARGETS: [&str; 22] = [
    "/",
    "{path}",
    "{path}/?code=canary&state={state}",
    "/{good}",
    "/.{good}",
    "{path}/..{good}",
    "{path}%2f?code=canary&state={state}",
    "/%63allback?code=canary&state={state}",
    "{path};x?code=canary&state={state}",
    "{path}#code=canary&state={state}",
    "/favicon.ico?code=canary&state={state}",
    "/robots.txt",
    "http://{host}{good}",
    "http://evil.example{good}",
    "{path}?code=%c0%af&state={state}",
    "{path}?code=%00&state={state}",
    "{path}?code=a%0d%0ab&state={state}",
    "{path}?code=%u0041&state={state}",
    "{path}?code=canary;state={state}",
    "{path}?code=canary&state[]={state}",
    "{path}?code=&state={state}",
    "{path}?{good}",
];
const QUERIES: [&str; 10] = [
    "error=access_denied",
    "error=access_denied&state=",
    "error=canary&state=AAAA",
    "code=canary&State={state}",
    "code=canary&state={state}&state=AAAA",
    "code=canary&code=canary&state={state}",
    "&&&&&&&&",
    "=&=&=canary",
    "code=canary&state={state}&iss=a&iss=b",
    "code=canary&state=%7B{state}%7D",
];
const METHODS: [&str; 10] =
    ["HEAD", "OPTIONS", "PUT", "TRACE", "PATCH", "DELETE", "get", "GeT", "PROPFIND", "GETGETGETGETGETGETGETGETGET"];
const HOSTS: [&str; 14] = [
    "",
    "Host: \r\n",
    "Host: localhost\r\n",
    "Host: 127.1\r\n",
    "Host: 2130706433\r\n",
    "Host: 0x7f.1\r\n",
    "Host: [::1]\r\n",
    "Host: 127.0.0.1\r\n",
    "Host: 127.0.0.1:1\r\n",
    "Host: evil.example\r\n",
    "Host: {host}.evil.example\r\n",
    "Host: user@{host}\r\n",
    "Host: {host}\r\nHost: {host}\r\n",
    "Host: {host}, {host}\r\n",
];
const HEADERS: [&str; 28] = [
    "canary",
    "canary: a\r\n b: c",
    " canary: fold",
    "Canary : a",
    "Can\0ary: a",
    "Canary: a\0b",
    "Canary: a\rb",
    ": canary",
    "Content-Length: 5",
    "Content-Length: -1",
    "Content-Length: 5\r\nContent-Length: 6",
    "Transfer-Encoding: chunked",
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: canary",
    "Expect: 100-continue",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13",
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    "Sec-Fetch-Mode: cors",
    "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image",
    "Sec-Fetch-Mode: websocket",
    "Sec-Fetch-Dest: iframe",
    "Sec-Fetch-Dest: script",
    "Sec-Fetch-Dest: empty",
    "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Mode: navigate",
    "Sec-Purpose: prefetch",
    "Purpose: prefetch",
    "X-Moz: prefetch",
    "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors",
];
const RAW: [(&str, &str); 14] = [
    ("HTTP/0.9", "GET {good}\r\n"),
    ("HTTP/1.0 without a host", "GET {good} HTTP/1.0\r\n\r\n"),
    ("HTTP/1.2", "GET {good} HTTP/1.2\r\nHost: {host}\r\n\r\n"),
    ("HTTP/2.0 in text", "GET {good} HTTP/2.0\r\nHost: {host}\r\n\r\n"),
    ("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("CONNECT", "CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("OPTIONS of everything", "OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    (
        "a preflight",
        "OPTIONS {good} HTTP/1.1\r\nHost: {host}\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Private-Network: true\r\n\r\n",
    ),
    (
        "a posted form",
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\ncode=canary",
    ),
    ("a line of the mail", "EHLO canary\r\n"),
    ("SSH", "SSH-2.0-canary\r\n"),
    ("only line ends", "\r\n\r\n\r\n\r\n"),
    ("a NUL in the target", "GET {path}\0?code=canary&state={state} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    (
        "two bad ones at once",
        "GET /canary HTTP/1.1\r\nHost: {host}\r\n\r\nGET /canary HTTP/1.1\r\nHost: {host}\r\n\r\n",
    ),
];

/// Returns all cases for the sign-in that waits at `host` and `path` for `state`.
pub(crate) fn corpus(host: &str, path: &str, state: &str) -> Vec<Case> {
    let good = format!("{path}?code=canary&state={state}");
    let fill = |text: &str| {
        text.replace("{good}", &good).replace("{host}", host).replace("{path}", path).replace("{state}", state)
    };
    let head = |target: &str, more: &str| format!("GET {target} HTTP/1.1\r\nHost: {{host}}\r\n{more}\r\n");
    let case = |name: String, text: String| Case { name, bytes: fill(&text).into_bytes(), how: How::Whole };
    let mut all: Vec<Case> = Vec::new();
    all.extend(TARGETS.iter().map(|target| case(format!("target {target}"), head(target, ""))));
    all.extend(QUERIES.iter().map(|query| case(format!("query {query}"), head(&format!("{{path}}?{query}"), ""))));
    all.extend(METHODS.iter().map(|method| {
        case(format!("method {method}"), format!("{method} {{good}} HTTP/1.1\r\nHost: {{host}}\r\n\r\n"))
    }));
    all.extend(HOSTS.iter().map(|hosts| case(format!("{hosts:?}"), format!("GET {{good}} HTTP/1.1\r\n{hosts}\r\n"))));
    all.extend(
        HEADERS.iter().map(|header| case(format!("header {header:?}"), head("{good}", &format!("{header}\r\n")))),
    );
    all.extend(RAW.iter().map(|(name, text)| case((*name).to_owned(), (*text).to_owned())));
    all.extend(strays(host, path, state).into_iter().map(|(name, bytes, _)| Case {
        name: name.to_owned(),
        bytes,
        how: How::Whole,
    }));
    all.extend(odd(&fill));
    all
}

/// What is no text, or not sent whole.
fn odd(fill: &impl Fn(&str) -> String) -> Vec<Case> {
    let head = |target: &str, more: &str| fill(&format!("GET {target} HTTP/1.1\r\nHost: {{host}}\r\n{more}\r\n"));
    let bytes = |name: &str, bytes: Vec<u8>, how: How| Case { name: name.to_owned(), bytes, how };
    let half = fill("GET {path}?code=can").into_bytes();
    vec![
        bytes("nothing at all", Vec::new(), How::Open),
        bytes("one byte, and no more", b"G".to_vec(), How::Open),
        bytes("half a head, and no more", half.clone(), How::Open),
        bytes("nothing, and half closed", Vec::new(), How::HalfClosed),
        bytes("half a head, and half closed", half.clone(), How::HalfClosed),
        bytes("nothing, and reset", Vec::new(), How::Reset),
        bytes("half a head, and reset", half, How::Reset),
        bytes("a whole request, and reset", head("/canary", "").into_bytes(), How::Reset),
        bytes(
            "a hundred requests whose answers nobody reads",
            (head("/canary", "")).repeat(100).into_bytes(),
            How::Open,
        ),
        bytes("64 KiB of NUL", vec![0; 64 * 1024], How::Whole),
        bytes("64 KiB of 0xFF", vec![0xff; 64 * 1024], How::Whole),
        bytes("SOCKS 4", b"\x04\x01\x00\x50\x7f\x00\x00\x01canary\x00".to_vec(), How::HalfClosed),
        bytes("SMB", b"\x00\x00\x00\x2f\xffSMBr\x00\x00\x00\x00".to_vec(), How::HalfClosed),
        bytes("100,000 headers", head("{good}", &"C: canary\r\n".repeat(100_000)).into_bytes(), How::Whole),
        bytes(
            "a header of a megabyte",
            head("{good}", &format!("C: {}\r\n", "c".repeat(1 << 20))).into_bytes(),
            How::Whole,
        ),
        bytes("100,000 parameters", head(&format!("{{good}}{}", "&a=b".repeat(100_000)), "").into_bytes(), How::Whole),
        bytes(
            "line ends without CR, and a wrong state",
            fill("GET {path}?code=canary&state=A HTTP/1.1\nHost: {host}\n\n").into(),
            How::Whole,
        ),
        bytes(
            "a header that is not UTF-8",
            [fill("GET /canary HTTP/1.1\r\nHost: {host}\r\nC: ").as_bytes(), b"\xff\xfe\r\n\r\n"].concat(),
            How::Whole,
        ),
    ]
}
