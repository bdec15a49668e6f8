//! A token laid open, as text for a terminal.
//!
//! The core has made values harmless already; here they only get their places.

use fobwatch_core::jwt::{ClaimRow, Finding, Inspection, Severity, Signature, SignatureStatus};
use jiff::Timestamp;

use crate::format::{local, relative, table};

/// Writes header, claims, the verdict on the signature, and what is worth knowing.
pub(crate) fn text(inspection: &Inspection, now: Timestamp) -> String {
    let mut parts = Vec::new();
    let payload = if inspection.claims.is_empty() { "Payload" } else { "Claims" };
    for (part, title) in [("header", "Header"), ("payload", payload)] {
        let rows: Vec<[String; 4]> =
            inspection.rows.iter().filter(|row| row.part == part).map(|row| line(row, now)).collect();
        if !rows.is_empty() {
            parts.push(format!("{title}\n{}\n", table(&rows)));
        }
    }
    parts.push(format!("Signature\n  {}\n", statement(&inspection.signature)));
    if !inspection.findings.is_empty() {
        let rows: Vec<[String; 2]> = inspection.findings.iter().map(finding).collect();
        parts.push(format!("\nFindings\n{}", table(&rows)));
    }
    parts.concat()
}

fn line(row: &ClaimRow, now: Timestamp) -> [String; 4] {
    let time = row.at.map(|at| format!("{}, {}", local(at), relative(at, now)));
    let notes = [time, Some(row.note.clone()), Some(row.warning.clone())];
    let notes: Vec<String> = notes.into_iter().flatten().filter(|note| !note.is_empty()).collect();
    [format!("  {}", row.name), row.value.clone(), row.meaning.clone(), notes.join("; ")]
}

fn finding(finding: &Finding) -> [String; 2] {
    let severity = match finding.severity {
        Severity::Note => "  note",
        Severity::Warning => "  warning",
        Severity::Critical => "  critical",
    };
    [severity.to_owned(), finding.message.clone()]
}

/// Says plainly what was checked and what came out.
pub(crate) fn statement(signature: &Signature) -> String {
    let source = signature.source.as_deref().unwrap_or("the keys");
    let key = signature.key_id.as_ref().map(|id| format!("key “{id}”"));
    let key = key.as_deref().unwrap_or("a key");
    match (signature.status, signature.reason.as_str()) {
        (SignatureStatus::Verified, _) if signature.source.as_deref() == Some("shared secret") => {
            "Verified with the shared secret.".to_owned()
        }
        (SignatureStatus::Verified, _) => format!("Verified with {key} of {source}."),
        (_, "alg_none") => "Not signed: anybody can have written this (alg none).".to_owned(),
        (_, "mismatch") if signature.source.as_deref() == Some("shared secret") => {
            "Invalid: the shared secret does not confirm this signature.".to_owned()
        }
        (_, "mismatch") => format!("Invalid: {source} does not confirm this signature."),
        (_, "key_alg_mismatch") => format!("Invalid: the key of {source} is not made for this algorithm."),
        (_, "crit") => "Invalid: the token demands an extension that is not understood here.".to_owned(),
        (_, "encrypted") => "Not checked: the token is encrypted.".to_owned(),
        (_, "unsupported_alg") => "Not checked: this algorithm can't be checked here.".to_owned(),
        (_, "unknown_key") => format!("Not checked: {source} has no {key}."),
        (_, "needs_secret") => "Not checked: it was made with a shared secret, which only its owners have.".to_owned(),
        (_, "no_keys") => "Not checked: there are no signing keys to check it with.".to_owned(),
        (_, "keys_unavailable") => format!("Not checked: the keys at {source} could not be fetched."),
        (_, "bad_key") => format!("Not checked: {source} holds no usable key."),
        _ => "Not checked: nobody said which keys to trust.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use fobwatch_core::jwt::{Keys, inspect};
    use fobwatch_core::secret::Secret;

    use super::*;

    /// RFC 7519, section 6.1: an unsecured JWT.
    const UNSECURED: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
    /// `{"alg":"HS256"}`, `{"sub":"ada"}`, and a signature of nothing.
    const SHARED: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn now() -> Timestamp {
        Timestamp::from_second(1_300_819_380 + 7_200).unwrap()
    }

    #[test]
    fn an_unsigned_token_is_said_to_be_unsigned() {
        let out = text(&inspect(UNSECURED, None, now()).unwrap(), now());
        assert!(out.starts_with("Header\n  alg  none  Algorithm"), "{out}");
        assert!(out.contains("2 h ago"), "{out}");
        assert!(out.contains("Signature\n  Not signed: anybody can have written this (alg none).\n"), "{out}");
        assert!(out.contains("\nFindings\n  critical"), "{out}");
    }

    #[test]
    fn nothing_but_a_confirmed_signature_reads_as_verified() {
        let secret = Secret::new("hunter2");
        for keys in [None, Some(Keys::Secret(&secret))] {
            let inspection = inspect(SHARED, keys.as_ref(), now()).unwrap();
            let said = statement(&inspection.signature);
            assert!(said.starts_with("Not checked") || said.starts_with("Invalid"), "{said}");
        }
    }
}
