//! `fob add` and `fob rotate`: keys and clients on their way in.

use fobwatch_core::view::{AddApiKeyInput, LoginInput};

use crate::args::{AddClient, AddKey, Rotate};
use crate::desk::{About as _, Desk};
use crate::failure::Failure;
use crate::format::{called, span};
use crate::input::{key_file, secret};
use crate::output::{answer_json, say};

/// Stores a new API key.
pub(crate) async fn key(args: AddKey, desk: &Desk) -> Result<(), Failure> {
    let value = secret("Key: ").await?;
    let input = AddApiKeyInput {
        name: args.name.clone(),
        provider: args.provider,
        account: args.account,
        environment: args.env.into(),
        tags: args.tags,
        header: args.header,
        rotate_by: args.rotate_by,
        note: args.note,
        value,
        allow_twin: args.allow_twin,
    };
    let stored = desk.vault().await?.add_api_key(input).await.about(&args.name)?;
    if desk.json {
        return answer_json(&stored);
    }
    say(&format!("Stored {}; the value is in the {}.", called(&stored), stored.keychain));
    Ok(())
}

/// Stores a client that gets tokens for itself, and its first token.
pub(crate) async fn client(args: AddClient, desk: &Desk) -> Result<(), Failure> {
    let proof = match &args.client.client_key {
        Some(file) => key_file(file).await?,
        None => secret("Client secret: ").await?,
    };
    let input = LoginInput {
        name: args.name.clone(),
        issuer: args.issuer,
        token_endpoint: args.token_endpoint,
        client_id: Some(args.client_id),
        client_secret: Some(proof),
        client_key_id: args.client.key_id,
        scopes: args.client.scopes,
        audience: args.client.audience,
        resources: args.client.resources,
        environment: args.env.into(),
        ..LoginInput::default()
    };
    let stored = desk.vault().await?.add_client(input).await.about(&args.name)?;
    if desk.json {
        return answer_json(&stored);
    }
    let left = stored.access_token_expires_at.map(|end| end.duration_since(desk.ports.clock.now()));
    let lasts = left.map(|left| format!(" Its token lasts {} and is renewed.", span(left))).unwrap_or_default();
    say(&format!("Stored {}.{lasts}", called(&stored)));
    Ok(())
}

/// Replaces the value of an API key.
pub(crate) async fn rotate(args: &Rotate, desk: &Desk) -> Result<(), Failure> {
    // Before a person types a key that would have no place.
    let (vault, id) = desk.find(&args.name).await?;
    let value = secret("New key: ").await?;
    let stored = vault.rotate_api_key(id, value, args.old_revoked).await.about(&args.name)?;
    if desk.json {
        return answer_json(&stored);
    }
    say(&format!("Rotated {}: this is version {}.", called(&stored), stored.versions.len()));
    if !args.old_revoked {
        let page = stored.provider_page.map(|page| format!(" at {page}")).unwrap_or_default();
        say(&format!("Revoke the old key{page}; Fobwatch can't do that."));
    }
    Ok(())
}
