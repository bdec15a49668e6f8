//! Health by keyboard alone: a finding is mended, a risk is accepted and taken back, and `fob` says the same.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::until;
use fobwatch_tests::window::{Window, key};
use serde_json::{Value, json};

use crate::desk::{Desk, SOON, row};

const TWIN: &str = "sk_test_twin_0123456789";

/// What `fob health` finds: rules and how many.
async fn found(desk: &Desk) -> Result<Vec<(String, u64)>> {
    let health = desk.fob.run(&["health", "--json"]).await?.json()?;
    let findings = health["findings"].as_array().context("no findings")?;
    let read = |one: &Value| Some((one["rule"].as_str()?.to_owned(), one["count"].as_u64()?));
    findings.iter().map(|one| read(one).context("no rule")).collect()
}

/// Waits until the keyboard is on the element of this role and name.
async fn keyboard_on(window: &Window, what: &str) -> Result<()> {
    const HERE: &str = "const it = document.activeElement;
        return it.getAttribute('aria-label') ?? it.innerText ?? '';";
    until(&format!("the keyboard on {what}"), SOON, || async {
        let here = window.client().execute(HERE, vec![]).await?;
        Ok(here.as_str().is_some_and(|here| here.starts_with(what)).then_some(()))
    })
    .await
}

/// Presses a key, and waits until the keyboard is where it leads.
async fn to(window: &Window, press: char, what: &str) -> Result<()> {
    window.press(&[press]).await?;
    keyboard_on(window, what).await
}

#[tokio::test]
async fn a_finding_is_mended_and_a_risk_is_accepted_and_taken_back_by_keyboard() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", TWIN, &[]).await?;
    desk.add_key("Payments test", "staging", TWIN, &["--allow-twin"]).await?;
    desk.add_key("Mail", "staging", "key-0123456789", &["--rotate-by", "none"]).await?;
    desk.add_key("Maps", "development", "key-9876543210", &["--rotate-by", "none"]).await?;
    let window = desk.open_app().await?;
    row(&window, "Payments").await?;
    window.find("button", "Health, 3").await?;
    window.press(&[key::ALT, '4']).await?;
    keyboard_on(&window, "Findings").await?;
    window.find("heading", "Same key in two environments").await?;
    ensure!(found(&desk).await? == [("shared_key".to_owned(), 1), ("no_rotate_by".to_owned(), 2)]);

    window.press(&[key::DOWN]).await?;
    window.find("heading", "No rotate-by date").await?;
    to(&window, key::F6, "No rotate-by date").await?;
    to(&window, key::TAB, "Set rotate-by…").await?;
    window.press(&[key::ENTER]).await?;
    window.find("dialog", "Set rotate-by").await?;
    keyboard_on(&window, "Set").await?;
    window.press(&[key::ENTER]).await?;
    window.gone("dialog", "Set rotate-by").await?;
    window.gone("option", "No rotate-by date, Notes, 2. Set one to be warned in time").await?;
    ensure!(found(&desk).await? == [("shared_key".to_owned(), 1)]);
    ensure!(desk.show("Mail").await?["rotate_by"].is_string(), "nothing was set");

    // What the sheet was opened from is gone: the keyboard is in the list.
    keyboard_on(&window, "Findings").await?;
    to(&window, key::ENTER, "Same key in two environments").await?;
    to(&window, key::TAB, "Separate the keys…").await?;
    to(&window, key::TAB, "Accept the risk…").await?;
    window.press(&[key::ENTER]).await?;
    window.type_into("textbox", "Reason", &format!("one key for both{}", key::ENTER)).await?;
    window.gone("dialog", "Accept “Same key in two environments”").await?;
    window.shows("Nothing found in 4 credentials, checked just now.").await?;
    let health = desk.fob.run(&["health", "--json"]).await?.json()?;
    ensure!(health["findings"] == json!([]) && health["clear"] == 4, "{health}");
    ensure!(health["accepted"][1]["reason"] == "one key for both", "{health}");

    window.find("option", "Same key in two environments, Accepted, 2. Payments, Payments test").await?;
    keyboard_on(&window, "Findings").await?;
    to(&window, key::ENTER, "Accepted: Same key").await?;
    to(&window, key::TAB, "Take back Payments, production").await?;
    window.press(&[key::ENTER]).await?;
    // A copy that nobody accepts is enough for both to count again.
    window.find("button", "Health, 1").await?;
    ensure!(found(&desk).await? == [("shared_key".to_owned(), 1)]);
    Ok(())
}

#[tokio::test]
async fn a_copy_of_a_key_is_replaced_from_its_finding() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", TWIN, &[]).await?;
    desk.add_key("Payments test", "staging", TWIN, &["--allow-twin"]).await?;
    let window = desk.open_app().await?;
    row(&window, "Payments").await?;
    window.press(&[key::ALT, '4']).await?;
    keyboard_on(&window, "Findings").await?;
    to(&window, key::ENTER, "Same key in two environments").await?;
    to(&window, key::TAB, "Separate the keys…").await?;
    window.press(&[key::ENTER]).await?;
    // The copy outside production is the one that gets its own.
    window.find("dialog", "Rotate Payments test").await?;
    window.type_into("textbox", "New key", &format!("sk_test_own_0123456789{}", key::ENTER)).await?;
    window.gone("dialog", "Rotate Payments test").await?;
    // The old value still opens the door until somebody says that it is revoked.
    window.find("heading", "Old key not confirmed revoked").await?;
    keyboard_on(&window, "Findings").await?;
    to(&window, key::ENTER, "Old key not confirmed revoked").await?;
    to(&window, key::TAB, "Confirm revoked…").await?;
    window.press(&[key::ENTER]).await?;
    window.find("dialog", "Confirm that the old key is revoked").await?;
    keyboard_on(&window, "Cancel").await?;
    to(&window, key::TAB, "It is revoked").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("Nothing found in 2 credentials, checked just now.").await?;
    ensure!(found(&desk).await?.is_empty());
    ensure!(desk.show("Payments test").await?["versions"][1]["revoked"] == true, "it is not stored");
    Ok(())
}
