//! Sessions, the leak search and the tray.

use fobwatch_tests::leaks;
use fobwatch_tests::process::Running;
use fobwatch_tests::session::{Keyring, Session, succeed};
use fobwatch_tests::tray::Tray;

use crate::fake_item::FakeItem;

#[tokio::test]
async fn a_session_has_a_keyring_that_keeps_locks_and_unlocks() {
    let session = Session::start(Keyring::Unlocked).await.unwrap();
    session.store_item("kind", "sample", b"northwind-value").await.unwrap();
    assert!(session.search_items("kind", "sample").await.unwrap().contains("northwind-value"));

    session.lock().await.unwrap();
    assert!(session.is_locked().await.unwrap());
    session.unlock().await.unwrap();
    assert!(!session.is_locked().await.unwrap());
    assert!(session.search_items("kind", "sample").await.unwrap().contains("northwind-value"));
}

#[tokio::test]
async fn a_restarted_keyring_still_has_its_items() {
    let mut session = Session::start(Keyring::Unlocked).await.unwrap();
    session.store_item("kind", "sample", b"northwind-value").await.unwrap();
    session.stop_keyring().await.unwrap();
    assert!(session.is_locked().await.is_err(), "a keyring that is gone cannot answer");
    session.start_keyring().await.unwrap();
    assert!(session.search_items("kind", "sample").await.unwrap().contains("northwind-value"));
}

#[tokio::test]
async fn a_session_may_start_locked_or_without_a_keyring() {
    let locked = Session::start(Keyring::Locked).await.unwrap();
    assert!(locked.is_locked().await.unwrap());
    let none = Session::start(Keyring::None).await.unwrap();
    assert!(none.is_locked().await.is_err());
}

#[tokio::test]
async fn two_sessions_do_not_see_each_other() {
    let one = Session::start(Keyring::Unlocked).await.unwrap();
    let other = Session::start(Keyring::Unlocked).await.unwrap();
    one.store_item("kind", "sample", b"northwind-value").await.unwrap();
    assert!(!other.search_items("kind", "sample").await.unwrap().contains("northwind-value"));
    let env = succeed(one.command("env")).await.unwrap();
    assert!(env.contains(&format!("HOME={}", one.home().display())));
    assert!(!env.contains("CARGO"), "the person's environment leaks into the session");
}

#[tokio::test]
async fn a_display_is_there_and_everything_ends_with_the_session() {
    let session = Session::with_display(Keyring::None).await.unwrap();
    let mut geometry = session.command("xdotool");
    geometry.arg("getdisplaygeometry");
    assert_eq!(succeed(geometry).await.unwrap().trim(), "1240 800");

    let bus = session.bus_id().unwrap();
    let home = session.home().to_path_buf();
    drop(session);
    assert!(!home.exists());
    let state = std::fs::read_to_string(format!("/proc/{bus}/stat")).unwrap_or_default();
    assert!(state.is_empty() || state.contains(" Z "), "the session bus outlived its session: {state}");
}

#[tokio::test]
async fn a_program_that_ends_early_is_an_error_and_not_a_wait() {
    let mut nothing = Running::start(tokio::process::Command::new("true")).unwrap();
    let said = nothing.line().await.unwrap_err();
    assert!(said.to_string().contains("ended before"), "{said}");
}

#[tokio::test]
async fn the_tray_reads_the_menu_and_chooses() {
    let session = Session::start(Keyring::None).await.unwrap();
    let tray = Tray::host(&session).await.unwrap();
    let fake = FakeItem::register(&session).await.unwrap();
    let item = tray.item().await.unwrap();

    assert_eq!(item.property("Title").await.unwrap(), "A fake");
    let menu = item.menu().await.unwrap();
    let labels: Vec<_> = menu.iter().map(|entry| entry.label.as_str()).collect();
    assert_eq!(labels, ["orders_api · staging", "", "More", "Greyed"]);
    assert!(menu[1].separator);
    assert_eq!(menu[2].children[0].label, "Quit");

    item.click("Quit").await.unwrap();
    assert_eq!(fake.clicked(), [31]);
    item.click("Greyed").await.unwrap_err();
    item.click("Absent").await.unwrap_err();
    assert_eq!(fake.clicked(), [31], "nothing else was chosen");
}

#[test]
fn the_leak_search_finds_every_spelling_and_only_those() {
    use base64::Engine;
    let folder = tempfile::tempdir().unwrap();
    let secret = b"northwind-token-5d1e0a77";
    let write = |name: &str, content: &[u8]| std::fs::write(folder.path().join(name), content).unwrap();
    write("innocent", b"northwind-token-5d1e0a78 northwind");
    assert_eq!(leaks::find(folder.path(), &[("the token", secret)]).unwrap(), []);
    leaks::assert_absent(folder.path(), &[("the token", secret)]).unwrap();

    std::fs::create_dir(folder.path().join("deep")).unwrap();
    write("deep/plain", b"\0\0northwind-token-5d1e0a77\0");
    for before in ["", "a", "bc"] {
        let text = format!("{before}northwind-token-5d1e0a77 and more");
        write(&format!("base64-{}", before.len()), base64::engine::general_purpose::STANDARD.encode(text).as_bytes());
    }
    write("hex", leaks::hex(secret).as_bytes());
    let mut files: Vec<_> = leaks::find(folder.path(), &[("the token", secret)])
        .unwrap()
        .into_iter()
        .map(|leak| leak.file.strip_prefix(folder.path()).unwrap().display().to_string())
        .collect();
    files.sort();
    files.dedup();
    assert_eq!(files, ["base64-0", "base64-1", "base64-2", "deep/plain", "hex"]);
    let said = leaks::assert_absent(folder.path(), &[("the token", secret)]).unwrap_err().to_string();
    assert!(said.contains("deep/plain") && !said.contains("5d1e0a77"), "{said}");
}

#[test]
fn a_program_that_is_not_built_is_named_with_the_remedy() {
    let said = fobwatch_tests::process::built("no-such-program").unwrap_err().to_string();
    assert!(said.contains("no-such-program is not built yet") && said.contains("cargo build"), "{said}");
}
