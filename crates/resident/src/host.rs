//! What stays for as long as the program runs: the vault, once it is open, the sign-ins under way, what was made on the
//! workbench. Window and tray ask it; neither holds anything of the vault.
//!
//! A vault that can't be opened is tried again by the next command, so that a disk that was repaired needs no
//! restart.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fobwatch_core::activity::By;
use fobwatch_core::ports::{Clock, Ports};
use fobwatch_core::view::HotKeyState;
use fobwatch_core::workbench::Workbench;
use fobwatch_core::{Error, Vault};
use serde_json::value::RawValue;
use tokio::sync::OnceCell;

use crate::leaving::Leaving;
use crate::logins::Logins;
use crate::shell::Shell;
use crate::{hot_key, news, own, quit, tray, tray_host};

/// How long to wait before the scheduler is tried again.
const START_AGAIN: Duration = Duration::from_secs(30);
/// How long after the start the first look at health and at the calendar's feed comes: a long look at everything, not while a window is drawn.
const LOOK_AFTER: Duration = Duration::from_secs(5);

/// The resident part of the program. Clones share it.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

/// What the clones of a [`Host`] share.
pub struct Inner {
    ports: Ports,
    shell: Arc<dyn Shell>,
    vault: OnceCell<Vault>,
    pub(crate) logins: Logins,
    /// What was made on the workbench and is not forgotten yet.
    pub(crate) workbench: Workbench,
    /// What the page was asked before the person leaves.
    pub(crate) leaving: Leaving,
    pub(crate) hot_key: Mutex<HotKeyState>,
    pub(crate) tray: tray::Known,
    /// What the desktop's notifications say now.
    #[cfg(target_os = "linux")]
    pub(crate) notifier: crate::linux::notifier::Notifier,
    quitting: AtomicBool,
    page: Mutex<Page>,
}

/// The page of the window, as far as it must be known here.
#[derive(Default)]
struct Page {
    listens: bool,
    /// What it is told once it listens: event and payload.
    waiting: Vec<(&'static str, Box<RawValue>)>,
}

impl std::ops::Deref for Host {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Host {
    /// Makes the resident part; nothing of the machine is touched before [`Self::begin`].
    #[must_use]
    pub fn new(ports: Ports, shell: Arc<dyn Shell>) -> Self {
        Self(Arc::new(Inner {
            ports,
            shell,
            vault: OnceCell::new(),
            logins: Logins::default(),
            workbench: Workbench::default(),
            leaving: Leaving::default(),
            hot_key: Mutex::default(),
            tray: tray::Known::default(),
            #[cfg(target_os = "linux")]
            notifier: crate::linux::notifier::Notifier::default(),
            quitting: AtomicBool::new(false),
            page: Mutex::default(),
        }))
    }

    /// Opens the vault in the background.
    pub fn begin(&self) {
        let host = self.clone();
        drop(own(async move {
            if let Err(error) = host.vault().await {
                tracing::error!(code = error.code(), "the vault could not be opened");
            }
        }));
    }

    /// Returns the vault, opening it when it is not yet. Concurrent callers share one attempt.
    pub(crate) async fn vault(&self) -> Result<Vault, Error> {
        let open = || async {
            let vault = fobwatch_platform::open_vault(self.ports.clone()).await?;
            // Before anybody can ask it for anything.
            vault.start_locked().await?;
            vault.asked_by(By::Window, None);
            self.attend(&vault);
            Ok(vault)
        };
        self.vault.get_or_try_init(open).await.cloned()
    }

    /// Starts what runs for as long as the vault is open.
    fn attend(&self, vault: &Vault) {
        drop(own(keep_fresh(self.clone(), vault.clone())));
        let left = vault.clone();
        drop(own(async move { left.clear_what_was_left().await }));
        let locking = vault.clone();
        drop(own(async move {
            tokio::join!(locking.lock_when_idle(), locking.lock_when_called(fobwatch_platform::lock_calls()));
        }));
        let (health, clock) = (vault.clone(), self.clock());
        drop(own(async move {
            clock.sleep(LOOK_AFTER).await;
            tokio::join!(health.watch_health(), health.keep_calendar());
        }));
        drop(own(hot_key::keep(self.clone(), vault.clone())));
        drop(own(news::tell(self.clone(), vault.clone())));
        drop(own(tray::follow(self.clone(), vault.clone())));
        #[cfg(target_os = "linux")]
        drop(own(crate::linux::notifier::follow(self.clone(), vault.clone())));
    }

    /// Does what it means that the window went from the screen: nothing where a tray shows us, otherwise the end.
    pub fn window_closed(&self) {
        self.page_is_gone();
        let host = self.clone();
        drop(own(async move {
            if !host.stays_without_window().await {
                quit::quit(&host);
            }
        }));
    }
}

impl Inner {
    /// Tells whether a tray shows us, so that we go on without a window.
    pub(crate) async fn stays_without_window(&self) -> bool {
        self.shell.has_tray() && tray_host::is_there().await
    }

    /// Tells whether there is a page that hears what it is told.
    pub(crate) fn page_hears(&self) -> bool {
        self.page.lock().unwrap_or_else(PoisonError::into_inner).listens
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

    pub(crate) fn shell(&self) -> &dyn Shell {
        &*self.shell
    }

    /// Notes that the program is ending; tells whether that is news.
    pub(crate) fn begin_quitting(&self) -> bool {
        !self.quitting.swap(true, Ordering::SeqCst)
    }

    /// Tells whether the program is ending.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_quitting(&self) -> bool {
        self.quitting.load(Ordering::SeqCst)
    }

    /// Notes that a page listens from now on, and tells it what waited for it.
    pub(crate) fn page_listens(&self) {
        let waiting = {
            let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
            page.listens = true;
            std::mem::take(&mut page.waiting)
        };
        // Locked meanwhile: not even what waited is told.
        for (event, payload) in waiting.into_iter().filter(|_| !self.is_locked()) {
            self.shell.tell(event, &payload);
        }
    }

    /// Notes that the page went with its window.
    pub(crate) fn page_is_gone(&self) {
        // Nobody is left to whom the system's answer would be of use.
        if let Some(vault) = self.vault.get() {
            vault.stop_asking();
        }
        if self.shell.keeps_page() {
            return;
        }
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = Page::default();
    }

    /// Tells the page something that it must hear, if need be once it listens.
    pub(crate) fn tell_surely(&self, event: &'static str, payload: Box<RawValue>) {
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        if page.listens {
            drop(page);
            self.shell.tell(event, &payload);
        } else {
            page.waiting.push((event, payload));
        }
    }
}

/// Lets the vault renew what is due, for as long as the program runs.
async fn keep_fresh(host: Host, vault: Vault) {
    let clock = host.clock();
    while let Err(error) = vault.keep_fresh(fobwatch_platform::wakes()).await {
        tracing::warn!(code = error.code(), "the scheduler could not start");
        clock.sleep(START_AGAIN).await;
    }
}
