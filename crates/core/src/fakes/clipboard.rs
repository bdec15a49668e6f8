//! A clipboard that nobody else reads.

use std::sync::Mutex;

use async_trait::async_trait;

use crate::ports::{Clipboard, ClipboardError, IsOurs, Leaving, Left};
use crate::secret::Secret;
use crate::vault::lock;

/// A clipboard that is one cell.
#[derive(Default)]
pub(crate) struct CellClipboard {
    pub(crate) cell: Mutex<Option<Secret>>,
    pub(crate) failing: Mutex<bool>,
    /// Who says how the value that is there for one paste left.
    pub(crate) once: Mutex<Option<tokio::sync::oneshot::Sender<Left>>>,
    /// Whether the desktop knows no single paste.
    pub(crate) unable: Mutex<bool>,
    /// Whether another process serves what is put there.
    pub(crate) outlives_us: Mutex<bool>,
}

impl CellClipboard {
    /// Somebody pastes what is there for one paste.
    pub(crate) fn paste_once(&self, by: &str) {
        *lock(&self.cell) = None;
        if let Some(sender) = lock(&self.once).take() {
            drop(sender.send(Left::Pasted(Some(by.to_owned()))));
        }
    }

    fn ready(&self) -> Result<(), ClipboardError> {
        if *lock(&self.failing) { Err(ClipboardError("no answer".to_owned())) } else { Ok(()) }
    }
}

#[async_trait]
impl Clipboard for CellClipboard {
    async fn put(&self, value: &Secret) -> Result<(), ClipboardError> {
        self.ready()?;
        *lock(&self.cell) = Some(value.clone());
        Ok(())
    }
    async fn put_once(&self, value: &Secret) -> Result<Option<Leaving>, ClipboardError> {
        if *lock(&self.unable) {
            return Ok(None);
        }
        self.put(value).await?;
        let (sender, leaving) = tokio::sync::oneshot::channel();
        *lock(&self.once) = Some(sender);
        Ok(Some(leaving))
    }
    async fn clear_ours(&self, is_ours: IsOurs) -> Result<bool, ClipboardError> {
        self.ready()?;
        let mut cell = lock(&self.cell);
        let ours = cell.as_ref().is_some_and(is_ours);
        if ours {
            *cell = None;
        }
        Ok(ours)
    }
    fn outlives_us(&self) -> bool {
        *lock(&self.outlives_us)
    }
}
