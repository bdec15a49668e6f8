//! Commands about the app lock. A passphrase comes in and never goes out.

use fobwatch_core::secret::Secret;
use fobwatch_core::view::{LockReason, LockView};

use super::{Answer, vault, vault_behind_lock};
use crate::host::Host;
use crate::input;

pub(crate) async fn lock_state(host: Host) -> Answer<LockView> {
    let vault = vault_behind_lock(&host).await?;
    vault.lock_if_idle().await?;
    Ok(vault.lock_state().await?)
}

pub(crate) async fn lock_now(host: Host) -> Answer<LockView> {
    let vault = vault(&host).await?;
    vault.lock_now(LockReason::Asked).await?;
    Ok(vault.lock_state().await?)
}

pub(crate) async fn unlock(host: Host, passphrase: Secret) -> Answer<LockView> {
    input::secret("passphrase", &passphrase)?;
    let vault = vault_behind_lock(&host).await?;
    vault.unlock(&passphrase).await?;
    Ok(vault.lock_state().await?)
}

/// A person moved the pointer or pressed a key: the window says so every few seconds at most.
pub(crate) async fn used(host: Host) -> Answer<()> {
    vault(&host).await?.used_now();
    Ok(())
}

pub(crate) async fn set_passphrase(host: Host, new: Secret, before: Option<Secret>) -> Answer<LockView> {
    for given in [Some(&new), before.as_ref()].into_iter().flatten() {
        input::secret("passphrase", given)?;
    }
    let vault = vault(&host).await?;
    vault.set_passphrase(&new, before.as_ref()).await?;
    Ok(vault.lock_state().await?)
}

pub(crate) async fn remove_passphrase(host: Host, before: Secret) -> Answer<LockView> {
    input::secret("passphrase", &before)?;
    let vault = vault(&host).await?;
    vault.remove_passphrase(&before).await?;
    Ok(vault.lock_state().await?)
}
