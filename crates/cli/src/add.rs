//! `fob add` and `fob rotate`: keys and clients on their way in.

use fobwatch_core::credential::Kind;
use fobwatch_core::view::{AddApiKeyInput, AddJwtInput, LoginInput};

use crate::args::{AddClient, AddJwt, AddKey, Rotate};
use crate::desk::{About as _, Desk};
use crate::failure::Failure;
use crate::format::{called, span};
use crate::input::{first_line, is_terminal, key_file, secret};
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

/// Stores a token that somebody else issued.
pub(crate) async fn jwt(args: AddJwt, desk: &Desk) -> Result<(), Failure> {
    let (value, shared_secret) = if args.secret {
        let (token, shared) = first_line("Token: ").await?;
        match shared {
            Some(shared) => (token, Some(shared)),
            None if is_terminal() => (token, Some(secret("Shared secret: ").await?)),
            None => {
                return Err(Failure::usage("There is no secret.", "Put it on the second line of standard input."));
            }
        }
    } else {
        (secret("Token: ").await?, None)
    };
    let input = AddJwtInput {
        name: args.name.clone(),
        account: args.account,
        environment: args.env.into(),
        tags: args.tags,
        note: args.note,
        header: args.header,
        issuer: args.issuer,
        jwks: args.jwks,
        value,
        shared_secret,
        allow_twin: args.allow_twin,
    };
    let stored = desk.vault().await?.add_jwt(input).await.about(&args.name)?;
    if desk.json {
        return answer_json(&stored);
    }
    let left = stored.access_token_expires_at.map(|end| end.duration_since(desk.ports.clock.now()));
    let lasts =
        left.map_or_else(|| "it does not say when it ends".to_owned(), |left| format!("it lasts {}", span(left)));
    say(&format!("Stored {}; {lasts}, and nobody here renews it.", called(&stored)));
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
    if !args.old_revoked && stored.kind == Kind::ApiKey {
        let page = stored.provider_page.map(|page| format!(" at {page}")).unwrap_or_default();
        say(&format!("Revoke the old key{page}; Fobwatch can't do that."));
    }
    Ok(())
}
