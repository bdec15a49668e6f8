//! The rules: pure functions of what is stored, the person's limits and the time.
//!
//! Invariant: a rule that can't be judged from stored facts finds nothing. Nothing is guessed, no secret is read and
//! nobody is asked.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::catalog::{ClientAuth, GrantKind, HealthLogin, HealthRow, LoginState};
use crate::credential::{Environment, Kind};
use crate::jwt::Severity;
use crate::scopes::is_broad;
use crate::settings::Settings;

/// After so many renewals without a new refresh token in a row the provider counts as one that gives none: a single
/// one may be an exception.
const KEEPS: u32 = 3;

/// What is wrong. In the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A token that is not signed is handed out.
    AlgNone,
    /// A claim of the token looks like a secret.
    SecretInPayload,
    /// The login does not renew itself any more.
    RefreshFailing,
    /// The issuer's own key does not confirm the token.
    SignatureMismatch,
    /// One key in several environments.
    SharedKey,
    /// A key or client secret that has been the same for long.
    OldKey,
    /// A token that lives long.
    LongLifetime,
    /// Scopes that allow far more than one task needs.
    BroadScopes,
    /// It ends soon, or has ended, and nobody renews it.
    EndsSoon,
    /// The secret that signs the token is short.
    ShortSecret,
    /// The server does not say that it checks PKCE.
    NoPkce,
    /// A key without a day to rotate it by.
    NoRotateBy,
    /// Nobody used it for long.
    Unused,
    /// Renewals bring no new refresh token.
    RefreshNotRotated,
    /// A key was replaced and nobody confirmed that the old one is revoked.
    OldKeyNotRevoked,
}

impl Rule {
    /// How grave it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::AlgNone | Self::SecretInPayload | Self::RefreshFailing | Self::SignatureMismatch => {
                Severity::Critical
            }
            Self::SharedKey
            | Self::OldKey
            | Self::LongLifetime
            | Self::BroadScopes
            | Self::EndsSoon
            | Self::ShortSecret
            | Self::NoPkce => Severity::Warning,
            Self::NoRotateBy | Self::Unused | Self::RefreshNotRotated | Self::OldKeyNotRevoked => Severity::Note,
        }
    }

    /// The setting that it is judged by, if there is one.
    #[must_use]
    pub fn limit(self, settings: &Settings) -> Option<u16> {
        match self {
            Self::OldKey => Some(settings.key_age_days),
            Self::LongLifetime => Some(settings.token_hours),
            Self::EndsSoon => Some(settings.attention_days),
            Self::ShortSecret => Some(settings.secret_bytes),
            Self::Unused => Some(settings.unused_days),
            _ => None,
        }
    }
}

/// What was found out of a token while it was at hand. The words are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fact {
    AlgNone,
    SecretInPayload,
    BroadScopes,
    /// From its issue to its expiry, in seconds.
    Lifetime,
    SignatureMismatch,
    /// How long the shared secret is that confirmed the token, in bytes.
    SecretBytes,
}

/// What the window and the person can do about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// Look at it: what helps is at the provider.
    Open,
    /// Replace the key.
    Rotate,
    /// Sign in again.
    SignIn,
    /// Try to renew it now.
    Refresh,
    /// Say by when to rotate it.
    SetRotateBy,
    /// Say that the old key is revoked.
    ConfirmRevoked,
    /// Delete it.
    Delete,
}

/// What a rule says of one credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) rule: Rule,
    /// Days, seconds, bytes or how many, as the rule counts.
    pub(super) number: Option<i64>,
    /// The end that it is about.
    pub(super) ends_at: Option<Timestamp>,
    pub(super) fix: Fix,
}

fn found(rule: Rule, fix: Fix) -> Verdict {
    Verdict { rule, number: None, ends_at: None, fix }
}

fn counted(rule: Rule, fix: Fix, number: i64) -> Verdict {
    Verdict { number: Some(number), ..found(rule, fix) }
}

/// Judges one credential by itself.
pub(super) fn judge(row: &HealthRow, settings: &Settings, now: Timestamp) -> Vec<Verdict> {
    let mut out = Vec::new();
    token(&mut out, row, settings);
    if let Some(login) = &row.login {
        of_login(&mut out, row, login, settings, now);
    } else if row.kind == Kind::ApiKey {
        of_key(&mut out, row, settings, now);
    }
    if let Some(end) = row.jwt.as_ref().and_then(|jwt| jwt.expires_at).filter(|end| soon(*end, settings, now)) {
        out.push(Verdict { ends_at: Some(end), ..found(Rule::EndsSoon, Fix::Rotate) });
    }
    // The person said of this end that it may come.
    out.retain(|one| {
        one.rule != Rule::EndsSoon
            || one.ends_at.map(Timestamp::as_millisecond) != row.let_end.map(Timestamp::as_millisecond)
    });
    let client =
        row.kind == Kind::ClientCredentials && row.login.as_ref().is_some_and(|it| it.auth != ClientAuth::None);
    let age = days(row.value_since, now);
    if age >= i64::from(settings.key_age_days) && (client || row.kind == Kind::ApiKey) {
        let fix = if client { Fix::Open } else { Fix::Rotate };
        out.push(counted(Rule::OldKey, fix, age));
    }
    let unused = days(row.last_used_at.unwrap_or(row.created_at), now);
    if unused >= i64::from(settings.unused_days) {
        out.push(counted(Rule::Unused, Fix::Delete, unused));
    }
    out
}

/// What was found of the token when it was at hand.
fn token(out: &mut Vec<Verdict>, row: &HealthRow, settings: &Settings) {
    let fact = |wanted: Fact| row.facts.iter().find(|(fact, _)| *fact == wanted).map(|(_, number)| *number);
    if fact(Fact::AlgNone).is_some() {
        out.push(found(Rule::AlgNone, Fix::Open));
    }
    if let Some(many) = fact(Fact::SecretInPayload) {
        out.push(counted(Rule::SecretInPayload, Fix::Open, many));
    }
    if fact(Fact::SignatureMismatch).is_some() {
        let fix = if row.kind == Kind::Oauth { Fix::SignIn } else { Fix::Open };
        out.push(found(Rule::SignatureMismatch, fix));
    }
    let login = row.login.as_ref();
    let said = login.and_then(|it| it.access_issued_at.zip(it.access_expires_at));
    let said = said.map(|(from, until)| until.duration_since(from).as_secs());
    if let Some(life) = fact(Fact::Lifetime).max(said)
        && life > i64::from(settings.token_hours) * 3600
    {
        out.push(counted(Rule::LongLifetime, Fix::Open, life));
    }
    let granted = login.map_or(0, |it| it.granted_scopes.iter().filter(|scope| is_broad(scope)).count());
    let broad = fact(Fact::BroadScopes).unwrap_or(0).max(i64::try_from(granted).unwrap_or(i64::MAX));
    if broad > 0 {
        out.push(counted(Rule::BroadScopes, Fix::Open, broad));
    }
    // Of another algorithm the secret's length would say nothing; where none is known, the fact itself says HMAC.
    let alg = login.and_then(|it| it.access_alg.as_deref()).or(row.jwt.as_ref().map(|jwt| jwt.alg.as_str()));
    if let Some(bytes) = fact(Fact::SecretBytes).filter(|_| alg.is_none_or(|alg| alg == "HS256"))
        && bytes < i64::from(settings.secret_bytes)
    {
        out.push(counted(Rule::ShortSecret, Fix::Open, bytes));
    }
}

fn of_login(out: &mut Vec<Verdict>, row: &HealthRow, login: &HealthLogin, settings: &Settings, now: Timestamp) {
    let person = row.kind == Kind::Oauth;
    let sign_in = if person { Fix::SignIn } else { Fix::Open };
    let expired = login.access_expires_at.is_some_and(|end| end <= now);
    let failing = match login.state {
        LoginState::Ok => None,
        LoginState::Waiting => expired.then_some(Fix::Refresh),
        LoginState::OtherDevice => Some(Fix::Open),
        LoginState::SignInNeeded | LoginState::Misconfigured | LoginState::Frozen => Some(sign_in),
    };
    if let Some(fix) = failing {
        out.push(Verdict { ends_at: login.access_expires_at, ..found(Rule::RefreshFailing, fix) });
    }
    let token_end = login.access_expires_at.filter(|_| !login.renews);
    // What fails already is told above.
    if let Some(end) = token_end.or(login.sign_in_ends_at).filter(|end| failing.is_none() && soon(*end, settings, now))
    {
        out.push(Verdict { ends_at: Some(end), ..found(Rule::EndsSoon, sign_in) });
    }
    if login.pkce == Some(false) && login.grant == GrantKind::Code {
        out.push(found(Rule::NoPkce, Fix::Open));
    }
    // A token that is bound to a key is of no use to a thief (RFC 9700 §2.2.2).
    if person && login.renews && login.keeps >= KEEPS && !login.dpop {
        out.push(counted(Rule::RefreshNotRotated, Fix::Open, i64::from(login.keeps)));
    }
}

fn of_key(out: &mut Vec<Verdict>, row: &HealthRow, settings: &Settings, now: Timestamp) {
    match row.rotate_by {
        None => out.push(found(Rule::NoRotateBy, Fix::SetRotateBy)),
        Some(end) if soon(end, settings, now) => {
            out.push(Verdict { ends_at: Some(end), ..found(Rule::EndsSoon, Fix::Rotate) });
        }
        Some(_) => {}
    }
    if row.alive_values > 0 {
        out.push(counted(Rule::OldKeyNotRevoked, Fix::ConfirmRevoked, row.alive_values));
    }
}

fn soon(end: Timestamp, settings: &Settings, now: Timestamp) -> bool {
    end.duration_since(now) <= SignedDuration::from_hours(24 * i64::from(settings.attention_days))
}

fn days(since: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(since).as_hours() / 24
}

/// Returns the groups of credentials that share one key between environments, as positions among `rows`; the gravest
/// environment first in each.
pub(super) fn shared_keys(rows: &[HealthRow]) -> Vec<Vec<usize>> {
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.shared) {
        if let Some(fingerprint) = &row.fingerprint {
            by_key.entry(fingerprint).or_default().push(at);
        }
    }
    let environment = |at: &usize| rows.get(*at).map_or(Environment::default(), |row| row.environment);
    let mut groups: Vec<Vec<usize>> = by_key.into_values().collect();
    for group in &mut groups {
        group.sort_by_key(|at| std::cmp::Reverse(rank(environment(at))));
    }
    // In the order of their names, as everything else.
    groups.sort_by_key(|group| group.first().copied());
    groups
}

fn rank(environment: Environment) -> u8 {
    match environment {
        Environment::Development => 0,
        Environment::Staging => 1,
        Environment::Production => 2,
    }
}

/// What to do about one of several copies of a key: the one in production stays, the others get their own.
pub(super) fn fix_of_copy(row: &HealthRow, first: bool) -> Fix {
    if first || !matches!(row.kind, Kind::ApiKey | Kind::Jwt) { Fix::Open } else { Fix::Rotate }
}
