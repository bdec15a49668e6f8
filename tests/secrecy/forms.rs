//! The forms of the window, as a person fills them in.

use anyhow::Result;
use fobwatch_tests::window::{Window, key};

const SEARCH: &str = "Search providers, or paste a key, a token or an issuer URL";
const LOCAL: &str = "This issuer is on this computer.";

/// Adds an API key.
pub(crate) async fn add_key(window: &Window, name: &str, value: &str) -> Result<()> {
    window.press(&[key::CONTROL, 'n']).await?;
    window.click("button", "API key You set a rotate-by date").await?;
    window.type_into("combobox", SEARCH, &format!("stripe{}", key::ENTER)).await?;
    window.type_into("textbox", "Name", name).await?;
    window.type_into("textbox", "Key", value).await?;
    window.press(&[key::CONTROL, key::ENTER]).await?;
    window.find("heading", name).await?;
    window.gone("dialog", "Add API key").await
}

/// Signs in at a custom issuer, with tokens that are bound to a key.
pub(crate) async fn sign_in(window: &Window, issuer: &str, name: &str, client: &str) -> Result<()> {
    window.press(&[key::CONTROL, 'n']).await?;
    window.type_into("combobox", SEARCH, &format!("custom{}", key::ENTER)).await?;
    window.type_into("textbox", "Issuer URL", issuer).await?;
    window.shows(LOCAL).await?;
    fill(window, "Name", name).await?;
    window.type_into("textbox", "Client ID", client).await?;
    window.click("button", "Advanced: account, redirect address, prompt, resource, bound tokens").await?;
    window.click("checkbox", "Bind tokens to this computer (DPoP)").await?;
    window.press(&[key::CONTROL, key::ENTER]).await?;
    window.find("dialog", "Signed in").await?;
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", "Signed in").await
}

/// Adds a client of a machine, by name and id, that proves itself with a secret or, where the proof looks like one,
/// with a private key.
pub(crate) async fn add_client(window: &Window, issuer: &str, (name, id): (&str, &str), proof: &str) -> Result<()> {
    window.press(&[key::CONTROL, 'n']).await?;
    window.click("button", "Client credentials Machine to machine").await?;
    window.click("option", "Custom OIDC issuer, + issuer URL").await?;
    window.type_into("textbox", "Issuer URL", issuer).await?;
    window.shows(LOCAL).await?;
    fill(window, "Name", name).await?;
    window.type_into("textbox", "Client ID", id).await?;
    if proof.starts_with("-----BEGIN") {
        window.type_into("radio", "Private key", " ").await?;
        window.type_into("textbox", "Private key (PEM)", proof).await?;
    } else {
        window.type_into("textbox", "Client secret", proof).await?;
    }
    window.click("button", "Get a token and store").await?;
    window.find("heading", name).await.map(drop)
}

async fn fill(window: &Window, field: &str, text: &str) -> Result<()> {
    let field = window.find("textbox", field).await?;
    field.clear().await?;
    Ok(field.send_keys(text).await?)
}
