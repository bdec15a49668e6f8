//! Whether anybody shows tray icons on this desktop.
//!
//! On Linux an icon may be registered with nobody (GNOME without an extension): a window that hides into such a
//! tray would be lost.

/// Tells whether the desktop shows tray icons now.
#[cfg(target_os = "linux")]
pub(crate) async fn is_there() -> bool {
    let asked = tokio::time::timeout(std::time::Duration::from_secs(2), ask()).await;
    matches!(asked, Ok(Ok(true)))
}

#[cfg(target_os = "linux")]
async fn ask() -> zbus::Result<bool> {
    let bus = zbus::Connection::session().await?;
    let watcher = "org.kde.StatusNotifierWatcher";
    let arguments = (watcher, "IsStatusNotifierHostRegistered");
    let properties = Some("org.freedesktop.DBus.Properties");
    let answer = bus.call_method(Some(watcher), "/StatusNotifierWatcher", properties, "Get", &arguments).await?;
    let value: zbus::zvariant::OwnedValue = answer.body().deserialize()?;
    Ok(bool::try_from(value)?)
}

/// Tells whether the desktop shows tray icons: Windows and macOS always do.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn is_there() -> bool {
    true
}
