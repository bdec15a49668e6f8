//! Keeps the tray equal to what [`crate::tray_menu`] describes, and does what is chosen in it.
//!
//! The shell is told only when the description changed. Times are put right when the menu is about to open, where the
//! desktop says so: a menu that nobody looks at costs nothing. Choosing a credential copies it fresh.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fobwatch_core::activity::By;
use fobwatch_core::error::Error;
use fobwatch_core::ports::Clock;
use fobwatch_core::quick_copy::Format;
use fobwatch_core::refresh::Ask;
use fobwatch_core::view::{HotKeyState, ListInput, LockReason};
use fobwatch_core::{Event, Vault};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned, civil};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::host::Host;
use crate::speech::Language;
use crate::tray_menu::{ATTENTION, Described, Looked, TrayMenu, copied, describe};
use crate::ways::ways;
use crate::{commands, input, news, own, quit};

/// The least time between two looks at the vault: what changes in a burst is looked at once.
const PAUSE: Duration = Duration::from_millis(500);
/// How many of the recently used are looked at: enough to find some among them that work.
const RECENT: usize = 100;

/// What the menu is made of, and what it says.
#[derive(Default)]
pub(crate) struct Known(Mutex<State>);

#[derive(Default)]
struct State {
    /// None before the vault was looked at, and while it is locked.
    looked: Option<Looked>,
    language: Language,
    said: TrayMenu,
}

impl Known {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, looked: Looked) {
        let mut state = self.lock();
        state.language = looked.language;
        state.looked = Some(looked);
    }

    /// Forgets all that is of the vault.
    fn forget(&self, language: Language) {
        let mut state = self.lock();
        state.language = language;
        state.looked = None;
    }
}

/// Keeps the menu true: looks again when the vault changed, and when time alone moves something in it.
pub(crate) async fn follow(host: Host, vault: Vault) {
    let clock = host.clock();
    let mut events = vault.events();
    loop {
        if vault.is_locked() {
            host.tray.forget(spoken(&vault).await.unwrap_or_default());
            become_true(&host);
            if !wait_for_change(&mut events).await {
                return;
            }
            continue;
        }
        let looked = look(&vault).await;
        let keeping = async {
            match looked {
                Ok(looked) => keep_true(&host, &*clock, looked).await,
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

/// Keeps the menu as one look at the vault says, until a row moves to another line by time alone. Where the desktop asks
/// before the menu opens, no text is touched before that.
async fn keep_true(host: &Host, clock: &dyn Clock, looked: Looked) {
    let moves_at = looked.list.next_change_at;
    host.tray.keep(looked);
    loop {
        let now = clock.now();
        if moves_at.is_some_and(|at| at <= now) {
            return;
        }
        let Said { until, .. } = become_true(host);
        let until = until.filter(|_| !host.shell().asks_before_menu());
        let in_time = async {
            match [until, moves_at].into_iter().flatten().min() {
                Some(at) => clock.sleep(just_after(now, at)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = in_time => {}
            () = host.logins.change() => {}
        }
    }
}

/// What became of the menu.
pub(crate) struct Said {
    changed: bool,
    /// When one of its texts stops being true.
    until: Option<Timestamp>,
}

/// Makes the menu say what is true at this moment. The shell hears of it only if that is something else.
pub(crate) fn become_true(host: &Host) -> Said {
    let mut state = host.tray.lock();
    let (menu, until) = match &state.looked {
        _ if host.is_locked() => (TrayMenu::locked(state.language), None),
        None => (TrayMenu::starting(), None),
        Some(looked) => {
            let (now, zone) = (host.clock().now(), TimeZone::system());
            let asked = host.shell().asks_before_menu();
            let Described { mut menu, until } = describe(looked, &host.logins.under_way(), now, &zone, asked);
            if host.hot_key() != HotKeyState::Set {
                menu.palette_keys.clear();
            }
            (menu, until)
        }
    };
    let changed = state.said != menu;
    if changed {
        host.shell().show_menu(&menu);
        state.said = menu;
    }
    Said { changed, until }
}

/// The menu is about to open: makes it say what is true now; tells whether that is something else than it said.
pub async fn about_to_open(host: &Host) -> bool {
    if let Some(vault) = host.open_vault()
        // Nobody may have used the window for too long: the computer slept.
        && let Err(error) = vault.lock_if_idle().await
    {
        tracing::warn!(code = error.code(), "whether it is to be locked is not known");
    }
    become_true(host).changed
}

/// What the menu is made of: the recently used, and behind them the gravest of those that need attention.
async fn look(vault: &Vault) -> Result<Looked, Error> {
    let recent = ListInput { order: "used".to_owned(), count: Some(RECENT), ..ListInput::default() };
    let mut list = vault.list(&recent).await?;
    let language = spoken(vault).await?;
    let mut ways_of = HashMap::new();
    for row in copied(&list) {
        // One that was deleted meanwhile is told by its own change.
        if let Ok(id) = input::id(&row.id)
            && let Ok(view) = vault.show(id).await
        {
            ways_of.insert(row.id.clone(), ways(&view, language));
        }
    }
    let urgent = ListInput { attention_only: true, count: Some(ATTENTION), ..ListInput::default() };
    for row in vault.list(&urgent).await?.rows {
        if list.rows.iter().all(|known| known.id != row.id) {
            list.rows.push(row);
        }
    }
    let can_lock = vault.lock_state().await?.passphrase_set_at.is_some();
    let palette_keys = vault.settings().await?.palette_keys;
    let pauses = vault.pauses().await?;
    Ok(Looked { list, ways: ways_of, language, can_lock, palette_keys, pauses })
}

async fn spoken(vault: &Vault) -> Result<Language, Error> {
    Ok(Language::chosen(&vault.settings().await?.language))
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
    match line.split_once(':') {
        None => match line {
            "open" | "unlock" => host.shell().show_window(),
            "palette" => host.shell().show_palette(),
            "refresh" => drop(own(about_refreshing(host.clone(), Refreshing::Now))),
            "resume" => drop(own(about_refreshing(host.clone(), Refreshing::Resume))),
            "lock" => drop(own(lock(host.clone()))),
            "settings" => {
                host.shell().show_window();
                news::show_settings(host);
            }
            "quit" => quit::quit_asked(host),
            _ => {}
        },
        // The sheet of a sign-in is the window's own.
        Some(("sign-in", _)) => host.shell().show_window(),
        Some(("pause", span)) => {
            let now = host.clock().now().to_zoned(TimeZone::system());
            match pause_end(span, &now) {
                Ok(until) => drop(own(about_refreshing(host.clone(), Refreshing::Pause(until)))),
                Err(error) => tracing::warn!(%error, span, "there is no such moment"),
            }
        }
        Some(("copy", id)) => drop(own(copy(host.clone(), id.to_owned(), Format::Raw, false))),
        Some((verb @ ("as" | "renew"), way)) => {
            if let Some((format, id)) = way.split_once(':')
                && let Ok(format) = format.parse()
            {
                drop(own(copy(host.clone(), id.to_owned(), format, verb == "renew")));
            }
        }
        Some(("show", id)) => {
            host.shell().show_window();
            news::show_credential(host, id);
        }
        Some(_) => {}
    }
}

/// What a person wants of renewing, for all logins at once.
enum Refreshing {
    Now,
    /// Until a moment, or until it is resumed.
    Pause(Option<Timestamp>),
    Resume,
}

/// When a pause ends that begins `now`, if it ends by itself.
fn pause_end(span: &str, now: &Zoned) -> Result<Option<Timestamp>, jiff::Error> {
    let end = match span {
        "hour" => now.checked_add(SignedDuration::from_hours(1))?,
        "tomorrow" => now.tomorrow()?.with().time(civil::time(8, 0, 0, 0)).build()?,
        _ => return Ok(None),
    };
    Ok(Some(end.timestamp()))
}

/// Does it; how it went for each login stands in the window.
async fn about_refreshing(host: Host, wanted: Refreshing) {
    let Some(vault) = host.open_vault() else { return };
    // A host may still show the menu from before.
    let looked = vault.lock_if_idle().await;
    if looked.is_err() || vault.is_locked() {
        return host.shell().show_window();
    }
    vault.used_now();
    let done = match wanted {
        Refreshing::Now => vault.renew_all_soon().await,
        Refreshing::Pause(until) => vault.pause_all(By::Tray, until).await,
        Refreshing::Resume => vault.resume_all(By::Tray).await,
    };
    if let Err(error) = done {
        tracing::warn!(code = error.code(), "the tray could not change how all logins are renewed");
        host.shell().show_window();
    }
}

async fn lock(host: Host) {
    let Some(vault) = host.open_vault() else { return };
    if let Err(error) = vault.lock_now(LockReason::Asked).await {
        tracing::warn!(code = error.code(), "the tray could not lock");
        // Where it can be seen whether it is locked.
        host.shell().show_window();
    }
}

/// Copies a fresh value; what goes wrong is shown in the window, on that credential.
async fn copy(host: Host, id: String, format: Format, renew: bool) {
    let Some(vault) = host.open_vault() else { return };
    let Ok(credential) = input::id(&id) else { return };
    // A host may still show the menu from before, and nobody may have used the window for too long: the computer slept.
    let looked = vault.lock_if_idle().await;
    if looked.is_err() || vault.is_locked() {
        return host.shell().show_window();
    }
    vault.used_now();
    let copied = async {
        if renew {
            vault.refresh(credential, Ask::Now).await?;
        }
        vault.copy(credential, format, By::Tray).await
    };
    if let Err(error) = copied.await {
        let said = commands::say(&vault, credential, &error).await;
        host.shell().show_window();
        news::show_credential(&host, &id);
        news::copy_failed(&host, &id, &said);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_in_an_hour_or_on_the_next_morning_whatever_the_clocks_do() {
        let end = |span: &str, now: &str| {
            let now: Zoned = now.parse().unwrap();
            pause_end(span, &now).unwrap().map(|end| end.to_zoned(now.time_zone().clone()).to_string())
        };
        let (before, morning) =
            ("2026-03-28T23:30:00+01:00[Europe/Berlin]", "2026-03-29T08:00:00+02:00[Europe/Berlin]");
        assert_eq!(end("tomorrow", before).as_deref(), Some(morning));
        let an_hour = end("hour", "2026-03-29T01:30:00+01:00[Europe/Berlin]");
        assert_eq!(an_hour.as_deref(), Some("2026-03-29T03:30:00+02:00[Europe/Berlin]"));
        assert_eq!(end("resumed", before), None);
    }
}
