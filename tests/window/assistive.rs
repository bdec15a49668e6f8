//! What a screen reader gets of the real window, over AT-SPI: names, roles, announcements, and no value.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::assistive::{Assistive, HEARD, Object, below, role};
use fobwatch_tests::process::until;
use fobwatch_tests::window::key;

use crate::desk::{Desk, SOON, choose, row};

const VALUE: &str = "sk_live_51Assistive00000000";
const TYPED: &str = "sk_test_51Canary00000000000000aaaa";
const SEARCH: &str = "Search providers, or paste a key, a token or an issuer URL";

/// Waits for a tree that has all of these, and returns it.
async fn tree_with(assistive: &Assistive, wanted: &[(u32, &str)]) -> Result<Vec<Object>> {
    let what = format!("{wanted:?} in the tree");
    until(&what, SOON, || async {
        let tree = assistive.tree().await?;
        Ok(wanted.iter().all(|(role, start)| below(&tree, *role, start).is_some()).then_some(tree))
    })
    .await
}

async fn press(assistive: &Assistive, tree: &[Object], name: &str) -> Result<()> {
    let button = below(tree, role::PUSH_BUTTON, name).with_context(|| format!("no button “{name}”"))?;
    assistive.press(&button[0]).await
}

/// Fails when something that can be used has no name.
fn all_named(tree: &[Object]) -> Result<()> {
    use role::{COMBO_BOX, ENTRY, PAGE_TAB, PASSWORD_TEXT, PUSH_BUTTON, TOGGLE_BUTTON};
    let used = [COMBO_BOX, ENTRY, PAGE_TAB, PASSWORD_TEXT, PUSH_BUTTON, TOGGLE_BUTTON];
    let nameless: Vec<_> = tree.iter().filter(|one| used.contains(&one.role) && one.name.is_empty()).collect();
    ensure!(nameless.is_empty(), "without a name: {nameless:?}");
    Ok(())
}

/// Everything that the tree says, in one text.
fn said(tree: &[Object]) -> String {
    let all = |one: &Object| format!("{} {} {} {:?}\n", one.name, one.description, one.text, one.attributes);
    tree.iter().map(all).collect()
}

#[tokio::test]
async fn a_screen_reader_gets_names_roles_and_announcements_and_no_value() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Mail", "staging", "key-0123456789abcdef", &["--rotate-by", "none"]).await?;
    desk.add_key("Payments gateway", "production", VALUE, &["--account", "acct_1"]).await?;
    let assistive = Assistive::start(&desk.session).await?;
    let window = desk.open_app_in(&[HEARD], "All credentials").await?;
    row(&window, "Mail").await?;
    choose(&window, "Payments gateway", "Payments gateway").await?;

    let wanted = [
        (role::LIST_BOX, "Credentials"),
        (role::LIST_ITEM, "Payments gateway, production, acct_1, API key"),
        (role::ENTRY, "Search"),
        (role::HEADING, "Payments gateway"),
        (role::PAGE_TAB, "History"),
        (role::TOGGLE_BUTTON, "Production, 1"),
        (role::PUSH_BUTTON, "Copy key"),
        (role::PUSH_BUTTON, "Add credential"),
        (role::PUSH_BUTTON, "Settings"),
    ];
    let tree = tree_with(&assistive, &wanted).await?;
    all_named(&tree)?;
    let list = below(&tree, role::LIST_BOX, "Credentials").context("the list went")?;
    let options: Vec<_> = list.iter().filter(|one| one.role == role::LIST_ITEM).map(|one| one.name.clone()).collect();
    ensure!(options == window.names("option").await?, "other rows than the window's: {options:?}");

    // What is done is told in a region that speaks by itself, and the value that was copied is not.
    press(&assistive, &tree, "Copy key").await?;
    desk.clipboard_holds(VALUE).await?;
    let polite = |one: &Object| one.attributes.get("live").is_some_and(|live| live == "polite");
    let tree = until("“Copied” in the status region", SOON, || async {
        let tree = assistive.tree().await?;
        Ok(tree.iter().any(|one| polite(one) && one.text == "Copied").then_some(tree))
    })
    .await?;
    ensure!(said(&tree).contains("Payments gateway"), "what is said is not looked at");
    ensure!(!said(&tree).contains("51Assistive"), "the value can be heard");

    press(&assistive, &tree, "Add credential").await?;
    let start = [(role::DIALOG, "Add credential"), (role::HEADING, "Add credential"), (role::COMBO_BOX, SEARCH)];
    all_named(&tree_with(&assistive, &start).await?)?;
    window.click("button", "API key You set a rotate-by date").await?;
    window.type_into("combobox", SEARCH, &format!("stripe{}", key::ENTER)).await?;
    window.type_into("textbox", "Name", "Payments sandbox").await?;
    window.type_into("textbox", "Key", TYPED).await?;
    let form = [(role::DIALOG, "Add API key"), (role::PASSWORD_TEXT, "Key"), (role::PUSH_BUTTON, "Store key")];
    let tree = tree_with(&assistive, &form).await?;
    all_named(&tree)?;
    let dialog = below(&tree, role::DIALOG, "Add API key").context("the dialog went")?;
    let field = |role, name| below(dialog, role, name).map(|found| found[0].text.as_str());
    ensure!(field(role::ENTRY, "Name") == Some("Payments sandbox"), "what is typed is not told: {dialog:?}");
    let dots = field(role::PASSWORD_TEXT, "Key").context("no field for the key")?;
    ensure!(dots.chars().all(|dot| dot == '•') && dots.chars().count() == TYPED.len(), "the key is read out");
    ensure!(!said(&tree).contains("51Canary"), "the typed key can be heard");
    Ok(())
}

// A style that keeps text from being selected, beside text that can be, ends WebKitGTK's process at this question.
#[tokio::test]
async fn a_screen_reader_may_ask_how_every_text_looks() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments gateway", "production", VALUE, &["--account", "acct_1"]).await?;
    let assistive = Assistive::start(&desk.session).await?;
    let window = desk.open_app_in(&[HEARD], "All credentials").await?;
    choose(&window, "Payments gateway", "Payments gateway").await?;
    let tree = tree_with(&assistive, &[(role::HEADING, "Payments gateway"), (role::HEADING, "Recent")]).await?;
    assistive.ask_for_looks(&tree).await?;
    window.find("heading", "Payments gateway").await?;
    Ok(())
}
