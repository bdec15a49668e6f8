//! Commands about what the person chose.

use fobwatch_core::settings::Settings;
use serde_json::{Map, Value};
use tauri::AppHandle;

use super::{Answer, vault};
use crate::input;

#[tauri::command]
pub(crate) async fn settings(app: AppHandle) -> Answer<Settings> {
    Ok(vault(&app).await?.settings().await?)
}

#[tauri::command]
pub(crate) async fn change_settings(app: AppHandle, change: Map<String, Value>) -> Answer<Settings> {
    input::settings(&change)?;
    Ok(vault(&app).await?.change_settings(&change).await?)
}
