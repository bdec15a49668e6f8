//! Where a request may go: which addresses a name may lead to.
//!
//! The name is looked up once, the answer is judged, and exactly the judged addresses are connected to, so that a name
//! server can't answer differently the second time. Addresses written as numbers never come here: metadata that holds
//! them is refused before anything is sent.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// How far a request may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Public addresses only.
    Public,
    /// Private networks too: the issuer itself belongs there.
    Intranet,
    /// This computer, which was named as such.
    ThisComputer,
}

impl Reach {
    /// Judges a request to `host` on behalf of the issuer at `issuer`.
    pub(crate) fn of(host: &str, issuer: &str) -> Self {
        if is_loopback(host) {
            Self::ThisComputer
        } else if related(host, issuer) {
            Self::Intranet
        } else {
            Self::Public
        }
    }

    fn allows(self, address: IpAddr) -> bool {
        let address = match address {
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4),
            v4 @ IpAddr::V4(_) => v4,
        };
        // Never by name: this computer, and the link where clouds keep their machines' credentials.
        let never = match address {
            IpAddr::V4(v4) => {
                v4.is_loopback() || v4.is_link_local() || v4.is_broadcast() || v4.is_multicast() || v4.octets()[0] == 0
            }
            IpAddr::V6(v6) => {
                v6.is_loopback() || v6.is_unspecified() || v6.is_unicast_link_local() || v6.is_multicast()
            }
        };
        let private = match address {
            IpAddr::V4(v4) => v4.is_private() || (v4 & Ipv4Addr::new(255, 192, 0, 0)) == Ipv4Addr::new(100, 64, 0, 0),
            IpAddr::V6(v6) => v6.is_unique_local(),
        };
        !never && (self == Self::Intranet || !private)
    }
}

/// Tells whether a host is the issuer's own or below it. Neighbours are not: below a public suffix they are strangers.
fn related(host: &str, issuer: &str) -> bool {
    let rest = host.strip_suffix(issuer).filter(|_| !issuer.is_empty());
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Tells whether `host` is this machine: 127.0.0.0/8, `[::1]` or `localhost`.
fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    match bare.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

/// A name leads only to addresses that are not allowed.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not allowed")]
pub(crate) struct Inside;

/// Looks names up and lets only allowed addresses through.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    pub(crate) reach: Reach,
    /// The host of this system's proxy. The person or the administrator chose it, and it is mostly inside.
    pub(crate) proxy: Option<String>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        let chosen = self.proxy.as_ref().is_some_and(|proxy| proxy.eq_ignore_ascii_case(name.as_str()));
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.iter().copied().filter(|at| chosen || reach.allows(at.ip())).collect();
            // One bad address among good ones is a trick as well: nothing decides which one is taken.
            if allowed.len() < found.len() {
                return Err(Inside.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for here in ["127.0.0.1", "127.9.8.7", "[::1]", "localhost", "LOCALHOST"] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in ["127.0.0.1.evil.test", "localhost.evil.test", "10.0.0.1", "0.0.0.0", "[::2]", "", "127.1"] {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_stranger_s_name_leads_to_no_address_inside() {
        let public = ["93.184.216.34", "2606:2800:220:1::1"];
        let private = ["10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "fd00::1", "::ffff:10.0.0.1"];
        let never =
            ["127.0.0.1", "169.254.169.254", "0.0.0.0", "::1", "::", "fe80::1", "::ffff:127.0.0.1", "224.0.0.1"];
        let allows = |reach: Reach, text: &str| reach.allows(text.parse().unwrap());
        for text in public {
            assert!(allows(Reach::Public, text) && allows(Reach::Intranet, text), "{text}");
        }
        for text in private {
            assert!(!allows(Reach::Public, text) && allows(Reach::Intranet, text), "{text}");
        }
        for text in never {
            assert!(!allows(Reach::Public, text) && !allows(Reach::Intranet, text), "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_is_looked_up_once_and_refused_before_anything_is_sent() {
        let look = |reach| Guard { reach, proxy: None }.resolve("localhost".parse().unwrap());
        for reach in [Reach::Public, Reach::Intranet] {
            let Err(refused) = look(reach).await else { panic!("a name that leads here was let through") };
            assert!(refused.downcast_ref::<Inside>().is_some(), "{refused}");
        }
    }

    #[tokio::test]
    async fn the_system_s_own_proxy_may_be_inside_and_nothing_else_with_it() {
        let behind = |proxy: &str| Guard { reach: Reach::Public, proxy: Some(proxy.to_owned()) };
        let look = |proxy: &str| behind(proxy).resolve("localhost".parse().unwrap());
        assert!(look("LOCALHOST").await.is_ok());
        assert!(look("proxy.corp.example").await.is_err());
    }

    #[test]
    fn what_is_below_an_issuer_belongs_to_it_and_nothing_else() {
        for (host, issuer) in [("sso.corp.example", "sso.corp.example"), ("login.sso.corp.example", "sso.corp.example")]
        {
            assert_eq!(Reach::of(host, issuer), Reach::Intranet, "{host} {issuer}");
        }
        for (host, issuer) in [
            ("evil.example", "sso.example"),
            ("evil.co.uk", "sso.co.uk"),
            ("corp.example", "sso.corp.example"),
            ("notcorp.example", "corp.example"),
            ("metadata.internal", "id.evil.example"),
            ("sso.corp.example", ""),
        ] {
            assert_eq!(Reach::of(host, issuer), Reach::Public, "{host} {issuer}");
        }
    }
}
