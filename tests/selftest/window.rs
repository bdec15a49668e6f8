//! The window driver, on WebKit's own small browser and a page of known content.

use std::path::PathBuf;

use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::window::{Theme, Window, key, set_theme};

const PAGE: &str = "<!doctype html><meta charset=utf-8><title>A page</title>
<h1>Orders</h1>
<label>Name <input id=name></label>
<input type=search placeholder='Search credentials' onkeydown='if (event.ctrlKey) out.textContent = event.key'>
<button onclick=\"out.textContent = `Hello ${document.getElementById('name').value}`\"><b>Greet</b> now</button>
<button aria-label='Delete for ever'>×</button>
<button>Twice</button><button>Twice</button>
<button hidden>Unseen</button><div inert><button>Inert</button></div>
<output id=out></output>
<p id=theme></p>
<script>theme.textContent = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark now' : 'light now'</script>";

fn browser() -> PathBuf {
    let library = std::fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
    library
        .map(|folder| folder.join("webkit2gtk-4.1/MiniBrowser"))
        .find(|program| program.is_file())
        .expect("WebKit's MiniBrowser comes with the package webkit2gtk-driver or libwebkit2gtk-4.1-0")
}

async fn open(theme: Theme) -> (Window, Session) {
    let session = Session::with_display(Keyring::None).await.unwrap();
    set_theme(&session, theme).unwrap();
    let window = Window::open(&session, &browser(), &["--automation"], &[]).await.unwrap();
    let file = session.home().join("page.html");
    std::fs::write(&file, PAGE).unwrap();
    window.client().goto(&format!("file://{}", file.display())).await.unwrap();
    (window, session)
}

#[tokio::test]
async fn the_window_is_driven_by_role_and_name() {
    let (window, session) = open(Theme::Light).await;
    assert_eq!(window.names("heading").await.unwrap(), ["Orders"]);
    assert_eq!(window.names("button").await.unwrap(), ["Greet now", "Delete for ever", "Twice", "Twice"]);
    window.type_into("textbox", "Name", "Octavia").await.unwrap();
    window.click("button", "Greet now").await.unwrap();
    window.shows("Hello Octavia").await.unwrap();

    window.click("searchbox", "Search credentials").await.unwrap();
    window.press(&[key::CONTROL, 'k']).await.unwrap();
    window.shows("k").await.unwrap();

    assert!(!window.has("button", "Unseen").await.unwrap());
    assert!(!window.has("button", "Inert").await.unwrap());
    window.gone("button", "Greet").await.unwrap();
    let said = window.click("button", "Twice").await.unwrap_err();
    assert!(format!("{said:#}").contains("could not tell them apart"), "{said:#}");
    drop(session);
}

#[tokio::test]
async fn the_theme_is_the_desktops_and_a_picture_shows_it() {
    let mut grounds = Vec::new();
    for (theme, word) in [(Theme::Light, "light now"), (Theme::Dark, "dark now")] {
        let (window, session) = open(theme).await;
        window.shows(word).await.unwrap();
        let picture = session.home().join("pictures/page.png");
        window.screenshot(&picture).await.unwrap();
        grounds.push(std::fs::read(&picture).unwrap());
        window.close().await.unwrap();
    }
    assert!(grounds[0].starts_with(b"\x89PNG"));
    assert_ne!(grounds[0], grounds[1]);
}
