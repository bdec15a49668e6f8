//! The keys of what opens over the list or in its place, the order of Tab, and that no key goes without its journey.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::until;
use fobwatch_tests::window::Window;

use crate::by_key::{here, keyboard_on, leads, leads_to_option, never_pointed, open, option_on, press};
use crate::desk::{Desk, SOON, never_seen, row, watch_for};
use crate::expiries::{chosen, lanes};
use crate::list::rows_are;
use crate::settings::open_section;
use crate::sign_in::SEARCH;
use crate::workbench::put_on_clipboard;

const PAYMENTS: &str = "sk_test_51Canary00000000000000aaaa";
/// A token as GitHub gives them, 40 characters long.
const PASTED: &str = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";

/// A desk with keys that are to be rotated in 3, 20 and 200 days.
async fn three() -> Result<Desk> {
    let desk = Desk::set().await?;
    let keys = [("Mail", "staging", "20d"), ("Payments", "production", "3d"), ("Search", "development", "200d")];
    for (index, (name, environment, ends)) in keys.into_iter().enumerate() {
        let value = format!("{PAYMENTS}{index}");
        desk.add_key(name, environment, &value, &["--provider", "stripe", "--rotate-by", ends]).await?;
    }
    Ok(desk)
}

#[tokio::test]
async fn a_key_is_added_from_the_grid_of_providers_by_arrows_and_tab() -> Result<()> {
    let desk = three().await?;
    let window = open(&desk).await?;
    watch_for(&window, PASTED).await?;
    leads(&window, "Ctrl+N", SEARCH).await?;
    let grid = window.find("listbox", "Providers").await?;
    let offered = grid.find_all(fantoccini::Locator::Css("[role=option]")).await?;
    let mut names = Vec::new();
    for one in offered.iter().take(4) {
        names.push(one.attr("aria-label").await?.unwrap_or_default());
    }
    // Two stand side by side.
    ensure!(option_on(&window).await? == names[0]);
    for (keys, place) in [("→", 1), ("↓", 3), ("←", 2), ("↑", 0)] {
        leads_to_option(&window, keys, &names[place]).await?;
    }
    leads(&window, "Tab", "OAuth login").await?;
    leads(&window, "Tab", "API key").await?;
    press(&window, "Enter").await?;
    leads(&window, "Shift+Tab", "OAuth login").await?;
    leads(&window, "Shift+Tab", SEARCH).await?;
    window.type_keys("strip").await?;
    until("Stripe", SOON, || async { Ok((option_on(&window).await? == "Stripe").then_some(())) }).await?;
    leads(&window, "Enter", "Name").await?;
    // The name gives the environment away.
    window.type_keys("Billing staging").await?;
    leads(&window, "Tab", "staging").await?;
    leads(&window, "Tab", "Key").await?;
    window.type_keys("billing-0123456789abcdef").await?;
    press(&window, "Ctrl+Enter").await?;
    window.find("heading", "Billing staging").await?;
    row(&window, "Billing staging, staging, Stripe").await?;
    keyboard_on(&window, "Credentials").await?;

    leads(&window, "Ctrl+N", SEARCH).await?;
    put_on_clipboard(&desk, PASTED).await?;
    press(&window, "Ctrl+V").await?;
    window.shows("A GitHub token, 40 characters").await?;
    keyboard_on(&window, "Name").await?;
    press(&window, "Esc").await?;
    window.gone("dialog", "Add API key").await?;
    keyboard_on(&window, "Credentials").await?;
    never_seen(&window, PASTED).await?;
    never_pointed(&window).await
}

#[tokio::test]
async fn the_window_opens_with_the_keyboard_on_what_was_selected_last() -> Result<()> {
    let desk = three().await?;
    let window = open(&desk).await?;
    leads_to_option(&window, "End", "Search").await?;
    window.find("heading", "Search").await?;
    never_pointed(&window).await?;
    // The driver may lose the window before it can answer.
    let pressed = press(&window, "Ctrl+Q").await;
    desk.app_ends().await.with_context(|| format!("{pressed:?}"))?;
    drop(window);
    let window = open(&desk).await?;
    window.find("heading", "Search").await?;
    leads_to_option(&window, "↑", "Mail").await?;
    never_pointed(&window).await
}

#[tokio::test]
async fn alt_and_a_number_opens_each_view_with_the_keyboard_in_it() -> Result<()> {
    let desk = three().await?;
    let window = open(&desk).await?;
    leads(&window, "Alt+2", "Credentials").await?;
    rows_are(&window, &["Payments"]).await?;
    leads(&window, "Alt+3", "Time line of expiries").await?;
    leads(&window, "Alt+4", "Findings").await?;
    leads(&window, "Alt+5", "What happened, newest first").await?;
    leads(&window, "Alt+6", "Decode").await?;
    leads(&window, "Alt+1", "Credentials").await?;
    rows_are(&window, &["Payments", "Mail", "Search"]).await?;
    leads(&window, "Ctrl+,", "General").await?;

    leads(&window, "Ctrl+F", "Search settings").await?;
    window.type_keys("rfc 7518").await?;
    window.find("combobox", "Shortest HS256 secret").await?;
    press(&window, "Esc").await?;
    window.find("combobox", "Language").await?;
    leads(&window, "Esc", "General").await?;

    leads(&window, "Ctrl+K", "Find a command").await?;
    window.type_keys("all cred").await?;
    until("the command", SOON, || async { Ok((option_on(&window).await? == "All credentials").then_some(())) }).await?;
    leads(&window, "Enter", "Credentials").await?;
    leads(&window, "Ctrl+K", "Find a command").await?;
    leads(&window, "Esc", "Credentials").await?;
    never_pointed(&window).await
}

#[tokio::test]
async fn the_time_line_is_walked_moved_and_zoomed_by_key() -> Result<()> {
    let desk = three().await?;
    let window = open(&desk).await?;
    leads(&window, "Alt+3", "Time line of expiries").await?;
    lanes(&window, &["Payments", "Mail"]).await?;
    for (keys, lane) in [("→", "Payments"), ("→", "Mail"), ("←", "Payments"), ("↓", "Mail"), ("↑", "Payments")]
    {
        press(&window, keys).await?;
        chosen(&window, lane).await.context(keys)?;
    }
    for (keys, lane) in [("End", "Mail"), ("Home", "Payments"), ("PageDown", "Mail"), ("PageUp", "Payments")] {
        press(&window, keys).await?;
        chosen(&window, lane).await.context(keys)?;
    }
    press(&window, "Shift+→").await?;
    window.find("button", "Now").await?;
    press(&window, "T").await?;
    window.gone("button", "Now").await?;
    press(&window, "Shift+←").await?;
    window.find("button", "Now").await?;
    press(&window, "T").await?;
    window.gone("button", "Now").await?;
    for _ in 0..3 {
        press(&window, "-").await?;
    }
    lanes(&window, &["Payments", "Mail", "Search"]).await?;
    for _ in 0..9 {
        press(&window, "+").await?;
    }
    lanes(&window, &["Payments"]).await?;
    press(&window, "0").await?;
    lanes(&window, &["Payments", "Mail"]).await?;
    leads(&window, "V", "Expiries, soonest first").await?;
    leads(&window, "↓", "Payments").await?;
    leads(&window, "↓", "Mail").await?;
    leads(&window, "↑", "Payments").await?;
    leads(&window, "V", "Time line of expiries").await?;
    press(&window, "→").await?;
    chosen(&window, "Mail").await?;
    leads(&window, "Enter", "Credentials").await?;
    window.find("heading", "Mail").await?;
    never_pointed(&window).await
}

#[tokio::test]
async fn an_entry_of_the_activity_is_walked_to_and_opened_by_key() -> Result<()> {
    let desk = three().await?;
    let window = open(&desk).await?;
    leads(&window, "Alt+5", "What happened, newest first").await?;
    until("the newest entry", SOON, || async { Ok(option_on(&window).await?.contains("Added, Search").then_some(())) })
        .await?;
    let on = async |keys: &str, entry: &str| {
        press(&window, keys).await?;
        until(&format!("{keys} to lead to {entry}"), SOON, || async {
            Ok(option_on(&window).await?.contains(entry).then_some(()))
        })
        .await
    };
    for (keys, name) in
        [("End", "Mail"), ("↑", "Payments"), ("Home", "Search"), ("↓", "Payments"), ("PageDown", "Mail")]
    {
        on(keys, &format!("Added, {name}")).await?;
    }
    on("PageUp", "Added, Search").await?;
    leads(&window, "Enter", "Close").await?;
    window.find("complementary", "Entry 3").await?;
    press(&window, "Esc").await?;
    window.gone("complementary", "Entry 3").await?;
    keyboard_on(&window, "What happened, newest first").await?;
    leads(&window, "Ctrl+F", "Credential, program, error").await?;
    window.type_keys("mail").await?;
    window.shows("1 entry").await?;
    press(&window, "Esc").await?;
    window.shows("3 entries").await?;
    leads(&window, "Esc", "What happened, newest first").await?;
    never_pointed(&window).await
}

/// Walks with `keys` from where the keyboard is to what has this name, and returns the panes and the names on the way.
async fn walk(window: &Window, keys: &str, last: &str) -> Result<Vec<(String, String)>> {
    const PANE: &str = "return document.activeElement?.closest('[data-pane]')?.dataset.pane ?? 'none'";
    let mut stops = Vec::new();
    for _ in 0..80 {
        let pane = window.client().execute(PANE, Vec::new()).await?;
        let name = here(window).await?;
        stops.push((pane.as_str().unwrap_or_default().to_owned(), name));
        if stops.last().is_some_and(|(_, name)| name == last) {
            return Ok(stops);
        }
        press(window, keys).await?;
    }
    anyhow::bail!("{keys} does not lead to “{last}”: {stops:?}")
}

#[tokio::test]
async fn tab_goes_from_the_search_through_list_and_detail_to_the_footer_of_the_sidebar() -> Result<()> {
    const ORDER: &[&str] = &[
        "Search",
        "Add credential",
        "Order: Attention, then recent",
        "Credentials",
        "Copy key Ctrl+C",
        "Copy as…",
        "Rotate…",
        "More",
        "Overview",
        "Copy as Header",
        "Reveal key for 15 s",
        "All credentials, 3",
        "Needs attention, 1",
        "Workbench",
        "API keys, 3",
        "Lock now",
        "Settings",
    ];
    let desk = three().await?;
    let window = open(&desk).await?;
    window.find("heading", "Payments").await?;
    leads(&window, "Ctrl+F", "Search").await?;
    let there = walk(&window, "Tab", "Settings").await?;
    let mut names = there.iter().map(|(_, name)| name.as_str());
    for wanted in ORDER {
        ensure!(names.any(|name| name == *wanted), "“{wanted}” is not where it belongs: {there:?}");
    }
    ensure!(there.iter().zip(ORDER).take(4).all(|((_, name), wanted)| name == wanted), "in between: {there:?}");
    let mut panes: Vec<_> = there.iter().map(|(pane, _)| pane.as_str()).collect();
    panes.dedup();
    ensure!(panes == ["list", "detail", "nav"], "{panes:?}");
    let mut back = walk(&window, "Shift+Tab", "Search").await?;
    back.reverse();
    ensure!(back == there, "another way back: {back:?}");
    never_pointed(&window).await
}

/// The journeys, each with the keys that it presses, written as the window writes them.
const JOURNEYS: &[(&str, &str)] = &[
    ("the_list_is_walked_by_arrows_pages_and_letters", "↑ ↓ Home End PageUp PageDown"),
    (
        "a_key_is_copied_as_it_is_from_the_menu_and_in_nine_formats",
        "Ctrl+C Ctrl+Shift+C Ctrl+1 Ctrl+2 Ctrl+3 Ctrl+4 Ctrl+5 Ctrl+6 Ctrl+7 Ctrl+8 Ctrl+9",
    ),
    ("a_value_is_shown_as_long_as_space_is_held_and_then_leaves_the_page", "Space"),
    ("enter_leads_in_and_escape_out_and_f6_goes_round", "Enter Esc F6 Shift+F6 Ctrl+F [ ]"),
    ("shift_and_the_arrows_choose_several_and_control_a_all", "Shift+↑ Shift+↓ Ctrl+A"),
    ("a_login_is_refreshed_and_signed_in_again_by_key", "Ctrl+R Ctrl+I"),
    ("what_is_deleted_comes_back_and_the_window_locks_by_key", "Delete Ctrl+Z Ctrl+Shift+L"),
    (
        "a_key_is_added_from_the_grid_of_providers_by_arrows_and_tab",
        "Ctrl+N ↑ ↓ ← → Tab Shift+Tab Enter Ctrl+Enter Ctrl+V Esc",
    ),
    ("the_window_opens_with_the_keyboard_on_what_was_selected_last", "Ctrl+Q"),
    (
        "alt_and_a_number_opens_each_view_with_the_keyboard_in_it",
        "Alt+1 Alt+2 Alt+3 Alt+4 Alt+5 Alt+6 Ctrl+, Ctrl+F Ctrl+K",
    ),
    (
        "the_time_line_is_walked_moved_and_zoomed_by_key",
        "← → ↑ ↓ Home End PageUp PageDown Shift+← Shift+→ + - 0 T V Enter",
    ),
    ("an_entry_of_the_activity_is_walked_to_and_opened_by_key", "↑ ↓ Home End PageUp PageDown Enter Esc Ctrl+F"),
];

/// Every key of the window that it writes where it is now (a key that acts in every program is the palette's), as it is pressed: in caps, for screen readers, beside words.
async fn written(window: &Window) -> Result<Vec<String>> {
    const WRITTEN: &str = "const found = new Set();
        for (const cap of document.querySelectorAll('kbd')) {
            const group = cap.parentElement.matches('span[dir=ltr]') ? [...cap.parentElement.children] : [cap];
            if (cap.checkVisibility() && !cap.closest('[data-anywhere]')) found.add(group.map((one) => one.textContent).join('+'));
        }
        for (const one of document.querySelectorAll('[aria-keyshortcuts]')) found.add(one.getAttribute('aria-keyshortcuts'));
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const text = texts.currentNode.data.trim();
            if (/^(Ctrl|Alt|Shift)\\+/.test(text)) found.add(text);
        }
        return [...found];";
    let found: Vec<String> = serde_json::from_value(window.client().execute(WRITTEN, Vec::new()).await?)?;
    let same = [("Control", "Ctrl"), ("Escape", "Esc"), ("↵", "Enter"), ("−", "-")];
    let as_pressed = |keys: String| same.iter().fold(keys, |keys, (other, here)| keys.replace(other, here));
    Ok(found.into_iter().map(as_pressed).collect())
}

/// The keys of the settings, of which a line may stand for several: “Views of the sidebar, 1 to 6”.
async fn listed(window: &Window) -> Result<Vec<String>> {
    const LINES: &str = "return [...document.querySelectorAll('li')]
        .filter((line) => line.querySelector('[data-anywhere]') === null)
        .map((line) => [line.querySelector('p')?.innerText, [...line.querySelectorAll('kbd')].map((one) => one.innerText)])
        .filter(([, caps]) => caps.length > 0);";
    let lines: Vec<(String, Vec<String>)> = serde_json::from_value(window.client().execute(LINES, Vec::new()).await?)?;
    let mut all = Vec::new();
    for (label, caps) in lines {
        let keys = caps.join("+");
        let Some((_, last)) = label.split_once(" 1 to ") else {
            all.push(keys);
            continue;
        };
        let before = keys.strip_suffix('1').context("a line for several does not begin at 1")?;
        all.extend((1..=last.parse::<u32>()?).map(|place| format!("{before}{place}")));
    }
    Ok(all)
}

#[tokio::test]
async fn every_key_that_the_window_names_has_a_journey_that_presses_it() -> Result<()> {
    let source = concat!(include_str!("keyboard.rs"), include_str!("keyboard_views.rs"));
    for (journey, keys) in JOURNEYS {
        let (_, from) = source.split_once(&format!("async fn {journey}()")).context("no such journey")?;
        let body = from.split_once("\n}\n").map_or(from, |(body, _)| body);
        for key in keys.split(' ') {
            ensure!(body.contains(&format!("\"{key}\"")), "{journey} does not press {key}");
        }
    }
    let desk = three().await?;
    let window = open(&desk).await?;
    window.find("heading", "Payments").await?;
    let mut named = written(&window).await?;
    for (keys, there) in
        [("Ctrl+Shift+C", "Key only"), ("Ctrl+K", "Find a command"), ("Ctrl+N", SEARCH), ("Delete", "Production")]
    {
        leads(&window, keys, there).await?;
        named.extend(written(&window).await?);
        leads(&window, "Esc", "Credentials").await?;
    }
    leads(&window, "Alt+3", "Time line of expiries").await?;
    named.extend(written(&window).await?);
    open_section(&window, 6, "Shortcuts").await?;
    let settings = listed(&window).await?;
    ensure!(settings.len() > 30, "the settings list {settings:?}");
    named.extend(settings);
    let pressed = |key: &String| JOURNEYS.iter().any(|(_, keys)| keys.split(' ').any(|one| one == key));
    named.retain(|key| !pressed(key));
    ensure!(named.is_empty(), "no journey presses {named:?}");
    never_pointed(&window).await
}
