//! The table of a run: one line per module, figures last. `make hostile` prints it.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

/// What came out of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As it should.
    Passed,
    /// Not as it should.
    Failed(String),
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

/// Writes the table to `hostile.txt` of the build's scratch folder, and returns the failed lines.
pub(crate) fn write(mut lines: Vec<Line>) -> Result<Vec<String>> {
    lines.sort_by(|one, other| one.id.cmp(&other.id));
    let mut text = String::new();
    let mut failed = Vec::new();
    let mut passed = 0;
    for Line { id, title, outcome } in lines {
        let word = match outcome {
            Outcome::Passed => {
                passed += 1;
                "passed".to_owned()
            }
            Outcome::Failed(why) => {
                failed.push(format!("{id}  {title}: {why}"));
                format!("FAILED: {why}")
            }
        };
        writeln!(text, "{id:<24} {title:<78} {word}")?;
    }
    let bad = failed.len();
    writeln!(text, "{:6}  modules run\n{passed:6}  passed\n{bad:6}  failed", passed + bad)?;
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile.txt"), text)?;
    Ok(failed)
}
