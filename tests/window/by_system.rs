//! The system's authentication opens a locked window, by keyboard: allowed in the settings by whoever knows the
//! passphrase, asked by Enter, taken back by Esc; and what does not open it leaves the passphrase.

use std::process::Stdio;

use anyhow::{Result, ensure};
use fobwatch_tests::app_lock::{PASSPHRASE, lock, set_passphrase};
use fobwatch_tests::polkit::{Polkit, Polkitd, Says, asks_about_somebody, shown};
use fobwatch_tests::process::{project, until};
use fobwatch_tests::session::succeed;
use fobwatch_tests::system::System;
use fobwatch_tests::window::{Window, key};

use crate::desk::{Desk, SOON};
use crate::settings::{open_section, reach};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";
const ACTION: &str = "dev.fobwatch.unlock";
const POLICY: &str = "packaging/dev.fobwatch.policy";
const SWITCH: &str = "Unlock with the system’s authentication";
const ASK: &str = "Unlock with the system";
const ASKS_FIRST: &str = "Less secure: passphrase needed";

async fn desk() -> Result<(Desk, System)> {
    let desk = Desk::set().await?;
    let system = System::start(&desk.session).await?;
    desk.add_key("Payments", "production", KEY, &[]).await?;
    Ok((desk, system))
}

async fn open(desk: &Desk) -> Result<Window> {
    let window = desk.open_app_heard(&[], Stdio::inherit()).await?;
    window.find("heading", "Payments").await?;
    set_passphrase(&window).await?;
    Ok(window)
}

async fn is_on(window: &Window) -> Result<bool> {
    Ok(window.find("switch", SWITCH).await?.attr("aria-checked").await?.as_deref() == Some("true"))
}

async fn to_credentials(window: &Window) -> Result<()> {
    window.press(&[key::ALT, '1']).await?;
    window.find("heading", "Payments").await.map(drop)
}

/// Lets the system unlock, in the settings, and locks.
async fn allow_and_lock(window: &Window) -> Result<()> {
    open_section(window, 1, "Security").await?;
    reach(window, SWITCH).await?;
    window.press(&[' ']).await?;
    window.find("dialog", ASKS_FIRST).await?;
    ensure!(!is_on(window).await?, "it is on before anybody proved anything");
    window.type_into("textbox", "Passphrase", &format!("{PASSPHRASE}{}", key::ENTER)).await?;
    window.gone("dialog", ASKS_FIRST).await?;
    until("the switch to be on", SOON, || async { Ok(is_on(window).await?.then_some(())) }).await?;
    to_credentials(window).await?;
    lock(window).await?;
    window.find("button", ASK).await.map(drop)
}

/// Waits until a person reads `sentence` in a window that is still locked.
async fn still_locked(desk: &Desk, window: &Window, sentence: &str) -> Result<()> {
    window.shows(sentence).await?;
    ensure!(window.has("heading", "Locked").await?, "it is open");
    ensure!(!window.text().await?.contains("Payments"), "the window shows a name");
    ensure!(desk.fob.run(&["token", "Payments"]).await?.code == 7, "fob gives a value out");
    Ok(())
}

#[tokio::test]
async fn enter_asks_the_system_and_what_it_does_not_confirm_leaves_the_passphrase() -> Result<()> {
    let (desk, _system) = desk().await?;
    let polkit = Polkit::start(&desk.session).await?;
    let window = open(&desk).await?;
    allow_and_lock(&window).await?;
    ensure!(polkit.asked(0).await?.is_empty(), "it asked by itself");

    window.press(&[key::ENTER]).await?;
    window.find("heading", "Payments").await?;
    ensure!(polkit.asked(1).await? == [ACTION], "it asked for something else");
    ensure!(desk.fob.run(&["token", "Payments"]).await?.stdout.trim() == KEY, "fob gives nothing out");
    ensure!(desk.fob.run(&["log"]).await?.stdout.contains("nlocked"), "the log has no word of it");

    polkit.says(Says::No);
    lock(&window).await?;
    window.find("button", ASK).await?;
    window.press(&[key::ENTER]).await?;
    still_locked(&desk, &window, "The system did not confirm that it is you.").await?;
    polkit.says(Says::Dismissed);
    window.press(&[key::ENTER]).await?;
    still_locked(&desk, &window, "The system’s question was closed.").await?;
    ensure!(polkit.asked(3).await?.len() == 3, "it asked more than once");
    polkit.says(Says::NoAgent);
    window.press(&[key::ENTER]).await?;
    still_locked(&desk, &window, "Nothing in this session asks for a password").await?;
    // Nothing else would open it, so the field is there and has the keyboard.
    window.find("textbox", "Passphrase").await?;
    window.type_keys("wrong horse battery").await?;
    window.press(&[key::ENTER]).await?;
    still_locked(&desk, &window, "That is not the passphrase.").await?;
    until("the pause to end", SOON, || async { Ok((!window.text().await?.contains("Try again in")).then_some(())) })
        .await?;
    window.type_into("textbox", "Passphrase", &format!("{PASSPHRASE}{}", key::ENTER)).await?;
    window.find("heading", "Payments").await.map(drop)
}

#[tokio::test]
async fn a_question_that_is_not_answered_is_taken_back_by_esc_and_by_the_computer_s_sleep() -> Result<()> {
    let (desk, system) = desk().await?;
    let polkit = Polkit::start(&desk.session).await?;
    polkit.says(Says::Never);
    let window = open(&desk).await?;
    system.is_inhibited(1).await?;
    allow_and_lock(&window).await?;
    window.press(&[key::ENTER]).await?;
    polkit.asked(1).await?;
    window.find("button", "Cancel").await?;
    window.press(&[key::ESCAPE]).await?;
    polkit.taken_back(1).await?;
    still_locked(&desk, &window, "The system’s question was closed.").await?;

    window.press(&[key::ENTER]).await?;
    polkit.asked(2).await?;
    system.prepare_for_sleep(true).await?;
    polkit.taken_back(2).await?;
    until("the computer to be let sleep", SOON, || async { Ok(system.may_sleep()?.then_some(())) }).await?;
    still_locked(&desk, &window, "The system’s question was closed.").await?;

    reach(&window, "Use the passphrase instead").await?;
    window.press(&[key::ENTER]).await?;
    window.type_into("textbox", "Passphrase", &format!("{PASSPHRASE}{}", key::ENTER)).await?;
    window.find("heading", "Payments").await.map(drop)
}

#[tokio::test]
async fn where_the_system_can_not_be_asked_the_switch_says_why_and_stays_off() -> Result<()> {
    let (desk, _system) = desk().await?;
    let window = open(&desk).await?;
    let says = async |sentence: &str| -> Result<()> {
        open_section(&window, 1, "Security").await?;
        window.shows(sentence).await?;
        let switch = window.find("switch", SWITCH).await?;
        ensure!(switch.attr("disabled").await?.is_some() && !is_on(&window).await?, "{sentence}: it can be switched");
        to_credentials(&window).await
    };
    says("polkit does not run here").await?;

    // The real one, from here on.
    let polkitd = Polkitd::start(&desk.session, &[]).await?;
    says("The system does not know Fobwatch").await?;
    polkitd.end().await?;

    let _polkitd = Polkitd::start(&desk.session, &[POLICY]).await?;
    let action = shown(&desk.session, ACTION).await?;
    ensure!(action.contains("Unlock Fobwatch") && action.matches("auth_self").count() == 3, "{action}");
    ensure!(!action.contains("auth_self_keep"), "an answer is kept: {action}");
    // Root is let in without being asked, and so would be a lock of root's.
    says("without asking anybody").await?;
    let asks = asks_about_somebody(&desk.session, ACTION).await?;
    ensure!(asks == Some(2), "pkcheck ended with {asks:?}: nobody else would be asked either");
    Ok(())
}

#[tokio::test]
async fn the_policy_is_well_formed_and_says_in_german_what_it_says_in_english() -> Result<()> {
    let policy = std::fs::read_to_string(project().join(POLICY))?;
    for tag in ["description", "message"] {
        ensure!(policy.contains(&format!("<{tag}>")) && policy.contains(&format!("<{tag} xml:lang=\"de\">")), "{tag}");
    }
    let mut parse = fobwatch_tests::process::bare_command("python3");
    parse.args(["-c", "import sys, xml.dom.minidom as dom; dom.parse(sys.argv[1])"]).arg(project().join(POLICY));
    succeed(parse).await.map(drop)
}
