//! Keys as the window writes them, where the keyboard is, and a watch that nothing was pointed at.
//!
//! The invariant: nothing here moves the keyboard but a key, and what [`open`] opened knows of every pointer event.

use anyhow::{Context, Result, bail, ensure};
use fobwatch_tests::process::until;
use fobwatch_tests::window::{Window, key};
use serde_json::{Value, json};

use crate::desk::{Desk, SOON};

/// Opens the app, waits until the keyboard is in its list, and watches from then on that nothing points.
pub(crate) async fn open(desk: &Desk) -> Result<Window> {
    let window = desk.open_app().await?;
    keyboard_on(&window, "Credentials").await?;
    watch_pointer(&window).await?;
    Ok(window)
}

/// Makes the page count what a pointer does in it, once it has proved that it would.
async fn watch_pointer(window: &Window) -> Result<()> {
    const WATCH: &str = "window.pointed = 0;
        const count = () => { window.pointed += 1; };
        for (const kind of ['pointerdown', 'pointermove', 'mousedown', 'mousemove', 'wheel', 'touchstart'])
            addEventListener(kind, count, true);
        dispatchEvent(new MouseEvent('mousemove'));
        const proved = window.pointed === 1;
        window.pointed = 0;
        return proved;";
    ensure!(window.client().execute(WATCH, Vec::new()).await? == json!(true), "the page sees no pointer");
    Ok(())
}

/// Fails when something pointed at the page since [`open`].
pub(crate) async fn never_pointed(window: &Window) -> Result<()> {
    let pointed = window.client().execute("return window.pointed", Vec::new()).await?;
    ensure!(pointed == json!(0), "{pointed} pointer events");
    Ok(())
}

/// Presses keys together, written as the window writes them: `Ctrl+Shift+C`.
pub(crate) async fn press(window: &Window, keys: &str) -> Result<()> {
    window.press(&chord(keys)?).await
}

/// What is pressed for keys that are written so.
pub(crate) fn chord(keys: &str) -> Result<Vec<char>> {
    if keys == "+" { Ok(vec!['+']) } else { keys.split('+').map(one_key).collect() }
}

fn one_key(name: &str) -> Result<char> {
    Ok(match name {
        "Ctrl" => key::CONTROL,
        "Shift" => key::SHIFT,
        "Alt" => key::ALT,
        "Enter" => key::ENTER,
        "Esc" => key::ESCAPE,
        "Tab" => key::TAB,
        "Delete" => key::DELETE,
        "Space" => ' ',
        "Home" => key::HOME,
        "End" => key::END,
        "PageUp" => key::PAGE_UP,
        "PageDown" => key::PAGE_DOWN,
        "↑" => key::UP,
        "↓" => key::DOWN,
        "←" => key::LEFT,
        "→" => key::RIGHT,
        "F6" => key::F6,
        _ => {
            let mut letters = name.chars();
            let (Some(letter), None) = (letters.next(), letters.next()) else { bail!("no key is called “{name}”") };
            letter.to_ascii_lowercase()
        }
    })
}

/// Returns the accessible name of what has the keyboard; none where nothing has it.
pub(crate) async fn here(window: &Window) -> Result<String> {
    const HERE: &str = "const one = document.activeElement;
        if (one === null || one === document.body) return '';
        const labels = [...(one.labels ?? [])].map((label) => label.innerText).join(' ');
        const name = one.getAttribute('aria-label') || labels || one.innerText || one.getAttribute('role');
        return (name ?? one.tagName).trim().replace(/\\s+/g, ' ');";
    text(window, HERE).await
}

/// Waits until the keyboard is on what has this accessible name, or one that begins so.
pub(crate) async fn keyboard_on(window: &Window, name: &str) -> Result<()> {
    let wanted = format!("the keyboard on “{name}”");
    let there = until(&wanted, SOON, || async { Ok(here(window).await?.starts_with(name).then_some(())) }).await;
    let Err(reason) = there else { return Ok(()) };
    Err(reason.context(format!("it is on “{}”", here(window).await?)))
}

/// Presses keys and waits until the keyboard is where they lead.
pub(crate) async fn leads(window: &Window, keys: &str, name: &str) -> Result<()> {
    press(window, keys).await?;
    keyboard_on(window, name).await.context(keys.to_owned())
}

/// Presses Tab until the keyboard is on what has this name, or one that begins so.
pub(crate) async fn tab_to(window: &Window, name: &str) -> Result<()> {
    let mut passed = Vec::new();
    for _ in 0..80 {
        let here = here(window).await?;
        if here.starts_with(name) {
            return Ok(());
        }
        passed.push(here);
        press(window, "Tab").await?;
    }
    bail!("Tab does not lead to “{name}”; it came by: {}", passed.join(" · "))
}

/// Returns the name of the option that the keyboard is on, in a list that keeps it for itself.
pub(crate) async fn option_on(window: &Window) -> Result<String> {
    const ON: &str = "const id = document.activeElement?.getAttribute('aria-activedescendant');
        return document.getElementById(id ?? '')?.getAttribute('aria-label') ?? '';";
    text(window, ON).await
}

/// Presses keys and waits until they lead to the option whose name begins so.
pub(crate) async fn leads_to_option(window: &Window, keys: &str, start: &str) -> Result<()> {
    press(window, keys).await?;
    let wanted = format!("{keys} to lead to “{start}”");
    until(&wanted, SOON, || async { Ok(option_on(window).await?.starts_with(start).then_some(())) }).await
}

async fn text(window: &Window, script: &str) -> Result<String> {
    let found = window.client().execute(script, Vec::new()).await?;
    let Value::String(text) = found else { bail!("no text: {found}") };
    Ok(text)
}
