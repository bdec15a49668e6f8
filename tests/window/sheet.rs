//! The sheet of a sign-in, looked at: its Details, its report, and what of a sign-in must be in neither.

use anyhow::{Result, ensure};
use fobwatch_lab::Lab;
use fobwatch_tests::process::until;
use fobwatch_tests::window::{Window, key};
use serde_json::json;
use url::Url;

use crate::desk::{Desk, SOON};

/// The title of a sheet that ended badly.
pub(crate) const FAILED: &str = "Sign-in did not finish";
/// What of a request or an answer is for nobody else.
const SECRETS: [&str; 6] = ["code", "code_verifier", "code_challenge", "state", "nonce", "client_secret"];

/// The values of an address that belong in no report.
pub(crate) fn secrets(address: &str) -> Result<Vec<String>> {
    let pairs = Url::parse(address)?;
    let pairs = pairs.query_pairs().filter(|(name, _)| SECRETS.contains(&name.as_ref()));
    Ok(pairs.map(|(_, value)| value.into_owned()).collect())
}

/// Everything that was sent to a lab or given by it and belongs in no report.
fn secrets_of(lab: &Lab) -> Vec<String> {
    let record = lab.record();
    let sent = record.seen.iter().flat_map(|seen| seen.query.iter().chain(&seen.form));
    let sent = sent.filter(|(name, _)| SECRETS.contains(&name.as_str())).map(|(_, value)| value);
    record.access_tokens.iter().chain(&record.refresh_tokens).chain(sent).cloned().collect()
}

/// Copies the report and returns it.
pub(crate) async fn report(desk: &Desk, window: &Window) -> Result<String> {
    let before = desk.clipboard().await?;
    window.click("button", "Copy details").await?;
    until("the report on the clipboard", SOON, || async {
        let text = desk.clipboard().await?;
        Ok((text != before && text.starts_with("   0.000 s")).then_some(text))
    })
    .await
}

/// Opens the Details and returns what they tell.
pub(crate) async fn story(window: &Window) -> Result<String> {
    window.click("button", "Details").await?;
    Ok(window.find("region", "What happened").await?.text().await?)
}

/// Opens the Details, copies the report, and fails unless both tell all of `told` and neither holds a secret of `lab`.
pub(crate) async fn tells(desk: &Desk, window: &Window, lab: Option<&Lab>, told: &[&str]) -> Result<()> {
    let (story, report) = (story(window).await?, report(desk, window).await?);
    for text in told {
        ensure!(story.contains(text), "Details do not tell “{text}”: {story}");
        ensure!(report.contains(text), "the report does not tell “{text}”: {report}");
    }
    let secrets = lab.map(secrets_of).unwrap_or_default();
    let shown = window.client().execute("return document.documentElement.outerHTML;", Vec::new()).await?;
    ensure!(shown != json!(null), "the page is not there");
    let shown = shown.as_str().unwrap_or_default();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        ensure!(!report.contains(secret.as_str()), "the report holds a code, a state or a token");
        ensure!(!shown.contains(secret.as_str()), "the window holds a code, a state or a token");
    }
    Ok(())
}

/// Closes the sheet of this title.
pub(crate) async fn close(window: &Window, title: &str) -> Result<()> {
    window.press(&[key::ESCAPE]).await?;
    window.gone("dialog", title).await
}
