//! Commands of the workbench: look into a pasted token, compare, make keys, sign test tokens. Nothing is stored.

use fobwatch_core::secret::Secret;
use fobwatch_core::view::{
    AddApiKeyInput, ClipboardView, ComparisonView, CredentialView, GenerateInput, IntrospectedView, KeysInput,
    MadeKeyView, MadeWhat, RevealedSecret, SignInput, SignedView, TokenSource, TokenView,
};
use fobwatch_core::{Error, key_matches};
use tauri::{AppHandle, Manager as _};

use super::{Answer, about, named, vault};
use crate::desktop::Desktop;
use crate::input;

/// Only the address in `keys` is asked for keys, and only because the person said so.
#[tauri::command]
pub(crate) async fn decode_jwt(app: AppHandle, token: Secret, keys: KeysInput) -> Answer<TokenView> {
    input::keys(&keys)?;
    // The core says itself of a token that it is too long; what is far beyond does not get there.
    input::pasted(&token)?;
    Ok(vault(&app).await?.decode(&token, &keys).await)
}

/// Checks the token of a login with keys that the person gives.
#[tauri::command]
pub(crate) async fn check_token(app: AppHandle, id: String, keys: KeysInput) -> Answer<TokenView> {
    input::keys(&keys)?;
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.check_token(id, &keys).await).await
}

#[tauri::command]
pub(crate) async fn introspect(app: AppHandle, id: String) -> Answer<IntrospectedView> {
    let (vault, id) = about(&app, &id).await?;
    named(&vault, id, vault.introspect_lines(id).await).await
}

#[tauri::command]
pub(crate) async fn compare_tokens(app: AppHandle, first: TokenSource, second: TokenSource) -> Answer<ComparisonView> {
    for source in [&first, &second] {
        match source {
            TokenSource::Text { text } => input::pasted(text)?,
            TokenSource::Login { id } => drop(input::id(id)?),
        }
    }
    Ok(vault(&app).await?.compare_tokens(&first, &second).await?)
}

#[tauri::command]
pub(crate) async fn generate_key(app: AppHandle, input: GenerateInput) -> Answer<MadeKeyView> {
    input::line("prefix", &input.prefix)?;
    vault(&app).await?;
    Ok(app.state::<Desktop>().workbench.generate(&input)?)
}

/// Compared in constant time; neither is kept.
#[tauri::command]
pub(crate) async fn verify_key(app: AppHandle, key: Secret, hash: String) -> Answer<bool> {
    input::secret("key", &key)?;
    input::line("hash", &hash)?;
    vault(&app).await?;
    Ok(key_matches(&key, &hash)?)
}

#[tauri::command]
pub(crate) async fn sign_test_jwt(app: AppHandle, input: SignInput) -> Answer<SignedView> {
    input::sign(&input)?;
    let vault = vault(&app).await?;
    let bench = &app.state::<Desktop>().workbench;
    let signed = bench.sign(&input);
    // Locked while the key was made, which takes a while for RSA: what was made before the lock is forgotten already.
    if vault.is_locked() {
        bench.forget();
        return Err(Error::Locked.into());
    }
    Ok(signed)
}

/// Beside `reveal` the one command that answers with a value: one that was just made, once.
#[tauri::command]
pub(crate) async fn reveal_made(app: AppHandle, what: MadeWhat) -> Answer<RevealedSecret> {
    let vault = vault(&app).await?;
    Ok(app.state::<Desktop>().workbench.reveal(&vault, what).await?)
}

#[tauri::command]
pub(crate) async fn copy_made(app: AppHandle, what: MadeWhat) -> Answer<ClipboardView> {
    let vault = vault(&app).await?;
    Ok(app.state::<Desktop>().workbench.copy(&vault, what).await?)
}

/// The value that is stored never was in the window.
#[tauri::command]
pub(crate) async fn store_made_key(app: AppHandle, input: AddApiKeyInput) -> Answer<CredentialView> {
    input::api_key(&input)?;
    let vault = vault(&app).await?;
    Ok(app.state::<Desktop>().workbench.store(&vault, input).await?)
}

#[tauri::command]
pub(crate) async fn forget_made(app: AppHandle) -> Answer<()> {
    // Before the lock is looked at: what is forgotten gives nothing away.
    app.state::<Desktop>().workbench.forget();
    vault(&app).await.map(drop)
}
