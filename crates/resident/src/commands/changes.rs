//! Commands by which a person changes one or several credentials.

use fobwatch_core::activity::By;
use fobwatch_core::credential::Environment;
use fobwatch_core::view::{AddJwtInput, ChangeInput, CredentialView, UserView};

use super::{Answer, about, named, vault};
use crate::host::Host;
use crate::input;

pub(crate) async fn move_to(host: Host, ids: Vec<String>, environment: Environment) -> Answer<()> {
    let ids = input::ids(&ids)?;
    Ok(vault(&host).await?.move_to(&ids, environment).await?)
}

/// `by` is a span (`90d`), a date, or none.
pub(crate) async fn set_rotate_by(host: Host, ids: Vec<String>, by: Option<String>) -> Answer<()> {
    let ids = input::ids(&ids)?;
    input::line("rotate_by", by.as_deref().unwrap_or_default())?;
    Ok(vault(&host).await?.set_rotate_by(&ids, by.as_deref()).await?)
}

pub(crate) async fn pause_refreshing(host: Host, ids: Vec<String>, on: bool) -> Answer<()> {
    let ids = input::ids(&ids)?;
    Ok(vault(&host).await?.pause_refreshing(&ids, on).await?)
}

pub(crate) async fn let_expire(host: Host, id: String, on: bool) -> Answer<()> {
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.let_expire(id, on).await).await
}

pub(crate) async fn pin(host: Host, id: String, on: bool) -> Answer<()> {
    let (vault, id) = about(&host, &id).await?;
    Ok(vault.pin(id, on).await?)
}

pub(crate) async fn change(host: Host, id: String, change: ChangeInput) -> Answer<CredentialView> {
    input::change(&change)?;
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.change(id, &change).await).await
}

pub(crate) async fn resume_all(host: Host) -> Answer<()> {
    Ok(vault(&host).await?.resume_all(By::Window).await?)
}

pub(crate) async fn add_jwt(host: Host, input: AddJwtInput) -> Answer<CredentialView> {
    input::jwt(&input)?;
    Ok(vault(&host).await?.add_jwt(input).await?)
}

/// Who used a credential.
pub(crate) async fn uses(host: Host, id: String) -> Answer<Vec<UserView>> {
    let (vault, id) = about(&host, &id).await?;
    Ok(vault.uses(id).await?)
}
