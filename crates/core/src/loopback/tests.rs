//! The listener as the browser and a stranger see it: real sockets, while a sign-in waits.
//!
//! Client and listener run in one task (`join!`), so nothing here depends on a schedule. No test waits for a time to
//! pass: limits that must be seen to end are short, and those that must not end are so long that a test would hang.

mod flow;
mod strays;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::*;

const STATE: &str = "st4te-st4te-st4te-st4te";
const HOUR: Duration = Duration::from_hours(1);

/// A listener and what one needs to talk to it.
struct Fixture {
    loopback: Loopback,
    site: Site,
}

/// Where the listener is.
#[derive(Debug, Clone)]
struct Site {
    addr: SocketAddr,
    host: String,
}

fn limits() -> Limits {
    Limits { grace: Duration::ZERO, ..Limits::default() }
}

fn expected() -> Expected {
    Expected { state: Secret::new(STATE), issuer: None }
}

async fn fixture_at(address: &RedirectAddress, limits: Limits) -> Fixture {
    let loopback = Loopback::bind_within(address, limits).await.unwrap();
    let uri = loopback.redirect_uri();
    let host = format!("{}:{}", uri.host_str().unwrap(), uri.port().unwrap());
    let site = Site { addr: loopback.local_addr(), host };
    Fixture { loopback, site }
}

async fn fixture(limits: Limits) -> Fixture {
    fixture_at(&RedirectAddress::Ephemeral, limits).await
}

impl Site {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.unwrap()
    }

    /// Returns a connection that has sent `bytes`. A listener that hangs up early is no failure of the sender.
    async fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        drop(stream.write_all(bytes).await);
        stream
    }

    async fn ask(&self, bytes: &[u8]) -> String {
        answer(self.send(bytes).await).await
    }

    fn get(&self, target: &str) -> String {
        format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host)
    }

    /// The request of a browser that comes back with `code`.
    fn redirect(&self, code: &str) -> String {
        format!(
            "GET /callback?code={code}&state={STATE} HTTP/1.1\r\nHost: {}\r\nConnection: keep-alive\r\n\
             Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0\r\nSec-Fetch-Site: cross-site\r\n\
             Sec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n\
             Accept-Encoding: gzip, deflate, br, zstd\r\nCookie: other=app\r\n\r\n",
            self.host
        )
    }

    async fn is_closed(&self) -> bool {
        TcpStream::connect(self.addr).await.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    }
}

/// Reads until the listener hangs up, politely or not.
async fn answer(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await;
    drop(read.expect("the listener neither answers nor hangs up"));
    String::from_utf8(bytes).unwrap()
}

fn code(code: &str) -> Redirect {
    Redirect::Code { code: Secret::new(code) }
}

/// Runs `stray` while a sign-in waits; the genuine redirect must then succeed, to the page and the closed port.
async fn survives(stray: impl AsyncFnOnce(&Site)) {
    let Fixture { loopback, site } = fixture(limits()).await;
    let ((redirect, tab), browser) = tokio::join!(loopback.wait(expected()), async {
        stray(&site).await;
        site.send(site.redirect("genuine").as_bytes()).await
    });
    assert_eq!(redirect, code("genuine"));
    let (page, ()) = tokio::join!(follow(&site, browser, "/done"), tab.finish(Finish::Done { host: "as.test" }));
    assert!(page.contains("Signed in. Close this tab.") && page.contains("as.test"), "{page}");
    assert!(site.is_closed().await);
}

/// Does what a browser does with a 303 to `path`.
async fn follow(site: &Site, browser: TcpStream, path: &str) -> String {
    let sent_on = answer(browser).await;
    assert!(sent_on.starts_with("HTTP/1.1 303 "), "{sent_on}");
    assert!(sent_on.contains(&format!("\r\nlocation: {path}\r\n")), "{sent_on}");
    check_headers(&sent_on);
    let page = site.ask(site.get(path).as_bytes()).await;
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    check_headers(&page);
    page
}

/// Checks the headers that every answer has.
fn check_headers(answer: &str) {
    let head = answer.split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
    for header in [
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
        "connection: close",
        "content-security-policy: default-src 'none'; style-src 'sha256-",
    ] {
        assert!(head.contains(&format!("\r\n{header}")), "{header} is missing: {head}");
    }
    assert!(!head.contains("access-control"), "{head}");
    assert!(!answer.contains(STATE) && !answer.contains("genuine"), "{answer}");
}
