//! The clipboard on Wayland, with `wl-paste` as the other program: under a compositor that lets programs without a
//! window serve it (Sway), and under one that does not (Weston).

use std::process::Stdio;

use anyhow::{Result, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::process::{Running, until};
use fobwatch_tests::session::{Keyring, Session};

use crate::KEY;
use crate::desk::SOON;

/// A session with a compositor that draws nothing.
struct Desktop {
    session: Session,
    display: String,
    _compositor: Running,
}

impl Desktop {
    /// Starts a compositor and waits for its socket.
    async fn start(program: &str, arguments: &[&str]) -> Result<Self> {
        let session = Session::start(Keyring::Unlocked).await?;
        // Sway's own file is for people, with programs and keys.
        let config = session.home().join(".config/sway");
        std::fs::create_dir_all(&config)?;
        std::fs::write(config.join("config"), "xwayland disable\n")?;
        // A compositor refuses to run as root, which a test may be: in a namespace of its own it is somebody else.
        let mut command = session.command("unshare");
        command.args(["--user", "--map-user=1000", "--map-group=1000", program]).args(arguments);
        command.env_remove("DISPLAY").stderr(Stdio::null()).current_dir(session.home());
        command.envs([("WLR_BACKENDS", "headless"), ("WLR_LIBINPUT_NO_DEVICES", "1"), ("WLR_RENDERER", "pixman")]);
        let compositor = Running::start(command)?;
        let run = session.home().join("run");
        let display = until("the compositor", SOON, || async {
            let files = std::fs::read_dir(&run)?.flatten().map(|file| file.file_name().to_string_lossy().into_owned());
            let sockets: Vec<_> = files.filter(|name| name.starts_with("wayland-")).collect();
            Ok(sockets.iter().find(|name| sockets.contains(&format!("{name}.lock"))).cloned())
        })
        .await?;
        Ok(Self { session, display, _compositor: compositor })
    }

    async fn sway() -> Result<Self> {
        Self::start("sway", &[]).await
    }

    async fn fob(&self) -> Result<Fob> {
        let fob = Fob::new(&self.session)?.env("WAYLAND_DISPLAY", &self.display);
        let added = fob.run_with(&["add", "key", "Payments", "--env", "staging"], KEY).await?;
        ensure!(added.code == 0, "{added:?}");
        Ok(fob)
    }

    /// What `wl-paste` prints; nothing where there is nothing to paste.
    async fn paste(&self, arguments: &[&str]) -> Result<String> {
        let mut paste = self.session.command("wl-paste");
        paste.env("WAYLAND_DISPLAY", &self.display).arg("--no-newline").args(arguments);
        let output = paste.output().await?;
        Ok(if output.status.success() { String::from_utf8(output.stdout)? } else { String::new() })
    }

    async fn holds(&self, text: &str) -> Result<()> {
        until("the value on the clipboard", SOON, || async { Ok((self.paste(&[]).await? == text).then_some(())) }).await
    }
}

#[tokio::test]
async fn a_value_is_marked_as_secret_and_what_another_program_copied_meanwhile_stays() -> Result<()> {
    let desktop = Desktop::sway().await?;
    let fob = desktop.fob().await?;
    ensure!(fob.run(&["copy", "Payments"]).await?.code == 0);
    let types = desktop.paste(&["--list-types"]).await?;
    ensure!(types.lines().any(|one| one == "x-kde-passwordManagerHint"), "{types}");
    ensure!(desktop.paste(&["--type", "x-kde-passwordManagerHint"]).await? == "secret");
    ensure!(desktop.paste(&[]).await? == KEY);
    ensure!(desktop.paste(&["--primary", "--list-types"]).await?.is_empty(), "it is where marked text goes");

    let mut copy = desktop.session.command("wl-copy");
    copy.env("WAYLAND_DISPLAY", &desktop.display).args(["--foreground", "a shopping list"]);
    let _copy = Running::start(copy)?;
    desktop.holds("a shopping list").await?;
    // The next value waits behind nothing of the one before, and ends what served the list.
    ensure!(fob.run(&["copy", "Payments"]).await?.code == 0);
    desktop.holds(KEY).await
}

#[tokio::test]
async fn one_paste_is_one_read() -> Result<()> {
    let desktop = Desktop::sway().await?;
    let fob = desktop.fob().await?;
    let copied = fob.run(&["copy", "Payments", "--once"]).await?;
    ensure!(copied.code == 0 && copied.stderr.contains("Copied for one paste"), "{copied:?}");
    let types = desktop.paste(&["--list-types"]).await?;
    ensure!(types.lines().any(|one| one == "x-kde-passwordManagerHint"), "{types}");
    // Who reads too early gets nothing, and the one paste is still there.
    desktop.holds(KEY).await?;
    ensure!(desktop.paste(&[]).await?.is_empty(), "a second program got it");
    ensure!(desktop.paste(&["--list-types"]).await?.is_empty(), "the clipboard is still taken");
    Ok(())
}

#[tokio::test]
async fn where_the_compositor_lets_nobody_serve_one_paste_it_is_refused_in_words() -> Result<()> {
    let desktop = Desktop::start("weston", &["--backend=headless-backend.so", "--no-config"]).await?;
    let fob = desktop.fob().await?;
    let refused = fob.run(&["copy", "Payments", "--once"]).await?;
    ensure!(refused.code == 1, "{refused:?}");
    ensure!(refused.stderr.contains("This desktop has no way to give a value for one paste only"), "{refused:?}");
    let refused = fob.run(&["copy", "Payments", "--once", "--json"]).await?;
    ensure!(refused.error_code()? == "no_single_paste", "{refused:?}");
    // Where there is no such thing at all, it is the display that is missing.
    let nowhere = Fob::new(&desktop.session)?.run(&["copy", "Payments", "--once", "--json"]).await?;
    ensure!(nowhere.error_code()? == "clipboard_unavailable", "{nowhere:?}");
    Ok(())
}
