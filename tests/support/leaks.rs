//! Searches every file under a folder for values that must not be there.
//!
//! The invariant: the search proves itself. A search that finds nothing is worth something only if the same search
//! finds a value that was planted, so [`assert_absent`] plants one first (K7).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// One place where a value was found. It names the value's label, never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// What was found, in the words of the caller.
    pub what: String,
    /// The file.
    pub file: PathBuf,
    /// How the value was written there.
    pub written_as: &'static str,
}

/// Returns every place under `folder` where one of the labelled values stands, plain or in a usual encoding.
pub fn find(folder: &Path, values: &[(&str, &[u8])]) -> Result<Vec<Leak>> {
    Ok(search(folder, values)?.into_iter().map(|(_, leak)| leak).collect())
}

/// Fails when one of the values stands in a file under `folder`, naming file and label; proves the search first.
pub fn assert_absent(folder: &Path, values: &[(&str, &[u8])]) -> Result<()> {
    let planted = folder.join("planted-by-the-leak-test");
    let lines = values.iter().flat_map(|(_, value)| [b"before ".as_slice(), value, b" after\n"]);
    std::fs::write(&planted, lines.flatten().copied().collect::<Vec<u8>>())?;
    let found = search(folder, values);
    std::fs::remove_file(&planted).context("the planted file could not be removed")?;
    let (proofs, leaks): (Vec<_>, Vec<_>) = found?.into_iter().partition(|(_, leak)| leak.file == planted);
    for (number, (what, _)) in values.iter().enumerate() {
        ensure!(proofs.iter().any(|(found, _)| *found == number), "the search is blind: it missed a planted {what}");
    }
    let leaks: Vec<Leak> = leaks.into_iter().map(|(_, leak)| leak).collect();
    ensure!(leaks.is_empty(), "values that must not be on disk: {leaks:#?}");
    Ok(())
}

/// As [`find`], with the number of the value that stands there.
fn search(folder: &Path, values: &[(&str, &[u8])]) -> Result<Vec<(usize, Leak)>> {
    let needles = Needles::new(values)?;
    let mut leaks = Vec::new();
    for file in files(folder)? {
        // A file that goes away while we look (a WAL, a lock) holds nothing any more.
        let Ok(content) = std::fs::read(&file) else { continue };
        for needle in needles.stand_in(&content) {
            let leak = Leak { what: needle.what.clone(), file: file.clone(), written_as: needle.written_as };
            leaks.push((needle.number, leak));
        }
    }
    Ok(leaks)
}

/// How many bytes of a needle tell it apart.
const START: usize = 8;

/// One spelling of one value.
struct Needle {
    number: usize,
    what: String,
    written_as: &'static str,
    bytes: Vec<u8>,
}

/// Hundreds of values in all their spellings, looked for in one pass.
struct Needles {
    by_start: HashMap<[u8; START], Vec<Needle>>,
    /// Which two bytes a needle begins with.
    begins: Vec<bool>,
}

impl Needles {
    fn new(values: &[(&str, &[u8])]) -> Result<Self> {
        let mut all = Self { by_start: HashMap::new(), begins: vec![false; 1 << 16] };
        for (number, (what, value)) in values.iter().enumerate() {
            for (what, written_as, bytes) in spellings(what, value) {
                let Some(start) = bytes.first_chunk::<START>() else {
                    bail!("{what} as {written_as} is too short to search for: it would be found by chance");
                };
                all.begins[usize::from(u16::from_le_bytes([start[0], start[1]]))] = true;
                all.by_start.entry(*start).or_default().push(Needle { number, what, written_as, bytes });
            }
        }
        Ok(all)
    }

    /// The needles that stand in `content`, each once.
    fn stand_in(&self, content: &[u8]) -> Vec<&Needle> {
        let mut found: Vec<&Needle> = Vec::new();
        for (at, two) in content.windows(2).enumerate() {
            if !self.begins[usize::from(u16::from_le_bytes([two[0], two[1]]))] {
                continue;
            }
            let here = &content[at..];
            let Some(candidates) = here.first_chunk::<START>().and_then(|start| self.by_start.get(start)) else {
                continue;
            };
            for needle in candidates {
                if here.starts_with(&needle.bytes) && !found.iter().any(|known| std::ptr::eq(*known, needle)) {
                    found.push(needle);
                }
            }
        }
        found
    }
}

/// Tells whether `needle` stands somewhere in `haystack`.
#[must_use]
pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return true };
    let mut at = 0;
    while let Some(next) = haystack[at..].iter().position(|byte| byte == first) {
        at += next;
        if haystack[at..].starts_with(needle) {
            return true;
        }
        at += 1;
    }
    false
}

/// Returns `bytes` in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|half| char::from(b"0123456789abcdef"[usize::from(half)]))
        .collect()
}

/// The ways in which programs write a value down: as it is, base64, hex, and UTF-16.
///
/// Base64 is searched at its three alignments, so that a value inside a longer encoded text is found too.
fn spellings(what: &str, value: &[u8]) -> Vec<(String, &'static str, Vec<u8>)> {
    let mut all = vec![(what.to_owned(), "plain text", value.to_vec())];
    all.push((what.to_owned(), "hex", hex(value).into_bytes()));
    all.push((what.to_owned(), "UTF-16", value.iter().flat_map(|byte| [*byte, 0]).collect()));
    for shift in 0..3_usize {
        let shifted = [&[0, 0][..shift.min(2)], value].concat();
        for engine in [URL_SAFE_NO_PAD, STANDARD_NO_PAD] {
            let encoded = engine.encode(&shifted);
            // Characters that mix our bytes with a neighbour's differ from case to case: leave them out.
            let start = (shift * 8).div_ceil(6);
            let end = shifted.len() * 8 / 6;
            if end >= start + 8 {
                all.push((what.to_owned(), "base64", encoded.as_bytes()[start..end].to_vec()));
            }
        }
    }
    all
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let entries = std::fs::read_dir(&next).with_context(|| format!("{} cannot be read", next.display()))?;
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}
