//! What ends when, by keyboard alone: another span, from end to end, a card, the credential behind it, the table.

use anyhow::{Result, ensure};
use fobwatch_tests::process::{project, until};
use fobwatch_tests::window::{Window, key};

use crate::desk::{Desk, SOON, never_seen, row, watch_for};

const KEY: &str = "sk_live_51Canary00000000000000bbbb";

/// A desk with three keys that end in 3, 20 and 200 days, and the window on the time line.
async fn three() -> Result<(Desk, Window)> {
    let desk = Desk::set().await?;
    let keys = [("Payments", "production", "3d"), ("Mail", "staging", "20d"), ("Search", "development", "200d")];
    for (index, (name, environment, ends)) in keys.into_iter().enumerate() {
        let value = format!("{KEY}{index}");
        desk.add_key(name, environment, &value, &["--provider", "stripe", "--rotate-by", ends]).await?;
    }
    let window = desk.open_app().await?;
    row(&window, "Payments").await?;
    window.press(&[key::ALT, '3']).await?;
    window.find("listbox", "Time line of expiries").await?;
    Ok((desk, window))
}

/// Waits until exactly these lanes are there, by the start of their names.
pub(crate) async fn lanes(window: &Window, starts: &[&str]) -> Result<()> {
    until(&format!("the lanes {starts:?}"), SOON, || async {
        let names = window.names("option").await?;
        let fits = names.len() == starts.len() && names.iter().zip(starts).all(|(name, start)| name.starts_with(start));
        Ok(fits.then_some(()))
    })
    .await
}

/// Returns the start of the name of the lane that is chosen.
pub(crate) async fn chosen(window: &Window, start: &str) -> Result<()> {
    const CHOSEN: &str = "return document.querySelector('[role=option][aria-selected=true]')?.ariaLabel ?? '';";
    until(&format!("“{start}” to be chosen"), SOON, || async {
        let name = window.client().execute(CHOSEN, Vec::new()).await?;
        Ok(name.as_str().is_some_and(|name| name.starts_with(start)).then_some(()))
    })
    .await
}

#[tokio::test]
async fn from_end_to_end_by_key_with_a_card_and_enter_opens_the_credential() -> Result<()> {
    let (_desk, window) = three().await?;
    watch_for(&window, KEY).await?;
    lanes(&window, &["Payments, Production, Stripe, rotate by", "Mail, Staging"]).await?;
    window.shows("1 more after 90\u{a0}d").await?;
    window.screenshot(&project().join("target/screens/08a-expiries-light.png")).await?;

    window.press(&[key::RIGHT]).await?;
    chosen(&window, "Payments").await?;
    window.find("group", "Payments").await?;
    window.shows("Rotate by").await?;
    window.press(&[key::ESCAPE]).await?;
    window.gone("group", "Payments").await?;
    window.press(&[key::RIGHT]).await?;
    chosen(&window, "Mail").await?;
    window.press(&[key::UP]).await?;
    chosen(&window, "Payments").await?;
    window.press(&[key::DOWN]).await?;
    chosen(&window, "Mail").await?;
    // Beyond what is seen: the time line goes where the next one is.
    window.press(&[key::RIGHT]).await?;
    chosen(&window, "Search").await?;
    window.find("button", "Now").await?;
    window.press(&['t']).await?;
    window.gone("button", "Now").await?;
    lanes(&window, &["Payments", "Mail"]).await?;
    window.press(&[key::UP]).await?;
    window.press(&[key::HOME]).await?;
    chosen(&window, "Payments").await?;
    window.press(&[key::DOWN]).await?;
    window.press(&[key::ENTER]).await?;
    window.find("heading", "Mail").await?;
    never_seen(&window, KEY).await
}

#[tokio::test]
async fn zooming_by_key_changes_the_span_and_zero_takes_it_back() -> Result<()> {
    let (_desk, window) = three().await?;
    lanes(&window, &["Payments", "Mail"]).await?;
    for _ in 0..6 {
        window.press(&['+']).await?;
    }
    lanes(&window, &["Payments"]).await?;
    window.press(&['0']).await?;
    lanes(&window, &["Payments", "Mail"]).await?;
    for _ in 0..3 {
        window.press(&['-']).await?;
    }
    lanes(&window, &["Payments", "Mail", "Search"]).await?;
    window.press(&['0']).await?;
    // A pan to the past and back leaves the present at its place only with T.
    window.press(&[key::SHIFT, key::LEFT]).await?;
    window.find("button", "Now").await?;
    window.press(&['t']).await?;
    window.gone("button", "Now").await
}

#[tokio::test]
async fn the_table_has_the_same_and_its_names_open() -> Result<()> {
    let (desk, window) = three().await?;
    lanes(&window, &["Payments", "Mail"]).await?;
    window.press(&['v']).await?;
    window.find("region", "Expiries, soonest first").await?;
    window.find("button", "Payments").await?;
    let text = window.text().await?;
    let place = |name: &str| text.find(name);
    ensure!(place("Payments").is_some() && place("Payments") < place("Mail"), "not soonest first: {text}");
    ensure!(
        text.contains("rotate by") && text.contains("Staging") && text.contains("1 more after 90\u{a0}d"),
        "{text}"
    );
    // What the command adds appears in its order without a click.
    desk.add_key("Urgent", "production", "another-value-0001", &["--provider", "stripe", "--rotate-by", "1d"]).await?;
    window.find("button", "Urgent").await?;
    window.press(&[key::DOWN]).await?;
    window.press(&[key::DOWN]).await?;
    window.press(&[key::ENTER]).await?;
    window.find("heading", "Payments").await?;
    Ok(())
}

#[tokio::test]
async fn an_hour_in_which_nothing_ends_names_what_comes_next() -> Result<()> {
    let (_desk, window) = three().await?;
    lanes(&window, &["Payments", "Mail"]).await?;
    window.find("radio", "1 h").await?.send_keys(" ").await?;
    window.shows("Nothing expires in the next hour. The next is Payments, in 2\u{a0}d.").await?;
    window.shows("3 more after 1\u{a0}h").await
}
