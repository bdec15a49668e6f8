//! The promises of reading a token answer: only a definite no is a no, and no token is lost.

use std::time::Duration;

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use jiff::Timestamp;
use serde_json::Value;

use super::assert_harmless;
use crate::answer::{Answer, Said, Tokens, read};
use crate::quirks::Quirks;
use crate::secret::{Secret, SecretBytes};

const STATUSES: [u16; 10] = [200, 201, 204, 302, 400, 401, 403, 429, 500, 503];
const KINDS: [&str; 5] =
    ["application/json", "application/x-www-form-urlencoded; charset=utf-8", "text/html", "text/plain", ""];
/// The only codes that end a sign-in (RFC 6749 §5.2, OIDC Core §3.1.2.6).
const ENDINGS: [&str; 5] =
    ["invalid_grant", "interaction_required", "login_required", "consent_required", "account_selection_required"];
const YEAR: i64 = 365 * 24 * 60 * 60;

/// One answer: `200`'s index, the index of the kind, the quirks as bits, `Retry-After`; the body on the next line.
struct Case<'a> {
    status: StatusCode,
    headers: HeaderMap,
    quirks: Quirks,
    body: &'a [u8],
}

impl<'a> Case<'a> {
    fn of(input: &'a [u8]) -> Self {
        let end = input.iter().position(|byte| *byte == b'\n');
        let (head, body) = end.map_or((&[][..], input), |end| (&input[..end], &input[end + 1..]));
        let digit = |at: usize| usize::from(head.get(at).copied().unwrap_or_default() & 0x0F);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(KINDS[digit(1) % KINDS.len()]));
        if let Some(Ok(wait)) = head.get(3..).filter(|wait| !wait.is_empty()).map(HeaderValue::from_bytes) {
            headers.insert(RETRY_AFTER, wait);
        }
        let status = StatusCode::from_u16(STATUSES[digit(0) % STATUSES.len()]).unwrap_or_default();
        Self { status, headers, quirks: quirks(digit(2)), body }
    }

    fn read(&self, body: &[u8], quirks: &Quirks) -> Answer {
        // Monday, 6 October 2025: dates before and after it are in the dictionary.
        let now = Timestamp::constant(1_759_708_800, 0);
        read(self.status, &self.headers, &SecretBytes::new(body.to_vec()), now, quirks)
    }
}

fn quirks(bits: usize) -> Quirks {
    let on = |bit: usize| bits & bit != 0;
    let codes = [("bad_refresh_token", "invalid_grant"), ("bad_client", "invalid_client")];
    Quirks {
        form_answer: on(1),
        nested: on(2).then(|| "authed_user".to_owned()),
        bearer_names: if on(4) { vec!["user".to_owned()] } else { Vec::new() },
        error_codes: codes.map(|(own, code)| (own.to_owned(), code.to_owned())).into_iter().filter(|_| on(8)).collect(),
        ..Quirks::default()
    }
}

pub(super) fn check(input: &[u8]) {
    let case = Case::of(input);
    let plain = case.read(case.body, &Quirks::default());
    let quirked = case.read(case.body, &case.quirks);
    sound(&case, &plain, &Quirks::default());
    sound(&case, &quirked, &case.quirks);
    if let Answer::Tokens(without) = &plain {
        let Answer::Tokens(with) = &quirked else { panic!("a quirk took the tokens away") };
        assert!(three(without) == three(with), "a quirk exchanged the tokens");
    }
    nothing_is_lost(&case);
}

fn three(tokens: &Tokens) -> [Option<&Secret>; 3] {
    [tokens.access_token.as_ref(), tokens.refresh_token.as_ref(), tokens.id_token.as_ref()]
}

/// What holds for any answer, whatever it was made from.
fn sound(case: &Case<'_>, answer: &Answer, quirks: &Quirks) {
    match answer {
        Answer::Tokens(tokens) => {
            assert!(case.status.is_success(), "{} brought tokens", case.status);
            sound_tokens(tokens);
        }
        Answer::Ended(said) => {
            harmless(said);
            assert!(!case.status.is_redirection(), "a redirect ended a sign-in");
            assert!(ENDINGS.contains(&quirks.registered(&said.code)), "{said:?} ended a sign-in");
        }
        Answer::Misconfigured(said) => harmless(said),
        Answer::TryAgain { said, after } => {
            harmless(said);
            assert!(after.is_none_or(|after| after <= Duration::from_hours(1)), "{after:?} is too long to wait");
        }
    }
}

fn sound_tokens(tokens: &Tokens) {
    assert!(tokens.access_token.is_some() || tokens.refresh_token.is_some(), "tokens without a token");
    assert!(!(tokens.unusable_refresh && tokens.refresh_token.is_some()), "a refresh token both dropped and kept");
    for token in three(tokens).into_iter().flatten() {
        // Exposed to look at its characters.
        let text = token.expose();
        assert!((1..=65536).contains(&text.len()) && text.chars().all(|c| matches!(c, ' '..='~')), "not a token");
    }
    assert!(tokens.expires_in.is_none_or(|life| (0..=YEAR).contains(&life)), "{:?}", tokens.expires_in);
    assert!(tokens.refresh_expires_in.is_none_or(|life| (1..=YEAR).contains(&life)), "{:?}", tokens.refresh_expires_in);
    if let Some(scopes) = &tokens.scopes {
        let mut sorted = scopes.clone();
        sorted.sort();
        sorted.dedup();
        assert!(sorted.len() == scopes.len() && (1..=1000).contains(&sorted.len()), "doubled or no scopes");
        assert!(
            scopes.iter().all(|scope| (1..=256).contains(&scope.len()) && scope.chars().all(|c| c.is_ascii_graphic()))
        );
    }
    if let Some(kind) = &tokens.foreign_type {
        assert_harmless("the token type", kind);
        assert!(kind.chars().count() <= 33 && !kind.eq_ignore_ascii_case("bearer"), "{kind}");
    }
}

fn harmless(said: &Said) {
    assert_harmless("the code", &said.code);
    assert_harmless("the detail", &said.detail);
    assert!(said.code.chars().count() <= 65 && said.detail.chars().count() <= 301, "too much was said");
}

/// A refresh token that is plainly there is returned (K2): the old one may be dead already.
fn nothing_is_lost(case: &Case<'_>) {
    let Ok(Value::Object(members)) = serde_json::from_slice(case.body) else { return };
    let refused = members.get("error").and_then(Value::as_str).is_some_and(|error| !error.is_empty());
    let given = members.get("refresh_token").and_then(Value::as_str).unwrap_or_default().to_owned();
    let usable = (1..=65536).contains(&given.len()) && given.chars().all(|c| matches!(c, ' '..='~'));
    if !case.status.is_success() || refused || !usable {
        return;
    }
    // Written anew, so that no member stands there twice.
    let body = Value::Object(members).to_string();
    let Answer::Tokens(tokens) = case.read(body.as_bytes(), &case.quirks) else { panic!("tokens were not found") };
    assert!(tokens.refresh_token == Some(Secret::new(given)), "another refresh token was returned");
}
