//! The table of checks in SECURITY.md says what is there.
//!
//! The invariant: no row without a test that exists, and no check of the list without a row.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::project;

/// How many checks each family has.
const FAMILIES: [(&str, usize); 13] = [
    ("N", 15),
    ("P", 21),
    ("T", 14),
    ("R", 9),
    ("I", 15),
    ("D", 8),
    ("J", 18),
    ("V", 4),
    ("Q", 1),
    ("G", 4),
    ("X", 1),
    ("DP", 4),
    ("U", 15),
];
const STATES: [&str; 4] = ["holds", "partly: ", "not yet", "does not apply: "];

/// One row: the check, what is named as its tests, the state.
struct Row {
    check: String,
    tests: Vec<String>,
    state: String,
}

fn table() -> Result<Vec<Row>> {
    let text = std::fs::read_to_string(project().join("SECURITY.md"))?;
    let (_, rest) = text.split_once("| check | test | state |\n|---|---|---|\n").context("no table")?;
    let rows = rest.lines().take_while(|line| line.starts_with('|'));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [check, tests, state] = cells[..] else { anyhow::bail!("not three cells: {line}") };
        let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Ok(Row { check: check.to_owned(), tests, state: state.to_owned() })
    })
    .collect()
}

#[test]
fn every_check_has_one_row_with_one_state() -> Result<()> {
    let rows = table()?;
    let wanted = FAMILIES.iter().flat_map(|(family, most)| (1..=*most).map(move |number| format!("{family}{number}")));
    assert_eq!(rows.iter().map(|row| row.check.clone()).collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    for row in &rows {
        let fits =
            STATES.iter().any(|state| row.state == *state || state.ends_with(' ') && row.state.starts_with(state));
        ensure!(fits, "{}: “{}” is no state", row.check, row.state);
        ensure!(!row.tests.is_empty() || row.state.starts_with("does not apply"), "{} names no test", row.check);
    }
    Ok(())
}

#[test]
fn everything_that_a_row_names_exists() -> Result<()> {
    let mut tests = Vec::new();
    for folder in ["crates", "src-tauri/src", "tests"] {
        collect(&project().join(folder), &mut tests)?;
    }
    let modules = fobwatch_lab::modules();
    for row in table()? {
        for name in &row.tests {
            let start = name.strip_suffix('*');
            let fits = |id: &str| start.map_or(id == name, |start| id.starts_with(start));
            let is_module = modules.iter().any(|module| fits(&module.id));
            ensure!(is_module || tests.contains(name), "{}: there is no {name}", row.check);
        }
    }
    Ok(())
}

/// Collects the names of all test functions below a folder.
fn collect(folder: &Path, names: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "node_modules" && name != "target" {
            collect(&path, names)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(tests_of(&std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn tests_of(source: &str) -> Vec<String> {
    let mut marked = false;
    let mut names = Vec::new();
    for line in source.lines().map(str::trim) {
        marked |= line == "#[test]" || line.starts_with("#[tokio::test");
        let Some((_, rest)) = line.split_once("fn ").filter(|_| marked && !line.starts_with('#')) else { continue };
        names.extend(rest.split('(').next().map(str::to_owned));
        marked = false;
    }
    names
}
