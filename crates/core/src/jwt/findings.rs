//! What is worth knowing about a token, beyond whether its signature holds.
//!
//! Invariant: a message is a whole sentence without any value of the token, so that it may be logged, listed and read
//! aloud. Each rule stands alone and only reads; the order of the answer is by gravity, then as found.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::claims::{LEEWAY, audiences, is_early, is_expired};
use super::context::Context;
use super::leaks::{self, Leak};
use super::parse::{Parsed, Part};
use super::text::{has_hidden, short_name, visible};
use super::time::When;
use super::{Finding, Severity, Signature, SignatureStatus};
use crate::scopes::is_broad;
use crate::secret::Secret;

/// The most findings that are told; a hostile token could cause a hundred thousand.
const MAX_FINDINGS: usize = 100;

/// Claims about a person (`OpenID` Connect Core, section 5.1).
const PERSONAL: [&str; 13] = [
    "email",
    "phone_number",
    "address",
    "birthdate",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "picture",
    "gender",
    "upn",
];

/// Header members that bring or name a key (RFC 7515, section 4.1); none is ever used.
const KEY_HEADERS: [&str; 4] = ["jku", "jwk", "x5u", "x5c"];

/// Secrets that everybody knows, most of them from documentation.
const COMMON_SECRETS: [&str; 24] = [
    "secret",
    "password",
    "changeme",
    "change-me",
    "key",
    "test",
    "admin",
    "default",
    "123456",
    "qwerty",
    "letmein",
    "shhhhh",
    "secret123",
    "secretkey",
    "secret_key",
    "supersecret",
    "mysecret",
    "my-secret",
    "jwt_secret",
    "your-secret-key",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
];

/// A finding, and where in the table it belongs.
pub(super) struct Found {
    pub(super) part: Part,
    /// The member as it stands in the token.
    pub(super) member: Option<String>,
    /// The few words for its line in the table.
    pub(super) short: String,
    pub(super) finding: Finding,
}

/// Collects findings under one roof.
#[derive(Default)]
struct List(Vec<Found>);

impl List {
    fn add(
        &mut self,
        code: &str,
        severity: Severity,
        (part, member): (Part, Option<&str>),
        short: &str,
        message: impl Into<String>,
    ) {
        self.0.push(Found {
            part,
            member: member.map(str::to_owned),
            short: short.to_owned(),
            finding: Finding {
                code: code.to_owned(),
                severity,
                message: message.into(),
                claim: member.map(visible),
                counts: Vec::new(),
            },
        });
    }

    /// Gives the numbers of the finding that was added last.
    fn counting(&mut self, counts: &[usize]) {
        if let Some(last) = self.0.last_mut() {
            last.finding.counts = counts.to_vec();
        }
    }
}

/// Returns what is worth knowing, gravest first. A secret is judged only when it verified the token.
pub(super) fn collect(
    parsed: &Parsed<'_>,
    signature: &Signature,
    secret: Option<&Secret>,
    now: Timestamp,
    context: &Context<'_>,
) -> Vec<Found> {
    let mut list = List::default();
    header(&mut list, parsed);
    if signature.status == SignatureStatus::Verified
        && let Some(secret) = secret
    {
        weak_secret(&mut list, parsed, secret, context);
    }
    if parsed.jws.encrypted {
        let message = "The token is encrypted: only its header can be read here.";
        list.add("encrypted", Severity::Note, (Part::Header, Some("enc")), "", message);
    } else if let Some(why) = parsed.unclaimed {
        list.add("not_claims", Severity::Warning, (Part::Payload, None), "", why.to_string());
    } else {
        times(&mut list, parsed, now, context);
        belonging(&mut list, parsed, context);
        payload(&mut list, parsed);
    }
    let mut found = list.0;
    found.sort_by_key(|found| std::cmp::Reverse(found.finding.severity));
    found.truncate(MAX_FINDINGS);
    found
}

fn header(list: &mut List, parsed: &Parsed<'_>) {
    let jws = &parsed.jws;
    if jws.alg().is_some_and(|alg| alg.eq_ignore_ascii_case("none")) {
        let message = "The token is not signed (alg is “none”): anyone can forge it.";
        list.add(
            "alg_none",
            Severity::Critical,
            (Part::Header, Some("alg")),
            "not signed, anyone can forge it",
            message,
        );
    }
    for name in KEY_HEADERS.into_iter().filter(|name| jws.header.contains_key(*name)) {
        let message =
            format!("The header brings or points to its own key (“{name}”). It is never used, and must not be.");
        list.add("untrusted_key_header", Severity::Warning, (Part::Header, Some(name)), "never used", message);
    }
    if jws.header.contains_key("crit") {
        let message =
            "The header demands extensions (“crit”) that are not known here, so the token cannot be accepted.";
        list.add("unknown_crit", Severity::Warning, (Part::Header, Some("crit")), "not known here", message);
    }
    duplicates(list, Part::Header, &jws.header_duplicates);
}

fn duplicates(list: &mut List, part: Part, names: &[String]) {
    for name in names {
        let message = format!(
            "The {part} holds “{}” more than once. The last one counts here; other readers may take the first.",
            short_name(name)
        );
        list.add("duplicate_claim", Severity::Warning, (part, Some(name)), "stands there more than once", message);
    }
}

/// RFC 7518, section 3.2: the key is at least as long as the hash; RFC 8725, section 3.5: it is no password.
fn weak_secret(list: &mut List, parsed: &Parsed<'_>, secret: &Secret, context: &Context<'_>) {
    let least = match parsed.jws.alg() {
        Some("HS256") => usize::from(context.secret_bytes),
        Some("HS384") => 48,
        Some("HS512") => 64,
        _ => return,
    };
    // Compared with a list of known words; nothing of it is kept.
    let known = COMMON_SECRETS.iter().any(|common| secret.expose().eq_ignore_ascii_case(common));
    let at = (Part::Header, Some("alg"));
    if known {
        let message = "The shared secret is a well-known example or password: anyone can guess it and forge tokens.";
        list.add("weak_secret", Severity::Critical, at, "the secret is well known", message);
    } else if secret.len() < least {
        let message = format!(
            "The shared secret has fewer than {least} bytes, so it can be found by trying. Use a random one of {least}."
        );
        list.add("weak_secret", Severity::Warning, at, "the secret is too short", message);
        list.counting(&[least]);
    }
}

fn times(list: &mut List, parsed: &Parsed<'_>, now: Timestamp, context: &Context<'_>) {
    let when = |claim| When::of(&parsed.claims, claim);
    for claim in ["exp", "nbf", "iat"].into_iter().filter(|claim| when(claim) == When::WrongType) {
        let message = format!("“{claim}” must be a number of seconds, and it is not. Some readers will ignore it.");
        list.add("bad_time_type", Severity::Warning, (Part::Payload, Some(claim)), "not a number", message);
    }
    let exp = (Part::Payload, Some("exp"));
    if when("exp") == When::Absent {
        let message = "The token has no expiry: whoever gets hold of it can use it for ever.";
        list.add("no_expiry", Severity::Warning, (Part::Payload, None), "", message);
    }
    if is_expired(parsed, now, SignedDuration::ZERO) {
        list.add("expired", Severity::Warning, exp, "expired", "The token has expired.");
    }
    if let Some(expires_at) = when("exp").to_compare() {
        let start = when("iat").to_compare().or_else(|| when("nbf").to_compare()).unwrap_or(now);
        if expires_at.duration_since(start) > context.longest() {
            let hours = context.longest_hours;
            let message = format!("The token lives longer than {hours} hours; a stolen one is useful for as long.");
            let short = format!("lives longer than {hours} hours");
            list.add("long_lifetime", Severity::Warning, exp, &short, message);
            list.counting(&[usize::from(hours)]);
        }
    }
    if is_early(parsed, now, SignedDuration::ZERO) {
        let message = "The token is not valid yet: “nbf” lies in the future.";
        list.add("not_yet_valid", Severity::Warning, (Part::Payload, Some("nbf")), "in the future", message);
    }
    if when("iat").to_compare().is_some_and(|time| time.duration_since(now) > LEEWAY) {
        let message = "The token says it was issued in the future. One of the two clocks is wrong.";
        list.add("issued_in_future", Severity::Warning, (Part::Payload, Some("iat")), "in the future", message);
    }
}

/// What does not fit the login that the token belongs to.
fn belonging(list: &mut List, parsed: &Parsed<'_>, context: &Context<'_>) {
    if let (Some(wanted), Some(issuer)) = (context.issuer, parsed.claim_str("iss"))
        && wanted != issuer
    {
        let message = "The token is from another issuer than the one of this login.";
        list.add("wrong_issuer", Severity::Warning, (Part::Payload, Some("iss")), "not this login's issuer", message);
    }
    if !context.audiences.is_empty()
        && let Some(all) = audiences(parsed)
        && !all.iter().any(|one| context.audiences.contains(one))
    {
        let message = "The token is for another audience than the one that was asked for.";
        list.add("wrong_audience", Severity::Warning, (Part::Payload, Some("aud")), "not what was asked for", message);
    }
}

fn payload(list: &mut List, parsed: &Parsed<'_>) {
    duplicates(list, Part::Payload, &parsed.claim_duplicates);
    scopes(list, parsed);
    for (name, value) in &parsed.claims {
        let at = (Part::Payload, Some(name.as_str()));
        let short = short_name(name);
        if let Some(leak) = leaks::find(name, value) {
            let message = match leak {
                Leak::Named | Leak::Shaped => {
                    format!("“{short}” looks like a secret. Whoever holds the token can read it.")
                }
                Leak::Token => format!("“{short}” holds another token. Whoever holds this one can read it."),
            };
            list.add("looks_like_secret", Severity::Critical, at, "looks like a secret", message);
        }
        if PERSONAL.contains(&name.as_str()) && !value.is_null() {
            let message = format!("The payload holds personal data (“{short}”): anyone with the token can read it.");
            list.add("personal_data", Severity::Note, at, "readable by whoever holds the token", message);
        }
        if value.as_str().is_some_and(has_hidden) || has_hidden(name) {
            let message = format!("“{short}” holds characters that are invisible or turn text around.");
            list.add("hidden_characters", Severity::Warning, at, "holds invisible characters", message);
        }
    }
    if parsed.claim_str("iss").is_some_and(|issuer| !issuer.is_ascii()) {
        let message = "The issuer is not written in plain ASCII; it may imitate another name.";
        list.add("odd_issuer", Severity::Warning, (Part::Payload, Some("iss")), "may imitate another name", message);
    }
}

fn scopes(list: &mut List, parsed: &Parsed<'_>) {
    for claim in ["scope", "scp", "scopes", "permissions"] {
        let Some(value) = parsed.claims.get(claim) else { continue };
        let scopes = scopes_in(value);
        let broad = scopes.iter().filter(|scope| is_broad(scope)).count();
        if broad > 0 {
            let short = format!("{} granted, {broad} broad", scopes.len());
            let message = if broad == 1 {
                format!("One of the {} scopes is very broad. Ask for less if less is enough.", scopes.len())
            } else {
                format!("{broad} of the {} scopes are very broad. Ask for less if less is enough.", scopes.len())
            };
            list.add("broad_scope", Severity::Warning, (Part::Payload, Some(claim)), &short, message);
            list.counting(&[scopes.len(), broad]);
        }
    }
}

/// Returns the scopes of a claim: words in a string (RFC 8693, section 4.2), or strings in a list.
pub(super) fn scopes_in(value: &Value) -> Vec<&str> {
    match value {
        Value::String(words) => words.split_ascii_whitespace().collect(),
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
