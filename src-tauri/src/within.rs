//! The vault in this same process, where the tray needs the toolkit that the window needs (macOS, Windows).

use std::sync::Arc;

use fobwatch_resident::tray_menu::TrayMenu;
use fobwatch_resident::{Host, Shell, Start, answer, logging, quit};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use tauri::async_runtime::spawn;
use tauri::ipc::{InvokeResolver, InvokeResponseBody};
use tauri::{AppHandle, Builder, Emitter as _, Manager as _, RunEvent, Webview, Wry};

use crate::{tray, window};

/// Prepares the program.
#[expect(clippy::unnecessary_wraps, reason = "where the vault is elsewhere this can fail")]
pub(crate) fn builder() -> anyhow::Result<Builder<Wry>> {
    logging::start("fobwatch");
    // First of all plugins: a second start must end before it does anything.
    let builder = Builder::default().plugin(tauri_plugin_single_instance::init(|app, arguments, _folder| {
        if Start::asked(&arguments) != Start::Hidden {
            window::show(app);
        }
    }));
    #[cfg(feature = "updater")]
    let builder = builder.plugin(tauri_plugin_updater::Builder::new().build());
    Ok(builder)
}

/// Puts up window and tray while the vault opens behind them.
pub(crate) fn begin(app: &AppHandle) -> anyhow::Result<()> {
    let host = Host::new(fobwatch_platform::ports(), Arc::new(Here(app.clone())));
    app.manage(host.clone());
    let arguments: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let hidden = Start::asked(&arguments) == Start::Hidden;
    // Without a tray a hidden window could not be found again.
    let tray = tray::build(app);
    #[cfg(feature = "updater")]
    drop(spawn(crate::updates::look(app.clone())));
    drop(spawn(async move {
        quit::on_signals(&host);
        host.begin();
    }));
    Ok(window::build(app, hidden && tray)?)
}

/// Answers what a page asks.
pub(crate) fn ask(webview: &Webview, command: &str, arguments: &Value, resolver: InvokeResolver<Wry>) {
    let arguments = match to_raw_value(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return resolver.reject(error.to_string()),
    };
    let (host, command) = (webview.state::<Host>().inner().clone(), command.to_owned());
    drop(spawn(async move {
        match answer(&host, &command, &arguments).await {
            Ok(answer) => resolver.resolve(InvokeResponseBody::Json(answer.get().to_owned())),
            Err(refusal) => resolver.reject(refusal),
        }
    }));
}

/// The person closed the window.
pub(crate) fn closed(app: &AppHandle) {
    let host = app.state::<Host>().inner().clone();
    drop(spawn(async move { quit::close_asked(&host) }));
}

pub(crate) fn on_event(app: &AppHandle, event: &RunEvent) {
    match event {
        // Not by us: flights must land first.
        RunEvent::ExitRequested { api, code: None, .. } => {
            api.prevent_exit();
            let host = app.state::<Host>().inner().clone();
            drop(spawn(async move { quit::quit_asked(&host) }));
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        _ => {}
    }
}

struct Here(AppHandle);

impl Shell for Here {
    fn tell(&self, event: &str, payload: &RawValue) {
        if let Err(error) = self.0.emit_to(window::MAIN, event, payload.to_owned()) {
            tracing::warn!(%error, event, "the page was not told");
        }
    }

    fn show_window(&self) {
        window::show(&self.0);
    }

    fn close_window(&self) {
        window::hide(&self.0);
    }

    fn put_window_away(&self) {
        window::hide(&self.0);
    }

    fn keeps_page(&self) -> bool {
        true
    }

    fn show_menu(&self, menu: &TrayMenu) {
        tray::show(&self.0, menu);
    }

    fn has_tray(&self) -> bool {
        tray::is_there(&self.0)
    }

    fn end(&self) {
        self.0.exit(0);
    }
}
