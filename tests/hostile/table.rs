//! The table of a run: one line per module, figures last. `make hostile` prints it.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use fobwatch_lab::Module;

/// What came out of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As it should.
    Passed,
    /// Not as it should.
    Failed(String),
    /// `fob` has not got what the module is about.
    NotYet(String),
}

/// One line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The module.
    pub(crate) id: String,
    /// What the server does.
    pub(crate) title: String,
    /// What came out.
    pub(crate) outcome: Outcome,
}

impl Line {
    /// The line of a module that waits for something.
    pub(crate) fn later(module: &Module) -> Self {
        let waits = module.waits_for.unwrap_or_default().to_owned();
        Self { id: module.id.clone(), title: module.title.clone(), outcome: Outcome::NotYet(waits) }
    }
}

/// Writes the table to `hostile.txt` of the build's scratch folder, and returns the failed lines.
pub(crate) fn write(mut lines: Vec<Line>) -> Result<Vec<String>> {
    lines.sort_by(|one, other| one.id.cmp(&other.id));
    let mut text = String::new();
    let mut failed = Vec::new();
    let mut counts = [0; 3];
    for Line { id, title, outcome } in lines {
        let word = match outcome {
            Outcome::Passed => {
                counts[0] += 1;
                "passed".to_owned()
            }
            Outcome::Failed(why) => {
                counts[1] += 1;
                failed.push(format!("{id}  {title}: {why}"));
                format!("FAILED: {why}")
            }
            Outcome::NotYet(what) => {
                counts[2] += 1;
                format!("not yet ({what})")
            }
        };
        writeln!(text, "{id:<24} {title:<78} {word}")?;
    }
    let [passed, bad, later] = counts;
    writeln!(text, "{:6}  modules run\n{passed:6}  passed\n{bad:6}  failed\n{later:6}  not yet", passed + bad)?;
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile.txt"), text)?;
    Ok(failed)
}
