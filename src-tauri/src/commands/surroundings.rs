//! Commands about what surrounds the vault: keychain, clipboard, browser, the program itself.

use fobwatch_core::view::{ClipboardView, KeychainView, NoticeView};
use serde::Serialize;
use tauri::AppHandle;

use super::{Answer, about, named, vault};
use crate::input;

/// Where the window runs, and what people there call the place for secrets.
#[derive(Serialize)]
pub(crate) struct PlatformView {
    os: &'static str,
    keychain: &'static str,
}

#[tauri::command]
pub(crate) fn platform() -> PlatformView {
    match std::env::consts::OS {
        "macos" => PlatformView { os: "macos", keychain: "keychain" },
        "windows" => PlatformView { os: "windows", keychain: "Credential Manager" },
        _ => PlatformView { os: "linux", keychain: "keyring" },
    }
}

#[tauri::command]
pub(crate) async fn keychain(app: AppHandle) -> Answer<KeychainView> {
    Ok(vault(&app).await?.keychain().await?)
}

#[tauri::command]
pub(crate) async fn unlock_keychain(app: AppHandle) -> Answer<KeychainView> {
    Ok(vault(&app).await?.unlock_keychain().await?)
}

/// What goes wrong for several credentials at once.
#[tauri::command]
pub(crate) async fn notice(app: AppHandle) -> Answer<Option<NoticeView>> {
    Ok(vault(&app).await?.notice().await?)
}

#[tauri::command]
pub(crate) async fn check_clocks(app: AppHandle) -> Answer<()> {
    Ok(vault(&app).await?.check_clocks().await?)
}

#[tauri::command]
pub(crate) async fn clipboard(app: AppHandle) -> Answer<Option<ClipboardView>> {
    Ok(vault(&app).await?.clipboard())
}

#[tauri::command]
pub(crate) async fn clear_clipboard(app: AppHandle) -> Answer<()> {
    vault(&app).await?.clear_clipboard().await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn copy_text(app: AppHandle, text: String) -> Answer<()> {
    Ok(vault(&app).await?.copy_text(&text).await?)
}

#[tauri::command]
pub(crate) async fn open_page(app: AppHandle, id: String) -> Answer<()> {
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.open_provider_page(id).await).await
}

#[tauri::command]
pub(crate) async fn open_sign_out(app: AppHandle, id: String) -> Answer<()> {
    let (vault, id) = about(&app, &id).await?;
    // The address is for the browser only.
    named(&vault, id, vault.open_sign_out(id).await.map(drop)).await
}

#[tauri::command]
pub(crate) async fn open_clients_page(app: AppHandle, provider: String) -> Answer<()> {
    input::line("provider", &provider)?;
    Ok(vault(&app).await?.open_clients_page(&provider).await?)
}

#[tauri::command]
pub(crate) async fn quit(app: AppHandle) -> Answer<()> {
    crate::quit::quit(&app);
    Ok(())
}
