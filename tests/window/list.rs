//! The list at any size: found by filters, several chosen by keyboard, rows that stay in their places, ten thousand.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use fobwatch_tests::process::{bare_command, project, until};
use fobwatch_tests::session::succeed;
use fobwatch_tests::window::{Window, key};

use crate::desk::{Desk, SOON, never_seen, watch_for};

const MAIL: &str = "key-0123456789abcdef";
const PAYMENTS: &str = "sk_test_51Canary00000000000000aaaa";
const PAYMENTS_US: &str = "sk_test_51Canary00000000000000bbbb";

async fn four(desk: &Desk) -> Result<()> {
    desk.add_key("Mail", "staging", MAIL, &["--provider", "mailgun", "--rotate-by", "none"]).await?;
    desk.add_key("Payments EU", "production", PAYMENTS, &["--provider", "stripe", "--rotate-by", "none"]).await?;
    desk.add_key("Payments US", "production", PAYMENTS_US, &["--provider", "stripe", "--rotate-by", "none"]).await?;
    desk.add_key("Wiki", "development", "wiki-0123456789abcdef", &["--rotate-by", "none"]).await
}

/// The names of the rows that can be seen, as far as the first comma.
async fn rows(window: &Window) -> Result<Vec<String>> {
    let names = window.names("option").await?;
    Ok(names.iter().map(|name| name.split(',').next().unwrap_or_default().to_owned()).collect())
}

pub(crate) async fn rows_are(window: &Window, wanted: &[&str]) -> Result<()> {
    until(&format!("the rows {wanted:?}"), SOON, || async { Ok((rows(window).await? == wanted).then_some(())) }).await
}

/// Waits for a text longer than a person would: a build for tests is slow with ten thousand.
async fn counts(window: &Window, text: &str) -> Result<()> {
    let there = until("it", 4 * SOON, || async { Ok(window.text().await?.contains(text).then_some(())) }).await;
    let Err(reason) = there else { return Ok(()) };
    let seen = window.text().await.unwrap_or_default();
    Err(reason.context(format!("“{text}” is not to be seen; there is: {seen}")))
}

pub(crate) async fn seed(desk: &Desk, count: usize) -> Result<()> {
    let mut python = bare_command("python3");
    python.arg(project().join("scripts/seed_vault.py")).arg(desk.fob.home()).arg(count.to_string());
    succeed(python).await.map(drop)
}

#[tokio::test]
async fn filters_become_tags_that_narrow_and_are_taken_out_again() -> Result<()> {
    let desk = Desk::set().await?;
    four(&desk).await?;
    let window = desk.open_app().await?;
    rows_are(&window, &["Mail", "Payments EU", "Payments US", "Wiki"]).await?;
    window.press(&[key::CONTROL, 'f']).await?;
    window.type_into("searchbox", "Search", "env:prod us").await?;
    rows_are(&window, &["Payments US"]).await?;
    window.shows("1 of 4").await?;
    window.find("button", "Remove env:prod").await?;
    // The choice of the sidebar follows what was typed.
    let production = window.find("button", "Production, 2").await?;
    ensure!(production.attr("aria-pressed").await?.as_deref() == Some("true"), "not shown as chosen");
    window.press(&[BACKSPACE]).await?;
    window.press(&[BACKSPACE]).await?;
    rows_are(&window, &["Payments EU", "Payments US"]).await?;
    window.press(&[BACKSPACE]).await?;
    window.gone("button", "Remove env:prod").await?;
    rows_are(&window, &["Mail", "Payments EU", "Payments US", "Wiki"]).await?;

    window.type_into("searchbox", "Search", "env:prdo ").await?;
    window.shows("“env:prdo” is not a filter").await?;
    window.shows("env: takes production, staging, development.").await?;
    window.press(&[key::ESCAPE]).await?;
    window.type_into("searchbox", "Search", "strpie").await?;
    window.click("button", "stripe").await?;
    rows_are(&window, &["Payments EU", "Payments US"]).await?;
    let listed = desk.fob.run(&["list", "stripe env:prod", "--json"]).await?.json()?;
    ensure!(listed.as_array().is_some_and(|all| all.len() == 2), "the command reads another language: {listed}");
    let wrong = desk.fob.run(&["list", "env:prdo", "--json"]).await?;
    ensure!(wrong.code == 2 && wrong.stderr.contains("production, staging, development"), "{wrong:?}");
    Ok(())
}

const BACKSPACE: char = '\u{e003}';

#[tokio::test]
async fn several_are_chosen_copied_and_deleted_by_keyboard_alone() -> Result<()> {
    let desk = Desk::set().await?;
    four(&desk).await?;
    let window = desk.open_app().await?;
    watch_for(&window, PAYMENTS).await?;
    window.find("heading", "Mail").await?;
    window.press(&[key::DOWN]).await?;
    window.find("heading", "Payments EU").await?;
    window.press(&[key::SHIFT, key::DOWN]).await?;
    window.find("heading", "2 selected").await?;
    window.shows("2 API keys · Stripe · production").await?;
    window.shows("PAYMENTS_EU_KEY=").await?;
    ensure!(!window.has("button", "Reveal key for 15 s").await?, "several can be revealed");
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(&format!("PAYMENTS_EU_KEY={PAYMENTS}\nPAYMENTS_US_KEY={PAYMENTS_US}\n")).await?;
    never_seen(&window, PAYMENTS).await?;

    window.press(&[key::ESCAPE]).await?;
    window.find("heading", "Payments US").await?;
    window.press(&[key::CONTROL, 'a']).await?;
    window.find("heading", "4 selected").await?;
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Delete 4 credentials?").await?;
    // Production among them: Enter alone must not do.
    window.press(&[key::ENTER]).await?;
    ensure!(window.has("dialog", "Delete 4 credentials?").await?, "deleted without the number");
    window.type_into("textbox", "2 in production: type 4 to delete", "4").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("Deleted “4 credentials”").await?;
    until("an empty vault", SOON, || async {
        Ok(desk.fob.run(&["list", "--json"]).await?.json()?.as_array().is_some_and(Vec::is_empty).then_some(()))
    })
    .await?;
    window.press(&[key::CONTROL, 'z']).await?;
    until("the four again", SOON, || async { Ok((rows(&window).await?.len() == 4).then_some(())) }).await?;
    let value = desk.fob.run(&["token", "Payments EU"]).await?;
    ensure!(value.stdout.trim_end() == PAYMENTS, "the value is another one after undo");
    Ok(())
}

#[tokio::test]
async fn rows_stay_under_the_hand_while_others_change_the_vault() -> Result<()> {
    let desk = Desk::set().await?;
    four(&desk).await?;
    let window = desk.open_app().await?;
    rows_are(&window, &["Mail", "Payments EU", "Payments US", "Wiki"]).await?;
    // Somebody is busy in the list, key after key, while another process adds what belongs to its top.
    window.press(&[key::DOWN]).await?;
    window.find("heading", "Payments EU").await?;
    let began = Instant::now();
    let busy = async {
        let mut slowest = Duration::ZERO;
        loop {
            let pressed = Instant::now();
            window.press(&[key::DOWN]).await?;
            window.press(&[key::UP]).await?;
            let seen = rows(&window).await?;
            slowest = slowest.max(pressed.elapsed());
            if seen.len() == 5 {
                return Ok((seen, slowest));
            }
            ensure!(began.elapsed() < 2 * SOON, "the new one never came: {seen:?}");
        }
    };
    let adding = desk.add_key("Alerts", "staging", "alerts-0123456789", &["--rotate-by", "none"]);
    #[expect(clippy::disallowed_methods, reason = "the macro looks at results by it; no error is thrown away")]
    let ((), (arrived, slowest)) = tokio::try_join!(adding, busy)?;
    // On a machine that takes longer than that from key to key, the list was left alone meanwhile.
    ensure!(
        arrived == ["Mail", "Payments EU", "Payments US", "Wiki", "Alerts"] || slowest > CALM,
        "rows moved under the hand: {arrived:?}"
    );
    // Left alone, the list puts it where it belongs, and the selection goes with its row.
    rows_are(&window, &["Alerts", "Mail", "Payments EU", "Payments US", "Wiki"]).await?;
    window.find("heading", "Payments EU").await.map(drop)
}

/// For how long the list keeps its order after the last key.
const CALM: Duration = Duration::from_secs(2);

#[tokio::test]
async fn ten_thousand_credentials_are_searched_scrolled_and_copied() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Anchor zephyr", "production", PAYMENTS, &["--provider", "stripe", "--rotate-by", "none"]).await?;
    seed(&desk, 10_000).await?;
    let window = desk.open_app().await?;
    counts(&window, "10001 credentials").await?;
    // From the window's focus: three letters, and the copy.
    window.press(&[key::CONTROL, 'f']).await?;
    window.type_into("searchbox", "Search", "zep").await?;
    rows_are(&window, &["Anchor zephyr"]).await?;
    window.press(&[key::CONTROL, 'c']).await?;
    desk.clipboard_holds(PAYMENTS).await?;
    window.press(&[key::ESCAPE]).await?;
    counts(&window, "10001 credentials").await?;

    window.press(&[key::ESCAPE]).await?;
    until("the keyboard in the list", SOON, || async {
        let role = "return document.activeElement.getAttribute('role')";
        Ok((window.client().execute(role, Vec::new()).await? == "listbox").then_some(()))
    })
    .await?;
    window.press(&[END]).await?;
    until("the last row", 4 * SOON, || async {
        let last = window.client().execute(LAST, Vec::new()).await?;
        Ok((last == true).then_some(()))
    })
    .await?;
    let mounted = window.names("option").await?.len();
    ensure!(mounted < 60, "{mounted} rows are drawn at once");
    window.press(&[key::CONTROL, 'a']).await?;
    counts(&window, " selected").await?;
    counts(&window, "At most 100 are copied at once.").await?;
    window.press(&[key::ESCAPE]).await?;
    // Providers beyond the first six are searched for.
    window.click("button", "25 more providers").await?;
    window.type_into("combobox", "Search providers", &format!("twit{}", key::ENTER)).await?;
    until("the rows of one provider", SOON, || async {
        let names = window.names("option").await?;
        Ok((!names.is_empty() && names.iter().all(|name| name.contains("Twitch"))).then_some(()))
    })
    .await
}

const END: char = '\u{e010}';
/// Whether the selected row is drawn and is the last of all, of which some that need attention are folded away.
const LAST: &str = "const row = document.querySelector('[role=option][aria-selected=true]');
    return row !== null && row.ariaSetSize > 9000 && row.ariaPosInSet === row.ariaSetSize";
