//! The keyboard map of the main window (DESIGN 6.1), pressed key by key where nothing points.

use anyhow::{Context as _, Result, ensure};
use fobwatch_tests::app_lock::PASSPHRASE;
use fobwatch_tests::journey::{refreshes, sign_in};
use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::window::Window;

use crate::by_key::{chord, here, keyboard_on, leads, never_pointed, open, press, tab_to};
use crate::desk::{Desk, SOON, holds, never_seen, row, watch_for};
use crate::list::{rows_are, seed};
use crate::settings::{chosen, open_section, reach};

const PAYMENTS: &str = "sk_test_51Canary00000000000000aaaa";
const MAIL: &str = "key-0123456789abcdef";

async fn two(desk: &Desk) -> Result<()> {
    desk.add_key("Mail", "staging", MAIL, &["--provider", "mailgun", "--rotate-by", "none"]).await?;
    desk.add_key("Payments", "production", PAYMENTS, &["--provider", "stripe", "--rotate-by", "none"]).await
}

/// Returns the place of the selected row among all and its name, where it can be seen whole.
async fn selected(window: &Window) -> Result<Option<(u64, String)>> {
    const SELECTED: &str = "const row = document.querySelector('[role=option][aria-selected=true]');
        if (row === null) return null;
        const [inner, outer] = [row, row.closest('[role=listbox]')].map((one) => one.getBoundingClientRect());
        const seen = inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
        return seen ? [Number(row.ariaPosInSet), row.ariaLabel.split(',')[0]] : null;";
    Ok(serde_json::from_value(window.client().execute(SELECTED, Vec::new()).await?)?)
}

/// Presses keys and waits until the selection is at this place, to be seen, with its credential open.
async fn moves(window: &Window, keys: &str, place: u64) -> Result<String> {
    press(window, keys).await?;
    let wanted = format!("{keys} to select row {place}");
    let there = || async { Ok(selected(window).await?.filter(|(at, _)| *at == place)) };
    let (_, name) = match until(&wanted, SOON, there).await {
        Ok(found) => found,
        Err(reason) => return Err(reason.context(format!("seen as selected: {:?}", selected(window).await?))),
    };
    window.find("heading", &name).await?;
    Ok(name)
}

#[tokio::test]
async fn the_list_is_walked_by_arrows_pages_and_letters() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Zebra", "staging", MAIL, &["--rotate-by", "none"]).await?;
    desk.add_key("Zeppelin", "staging", PAYMENTS, &["--rotate-by", "none"]).await?;
    seed(&desk, 60).await?;
    let window = open(&desk).await?;
    let first = moves(&window, "↑", 1).await?;
    moves(&window, "↓", 2).await?;
    moves(&window, "↓", 3).await?;
    moves(&window, "↑", 2).await?;
    moves(&window, "End", 62).await?;
    ensure!(moves(&window, "Home", 1).await? == first, "Home and ↑ lead to different rows");
    // A page is as many rows as can be seen, and the one that was last stays in sight.
    press(&window, "PageDown").await?;
    let below = || async { Ok(selected(&window).await?.map(|(at, _)| at).filter(|at| *at > 3)) };
    let page = until("the next page", SOON, below).await? - 1;
    moves(&window, "PageDown", 1 + 2 * page).await?;
    moves(&window, "PageUp", 1 + page).await?;
    moves(&window, "PageUp", 1).await?;

    letters(&window, "zep", "Zeppelin").await?;
    // After half a second a letter begins another name.
    letters(&window, "z", "Zebra").await?;
    never_pointed(&window).await
}

/// Types the beginning of a name, half a second after any other key, and waits until that row is selected. Where the
/// machine takes longer than that from letter to letter, it is typed once more.
async fn letters(window: &Window, typed: &str, name: &str) -> Result<()> {
    const QUIET: &str = "if (window.keyAt === undefined) {
            window.keyAt = performance.now();
            addEventListener('keydown', (event) => { window.keyAt = event.timeStamp; }, true);
        }
        return performance.now() - window.keyAt > 500;";
    until(&format!("“{typed}” to select {name}"), SOON, || async {
        if window.client().execute(QUIET, Vec::new()).await? == true {
            window.type_keys(typed).await?;
        }
        Ok(selected(window).await?.filter(|(_, at)| at == name).map(drop))
    })
    .await?;
    window.find("heading", name).await.map(drop)
}

/// Makes the page remember that a row says that it was copied, which it does for a moment only.
async fn watch_rows(window: &Window) -> Result<()> {
    const WATCH: &str = "const list = document.querySelector('[role=listbox]');
        const look = () => { window.rowSaid ||= list.innerText.includes('Copied'); };
        const all = { subtree: true, childList: true, characterData: true, attributes: true };
        new MutationObserver(look).observe(list, all);
        return list.innerText.includes('Copied');";
    ensure!(window.client().execute(WATCH, Vec::new()).await? == false, "it is said already");
    Ok(())
}

/// Presses keys and waits until this text is on the clipboard and a screen reader was told that it was copied.
async fn copies(desk: &Desk, window: &Window, keys: &str, text: &str) -> Result<()> {
    // What is said again is said with another space at its end.
    const SAID: &str = "return document.querySelector('.hidden-text[aria-live=polite]').textContent";
    let before = window.client().execute(SAID, Vec::new()).await?;
    press(window, keys).await?;
    desk.clipboard_holds(text).await.context(keys.to_owned())?;
    until("“Copied” to be said", SOON, || async {
        let said = window.client().execute(SAID, Vec::new()).await?;
        Ok((said != before && said.as_str().is_some_and(|said| said.trim() == "Copied")).then_some(()))
    })
    .await
}

/// Adds a format in Setup, and may go on with another one.
async fn add_format(window: &Window, name: &str, text: &str) -> Result<()> {
    leads(window, "Enter", "Format’s name").await?;
    window.type_keys(name).await?;
    leads(window, "Tab", "Format’s text").await?;
    window.type_keys(text).await?;
    leads(window, "Enter", "Add a format").await?;
    window.find("button", &format!("Remove the format {name}")).await.map(drop)
}

#[tokio::test]
async fn a_key_is_copied_as_it_is_from_the_menu_and_in_nine_formats() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "staging", PAYMENTS, &["--rotate-by", "none"]).await?;
    let window = open(&desk).await?;
    watch_for(&window, PAYMENTS).await?;
    window.find("heading", "Payments").await?;
    row(&window, "Payments, staging").await?;
    watch_rows(&window).await?;
    copies(&desk, &window, "Ctrl+C", PAYMENTS).await?;
    let said = window.client().execute("return window.rowSaid", Vec::new()).await?;
    ensure!(said == true, "the row did not say that it was copied");

    press(&window, "Ctrl+Shift+C").await?;
    window.find("menu", "Copy as").await?;
    keyboard_on(&window, "Key only").await?;
    leads(&window, "↓", "Header").await?;
    leads(&window, "Enter", "Credentials").await?;
    desk.clipboard_holds(&format!("Authorization: Bearer {PAYMENTS}")).await?;

    for _ in 0..3 {
        press(&window, "]").await?;
    }
    leads(&window, "F6", "Copy key").await?;
    tab_to(&window, "Add a format").await?;
    for place in 4..=9 {
        add_format(&window, &format!("Format {place}"), &format!("--{place}={{}}")).await?;
    }
    leads(&window, "Shift+F6", "Credentials").await?;
    let curl = format!("curl -H 'Authorization: Bearer {PAYMENTS}'");
    let known = [format!("Authorization: Bearer {PAYMENTS}"), curl, format!("PAYMENTS_KEY={PAYMENTS}")];
    let added = (4..=9).map(|place| format!("--{place}={PAYMENTS}"));
    let keys = ["Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4", "Ctrl+5", "Ctrl+6", "Ctrl+7", "Ctrl+8", "Ctrl+9"];
    for (keys, text) in keys.into_iter().zip(known.into_iter().chain(added)) {
        copies(&desk, &window, keys, &text).await?;
    }
    never_seen(&window, PAYMENTS).await?;
    never_pointed(&window).await
}

#[tokio::test]
async fn a_value_is_shown_as_long_as_space_is_held_and_then_leaves_the_page() -> Result<()> {
    const HIDES: &str = "Reveal hides itself after";
    let desk = Desk::set().await?;
    two(&desk).await?;
    let window = open(&desk).await?;
    // So that nothing but the key can be what hides it.
    open_section(&window, 1, "Security").await?;
    reach(&window, HIDES).await?;
    press(&window, "End").await?;
    until("two minutes", SOON, || async { Ok((chosen(&window, HIDES).await? == "120").then_some(())) }).await?;
    leads(&window, "Alt+1", "Credentials").await?;
    press(&window, "↓").await?;
    window.find("heading", "Payments").await?;
    ensure!(!holds(&window, PAYMENTS).await?, "it is there before anybody asked");

    window.hold(&chord("Space")?).await?;
    window.shows(PAYMENTS).await?;
    window.let_go().await?;
    until("the value to leave the page", SOON, || async { Ok((!holds(&window, PAYMENTS).await?).then_some(())) })
        .await?;
    keyboard_on(&window, "Credentials").await?;
    // Whoever goes elsewhere with the key down has let go of it as well.
    window.hold(&chord("Space")?).await?;
    window.shows(PAYMENTS).await?;
    leads(&window, "Tab", "Width of the list").await?;
    until("the value to leave the page", SOON, || async { Ok((!holds(&window, PAYMENTS).await?).then_some(())) })
        .await?;
    window.let_go().await?;
    never_pointed(&window).await
}

#[tokio::test]
async fn enter_leads_in_and_escape_out_and_f6_goes_round() -> Result<()> {
    let desk = Desk::set().await?;
    two(&desk).await?;
    let window = open(&desk).await?;
    leads(&window, "Enter", "Copy key").await?;
    leads(&window, "Esc", "Credentials").await?;
    leads(&window, "F6", "Copy key").await?;
    leads(&window, "F6", "All credentials").await?;
    leads(&window, "F6", "Credentials").await?;
    leads(&window, "Shift+F6", "All credentials").await?;
    leads(&window, "Shift+F6", "Copy key").await?;
    leads(&window, "Shift+F6", "Credentials").await?;

    leads(&window, "Ctrl+F", "Search").await?;
    window.type_keys("paym").await?;
    rows_are(&window, &["Payments"]).await?;
    window.find("heading", "Payments").await?;
    press(&window, "Esc").await?;
    rows_are(&window, &["Mail", "Payments"]).await?;
    ensure!(here(&window).await? == "Search", "the first Esc left the search");
    leads(&window, "Esc", "Credentials").await?;
    // From the detail both at once: the search is cleared on the way back.
    leads(&window, "Ctrl+F", "Search").await?;
    window.type_keys("mail").await?;
    rows_are(&window, &["Mail"]).await?;
    leads(&window, "↓", "Credentials").await?;
    leads(&window, "Enter", "Copy key").await?;
    leads(&window, "Esc", "Credentials").await?;
    rows_are(&window, &["Mail", "Payments"]).await?;

    press(&window, "]").await?;
    tab_is(&window, "Access").await?;
    press(&window, "[").await?;
    tab_is(&window, "Overview").await?;
    never_pointed(&window).await
}

/// Waits until this tab of the detail is the open one.
async fn tab_is(window: &Window, name: &str) -> Result<()> {
    until(&format!("the tab {name}"), SOON, || async {
        let tab = window.find("tab", name).await?;
        Ok((tab.attr("aria-selected").await?.as_deref() == Some("true")).then_some(()))
    })
    .await
}

#[tokio::test]
async fn shift_and_the_arrows_choose_several_and_control_a_all() -> Result<()> {
    let desk = Desk::set().await?;
    two(&desk).await?;
    desk.add_key("Wiki", "development", "wiki-0123456789abcdef", &["--rotate-by", "none"]).await?;
    let window = open(&desk).await?;
    rows_are(&window, &["Mail", "Payments", "Wiki"]).await?;
    press(&window, "Shift+↓").await?;
    window.find("heading", "2 selected").await?;
    press(&window, "Shift+↓").await?;
    window.find("heading", "3 selected").await?;
    press(&window, "Shift+↑").await?;
    window.find("heading", "2 selected").await?;
    press(&window, "Esc").await?;
    window.find("heading", "Payments").await?;
    press(&window, "Ctrl+A").await?;
    window.find("heading", "3 selected").await?;
    window.shows("3 credentials · 3 selected").await?;
    press(&window, "↑").await?;
    window.find("heading", "Mail").await?;
    never_pointed(&window).await
}

#[tokio::test]
async fn a_login_is_refreshed_and_signed_in_again_by_key() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    sign_in(&desk.fob, &server, "Northwind").await?;
    let window = open(&desk).await?;
    window.find("heading", "Northwind").await?;
    ensure!(server.record().await?.counts.refresh == 0, "somebody refreshed already");
    press(&window, "Ctrl+R").await?;
    refreshes(&server, 1, SOON).await?;
    window.shows("rotation 1").await?;

    press(&window, "Ctrl+I").await?;
    window.find("dialog", "Signed in").await?;
    keyboard_on(&window, "Copy token").await?;
    let codes = |record: &fobwatch_tests::servers::Record| {
        record.token_requests.iter().filter(|one| one.grant_type.as_deref() == Some("authorization_code")).count()
    };
    ensure!(codes(&server.record().await?) == 2, "no second sign-in reached the server");
    press(&window, "Esc").await?;
    window.gone("dialog", "Signed in").await?;
    keyboard_on(&window, "Credentials").await?;
    // The new family renews itself as the first did.
    press(&window, "Ctrl+R").await?;
    refreshes(&server, 2, SOON).await?;
    never_pointed(&window).await
}

#[tokio::test]
async fn what_is_deleted_comes_back_and_the_window_locks_by_key() -> Result<()> {
    let desk = Desk::set().await?;
    two(&desk).await?;
    let window = open(&desk).await?;
    press(&window, "↓").await?;
    window.find("heading", "Payments").await?;
    press(&window, "Delete").await?;
    window.find("dialog", "Delete Payments").await?;
    keyboard_on(&window, "Production: type the name to delete").await?;
    window.type_keys("Payments").await?;
    press(&window, "Enter").await?;
    window.shows("Deleted “Payments”").await?;
    rows_are(&window, &["Mail"]).await?;
    window.find("heading", "Mail").await?;
    keyboard_on(&window, "Credentials").await?;
    ensure!(desk.fob.run(&["token", "Payments"]).await?.code == 3, "it is there still");
    press(&window, "Ctrl+Z").await?;
    window.find("heading", "Payments").await?;
    row(&window, "Payments, production").await?;
    ensure!(desk.fob.run(&["token", "Payments"]).await?.stdout.trim() == PAYMENTS, "the key is not what it was");

    press(&window, "Ctrl+Shift+L").await?;
    window.find("dialog", "Set a passphrase").await?;
    keyboard_on(&window, "New passphrase").await?;
    window.type_keys(PASSPHRASE).await?;
    leads(&window, "Tab", "Once more").await?;
    window.type_keys(PASSPHRASE).await?;
    press(&window, "Enter").await?;
    window.gone("dialog", "Set a passphrase").await?;
    keyboard_on(&window, "Credentials").await?;
    press(&window, "Ctrl+Shift+L").await?;
    window.find("heading", "Locked").await?;
    keyboard_on(&window, "Passphrase").await?;
    window.type_keys(PASSPHRASE).await?;
    press(&window, "Enter").await?;
    window.find("heading", "Payments").await?;
    keyboard_on(&window, "Credentials").await?;
    never_pointed(&window).await
}
