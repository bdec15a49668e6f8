//! The program on Linux: no toolkit is loaded here, so that what waits in the tray stays small. A window is a program of
//! its own ([`window`]); the tray and notifications are spoken over the session bus ([`item`], [`menu`], [`notifier`]).

mod hot_key;
mod instance;
mod item;
mod menu;
pub(crate) mod no_tray;
pub(crate) mod notifier;
mod portal;
mod window;

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use std::sync::{Arc, OnceLock};

use fobwatch_core::hot_key::Keys;
use fobwatch_core::view::HotKeyState;
use serde_json::value::RawValue;
use tokio::sync::Notify;
use zbus::Connection;

use self::hot_key::HotKey;
use self::instance::Claim;
use self::item::Tray;
use self::portal::Portal;
use self::window::{Program, Windows};
use crate::shell::Shell;
use crate::tray_menu::TrayMenu;
use crate::{Host, Start, logging, own, quit};

/// How many threads answer windows and scripts. Most of the time none has anything to do.
const WORKERS: usize = 2;

/// What glibc is told, here and in the window: memory that was freed goes back to the system from this many bytes on. By
/// itself it keeps what once was large: a third of what ten thousand credentials take, and much of what a page needs
/// while it loads.
const TRIM: (&str, &str) = ("MALLOC_TRIM_THRESHOLD_", "131072");

/// Runs the program to its end.
#[must_use]
pub fn run() -> ExitCode {
    start_trimming();
    logging::start("fobwatch");
    fobwatch_platform::hardening::no_core_dumps();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build();
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(live());
            // A keychain that never answers must not hold up the end.
            runtime.shutdown_background();
            code
        }
        Err(error) => {
            tracing::error!(%error, "the program could not start");
            ExitCode::FAILURE
        }
    }
}

/// Starts this program again in its own place, since glibc reads [`TRIM`] before we run; that takes a few milliseconds.
/// (The call for it is unsafe, and other allocators took more memory beside the ones that libraries bring.)
fn start_trimming() {
    if std::env::var_os(TRIM.0).is_some() {
        return;
    }
    if let Ok(own) = std::env::current_exe() {
        // It comes back only when it did not work, and then all goes on as it is.
        drop(Command::new(own).args(std::env::args_os().skip(1)).env(TRIM.0, TRIM.1).exec());
    }
}

async fn live() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let start = Start::asked(&arguments);
    let desktop = Arc::new(Desktop::default());
    let host = Host::new(fobwatch_platform::ports(), desktop.clone());
    // The shell is made before the host that it answers for.
    desktop.windows.serve(host.clone());
    desktop.palette.serve(host.clone());
    let bus = match instance::claim(&host, start).await {
        Claim::Another => return ExitCode::SUCCESS,
        Claim::Only(bus) => Some(bus),
        Claim::Alone => None,
    };
    quit::on_signals(&host);
    // First of all: their start takes longest.
    match start {
        Start::Window => desktop.show_window(),
        Start::Palette => desktop.show_palette(),
        Start::Hidden => {}
    }
    if let Some(bus) = bus {
        let tray = desktop.tray.get_or_init(|| Tray::new(host.clone())).clone();
        desktop.bus.get_or_init(|| bus.clone());
        drop(own(tray.stay(bus)));
    }
    host.begin();
    desktop.ended.notified().await;
    ExitCode::SUCCESS
}

/// The desktop's side of the program.
struct Desktop {
    windows: Windows,
    palette: Windows,
    tray: OnceLock<Tray>,
    hot_key: OnceLock<Option<HotKey>>,
    portal: OnceLock<Option<Portal>>,
    bus: OnceLock<Connection>,
    ended: Notify,
}

impl Default for Desktop {
    fn default() -> Self {
        let (windows, palette) = (Windows::of(Program::Window), Windows::of(Program::Palette));
        Self {
            windows,
            palette,
            tray: OnceLock::new(),
            hot_key: OnceLock::new(),
            portal: OnceLock::new(),
            bus: OnceLock::new(),
            ended: Notify::new(),
        }
    }
}

impl Shell for Desktop {
    fn tell(&self, event: &str, payload: &RawValue) {
        self.windows.tell(event, payload);
    }

    fn show_window(&self) {
        self.windows.show();
    }

    fn close_window(&self) {
        self.windows.close();
        self.palette.close();
    }

    fn put_window_away(&self) {
        self.windows.close();
    }

    fn show_palette(&self) {
        self.palette.toggle();
    }

    fn keep_palette_ready(&self, ready: bool) {
        self.palette.keep_ready(ready);
    }

    fn set_hot_key(&self, host: &Host, keys: Option<Keys>, written: &str) {
        let host = host.clone();
        if let Some(hot_key) = self.hot_key.get_or_init(|| HotKey::listen(&host)) {
            return host.hot_key_is(hot_key.become_like(keys));
        }
        let portal = || self.bus.get().map(|bus| Portal::new(bus.clone(), host.clone()));
        match self.portal.get_or_init(portal) {
            Some(portal) => portal.become_like(keys.map(|_| written)),
            None if keys.is_some() => host.hot_key_is(HotKeyState::Unavailable),
            None => host.hot_key_is(HotKeyState::None),
        }
    }

    fn show_menu(&self, menu: &TrayMenu) {
        if let Some(tray) = self.tray.get() {
            tray.show(menu);
        }
    }

    fn asks_before_menu(&self) -> bool {
        true
    }

    fn has_tray(&self) -> bool {
        self.tray.get().is_some_and(Tray::is_there)
    }

    fn end(&self) {
        self.ended.notify_one();
    }
}
