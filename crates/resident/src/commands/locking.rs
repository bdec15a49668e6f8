//! Commands about the app lock. A passphrase comes in and never goes out.

use fobwatch_core::Error;
use fobwatch_core::secret::Secret;
use fobwatch_core::sentence::sentence;
use fobwatch_core::view::{ErrorView, LockReason, LockView};
use fobwatch_platform::system_auth;

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

/// Asks the system for its word that its person is here, and answers when that came.
pub(crate) async fn unlock_by_system(host: Host) -> Answer<LockView> {
    let vault = vault_behind_lock(&host).await?;
    vault.unlock_by_system(system_auth::authenticate).await?;
    Ok(vault.lock_state().await?)
}

/// Takes the system's question back; what waits for its answer is refused then.
pub(crate) async fn stop_asking(host: Host) -> Answer<()> {
    vault_behind_lock(&host).await?.stop_asking();
    Ok(())
}

/// Why the system can't be asked whether its person is here; nothing where it can.
pub(crate) async fn system_authentication(host: Host) -> Answer<Option<ErrorView>> {
    vault(&host).await?;
    let refused = system_auth::available().await.err();
    Ok(refused.map(|why| sentence(&Error::from(why), None)))
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
