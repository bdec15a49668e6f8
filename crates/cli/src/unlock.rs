//! `fob unlock`: opens the app lock for `fob`, also where there is no window.

use crate::desk::Desk;
use crate::failure::Failure;
use crate::input::secret;
use crate::output::say;

/// Asks for the passphrase, and lets values be given out again.
pub(crate) async fn unlock(desk: &Desk) -> Result<(), Failure> {
    let vault = desk.vault().await?;
    if vault.locked_since().await?.is_none() {
        say("Fobwatch is not locked.");
        return Ok(());
    }
    vault.unlock(&secret("Passphrase: ").await?).await?;
    say("Unlocked. A window that is locked asks for the passphrase itself.");
    Ok(())
}
