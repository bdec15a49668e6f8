//! The promises of a provider file: every fault is told with its line, and what is accepted leads nowhere inside.

use std::collections::BTreeMap;

use url::Url;

use super::{Finding, Oauth, Provider, Providers, check_text};
use crate::fuzzing::{assert_endpoint, assert_harmless, is_private};

const FILE: &str = "mine.toml";
/// What a person, or somebody who talks to them, may type into a field.
const TYPED: [&str; 6] = ["acme.test", "localhost", "127.0.0.1", "https://10.0.0.1/", "evil.test:8443", "a/../b@c"];

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (views, findings) = check_text(FILE, text);
    let lines = text.matches('\n').count() + 1;
    for finding in &findings {
        told(finding, lines);
    }
    assert!(!findings.is_empty() || !views.is_empty(), "a file that says nothing passed");
    let (providers, again) = Providers::with(vec![Ok((FILE.to_owned(), text.to_owned()))]);
    assert_eq!(findings, again, "the same file was judged in two ways");
    let built_in = Providers::built_in();
    for (index, provider) in providers.list.iter().enumerate().skip(built_in.list.len()) {
        let before = &providers.list[..index];
        assert!(before.iter().all(|other| other.id != provider.id), "{} is there twice", provider.id);
        accepted(provider);
        if let Some(oauth) = &provider.oauth {
            leads_nowhere_inside(oauth);
            let issuer = oauth.usual_issuer();
            let ready = issuer.and_then(|issuer| built_in.of_issuer(&issuer)).and_then(|ready| ready.oauth.as_ref());
            assert!(
                ready.is_none_or(|ready| same_ends(ready, oauth)),
                "{} takes a ready provider's issuer",
                provider.id
            );
        }
    }
}

fn told(finding: &Finding, lines: usize) {
    assert_eq!(finding.file, FILE);
    assert!(finding.line.is_some_and(|line| (1..=lines).contains(&line)), "{finding} is not one of {lines} lines");
    assert_harmless("a finding", &finding.message);
    assert!(finding.message.len() > 10 && finding.message.ends_with(['.', '…']), "{finding:?} is no sentence");
}

fn accepted(provider: &Provider) {
    let id = &provider.id;
    assert!(!id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{id:?}");
    let view = provider.view();
    assert_eq!(view.origin, FILE);
    let labels = view.fields.iter().flat_map(|field| [&field.name, &field.label, &field.example]);
    let words = view.known_scopes.iter().flat_map(|scope| [&scope.scope, &scope.words]);
    let texts = [&view.name, &view.hint, &view.monogram.code].into_iter().chain(labels).chain(words).chain(&view.facts);
    for text in texts.chain(&view.scopes) {
        assert_harmless("what is shown of a provider", text);
    }
    let pages = [&provider.keys_page, &view.clients_page, &view.revoke_page];
    for page in pages.into_iter().flatten() {
        let Ok(url) = Url::parse(page) else { panic!("{page:?} is no page") };
        assert!(url.scheme() == "https" && !is_private(&url), "{page:?} would be opened");
    }
}

/// Fills in whatever may be typed; where that gives a place to sign in, its endpoints are ones the issuer may name.
fn leads_nowhere_inside(oauth: &Oauth) {
    let examples = oauth.fields.iter().map(|field| (field.name.clone(), field.example.clone())).collect();
    assert!(oauth.place(&examples).is_ok(), "the examples of an accepted entry do not hold");
    for typed in TYPED {
        let given: BTreeMap<_, _> = oauth.fields.iter().map(|field| (field.name.clone(), typed.to_owned())).collect();
        let Ok(place) = oauth.place(&given) else { continue };
        let Ok(issuer) = Url::parse(&place.issuer) else { panic!("{:?} is no issuer", place.issuer) };
        assert_endpoint(&issuer, &place.issuer);
        let Some(metadata) = &place.metadata else {
            assert!(oauth.endpoints.is_empty(), "the endpoints of an entry were lost");
            continue;
        };
        let usual = [&metadata.authorization_endpoint, &metadata.jwks_uri, &metadata.revocation_endpoint];
        let others = metadata.endpoints.named();
        let all = usual.into_iter().flatten().chain(others.into_iter().filter_map(|(_, address)| address));
        for address in all.chain([&metadata.token_endpoint]).chain(&place.quirks.refresh_endpoint) {
            assert_endpoint(&issuer, address);
        }
    }
}

/// Tells whether both lead to the same place when nothing is typed.
fn same_ends(one: &Oauth, other: &Oauth) -> bool {
    let ends = |oauth: &Oauth| {
        let Ok(place) = oauth.place(&BTreeMap::new()) else { return None };
        place.metadata.map(|metadata| (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri))
    };
    ends(one) == ends(other)
}
