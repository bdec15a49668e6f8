//! `fob health`: what should be changed before it hurts. The same findings as in the window.

use fobwatch_core::health::Rule;
use fobwatch_core::jwt::{Severity, visible};
use fobwatch_core::view::{AffectedView, HealthFindingView, HealthView};
use jiff::{SignedDuration, Timestamp};

use crate::desk::Desk;
use crate::failure::Failure;
use crate::format::{environment, relative, span, table};
use crate::output::{answer_json, answer_text};

/// Prints what the rules find now.
pub(crate) async fn health(desk: &Desk) -> Result<(), Failure> {
    let view = desk.vault().await?.health().await?;
    if desk.json {
        return answer_json(&view);
    }
    Ok(answer_text(&report(&view, desk.ports.clock.now()))?)
}

fn report(view: &HealthView, now: Timestamp) -> String {
    let mut lines: Vec<String> = view.findings.iter().map(|one| finding(one, now)).collect();
    if !view.accepted.is_empty() {
        lines.push("Accepted:\n".to_owned());
        let rows: Vec<[String; 4]> = view
            .accepted
            .iter()
            .map(|one| {
                let until = one.until.strftime("until %Y-%m-%d").to_string();
                [format!("  {}", visible(&one.credential.name)), title(one.rule, None), until, visible(&one.reason)]
            })
            .collect();
        lines.push(table(&rows));
        lines.push("\n".to_owned());
    }
    let all = if view.checked == 1 { "1 credential".to_owned() } else { format!("{} credentials", view.checked) };
    lines.push(if view.findings.is_empty() {
        format!("Nothing found in {all}.\n")
    } else {
        format!("{} of {all} are clear.\n", view.clear)
    });
    lines.concat()
}

fn finding(one: &HealthFindingView, now: Timestamp) -> String {
    let grave = match one.severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let head = format!("{grave}: {} ({})\n  {}\n", title(one.rule, one.limit), one.count, advice(one.rule));
    let rows: Vec<[String; 4]> = one
        .credentials
        .iter()
        .map(|credential| {
            let account = visible(&credential.account);
            let place = environment(credential.environment).to_owned();
            [format!("    {}", visible(&credential.name)), place, account, detail(one.rule, credential, now)]
        })
        .collect();
    format!("{head}{}\n", table(&rows))
}

fn title(rule: Rule, limit: Option<u16>) -> String {
    let limit = limit.map(|limit| limit.to_string());
    let many = |before: &str, after: &str| limit.as_ref().map(|limit| format!("{before} {limit} {after}"));
    let plain = match rule {
        Rule::AlgNone => "algorithm “none” accepted",
        Rule::SecretInPayload => "secret inside a JWT payload",
        Rule::RefreshFailing => "refresh failing",
        Rule::SignatureMismatch => "signature does not match",
        Rule::SharedKey => "same key in several environments",
        Rule::OldKey => return many("older than", "days").unwrap_or_else(|| "old key".to_owned()),
        Rule::LongLifetime => return many("lifetime over", "hours").unwrap_or_else(|| "long lifetime".to_owned()),
        Rule::BroadScopes => "broad scopes",
        Rule::EndsSoon => "ends soon, nobody renews it",
        Rule::ShortSecret => return many("HS256 secret under", "bytes").unwrap_or_else(|| "short secret".to_owned()),
        Rule::NoPkce => "no PKCE",
        Rule::NoRotateBy => "no rotate-by date",
        Rule::Unused => return many("not used for", "days").unwrap_or_else(|| "not used".to_owned()),
        Rule::RefreshNotRotated => "refresh token is not rotated",
        Rule::OldKeyNotRevoked => "old key not confirmed revoked",
    };
    plain.to_owned()
}

fn advice(rule: Rule) -> &'static str {
    match rule {
        Rule::AlgNone => "A forged token would pass. Have the issuer sign its tokens.",
        Rule::SecretInPayload => "Anyone can decode it. Take it out at the issuer, and replace that secret.",
        Rule::RefreshFailing => "Sign in again, or see fob show NAME.",
        Rule::SignatureMismatch => "The issuer's own key does not confirm the token. See fob jwt NAME --verify.",
        Rule::SharedKey => "A leak in one opens the other. Make a key for each: fob rotate NAME.",
        Rule::OldKey => "Replace it: fob rotate NAME.",
        Rule::LongLifetime => "A stolen token is useful for as long. Shorten it at the provider.",
        Rule::BroadScopes => "They allow more than most tasks need. Ask for less.",
        Rule::EndsSoon => "Rotate the key or sign in again before it ends.",
        Rule::ShortSecret => "It can be found by trying. Use a longer random one at the issuer.",
        Rule::NoPkce => "The server does not say that it checks PKCE. Ask its operator to require S256.",
        Rule::NoRotateBy => "Set one in the window, to be warned in time.",
        Rule::Unused => "Remove what nobody needs: fob remove NAME.",
        Rule::RefreshNotRotated => "The provider keeps the same one: a stolen one works as long as the sign-in.",
        Rule::OldKeyNotRevoked => "Revoke it at the provider, then say so in the window.",
    }
}

fn detail(rule: Rule, one: &AffectedView, now: Timestamp) -> String {
    let number = one.number.unwrap_or_default();
    match rule {
        Rule::OldKey => format!("{number} d old"),
        Rule::Unused => format!("{number} d"),
        Rule::LongLifetime => span(SignedDuration::from_secs(number)),
        Rule::ShortSecret => format!("{number} bytes"),
        Rule::BroadScopes => visible(&one.scopes.join(" ")),
        Rule::EndsSoon | Rule::RefreshFailing => one.ends_at.map(|at| relative(at, now)).unwrap_or_default(),
        Rule::SharedKey => one.fingerprint.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_found_says_in_how_many() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let view = HealthView { findings: vec![], accepted: vec![], clear: 3, checked: 3, checked_at: now };
        assert_eq!(report(&view, now), "Nothing found in 3 credentials.\n");
    }
}
