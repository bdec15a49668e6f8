//! The activity log in the window, by keyboard alone.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::process::until;
use fobwatch_tests::window::{Window, key};
use serde_json::json;

use crate::desk::{Desk, SOON, never_seen, row, watch_for};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";

/// The names of the entries that are to be seen, newest first; days and columns are no entries.
async fn entries(window: &Window) -> Result<Vec<String>> {
    Ok(window.names("row").await?.into_iter().filter(|name| name.contains(", ")).collect())
}

/// Waits until the entries are as wanted: each contains its words.
async fn shows(window: &Window, wanted: &[&str]) -> Result<()> {
    let what = format!("the entries {wanted:?}");
    let seen = until(&what, SOON, || async {
        let seen = entries(window).await?;
        let fits = seen.len() == wanted.len() && seen.iter().zip(wanted).all(|(one, words)| one.contains(words));
        Ok(fits.then_some(()))
    });
    match seen.await {
        Ok(()) => Ok(()),
        Err(error) => Err(error.context(format!("there is {:?}", entries(window).await?))),
    }
}

/// The accessible name of what has the keyboard, or of the row that it is on.
async fn focused(window: &Window) -> Result<String> {
    const FOCUSED: &str = "const one = document.activeElement;
        const active = document.getElementById(one.getAttribute('aria-activedescendant'));
        return (active ?? one).getAttribute('aria-label') ?? one.innerText;";
    let name = window.client().execute(FOCUSED, Vec::new()).await?;
    Ok(name.as_str().unwrap_or_default().to_owned())
}

async fn press_until_on(window: &Window, keys: &[char], start: &str) -> Result<()> {
    until(&format!("the keyboard on “{start}”"), SOON, || async {
        if focused(window).await?.contains(start) {
            return Ok(Some(()));
        }
        window.press(keys).await?;
        Ok(None)
    })
    .await
}

#[tokio::test]
async fn a_person_finds_who_used_a_key_and_checks_the_log_by_keyboard_alone() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", KEY, &[]).await?;
    desk.add_key("Mail", "staging", "key-0123456789", &[]).await?;
    ensure!(desk.fob.run(&["token", "Payments"]).await?.code == 0);
    let window = desk.open_app().await?;
    row(&window, "Mail").await?;
    watch_for(&window, KEY).await?;

    window.press(&[key::ALT, '5']).await?;
    window.find("grid", "What happened, newest first").await?;
    shows(&window, &["Handed out, Payments, production", "Added, Mail, staging", "Added, Payments, production"])
        .await?;
    window.shows("Values are never written here. Kept 180 days on this computer.").await?;
    window.shows("3 entries").await?;

    // The newest entry in full: the program is this test.
    press_until_on(&window, &[key::DOWN], "Added, Mail").await?;
    press_until_on(&window, &[key::UP], "Handed out, Payments").await?;
    window.press(&[key::ENTER]).await?;
    window.find("complementary", "Entry 3").await?;
    let program = std::env::current_exe()?;
    window.shows(program.to_str().context("a path of this test")?).await?;
    window.shows(&std::process::id().to_string()).await?;
    window.press(&[key::ESCAPE]).await?;
    window.gone("complementary", "Entry 3").await?;
    press_until_on(&window, &[], "Handed out, Payments").await?;

    // Ctrl+F stays here, and the search is in names, programs and codes.
    window.press(&[key::CONTROL, 'f']).await?;
    window.type_into("searchbox", "Credential, program, error", "mail").await?;
    shows(&window, &["Added, Mail"]).await?;
    window.press(&[key::ESCAPE]).await?;
    shows(&window, &["Handed out, Payments", "Added, Mail", "Added, Payments"]).await?;

    // What another process does appears by itself.
    ensure!(desk.fob.run(&["remove", "Mail", "--yes"]).await?.code == 0);
    shows(&window, &["Deleted, Mail, deleted", "Handed out", "Added, Mail, deleted", "Added, Payments"]).await?;

    press_until_on(&window, &[key::TAB], "Check the log").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("Unbroken, and sealed with the keyring up to entry").await?;
    never_seen(&window, KEY).await
}

#[tokio::test]
async fn the_log_is_written_to_a_file_that_holds_no_value() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", KEY, &[]).await?;
    let window = desk.open_app().await?;
    row(&window, "Payments").await?;
    window.press(&[key::ALT, '5']).await?;
    shows(&window, &["Added, Payments"]).await?;
    press_until_on(&window, &[key::SHIFT, key::TAB], "Export…").await?;
    window.press(&[key::ENTER]).await?;
    window.find("menuitem", "As CSV, for a spreadsheet").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("1 entry is in").await?;
    shows(&window, &["Activity exported", "Added, Payments"]).await?;
    let folder = desk.session.home().join("Downloads");
    let file = std::fs::read_dir(&folder)?.next().context("no file")??.path();
    let text = std::fs::read_to_string(&file)?;
    ensure!(text.starts_with("number,at,what,") && text.contains("Payments"), "{text}");
    assert_absent(desk.session.home(), &[("key", KEY.as_bytes())])
}

#[tokio::test]
async fn an_edited_log_is_called_that_in_the_window() -> Result<()> {
    use sqlx::Connection as _;
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", KEY, &[]).await?;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(desk.fob.home().join("vault.db"));
    let mut database = sqlx::SqliteConnection::connect_with(&options).await?;
    sqlx::query("UPDATE activity SET name = 'Other' WHERE id = 1").execute(&mut database).await?;
    database.close().await?;
    let window = desk.open_app().await?;
    row(&window, "Payments").await?;
    window.press(&[key::ALT, '5']).await?;
    shows(&window, &["Added, Other"]).await?;
    window.click("button", "Check the log").await?;
    window.shows("The log is not what was written: entry 1.").await?;
    let hidden =
        window.client().execute("return document.documentElement.outerHTML.includes(arguments[0])", vec![json!(KEY)]);
    ensure!(hidden.await? == json!(false), "the value is in the page");
    Ok(())
}
