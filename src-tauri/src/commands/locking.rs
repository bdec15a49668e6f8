//! Commands about the app lock. A passphrase comes in and never goes out.

use fobwatch_core::secret::Secret;
use fobwatch_core::view::{LockReason, LockView};
use tauri::AppHandle;

use super::{Answer, vault, vault_behind_lock};
use crate::input;

#[tauri::command]
pub(crate) async fn lock_state(app: AppHandle) -> Answer<LockView> {
    let vault = vault_behind_lock(&app).await?;
    vault.lock_if_idle().await?;
    Ok(vault.lock_state().await?)
}

#[tauri::command]
pub(crate) async fn lock_now(app: AppHandle) -> Answer<LockView> {
    let vault = vault(&app).await?;
    vault.lock_now(LockReason::Asked).await?;
    Ok(vault.lock_state().await?)
}

#[tauri::command]
pub(crate) async fn unlock(app: AppHandle, passphrase: Secret) -> Answer<LockView> {
    input::secret("passphrase", &passphrase)?;
    let vault = vault_behind_lock(&app).await?;
    vault.unlock(&passphrase).await?;
    Ok(vault.lock_state().await?)
}

/// A person moved the pointer or pressed a key: the window says so every few seconds at most.
#[tauri::command]
pub(crate) async fn used(app: AppHandle) -> Answer<()> {
    vault(&app).await?.used_now();
    Ok(())
}

#[tauri::command]
pub(crate) async fn set_passphrase(app: AppHandle, new: Secret, before: Option<Secret>) -> Answer<LockView> {
    for given in [Some(&new), before.as_ref()].into_iter().flatten() {
        input::secret("passphrase", given)?;
    }
    let vault = vault(&app).await?;
    vault.set_passphrase(&new, before.as_ref()).await?;
    Ok(vault.lock_state().await?)
}

#[tauri::command]
pub(crate) async fn remove_passphrase(app: AppHandle, before: Secret) -> Answer<LockView> {
    input::secret("passphrase", &before)?;
    let vault = vault(&app).await?;
    vault.remove_passphrase(&before).await?;
    Ok(vault.lock_state().await?)
}
