//! Chooses and binds the address of the redirect.
//!
//! Invariant: loopback only, and the port is bound when its number becomes known: nothing is probed, closed and bound
//! again (RFC 8252 §8.3).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;
use url::{Host, Url};

use super::{LoopbackError, RedirectAddress, pages};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// How often a port of the system's choice is tried when its IPv6 twin is taken.
const TWIN_ATTEMPTS: usize = 8;

/// What [`bind`] found.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) listeners: Vec<TcpListener>,
    pub(super) local_addr: SocketAddr,
    pub(super) redirect_uri: Url,
}

/// Binds `address` and writes the port into the redirect URI.
pub(super) async fn bind(address: &RedirectAddress) -> Result<Bound, LoopbackError> {
    match address {
        RedirectAddress::Ephemeral => {
            let listener = match TcpListener::bind((V4, 0)).await {
                Ok(listener) => listener,
                Err(_no_ipv4) => TcpListener::bind((V6, 0)).await.map_err(|error| refused(&error, 0))?,
            };
            let local_addr = address_of(&listener)?;
            let redirect_uri = Url::parse(&format!("http://{local_addr}/callback"))
                .map_err(|_unreachable| LoopbackError::BadRedirect("it is no URL"))?;
            Ok(Bound { listeners: vec![listener], local_addr, redirect_uri })
        }
        RedirectAddress::Fixed(url) => bind_fixed(url).await,
    }
}

async fn bind_fixed(url: &Url) -> Result<Bound, LoopbackError> {
    check(url)?;
    let port = url.port().unwrap_or(0);
    let listeners = match url.host() {
        Some(Host::Ipv4(_)) => vec![listen(V4, port).await?],
        Some(Host::Ipv6(_)) => vec![listen(V6, port).await?],
        _ => bind_both(port).await?,
    };
    let Some(first) = listeners.first() else { return Err(LoopbackError::NoLoopback(io::ErrorKind::AddrNotAvailable)) };
    let local_addr = address_of(first)?;
    let mut redirect_uri = url.clone();
    redirect_uri.set_port(Some(local_addr.port())).map_err(|()| LoopbackError::BadRedirect("it takes no port"))?;
    Ok(Bound { listeners, local_addr, redirect_uri })
}

/// Binds one port on both families: a browser that resolves `localhost` may try `::1` first, and whoever listens
/// there would get the code.
async fn bind_both(port: u16) -> Result<Vec<TcpListener>, LoopbackError> {
    let mut failure = LoopbackError::PortTaken { port };
    for _ in 0..if port == 0 { TWIN_ATTEMPTS } else { 1 } {
        let first = match TcpListener::bind((V4, port)).await {
            Ok(listener) => listener,
            Err(error) if is_absent(&error) => return Ok(vec![listen(V6, port).await?]),
            Err(error) => return Err(refused(&error, port)),
        };
        let port = address_of(&first)?.port();
        match TcpListener::bind((V6, port)).await {
            Ok(second) => return Ok(vec![first, second]),
            Err(error) if is_absent(&error) => return Ok(vec![first]),
            Err(error) => failure = refused(&error, port),
        }
    }
    Err(failure)
}

async fn listen(ip: IpAddr, port: u16) -> Result<TcpListener, LoopbackError> {
    TcpListener::bind((ip, port)).await.map_err(|error| refused(&error, port))
}

fn address_of(listener: &TcpListener) -> Result<SocketAddr, LoopbackError> {
    listener.local_addr().map_err(|error| LoopbackError::NoLoopback(error.kind()))
}

/// Tells whether the machine has no address of that family, as opposed to a port that is not free.
fn is_absent(error: &io::Error) -> bool {
    !matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied)
}

fn refused(error: &io::Error, port: u16) -> LoopbackError {
    match error.kind() {
        io::ErrorKind::AddrInUse if port != 0 => LoopbackError::PortTaken { port },
        io::ErrorKind::PermissionDenied if port != 0 => LoopbackError::PortForbidden { port },
        kind => LoopbackError::NoLoopback(kind),
    }
}

fn check(url: &Url) -> Result<(), LoopbackError> {
    problem(url).map_or(Ok(()), |problem| Err(LoopbackError::BadRedirect(problem)))
}

/// Says why `url` can't be a redirect address of ours, if it can't.
pub(super) fn problem(url: &Url) -> Option<&'static str> {
    if url.scheme() != "http" {
        Some("it must begin with http://")
    } else if !is_loopback(url) {
        Some("its host must be 127.0.0.1, [::1] or localhost")
    } else if !url.username().is_empty() || url.password().is_some() {
        Some("it must not hold a user name or password")
    } else if url.query().is_some() || url.fragment().is_some() {
        Some("it must not hold a query or fragment")
    } else if pages::PATHS.contains(&url.path()) {
        Some("its path is one that Fobwatch answers itself")
    } else {
        None
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip == Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(ip)) => ip == Ipv6Addr::LOCALHOST,
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(url: &str) -> RedirectAddress {
        RedirectAddress::Fixed(Url::parse(url).unwrap())
    }

    #[tokio::test]
    async fn only_a_loopback_address_is_a_redirect_address() {
        for url in [
            "https://127.0.0.1:8000/cb",
            "http://127.0.0.2:8000/cb",
            "http://0.0.0.0:8000/cb",
            "http://[::]:8000/cb",
            "http://[::ffff:127.0.0.1]:8000/cb",
            "http://localhost.evil.test:8000/cb",
            "http://localhost.:8000/cb",
            "http://example.com/cb",
            "http://user@127.0.0.1:8000/cb",
            "http://:secret@127.0.0.1:8000/cb",
            "http://127.0.0.1:8000/cb?x=1",
            "http://127.0.0.1:8000/cb?",
            "http://127.0.0.1:8000/cb#x",
            "http://127.0.0.1:8000/done",
            "http://127.0.0.1:8000/error",
            "http://127.0.0.1:8000/pending",
            "file:///cb",
            "com.example:/cb",
        ] {
            let refused = bind(&fixed(url)).await.unwrap_err();
            assert!(matches!(refused, LoopbackError::BadRedirect(_)), "{url}: {refused:?}");
        }
    }

    #[tokio::test]
    async fn the_ephemeral_address_is_an_ip_literal_with_the_bound_port() {
        let bound = bind(&RedirectAddress::Ephemeral).await.unwrap();
        assert_eq!(bound.redirect_uri.as_str(), format!("http://127.0.0.1:{}/callback", bound.local_addr.port()));
        assert_eq!(bound.listeners.len(), 1);
        assert!(bound.local_addr.ip().is_loopback());
    }

    #[tokio::test]
    async fn a_fixed_address_keeps_its_port_and_path_and_a_taken_port_is_named() {
        let first = bind(&fixed("http://127.0.0.1/some/path")).await.unwrap();
        let port = first.local_addr.port();
        let url = format!("http://127.0.0.1:{port}/some/path");
        assert_eq!(first.redirect_uri.as_str(), url);
        assert_eq!(bind(&fixed(&url)).await.unwrap_err(), LoopbackError::PortTaken { port });
        drop(first);
        assert_eq!(bind(&fixed(&url)).await.unwrap().redirect_uri.as_str(), url);
    }

    #[tokio::test]
    async fn localhost_is_bound_on_both_families_and_nowhere_else() {
        let bound = bind(&fixed("http://localhost/cb")).await.unwrap();
        let port = bound.local_addr.port();
        assert_eq!(bound.redirect_uri.as_str(), format!("http://localhost:{port}/cb"));
        for listener in &bound.listeners {
            let address = listener.local_addr().unwrap();
            assert!(address.ip().is_loopback() && address.port() == port, "{address}");
        }
        let has_ipv6 = std::net::TcpListener::bind((V6, 0)).is_ok();
        assert_eq!(bound.listeners.len(), if has_ipv6 { 2 } else { 1 });
    }

    #[tokio::test]
    async fn localhost_is_refused_when_somebody_else_has_its_ipv6_twin() {
        let Ok(stranger) = std::net::TcpListener::bind((V6, 0)) else { return };
        let port = stranger.local_addr().unwrap().port();
        let refused = bind(&fixed(&format!("http://localhost:{port}/cb"))).await.unwrap_err();
        assert_eq!(refused, LoopbackError::PortTaken { port });
    }

    #[tokio::test]
    async fn ipv6_is_written_in_brackets() {
        let Ok(bound) = bind(&fixed("http://[::1]/cb")).await else { return };
        assert_eq!(bound.redirect_uri.as_str(), format!("http://[::1]:{}/cb", bound.local_addr.port()));
    }
}
