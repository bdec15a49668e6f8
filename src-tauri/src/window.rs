//! The main window: made in code, so that its doors can be closed.
//!
//! It shows our own pages and nothing else: every navigation elsewhere and every new window is refused (U9).

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use url::Url;

/// The label that the capability file names.
pub(crate) const MAIN: &str = "main";

/// Makes the window.
pub(crate) fn build(app: &AppHandle, hidden: bool) -> tauri::Result<()> {
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()));
    without_network(builder)
        .title("Fobwatch")
        .inner_size(1240.0, 800.0)
        .min_inner_size(480.0, 360.0)
        .visible(!hidden)
        .on_navigation(|url| {
            let ours = is_ours(url);
            if !ours {
                tracing::warn!(scheme = url.scheme(), "a page elsewhere was refused");
            }
            ours
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        // A dropped file is not for the window, and a page of its own must not come of it.
        .disable_drag_drop_handler()
        .build()
        .and_then(|window| without_compositing(&window))
}

/// Paints the page straight into its window. What composites layers on the graphics card takes 60 MiB, twice as long for
/// a frame where there is no such card, and leaves the window empty with some drivers; this page has one layer.
#[cfg(target_os = "linux")]
fn without_compositing(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// There the system composites every window (not tried here).
#[cfg(not(target_os = "linux"))]
fn without_compositing(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Takes the network from the page. The policy of the page has no word for the connections that the engine opens ahead
/// of a click, or for a preconnect hint: they go to a proxy that is not there. Our own pages and commands come by
/// schemes of the program and need no network.
#[cfg(target_os = "linux")]
fn without_network<R: tauri::Runtime, M: tauri::Manager<R>>(
    builder: WebviewWindowBuilder<'_, R, M>,
) -> WebviewWindowBuilder<'_, R, M> {
    // The port "discard" (RFC 863), which nobody serves.
    match Url::parse("http://127.0.0.1:9/") {
        Ok(nowhere) => builder.proxy_url(nowhere),
        Err(_) => builder,
    }
}

/// There the engine opens no connection of its own (not tried here).
#[cfg(not(target_os = "linux"))]
fn without_network<R: tauri::Runtime, M: tauri::Manager<R>>(
    builder: WebviewWindowBuilder<'_, R, M>,
) -> WebviewWindowBuilder<'_, R, M> {
    builder
}

/// Tells whether an address is one of our own pages.
fn is_ours(url: &Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("tauri", Some("localhost")) => cfg!(not(windows)),
        // Where the system knows no schemes of programs.
        ("http" | "https", Some("tauri.localhost")) => cfg!(windows) && url.port().is_none(),
        ("http", Some("localhost")) => cfg!(dev) && url.port() == Some(5173),
        _ => false,
    }
}

/// Brings the window up, wherever it was.
pub(crate) fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    for step in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = step {
            tracing::warn!(%error, "the window did not come up");
        }
    }
}

/// Takes the window off the screen.
pub(crate) fn hide(app: &AppHandle) {
    if let Some(Err(error)) = app.get_webview_window(MAIN).map(|window| window.hide()) {
        tracing::warn!(%error, "the window did not hide");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_goes_nowhere_but_to_its_own_pages() {
        let own = if cfg!(windows) { "http://tauri.localhost/index.html" } else { "tauri://localhost/index.html" };
        assert!(is_ours(&Url::parse(own).unwrap()));
        for elsewhere in [
            "https://evil.example/",
            "http://tauri.localhost.evil.example/",
            "https://tauri.evil.example/",
            "tauri://evil.example/",
            "tauri://localhost.evil.example/",
            "http://127.0.0.1:5173/",
            "http://localhost/",
            "http://localhost:8080/",
            "file:///etc/passwd",
            "about:blank",
            "data:text/html,x",
            "javascript:alert(1)",
            "blob:tauri://localhost/1",
            "ipc://localhost/quit",
        ] {
            assert!(!is_ours(&Url::parse(elsewhere).unwrap()), "{elsewhere}");
        }
    }
}
