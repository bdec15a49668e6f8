//! The window's program. It shows pages, passes on what they ask, and holds nothing: the vault is with
//! [`fobwatch_resident`], which on Linux is another process and elsewhere lives here.

#[cfg(not(in_process))]
mod apart;
mod config_test;
#[cfg(in_process)]
mod live_menu;
#[cfg(in_process)]
mod tray;
#[cfg(all(in_process, feature = "updater"))]
mod updates;
mod window;
#[cfg(in_process)]
mod within;

#[cfg(not(in_process))]
use apart as side;
#[cfg(in_process)]
use within as side;

use std::process::ExitCode;

use tauri::ipc::{Invoke, InvokeBody};
use tauri::{RunEvent, WindowEvent, Wry};

/// Runs the program to its end.
#[must_use]
pub fn run() -> ExitCode {
    fobwatch_platform::hardening::no_core_dumps();
    let builder = match side::builder() {
        Ok(builder) => builder,
        Err(error) => {
            tracing::error!(%error, "the program could not start");
            return ExitCode::FAILURE;
        }
    };
    let app =
        builder.invoke_handler(asked).setup(|app| Ok(side::begin(app.handle())?)).build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| match event {
                RunEvent::WindowEvent { label, event: WindowEvent::CloseRequested { api, .. }, .. }
                    if label == window::MAIN =>
                {
                    api.prevent_close();
                    side::closed(app);
                }
                event => side::on_event(app, &event),
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the program could not start");
            ExitCode::FAILURE
        }
    }
}

/// Passes on what a page asks. The capability file was looked at before.
fn asked(invoke: Invoke<Wry>) -> bool {
    let Invoke { message, resolver, .. } = invoke;
    let InvokeBody::Json(arguments) = message.payload() else {
        resolver.reject("a command takes JSON");
        return true;
    };
    side::ask(&message.webview(), message.command(), arguments, resolver);
    true
}
