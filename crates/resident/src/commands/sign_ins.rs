//! Commands about sign-ins. The ids of sign-ins are not those of credentials.

use std::sync::Arc;

use fobwatch_core::Vault;
use fobwatch_core::view::{CredentialView, DiscoveryView, LoginInput, LoginView, ProviderView};

use super::{Answer, about, named, vault};
use crate::host::Host;
use crate::logins::Asked;
use crate::{input, news};

pub(crate) async fn providers(host: Host) -> Answer<Vec<ProviderView>> {
    Ok(vault(&host).await?.providers())
}

pub(crate) async fn discover(host: Host, issuer: String) -> Answer<DiscoveryView> {
    input::line("issuer", &issuer)?;
    Ok(vault(&host).await?.discover(&issuer).await?)
}

pub(crate) async fn start_login(host: Host, input: LoginInput, device: bool) -> Answer<LoginView> {
    input::login(&input)?;
    Ok(begin(&host, vault(&host).await?, Asked { input, again: None, device, accept_new_endpoints: false }))
}

pub(crate) async fn sign_in_again(host: Host, id: String, accept_new_endpoints: bool) -> Answer<LoginView> {
    let (vault, id) = about(&host, &id).await?;
    let input = named(&vault, id, vault.login_again(id).await).await?;
    let device = named(&vault, id, vault.signs_in_by_device(id).await).await?;
    Ok(begin(&host, vault, Asked { input, again: Some(id), device, accept_new_endpoints }))
}

/// A client that gets tokens for itself needs nobody's approval: it is stored, or refused, at once.
pub(crate) async fn add_client(host: Host, input: LoginInput) -> Answer<CredentialView> {
    input::login(&input)?;
    Ok(vault(&host).await?.add_client(input).await?)
}

fn begin(host: &Host, vault: Vault, asked: Asked) -> LoginView {
    let window = host.clone();
    let hear = Arc::new(move |view: &LoginView| news::login_changed(&window, view));
    host.logins.begin(vault, asked, host.clock().now(), hear)
}

pub(crate) async fn cancel_login(host: Host, id: String) -> Answer<()> {
    vault(&host).await?;
    host.logins.cancel(&id).await;
    Ok(())
}

pub(crate) async fn open_login_again(host: Host, id: String) -> Answer<()> {
    let vault = vault(&host).await?;
    let page = host.logins.page(&id)?;
    Ok(vault.open_authorize_page(&page).await?)
}

pub(crate) async fn copy_login_link(host: Host, id: String) -> Answer<()> {
    let vault = vault(&host).await?;
    let page = host.logins.page(&id)?;
    Ok(vault.copy_text(page.as_str()).await?)
}

/// The text is made here, from what this program noted itself: the page has no part in what is copied.
pub(crate) async fn copy_login_report(host: Host, id: String) -> Answer<()> {
    let vault = vault(&host).await?;
    let report = host.logins.report(&id)?;
    Ok(vault.copy_text(&report).await?)
}
