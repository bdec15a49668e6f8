//! The promises of a device endpoint's answer: what is shown is harmless, leads nowhere inside, and runs out.

use jiff::Timestamp;
use serde_json::json;
use url::Url;

use super::{LONGEST_INTERVAL, LONGEST_LIFE, Offer, interval, view};
use crate::exchange::Exchange;
use crate::fuzzing::{assert_endpoint, assert_harmless};
use crate::view::LoginInput;

pub(crate) fn check(issuer: &str, body: &[u8]) {
    let Ok(offer) = serde_json::from_slice::<Offer>(body) else { return };
    if let Ok(pause) = interval(offer.interval.as_ref()) {
        assert!((1..=LONGEST_INTERVAL).contains(&pause), "{pause} seconds between polls");
    }
    let Some(exchange) = exchange(issuer) else { return };
    let now = Timestamp::constant(1_759_708_800, 0);
    let Ok(shown) = view(&exchange, &offer, now) else { return };
    let Ok(issuer) = Url::parse(issuer) else { panic!("{issuer:?} was taken for an issuer") };
    assert_harmless("the code to enter", &shown.user_code);
    assert!((1..=32).contains(&shown.user_code.len()) && shown.user_code.is_ascii(), "{:?}", shown.user_code);
    assert_endpoint(&issuer, &shown.verification_uri);
    if let Some(complete) = &shown.verification_uri_complete {
        assert_endpoint(&issuer, complete);
        let (Ok(complete), Ok(plain)) = (Url::parse(complete), Url::parse(&shown.verification_uri)) else { return };
        assert_eq!(complete.origin(), plain.origin(), "the complete address leads elsewhere");
    }
    let life = shown.expires_at.duration_since(now).as_secs();
    assert!((0..=LONGEST_LIFE).contains(&life), "the code lives for {life} s");
}

fn exchange(issuer: &str) -> Option<Exchange> {
    let settings = json!({
        "issuer": issuer, "client_id": "c", "auth": "none", "token_endpoint": "https://id.test/token", "scopes": [],
        "iss_in_response": false, "id_token_algs": [], "openid": false, "extra": {}, "fields": {},
    });
    let Ok(settings) = serde_json::from_value(settings) else { return None };
    Some(Exchange { input: LoginInput::default(), settings, again: None, nonce: None, dpop: None, registration: None })
}
