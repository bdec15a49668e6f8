//! `fob remove`: only the person removes (K5).

use fobwatch_core::credential::Environment;
use serde_json::json;

use crate::args::Remove;
use crate::desk::{About as _, Desk};
use crate::failure::{Failure, REFUSED};
use crate::format::called;
use crate::input::{confirmed, is_terminal};
use crate::output::{answer_json, say};

/// Removes a credential; one for production only after a clear yes.
pub(crate) async fn remove(args: &Remove, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(&args.name).await?;
    let credential = vault.show(id).await?;
    if credential.environment == Environment::Production && !args.yes {
        if !is_terminal() {
            let message = format!("{} is for production, and nobody is here to say yes.", called(&credential));
            return Err(Failure::usage(message, "Add --yes to remove it all the same."));
        }
        let question = format!("Remove {}, which is for production, and its secrets?", called(&credential));
        if !confirmed(&question).await? {
            return Err(Failure::new(REFUSED, "declined", "Nothing was removed.", ""));
        }
    }
    let removed = vault.remove(id).await.about(&args.name)?;
    if desk.json {
        return answer_json(&json!({ "removed": { "id": removed.id, "name": removed.name } }));
    }
    say(&format!("Removed {}. The provider was not told.", called(&credential)));
    Ok(())
}
