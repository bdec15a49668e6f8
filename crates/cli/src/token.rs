//! `fob token`, `fob copy` and `fob refresh`: a fresh value where it is needed.

use std::time::Duration;

use fobwatch_core::Vault;
use fobwatch_core::activity::By;
use fobwatch_core::credential::CredentialId;
use fobwatch_core::narrower::Narrower;
use fobwatch_core::quick_copy::Format;
use fobwatch_core::refresh::{Ask, Renewal};
use serde_json::json;

use crate::args::{Copy, Refresh, Token, TokenShape};
use crate::desk::{About as _, Desk};
use crate::failure::{Failure, REFUSED};
use crate::format::{called, span};
use crate::output::{answer, answer_json, answer_secret, say};

/// Prints a fresh value.
pub(crate) async fn token(args: &Token, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(&args.name).await?;
    let (format, as_json) = match args.shape {
        TokenShape::Raw => (Format::Raw, desk.json),
        TokenShape::Header => (Format::Header, desk.json),
        TokenShape::Env => (Format::Env, desk.json),
        TokenShape::Curl => (Format::Curl, desk.json),
        TokenShape::Json => (Format::Raw, true),
        TokenShape::DpopProof => return proof(args, desk, vault, id).await,
    };
    let wanted =
        Narrower { audience: args.audience.clone(), resource: args.resource.clone(), scopes: args.scopes.clone() };
    if wanted != Narrower::default() {
        return narrower(args, vault, id, &wanted, if as_json { None } else { Some(format) }).await;
    }
    let token = vault.hand_out(id, args.min_validity, format, By::Command).await.about(&args.name)?;
    if as_json {
        // Exposed because the program that called asked for the value.
        return answer_json(&json!({ "token": token.value.expose(), "expires_at": token.expires_at }));
    }
    Ok(answer_secret(&token.value)?)
}

/// Prints a proof for one request that a bound token goes with.
async fn proof(args: &Token, desk: &Desk, vault: &Vault, id: CredentialId) -> Result<(), Failure> {
    let url = args.url.as_deref().unwrap_or_default();
    let proof = vault.dpop_proof(id, &args.method, url, args.nonce.as_deref()).await.about(&args.name)?;
    if desk.json { answer_json(&json!({ "proof": proof })) } else { Ok(answer(&proof)?) }
}

/// Prints a token that was got in exchange, and that is stored nowhere; without a format, as JSON.
async fn narrower(
    args: &Token,
    vault: &Vault,
    id: CredentialId,
    wanted: &Narrower,
    format: Option<Format>,
) -> Result<(), Failure> {
    let token = vault.narrower_token(id, wanted, format.unwrap_or(Format::Raw)).await.about(&args.name)?;
    match format {
        None => {
            // Exposed because the program that called asked for the value.
            let value = token.value.expose();
            answer_json(&json!({ "token": value, "expires_at": token.expires_at, "scopes": token.scopes }))
        }
        Some(Format::Header | Format::Env | Format::Curl) if !token.bearer => Err(Failure::new(
            REFUSED,
            "not_a_bearer_token",
            "The provider gave a token that is not sent as a Bearer token.",
            "Use --as raw, and send it the way its service wants it.",
        )),
        Some(_) => Ok(answer_secret(&token.value)?),
    }
}

/// Copies a fresh value. A process of its own serves it from here on.
pub(crate) async fn copy(args: &Copy, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(&args.name).await?;
    desk.held_clipboard.serve_for(vault.settings().await?.clear_clipboard_seconds);
    let format = args.shape.into();
    let copied = if args.once {
        vault.copy_once(id, format, By::Command).await.about(&args.name)?
    } else {
        vault.copy(id, format, By::Command).await.about(&args.name)?
    };
    if desk.json {
        return answer_json(&copied);
    }
    say(&match copied.for_seconds {
        0 if args.once => "Copied for one paste, and gone then.".to_owned(),
        seconds if args.once => {
            format!("Copied for one paste, and gone then. If nobody pastes, it is cleared in {seconds} seconds.")
        }
        0 => "Copied. It stays until something else is copied.".to_owned(),
        seconds => format!("Copied. It is cleared in {seconds} seconds."),
    });
    Ok(())
}

/// A token that lasts no longer than this is due, as for the scheduler at most; of a short one, its last third is.
const DUE: Duration = Duration::from_mins(5);

/// Renews a login, if it is due or forced.
pub(crate) async fn refresh(args: &Refresh, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(&args.name).await?;
    let ask = if args.force { Ask::Now } else { Ask::Lasting(DUE) };
    let renewal = vault.refresh(id, ask).await.about(&args.name)?;
    let credential = vault.show(id).await?;
    if desk.json {
        return answer_json(&credential);
    }
    let left = credential.access_token_expires_at.map(|end| end.duration_since(desk.ports.clock.now()));
    let lasts = left.map(|left| format!(" The token lasts {}.", span(left))).unwrap_or_default();
    say(&match renewal {
        Renewal::Renewed => format!("Renewed {}.{lasts}", called(&credential)),
        Renewal::StillFresh => format!("{} is still fresh.{lasts}", called(&credential)),
    });
    if let Some(error) = vault.keychain().await?.error.filter(|_| credential.unsaved) {
        say(&format!("{} {}", error.message, error.hint));
    }
    Ok(())
}
