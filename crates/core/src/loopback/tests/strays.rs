//! Everything that must not end, delay or crash a sign-in, nor learn anything.

use super::*;

/// The redirect path with the right state: only its wrapping is wrong in most cases below.
fn stolen() -> String {
    format!("/callback?code=stolen&state={STATE}")
}

/// Sends each of `requests`, with `{host}` and `{good}` filled in, and checks that nothing but an error comes back.
async fn all_are_refused(requests: &[&str]) {
    survives(async |site| {
        for request in requests {
            let request = request.replace("{host}", &site.host).replace("{good}", &stolen());
            check_refusal(&request, &site.ask(request.as_bytes()).await);
        }
    })
    .await;
}

/// An error or an early hang-up; nothing reflected, no CORS, no way to anywhere.
fn check_refusal(request: &str, answer: &str) {
    let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 505 ");
    assert!(refused || answer.starts_with("HTTP/1.0 505 "), "{request:?} got {answer:?}");
    assert!(answer.matches("HTTP/1.").count() <= 1, "{request:?} got more than one answer: {answer:?}");
    let answer = answer.to_ascii_lowercase();
    for banned in ["access-control", "location:", "svg", "evil", "stolen", STATE, "set-cookie"] {
        assert!(!answer.contains(banned), "{request:?} got {banned}: {answer:?}");
    }
}

#[tokio::test]
async fn other_methods_are_refused() {
    all_are_refused(&[
        "POST {good} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nOrigin: https://evil.test\r\nContent-Length: 2\r\n\r\n{}",
        "POST /callback HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\ncode=evil",
        "HEAD {good} HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "PUT {good} HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "TRACE {good} HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "DELETE {good} HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "get {good} HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "OPTIONS {good} HTTP/1.1\r\nHost: {host}\r\nOrigin: https://evil.test\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Private-Network: true\r\n\r\n",
        "CONNECT evil.test:443 HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n",
    ])
    .await;
}

#[tokio::test]
async fn other_paths_and_targets_are_refused() {
    let query = format!("?code=stolen&state={STATE}");
    let paths = [
        "/",
        "/favicon.ico",
        "/robots.txt",
        "//callback",
        "/callback/",
        "/CALLBACK",
        "/callback%2f",
        "/./callback",
        "/callback/../callback",
        "/%63allback",
        "/callback;x",
        "/callback/x",
        "/done",
        "/error",
        "/pending",
        "*",
        "callback",
    ];
    let mut requests: Vec<String> =
        paths.iter().map(|path| format!("GET {path}{query} HTTP/1.1\r\nHost: {{host}}\r\n\r\n")).collect();
    for target in ["http://evil.test/callback", "http://{host}/callback", "https://{host}/callback", "{host}"] {
        requests.push(format!("GET {target}{query} HTTP/1.1\r\nHost: {{host}}\r\n\r\n"));
    }
    let pages = ["/done", "/error", "/pending"];
    requests.extend(pages.map(|path| format!("GET {path} HTTP/1.1\r\nHost: {{host}}\r\n\r\n")));
    all_are_refused(&requests.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn another_host_none_or_two_are_refused() {
    survives(async |site| {
        let port = site.addr.port();
        let hosts = [
            "evil.test",
            "127.0.0.1",
            "localhost",
            "[",
            "",
            "127.0.0.1:",
            "127.0.0.1:1",
            "127.0.0.1.",
            "127.0.0.1:99999999",
        ];
        let mut wrong: Vec<String> = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
        for name in [
            "evil.test",
            "localhost",
            "localhost.evil.test",
            "127.1",
            "2130706433",
            "[::1]",
            "0.0.0.0",
            "127.0.0.1.evil.test",
            "user@127.0.0.1",
        ] {
            wrong.push(format!("Host: {name}:{port}\r\n"));
        }
        wrong.push(String::new());
        wrong.push(format!("X-Forwarded-Host: {}\r\n", site.host));
        wrong.push(format!("Host: {0}\r\nHost: {0}\r\n", site.host));
        wrong.push(format!("Host: evil.test\r\nHost: {}\r\n", site.host));
        wrong.push(format!("Host: {}\r\nHost: evil.test\r\n", site.host));
        wrong.push(format!("Host: {0}, {0}\r\n", site.host));
        for hosts in wrong {
            let request = format!("GET {} HTTP/1.1\r\n{hosts}\r\n", stolen());
            check_refusal(&request, &site.ask(request.as_bytes()).await);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_navigation_is_refused() {
    let headers = [
        "Sec-Fetch-Mode: no-cors",
        "Sec-Fetch-Mode: cors",
        "Sec-Fetch-Mode: websocket",
        "Sec-Fetch-Mode: ",
        "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Mode: cors",
        "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe",
        "Sec-Fetch-Dest: image",
        "Sec-Fetch-Dest: empty",
        "Sec-Purpose: prefetch",
        "Sec-Purpose: prefetch;prerender",
        "Purpose: prefetch",
        "X-Moz: prefetch",
        "Upgrade: websocket\r\nConnection: Upgrade",
        "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
        "Expect: 100-continue",
        "Expect: 100-continue\r\nContent-Length: 5",
        "Content-Length: 0",
        "Content-Length: 5\r\n\r\nevil",
        "Transfer-Encoding: chunked\r\n\r\n0",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked",
        "Content-Length: 1\r\nContent-Length: 2",
        "Content-Length: -1",
        "Content-Length: 99999999999999999999999",
    ];
    let requests: Vec<String> =
        headers.iter().map(|header| format!("GET {{good}} HTTP/1.1\r\nHost: {{host}}\r\n{header}\r\n\r\n")).collect();
    all_are_refused(&requests.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn queries_that_are_not_this_sign_in_are_refused() {
    let long = format!("code=stolen&state={}", "x".repeat(6000));
    let queries = [
        "",
        "?",
        "?code=stolen",
        "?error=access_denied",
        "?error=access_denied&error_description=%3Csvg+onload%3E",
        "?code=stolen&state=",
        "?code=stolen&state=wrong",
        "?code=stolen&state=st4te",
        "?code=stolen&state[]=S",
        "?state=S",
        "?code=&state=S",
        "?code=a&code=a&state=S",
        "?code=stolen&state=S&state=S",
        "?code=%00&state=S",
        "?code=%c0%af&state=S",
        "?code=%0d%0aSet-Cookie:evil&state=S",
        "?code=%u0041&state=S",
        "?code=%&state=S",
        "?code=stolen;state=S",
        "?error=a&error=b&state=S",
        "?next=https://evil.test&redirect=https://evil.test&state=https://evil.test",
        "#code=stolen&state=S",
        "?access_token=evil&state=S",
        long.as_str(),
    ];
    let requests: Vec<String> = queries
        .iter()
        .map(|query| format!("GET /callback{} HTTP/1.1\r\nHost: {{host}}\r\n\r\n", query.replace('S', STATE)))
        .collect();
    all_are_refused(&requests.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn what_is_no_http_1_1_is_refused() {
    all_are_refused(&[
        "GET {good}\r\n\r\n",
        "GET {good} HTTP/1.0\r\n\r\n",
        "GET {good} HTTP/1.0\r\nHost: {host}\r\n\r\n",
        "GET {good} HTTP/0.9\r\nHost: {host}\r\n\r\n",
        "GET {good} HTTP/2.0\r\nHost: {host}\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        "GET {good} HTTP/1.1\r\nHost: {host}\r\nno colon here\r\n\r\n",
        "GET {good} HTTP/1.1\r\nHost:\r\n {host}\r\n\r\n",
        "GET {good} HTTP/1.1\r\nHost: {host}\r\nX: a\r\n b\r\n\r\n",
        "GET {good} HTTP/1.1\r\nHost : {host}\r\n\r\n",
        "GET {good} HTTP/1.1\r\n Host: {host}\r\n\r\n",
        "GET {good} HTTP/1.1\r\nHost: {host}\r\nX: a\0b\r\n\r\n",
        "GET {good}\0 HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "GET {good}\x01 HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "GET {good} HTTP/1.1\r\nHost: {host}\r\nX: a\rb\r\n\r\n",
        "GET {good} HTTP/1.1\rHost: {host}\r\r",
        "GET  {good} HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "GET\t{good}\tHTTP/1.1\r\nHost: {host}\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\x01\u{7c}\x03\x03 client hello\r\n\r\n",
        "\x05\x01\0\r\n\r\n",
        "\x04\x01\0\x50\x7f\0\0\x01\0\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "{\"jsonrpc\":\"2.0\"}\r\n\r\n",
        // Two in one connection: the first is refused, the second, which would be good, is never looked at.
        "GET / HTTP/1.1\r\nHost: {host}\r\n\r\nGET {good} HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET {good} HTTP/1.1\r\nHost: {host}\r\n\r\n",
    ])
    .await;
}

#[tokio::test]
async fn a_head_over_8_kib_is_refused_before_it_is_read() {
    survives(async |site| {
        let line = format!("GET {}&x={} HTTP/1.1\r\nHost: {}\r\n\r\n", stolen(), "x".repeat(1 << 20), site.host);
        let endless = "x".repeat(1 << 20);
        let headers = format!("GET {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", stolen(), site.host, "X: y\r\n".repeat(100_000));
        let many = format!("GET {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", stolen(), site.host, "X:y\r\n".repeat(200));
        let whole = format!("GET {} HTTP/1.1\r\nHost: {}\r\nX: {}\r\n\r\n", stolen(), site.host, "x".repeat(64 * 1024));
        for request in [line, endless, headers, many, whole] {
            check_refusal("too long", &site.ask(request.as_bytes()).await);
        }
    })
    .await;
}

#[tokio::test]
async fn two_hundred_silent_sockets_do_not_keep_the_browser_out() {
    for bytes in ["", "G", "GET /callback?code=x HTTP/1.1\r\nHost: "] {
        let mut idle = Vec::new();
        survives(async |site| {
            for _ in 0..200 {
                idle.push(site.send(bytes.as_bytes()).await);
            }
            // The oldest have lost their seats to the later ones, although none of them did anything wrong yet.
            for evicted in idle.drain(..184) {
                assert_eq!(answer(evicted).await, "");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn who_spoke_keeps_the_seat_before_the_silent() {
    survives(async |site| {
        let mut slow = site.send(b"GET / HTTP/1.1\r\n").await;
        let mut idle = Vec::new();
        // Answered, so that the one before it is known to have been heard.
        site.ask(b"GET / HTTP/1.1\r\n\r\n").await;
        for _ in 0..100 {
            idle.push(site.connect().await);
        }
        answer(idle.remove(0)).await;
        slow.write_all(b"\r\n").await.unwrap();
        let late = answer(slow).await;
        assert!(late.starts_with("HTTP/1.1 421 "), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn the_browser_that_waits_is_never_pushed_out() {
    let Fixture { loopback, site } = fixture(limits()).await;
    let ((_, mut tab), browser) =
        tokio::join!(loopback.wait(expected()), async { site.send(site.redirect("genuine").as_bytes()).await });
    let idle = tab
        .attend(async {
            let mut idle = Vec::new();
            for _ in 0..100 {
                idle.push(site.send(b"G").await);
            }
            answer(idle.remove(0)).await;
            idle
        })
        .await;
    let (page, ()) = tokio::join!(follow(&site, browser, "/done"), tab.finish(Finish::Done { host: "as.test" }));
    assert!(page.contains("Signed in."), "{page}");
    drop(idle);
}

#[tokio::test]
async fn a_slow_head_is_hung_up_on() {
    let Fixture { loopback, site } = fixture(Limits { head_within: Duration::from_millis(30), ..limits() }).await;
    let ((redirect, _tab), _browser) = tokio::join!(loopback.wait(expected()), async {
        for bytes in ["", "G", "GET / HTTP/1.1\r\nHost: x\r\n"] {
            assert_eq!(site.ask(bytes.as_bytes()).await, "");
        }
        site.send(site.redirect("genuine").as_bytes()).await
    });
    assert_eq!(redirect, code("genuine"));
}

#[tokio::test]
async fn a_thousand_pieces_of_junk_change_nothing() {
    survives(async |site| {
        let good = stolen();
        for round in 0..1000_usize {
            let junk = [
                site.get("/favicon.ico"),
                site.get("/callback?code=x&state=y"),
                format!("POST {good} HTTP/1.1\r\n\r\n"),
            ];
            let mut stream = site.send(junk[round % junk.len()].as_bytes()).await;
            match round % 4 {
                // A reset, with the answer unread.
                0 => stream.set_zero_linger().unwrap(),
                // A half-closed connection.
                1 => stream.shutdown().await.unwrap(),
                2 => check_refusal("junk", &answer(stream).await),
                _ => {}
            }
        }
    })
    .await;
}

#[tokio::test]
async fn who_never_reads_the_answer_holds_nothing_up() {
    let mut deaf = Vec::new();
    survives(async |site| {
        for _ in 0..50 {
            deaf.push(site.send(site.get("/nothing").as_bytes()).await);
        }
    })
    .await;
}
