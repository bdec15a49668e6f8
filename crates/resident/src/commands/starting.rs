//! Commands about when the program starts.

use serde::Serialize;

use super::{Answer, vault};
use crate::host::Host;

/// Whether the program starts with the session.
#[derive(Serialize)]
pub(crate) struct AutostartView {
    /// Whether it can be switched here.
    available: bool,
    on: bool,
}

pub(crate) async fn autostart(host: Host) -> Answer<AutostartView> {
    vault(&host).await?;
    look()
}

pub(crate) async fn set_autostart(host: Host, on: bool) -> Answer<AutostartView> {
    vault(&host).await?;
    #[cfg(target_os = "linux")]
    crate::autostart::set(on).map_err(|error| failed(&error))?;
    #[cfg(not(target_os = "linux"))]
    let _: bool = on;
    look()
}

#[cfg(target_os = "linux")]
fn look() -> Answer<AutostartView> {
    Ok(AutostartView { available: true, on: crate::autostart::is_on().map_err(|error| failed(&error))? })
}

/// Elsewhere the system's own settings list what starts with a session; we add nothing there.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "on Linux it may fail")]
fn look() -> Answer<AutostartView> {
    Ok(AutostartView { available: false, on: false })
}

#[cfg(target_os = "linux")]
fn failed(error: &std::io::Error) -> super::Refusal {
    let why = match error.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            "the autostart folder can't be written".to_owned()
        }
        _ => error.to_string(),
    };
    fobwatch_core::Error::Invalid { field: "open_at_login", why }.into()
}
