//! What may knock at the loopback listener besides the redirect that it waits for.
//!
//! Many of these carry the right `state`: what is wrong with them must be enough by itself. The word `canary` stands
//! in what must not come back in an answer.

/// Everything that is not the redirect of this sign-in: what it is, the bytes, and the status of the answer; 0 where
/// the connection may just be closed.
#[must_use]
pub fn strays(host: &str, path: &str, state: &str) -> Vec<(&'static str, Vec<u8>, u16)> {
    let get = |target: &str, more: &str| format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n").into_bytes();
    let genuine = format!("{path}?code=canary&state={state}");
    let with_host = |lines: &str| format!("GET {genuine} HTTP/1.1\r\n{lines}\r\n").into_bytes();
    let method = |name: &str| format!("{name} {genuine} HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes();
    let port = host.rsplit(':').next().unwrap_or_default();
    vec![
        ("a favicon", get("/favicon.ico", ""), 404),
        ("robots.txt", get("/robots.txt", ""), 404),
        ("a wrong path", get(&format!("/canary?code=canary&state={state}"), ""), 404),
        ("a path in capitals", get(&format!("{}?code=canary&state={state}", path.to_ascii_uppercase()), ""), 404),
        ("a doubled slash", get(&format!("/{genuine}"), ""), 404),
        ("no query", get(path, ""), 400),
        ("a wrong state", get(&format!("{path}?code=canary&state=canary"), ""), 400),
        ("no state", get(&format!("{path}?code=canary"), ""), 400),
        ("a denial without state", get(&format!("{path}?error=access_denied"), ""), 400),
        ("a denial with a wrong state", get(&format!("{path}?error=access_denied&state=canary"), ""), 400),
        ("state twice", get(&format!("{path}?code=canary&state={state}&state={state}"), ""), 400),
        ("a state in a list", get(&format!("{path}?code=canary&state[]={state}"), ""), 400),
        ("a broken encoding", get(&format!("{path}?code=%c0%af&state={state}"), ""), 400),
        (
            "a POST",
            format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 11\r\n\r\ncode=canary").into(),
            405,
        ),
        ("HEAD", method("HEAD"), 405),
        ("OPTIONS", method("OPTIONS"), 405),
        ("PUT", method("PUT"), 405),
        ("a method in small letters", method("get"), 405),
        ("a foreign host", with_host("Host: evil.example\r\n"), 421),
        ("the name localhost", with_host(&format!("Host: localhost:{port}\r\n")), 421),
        ("another port", with_host("Host: 127.0.0.1:1\r\n"), 421),
        ("no host", with_host(""), 421),
        ("two hosts", with_host(&format!("Host: {host}\r\nHost: {host}\r\n")), 421),
        ("the target of a proxy", get(&format!("http://{host}{genuine}"), ""), 400),
        ("a fetch by a page", get(&genuine, "Sec-Fetch-Mode: cors\r\nOrigin: https://canary.example\r\n"), 403),
        ("a fetch ahead", get(&genuine, "Sec-Purpose: prefetch\r\n"), 403),
        ("a web socket", get(&genuine, "Connection: Upgrade\r\nUpgrade: websocket\r\n"), 400),
        ("HTTP/1.0", format!("GET {genuine} HTTP/1.0\r\nHost: {host}\r\n\r\n").into(), 505),
        ("a header without colon", get(&genuine, "canary\r\n"), 0),
        ("half of two requests", [get("/favicon.ico", ""), b"GET /canary".to_vec()].concat(), 404),
        ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), 0),
        ("SOCKS", b"\x05\x01\x00\r\n\r\n".to_vec(), 0),
        ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), 0),
        ("a megabyte of query", get(&format!("{genuine}&x={}", "canary".repeat(170_000)), ""), 0),
        ("many headers", get(&genuine, &"X-Canary: canary\r\n".repeat(5_000)), 0),
    ]
}
