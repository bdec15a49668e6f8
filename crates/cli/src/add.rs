//! `fob add key` and `fob rotate`: API keys on their way in.

use fobwatch_core::view::AddApiKeyInput;

use crate::args::{AddKey, Rotate};
use crate::desk::{About as _, Desk};
use crate::failure::Failure;
use crate::format::called;
use crate::input::secret;
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
