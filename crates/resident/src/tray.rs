//! Keeps the tray equal to what [`crate::tray_menu`] describes, and does what is chosen in it.
//!
//! The shell is told only when the description changed. Choosing a credential copies it fresh.

use std::time::Duration;

use fobwatch_core::activity::By;
use fobwatch_core::error::Error;
use fobwatch_core::ports::Clock;
use fobwatch_core::quick_copy::Format;
use fobwatch_core::view::{ListInput, ListView};
use fobwatch_core::{Event, Vault};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::host::Host;
use crate::speech::Language;
use crate::tray_menu::{ATTENTION, Described, TrayMenu, describe};
use crate::{commands, input, news, own, quit};

/// The least time between two looks at the vault: what changes in a burst is looked at once.
const PAUSE: Duration = Duration::from_millis(500);
/// How many of the recently used are looked at: enough to find some among them that work.
const RECENT: usize = 100;

/// Keeps the menu true: looks again when the vault changed, and when time alone changes what it says.
pub(crate) async fn follow(host: Host, vault: Vault) {
    let clock = host.clock();
    let mut events = vault.events();
    let mut shown = Shown { host: &host, menu: TrayMenu::default() };
    loop {
        if vault.is_locked() {
            shown.become_like(TrayMenu::locked());
            if !wait_for_change(&mut events).await {
                return;
            }
            continue;
        }
        let looked = look(&vault).await;
        let keeping = async {
            match looked {
                Ok((list, language)) => shown.keep_true(&*clock, &list, language).await,
                Err(error) => {
                    tracing::warn!(code = error.code(), "the tray could not look at the vault");
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! {
            heard = wait_for_change(&mut events) => if !heard { return },
            () = keeping => {}
        }
        // Names leave the menu at once, not after the pause.
        if vault.is_locked() {
            continue;
        }
        clock.sleep(PAUSE).await;
        while events.try_recv().is_ok() {}
    }
}

/// What the shell was told last.
struct Shown<'a> {
    host: &'a Host,
    menu: TrayMenu,
}

impl Shown<'_> {
    fn become_like(&mut self, menu: TrayMenu) {
        if self.menu != menu {
            self.host.shell().show_menu(&menu);
            self.menu = menu;
        }
    }

    /// Keeps the texts of one look at the vault true, until a row moves to another line by time alone.
    async fn keep_true(&mut self, clock: &dyn Clock, list: &ListView, language: Language) {
        let zone = TimeZone::system();
        loop {
            let now = clock.now();
            if list.next_change_at.is_some_and(|at| at <= now) {
                return;
            }
            let Described { menu, until } = describe(list, now, &zone, language);
            self.become_like(menu);
            match [until, list.next_change_at].into_iter().flatten().min() {
                Some(at) => clock.sleep(just_after(now, at)).await,
                None => std::future::pending().await,
            }
        }
    }
}

/// What the menu is made of: the recently used, and behind them the gravest of those that need attention.
async fn look(vault: &Vault) -> Result<(ListView, Language), Error> {
    let recent = ListInput { order: "used".to_owned(), count: Some(RECENT), ..ListInput::default() };
    let mut list = vault.list(&recent).await?;
    let urgent = ListInput { attention_only: true, count: Some(ATTENTION), ..ListInput::default() };
    for row in vault.list(&urgent).await?.rows {
        if list.rows.iter().all(|known| known.id != row.id) {
            list.rows.push(row);
        }
    }
    Ok((list, Language::chosen(&vault.settings().await?.language)))
}

/// Waits for the vault to change; false when there will be no more news.
async fn wait_for_change(events: &mut Receiver<Event>) -> bool {
    loop {
        match events.recv().await {
            Ok(Event::Changed(_) | Event::Settings | Event::Lock) | Err(RecvError::Lagged(_)) => return true,
            Ok(Event::Keychain | Event::Clipboard | Event::Waiting { .. }) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}

/// How long until `at` is past; never nothing, so that a clock that stands still is not asked without end.
fn just_after(now: Timestamp, at: Timestamp) -> Duration {
    let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
    wait + Duration::from_millis(250)
}

/// Does what a line of the menu says; `line` is its id.
pub fn choose(host: &Host, line: &str) {
    match line {
        "open" | "unlock" => host.shell().show_window(),
        "quit" => quit::quit_asked(host),
        chosen => {
            if let Some(id) = chosen.strip_prefix("copy:") {
                drop(own(copy(host.clone(), id.to_owned())));
            } else if let Some(id) = chosen.strip_prefix("show:") {
                host.shell().show_window();
                news::show_credential(host, id);
            }
        }
    }
}

/// Copies a fresh value; what goes wrong is shown in the window, on that credential.
async fn copy(host: Host, id: String) {
    let Some(vault) = host.open_vault() else { return };
    let Ok(credential) = input::id(&id) else { return };
    // A host may still show the menu from before, and nobody may have used the window for too long: the computer slept.
    let looked = vault.lock_if_idle().await;
    if looked.is_err() || vault.is_locked() {
        return host.shell().show_window();
    }
    vault.used_now();
    if let Err(error) = vault.copy(credential, Format::Raw, By::Tray).await {
        let said = commands::say(&vault, credential, &error).await;
        host.shell().show_window();
        news::show_credential(&host, &id);
        news::copy_failed(&host, &id, &said);
    }
}
