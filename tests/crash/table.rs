//! The matrix as a table: points down, faults across, one letter for each server. `make crash` prints it.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use crate::cell::{Cell, Fate, Ran, SERVERS};
use crate::kills::Count;

/// Writes the table to `crash.txt` of the build's scratch folder, and returns the cells that are not as they should be.
pub(crate) fn write(done: &[(Cell, Result<Ran>)]) -> Result<Vec<String>> {
    let mut rows: Vec<(String, [char; SERVERS.len()])> = Vec::new();
    let mut failed = Vec::new();
    let (mut lives, mut explained) = (0, 0);
    for (cell, ran) in done {
        let letter = match ran {
            Ok(ran) if ran.fate != cell.expected() => {
                failed.push(format!("{cell:?}: {:?} instead of {:?}", ran.fate, cell.expected()));
                '!'
            }
            Ok(Ran { fate: Fate::Lives, .. }) => {
                lives += 1;
                'L'
            }
            Ok(_) => {
                explained += 1;
                'e'
            }
            Err(error) => {
                failed.push(format!("{cell:?}: {error:#}"));
                '!'
            }
        };
        let name = format!("{:<16} {:<12}", cell.point, cell.fault.name());
        let known = rows.iter_mut().find(|(row, _)| *row == name);
        if let Some((_, letters)) = known {
            letters[cell.server] = letter;
            continue;
        }
        let mut letters = ['·'; SERVERS.len()];
        letters[cell.server] = letter;
        rows.push((name, letters));
    }
    rows.sort();
    let mut text = String::from("step             fault        ");
    for (name, _) in SERVERS {
        write!(text, " {name:<18}")?;
    }
    text.push('\n');
    for (name, letters) in rows {
        write!(text, "{name} ")?;
        for letter in letters {
            write!(text, " {letter:<18}")?;
        }
        text.push('\n');
    }
    let count = done.len();
    writeln!(
        text,
        "\nL lives, e sign-in needed because the answer died with the process and the server takes no second try, \
         · the step does not exist there, ! not as it should be\n{count:6}  cells\n{lives:6}  live\n\
         {explained:6}  lost and explained\n{:6}  not as they should be",
        failed.len()
    )?;
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("crash.txt"), text)?;
    Ok(failed)
}

/// Writes what came of the random kills to `kills.txt` of the build's scratch folder.
pub(crate) fn write_kills(counts: &[(usize, Count)]) -> Result<()> {
    let mut text = String::from("server              kills   on the way  answer there  renewed  lost and explained\n");
    for (server, count) in counts {
        let Count { kills, sent, received, renewals, explained } = count;
        let name = SERVERS[*server].0;
        writeln!(text, "{name:<18} {kills:>6} {sent:>12} {received:>13} {renewals:>8} {explained:>19}")?;
    }
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("kills.txt"), text)?;
    Ok(())
}
