//! Commands about health: what the rules find, and what the person decides about it.

use fobwatch_core::health::Rule;
use fobwatch_core::view::{AcceptRiskInput, HealthView};
use tauri::AppHandle;

use super::{Answer, vault};
use crate::input;

#[tauri::command]
pub(crate) async fn health(app: AppHandle) -> Answer<HealthView> {
    Ok(vault(&app).await?.health().await?)
}

/// How many findings there are: what the sidebar shows, without the findings.
#[tauri::command]
pub(crate) async fn health_count(app: AppHandle) -> Answer<usize> {
    let health = vault(&app).await?.health().await?;
    Ok(health.findings.iter().map(|finding| finding.count).sum())
}

#[tauri::command]
pub(crate) async fn accept_risk(app: AppHandle, input: AcceptRiskInput) -> Answer<HealthView> {
    input::risk(&input)?;
    let vault = vault(&app).await?;
    vault.accept_risk(&input).await?;
    Ok(vault.health().await?)
}

#[tauri::command]
pub(crate) async fn take_back_risk(app: AppHandle, rule: Rule, credentials: Vec<String>) -> Answer<HealthView> {
    input::ids(&credentials)?;
    let vault = vault(&app).await?;
    vault.take_back_risk(rule, &credentials).await?;
    Ok(vault.health().await?)
}

#[tauri::command]
pub(crate) async fn confirm_revoked(app: AppHandle, credentials: Vec<String>) -> Answer<HealthView> {
    input::ids(&credentials)?;
    let vault = vault(&app).await?;
    vault.confirm_revoked(&credentials).await?;
    Ok(vault.health().await?)
}
