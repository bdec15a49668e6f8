//! The same with a real service: dunst.

use std::process::Stdio;

use anyhow::{Result, ensure};
use fobwatch_tests::process::{Running, until};
use fobwatch_tests::session::succeed;
use fobwatch_tests::tray::Tray;

use crate::desk::{Desk, SOON};
use crate::{KEY, add_late, start};

/// What dunst has on the screen.
async fn displayed(desk: &Desk) -> Result<String> {
    let mut ask = desk.session.command("gdbus");
    ask.args(["call", "--session", "--dest", "org.freedesktop.Notifications"]);
    ask.args(["--object-path", "/org/freedesktop/Notifications"]);
    ask.args(["--method", "org.freedesktop.DBus.Properties.Get", "org.dunstproject.cmd0", "displayedLength"]);
    succeed(ask).await
}

#[tokio::test]
async fn dunst_shows_it_opens_the_window_by_it_and_takes_it_back() -> Result<()> {
    let desk = Desk::set().await?;
    // Where there is none, that is told.
    let _tray = Tray::host(&desk.session).await?;
    // What is on the screen goes by a click or by us, not by itself.
    let rules = desk.session.home().join("dunstrc");
    std::fs::write(&rules, "[urgency_normal]\ntimeout = 0\n")?;
    let mut dunst = desk.session.command("dunst");
    dunst.arg("-config").arg(rules).stderr(Stdio::null()).stdout(Stdio::null());
    let _dunst = Running::start(dunst)?;
    let shows = async |count: &str| {
        until(&format!("dunst to show {count}"), SOON, || async {
            let said = displayed(&desk).await.unwrap_or_default();
            Ok(said.contains(count).then_some(()))
        })
        .await
    };
    shows("uint32 0").await?;
    add_late(&desk, "Payments", KEY).await?;
    let mut app = start(&desk)?;
    shows("uint32 1").await?;
    let mut click = desk.session.command("gdbus");
    click.args(["call", "--session", "--dest", "org.freedesktop.Notifications"]);
    click.args(["--object-path", "/org/freedesktop/Notifications"]);
    click.args(["--method", "org.dunstproject.cmd0.NotificationAction", "0"]);
    succeed(click).await?;
    let mut search = desk.session.command("xdotool");
    search.args(["search", "--sync", "--onlyvisible", "--name", "^Fobwatch$"]).kill_on_drop(true);
    ensure!(tokio::time::timeout(SOON, search.output()).await??.status.success());
    // By this call dunst does what was chosen, and leaves it on the screen.
    shows("uint32 1").await?;
    ensure!(desk.fob.run(&["set", "Payments", "--rotate-by", "none"]).await?.code == 0);
    shows("uint32 0").await?;
    ensure!(app.stop().await?.success());
    Ok(())
}
