//! Whether anybody waits for what is being done.
//!
//! Sixteen renewals in the background keep the keychain busy for seconds where each of its writes rewrites all it
//! holds. What a person or a program waits for goes before them: every call of the keychain port is made by a task,
//! and the task knows whether it can let others go first. It can only ever become less patient: whoever joins a
//! renewal of the scheduler waits for it from then on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

tokio::task_local! {
    static MINE: Patience;
}

/// Shared by a task and whoever joins it.
#[derive(Debug, Clone, Default)]
pub struct Patience(Arc<AtomicBool>);

impl Patience {
    /// The patience of a task that nobody waits for.
    #[must_use]
    pub fn of_scheduler() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    /// The patience of the task that asks: none, unless it was given some.
    #[must_use]
    pub fn here() -> Self {
        MINE.try_with(Clone::clone).unwrap_or_default()
    }

    /// Tells whether others go first.
    #[must_use]
    pub fn lets_others_go_first(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Somebody waits from now on.
    pub fn end(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Does `work` with this patience.
    pub async fn during<T>(self, work: impl Future<Output = T>) -> T {
        MINE.scope(self, work).await
    }
}
