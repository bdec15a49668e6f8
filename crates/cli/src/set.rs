//! `fob set`: changes that touch no secret.

use fobwatch_core::view::{ChangeInput, SetInput};

use crate::args::Set;
use crate::desk::{About as _, Desk};
use crate::failure::Failure;
use crate::format::called;
use crate::output::{answer_json, say};

/// Changes a credential as the options say.
pub(crate) async fn set(args: &Set, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(&args.name).await?;
    let shown = vault.set(id, &changes(args)).await.about(&args.name)?;
    if desk.json {
        return answer_json(&shown);
    }
    say(&format!("Changed {}.", called(&shown)));
    Ok(())
}

fn changes(args: &Set) -> SetInput {
    let one_of = |on: bool, off: bool| (on || off).then_some(on);
    SetInput {
        words: words(args),
        rotate_by: args.rotate_by.clone(),
        paused: one_of(args.pause, args.resume),
        environment: args.env.map(Into::into),
        let_expire: one_of(args.let_expire, args.watch),
        pinned: one_of(args.pin, args.unpin),
    }
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
