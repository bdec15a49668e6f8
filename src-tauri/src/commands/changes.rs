//! Commands by which a person changes one or several credentials.

use fobwatch_core::credential::Environment;
use fobwatch_core::view::{AddJwtInput, ChangeInput, CredentialView, UserView};
use tauri::AppHandle;

use super::{Answer, about, named, vault};
use crate::input;

#[tauri::command]
pub(crate) async fn move_to(app: AppHandle, ids: Vec<String>, environment: Environment) -> Answer<()> {
    let ids = input::ids(&ids)?;
    Ok(vault(&app).await?.move_to(&ids, environment).await?)
}

/// `by` is a span (`90d`), a date, or none.
#[tauri::command]
pub(crate) async fn set_rotate_by(app: AppHandle, ids: Vec<String>, by: Option<String>) -> Answer<()> {
    let ids = input::ids(&ids)?;
    input::line("rotate_by", by.as_deref().unwrap_or_default())?;
    Ok(vault(&app).await?.set_rotate_by(&ids, by.as_deref()).await?)
}

#[tauri::command]
pub(crate) async fn pause_refreshing(app: AppHandle, ids: Vec<String>, on: bool) -> Answer<()> {
    let ids = input::ids(&ids)?;
    Ok(vault(&app).await?.pause_refreshing(&ids, on).await?)
}

#[tauri::command]
pub(crate) async fn let_expire(app: AppHandle, id: String, on: bool) -> Answer<()> {
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.let_expire(id, on).await).await
}

#[tauri::command]
pub(crate) async fn pin(app: AppHandle, id: String, on: bool) -> Answer<()> {
    let (vault, id) = about(&app, &id).await?;
    Ok(vault.pin(id, on).await?)
}

#[tauri::command]
pub(crate) async fn change(app: AppHandle, id: String, change: ChangeInput) -> Answer<CredentialView> {
    input::change(&change)?;
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.change(id, &change).await).await
}

#[tauri::command]
pub(crate) async fn resume_all(app: AppHandle) -> Answer<()> {
    Ok(vault(&app).await?.resume_all().await?)
}

#[tauri::command]
pub(crate) async fn add_jwt(app: AppHandle, input: AddJwtInput) -> Answer<CredentialView> {
    input::jwt(&input)?;
    Ok(vault(&app).await?.add_jwt(input).await?)
}

/// Who used a credential.
#[tauri::command]
pub(crate) async fn uses(app: AppHandle, id: String) -> Answer<Vec<UserView>> {
    let (vault, id) = about(&app, &id).await?;
    Ok(vault.uses(id).await?)
}
