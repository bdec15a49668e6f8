//! Commands about several credentials at once.

use fobwatch_core::view::{ClipboardView, ErrorView, RemovedView, SeveralView};
use serde::Serialize;

use super::{Answer, Refusal, say, vault};
use crate::host::Host;
use crate::input;

/// What became of a deletion of several.
#[derive(Debug, Serialize)]
pub(crate) struct RemovedSeveral {
    /// Those that are gone, and can come back for a while.
    removed: Vec<RemovedView>,
    /// Why others are still there, in words.
    failed: Vec<ErrorView>,
}

pub(crate) async fn several(host: Host, ids: Vec<String>) -> Answer<SeveralView> {
    let ids = input::ids(&ids)?;
    Ok(vault(&host).await?.several(&ids).await?)
}

/// The values go to the clipboard from here; the window never has them.
pub(crate) async fn copy_env_block(host: Host, ids: Vec<String>) -> Answer<ClipboardView> {
    let ids = input::ids(&ids)?;
    let vault = vault(&host).await?;
    match vault.copy_env_block(&ids, fobwatch_core::activity::By::Window).await {
        Ok(view) => Ok(view),
        Err((Some(id), error)) => Err(Refusal(say(&vault, id, &error).await)),
        Err((None, error)) => Err(error.into()),
    }
}

pub(crate) async fn remove_several(host: Host, ids: Vec<String>) -> Answer<RemovedSeveral> {
    let ids = input::ids(&ids)?;
    let vault = vault(&host).await?;
    let (removed, refused) = vault.remove_several(&ids).await;
    let mut failed = Vec::new();
    for (id, error) in refused {
        failed.push(say(&vault, id, &error).await);
    }
    Ok(RemovedSeveral { removed, failed })
}
