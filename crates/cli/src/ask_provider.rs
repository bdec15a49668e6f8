//! `fob introspect`, `fob userinfo` and `fob logout`: what only the provider can say or do.

use serde_json::Value;

use crate::desk::{About as _, Desk};
use crate::failure::{Failure, REFUSED};
use crate::output::{answer, answer_json, escaped, say};

/// Asks whether the access token is alive.
pub(crate) async fn introspect(name: &str, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(name).await?;
    let said = vault.introspect(id).await.about(name)?;
    if desk.json {
        answer_json(&said)?;
    } else if said.active {
        say("The provider says that the token is alive.");
        print(&said.claims)?;
    }
    if said.active {
        return Ok(());
    }
    let hint = format!("fob refresh {name} --force gets a new one.");
    Err(Failure::new(REFUSED, "inactive", "The provider says that the token is dead.", hint))
}

/// Asks who signed in.
pub(crate) async fn userinfo(name: &str, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(name).await?;
    let said = vault.userinfo(id).await.about(name)?;
    if desk.json { answer_json(&said) } else { print(&said) }
}

/// Opens the provider's sign-out page.
pub(crate) async fn logout(name: &str, desk: &Desk) -> Result<(), Failure> {
    let (vault, id) = desk.find(name).await?;
    let page = vault.open_sign_out(id).await.about(name)?;
    say(&format!("Opened {} in the browser.", page.host_str().unwrap_or_default()));
    say(&format!("The tokens stay as they are; fob revoke {name} takes them back."));
    Ok(())
}

/// Prints members one per line, for people.
fn print(said: &Value) -> Result<(), Failure> {
    for (name, value) in said.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        answer(&escaped(format!("{name}: {text}")))?;
    }
    Ok(())
}
