//! Lays the claims out as lines that can be read.
//!
//! Invariant: no text of the token reaches a line unescaped (see [`super::text`]), no line is longer and no table
//! taller than a window can bear. Header first, registered claims in a fixed order, then the rest as it came.

use serde_json::{Map, Value};

use super::context::Context;
use super::findings::{Found, scopes_in};
use super::parse::{NotAJwt, Parsed, Part};
use super::text::{MAX_SHOWN, grouped, shown, visible};
use super::time::When;
use super::{ClaimRow, Signature, SignatureStatus};

/// The most lines of a table.
const MAX_ROWS: usize = 500;

/// Header members (RFC 7515, section 4.1; RFC 7516, section 4.1), in the order of the table.
pub(super) const HEADER: [(&str, &str); 19] = [
    ("alg", "Algorithm"),
    ("enc", "Content encryption"),
    ("typ", "Type"),
    ("cty", "Content type"),
    ("kid", "Key id"),
    ("zip", "Compression"),
    ("crit", "Required extensions"),
    ("b64", "Payload encoding"),
    ("jku", "Address of a key set"),
    ("jwk", "Public key"),
    ("x5u", "Address of a certificate"),
    ("x5c", "Certificates"),
    ("x5t", "Certificate fingerprint"),
    ("x5t#S256", "Certificate fingerprint"),
    ("epk", "Ephemeral public key"),
    ("apu", "Sender of the key agreement"),
    ("apv", "Receiver of the key agreement"),
    ("p2s", "Salt of the password"),
    ("p2c", "Rounds of the password"),
];

/// Registered claims (RFC 7519, section 4.1, and the IANA registry), in the order of the table.
pub(super) const CLAIMS: [(&str, &str); 50] = [
    ("iss", "Issuer"),
    ("sub", "Subject"),
    ("aud", "Audience"),
    ("azp", "Authorised party"),
    ("client_id", "Client id"),
    ("iat", "Issued at"),
    ("nbf", "Not before"),
    ("exp", "Expires"),
    ("auth_time", "Signed in at"),
    ("jti", "Token id"),
    ("scope", "Scopes"),
    ("scp", "Scopes"),
    ("scopes", "Scopes"),
    ("permissions", "Permissions"),
    ("roles", "Roles"),
    ("groups", "Groups"),
    ("entitlements", "Entitlements"),
    ("name", "Full name"),
    ("given_name", "Given name"),
    ("family_name", "Family name"),
    ("middle_name", "Middle name"),
    ("nickname", "Nickname"),
    ("preferred_username", "User name"),
    ("upn", "User name"),
    ("email", "E-mail"),
    ("email_verified", "E-mail verified"),
    ("phone_number", "Phone number"),
    ("phone_number_verified", "Phone number verified"),
    ("address", "Address"),
    ("birthdate", "Birth date"),
    ("gender", "Gender"),
    ("profile", "Profile page"),
    ("picture", "Picture"),
    ("website", "Web site"),
    ("zoneinfo", "Time zone"),
    ("locale", "Language"),
    ("updated_at", "Profile changed at"),
    ("nonce", "Nonce"),
    ("at_hash", "Access token hash"),
    ("c_hash", "Code hash"),
    ("s_hash", "State hash"),
    ("acr", "Authentication level"),
    ("amr", "Authentication methods"),
    ("sid", "Session id"),
    ("cnf", "Bound to a key"),
    ("act", "Acting party"),
    ("may_act", "May act for it"),
    ("authorization_details", "Authorisation details"),
    ("events", "Security events"),
    ("tid", "Tenant id"),
];

/// Claims that hold a time (`NumericDate`).
const TIMES: [&str; 5] = ["iat", "nbf", "exp", "auth_time", "updated_at"];

/// Makes the table.
pub(super) fn rows(
    parsed: &Parsed<'_>,
    signature: &Signature,
    found: &[Found],
    context: &Context<'_>,
) -> Vec<ClaimRow> {
    let warning = |part: Part, name: &str| {
        let here = |one: &&Found| one.part == part && one.member.as_deref() == Some(name) && !one.short.is_empty();
        found.iter().find(here)
    };
    let mut rows = Vec::new();
    for (name, value, meaning) in in_order(&parsed.jws.header, &HEADER) {
        let note = meaning.and_then(|_| header_note(name, value, signature));
        let row = row(Part::Header, name, value, meaning.unwrap_or("custom header"));
        rows.push(told(row, note, warning(Part::Header, name)));
    }
    for (name, value, meaning) in in_order(&parsed.claims, &CLAIMS) {
        let mut row = row(Part::Payload, name, value, meaning.unwrap_or("custom claim"));
        if TIMES.contains(&name) {
            row.at = When::of(&parsed.claims, name).to_show();
        }
        rows.push(told(row, claim_note(name, value, parsed, context), warning(Part::Payload, name)));
    }
    if let Some(why) = parsed.unclaimed {
        rows.push(row(Part::Payload, "payload", &message(parsed, why), "not a set of claims"));
    }
    cut(rows)
}

/// Makes a table of members without any verdict.
pub(super) fn plain(members: &Map<String, Value>) -> Vec<ClaimRow> {
    let line = |(name, value, meaning): (&str, &Value, Option<&str>)| {
        let mut row = row(Part::Payload, name, value, meaning.unwrap_or("custom claim"));
        if TIMES.contains(&name) {
            row.at = When::of(members, name).to_show();
        }
        row
    };
    cut(in_order(members, &CLAIMS).into_iter().map(line).collect())
}

/// Writes what is worth knowing beside a line: a warning, else a note.
fn told(mut row: ClaimRow, note: Option<Told>, warning: Option<&Found>) -> ClaimRow {
    if let Some(found) = warning {
        row.warning.clone_from(&found.short);
        row.warning_code.clone_from(&found.finding.code);
        row.counts.clone_from(&found.finding.counts);
    } else if let Some((code, text, counts)) = note {
        code.clone_into(&mut row.note_code);
        (row.note, row.counts) = (text, counts);
    }
    row
}

/// Returns a payload without claims for its line: its text, or how long it is. A token inside is not shown whole.
fn message(parsed: &Parsed<'_>, why: NotAJwt) -> Value {
    let payload = &parsed.jws.payload;
    match std::str::from_utf8(payload) {
        Ok(text) if why != NotAJwt::Nested => text.into(),
        _ => format!("{} bytes", grouped(payload.len())).into(),
    }
}

/// Returns the members that have a meaning in the order of `known`, then the others as they came.
pub(super) fn in_order<'m>(
    members: &'m Map<String, Value>,
    known: &[(&'static str, &'static str)],
) -> Vec<(&'m str, &'m Value, Option<&'static str>)> {
    let first = known.iter().filter_map(|(name, meaning)| {
        members.get_key_value(*name).map(|(name, value)| (name.as_str(), value, Some(*meaning)))
    });
    let rest = members
        .iter()
        .filter(|(name, _)| !known.iter().any(|(other, _)| other == name))
        .map(|(name, value)| (name.as_str(), value, None));
    first.chain(rest).collect()
}

/// The code of a note, its words, and its numbers.
type Told = (&'static str, String, Vec<usize>);

/// Returns a value as it is shown: strings without quotes, everything else as compact JSON; and whether it was cut.
pub(super) fn value_text(value: &Value) -> (String, bool) {
    let text = |text: &str| (shown(text), text.len() > MAX_SHOWN && text.chars().count() > MAX_SHOWN);
    match value {
        Value::String(string) => text(string),
        other => text(&other.to_string()),
    }
}

fn row(part: Part, name: &str, value: &Value, meaning: &str) -> ClaimRow {
    let (value, cut) = value_text(value);
    ClaimRow {
        part: part.to_string(),
        name: shown(name),
        value,
        meaning: meaning.to_owned(),
        note: String::new(),
        at: None,
        warning: String::new(),
        note_code: String::new(),
        warning_code: String::new(),
        counts: Vec::new(),
        cut,
    }
}

fn header_note(name: &str, value: &Value, signature: &Signature) -> Option<Told> {
    let (code, words) = match (name, value.as_str()) {
        ("alg", Some("none")) => ("not_signed", "not signed"),
        ("alg", Some("HS256" | "HS384" | "HS512")) => ("shared_secret", "shared secret"),
        ("alg", Some(alg)) if super::id_token::ASYMMETRIC_ALGS.contains(&alg) => ("asymmetric", "asymmetric"),
        ("typ", Some(typ)) => match typ.to_ascii_lowercase().trim_start_matches("application/") {
            "at+jwt" => ("access_token", "access token"),
            "logout+jwt" => ("logout_token", "logout token"),
            "dpop+jwt" => ("proof", "proof of possession"),
            _ => return None,
        },
        ("kid", _) => match (signature.status, signature.reason.as_str()) {
            (SignatureStatus::Verified, _) => ("signing_key", "the key that signed it"),
            (_, "unknown_key") => ("not_among_keys", "not among the keys"),
            _ => return None,
        },
        _ => return None,
    };
    Some((code, words.to_owned(), Vec::new()))
}

fn claim_note(name: &str, value: &Value, parsed: &Parsed<'_>, context: &Context<'_>) -> Option<Told> {
    let text = value.as_str();
    let (code, words) = match name {
        "iss" if text.is_some() && text == context.issuer => ("same_issuer", "same as this login"),
        "aud" if value.is_array() => ("audiences", "the APIs that may accept it"),
        "aud" => ("audience", "the API that may accept it"),
        "azp" | "client_id" if text.is_some() && text == context.client_id => ("own_client", "this login's client"),
        "azp" | "client_id" => ("client", "the client it was issued to"),
        "nbf" if parsed.claims.get("iat") == Some(value) => ("same_as_issued", "same as issued"),
        "scope" | "scp" | "scopes" | "permissions" => match scopes_in(value).len() {
            0 => return None,
            many => return Some(("granted", format!("{} granted", grouped(many)), vec![many])),
        },
        _ => return None,
    };
    Some((code, words.to_owned(), Vec::new()))
}

/// Cuts a table that no window could show, and says so in its last line.
fn cut(mut rows: Vec<ClaimRow>) -> Vec<ClaimRow> {
    if rows.len() > MAX_ROWS {
        let more = rows.len() - MAX_ROWS;
        rows.truncate(MAX_ROWS);
        let more_text = Value::String(visible(&format!("{} more", grouped(more))));
        let mut last = row(Part::Payload, "…", &more_text, "");
        "more".clone_into(&mut last.note_code);
        last.counts = vec![more];
        rows.push(last);
    }
    rows
}
