//! One HTTP request at a time to an authorization server.
//!
//! Whether a request may have been processed decides what happens to a refresh token, so that question is never
//! blurred: nothing is followed or retried, and every request has a connection of its own: a kept connection that
//! the server closed meanwhile would turn "certainly not sent" into "broken". No error holds more of an address
//! than its host.

use std::error::Error as StdError;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use fobwatch_core::ports::{Http, HttpError, OnBehalfOf};
use http::header::{ACCEPT, HeaderValue};
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Client, redirect};
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::reach::{Guard, Inside, Reach};

/// What one request may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// To reach the server, TLS included.
    pub connect: Duration,
    /// From the start to the last byte of the answer.
    pub total: Duration,
    /// The largest body in bytes, after decompression.
    pub body: usize,
}

/// A timer that comes this late was held up by more than a busy machine.
const STOOD_STILL: Duration = Duration::from_secs(2);
/// How long an answer is looked for then.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), total: Duration::from_secs(30), body: 1024 * 1024 }
    }
}

/// The HTTP client of this machine: rustls, the system's certificates and the system's proxy.
#[derive(Debug, Default)]
pub struct ReqwestHttp {
    limits: Limits,
    outward: OnceLock<Result<Client, String>>,
    intranet: OnceLock<Result<Client, String>>,
    loopback: OnceLock<Result<Client, String>>,
}

impl ReqwestHttp {
    /// Makes a client; certificates and proxy settings are read at its first request.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a client with other limits.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    fn client(&self, reach: Reach) -> Result<&Client, &str> {
        let cell = match reach {
            Reach::Public => &self.outward,
            Reach::Intranet => &self.intranet,
            Reach::ThisComputer => &self.loopback,
        };
        cell.get_or_init(|| build(self.limits, reach)).as_ref().map_err(String::as_str)
    }
}

fn build(limits: Limits, reach: Reach) -> Result<Client, String> {
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .connect_timeout(limits.connect)
        .referer(false)
        .user_agent(concat!("Fobwatch/", env!("CARGO_PKG_VERSION")));
    if reach == Reach::ThisComputer {
        // A name service must not be able to send what is meant for this machine elsewhere, and no proxy sees it.
        let here = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
        builder = builder.no_proxy().resolve_to_addrs("localhost", &here);
    } else {
        builder = builder.dns_resolver(Guard { reach, proxy: system_proxy().map(str::to_owned) });
    }
    builder.build().map_err(|error| innermost(&error))
}

/// Returns the host of the proxy that requests leave through, as the HTTP client reads it: once, at the first request.
fn system_proxy() -> Option<&'static str> {
    static PROXY: OnceLock<Option<String>> = OnceLock::new();
    PROXY.get_or_init(|| proxy_of(&Matcher::from_system())).as_deref()
}

fn proxy_of(system: &Matcher) -> Option<String> {
    // Any address will do: there is one proxy for all of https, and exceptions go without.
    let anywhere = http::Uri::from_static("https://fobwatch.invalid");
    system.intercept(&anywhere)?.uri().host().map(str::to_owned)
}

/// Tells whether a stranger's metadata points to the proxy itself, whose address nobody judges.
fn is_proxy(host: &str, reach: Reach, proxy: Option<&str>) -> bool {
    reach == Reach::Public && proxy.is_some_and(|proxy| proxy.eq_ignore_ascii_case(host))
}

#[async_trait]
impl Http for ReqwestHttp {
    async fn send(&self, mut request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let issuer = request.extensions().get::<OnBehalfOf>();
        let reach = Reach::of(&host, issuer.map_or("", |issuer| &issuer.0));
        let local = reach == Reach::ThisComputer;
        if request.uri().scheme_str() != Some("https") && !(local && request.uri().scheme_str() == Some("http")) {
            return Err(HttpError::Connect { host });
        }
        if is_proxy(&host, reach, system_proxy()) {
            return Err(HttpError::Forbidden { host });
        }
        let client = match self.client(reach) {
            Ok(client) => client,
            Err(reason) => return Err(HttpError::Tls { host, reason: reason.to_owned() }),
        };
        request.headers_mut().entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        let request = reqwest::Request::try_from(request).map_err(|_| HttpError::Connect { host: host.clone() })?;
        let whole = async {
            let answer = client.execute(request).await.map_err(|error| explain(&host, &error))?;
            collect(answer, &host, self.limits.body).await
        };
        within(self.limits.total, whole).await.unwrap_or(Err(HttpError::Timeout { host: host.clone() }))
    }
}

/// Waits for an answer, and no longer than `limit`; `None` when it did not come.
///
/// A process that stood still (SIGSTOP, a laptop that slept) finds its time over when it goes on, and the answer
/// perhaps in its buffers. A lost answer may cost a sign-in, so it is looked for a little longer then.
async fn within<T>(limit: Duration, answer: impl Future<Output = T>) -> Option<T> {
    let mut answer = pin!(answer);
    let mut end = Instant::now() + limit;
    loop {
        match tokio::time::timeout_at(end, &mut answer).await {
            Ok(answer) => return Some(answer),
            Err(_) if end.elapsed() < STOOD_STILL => return None,
            Err(_) => end = Instant::now() + LOOK_AGAIN,
        }
    }
}

/// Reads the whole answer, and not a byte more than allowed.
async fn collect(
    mut answer: reqwest::Response,
    host: &str,
    limit: usize,
) -> Result<http::Response<Vec<u8>>, HttpError> {
    let mut head = http::Response::new(());
    *head.status_mut() = answer.status();
    *head.version_mut() = answer.version();
    *head.headers_mut() = std::mem::take(answer.headers_mut());
    // Wiped if the answer breaks off half-way: half an answer may hold a whole token.
    let mut body = Zeroizing::new(Vec::with_capacity(16 * 1024));
    while let Some(chunk) = answer.chunk().await.map_err(|error| explain(host, &error))? {
        if body.len() + chunk.len() > limit {
            return Err(HttpError::TooLarge { host: host.to_owned() });
        }
        append(&mut body, &chunk);
    }
    Ok(head.map(|()| std::mem::take(&mut *body)))
}

/// Appends `chunk`; a buffer that has become too small is wiped and not only freed.
fn append(body: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    if body.capacity() - body.len() < chunk.len() {
        let mut larger = Zeroizing::new(Vec::with_capacity((body.len() + chunk.len()) * 2));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
}

/// Maps a failure to what it says about the request: not sent, unanswered, or broken after it went out.
fn explain(host: &str, error: &reqwest::Error) -> HttpError {
    let host = host.to_owned();
    let connecting = error.is_connect() || error.is_builder();
    if connecting && caused_by::<Inside>(error).is_some() {
        return HttpError::Forbidden { host };
    }
    match tls_reason(error) {
        // Only while connecting: an alert that arrives later does not prove that nothing was processed.
        Some(reason) if connecting => HttpError::Tls { host, reason },
        _ if connecting => HttpError::Connect { host },
        _ if error.is_timeout() => HttpError::Timeout { host },
        _ => HttpError::Broken { host },
    }
}

/// Finds what the TLS library said, if it was TLS that failed.
fn tls_reason(error: &reqwest::Error) -> Option<String> {
    caused_by::<rustls::Error>(error).map(ToString::to_string)
}

/// Finds a cause of this kind in the chain.
fn caused_by<E: StdError + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // An I/O error hands out the source of what it wraps and not the wrapped error itself.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// Returns the last cause in the chain: the outer ones repeat addresses.
fn innermost(error: &reqwest::Error) -> String {
    let mut error: &dyn StdError = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_inside_is_told_apart_from_an_outage() {
        let client = build(Limits::default(), Reach::Public).unwrap();
        let error = client.get("https://localhost:9/token").send().await.unwrap_err();
        let told = explain("localhost", &error);
        assert_eq!(told, HttpError::Forbidden { host: "localhost".to_owned() });
    }

    #[test]
    fn the_proxy_s_name_is_known_and_no_stranger_may_point_to_it() {
        let system = Matcher::builder().https("http://proxy.corp.example:3128").no("id.corp.example").build();
        let proxy = proxy_of(&system);
        assert_eq!(proxy.as_deref(), Some("proxy.corp.example"));
        assert_eq!(proxy_of(&Matcher::builder().build()), None);
        for (reach, refused) in [(Reach::Public, true), (Reach::Intranet, false)] {
            assert_eq!(is_proxy("Proxy.corp.example", reach, proxy.as_deref()), refused);
        }
        assert!(!is_proxy("id.test", Reach::Public, proxy.as_deref()));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_came_while_the_process_stood_still_is_not_lost() {
        let half_a_minute = Duration::from_secs(30);
        let (give, given) = tokio::sync::oneshot::channel();
        let stands_still = async {
            tokio::task::yield_now().await;
            tokio::time::advance(Duration::from_mins(2)).await;
            tokio::task::yield_now().await;
            give.send(7).unwrap();
        };
        let (answer, ()) = tokio::join!(within(half_a_minute, given), stands_still);
        assert_eq!(answer, Some(Ok(7)));
        let begun = Instant::now();
        assert_eq!(within(half_a_minute, std::future::pending::<()>()).await, None);
        assert_eq!(begun.elapsed(), half_a_minute, "who never answers gets no time beyond the limit");
    }
}
