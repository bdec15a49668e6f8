//! Commands about sign-ins. The ids of sign-ins are not those of credentials.

use std::sync::Arc;

use fobwatch_core::Vault;
use fobwatch_core::credential::CredentialId;
use fobwatch_core::view::{DiscoveryView, LoginInput, LoginView, ProviderView};
use tauri::{AppHandle, Manager as _};

use super::{Answer, about, named, vault};
use crate::desktop::Desktop;
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
pub(crate) async fn start_login(app: AppHandle, input: LoginInput) -> Answer<LoginView> {
    input::login(&input)?;
    Ok(begin(&app, vault(&app).await?, input, None))
}

#[tauri::command]
pub(crate) async fn sign_in_again(app: AppHandle, id: String) -> Answer<LoginView> {
    let (vault, id) = about(&app, &id).await?;
    let input = named(&vault, id, vault.login_again(id).await).await?;
    Ok(begin(&app, vault, input, Some(id)))
}

fn begin(app: &AppHandle, vault: Vault, input: LoginInput, again: Option<CredentialId>) -> LoginView {
    let desktop = app.state::<Desktop>();
    let window = app.clone();
    let hear = Arc::new(move |view: &LoginView| news::login_changed(&window, view));
    desktop.logins.begin(vault, input, again, desktop.clock().now(), hear)
}

#[tauri::command]
pub(crate) async fn cancel_login(app: AppHandle, id: String) -> Answer<()> {
    app.state::<Desktop>().logins.cancel(&id).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn open_login_again(app: AppHandle, id: String) -> Answer<()> {
    let authorize = app.state::<Desktop>().logins.authorize(&id)?;
    Ok(vault(&app).await?.open_authorize_page(&authorize).await?)
}

#[tauri::command]
pub(crate) async fn copy_login_link(app: AppHandle, id: String) -> Answer<()> {
    let authorize = app.state::<Desktop>().logins.authorize(&id)?;
    Ok(vault(&app).await?.copy_text(authorize.as_str()).await?)
}
