//! Where an issuer may point, and what counts as one.

use super::*;

#[test]
fn an_issuer_is_https_or_on_this_computer() {
    for good in [
        "https://id.example",
        "https://id.example/tenant",
        "http://127.0.0.1:8080",
        "http://[::1]:1",
        "http://localhost:3",
    ] {
        assert!(issuer_url(good).is_ok(), "{good}");
    }
    for bad in [
        "id.example",
        "http://id.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "ftp://id.example",
        "file:///etc/passwd",
        "https://id.example?x",
        "https://id.example#x",
        "https://good@evil.example",
        "",
    ] {
        assert!(matches!(issuer_url(bad), Err(DiscoveryError::NotAnIssuer(_))), "{bad}");
    }
}

#[test]
fn a_remote_issuer_can_t_point_inside() {
    let remote = Url::parse("https://id.example").unwrap();
    let ok = |value: &str| endpoint_url(&remote, "token_endpoint", value).is_ok();
    assert!(ok("https://id.example/token"));
    assert!(ok("https://login.other.example/token"));
    for bad in [
        "http://id.example/token",
        "https://127.0.0.1/token",
        "https://[::1]/token",
        "https://localhost/token",
        "https://a.localhost/token",
        "https://localhost./token",
        "https://A.LOCALHOST./token",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/",
        "https://0/",
        "https://2130706433/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://100.64.0.1/",
        "https://good@evil.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "--flag",
    ] {
        assert!(!ok(bad), "{bad}");
    }
}

#[test]
fn a_local_issuer_may_point_to_this_computer_and_to_https() {
    let local = Url::parse("http://127.0.0.1:4000").unwrap();
    assert!(endpoint_url(&local, "t", "http://127.0.0.1:4000/token").is_ok());
    assert!(endpoint_url(&local, "t", "https://id.example/token").is_ok());
    assert!(endpoint_url(&local, "t", "http://id.example/token").is_err());
    assert!(endpoint_url(&local, "t", "http://169.254.169.254/").is_err());
}

fn metadata(issuer: &str, methods: Option<Vec<String>>) -> Metadata {
    let text = format!(
        r#"{{"issuer":"{issuer}","authorization_endpoint":"https://id.example/a","token_endpoint":"https://id.example/t"}}"#
    );
    Metadata { code_challenge_methods_supported: methods, ..serde_json::from_str(&text).unwrap() }
}

#[test]
fn the_document_must_name_exactly_this_issuer() {
    let url = Url::parse("https://id.example").unwrap();
    assert!(check(&url, "https://id.example", metadata("https://id.example", None)).is_ok());
    for other in ["https://id.example/", "https://ID.example", "https://id.example:443", "https://evil.example"] {
        let outcome = check(&url, "https://id.example", metadata(other, None));
        assert!(matches!(outcome, Err(DiscoveryError::IssuerMismatch { .. })), "{other}");
    }
}

#[test]
fn plain_pkce_is_never_enough() {
    let url = Url::parse("https://id.example").unwrap();
    let with = |methods: &[&str]| {
        let methods = methods.iter().map(|method| (*method).to_owned()).collect();
        check(&url, "https://id.example", metadata("https://id.example", Some(methods)))
    };
    assert!(with(&["plain", "S256"]).is_ok());
    assert_eq!(with(&["plain"]), Err(DiscoveryError::NoS256));
    assert_eq!(with(&[]), Err(DiscoveryError::NoS256));
}
