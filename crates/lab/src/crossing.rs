//! Two answers that are exchanged: whoever comes first waits for the second.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::answers::Reply;

/// The place where the first waits.
#[derive(Debug, Default)]
pub(crate) struct Crossing {
    first: Mutex<Option<(Reply, oneshot::Sender<Reply>)>>,
}

impl Crossing {
    /// Gives this answer to the other one, and returns the other's. A first that no second comes for gets its own when
    /// the server ends.
    pub(crate) async fn exchange(&self, own: Reply) -> Reply {
        let waiting = {
            let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((other, tell)) = first.take() {
                // A first that went away meanwhile has no use for it.
                drop(tell.send(own));
                return other;
            }
            let (tell, told) = oneshot::channel();
            *first = Some((own.clone(), tell));
            told
        };
        waiting.await.unwrap_or(own)
    }
}
