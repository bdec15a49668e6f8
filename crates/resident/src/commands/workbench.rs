//! Commands of the workbench: look into a pasted token, compare, make keys, sign test tokens. Nothing is stored.

use fobwatch_core::secret::Secret;
use fobwatch_core::view::{
    AddApiKeyInput, ClipboardView, ComparisonView, CredentialView, GenerateInput, IntrospectedView, KeysInput,
    MadeKeyView, MadeWhat, RevealedSecret, SignInput, SignedView, TokenSource, TokenView,
};
use fobwatch_core::{Error, key_matches};

use super::{Answer, about, named, vault};
use crate::host::Host;
use crate::input;

/// Only the address in `keys` is asked for keys, and only because the person said so.
pub(crate) async fn decode_jwt(host: Host, token: Secret, keys: KeysInput) -> Answer<TokenView> {
    input::keys(&keys)?;
    // The core says itself of a token that it is too long; what is far beyond does not get there.
    input::pasted(&token)?;
    Ok(vault(&host).await?.decode(&token, &keys).await)
}

/// Checks the token of a login with keys that the person gives.
pub(crate) async fn check_token(host: Host, id: String, keys: KeysInput) -> Answer<TokenView> {
    input::keys(&keys)?;
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.check_token(id, &keys).await).await
}

pub(crate) async fn introspect(host: Host, id: String) -> Answer<IntrospectedView> {
    let (vault, id) = about(&host, &id).await?;
    named(&vault, id, vault.introspect_lines(id).await).await
}

pub(crate) async fn compare_tokens(host: Host, first: TokenSource, second: TokenSource) -> Answer<ComparisonView> {
    for source in [&first, &second] {
        match source {
            TokenSource::Text { text } => input::pasted(text)?,
            TokenSource::Login { id } => drop(input::id(id)?),
        }
    }
    Ok(vault(&host).await?.compare_tokens(&first, &second).await?)
}

pub(crate) async fn generate_key(host: Host, input: GenerateInput) -> Answer<MadeKeyView> {
    input::line("prefix", &input.prefix)?;
    vault(&host).await?;
    Ok(host.workbench.generate(&input)?)
}

/// Compared in constant time; neither is kept.
pub(crate) async fn verify_key(host: Host, key: Secret, hash: String) -> Answer<bool> {
    input::secret("key", &key)?;
    input::line("hash", &hash)?;
    vault(&host).await?;
    Ok(key_matches(&key, &hash)?)
}

pub(crate) async fn sign_test_jwt(host: Host, input: SignInput) -> Answer<SignedView> {
    input::sign(&input)?;
    let vault = vault(&host).await?;
    let bench = &host.workbench;
    let signed = bench.sign(&input);
    // Locked while the key was made, which takes a while for RSA: what was made before the lock is forgotten already.
    if vault.is_locked() {
        bench.forget();
        return Err(Error::Locked.into());
    }
    Ok(signed)
}

/// Beside `reveal` the one command that answers with a value: one that was just made, once.
pub(crate) async fn reveal_made(host: Host, what: MadeWhat) -> Answer<RevealedSecret> {
    let vault = vault(&host).await?;
    Ok(host.workbench.reveal(&vault, what).await?)
}

pub(crate) async fn copy_made(host: Host, what: MadeWhat) -> Answer<ClipboardView> {
    let vault = vault(&host).await?;
    Ok(host.workbench.copy(&vault, what).await?)
}

/// The value that is stored never was in the window.
pub(crate) async fn store_made_key(host: Host, input: AddApiKeyInput) -> Answer<CredentialView> {
    input::api_key(&input)?;
    let vault = vault(&host).await?;
    Ok(host.workbench.store(&vault, input).await?)
}

pub(crate) async fn forget_made(host: Host) -> Answer<()> {
    // Before the lock is looked at: what is forgotten gives nothing away.
    host.workbench.forget();
    vault(&host).await.map(drop)
}
