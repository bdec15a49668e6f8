//! A clipboard that nobody else reads.

use std::sync::Mutex;

use async_trait::async_trait;

use crate::ports::{Clipboard, ClipboardError};
use crate::secret::Secret;
use crate::vault::lock;

/// A clipboard that is one cell.
#[derive(Default)]
pub(crate) struct CellClipboard {
    pub(crate) cell: Mutex<Option<Secret>>,
    pub(crate) failing: Mutex<bool>,
}

impl CellClipboard {
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
    async fn clear_if(&self, value: &Secret) -> Result<bool, ClipboardError> {
        self.ready()?;
        let mut cell = lock(&self.cell);
        let ours = cell.as_ref() == Some(value);
        if ours {
            *cell = None;
        }
        Ok(ours)
    }
}
