//! The quick palette, as a person uses it: a key pressed in another program, letters, Enter, and back to that program.
//! Keys come through the X server; what is copied is read by another client.

#[expect(dead_code, reason = "the journeys of the window use the rest")]
#[path = "window/desk.rs"]
mod desk;

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::app_lock::{PASSPHRASE, lock, set_passphrase};
use fobwatch_tests::portal::Portal;
use fobwatch_tests::process::{Running, built, until};
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::tray::Tray;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, InputFocus, Window, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::desk::{Desk, SOON};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";
const OTHER: &str = "sk_test_51Canary00000000000000bbbb";

/// The other program: a window of its own that has the keyboard.
struct Other {
    x: RustConnection,
    window: Window,
}

impl Other {
    async fn opens(desk: &Desk) -> Result<Self> {
        let display = desk.session.env().into_iter().find(|(name, _)| name == "DISPLAY").context("no display")?.1;
        let (x, screen) = x11rb::connect(Some(&display))?;
        let screen = &x.setup().roots[screen];
        let (root, window) = (screen.root, x.generate_id()?);
        let new = CreateWindowAux::new();
        x.create_window(0, window, root, 0, 0, 300, 200, 0, WindowClass::INPUT_OUTPUT, 0, &new)?.check()?;
        x.map_window(window)?.check()?;
        let other = Self { x, window };
        until("the other program's window", SOON, || async {
            other.x.set_input_focus(InputFocus::PARENT, window, 0u32)?.ignore_error();
            other.x.sync()?;
            Ok(other.has_keyboard()?.then_some(()))
        })
        .await?;
        Ok(other)
    }

    fn has_keyboard(&self) -> Result<bool> {
        Ok(self.x.get_input_focus()?.reply()?.focus == self.window)
    }
}

async fn press(desk: &Desk, arguments: &[&str]) -> Result<()> {
    let mut keys = desk.session.command("xdotool");
    ensure!(keys.args(arguments).status().await?.success(), "xdotool {arguments:?} failed");
    Ok(())
}

/// Tells whether the palette stands on the screen.
async fn is_open(desk: &Desk) -> Result<bool> {
    let mut search = desk.session.command("xdotool");
    search.args(["search", "--onlyvisible", "--name", "^Fobwatch palette$"]);
    Ok(search.output().await?.status.success())
}

async fn opens(desk: &Desk) -> Result<()> {
    until("the palette", SOON, || async { Ok(is_open(desk).await?.then_some(())) }).await?;
    // What is typed goes to who has the keyboard.
    until("the palette to have the keyboard", SOON, || async {
        let mut focused = desk.session.command("xdotool");
        let focused = focused.args(["getwindowfocus", "getwindowname"]).output().await?;
        Ok((focused.stdout.trim_ascii() == b"Fobwatch palette").then_some(()))
    })
    .await
}

/// The palette's programs, by their places in `/proc`.
fn programs(desk: &Desk) -> Result<Vec<PathBuf>> {
    let own = format!("FOB_HOME={}", desk.fob.home().display());
    let is_one = |process: &PathBuf| {
        std::fs::read_link(process.join("exe")).is_ok_and(|exe| exe.ends_with("fobwatch-palette"))
            && crate::desk::has(process, &own)
    };
    Ok(std::fs::read_dir("/proc")?.flatten().map(|process| process.path()).filter(is_one).collect())
}

async fn closes(desk: &Desk, other: &Other) -> Result<()> {
    until("the palette to go", SOON, || async { Ok((!is_open(desk).await?).then_some(())) }).await?;
    until("the keyboard to go back", SOON, || async { Ok(other.has_keyboard()?.then_some(())) }).await
}

/// A desk with two keys, another program in front, and the app hidden in the tray with its hot key.
struct Set {
    desk: Desk,
    other: Other,
    tray: Tray,
    _app: Running,
    _manager: Running,
}

/// Who gives a new window the keyboard.
fn window_manager(desk: &Desk) -> Result<Running> {
    let mut manager = desk.session.command("openbox");
    manager.stderr(Stdio::null());
    Running::start(manager)
}

async fn set() -> Result<Set> {
    let desk = Desk::set().await?;
    let tray = Tray::host(&desk.session).await?;
    let manager = window_manager(&desk)?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    desk.add_key("Warehouse", "staging", OTHER, &["--rotate-by", "none"]).await?;
    let other = Other::opens(&desk).await?;
    let mut app = desk.session.command(built("fobwatch")?);
    app.arg("--hidden").env("FOB_HOME", desk.fob.home()).env("FOB_LOG", "info").stderr(Stdio::null());
    let app = Running::start(app)?;
    tray.item().await?;
    let log = desk.fob.home().join("log/fobwatch.log");
    until("the app to have its key", SOON, || async {
        Ok(std::fs::read_to_string(&log)?.contains("the key of the palette state=Set").then_some(()))
    })
    .await?;
    Ok(Set { desk, other, tray, _app: app, _manager: manager })
}

#[tokio::test]
async fn a_key_letters_and_enter_copy_what_they_find_and_the_keyboard_goes_back() -> Result<()> {
    let set = set().await?;
    let (desk, other, tray) = (&set.desk, &set.other, &set.tray);
    for (letters, value) in [("ware", OTHER), ("pay", KEY), ("rehou", OTHER)] {
        press(desk, &["key", "ctrl+alt+k"]).await?;
        opens(desk).await?;
        let shown = programs(desk)?;
        for program in &shown {
            let libraries = std::fs::read_to_string(program.join("maps"))?;
            ensure!(libraries.contains("libgtk-3"), "this look is blind: {libraries}");
            ensure!(!libraries.contains("libGL"), "it keeps a compiler for shaders: {libraries}");
        }
        // Enter comes with the last letter: it means what they find, not what stood there before.
        let typed = letters.chars().map(String::from).chain(["Return".to_owned()]).collect::<Vec<_>>();
        let keys: Vec<&str> = ["key", "--delay", "0"].into_iter().chain(typed.iter().map(String::as_str)).collect();
        press(desk, &keys).await?;
        desk.clipboard_holds(value).await?;
        closes(desk, other).await?;
        // What it held goes with it. The one that waits for the next time is another, and has heard of nothing.
        until("the palette's program to end", SOON, || async {
            let left = programs(desk)?;
            Ok((!shown.is_empty() && !left.iter().any(|one| shown.contains(one))).then_some(()))
        })
        .await?;
    }
    let log = desk.fob.run(&["log", "--json"]).await?;
    ensure!(log.stdout.contains("\"palette\""), "the log does not say where it was copied: {}", log.stdout);
    tray.item().await?.click("Quit").await?;
    desk.app_ends().await
}

#[tokio::test]
async fn shift_copies_a_header_the_arrow_shows_more_and_escape_nothing() -> Result<()> {
    let set = set().await?;
    let (desk, other) = (&set.desk, &set.other);
    press(desk, &["key", "ctrl+alt+k"]).await?;
    opens(desk).await?;
    press(desk, &["type", "--delay", "0", "pay"]).await?;
    press(desk, &["key", "shift+Return"]).await?;
    desk.clipboard_holds(&format!("Authorization: Bearer {KEY}")).await?;
    closes(desk, other).await?;

    press(desk, &["key", "ctrl+alt+k"]).await?;
    opens(desk).await?;
    press(desk, &["type", "--delay", "0", "ware"]).await?;
    press(desk, &["key", "Right", "ctrl+2"]).await?;
    desk.clipboard_holds(&format!("WAREHOUSE_KEY={OTHER}")).await?;
    closes(desk, other).await?;

    press(desk, &["key", "ctrl+alt+k"]).await?;
    opens(desk).await?;
    // Back from the lines, and away.
    press(desk, &["key", "Right", "Escape", "Escape"]).await?;
    closes(desk, other).await?;
    desk.clipboard_holds(&format!("WAREHOUSE_KEY={OTHER}")).await
}

#[tokio::test]
async fn the_key_again_and_another_program_put_it_away_and_a_second_start_brings_it_up() -> Result<()> {
    let set = set().await?;
    let (desk, other) = (&set.desk, &set.other);
    press(desk, &["key", "ctrl+alt+k"]).await?;
    opens(desk).await?;
    press(desk, &["key", "ctrl+alt+k"]).await?;
    closes(desk, other).await?;

    second_start(desk).await?;
    other.x.set_input_focus(InputFocus::PARENT, other.window, 0u32)?.check()?;
    closes(desk, other).await
}

#[tokio::test]
async fn a_login_can_be_refreshed_first() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 15, ..Oidc::default() }).await?;
    let set = set().await?;
    let desk = &set.desk;
    fobwatch_tests::journey::sign_in(&desk.fob, &server, "Northwind").await?;
    let before = desk.show("Northwind").await?;
    press(desk, &["key", "ctrl+alt+k"]).await?;
    opens(desk).await?;
    press(desk, &["type", "--delay", "0", "north"]).await?;
    // Refreshed first, at the provider.
    press(desk, &["key", "Right", "ctrl+r"]).await?;
    until("a refresh", SOON, || async {
        let now = desk.show("Northwind").await?;
        Ok((now["refresh_generation"].as_u64() > before["refresh_generation"].as_u64()).then_some(()))
    })
    .await?;
    let token = until("the token on the clipboard", SOON, || async {
        let text = desk.clipboard().await?;
        Ok((!text.is_empty()).then_some(text))
    })
    .await?;
    ensure!(token == desk.fob.run(&["token", "Northwind"]).await?.stdout.trim(), "another token was copied");
    Ok(())
}

/// Brings the palette up as a desktop's own shortcut does.
async fn second_start(desk: &Desk) -> Result<()> {
    let mut second = desk.session.command(built("fobwatch")?);
    second.arg("--palette").env("FOB_HOME", desk.fob.home()).stderr(Stdio::null());
    ensure!(second.status().await?.success(), "the second start failed");
    opens(desk).await
}

#[tokio::test]
async fn a_locked_vault_is_opened_here_and_what_is_typed_meanwhile_is_searched_for() -> Result<()> {
    let desk = Desk::set().await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    desk.add_key("Warehouse", "staging", OTHER, &["--rotate-by", "none"]).await?;
    let _manager = window_manager(&desk)?;
    let window = desk.open_app().await?;
    set_passphrase(&window).await?;
    lock(&window).await?;
    second_start(&desk).await?;
    // As whoever knows what they want types it: the passphrase, and at once what is looked for.
    press(&desk, &["type", "--delay", "0", PASSPHRASE]).await?;
    press(&desk, &["key", "--delay", "0", "Return", "w", "a", "r", "e", "Return"]).await?;
    desk.clipboard_holds(OTHER).await?;
    window.find("heading", "Payments").await.map(drop)
}

#[tokio::test]
async fn under_wayland_the_portal_gives_the_key() -> Result<()> {
    let desk = Desk::set().await?;
    let _tray = Tray::host(&desk.session).await?;
    let _manager = window_manager(&desk)?;
    let portal = Portal::start(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &["--rotate-by", "none"]).await?;
    let mut app = desk.session.command(built("fobwatch")?);
    // No compositor is there: what matters is that the X server is not asked.
    app.arg("--hidden").env("FOB_HOME", desk.fob.home()).env("WAYLAND_DISPLAY", "wayland-none").stderr(Stdio::null());
    let _app = Running::start(app)?;
    let asked = portal.asked().await?;
    ensure!(asked.keys == "CTRL+ALT+k" && asked.shortcut == "palette", "{asked:?}");
    portal.press(&asked).await?;
    opens(&desk).await
}
