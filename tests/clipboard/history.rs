//! A history program that looks at no mark (Parcellite, as Debian has it): what it gets, and what it does not.
//!
//! Nobody can keep a value from a program that reads whatever is copied, as the plain copy shows; one paste can.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Result, ensure};
use fobwatch_tests::process::{Running, until};
use fobwatch_tests::window::key;

use crate::desk::{Desk, SOON};
use crate::{KEY, desk_with_key, other_copies};

/// The history program of a desk.
struct Parcellite {
    _program: Running,
    file: PathBuf,
}

impl Parcellite {
    /// Starts it, and waits until it has kept something.
    async fn start(desk: &Desk) -> Result<Self> {
        let mut command = desk.session.command("parcellite");
        command.stderr(Stdio::null());
        let file = desk.session.home().join(".local/share/parcellite/history");
        let program = Self { _program: Running::start(command)?, file };
        other_copies(desk, "a shopping list").await?;
        program.keeps("a shopping list").await?;
        Ok(program)
    }

    fn has(&self, text: &str) -> bool {
        let kept = std::fs::read(&self.file).unwrap_or_default();
        kept.windows(text.len()).any(|part| part == text.as_bytes())
    }

    /// Waits until a text is in the history.
    async fn keeps(&self, text: &str) -> Result<()> {
        until("the history to grow", SOON, || async { Ok(self.has(text).then_some(())) }).await
    }
}

#[tokio::test]
async fn a_history_program_that_looks_at_no_mark_never_gets_what_is_for_one_paste() -> Result<()> {
    let (desk, window) = desk_with_key().await?;
    let history = Parcellite::start(&desk).await?;
    window.click("button", "Copy as…").await?;
    window.click("menuitem", "Copy for one paste").await?;
    window.shows("One paste, clears in").await?;
    // It looks twice a second. Some seconds later it has looked in vain, and the paste is still there.
    until("some seconds to go by", SOON, || async {
        let text = window.text().await?;
        Ok((!["in 30", "in 29", "in 28"].iter().any(|early| text.contains(early))).then_some(()))
    })
    .await?;
    desk.clipboard_holds(KEY).await?;
    window.shows("Pasted once by xclip, gone").await?;
    // What comes after it is kept again, so that it had every chance.
    other_copies(&desk, "a second list").await?;
    history.keeps("a second list").await?;
    ensure!(!history.has(KEY), "the history has the key");

    // The positive control, and what README says: a plain copy is kept by a program that looks at no mark.
    window.press(&[key::CONTROL, 'c']).await?;
    history.keeps(KEY).await
}
