//! Commands about what surrounds the vault: keychain, clipboard, browser, the program itself.

use fobwatch_core::view::{ClipboardView, HotKeyState, KeychainView, NoticeView};
use serde::Serialize;

use super::{Answer, about, named, vault};
use crate::host::Host;
use crate::input;

/// Where the window runs, and what people there call the place for secrets.
#[derive(Serialize)]
pub(crate) struct PlatformView {
    os: &'static str,
    keychain: &'static str,
}

pub(crate) async fn platform(_: Host) -> Answer<PlatformView> {
    Ok(match std::env::consts::OS {
        "macos" => PlatformView { os: "macos", keychain: "keychain" },
        "windows" => PlatformView { os: "windows", keychain: "Credential Manager" },
        _ => PlatformView { os: "linux", keychain: "keyring" },
    })
}

/// How the keys that bring the palette up stand.
pub(crate) async fn hot_key(host: Host) -> Answer<HotKeyState> {
    vault(&host).await?;
    Ok(host.hot_key())
}

pub(crate) async fn keychain(host: Host) -> Answer<KeychainView> {
    Ok(vault(&host).await?.keychain().await?)
}

pub(crate) async fn unlock_keychain(host: Host) -> Answer<KeychainView> {
    Ok(vault(&host).await?.unlock_keychain().await?)
}

/// What goes wrong for several credentials at once.
pub(crate) async fn notice(host: Host) -> Answer<Option<NoticeView>> {
    Ok(vault(&host).await?.notice().await?)
}

pub(crate) async fn check_clocks(host: Host) -> Answer<()> {
    Ok(vault(&host).await?.check_clocks().await?)
}

pub(crate) async fn clipboard(host: Host) -> Answer<Option<ClipboardView>> {
    Ok(vault(&host).await?.clipboard())
}

pub(crate) async fn clear_clipboard(host: Host) -> Answer<()> {
    vault(&host).await?.clear_clipboard().await;
    Ok(())
}

pub(crate) async fn copy_text(host: Host, text: String) -> Answer<()> {
    Ok(vault(&host).await?.copy_text(&text).await?)
}

pub(crate) async fn open_page(host: Host, id: String) -> Answer<()> {
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.open_provider_page(id).await).await
}

pub(crate) async fn open_sign_out(host: Host, id: String) -> Answer<()> {
    let (vault, id) = about(&host, &id).await?;
    // The address is for the browser only.
    named(&vault, id, vault.open_sign_out(id).await.map(drop)).await
}

pub(crate) async fn open_clients_page(host: Host, provider: String) -> Answer<()> {
    input::line("provider", &provider)?;
    Ok(vault(&host).await?.open_clients_page(&provider).await?)
}

/// The page hears from now on what it is told.
pub(crate) async fn listens(host: Host) -> Answer<()> {
    host.page_listens();
    #[cfg(target_os = "linux")]
    drop(crate::own(crate::linux::no_tray::tell(host)));
    Ok(())
}

pub(crate) async fn quit(host: Host) -> Answer<()> {
    crate::quit::quit_asked(&host);
    Ok(())
}

/// The page says whether it holds the person back with a question.
pub(crate) async fn may_leave(host: Host, holds: bool) -> Answer<()> {
    vault(&host).await?;
    host.leaving.answered(holds);
    Ok(())
}

/// The person answered the page's question: what was typed is to go.
pub(crate) async fn leave(host: Host, quits: bool) -> Answer<()> {
    vault(&host).await?;
    if quits {
        crate::quit::quit(&host);
    } else {
        crate::quit::close(&host);
    }
    Ok(())
}
