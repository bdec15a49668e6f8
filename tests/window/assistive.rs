//! What a screen reader gets of the real window, over AT-SPI.

use anyhow::{Result, ensure};
use fobwatch_tests::assistive::{Assistive, Object};
use fobwatch_tests::process::{Running, built, until};

use crate::desk::{Desk, SOON};

#[tokio::test]
async fn a_screen_reader_gets_list_names_and_actions_of_the_real_window() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments gateway", "production", "sk_live_51Assistive00000000", &["--account", "acct_1"]).await?;
    let assistive = Assistive::start(&desk.session).await?;
    // Without a driver: what is driven is kept from the accessibility bus.
    let mut app = desk.session.command(built("fobwatch")?);
    app.env("FOB_HOME", desk.fob.home()).envs(assistive.env());
    let _app = Running::start(app)?;
    let tree = until("the window on the accessibility bus", SOON, || async {
        let tree = assistive.tree().await?;
        Ok(tree.iter().any(|one| one.name.starts_with("Payments gateway, production")).then_some(tree))
    })
    .await?;
    let has = |roles: &[&str], name: &str| {
        tree.iter().any(|Object { role, name: own }| roles.contains(&role.as_str()) && own.starts_with(name))
    };
    for (roles, name) in [
        (&["list box"][..], "Credentials"),
        (&["list item"], "Payments gateway, production"),
        (&["push button", "button"], "Copy"),
        (&["push button", "button"], "Add credential"),
        (&["heading"], "Payments gateway"),
        (&["landmark"], ""),
    ] {
        ensure!(has(roles, name), "no {roles:?} “{name}” in {tree:#?}");
    }
    // What can be pressed has a name, and no value of the vault is in any.
    for one in &tree {
        let pressed = ["push button", "button", "list item", "page tab", "entry"].contains(&one.role.as_str());
        ensure!(!pressed || !one.name.is_empty(), "a {} without a name", one.role);
        ensure!(!one.name.contains("51Assistive"), "a value in the name of a {}", one.role);
    }
    Ok(())
}
