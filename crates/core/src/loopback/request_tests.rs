//! What a query may say, case by case; the same over a real socket is in `tests.rs`.

use super::*;
use crate::loopback::ExpectedIssuer;

const STATE: &str = "s3cr3t-state-0123456789";

fn expected(issuer: Option<(&str, bool)>) -> Expected {
    let issuer = issuer.map(|(issuer, required)| ExpectedIssuer { issuer: issuer.to_owned(), required });
    Expected { state: Secret::new(STATE), issuer }
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what judge returns")]
fn code(code: &str) -> Option<Redirect> {
    Some(Redirect::Code { code: Secret::new(code) })
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what judge returns")]
fn refused(error: &str, description: Option<&str>) -> Option<Redirect> {
    Some(Redirect::Refused { error: error.to_owned(), description: description.map(str::to_owned) })
}

#[test]
fn a_code_with_the_right_state_is_taken_and_decoded() {
    assert_eq!(judge(&format!("code=abc&state={STATE}"), &expected(None)), code("abc"));
    assert_eq!(judge(&format!("state={STATE}&code=4%2F0a%2Bb"), &expected(None)), code("4/0a+b"));
    assert_eq!(judge(&format!("%63ode=a+b%20c&st%61te={STATE}"), &expected(None)), code("a b c"));
}

#[test]
fn unknown_parameters_are_ignored_whatever_they_hold() {
    let many = "&x=%ff%0d%zz".repeat(50);
    for noise in
        [many.as_str(), "&&&", "&state[]=x", "&code[]=x", "&next=https://evil.test", "&%zz=1", "&Code=x&STATE=y"]
    {
        assert_eq!(judge(&format!("code=abc&state={STATE}{noise}"), &expected(None)), code("abc"), "{noise}");
    }
}

#[test]
fn without_the_exact_state_nothing_counts() {
    let longer = format!("{STATE}0");
    let upper = STATE.to_uppercase();
    for state in ["", &STATE[..10], &longer, &upper, "%73%33", &format!("{STATE}+"), &format!("+{STATE}")] {
        for what in ["code=abc", "error=access_denied", "code=abc&iss=https://other.test"] {
            let query = format!("{what}&state={state}");
            assert_eq!(judge(&query, &expected(Some(("https://as.test", true)))), None, "{query}");
        }
    }
    for query in ["code=abc", "error=access_denied", "", "state", "state="] {
        assert_eq!(judge(query, &expected(None)), None, "{query}");
    }
}

#[test]
fn a_doubled_parameter_spoils_the_answer() {
    for query in [
        format!("code=a&code=a&state={STATE}"),
        format!("code=a&code=b&state={STATE}"),
        format!("code=a&%63ode=b&state={STATE}"),
        format!("code=a&state={STATE}&state={STATE}"),
        format!("code=a&state={STATE}&state=x"),
        format!("code=a&state={STATE}&iss=https://as.test&iss=https://as.test"),
        format!("code=a&state={STATE}&iss=https://as.test&iss=https://b.test"),
        format!("error=a&error=a&state={STATE}"),
        format!("error=a&error=b&state={STATE}"),
    ] {
        assert_eq!(judge(&query, &expected(Some(("https://as.test", false)))), None, "{query}");
    }
}

#[test]
fn broken_encoding_and_control_characters_spoil_the_answer() {
    for value in
        ["%", "%4", "%zz", "%u0041", "%ff", "%c0%af", "%00", "a%0d%0ab", "%0a", "%7f", "%c2%85", "%+1", "%ed%a0%80", ""]
    {
        assert_eq!(judge(&format!("code={value}&state={STATE}"), &expected(None)), None, "{value}");
        assert_eq!(judge(&format!("error={value}&state={STATE}"), &expected(None)), None, "{value}");
        // An empty one is whole: it names no issuer, which is another test's matter.
        let query = format!("code=a&state={STATE}&iss={value}");
        let told = judge(&query, &expected(Some(("https://as.test", false))));
        assert!(told.is_none() || value.is_empty(), "{value}");
    }
}

#[test]
fn a_semicolon_separates_nothing() {
    assert_eq!(judge(&format!("code=a;state={STATE}"), &expected(None)), None);
}

#[test]
fn the_state_alone_says_nothing() {
    assert_eq!(judge(&format!("state={STATE}"), &expected(None)), None);
    assert_eq!(judge(&format!("state={STATE}&access_token=x"), &expected(None)), None);
}

#[test]
fn a_refusal_beats_a_code() {
    assert_eq!(
        judge(&format!("code=a&error=access_denied&state={STATE}"), &expected(None)),
        refused("access_denied", None)
    );
}

#[test]
fn the_issuer_is_compared_as_a_string() {
    let strict = expected(Some(("https://as.test", true)));
    let lax = expected(Some(("https://as.test", false)));
    let good = format!("code=a&state={STATE}&iss=https%3A%2F%2Fas.test");
    assert_eq!(judge(&good, &strict), code("a"));
    assert_eq!(judge(&good, &lax), code("a"));
    for iss in [
        "https://as.test/",
        "https://AS.test",
        "https://as.test:443",
        "https://as.tes",
        "http://as.test",
        "https%253A%252F%252Fas.test",
        "",
    ] {
        for kind in ["code=a", "error=access_denied"] {
            let query = format!("{kind}&state={STATE}&iss={iss}");
            assert_eq!(judge(&query, &strict), Some(Redirect::IssuerMismatch), "{query}");
            assert_eq!(judge(&query, &lax), Some(Redirect::IssuerMismatch), "{query}");
            assert_ne!(judge(&query, &expected(None)), Some(Redirect::IssuerMismatch), "{query}");
        }
    }
    let missing = format!("code=a&state={STATE}");
    assert_eq!(judge(&missing, &strict), Some(Redirect::IssuerMismatch));
    assert_eq!(judge(&missing, &lax), code("a"));
}

#[test]
fn the_words_of_a_refusal_are_made_harmless() {
    let said = |error: &str, description: &str| {
        judge(&format!("error={error}&state={STATE}&error_description={description}"), &expected(None))
    };
    assert_eq!(said("a%20b%22%3Cc%C3%A9", ""), refused("ab\"<c", None));
    assert_eq!(said("%C3%A9", ""), refused("other", None));
    assert_eq!(said(&"x".repeat(100), ""), refused(&"x".repeat(64), None));
    // The way Microsoft's servers write it.
    assert_eq!(
        said("e", "AADSTS65004:+declined.%0d%0aTrace+ID:+1"),
        refused("e", Some("AADSTS65004: declined. Trace ID: 1"))
    );
    assert_eq!(said("e", "a%1b[31mb%e2%80%aec%00d"), refused("e", Some("a\u{FFFD}[31mb\u{FFFD}c\u{FFFD}d")));
    assert_eq!(said("e", "%ff%zz"), refused("e", Some("\u{FFFD}%zz")));
    assert_eq!(said("e", "%0d%0a+"), refused("e", None));
    let Some(Redirect::Refused { description: Some(long), .. }) = said("e", &"%C3%A9+".repeat(400)) else { panic!() };
    assert_eq!(long.chars().count(), 300);
    assert!(long.ends_with('…'));
}

#[test]
fn neither_code_nor_state_is_ever_printed() {
    let query = format!("code=the-code-value&state={STATE}");
    let printed = format!("{:?} {:?}", judge(&query, &expected(None)), expected(None));
    assert!(!printed.contains("the-code-value") && !printed.contains(STATE), "{printed}");
}
