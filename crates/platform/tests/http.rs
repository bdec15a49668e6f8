//! The HTTP port against a server that misbehaves on purpose.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fobwatch_core::ports::{Http, HttpError};
use fobwatch_platform::ReqwestHttp;
use fobwatch_platform::http::Limits;

#[path = "support/situation.rs"]
mod situation;

use situation::in_own_process;

const MIB: usize = 1024 * 1024;

type Seen = Arc<Mutex<Vec<String>>>;

/// Answers every connection with `reply` and keeps the heads of the requests.
fn server_at(place: &str, reply: impl Fn(&mut TcpStream) + Send + 'static) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind(place).unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let heads = Arc::clone(&seen);
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            heads.lock().unwrap().push(head(&mut stream));
            reply(&mut stream);
            // Kept open unless the reply closed it: a client must not need the end of the connection.
            kept.push(stream);
        }
    });
    (address, seen)
}

fn server(reply: impl Fn(&mut TcpStream) + Send + 'static) -> (SocketAddr, Seen) {
    server_at("127.0.0.1:0", reply)
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) && byte[0] != 0x16 {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).to_lowercase()
}

/// The client may hang up before it has everything, as it should.
fn write(stream: &mut TcpStream, bytes: &[u8]) {
    if stream.write_all(bytes).is_err() {
        close(stream);
    }
}

fn close(stream: &TcpStream) {
    drop(stream.shutdown(std::net::Shutdown::Both));
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    [format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n").as_bytes(), body].concat()
}

fn request(url: &str) -> http::Request<Vec<u8>> {
    http::Request::post(url).body(b"refresh_token=hunter2".to_vec()).unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn send(http: &ReqwestHttp, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError> {
    runtime().block_on(http.send(request))
}

fn ask(http: &ReqwestHttp, address: SocketAddr) -> Result<http::Response<Vec<u8>>, HttpError> {
    let answer = send(http, request(&format!("http://{address}/token?code=hunter2")));
    if let Err(error) = &answer {
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
    answer
}

fn hasty() -> ReqwestHttp {
    ReqwestHttp::with_limits(Limits { connect: Duration::from_secs(1), total: Duration::from_secs(2), body: MIB })
}

fn host() -> String {
    "127.0.0.1".into()
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut child = Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(plain).unwrap());
        child.wait_with_output().unwrap().stdout
    })
}

#[test]
fn a_redirect_is_an_answer_and_not_followed() {
    let (address, seen) =
        server(|stream| write(stream, &answer("307 Moved", "location: /elsewhere\r\n", b"{\"moved\":1}")));
    let answer = ask(&ReqwestHttp::new(), address).unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (307, &b"{\"moved\":1}"[..]));
    assert_eq!(answer.headers()["location"], "/elsewhere");
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[test]
fn an_error_status_is_an_answer_and_not_retried() {
    for status in ["400 Bad Request", "429 Too Many Requests", "503 Service Unavailable"] {
        let (address, seen) = server(move |stream| write(stream, &answer(status, "retry-after: 0\r\n", b"{}")));
        assert_eq!(ask(&ReqwestHttp::new(), address).unwrap().status().as_str(), &status[..3]);
        assert_eq!(seen.lock().unwrap().len(), 1);
    }
}

#[test]
fn a_body_of_one_mebibyte_passes_and_one_byte_more_does_not() {
    for (size, passes) in [(MIB, true), (MIB + 1, false)] {
        let (address, _) = server(move |stream| write(stream, &answer("200 OK", "", &vec![b'x'; size])));
        match ask(&ReqwestHttp::new(), address) {
            Ok(answer) => assert!(passes && answer.body().len() == size),
            Err(error) => assert!(!passes && error == HttpError::TooLarge { host: host() }, "{error:?}"),
        }
    }
}

#[test]
fn a_body_without_end_is_cut() {
    let (address, _) = server(|stream| {
        write(stream, b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    assert_eq!(ask(&ReqwestHttp::new(), address).unwrap_err(), HttpError::TooLarge { host: host() });
}

#[test]
fn a_small_body_that_unpacks_large_is_cut() {
    let bomb = gzip(&vec![0; 64 * MIB]);
    assert!(bomb.len() < MIB);
    let small = gzip(b"{\"ok\":true}");
    for (packed, expected) in [(small, Some(&b"{\"ok\":true}"[..])), (bomb, None)] {
        let (address, _) =
            server(move |stream| write(stream, &answer("200 OK", "content-encoding: gzip\r\n", &packed)));
        match (ask(&ReqwestHttp::new(), address), expected) {
            (Ok(answer), Some(expected)) => assert_eq!(answer.body().as_slice(), expected),
            (Err(error), None) => assert_eq!(error, HttpError::TooLarge { host: host() }),
            (got, _) => panic!("{got:?}"),
        }
    }
}

#[test]
fn silence_is_a_timeout_before_and_within_the_body() {
    for begun in ["", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345"] {
        let (address, seen) = server(move |stream| write(stream, begun.as_bytes()));
        let started = Instant::now();
        assert_eq!(ask(&hasty(), address).unwrap_err(), HttpError::Timeout { host: host() });
        assert!(started.elapsed() < Duration::from_secs(10));
        assert_eq!(seen.lock().unwrap().len(), 1);
    }
}

#[test]
fn a_connection_that_breaks_after_the_request_is_broken() {
    for begun in ["", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345", "garbage\r\n\r\n"] {
        let (address, seen) = server(move |stream| {
            write(stream, begun.as_bytes());
            close(stream);
        });
        assert_eq!(ask(&ReqwestHttp::new(), address).unwrap_err(), HttpError::Broken { host: host() }, "{begun:?}");
        assert_eq!(seen.lock().unwrap().len(), 1, "a request that may have been processed was sent again");
    }
}

#[test]
fn a_refused_port_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(ask(&ReqwestHttp::new(), address).unwrap_err(), HttpError::Connect { host: host() });
}

#[test]
fn a_handshake_that_never_ends_is_no_connection() {
    let (address, _) = server(|_| {});
    let answer = send(&hasty(), request(&format!("https://{address}/token?code=hunter2")));
    assert_eq!(answer.unwrap_err(), HttpError::Connect { host: host() });
}

#[test]
fn a_server_without_tls_is_not_trusted() {
    let (address, _) = server(|stream| write(stream, &answer("200 OK", "", b"{}")));
    let answer = send(&ReqwestHttp::new(), request(&format!("https://{address}/token?code=hunter2")));
    assert!(matches!(&answer, Err(HttpError::Tls { reason, .. }) if !reason.contains("hunter2")), "{answer:?}");
}

#[test]
fn plain_http_is_for_this_machine_only() {
    // This address reaches the server if it is asked at all, and is not a loopback address.
    let (address, seen) = server_at("0.0.0.0:0", |stream| write(stream, &answer("200 OK", "", b"{}")));
    let elsewhere = send(&ReqwestHttp::new(), request(&format!("http://0.0.0.0:{}/?code=1", address.port())));
    assert_eq!(elsewhere.unwrap_err(), HttpError::Connect { host: "0.0.0.0".into() });
    assert!(seen.lock().unwrap().is_empty());
    let here = send(&ReqwestHttp::new(), request(&format!("http://localhost:{}/", address.port())));
    assert_eq!(here.unwrap().status().as_u16(), 200);
}

#[test]
fn requests_say_who_asks_and_carry_nothing_over() {
    let (address, seen) = server(|stream| write(stream, &answer("200 OK", "set-cookie: a=b; Path=/\r\n", b"{}")));
    let http = ReqwestHttp::new();
    let first = request(&format!("http://{address}/token"));
    let mut second = request(&format!("http://{address}/userinfo"));
    second.headers_mut().insert("accept", "application/jwt".parse().unwrap());
    // On one runtime, where a kept connection would still be alive for the second.
    runtime().block_on(async {
        http.send(first).await.unwrap();
        http.send(second).await.unwrap();
    });
    let seen = seen.lock().unwrap();
    let agent = format!("user-agent: fobwatch/{}\r\n", env!("CARGO_PKG_VERSION"));
    // Two connections: a kept one that the server closes would blur what was sent.
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|head| head.contains(&agent)), "{seen:?}");
    assert!(seen[0].contains("accept: application/json\r\n"), "{seen:?}");
    assert!(seen[1].contains("accept: application/jwt\r\n") && !seen[1].contains("application/json"), "{seen:?}");
    assert!(!seen[1].contains("cookie:") && !seen[1].contains("referer:"), "{seen:?}");
}

#[test]
fn a_proxy_sees_what_leaves_the_machine_and_nothing_else() {
    let proxied = Mutex::new(None);
    let prepare = || {
        let (proxy, seen) = server(|stream| write(stream, &answer("403 Forbidden", "", b"")));
        *proxied.lock().unwrap() = Some(seen);
        let proxy = std::ffi::OsString::from(format!("http://{proxy}"));
        ((), ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY"].map(|name| (name, proxy.clone())).to_vec())
    };
    in_own_process("a_proxy_sees_what_leaves_the_machine_and_nothing_else", prepare, || {
        let (address, seen) = server(|stream| write(stream, &answer("200 OK", "", b"{}")));
        assert_eq!(ask(&ReqwestHttp::new(), address).unwrap().status().as_u16(), 200);
        assert_eq!(seen.lock().unwrap().len(), 1);
        let outward = send(&ReqwestHttp::new(), request("https://id.test/token?code=hunter2"));
        assert_eq!(outward.unwrap_err(), HttpError::Connect { host: "id.test".into() });
    });
    // The proxy lives in the process that prepared, which sees here what the copy sent.
    if let Some(seen) = proxied.into_inner().unwrap() {
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(seen[0].starts_with("connect id.test:443 "), "{seen:?}");
    }
}
