//! What a command works at: the runtime, the vault when it is needed, the signals.
//!
//! One invariant: whatever ends a command, a request that reached a provider is waited for, because its answer may
//! be the only copy of a token (K2).

use std::convert::Infallible;
use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fobwatch_core::activity::By;
use fobwatch_core::credential::CredentialId;
use fobwatch_core::ports::Ports;
use fobwatch_core::{Error, Event, Vault};
use fobwatch_platform::{Home, caller, machine_id};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, OnceCell};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::clipboard_holder::HeldClipboard;
use crate::failure::{Failure, INTERRUPTED};
use crate::format::called;
use crate::output::say;

/// Exit code of a command that SIGTERM ended.
pub(crate) const TERMINATED: u8 = 143;

/// How long an end may take before a person wonders.
const NOTICED: Duration = Duration::from_millis(500);

/// What a command works at.
pub(crate) struct Desk {
    /// Whether answers are JSON.
    pub(crate) json: bool,
    /// The world.
    pub(crate) ports: Ports,
    /// The clipboard of `ports`.
    pub(crate) held_clipboard: Arc<HeldClipboard>,
    vault: OnceCell<Vault>,
    opened: Notify,
}

impl Desk {
    /// Returns the vault, opening it at the first call.
    pub(crate) async fn vault(&self) -> Result<&Vault, Failure> {
        let vault = self.vault.get_or_try_init(|| self.open()).await?;
        self.opened.notify_one();
        Ok(vault)
    }

    async fn open(&self) -> Result<Vault, Failure> {
        let home = Home::resolve()?;
        home.create()?;
        start_log(&home.log);
        let vault = Vault::open(home.data, self.ports.clone(), &machine_id()).await?;
        vault.asked_by(By::Command, caller());
        Ok(vault)
    }

    /// Returns the vault and the credential that `name` means.
    pub(crate) async fn find(&self, name: &str) -> Result<(&Vault, CredentialId), Failure> {
        let vault = self.vault().await?;
        Ok((vault, vault.find(name).await?))
    }
}

/// Adds the credential's name to an error, so that its hint can be typed.
pub(crate) trait About<T> {
    /// Turns the error into a failure about the credential called `name`.
    fn about(self, name: &str) -> Result<T, Failure>;
}

impl<T> About<T> for Result<T, Error> {
    fn about(self, name: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure::about(&error, Some(name)))
    }
}

/// Runs one command to its end, or until a signal. `on_term` is the exit code after SIGTERM.
pub(crate) fn run<F>(json: bool, on_term: u8, command: impl FnOnce(Arc<Desk>) -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format!("The program could not start: {error}.")))?;
    let mut ports = fobwatch_platform::ports();
    let held_clipboard = Arc::new(HeldClipboard::default());
    ports.clipboard = held_clipboard.clone();
    let desk = Arc::new(Desk { json, ports, held_clipboard, vault: OnceCell::new(), opened: Notify::new() });
    let outcome = runtime.block_on(async {
        let outcome = tokio::select! {
            outcome = command(desk.clone()) => outcome,
            signal = signalled(on_term) => Err(Failure::silent(signal)),
            never = tell_waits(&desk) => match never {},
        };
        if let Some(vault) = desk.vault.get() {
            tokio::select! {
                () = close(vault) => {}
                // Asked twice: the journal recovers what is cut here.
                signal = signalled(on_term) => return Err(Failure::silent(signal)),
            }
        }
        outcome
    });
    // A thread that still waits for standard input must not hold up the end.
    runtime.shutdown_background();
    outcome
}

/// Waits for what is under way, and says so if that is noticed.
async fn close(vault: &Vault) {
    if tokio::time::timeout(NOTICED, vault.close()).await.is_err() {
        say("Waiting for a request that is under way, so that no token is lost. Ctrl+C ends it now.");
        vault.close().await;
    }
}

/// Says for whom the command waits, if that takes long. With `--json`, standard error is for one object.
async fn tell_waits(desk: &Desk) -> Infallible {
    desk.opened.notified().await;
    let Some(vault) = desk.vault.get().filter(|_| !desk.json) else { return std::future::pending().await };
    let mut events = vault.events();
    loop {
        match events.recv().await {
            Ok(Event::Waiting { id, holder }) => {
                let who = holder.map(|holder| format!(" ({}, process {})", holder.program, holder.pid));
                let who = who.unwrap_or_default();
                let shown = vault.show(id).await;
                let what = shown.map_or_else(|_| "this credential".to_owned(), |shown| called(&shown));
                say(&format!("Another Fobwatch process{who} is at work on {what}; waiting for it."));
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Waits for Ctrl+C or SIGTERM; returns the exit code that stands for it.
async fn signalled(on_term: u8) -> u8 {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "Ctrl+C can't be heard");
            std::future::pending::<()>().await;
        }
        INTERRUPTED
    };
    tokio::select! {
        code = interrupted => code,
        () = terminated() => on_term,
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(error) => {
            tracing::warn!(%error, "SIGTERM can't be heard");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}

/// Sends the log of our own crates to a file; libraries are left out, since theirs may hold addresses.
fn start_log(folder: &Path) {
    // An empty text would be read as "errors only".
    let said = std::env::var("FOB_LOG").unwrap_or_default();
    let level = if said.is_empty() { Ok(LevelFilter::WARN) } else { said.parse() };
    let level = level.unwrap_or(LevelFilter::WARN);
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(folder.join("fob.log")) {
        Ok(file) => {
            let ours = Targets::new().with_target("fob", level);
            let to_file = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Arc::new(file));
            // There is one desk in a process; were there two, the first log goes on.
            drop(tracing_subscriber::registry().with(to_file).with(ours).try_init());
        }
        Err(error) => say(&format!("fob: there is no log: {error}")),
    }
}
