//! One person's desk: a session with a display, a vault, the command and the app on the same vault, the clipboard.
//!
//! The invariant: everything is looked at from outside. The app is known by its process, its window, its sockets and
//! what the X clipboard holds, never by its code.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::process::{bare_command, built, project, until};
use fobwatch_tests::session::{Keyring, Session, succeed};
use fobwatch_tests::window::Window;
use serde_json::{Value, json};

/// How long something may take that should happen at once, on a machine that does other things as well.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// A session with its vault.
#[derive(Debug)]
pub(crate) struct Desk {
    /// The private session.
    pub(crate) session: Session,
    /// The command, on the vault that the app opens.
    pub(crate) fob: Fob,
    browser: PathBuf,
}

impl Desk {
    /// Sets up a desk with an empty vault and an open keyring.
    pub(crate) async fn set() -> Result<Self> {
        let session = Session::with_display(Keyring::Unlocked).await?;
        // The path of a program in $BROWSER ends at a space; the project's folder may hold one, the session's does not.
        let browser = session.home().join("browser");
        std::os::unix::fs::symlink(project().join("tests/session/browser.sh"), &browser)?;
        let fob = Fob::new(&session)?.env("BROWSER", &browser.display().to_string());
        Ok(Self { session, fob, browser })
    }

    /// Opens the app and waits until its page is there.
    pub(crate) async fn open_app(&self) -> Result<Window> {
        self.open_app_heard(&[], Stdio::inherit()).await
    }

    /// Opens the app with more in its environment and waits until its page shows `text`, in whatever language.
    pub(crate) async fn open_app_in(&self, more: &[(&str, &str)], text: &str) -> Result<Window> {
        let window = self.start_app(more, Stdio::inherit()).await?;
        window.shows(text).await?;
        Ok(window)
    }

    async fn start_app(&self, more: &[(&str, &str)], heard: Stdio) -> Result<Window> {
        let home = self.fob.home().display().to_string();
        let browser = self.browser.display().to_string();
        let env = [&[("FOB_HOME", home.as_str()), ("BROWSER", browser.as_str())], more].concat();
        Window::open_heard(&self.session, &built("fobwatch")?, &[], &env, heard).await
    }

    /// Opens the app with more in its environment; what it says on standard error goes to `heard`.
    pub(crate) async fn open_app_heard(&self, more: &[(&str, &str)], heard: Stdio) -> Result<Window> {
        let window = self.start_app(more, heard).await?;
        until("the first page of the app", SOON, || async {
            let text = window.text().await?;
            let known = ["Add your first credential", "All credentials", "Locked"];
            Ok(known.iter().any(|start| text.contains(start)).then_some(()))
        })
        .await?;
        Ok(window)
    }

    /// Stores an API key with the command.
    pub(crate) async fn add_key(&self, name: &str, environment: &str, value: &str, more: &[&str]) -> Result<()> {
        let arguments = [&["add", "key", name, "--env", environment][..], more].concat();
        let added = self.fob.run_with(&arguments, value).await?;
        ensure!(added.code == 0, "{added:?}");
        Ok(())
    }

    /// Returns what `fob show` says of a credential.
    pub(crate) async fn show(&self, name: &str) -> Result<Value> {
        self.fob.run(&["show", name, "--json"]).await?.json()
    }

    /// Returns what is on the clipboard; an empty one is an empty text.
    pub(crate) async fn clipboard(&self) -> Result<String> {
        let mut paste = self.session.command("xclip");
        paste.args(["-selection", "clipboard", "-o"]).kill_on_drop(true);
        // A selection without an owner is an error of xclip, and an owner that is just going may never answer.
        let output = tokio::time::timeout(SOON, paste.output()).await.context("the clipboard's owner is silent")??;
        Ok(if output.status.success() { String::from_utf8(output.stdout)? } else { String::new() })
    }

    /// Waits until the clipboard holds exactly `text`.
    pub(crate) async fn clipboard_holds(&self, text: &str) -> Result<()> {
        // The message names no value.
        until("the value on the clipboard", SOON, || async { Ok((self.clipboard().await? == text).then_some(())) })
            .await
    }

    /// Returns the process id of the app on this desk, if it runs.
    pub(crate) fn app(&self) -> Result<Option<u32>> {
        let program = built("fobwatch")?;
        let home = format!("FOB_HOME={}", self.fob.home().display());
        for entry in std::fs::read_dir("/proc")? {
            let process = entry?.path();
            let Some(Ok(id)) = process.file_name().and_then(|name| Some(name.to_str()?.parse())) else { continue };
            if std::fs::read_link(process.join("exe")).is_ok_and(|exe| exe == program) && has(&process, &home) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Waits until the app has ended.
    pub(crate) async fn app_ends(&self) -> Result<()> {
        until("the app to end", SOON, || async { Ok(self.app()?.is_none().then_some(())) }).await
    }

    /// Returns the local addresses on which the app listens for TCP.
    pub(crate) async fn listening(&self) -> Result<Vec<String>> {
        let Some(id) = self.app()? else { bail!("the app does not run") };
        let mut sockets = bare_command("ss");
        sockets.args(["-ltnpH"]);
        let mine = format!("pid={id},");
        let listed = succeed(sockets).await?;
        let lines = listed.lines().filter(|line| line.contains(&mine));
        Ok(lines.filter_map(|line| line.split_whitespace().nth(3)).map(str::to_owned).collect())
    }

    /// Tells whether the app has a window on the screen.
    pub(crate) async fn is_open(&self) -> Result<bool> {
        let mut search = self.session.command("xdotool");
        search.args(["search", "--onlyvisible", "--name", "^Fobwatch$"]);
        Ok(search.output().await?.status.success())
    }

    /// Presses the window manager's own key for closing, in the app's window.
    ///
    /// Two programs: one that asks for the focus of a window that has just gone is ended by the X server, and would leave
    /// its keys down; they repeat, and close the next window.
    pub(crate) async fn press_close(&self) -> Result<()> {
        let focus = ["search", "--onlyvisible", "--name", "^Fobwatch$", "windowfocus", "--sync"];
        for step in [&focus[..], &["key", "alt+F4"]] {
            let mut xdotool = self.session.command("xdotool");
            xdotool.args(step).kill_on_drop(true).output().await?;
        }
        Ok(())
    }
}

/// Tells whether the environment of a process has this entry.
pub(crate) fn has(process: &Path, entry: &str) -> bool {
    std::fs::read(process.join("environ"))
        .is_ok_and(|all| all.split(|byte| *byte == 0).any(|one| one == entry.as_bytes()))
}

/// Makes the page watch itself for `value`, once it has proved that it would see it; [`never_seen`] tells the outcome.
pub(crate) async fn watch_for(window: &Window, value: &str) -> Result<()> {
    const WATCH: &str = "const [value, done] = arguments;
        const look = () => { window.leaked ||= document.documentElement.outerHTML.includes(value); };
        const observer = new MutationObserver(look);
        const all = { subtree: true, childList: true, characterData: true, attributes: true };
        observer.observe(document, all);
        document.body.dataset.planted = value;
        setTimeout(() => {
            const proved = window.leaked;
            observer.disconnect();
            delete document.body.dataset.planted;
            window.leaked = false;
            observer.observe(document, all);
            done(proved);
        });";
    let proved = window.client().execute_async(WATCH, vec![json!(value)]).await?;
    ensure!(proved == json!(true), "the page does not see what is planted in it");
    Ok(())
}

/// Fails when the value of [`watch_for`] was in the page at any moment since, or is in a field now.
pub(crate) async fn never_seen(window: &Window, value: &str) -> Result<()> {
    const SEEN: &str = "return window.leaked !== false
        || [...document.querySelectorAll('input, textarea')].some((one) => one.value.includes(arguments[0]));";
    let seen = window.client().execute(SEEN, vec![json!(value)]).await?;
    ensure!(seen == json!(false), "the value was in the page");
    ensure!(!window.text().await?.contains(value), "the value can be read");
    Ok(())
}

/// Tells whether the page holds `text` anywhere, seen or not.
pub(crate) async fn holds(window: &Window, text: &str) -> Result<bool> {
    const HOLDS: &str = "return document.documentElement.outerHTML.includes(arguments[0]);";
    Ok(window.client().execute(HOLDS, vec![json!(text)]).await? == json!(true))
}

/// Waits until a row whose accessible name starts with `start` is in the list, and returns its name.
pub(crate) async fn row(window: &Window, start: &str) -> Result<String> {
    let wanted = format!("a row “{start}…”");
    until(&wanted, SOON, || async {
        Ok(window.names("option").await?.into_iter().find(|name| name.starts_with(start)))
    })
    .await
}

/// Chooses the row whose accessible name starts with `start` and waits until it is open.
pub(crate) async fn choose(window: &Window, start: &str, heading: &str) -> Result<()> {
    // A person's pointer is over the list before it clicks, and from then on the known rows keep their places.
    row(window, start).await?;
    window.point_at("listbox", "Credentials").await?;
    // Its name says how long it lasts, which may change between the look and the click.
    until(&format!("the row “{start}…” to be clicked"), SOON, || async {
        let name = row(window, start).await?;
        if !window.has("option", &name).await? {
            return Ok(None);
        }
        window.click("option", &name).await.map(Some)
    })
    .await?;
    window.find("heading", heading).await?;
    Ok(())
}

/// The commands that the window may call, as the product lists them.
pub(crate) fn commands() -> Result<Vec<String>> {
    let list = std::fs::read_to_string(project().join("crates/resident/src/command_list.rs"))?;
    let command = |line: &str| line.trim().split_once('(').map(|(name, _)| name.to_owned());
    let is_name = |name: &String| name.chars().all(|one| one.is_ascii_lowercase() || one == '_');
    let names: Vec<String> = list.lines().filter_map(command).filter(is_name).filter(|name| !name.is_empty()).collect();
    ensure!(names.len() > 70, "{names:?}");
    Ok(names)
}
