//! Commands about credentials: list, look, copy, change, remove.

use fobwatch_core::activity::By;
use fobwatch_core::narrower::Narrower;
use fobwatch_core::quick_copy::Format;
use fobwatch_core::refresh::Ask;
use fobwatch_core::secret::Secret;
use fobwatch_core::view::{
    AddApiKeyInput, ClipboardView, CredentialView, ExpiriesInput, ExpiriesView, FoundRowView, HistoryView, ListInput,
    ListView, RemovedView, RevealedSecret, RevokedView, TokenView,
};
use tauri::AppHandle;

use super::{Answer, about, named, vault};
use crate::input;

/// How many uses of a credential its history shows.
const HISTORY: u32 = 500;

#[tauri::command]
pub(crate) async fn list(app: AppHandle, input: ListInput) -> Answer<ListView> {
    input::list(&input)?;
    Ok(vault(&app).await?.list(&input).await?)
}

/// The ids at these places of an order that `list` named.
#[tauri::command]
pub(crate) async fn listed(app: AppHandle, order: u64, from: usize, to: usize) -> Answer<Vec<String>> {
    Ok(vault(&app).await?.listed(order, from, to).await)
}

/// The next row whose name begins with what was typed.
#[tauri::command]
pub(crate) async fn next_named(
    app: AppHandle,
    order: u64,
    typed: String,
    after: usize,
) -> Answer<Option<FoundRowView>> {
    input::line("typed", &typed)?;
    Ok(vault(&app).await?.next_named(order, &typed, after).await)
}

#[tauri::command]
pub(crate) async fn credential(app: AppHandle, id: String) -> Answer<CredentialView> {
    let (vault, id) = about(&app, &id).await?;
    Ok(vault.show(id).await?)
}

#[tauri::command]
pub(crate) async fn history(app: AppHandle, id: String) -> Answer<HistoryView> {
    let (vault, id) = about(&app, &id).await?;
    Ok(vault.history(id, HISTORY).await?)
}

/// What ends when, for one range of time.
#[tauri::command]
pub(crate) async fn expiries(app: AppHandle, input: ExpiriesInput) -> Answer<ExpiriesView> {
    input::expiries(&input)?;
    Ok(vault(&app).await?.expiries(&input).await?)
}

#[tauri::command]
pub(crate) async fn token(app: AppHandle, id: String, recheck: bool) -> Answer<TokenView> {
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.token(id, recheck).await).await
}

/// The value goes to the clipboard from here; the window never has it.
#[tauri::command]
pub(crate) async fn copy(app: AppHandle, id: String, format: String) -> Answer<ClipboardView> {
    let (vault, id) = about(&app, &id).await?;
    let format: Format = format.parse()?;
    named(&vault, id, vault.copy(id, format, By::Window).await).await
}

/// As [`copy`], of a narrower token that the provider gives in exchange.
#[tauri::command]
pub(crate) async fn copy_narrower(
    app: AppHandle,
    id: String,
    audience: Option<String>,
    resource: Option<String>,
    scopes: Vec<String>,
) -> Answer<ClipboardView> {
    let wanted = Narrower { audience, resource, scopes };
    input::narrower(&wanted)?;
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.copy_narrower(id, &wanted).await).await
}

/// The one command that answers with a stored value: the person asked to see it.
#[tauri::command]
pub(crate) async fn reveal(app: AppHandle, id: String) -> Answer<RevealedSecret> {
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.reveal(id).await).await
}

#[tauri::command]
pub(crate) async fn refresh(app: AppHandle, id: String) -> Answer<CredentialView> {
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.refresh(id, Ask::Now).await).await?;
    Ok(vault.show(id).await?)
}

#[tauri::command]
pub(crate) async fn add_api_key(app: AppHandle, input: AddApiKeyInput) -> Answer<CredentialView> {
    input::api_key(&input)?;
    Ok(vault(&app).await?.add_api_key(input).await?)
}

#[tauri::command]
pub(crate) async fn rotate_api_key(app: AppHandle, id: String, value: Secret, revoked: bool) -> Answer<CredentialView> {
    input::secret("key", &value)?;
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.rotate_api_key(id, value, revoked).await).await
}

#[tauri::command]
pub(crate) async fn revoke(app: AppHandle, id: String) -> Answer<RevokedView> {
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.revoke(id).await).await
}

/// Removes the client that Fobwatch registered for a login, if it did; `false` when the provider did not confirm it.
#[tauri::command]
pub(crate) async fn unregister(app: AppHandle, id: String) -> Answer<Option<bool>> {
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.remove_registered_client(id).await).await
}

#[tauri::command]
pub(crate) async fn remove(app: AppHandle, id: String) -> Answer<RemovedView> {
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.remove(id).await).await
}

#[tauri::command]
pub(crate) async fn undo_remove(app: AppHandle, id: String) -> Answer<CredentialView> {
    let (vault, id) = about(&app, &id).await?;
    Ok(vault.undo_remove(id).await?)
}
