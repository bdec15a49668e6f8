//! Commands about health: what the rules find, and what the person decides about it.

use fobwatch_core::health::Rule;
use fobwatch_core::view::{AcceptRiskInput, HealthView};

use super::{Answer, vault};
use crate::host::Host;
use crate::input;

pub(crate) async fn health(host: Host) -> Answer<HealthView> {
    Ok(vault(&host).await?.health().await?)
}

/// How many findings there are: what the sidebar shows, without the findings.
pub(crate) async fn health_count(host: Host) -> Answer<usize> {
    let health = vault(&host).await?.health().await?;
    Ok(health.findings.iter().map(|finding| finding.count).sum())
}

pub(crate) async fn accept_risk(host: Host, input: AcceptRiskInput) -> Answer<HealthView> {
    input::risk(&input)?;
    let vault = vault(&host).await?;
    vault.accept_risk(&input).await?;
    Ok(vault.health().await?)
}

pub(crate) async fn take_back_risk(host: Host, rule: Rule, credentials: Vec<String>) -> Answer<HealthView> {
    input::ids(&credentials)?;
    let vault = vault(&host).await?;
    vault.take_back_risk(rule, &credentials).await?;
    Ok(vault.health().await?)
}

pub(crate) async fn confirm_revoked(host: Host, credentials: Vec<String>) -> Answer<HealthView> {
    input::ids(&credentials)?;
    let vault = vault(&host).await?;
    vault.confirm_revoked(&credentials).await?;
    Ok(vault.health().await?)
}
