//! `fob set`: changes that touch no secret.

use fobwatch_core::credential::CredentialId;
use fobwatch_core::view::ChangeInput;
use fobwatch_core::{Error, Vault};

use crate::args::Set;
use crate::desk::{About as _, Desk};
use crate::failure::Failure;
use crate::format::called;
use crate::output::{answer_json, say};

/// Changes a credential as the options say.
pub(crate) async fn set(args: &Set, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(&args.name).await?;
    apply(vault, id, args).await.about(&args.name)?;
    let shown = vault.show(id).await?;
    if desk.json {
        return answer_json(&shown);
    }
    say(&format!("Changed {}.", called(&shown)));
    Ok(())
}

async fn apply(vault: &Vault, id: CredentialId, args: &Set) -> Result<(), Error> {
    // What may be refused for its words goes first.
    vault.change(id, &words(args)).await?;
    if let Some(by) = &args.rotate_by {
        vault.set_rotate_by(&[id], Some(by)).await?;
    }
    if args.pause || args.resume {
        vault.pause_refreshing(&[id], args.pause).await?;
    }
    if let Some(env) = args.env {
        vault.move_to(&[id], env.into()).await?;
    }
    if args.let_expire || args.watch {
        vault.let_expire(id, args.let_expire).await?;
    }
    if args.pin || args.unpin {
        vault.pin(id, args.pin).await?;
    }
    Ok(())
}

fn words(args: &Set) -> ChangeInput {
    let tags: Vec<String> = args.tags.iter().filter(|tag| !tag.is_empty()).cloned().collect();
    ChangeInput {
        name: args.rename.clone(),
        account: args.account.clone(),
        tags: (!args.tags.is_empty()).then_some(tags),
        note: args.note.clone(),
        header: args.header.clone(),
        env_name: args.variable.clone(),
        lead_seconds: args.lead.map(|lead| u32::try_from(lead.as_secs()).unwrap_or(u32::MAX)),
        templates: None,
    }
}
