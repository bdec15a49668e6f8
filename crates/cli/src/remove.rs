//! `fob remove` and `fob revoke`: only the person removes (K5).

use fobwatch_core::Vault;
use fobwatch_core::credential::{CredentialId, Environment};
use fobwatch_core::view::{Revoked, RevokedView};
use serde_json::json;

use crate::args::Remove;
use crate::desk::{About as _, Desk};
use crate::failure::{Failure, PROVIDER_REFUSED, REFUSED, TRY_AGAIN};
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
    let revoked = if args.revoke { Some(revoke_first(args, vault, id).await?) } else { None };
    let removed = vault.remove(id).await.about(&args.name)?;
    if desk.json {
        let removed = json!({ "id": removed.id, "name": removed.name });
        return answer_json(&json!({ "removed": removed, "revoked": revoked }));
    }
    let told = revoked.as_ref().map_or_else(|| "The provider was not told.".to_owned(), told);
    say(&format!("Removed {}. {told}", called(&credential)));
    Ok(())
}

/// Revokes, and asks before going on without the provider's yes.
async fn revoke_first(args: &Remove, vault: &Vault, id: CredentialId) -> Result<RevokedView, Failure> {
    let revoked = vault.revoke(id).await.about(&args.name)?;
    if revoked.outcome != Revoked::Confirmed && !args.yes {
        let message = format!("{} Nothing was removed.", told(&revoked));
        if !is_terminal() {
            return Err(Failure::new(TRY_AGAIN, "not_revoked", message, "Add --yes to remove it all the same."));
        }
        if !confirmed(&format!("{} Remove it from this computer all the same?", told(&revoked))).await? {
            return Err(Failure::new(REFUSED, "declined", "Nothing was removed.", ""));
        }
    }
    // A client that was registered for this login alone has no use any more.
    if vault.remove_registered_client(id).await.about(&args.name)? == Some(false) {
        say("The provider did not confirm that the client was removed that Fobwatch had registered there.");
    }
    Ok(revoked)
}

/// Takes a login's tokens back at the provider.
pub(crate) async fn revoke(name: &str, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(name).await?;
    let revoked = vault.revoke(id).await.about(name)?;
    if revoked.outcome != Revoked::Confirmed {
        let page = revoked.page.as_ref().map(|page| format!("Do it by hand at {page}.")).unwrap_or_default();
        let (exit, code) = match revoked.outcome {
            Revoked::NotOffered => (PROVIDER_REFUSED, "not_offered"),
            Revoked::Confirmed | Revoked::NotConfirmed => (TRY_AGAIN, "not_revoked"),
        };
        return Err(Failure::new(exit, code, told(&revoked), page));
    }
    if desk.json {
        return answer_json(&revoked);
    }
    say(&told(&revoked));
    Ok(())
}

/// What became of a revocation, in words.
fn told(revoked: &RevokedView) -> String {
    match revoked.outcome {
        Revoked::Confirmed => match (revoked.access_lives, revoked.access_ends_at) {
            (true, Some(end)) => format!("The provider confirmed it, but the access token works until {end}."),
            (true, None) => "The provider confirmed it, but the access token may still work for a while.".to_owned(),
            (false, _) => "The provider confirmed that its tokens are revoked.".to_owned(),
        },
        Revoked::NotConfirmed => {
            format!("The provider did not confirm it ({}), so the tokens may still work.", revoked.why)
        }
        Revoked::NotOffered => "The provider offers no revocation, so the tokens work until they end.".to_owned(),
    }
}
