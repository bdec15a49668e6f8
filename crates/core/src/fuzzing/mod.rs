//! What the fuzz targets call: one function per kind of outside data, from bytes to promises that must hold.
//!
//! Each function reads its input the way the program does and panics when a promise is broken. The promises are put
//! in other words than the parsers, so that a mistake would have to be made twice. The corpora in `fuzz/corpus` run
//! through the same functions in an ordinary test.

mod answer;
mod discovery;
mod jwt;

#[cfg(test)]
mod corpus_test;

use std::net::{IpAddr, Ipv6Addr};

use url::{Host, Url};

/// What reads an input and panics where a promise is broken.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also the name of its corpus.
pub const TARGETS: [(&str, Target); 5] = [
    ("answer", answer),
    ("callback", callback),
    ("discovery", discovery),
    ("jwt", jwt),
    ("provider_file", provider_file),
];

/// Reads what a token endpoint answers. The first line chooses status, content type, quirks and `Retry-After`.
pub fn answer(input: &[u8]) {
    answer::check(input);
}

/// Reads the input as the head of a request to the loopback port, as a query, and as a pasted address.
pub fn callback(input: &[u8]) {
    crate::loopback::fuzzing::check(input);
}

/// Reads a discovery document. The first line is the issuer that was asked.
pub fn discovery(input: &[u8]) {
    discovery::check(input);
}

/// Reads a token, encoded on the first line or in clear on the first two, and the rest as the keys.
pub fn jwt(input: &[u8]) {
    jwt::check_both(input);
}

/// Reads a provider file.
pub fn provider_file(input: &[u8]) {
    crate::provider::fuzzing::check(input);
}

/// Asserts that a stranger's text can be shown: nothing in it moves, hides or turns its neighbours.
pub(crate) fn assert_harmless(what: &str, text: &str) {
    let bad = text.chars().find(|character| {
        character.is_control()
            || matches!(u32::from(*character),
                // Zero width, direction marks and overrides, line and paragraph separators, tags (Unicode, Cf and Zl/Zp).
                0xAD | 0x61C | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xE0001..=0xE007F)
    });
    assert_eq!(bad, None, "{what} holds a character that is not seen");
}

/// Tells whether an address means this computer, by name or by number.
pub(crate) fn is_here(url: &Url) -> bool {
    match address(url) {
        Some(IpAddr::V4(v4)) => v4.octets()[0] == 127,
        Some(IpAddr::V6(v6)) => v6 == Ipv6Addr::LOCALHOST,
        None => url.host_str() == Some("localhost"),
    }
}

/// Tells whether an address is one that nobody on the internet has (RFC 1918, 3927, 4193, 6598, 6890).
pub(crate) fn is_private(url: &Url) -> bool {
    match address(url) {
        Some(IpAddr::V4(v4)) => {
            let nets =
                ["0/8", "10/8", "100.64/10", "127/8", "169.254/16", "172.16/12", "192.168/16", "255.255.255.255/32"];
            nets.iter().any(|net| is_in(net, u32::from(v4)))
        }
        Some(IpAddr::V6(v6)) => u128::from(v6) <= 1 || v6.segments()[0] >> 9 == 0x7E || v6.segments()[0] >> 6 == 0x3FA,
        None => url.host_str().is_none_or(|name| {
            let name = name.to_ascii_lowercase();
            name.split('.').rfind(|label| !label.is_empty()).is_none_or(|last| last == "localhost")
        }),
    }
}

/// Asserts that an endpoint is one that this issuer may name (D4).
pub(crate) fn assert_endpoint(issuer: &Url, endpoint: &str) {
    let Ok(url) = Url::parse(endpoint) else { panic!("{endpoint:?} was taken for an address") };
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none(), "{endpoint:?}");
    let public = url.scheme() == "https" && !is_private(&url);
    let beside = is_here(issuer) && is_here(&url) && matches!(url.scheme(), "http" | "https");
    assert!(public || beside, "{endpoint:?} is not for {issuer}");
}

fn address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
        Host::Ipv6(v6) => Some(v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4)),
        Host::Domain(_) => None,
    }
}

/// Tells whether a number lies in a network written like `172.16/12`.
fn is_in(net: &str, number: u32) -> bool {
    let (start, bits) = net.split_once('/').unwrap_or((net, "32"));
    let mut bytes = start.split('.').chain(["0", "0", "0"]).take(4).map(|byte| byte.parse::<u32>().unwrap_or(0));
    let start = bytes.try_fold(0, |sum: u32, byte| Some(sum << 8 | byte)).unwrap_or(0);
    let shift = 32 - bits.parse::<u32>().unwrap_or(32);
    number >> shift == start >> shift
}
