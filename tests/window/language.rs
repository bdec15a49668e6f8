//! The window in other languages: German by the system and by choice, and the pseudo-locale that shows what escaped.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::{bare_command, until};
use fobwatch_tests::session::succeed;
use fobwatch_tests::window::{Window, key};
use serde_json::{Value, json};

use crate::desk::{Desk, SOON};

const LIVE: &str = "sk_live_51Canary00000000000000aaaa";

/// English words of buttons, labels and sentences that a German window must not show.
const ENGLISH: [&str; 23] = [
    "Add",
    "All credentials",
    "Cancel",
    "Close",
    "Copy as",
    "Created",
    "Credential",
    "Delete",
    "Environment",
    "Fingerprint",
    "Kinds",
    "Last used",
    "Needs attention",
    "Overview",
    "Provider",
    "Recent",
    "Rotate",
    "Search",
    "Settings",
    "Sign in",
    "Store key",
    "You can undo",
    "today",
];

/// Chooses a language as the settings do.
const CHOOSE: &str = "const [tag, done] = arguments;
    window.__TAURI_INTERNALS__.invoke('change_settings', { change: { language: tag } }).then(() => done(true), (no) => done(no));";

/// The language of the page, once its words are there.
const SPOKEN: &str = "return document.documentElement.lang;";

/// What a person or a screen reader is told: text that is seen, names, titles, placeholders. What is marked as code, as
/// running from left to right or as not to be translated is data, and so are the names that a person or a provider gave.
const TOLD: &str = r"
    const data = (element) => element.closest('[dir=ltr]:not(html), [translate=no], .mono, kbd, code, time, option') !== null;
    const told = [];
    const add = (text, element) => {
      const words = (text ?? '').replace(/\s+/g, ' ').trim();
      if (/\p{L}{2}/u.test(words) && !data(element)) told.push(words);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (element.closest('script, style') || !element.checkVisibility({ visibilityProperty: true })) continue;
      add(walker.currentNode.data, element);
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const name of ['aria-label', 'title', 'placeholder']) add(element.getAttribute(name), element);
    }
    return [...new Set(told)];
";

/// Reads what the window tells.
async fn told(window: &Window) -> Result<Vec<String>> {
    Ok(serde_json::from_value(window.client().execute(TOLD, Vec::new()).await?)?)
}

/// Chooses a language and waits until the window speaks it.
async fn speak(window: &Window, tag: &str) -> Result<()> {
    let chosen = window.client().execute_async(CHOOSE, vec![json!(tag)]).await?;
    ensure!(chosen == Value::Bool(true), "the language was not chosen: {chosen}");
    speaks(window, tag).await
}

async fn speaks(window: &Window, tag: &str) -> Result<()> {
    until("the language", SOON, || async {
        Ok((window.client().execute(SPOKEN, Vec::new()).await? == json!(tag)).then_some(()))
    })
    .await
}

/// What the window tells must hold no word of the English catalogue as a word of its own.
async fn is_german(window: &Window, place: &str) -> Result<()> {
    let told = told(window).await?;
    let english: Vec<&String> = told
        .iter()
        .filter(|text| {
            ENGLISH.iter().any(|word| text.starts_with(word) && !text[word.len()..].starts_with(char::is_alphabetic))
        })
        .collect();
    ensure!(english.is_empty(), "{place} still says {english:?}");
    Ok(())
}

/// Walks through the places of the window by keyboard, whose shortcuts are the same in every language.
async fn walk<F>(window: &Window, mut look: impl FnMut(&'static str) -> F) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    window.client().wait().at_most(SOON).for_element(fantoccini::Locator::Css("[role=option]")).await?;
    look("the list and the detail").await?;
    for (place, keys) in [("the add sheet", &[key::CONTROL, 'n'][..]), ("the delete sheet", &[key::DELETE])] {
        window.press(keys).await?;
        window.client().wait().at_most(SOON).for_element(fantoccini::Locator::Css("[role=dialog]")).await?;
        look(place).await?;
        window.press(&[key::ESCAPE]).await?;
        until("the sheet to close", SOON, || async {
            let open = window.client().find_all(fantoccini::Locator::Css("[role=dialog]")).await?;
            Ok(open.is_empty().then_some(()))
        })
        .await?;
    }
    Ok(())
}

/// Makes the German locale for one session: a test machine has none. Answers with where it is.
async fn german_locale(desk: &Desk) -> Result<PathBuf> {
    let folder = desk.session.home().join("locale");
    std::fs::create_dir_all(&folder)?;
    let mut make = bare_command("localedef");
    make.args(["-i", "de_DE", "-f", "UTF-8"]).arg(folder.join("de_DE.UTF-8"));
    succeed(make).await?;
    Ok(folder)
}

#[tokio::test]
async fn a_german_desktop_has_a_german_window() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", LIVE, &["--provider", "stripe", "--rotate-by", "90d"]).await?;
    let locale = german_locale(&desk).await?.display().to_string();
    let german = [("LANG", "de_DE.UTF-8"), ("LC_ALL", "de_DE.UTF-8"), ("LOCPATH", locale.as_str())];
    let window = desk.open_app_in(&german, "Alle Zugänge").await?;
    speaks(&window, "de").await?;
    walk(&window, |place| {
        let window = &window;
        async move { is_german(window, place).await }
    })
    .await?;
    window.shows("Fingerabdruck").await?;
    window.press(&[key::DELETE]).await?;
    window.find("dialog", "Payments löschen").await?;
    window.find("textbox", "Produktion: zum Löschen den Namen eingeben").await?;
    Ok(())
}

#[tokio::test]
async fn the_language_that_was_chosen_goes_before_the_systems_and_is_spoken_at_once_and_next_time() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", LIVE, &["--provider", "stripe"]).await?;
    let window = desk.open_app().await?;
    speaks(&window, "en").await?;
    speak(&window, "de").await?;
    window.find("button", "Wechseln…").await?;
    is_german(&window, "the window").await?;
    // The program goes on in the tray when its window is closed: it is ended by its key. The driver loses it then.
    let pressed = window.press(&[key::CONTROL, 'q']).await;
    desk.app_ends().await.with_context(|| format!("the key was taken: {}", pressed.is_ok()))?;
    let window = desk.open_app_in(&[], "Alle Zugänge").await?;
    speaks(&window, "de").await?;
    speak(&window, "en").await?;
    window.find("button", "Copy key").await?;
    Ok(())
}

#[tokio::test]
async fn no_word_of_the_window_escapes_translation() -> Result<()> {
    /// Names and values, and what is called the same everywhere.
    const DATA: [&str; 7] = ["Fobwatch", "Payments", "Stripe", "sk_live_", "Esc", "Ctrl", "curl"];
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", LIVE, &["--provider", "stripe", "--rotate-by", "90d"]).await?;
    let window = desk.open_app().await?;
    speak(&window, "en-XA").await?;
    walk(&window, |place| {
        let window = &window;
        async move {
            let told = told(window).await?;
            let foreign = told.iter().filter(|text| text.starts_with('[')).count();
            ensure!(foreign > 5, "{place} does not speak the pseudo-locale: {told:?}");
            let escaped: Vec<&String> = told
                .iter()
                .filter(|text| !text.contains('[') && !DATA.iter().any(|data| text.starts_with(data)))
                .collect();
            ensure!(escaped.is_empty(), "{place} says without translation {escaped:?}");
            Ok(())
        }
    })
    .await
}

#[tokio::test]
async fn from_right_to_left_the_window_turns_and_code_does_not() -> Result<()> {
    const SIDES: &str = "const box = (css) => document.querySelector(css)?.getBoundingClientRect();
        const list = box('[data-pane=list]'), detail = box('[data-pane=detail]'), side = box('[data-pane=nav]');
        const code = [...document.querySelectorAll('.mono')].filter((one) => getComputedStyle(one).direction !== 'ltr');
        return [document.documentElement.dir, side.left > list.left && list.left > detail.left, code.length,
                document.documentElement.scrollWidth <= innerWidth];";
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", LIVE, &["--provider", "stripe"]).await?;
    let window = desk.open_app().await?;
    speak(&window, "ar-XB").await?;
    let sides = window.client().execute(SIDES, Vec::new()).await?;
    ensure!(sides == json!(["rtl", true, 0, true]), "{sides}");
    Ok(())
}
