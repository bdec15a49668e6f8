//! Keys and tokens on the workbench, by keyboard alone; and what of it must not stay.

use anyhow::{Result, ensure};
use fobwatch_tests::jose::example;
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::process::until;
use fobwatch_tests::window::{Window, key};
use serde_json::json;

use crate::desk::{Desk, SOON, holds, never_seen, watch_for};

/// Opens the workbench and walks down to a tool, from wherever the keyboard is.
async fn open_tool(window: &Window, steps: usize, heading: &str) -> Result<()> {
    window.press(&[key::ALT, '6']).await?;
    window.find("heading", "Workbench").await?;
    focused(window, "tab").await?;
    for _ in 0..steps {
        window.press(&[key::DOWN]).await?;
    }
    window.find("heading", heading).await?;
    Ok(())
}

/// Waits until the keyboard is on an element of this role.
async fn focused(window: &Window, role: &str) -> Result<()> {
    until("the focus", SOON, || async {
        let on = window.client().execute("return document.activeElement?.getAttribute('role')", Vec::new()).await?;
        Ok((on == json!(role)).then_some(()))
    })
    .await
}

/// Tabs until the focus is on what has this accessible name or label.
async fn tab_to(window: &Window, name: &str) -> Result<()> {
    const HERE: &str = "const one = document.activeElement;
        return [one.getAttribute('aria-label'), ...[...(one.labels ?? [])].map((label) => label.innerText), one.innerText]
            .filter(Boolean).map((text) => text.trim().replace(/\\s+/g, ' ')).join('|');";
    let mut passed = Vec::new();
    for _ in 0..60 {
        let here = window.client().execute(HERE, Vec::new()).await?;
        let here = here.as_str().unwrap_or_default().to_owned();
        if here.split('|').any(|one| one == name || one.starts_with(&format!("{name} "))) {
            return Ok(());
        }
        passed.push(here);
        window.press(&[key::TAB]).await?;
    }
    anyhow::bail!("the keyboard does not get to “{name}”; it came by: {}", passed.join(" · "))
}

async fn type_text(window: &Window, text: &str) -> Result<()> {
    for one in text.chars() {
        window.press(&[one]).await?;
    }
    Ok(())
}

/// Puts a text on the clipboard, as another program would, and pastes it where the keyboard is.
async fn paste(desk: &Desk, window: &Window, text: &str) -> Result<()> {
    put_on_clipboard(desk, text).await?;
    window.press(&[key::CONTROL, 'v']).await
}

/// Puts a text on the clipboard, as another program would.
pub(crate) async fn put_on_clipboard(desk: &Desk, text: &str) -> Result<()> {
    use tokio::io::AsyncWriteExt as _;
    let mut copy = desk.session.command("xclip");
    copy.args(["-selection", "clipboard", "-i"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null());
    let mut copy = copy.spawn()?;
    if let Some(mut input) = copy.stdin.take() {
        input.write_all(text.as_bytes()).await?;
    }
    copy.wait().await?;
    // It ends before the selection is known to be its own: what was there before could be pasted still.
    desk.clipboard_holds(text).await
}

#[tokio::test]
async fn a_pasted_token_is_decoded_checked_and_gone_when_the_page_is_left() -> Result<()> {
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    window.find("heading", "Add your first credential").await?;
    let example = example("RFC 7515 A.2")?;
    let signature = example.token.rsplit('.').next().unwrap_or_default().to_owned();
    watch_for(&window, &signature).await?;
    open_tool(&window, 0, "Look into a JWT and check it").await?;
    tab_to(&window, "Token").await?;
    paste(&desk, &window, &example.token).await?;
    window.shows("nobody asked yet").await?;
    window.shows("Issuer").await?;
    window.shows("http://example.com/is_root").await?;

    tab_to(&window, "Add keys…").await?;
    window.press(&[key::ENTER]).await?;
    // The token names no address, so a public key is asked for first.
    tab_to(&window, "Public key (PEM), JWK or JWKS").await?;
    paste(&desk, &window, &example.jwk.to_string()).await?;
    tab_to(&window, "Check").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("Signature verified").await?;
    window.shows("with the given key").await?;

    // Enter on a line copies its value.
    tab_to(&window, "Copy iss: joe").await?;
    window.press(&[key::ENTER]).await?;
    desk.clipboard_holds("joe").await?;
    never_seen(&window, &signature).await?;

    let payload = example.token.split('.').nth(1).unwrap_or_default();
    ensure!(holds(&window, payload).await?, "the look is blind");
    window.press(&[key::ALT, '1']).await?;
    window.find("heading", "Add your first credential").await?;
    ensure!(!holds(&window, payload).await?, "the token is still in the page");
    open_tool(&window, 0, "Look into a JWT and check it").await?;
    ensure!(!window.text().await?.contains("is_root"), "the token came back");
    assert_absent(desk.fob.home(), &[("token", example.token.as_bytes()), ("signature", signature.as_bytes())])
}

#[tokio::test]
async fn a_key_is_generated_copied_verified_and_stored_and_the_page_never_holds_it() -> Result<()> {
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    window.find("heading", "Add your first credential").await?;
    open_tool(&window, 2, "A key, and the hash for the server").await?;
    tab_to(&window, "Prefix optional").await?;
    type_text(&window, "acme_test_").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("53 characters, 256 random bits").await?;
    tab_to(&window, "Copy").await?;
    window.press(&[key::ENTER]).await?;
    let made = until("the key on the clipboard", SOON, || async {
        Ok(Some(desk.clipboard().await?).filter(|text| text.starts_with("acme_test_")))
    })
    .await?;
    ensure!(made.len() == 53, "{} characters", made.len());
    watch_for(&window, &made).await?;
    never_seen(&window, &made).await?;
    let hash =
        window.client().execute("return [...document.querySelectorAll('p.mono')].at(-1).innerText", vec![]).await?;
    let hash = hash.as_str().unwrap_or_default().to_owned();
    let checked = desk.fob.run_with(&["verify-key", "--hash", &hash], &made).await?;
    ensure!(checked.code == 0, "{checked:?}");

    tab_to(&window, "Store as API key…").await?;
    window.press(&[key::ENTER]).await?;
    window.type_into("textbox", "Name", "Made here").await?;
    window.press(&[key::TAB]).await?;
    window.press(&[' ']).await?;
    window.press(&[key::CONTROL, key::ENTER]).await?;
    window.find("heading", "Made here").await?;
    ensure!(desk.fob.run(&["token", "Made here"]).await?.stdout.trim() == made, "another key was stored");
    never_seen(&window, &made).await?;

    open_tool(&window, 3, "A key against its hash").await?;
    tab_to(&window, "Key").await?;
    paste(&desk, &window, &format!("{made}\n")).await?;
    tab_to(&window, "SHA-256 from the server").await?;
    type_text(&window, &hash).await?;
    window.press(&[key::ENTER]).await?;
    window.shows("The key matches this hash.").await?;
    tab_to(&window, "SHA-256 from the server").await?;
    window.press(&['\u{e010}']).await?;
    window.press(&['\u{e003}']).await?;
    type_text(&window, if hash.ends_with('0') { "1" } else { "0" }).await?;
    window.press(&[key::ENTER]).await?;
    window.shows("The key does not match this hash.").await?;
    never_seen(&window, &made).await
}

#[tokio::test]
async fn a_made_key_is_shown_once() -> Result<()> {
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    window.find("heading", "Add your first credential").await?;
    open_tool(&window, 2, "A key, and the hash for the server").await?;
    tab_to(&window, "Generate key").await?;
    window.press(&[key::ENTER]).await?;
    tab_to(&window, "Reveal once, for 15 s").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("s left").await?;
    tab_to(&window, "Hide").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("It was shown.").await?;
    ensure!(!window.has("button", "Reveal once, for 15 s").await?, "it can be shown twice");
    Ok(())
}

#[tokio::test]
async fn a_test_token_is_signed_marked_and_checked_by_the_command_with_the_key_that_is_shown() -> Result<()> {
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    window.find("heading", "Add your first credential").await?;
    open_tool(&window, 4, "A test JWT").await?;
    window.shows("Test token").await?;
    tab_to(&window, "Sign token").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("The private key is forgotten already.").await?;
    let jwk = window.client().execute("return document.querySelector('pre').innerText", vec![]).await?;
    tab_to(&window, "Copy token").await?;
    window.press(&[key::ENTER]).await?;
    let token = until("the token on the clipboard", SOON, || async {
        Ok(Some(desk.clipboard().await?).filter(|text| text.starts_with("ey")))
    })
    .await?;
    let file = desk.session.home().join("jwk.json");
    std::fs::write(&file, jwk.as_str().unwrap_or_default())?;
    let checked =
        desk.fob.run_with(&["jwt", "-", "--verify", "--key", &file.display().to_string(), "--json"], &token).await?;
    ensure!(checked.code == 0, "{checked:?}");
    ensure!(checked.json()?["claims"]["iss"] == "https://test.invalid", "{checked:?}");
    let signature = token.rsplit('.').next().unwrap_or_default();
    ensure!(!holds(&window, signature).await?, "the signature is in the page");

    // Claims that are no JSON are told with their place.
    tab_to(&window, "Claims (JSON)").await?;
    type_text(&window, "{").await?;
    tab_to(&window, "Sign token").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("Not JSON: line").await
}

#[tokio::test]
async fn two_tokens_are_compared_by_keyboard() -> Result<()> {
    let desk = Desk::set().await?;
    let sign = async |claim: &str| -> Result<String> {
        let signed = desk.fob.run(&["jwt", "sign", "--claim", claim, "--claim", "exp=9000000000"]).await?;
        ensure!(signed.code == 0, "{signed:?}");
        Ok(signed.stdout.trim().to_owned())
    };
    let (first, second) = (sign("scope=read").await?, sign("scope=read admin").await?);
    let window = desk.open_app().await?;
    window.find("heading", "Add your first credential").await?;
    open_tool(&window, 1, "Two tokens, claim by claim").await?;
    tab_to(&window, "First token").await?;
    paste(&desk, &window, &first).await?;
    tab_to(&window, "Second token").await?;
    paste(&desk, &window, &second).await?;
    tab_to(&window, "Compare").await?;
    window.press(&[key::ENTER]).await?;
    window.shows("only in the second: admin").await
}

#[tokio::test]
async fn a_pasted_jwt_is_looked_into_instead_of_stored() -> Result<()> {
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    window.find("heading", "Add your first credential").await?;
    let example = example("RFC 7515 A.2")?;
    let signature = example.token.rsplit('.').next().unwrap_or_default().to_owned();
    watch_for(&window, &signature).await?;
    paste(&desk, &window, &example.token).await?;
    window.shows("A JWT, ").await?;
    tab_to(&window, "Decode without storing").await?;
    window.press(&[key::ENTER]).await?;
    window.find("heading", "Look into a JWT and check it").await?;
    window.shows("nobody asked yet").await?;
    never_seen(&window, &signature).await?;
    ensure!(desk.fob.run(&["list"]).await?.stdout.trim().is_empty(), "it was stored");
    assert_absent(desk.fob.home(), &[("token", example.token.as_bytes())])
}
