//! Commands about sign-ins. The ids of sign-ins are not those of credentials.

use std::sync::Arc;

use fobwatch_core::Vault;
use fobwatch_core::view::{CredentialView, DiscoveryView, LoginInput, LoginView, ProviderView};
use tauri::{AppHandle, Manager as _};

use super::{Answer, about, named, vault};
use crate::desktop::Desktop;
use crate::logins::Asked;
use crate::{input, news};

#[tauri::command]
pub(crate) async fn providers(app: AppHandle) -> Answer<Vec<ProviderView>> {
    Ok(vault(&app).await?.providers())
}

#[tauri::command]
pub(crate) async fn discover(app: AppHandle, issuer: String) -> Answer<DiscoveryView> {
    input::line("issuer", &issuer)?;
    Ok(vault(&app).await?.discover(&issuer).await?)
}

#[tauri::command]
pub(crate) async fn start_login(app: AppHandle, input: LoginInput, device: bool) -> Answer<LoginView> {
    input::login(&input)?;
    Ok(begin(&app, vault(&app).await?, Asked { input, again: None, device, accept_new_endpoints: false }))
}

#[tauri::command]
pub(crate) async fn sign_in_again(app: AppHandle, id: String, accept_new_endpoints: bool) -> Answer<LoginView> {
    let (vault, id) = about(&app, &id).await?;
    let input = named(&vault, id, vault.login_again(id).await).await?;
    let device = named(&vault, id, vault.signs_in_by_device(id).await).await?;
    Ok(begin(&app, vault, Asked { input, again: Some(id), device, accept_new_endpoints }))
}

/// A client that gets tokens for itself needs nobody's approval: it is stored, or refused, at once.
#[tauri::command]
pub(crate) async fn add_client(app: AppHandle, input: LoginInput) -> Answer<CredentialView> {
    input::login(&input)?;
    Ok(vault(&app).await?.add_client(input).await?)
}

fn begin(app: &AppHandle, vault: Vault, asked: Asked) -> LoginView {
    let desktop = app.state::<Desktop>();
    let window = app.clone();
    let hear = Arc::new(move |view: &LoginView| news::login_changed(&window, view));
    desktop.logins.begin(vault, asked, desktop.clock().now(), hear)
}

#[tauri::command]
pub(crate) async fn cancel_login(app: AppHandle, id: String) -> Answer<()> {
    vault(&app).await?;
    app.state::<Desktop>().logins.cancel(&id).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn open_login_again(app: AppHandle, id: String) -> Answer<()> {
    let vault = vault(&app).await?;
    let page = app.state::<Desktop>().logins.page(&id)?;
    Ok(vault.open_authorize_page(&page).await?)
}

#[tauri::command]
pub(crate) async fn copy_login_link(app: AppHandle, id: String) -> Answer<()> {
    let vault = vault(&app).await?;
    let page = app.state::<Desktop>().logins.page(&id)?;
    Ok(vault.copy_text(page.as_str()).await?)
}

/// The text is made here, from what this program noted itself: the page has no part in what is copied.
#[tauri::command]
pub(crate) async fn copy_login_report(app: AppHandle, id: String) -> Answer<()> {
    let vault = vault(&app).await?;
    let report = app.state::<Desktop>().logins.report(&id)?;
    Ok(vault.copy_text(&report).await?)
}
