//! The looks that each screen is pictured in: themes, sizes and languages, changed while the window is open.

use anyhow::{Context as _, Result, ensure};
use fobwatch_tests::audit::{cut, too_faint, violations};
use fobwatch_tests::process::{project, until};
use fobwatch_tests::window::Window;
use serde_json::{Value, json};

use crate::desk::SOON;

/// How the window is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// What the picture's name ends with.
    pub(crate) name: &'static str,
    theme: &'static str,
    language: &'static str,
    size: (u32, u32),
}

const fn look(name: &'static str, theme: &'static str, language: &'static str, size: (u32, u32)) -> Look {
    Look { name, theme, language, size }
}

/// The size of the design's pictures.
const WHOLE: (u32, u32) = (1240, 800);
/// What is audited at each screen, in every run.
pub(crate) const THEMES: [Look; 2] = [look("light", "light", "en", WHOLE), look("dark", "dark", "en", WHOLE)];
/// What `make screens` takes besides. A window at 200 % has half as many pixels of its page.
const MORE: [Look; 6] = [
    look("760", "light", "en", (760, 560)),
    look("zoom-200", "light", "en", (620, 400)),
    look("480", "dark", "en", (480, 560)),
    look("rtl", "light", "ar-XB", WHOLE),
    look("german", "light", "de", WHOLE),
    look("pseudo", "light", "en-XA", WHOLE),
];

const TAKE: &str = "const [change, done] = arguments;
    window.__TAURI_INTERNALS__.invoke('change_settings', { change }).then(() => done(null), (error) => done(error));";
const IS: &str =
    "return document.documentElement.lang === arguments[0] && document.documentElement.dataset.theme === arguments[1]
    && innerWidth === arguments[2]";
const PAINTED: &str = "const done = arguments[0];
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true), 250)));";

/// Gives the window a look, by its own settings and its size, and waits until the page has it.
pub(crate) async fn wear(window: &Window, look: Look) -> Result<()> {
    let change = json!({ "theme": look.theme, "language": look.language });
    let refused = window.client().execute_async(TAKE, vec![change]).await?;
    ensure!(refused == Value::Null, "{refused}");
    window.client().set_window_size(look.size.0, look.size.1).await?;
    until("the look", SOON, || async {
        let wanted = vec![json!(look.language), json!(look.theme), json!(look.size.0)];
        Ok((window.client().execute(IS, wanted).await? == json!(true)).then_some(()))
    })
    .await
}

/// Takes pictures of one screen after the other, and audits what it sees.
pub(crate) struct Album {
    looks: Vec<Look>,
    wrong: Vec<String>,
}

impl Album {
    /// The looks that were asked for: with `FOB_SCREENS` set all of them, otherwise both themes.
    pub(crate) fn new() -> Self {
        let all = std::env::var_os("FOB_SCREENS").is_some();
        let more: &[Look] = if all { &MORE } else { &[] };
        Self { looks: THEMES.iter().chain(more).copied().collect(), wrong: Vec::new() }
    }

    /// Takes a screen in every look, and leaves the window as it was found.
    pub(crate) async fn take(&mut self, window: &Window, screen: &str) -> Result<()> {
        for look in self.looks.clone() {
            wear(window, look).await.with_context(|| format!("{screen}, {}", look.name))?;
            window.client().execute_async(PAINTED, Vec::new()).await?;
            let file = project().join(format!("target/screens/{screen}-{}.png", look.name));
            window.screenshot(&file).await?;
            let found = self.audit(window, look, &std::fs::read(&file)?).await.with_context(|| screen.to_owned())?;
            self.wrong.extend(found.into_iter().map(|one| format!("{screen}, {}: {one}", look.name)));
        }
        wear(window, THEMES[0]).await
    }

    /// Takes a screen in the look that the window has.
    pub(crate) async fn take_as_it_is(&mut self, window: &Window, screen: &str) -> Result<()> {
        let file = project().join(format!("target/screens/{screen}-light.png"));
        window.screenshot(&file).await?;
        let found = self.audit(window, THEMES[0], &std::fs::read(&file)?).await?;
        self.wrong.extend(found.into_iter().map(|one| format!("{screen}: {one}")));
        Ok(())
    }

    async fn audit(&self, window: &Window, look: Look, picture: &[u8]) -> Result<Vec<String>> {
        if THEMES.contains(&look) {
            let mut found = violations(window).await?;
            found.extend(too_faint(window, picture).await?);
            return Ok(found);
        }
        let cut = cut(window).await?;
        Ok(cut.into_iter().map(|one| format!("cut: {one}")).collect())
    }

    /// Fails with everything that was found, if anything was.
    pub(crate) fn close(self) -> Result<()> {
        ensure!(self.wrong.is_empty(), "{} things are wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
        Ok(())
    }
}
