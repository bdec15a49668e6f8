//! What `fob` must do at each module: the rows of `rows.toml`.
//!
//! The invariant: every module has exactly one row, and every row has a module, so that nobody adds either alone.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// One row, for one module or for several that end alike.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// The ids, separated by spaces; a star at the end stands for the rest of an id.
    pub(crate) ids: String,
    /// How `fob login` ends: exit code and error code, or just `0`.
    #[serde(default = "fine")]
    pub(crate) login: String,
    /// How often it is run.
    #[serde(default = "once")]
    pub(crate) logins: u32,
    /// Whether it is run once more without `--json`, so that it shows what a person reads at a terminal.
    #[serde(default)]
    pub(crate) spoken: bool,
    /// Words that the person must read when something was refused.
    #[serde(default)]
    pub(crate) says: String,
    /// How `fob token` ends; it must then print the token that the server gave last, byte for byte.
    pub(crate) token: Option<String>,
    /// How each `fob refresh --force` ends, one after another.
    #[serde(default)]
    pub(crate) refresh: Vec<String>,
    /// How many renewals the server sees; as many as are asked for, unless it is said here.
    pub(crate) sent: Option<u32>,
    /// The status in the list at the end.
    #[serde(default = "fresh")]
    pub(crate) status: String,
    /// Which of the refresh tokens given is in the keyring at the end: `first`, `last` or `none`.
    #[serde(default = "last")]
    pub(crate) keeps: String,
    /// The scopes in the list at the end.
    pub(crate) scopes: Option<Vec<String>>,
    /// The longest time in seconds until it is tried again by itself.
    pub(crate) again_within: Option<i64>,
    /// Further arguments of `fob login`: `--device`, `--register`, `--dpop`.
    #[serde(default)]
    pub(crate) how: Vec<String>,
    /// Lines of a provider file for this server, below `[provider.oauth.quirks]`; it is signed in to by that.
    pub(crate) quirks: Option<String>,
    /// Commands about the login afterwards, and how each ends: `["revoke", "0"]`.
    #[serde(default)]
    pub(crate) then: Vec<(String, String)>,
    /// Whether it waits for time limits, and so runs beside all others.
    #[serde(default)]
    pub(crate) slow: bool,
}

fn fine() -> String {
    "0".to_owned()
}

fn once() -> u32 {
    1
}

fn fresh() -> String {
    "fresh".to_owned()
}

fn last() -> String {
    "last".to_owned()
}

impl Row {
    /// Tells how well this row fits an id: by the length of what was compared; 0 is not at all.
    fn fits(&self, id: &str) -> usize {
        let one = |pattern: &str| match pattern.strip_suffix('*') {
            Some(start) if id.starts_with(start) => start.len(),
            None if id == pattern => usize::MAX,
            _ => 0,
        };
        self.ids.split_whitespace().map(one).max().unwrap_or(0)
    }

    /// Tells whether the sign-in succeeds.
    #[must_use]
    pub(crate) fn signs_in(&self) -> bool {
        self.login == "0"
    }
}

#[derive(Deserialize)]
struct File {
    row: Vec<Row>,
}

/// Reads the rows.
pub(crate) fn rows() -> Result<Vec<Row>> {
    Ok(toml::from_str::<File>(include_str!("rows.toml"))?.row)
}

/// Finds the row of a module: the one that names it, else the one with the longest start of its id.
pub(crate) fn row_of<'a>(rows: &'a [Row], id: &str) -> Result<&'a Row> {
    let best = rows.iter().max_by_key(|row| row.fits(id)).context("there are no rows")?;
    ensure!(best.fits(id) > 0, "{id} has no row");
    let same = rows.iter().filter(|row| row.fits(id) == best.fits(id)).count();
    ensure!(same == 1, "{id} has {same} rows");
    Ok(best)
}

/// Finds what no module fits.
pub(crate) fn idle(rows: &[Row], ids: &[String]) -> Result<()> {
    for row in rows {
        for pattern in row.ids.split_whitespace() {
            let start = pattern.strip_suffix('*');
            if !ids.iter().any(|id| start.map_or(id == pattern, |start| id.starts_with(start))) {
                bail!("no module fits {pattern}");
            }
        }
    }
    Ok(())
}
