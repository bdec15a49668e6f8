//! Commands about credentials: list, look, copy, change, remove.

use fobwatch_core::activity::By;
use fobwatch_core::narrower::Narrower;
use fobwatch_core::quick_copy::Format;
use fobwatch_core::refresh::Ask;
use fobwatch_core::secret::Secret;
use fobwatch_core::view::{
    AddApiKeyInput, ClipboardView, CredentialView, ExpiriesInput, ExpiriesView, FoundRowView, HistoryView, ListInput,
    ListView, RemovedView, RevealedSecret, RevokedView, TokenView,
};

use super::{Answer, about, named, vault};
use crate::host::Host;
use crate::input;

/// How many uses of a credential its history shows.
const HISTORY: u32 = 500;

pub(crate) async fn list(host: Host, input: ListInput) -> Answer<ListView> {
    input::list(&input)?;
    Ok(vault(&host).await?.list(&input).await?)
}

/// The ids at these places of an order that `list` named.
pub(crate) async fn listed(host: Host, order: u64, from: usize, to: usize) -> Answer<Vec<String>> {
    Ok(vault(&host).await?.listed(order, from, to).await)
}

/// The next row whose name begins with what was typed.
pub(crate) async fn next_named(host: Host, order: u64, typed: String, after: usize) -> Answer<Option<FoundRowView>> {
    input::line("typed", &typed)?;
    Ok(vault(&host).await?.next_named(order, &typed, after).await)
}

pub(crate) async fn credential(host: Host, id: String) -> Answer<CredentialView> {
    let (vault, id) = about(&host, &id).await?;
    Ok(vault.show(id).await?)
}

pub(crate) async fn history(host: Host, id: String) -> Answer<HistoryView> {
    let (vault, id) = about(&host, &id).await?;
    Ok(vault.history(id, HISTORY).await?)
}

/// What ends when, for one range of time.
pub(crate) async fn expiries(host: Host, input: ExpiriesInput) -> Answer<ExpiriesView> {
    input::expiries(&input)?;
    Ok(vault(&host).await?.expiries(&input).await?)
}

pub(crate) async fn token(host: Host, id: String, recheck: bool) -> Answer<TokenView> {
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.token(id, recheck).await).await
}

/// The value goes to the clipboard from here; the window never has it.
pub(crate) async fn copy(host: Host, id: String, format: String) -> Answer<ClipboardView> {
    let (vault, id) = about(&host, &id).await?;
    let format: Format = format.parse()?;
    named(&vault, id, vault.copy(id, format, By::Window).await).await
}

/// As [`copy`], for one program to paste once.
pub(crate) async fn copy_once(host: Host, id: String, format: String) -> Answer<ClipboardView> {
    let (vault, id) = about(&host, &id).await?;
    let format: Format = format.parse()?;
    named(&vault, id, vault.copy_once(id, format, By::Window).await).await
}

/// As [`copy`], of a narrower token that the provider gives in exchange.
pub(crate) async fn copy_narrower(
    host: Host,
    id: String,
    audience: Option<String>,
    resource: Option<String>,
    scopes: Vec<String>,
) -> Answer<ClipboardView> {
    let wanted = Narrower { audience, resource, scopes };
    input::narrower(&wanted)?;
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.copy_narrower(id, &wanted).await).await
}

/// The one command that answers with a stored value: the person asked to see it.
pub(crate) async fn reveal(host: Host, id: String) -> Answer<RevealedSecret> {
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.reveal(id).await).await
}

pub(crate) async fn refresh(host: Host, id: String) -> Answer<CredentialView> {
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.refresh(id, Ask::Now).await).await?;
    Ok(vault.show(id).await?)
}

pub(crate) async fn add_api_key(host: Host, input: AddApiKeyInput) -> Answer<CredentialView> {
    input::api_key(&input)?;
    Ok(vault(&host).await?.add_api_key(input).await?)
}

pub(crate) async fn rotate_api_key(host: Host, id: String, value: Secret, revoked: bool) -> Answer<CredentialView> {
    input::secret("key", &value)?;
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.rotate_api_key(id, value, revoked).await).await
}

pub(crate) async fn revoke(host: Host, id: String) -> Answer<RevokedView> {
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.revoke(id).await).await
}

/// Removes the client that Fobwatch registered for a login, if it did; `false` when the provider did not confirm it.
pub(crate) async fn unregister(host: Host, id: String) -> Answer<Option<bool>> {
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.remove_registered_client(id).await).await
}

pub(crate) async fn remove(host: Host, id: String) -> Answer<RemovedView> {
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.remove(id).await).await
}

pub(crate) async fn undo_remove(host: Host, id: String) -> Answer<CredentialView> {
    let (vault, id) = about(&host, &id).await?;
    Ok(vault.undo_remove(id).await?)
}
