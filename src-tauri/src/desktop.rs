//! What the commands, the tray and the window share: the vault, once it is open, and the sign-ins under way.
//!
//! A vault that can't be opened is tried again by the next command, so that a disk that was repaired needs no
//! restart.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fobwatch_core::activity::By;
use fobwatch_core::ports::{Clock, Ports};
use fobwatch_core::workbench::Workbench;
use fobwatch_core::{Error, Vault};
use tauri::{AppHandle, Manager as _};
use tokio::sync::OnceCell;

use crate::logins::Logins;

/// How long to wait before the scheduler is tried again.
const START_AGAIN: Duration = Duration::from_secs(30);

/// The shared state of the program.
pub(crate) struct Desktop {
    ports: Ports,
    vault: OnceCell<Vault>,
    pub(crate) logins: Logins,
    /// What was made on the workbench and is not forgotten yet.
    pub(crate) workbench: Workbench,
    quitting: AtomicBool,
    may_exit: AtomicBool,
}

impl Desktop {
    pub(crate) fn new() -> Self {
        Self {
            ports: fobwatch_platform::ports(),
            vault: OnceCell::new(),
            logins: Logins::default(),
            workbench: Workbench::default(),
            quitting: AtomicBool::new(false),
            may_exit: AtomicBool::new(false),
        }
    }

    /// Returns the vault, opening it when it is not yet. Concurrent callers share one attempt.
    pub(crate) async fn vault(&self, app: &AppHandle) -> Result<Vault, Error> {
        let open = || async {
            let vault = fobwatch_platform::open_vault(self.ports.clone()).await?;
            // Before anybody can ask it for anything.
            vault.start_locked().await?;
            vault.asked_by(By::Window, None);
            crate::attend(app, &vault);
            Ok(vault)
        };
        self.vault.get_or_try_init(open).await.cloned()
    }

    /// Tells whether window and tray are locked. A vault that is not open yet shows nothing either.
    pub(crate) fn is_locked(&self) -> bool {
        self.vault.get().is_some_and(Vault::is_locked)
    }

    /// Returns the vault if it is open.
    pub(crate) fn open_vault(&self) -> Option<Vault> {
        self.vault.get().cloned()
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.ports.clock.clone()
    }

    /// Notes that the program is ending; tells whether that is news.
    pub(crate) fn begin_quitting(&self) -> bool {
        !self.quitting.swap(true, Ordering::SeqCst)
    }

    /// Notes that everything is closed and the process may end.
    pub(crate) fn allow_exit(&self) {
        self.may_exit.store(true, Ordering::SeqCst);
    }

    pub(crate) fn may_exit(&self) -> bool {
        self.may_exit.load(Ordering::SeqCst)
    }
}

/// Lets the vault renew what is due, for as long as the program runs.
pub(crate) async fn keep_fresh(app: AppHandle, vault: Vault) {
    let clock = app.state::<Desktop>().clock();
    while let Err(error) = vault.keep_fresh(fobwatch_platform::wakes()).await {
        tracing::warn!(code = error.code(), "the scheduler could not start");
        clock.sleep(START_AGAIN).await;
    }
}
