//! Drives a real WebKit window through `WebDriver`, in the words of a person: role and name, type, press, look.
//!
//! The invariant: elements are found as assistive technology finds them, by role and accessible name, and only if
//! they can be seen. A control that cannot be found here cannot be used with a screen reader either.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions, MouseActions, PointerAction};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::ports::quiet_port;
use crate::process::{Running, START_WITHIN, bare_command, until};
use crate::session::Session;

/// How long the window may take to show what was asked for.
const SHOW_WITHIN: Duration = Duration::from_secs(10);
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const FIND: &str = include_str!("find.js");
/// Waits for a frame, and says where the page is on the screen.
const PAINTED: &str = "const done = arguments[0];
    requestAnimationFrame(() => requestAnimationFrame(() =>
        done(`${innerWidth}x${innerHeight}+${screenX}+${screenY + outerHeight - innerHeight}`)));";
/// A page that moves all the time is pictured as it is after so many looks.
const STILL_AFTER: u32 = 5;

/// Keys that have no character, for [`Window::press`].
pub mod key {
    /// Control.
    pub const CONTROL: char = '\u{e009}';
    /// Shift.
    pub const SHIFT: char = '\u{e008}';
    /// Alt.
    pub const ALT: char = '\u{e00a}';
    /// Enter.
    pub const ENTER: char = '\u{e007}';
    /// Escape.
    pub const ESCAPE: char = '\u{e00c}';
    /// Tab.
    pub const TAB: char = '\u{e004}';
    /// Delete.
    pub const DELETE: char = '\u{e017}';
    /// Up arrow.
    pub const UP: char = '\u{e013}';
    /// F6.
    pub const F6: char = '\u{e036}';
    /// Down arrow.
    pub const DOWN: char = '\u{e015}';
    /// Left arrow.
    pub const LEFT: char = '\u{e012}';
    /// Right arrow.
    pub const RIGHT: char = '\u{e014}';
    /// Home.
    pub const HOME: char = '\u{e011}';
    /// End.
    pub const END: char = '\u{e010}';
    /// Page up.
    pub const PAGE_UP: char = '\u{e00e}';
    /// Page down.
    pub const PAGE_DOWN: char = '\u{e00f}';
}

/// What the desktop asks programs to look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

/// Sets the desktop's theme. A window that is opened afterwards follows it.
pub fn set_theme(session: &Session, theme: Theme) -> Result<()> {
    let folder = session.home().join(".config/gtk-3.0");
    std::fs::create_dir_all(&folder)?;
    let (name, dark) = if theme == Theme::Dark { ("Adwaita-dark", 1) } else { ("Adwaita", 0) };
    let settings = format!(
        "[Settings]\ngtk-theme-name={name}\ngtk-application-prefer-dark-theme={dark}\ngtk-enable-animations=0\n"
    );
    Ok(std::fs::write(folder.join("settings.ini"), settings)?)
}

/// A program's window under `WebDriver`.
#[derive(Debug)]
pub struct Window {
    client: Client,
    env: Vec<(String, String)>,
    _driver: Running,
}

impl Window {
    /// Starts `program` in `session` with `arguments` and `env`, and waits until it can be driven.
    pub async fn open(session: &Session, program: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Result<Self> {
        Self::open_heard(session, program, arguments, env, Stdio::inherit()).await
    }

    /// As [`Self::open`]; what the program says on standard error goes to `heard`.
    pub async fn open_heard(
        session: &Session,
        program: &Path,
        arguments: &[&str],
        env: &[(&str, &str)],
        heard: Stdio,
    ) -> Result<Self> {
        let port = quiet_port()?;
        let mut command = session.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        // The driver starts the program, which inherits the driver's environment.
        command.envs(env.iter().copied()).stderr(heard);
        // Where a core file of it would be.
        command.current_dir(session.home());
        let driver = Running::start(command)?;
        until("the WebKit driver", START_WITHIN, || async move {
            Ok(TcpStream::connect(("127.0.0.1", port)).await.is_ok().then_some(()))
        })
        .await?;
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("webkitgtk:browserOptions".into(), json!({ "binary": program, "args": arguments }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .with_context(|| format!("{} did not open a window that can be driven", program.display()))?;
        Ok(Self { client, env: session.env(), _driver: driver })
    }

    /// Returns the `WebDriver` client, for what has no word here.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Closes the window. Its program may still run: who needs its end asks for that and waits.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }

    /// Returns the visible element of this role and exactly this accessible name; waits for it.
    pub async fn find(&self, role: &str, name: &str) -> Result<Element> {
        let found = until("it", SHOW_WITHIN, || async { self.look(role, name).await }).await;
        match found {
            Ok(element) => Ok(element),
            Err(reason) => {
                let (names, text) = (self.names(role).await.unwrap_or_default(), self.text().await.unwrap_or_default());
                let there = names.join(" · ");
                Err(reason.context(format!(
                    "no {role} named “{name}” is visible; there are: {there}; all that is there: {text}"
                )))
            }
        }
    }

    /// Tells whether such an element is visible now.
    pub async fn has(&self, role: &str, name: &str) -> Result<bool> {
        Ok(self.look(role, name).await?.is_some())
    }

    /// Waits until no such element is visible.
    pub async fn gone(&self, role: &str, name: &str) -> Result<()> {
        let what = format!("the {role} “{name}” to go");
        until(&what, SHOW_WITHIN, || async { Ok((!self.has(role, name).await?).then_some(())) }).await
    }

    /// Returns the accessible names of all visible elements of this role, in document order.
    pub async fn names(&self, role: &str) -> Result<Vec<String>> {
        let found = self.client.execute(FIND, vec![json!(role), Value::Null]).await?;
        Ok(serde_json::from_value(found)?)
    }

    /// Clicks the element of this role and name.
    pub async fn click(&self, role: &str, name: &str) -> Result<()> {
        Ok(self.find(role, name).await?.click().await?)
    }

    /// Moves the pointer over the middle of the element of this role and name.
    pub async fn point_at(&self, role: &str, name: &str) -> Result<()> {
        let element = self.find(role, name).await?;
        let there = PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 };
        Ok(self.client.perform_actions(MouseActions::new("mouse".into()).then(there)).await?)
    }

    /// Types `text` into the element of this role and name, after what is in it.
    pub async fn type_into(&self, role: &str, name: &str, text: &str) -> Result<()> {
        Ok(self.find(role, name).await?.send_keys(text).await?)
    }

    /// Presses `keys` together, as a chord, wherever the focus is: `&[key::CONTROL, 'f']`.
    pub async fn press(&self, keys: &[char]) -> Result<()> {
        let down = keys.iter().map(|key| KeyAction::Down { value: *key });
        let up = keys.iter().rev().map(|key| KeyAction::Up { value: *key });
        self.keys(down.chain(up)).await
    }

    /// Types `text` key by key, wherever the focus is.
    pub async fn type_keys(&self, text: &str) -> Result<()> {
        let both = |key| [KeyAction::Down { value: key }, KeyAction::Up { value: key }];
        self.keys(text.chars().flat_map(both)).await
    }

    /// Presses `keys` and keeps them down until [`Self::let_go`].
    pub async fn hold(&self, keys: &[char]) -> Result<()> {
        self.keys(keys.iter().map(|key| KeyAction::Down { value: *key })).await
    }

    /// Lets go of every key that is held.
    pub async fn let_go(&self) -> Result<()> {
        Ok(self.client.release_actions().await?)
    }

    /// Returns all text that can be seen.
    pub async fn text(&self) -> Result<String> {
        let text = self.client.execute("return document.body.innerText", Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until `text` can be seen somewhere.
    pub async fn shows(&self, text: &str) -> Result<()> {
        let found = until("it", SHOW_WITHIN, || async { Ok(self.text().await?.contains(text).then_some(())) }).await;
        if let Err(reason) = found {
            let seen = self.text().await.unwrap_or_default();
            return Err(reason.context(format!("“{text}” is not to be seen; there is: {seen}")));
        }
        Ok(())
    }

    /// Writes a picture of the window as it is on the screen, once what was last changed is painted. (The driver has no
    /// picture of a page that is painted without a compositor: it waits for one for ever.)
    pub async fn screenshot(&self, file: &Path) -> Result<()> {
        let place = self.client.execute_async(PAINTED, Vec::new()).await?;
        let place = place.as_str().context("the page does not know where it is")?;
        let mut picture = self.grab(place).await?;
        for _ in 0..STILL_AFTER {
            let next = self.grab(place).await?;
            if std::mem::replace(&mut picture, next) == picture {
                break;
            }
        }
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(file, picture)?)
    }

    /// Takes a picture of a part of the screen, as PNG.
    async fn grab(&self, place: &str) -> Result<Vec<u8>> {
        let mut import = bare_command("import");
        // Without dates, so that like pictures are alike.
        import.args([
            "-silent",
            "-window",
            "root",
            "-crop",
            place,
            "+repage",
            "-define",
            "png:exclude-chunks=date,time",
        ]);
        let taken = import.arg("png:-").envs(self.env.iter().cloned()).output().await?;
        ensure!(taken.status.success(), "no picture: {}", String::from_utf8_lossy(&taken.stderr));
        Ok(taken.stdout)
    }

    async fn keys(&self, actions: impl Iterator<Item = KeyAction>) -> Result<()> {
        let keyboard = actions.fold(KeyActions::new("keyboard".into()), InputSource::then);
        Ok(self.client.perform_actions(keyboard).await?)
    }

    async fn look(&self, role: &str, name: &str) -> Result<Option<Element>> {
        let found = match self.client.execute(FIND, vec![json!(role), json!(name)]).await {
            // It went between being found and being named to the driver.
            Err(gone) if gone.is_stale_element_reference() => return Ok(None),
            found => found?,
        };
        match found.as_array().map(Vec::as_slice) {
            Some([]) => Ok(None),
            Some([one]) => {
                let id = one[ELEMENT].as_str().context("the driver returned no element")?.to_owned();
                Ok(Some(Element::from_element_id(self.client.clone(), ElementRef::from(id))))
            }
            Some(many) => bail!("{} elements are {role} “{name}”: a person could not tell them apart", many.len()),
            None => bail!("the search script returned {found}"),
        }
    }
}
