//! What Health shows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::MonogramView;
use crate::credential::{Environment, Kind};
use crate::health::{Fix, Rule};
use crate::jwt::Severity;

/// A credential that a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AffectedView {
    /// The credential's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// The provider's name.
    pub provider_name: String,
    /// The provider's tile.
    pub monogram: MonogramView,
    /// The account, or what stands for it; may be empty.
    pub account: String,
    /// Its environment.
    pub environment: Environment,
    /// When it was used last.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub last_used_at: Option<Timestamp>,
    /// When this was found of it first.
    #[cfg_attr(test, ts(type = "string"))]
    pub found_at: Timestamp,
    /// Days, seconds, bytes or how many, as the rule counts.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub number: Option<i64>,
    /// The end that the rule is about.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub ends_at: Option<Timestamp>,
    /// The broad scopes, where the rule is about them.
    pub scopes: Vec<String>,
    /// The first groups of the key's fingerprint, where several have one key: those with the same belong together.
    pub fingerprint: Option<String>,
    /// What can be done here.
    pub fix: Fix,
}

/// What one rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HealthFindingView {
    /// The rule.
    pub rule: Rule,
    /// How grave it is.
    pub severity: Severity,
    /// When the first of these was found.
    #[cfg_attr(test, ts(type = "string"))]
    pub found_at: Timestamp,
    /// How many: keys where several credentials have one, else credentials.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: usize,
    /// The setting that it was judged by.
    pub limit: Option<u16>,
    /// What to do first.
    pub fix: Fix,
    /// What it is about.
    pub credentials: Vec<AffectedView>,
}

/// A risk that the person takes until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AcceptedRiskView {
    /// The rule.
    pub rule: Rule,
    /// How grave it is.
    pub severity: Severity,
    /// Why, in the person's words.
    pub reason: String,
    /// When that was said.
    #[cfg_attr(test, ts(type = "string"))]
    pub accepted_at: Timestamp,
    /// When it comes back.
    #[cfg_attr(test, ts(type = "string"))]
    pub until: Timestamp,
    /// Of which credential.
    pub credential: AffectedView,
}

/// What the rules find now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HealthView {
    /// The gravest first.
    pub findings: Vec<HealthFindingView>,
    /// What is found and accepted.
    pub accepted: Vec<AcceptedRiskView>,
    /// How many credentials nothing is found of that is not accepted.
    #[cfg_attr(test, ts(type = "number"))]
    pub clear: usize,
    /// How many credentials were looked at.
    #[cfg_attr(test, ts(type = "number"))]
    pub checked: usize,
    /// When.
    #[cfg_attr(test, ts(type = "string"))]
    pub checked_at: Timestamp,
}

/// A risk to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AcceptRiskInput {
    /// The rule.
    pub rule: Rule,
    /// The credentials, by id.
    pub credentials: Vec<String>,
    /// Why.
    pub reason: String,
    /// Until when: a span like `90d`, or a date. A year at the most.
    pub until: String,
}
